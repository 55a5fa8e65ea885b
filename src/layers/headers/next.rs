//! What follows a header: another header, or a payload that is only named.

use std::borrow::Cow;

use super::{Protocol, numbers};
use crate::layers::Layer;

/// What a header was found to be.
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

impl Payload {
    /// Its name, as the counts of a capture show it.
    pub(crate) fn name(self) -> Cow<'static, str> {
        match self {
            Self::Of(protocol) => protocol.name().into(),
            Self::Fragment => "fragment".into(),
            Self::Frame(name) | Self::InUdp(name) => name.into(),
            Self::LinkType(number) => match numbers::link_type_technology(number) {
                Some(name) => name.into(),
                None => format!("link type {number}").into(),
            },
            Self::EtherType(number) => format!("EtherType 0x{number:04x}").into(),
            Self::ServiceAccessPoint(number) => format!("LLC (service access point 0x{number:02x})").into(),
            Self::PppProtocol(number) => format!("PPP (protocol 0x{number:04x})").into(),
            Self::AddressFamily(number) => format!("address family {number}").into(),
            Self::IpProtocol(number) => match numbers::ip_protocol_name(number) {
                Some(name) => name.into(),
                None => format!("IP protocol {number}").into(),
            },
            Self::GreProtocol(number) => format!("GRE (protocol 0x{number:04x})").into(),
        }
    }

    /// The layer that its bytes are of.
    pub(crate) fn layer(self) -> Layer {
        match self {
            Self::Of(protocol) if protocol.layer() == Layer::Transport => Layer::Application,
            Self::Of(protocol) => protocol.layer(),
            Self::LinkType(_) | Self::Frame(_) => Layer::DataLink,
            Self::InUdp(_) | Self::IpProtocol(_) => Layer::Transport,
            _ => Layer::Network,
        }
    }
}
