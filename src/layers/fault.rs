//! What faults have in common: a sentence, a code that stands for good, and the clause they depart from.
//!
//! Each layer has an enum of its own faults, written down with `faults!` so that everything about one stands in one place.

use std::fmt::Display;

/// What a fault is known by. Several faults may share a code; they share its clause then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// A stable short name, in kebab case: "unmasked-client-frame".
    pub code: &'static str,
    /// The clause that is departed from: "RFC 6455 §5.1".
    pub clause: &'static str,
}

/// Something that is wrong. It displays as a sentence a beginner understands.
pub trait Breach: Display {
    /// The rule that is broken.
    fn rule(&self) -> Rule;
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
                    => $code:literal, $clause:literal;
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

        impl $name {
            /// The rule that each variant breaks, in their order.
            pub const RULES: &'static [$crate::layers::fault::Rule] =
                &[$( $crate::layers::fault::Rule { code: $code, clause: $clause } ),+];

            /// The stable short name.
            #[must_use]
            pub fn code(&self) -> &'static str {
                $crate::layers::fault::Breach::rule(self).code
            }

            /// The clause it departs from.
            #[must_use]
            pub fn clause(&self) -> &'static str {
                $crate::layers::fault::Breach::rule(self).clause
            }
        }

        impl $crate::layers::fault::Breach for $name {
            fn rule(&self) -> $crate::layers::fault::Rule {
                match self {
                    $( Self::$variant { .. } => $crate::layers::fault::Rule { code: $code, clause: $clause }, )+
                }
            }
        }
    };
}

pub(crate) use faults;
