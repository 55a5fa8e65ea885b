//! What can be wrong with a header: it is cut short, or what it says cannot be.

use super::Protocol;
use crate::layers::Layer;

/// A malformed header. Everything before `offset` was read; nothing after it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The bytes end inside a header: a damaged packet, or one that the capture cut.
    #[error("the {} header at byte {offset} takes {needed} bytes, and only {found} are there", protocol.name())]
    Short {
        /// Whose header.
        protocol: Protocol,
        /// Where the header starts, in bytes.
        offset: usize,
        /// How many bytes it takes at least.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// The capture ends inside a header that is sound as far as it goes: a short snap length cut the packet there.
    #[error("only {found} of the {needed} bytes of the {} header at byte {offset} were captured", protocol.name())]
    Cut {
        /// Whose header.
        protocol: Protocol,
        /// Where the header starts, in bytes.
        offset: usize,
        /// How many bytes it has.
        needed: usize,
        /// How many of them were captured.
        found: usize,
    },
    /// A field holds what its specification rules out.
    #[error("the {field} of the {} header at byte {offset} is {found}; {rule}", protocol.name())]
    Impossible {
        /// Whose header.
        protocol: Protocol,
        /// Where the header starts, in bytes.
        offset: usize,
        /// The field.
        field: &'static str,
        /// What it holds.
        found: u32,
        /// What the specification says: "it counts the header too: at least 20".
        rule: &'static str,
    },
    /// More headers inside one another than any network builds.
    #[error("the {} header at byte {offset} comes after {headers} others: no further header is decoded", protocol.name())]
    TooDeep {
        /// The header that was not read any more.
        protocol: Protocol,
        /// Where it starts, in bytes.
        offset: usize,
        /// How many headers were read before it.
        headers: usize,
    },
}

impl Fault {
    /// The header that is at fault.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        match *self {
            Self::Short { protocol, .. }
            | Self::Cut { protocol, .. }
            | Self::Impossible { protocol, .. }
            | Self::TooDeep { protocol, .. } => protocol,
        }
    }

    /// The layer it belongs to.
    #[must_use]
    pub fn layer(&self) -> Layer {
        self.protocol().layer()
    }

    /// Where it starts in the packet, in bytes.
    #[must_use]
    pub fn offset(&self) -> usize {
        match *self {
            Self::Short { offset, .. }
            | Self::Cut { offset, .. }
            | Self::Impossible { offset, .. }
            | Self::TooDeep { offset, .. } => offset,
        }
    }

    /// The same fault, found in bytes that start `by` bytes into the packet.
    #[must_use]
    pub(crate) fn shifted(mut self, by: usize) -> Self {
        match &mut self {
            Self::Short { offset, .. }
            | Self::Cut { offset, .. }
            | Self::Impossible { offset, .. }
            | Self::TooDeep { offset, .. } => *offset += by,
        }
        self
    }

    /// A field at the start of `data` that holds what it must not.
    #[cold]
    pub(crate) fn impossible(
        protocol: Protocol,
        field: &'static str,
        found: impl Into<u32>,
        rule: &'static str,
    ) -> Self {
        Self::Impossible { protocol, offset: 0, field, found: found.into(), rule }
    }
}

/// The fixed part of a header.
///
/// # Errors
///
/// [`Fault::Short`] if `data` has fewer than `N` bytes.
#[inline]
pub(crate) fn fixed<const N: usize>(protocol: Protocol, data: &[u8]) -> Result<&[u8; N], Fault> {
    data.first_chunk().ok_or(Fault::Short { protocol, offset: 0, needed: N, found: data.len() })
}

/// A header whose length is known only once its fixed part was read.
///
/// # Errors
///
/// [`Fault::Short`] if `data` has fewer than `length` bytes.
#[inline]
pub(crate) fn whole(protocol: Protocol, data: &[u8], length: usize) -> Result<&[u8], Fault> {
    data.get(..length).ok_or(Fault::Short { protocol, offset: 0, needed: length, found: data.len() })
}
