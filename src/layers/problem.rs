//! What faults have in common: a sentence, a permanent code, and the clause behind them.
//!
//! Each layer has its own enum of faults, written with `faults!` so that everything about a fault is in one place. A
//! fault is a problem unless its code is marked `note`: then no rule is broken, but it still explains what happened.

use std::fmt::Display;
use std::net::IpAddr;
use std::ops::RangeInclusive;

use super::Direction;
use super::quoted::{Named, OwnWords, Quoted};

/// Whether a rule was broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A rule was broken, or something is missing from the capture.
    #[default]
    Problem,
    /// No rule was broken, but this explains what happened.
    Note,
}

impl Kind {
    /// The name the JSON contract gives it: "problem" or "note".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Problem => "problem",
            Self::Note => "note",
        }
    }
}

/// What a fault is known by. Several faults may share a code; they share its kind and its clause then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// A stable short name, in kebab case: "unmasked-client-frame".
    pub code: &'static str,
    /// The clause: "RFC 6455 §5.1". Empty for a note that rests on none.
    pub clause: &'static str,
    /// Whether the clause is broken.
    pub kind: Kind,
}

/// What a fault's sentence may be made of. Text isn't: what was captured is [`Quoted`] or [`Named`], so that redaction sees it,
/// and what wasn't says that it is [`OwnWords`].
pub trait Fact {}

macro_rules! facts {
    ($($kind:ty),+) => { $( impl Fact for $kind {} )+ };
}

facts!(bool, u8, u16, u32, u64, usize, &'static str, IpAddr, RangeInclusive<u64>, Direction, Quoted, Named, OwnWords);

impl<T: Fact> Fact for Option<T> {}

/// Something that is wrong, or worth knowing. It displays as a sentence a beginner understands.
pub trait Breach: Display {
    /// The rule behind it.
    fn rule(&self) -> Rule;
}

/// One [`Rule`]: `"code", "clause"`, with `note` before it where nothing is broken.
macro_rules! rule {
    (note $code:literal, $clause:literal) => {
        $crate::layers::problem::Rule { code: $code, clause: $clause, kind: $crate::layers::problem::Kind::Note }
    };
    ($code:literal, $clause:literal) => {
        $crate::layers::problem::Rule { code: $code, clause: $clause, kind: $crate::layers::problem::Kind::Problem }
    };
}

/// Declares an enum of faults: for each variant its facts, its sentence (as thiserror takes it), its code and its clause.
macro_rules! faults {
    (
        $(#[$of_enum:meta])*
        pub enum $name:ident {
            $(
                $(#[$of_variant:meta])*
                $variant:ident
                    $( ( $( $type:ty ),+ ) )?
                    $( { $( $(#[$of_field:meta])* $field:ident : $of:ty, )+ } )?
                    => $($kind:ident)? $code:literal, $clause:literal;
            )+
        }
    ) => {
        $(#[$of_enum])*
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        pub enum $name {
            $(
                $(#[$of_variant])*
                $variant $( ( $( $type ),+ ) )? $( { $( $(#[$of_field])* $field: $of, )+ } )?,
            )+
        }

        const _: () = {
            const fn is_fact<T: $crate::layers::problem::Fact>() {}
            $( $( $( is_fact::<$type>(); )+ )? $( $( is_fact::<$of>(); )+ )? )+
        };

        impl $name {
            /// The rule that each variant breaks, in their order.
            pub const RULES: &'static [$crate::layers::problem::Rule] =
                &[$( $crate::layers::problem::rule!($($kind)? $code, $clause) ),+];

            /// The stable short name.
            #[must_use]
            pub fn code(&self) -> &'static str {
                $crate::layers::problem::Breach::rule(self).code
            }

            /// The clause it departs from.
            #[must_use]
            pub fn clause(&self) -> &'static str {
                $crate::layers::problem::Breach::rule(self).clause
            }
        }

        impl $crate::layers::problem::Breach for $name {
            fn rule(&self) -> $crate::layers::problem::Rule {
                match self {
                    $( Self::$variant { .. } => $crate::layers::problem::rule!($($kind)? $code, $clause), )+
                }
            }
        }
    };
}

pub(crate) use {faults, rule};
