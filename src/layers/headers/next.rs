//! What follows a header: another header, or a payload that is only named.

use super::Protocol;

/// How long a header is, and what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// How many bytes the header has; no more than there are.
    pub(crate) length: usize,
    /// How many bytes it says follow it; `None` where it does not say.
    pub(crate) payload: Option<usize>,
    /// What they are.
    pub(crate) next: Next,
}

impl Step {
    /// A header that does not say how much follows it.
    pub(crate) fn new(length: usize, next: Next) -> Self {
        Self { length, payload: None, next }
    }
}

/// What follows a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Header(Protocol),
    Payload(Payload),
}

/// A payload in which no further header is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payload {
    /// What this header carries.
    Of(Protocol),
    /// A piece of a datagram.
    Fragment,
    /// A frame that carries no packet, or none that can be read, by name.
    Frame(&'static str),
    /// What UDP carries, by name.
    InUdp(&'static str),
    LinkType(u16),
    EtherType(u16),
    /// The LLC service access point of the destination.
    ServiceAccessPoint(u8),
    PppProtocol(u16),
    AddressFamily(u32),
    IpProtocol(u8),
    GreProtocol(u16),
}
