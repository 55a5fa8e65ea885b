//! Text in pieces: what each of them is, and how it is meant.
//!
//! What a capture holds is kept as it was captured. There is one way to read a piece, a writer's, and it escapes.

use std::borrow::Cow;

use crate::capture::Timestamp;
use crate::inspect::record::Direction;
use crate::layers::Layer;

/// How a piece of text is meant, which is for a writer to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Like everything else.
    #[default]
    Plain,
    /// To be seen first.
    Bold,
    /// To be seen last: rules, units, explanations.
    Dim,
    /// All is well.
    Good,
    /// Something is wrong.
    Bad,
    /// Nothing is wrong, and it's still worth knowing.
    Note,
    /// Something that this end of a connection sent.
    From(Direction),
    /// Something of this layer.
    Layer(Layer),
    /// The same, to be told apart from a neighbour of the same layer, or to be seen first.
    Strong(Layer),
}

impl From<Layer> for Look {
    fn from(layer: Layer) -> Self {
        Self::Layer(layer)
    }
}

/// A piece of text, as plain as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::render) enum Said {
    /// Our own words, which may quote what was captured. Where they name a packet by its number, as in "packet 4" or "packets 4 to
    /// 12", a writer calls it what it's called.
    Words(Cow<'static, str>),
    /// The words of a lesson: a backslash in them is one that somebody types, and no-break spaces hold numbers together.
    Taught(String),
    /// What was captured.
    Captured(Vec<u8>),
    /// A count.
    Count(u64),
    /// A size in bytes.
    Bytes(u64),
    /// A duration in nanoseconds.
    Duration(u64),
    /// A point in time.
    Time(Timestamp),
}

/// Text in pieces, each with its look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    pieces: Vec<(Look, Said)>,
}

impl Text {
    fn of(said: Said) -> Self {
        Self { pieces: vec![(Look::Plain, said)] }
    }

    /// Our own words, which may quote what was captured.
    #[must_use]
    pub fn words(words: impl Into<Cow<'static, str>>) -> Self {
        Self::of(Said::Words(words.into()))
    }

    /// Words of a lesson, which no capture has a part in.
    #[must_use]
    pub fn taught(words: impl Into<String>) -> Self {
        Self::of(Said::Taught(words.into()))
    }

    /// What was captured.
    #[must_use]
    pub fn captured(bytes: impl Into<Vec<u8>>) -> Self {
        Self::of(Said::Captured(bytes.into()))
    }

    /// A count.
    #[must_use]
    pub fn count(number: u64) -> Self {
        Self::of(Said::Count(number))
    }

    /// A size in bytes.
    #[must_use]
    pub fn bytes(number: u64) -> Self {
        Self::of(Said::Bytes(number))
    }

    /// A duration in nanoseconds.
    #[must_use]
    pub fn duration(nanoseconds: u64) -> Self {
        Self::of(Said::Duration(nanoseconds))
    }

    /// A point in time.
    #[must_use]
    pub fn time(time: Timestamp) -> Self {
        Self::of(Said::Time(time))
    }

    /// The same, all of it with this look.
    #[must_use]
    pub fn look(mut self, look: impl Into<Look>) -> Self {
        let look = look.into();
        self.pieces.iter_mut().for_each(|piece| piece.0 = look);
        self
    }

    /// The same, to be seen first.
    #[must_use]
    pub fn bold(self) -> Self {
        self.look(Look::Bold)
    }

    /// The same, to be seen last.
    #[must_use]
    pub fn dim(self) -> Self {
        self.look(Look::Dim)
    }

    /// The same, and more after it.
    #[must_use]
    pub fn and(mut self, more: impl Into<Self>) -> Self {
        self.pieces.extend(more.into().pieces);
        self
    }

    /// Whether it has no pieces. A piece can still be empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(|(_, said)| match said {
            Said::Words(words) => words.is_empty(),
            Said::Taught(words) => words.is_empty(),
            Said::Captured(bytes) => bytes.is_empty(),
            _ => false,
        })
    }

    /// The pieces, for a writer, which escapes them.
    pub(in crate::render) fn pieces(&self) -> impl Iterator<Item = (Look, &Said)> {
        self.pieces.iter().map(|(look, said)| (*look, said))
    }
}

impl<T: Into<Cow<'static, str>>> From<T> for Text {
    fn from(words: T) -> Self {
        Self::words(words)
    }
}
