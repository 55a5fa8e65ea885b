//! What every header consists of: a name, a length, what follows it, and fields. The files of layers 2 to 4 describe
//! their headers with these, and the walk of `stack` goes from one to the next. Nothing here knows what a particular
//! header looks like.
//!
//! The registries by which headers name what they carry are here too, so a header can name any other without knowing
//! it.

pub mod checksum;
pub(crate) mod ether_types;
pub(crate) mod field;
pub(crate) mod ip_protocols;
pub(crate) mod link_types;
mod next;
pub(crate) mod pen;
mod problems;
mod protocol;

use std::borrow::Cow;

use field::FieldRow;
pub(crate) use next::{Next, Payload, Step};
pub(crate) use pen::{Pen, count, hex as hex_of};
pub use problems::Fault;
pub(crate) use problems::{fixed, whole};
pub use protocol::Protocol;

use super::Layer;

/// What a file about headers needs.
pub(crate) mod prelude {
    pub(crate) use super::field::*;
    pub(crate) use super::{
        Fault, Header, Length, Next, Payload, Pen, Protocol, Step, checksum, count, ether_types, fixed, hex_of,
        ip_protocols, link_types, whole,
    };
}

/// A header as its specification draws it.
pub(crate) struct Header {
    /// How to find its length, and what follows it.
    step: Length,
    /// What its bits are.
    fields: Fields,
}

/// How long a header is, and what follows it.
pub(crate) enum Length {
    /// So many bytes; what it carries is not decoded.
    Last(usize),
    /// So many bytes, and this header follows.
    Then(usize, Protocol),
    /// This many bytes, the last two of which are an `EtherType`.
    EtherType(usize),
    /// This many bytes, the last two of which are an `EtherType`, or a length that LLC follows (IEEE 802.3 §3.2.6).
    Typed(usize),
    /// It takes a look at the bytes.
    Found(fn(Protocol, &[u8]) -> Result<Step, Fault>),
}

/// What a header's bits are.
enum Fields {
    /// These fields, in order, and the value as a whole, in which a name in braces stands for that field's value.
    Are(&'static [FieldRow], &'static str),
    /// Which fields there are depends on what the bytes say; this names them, and returns the value of the whole.
    Found(fn(&mut Pen<'_>) -> String),
}

impl Header {
    /// A header with these fields, and its value as a whole.
    pub(crate) const fn of(step: Length, value: &'static str, fields: &'static [FieldRow]) -> Self {
        Self { step, fields: Fields::Are(fields, value) }
    }

    /// A header whose fields depend on what its bytes say.
    pub(crate) const fn irregular(step: Length, write: fn(&mut Pen<'_>) -> String) -> Self {
        Self { step, fields: Fields::Found(write) }
    }

    /// Finds the header's length and what follows it.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the header is not all there, or holds what it must not.
    #[inline]
    pub(crate) fn step(&self, protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
        let last_two = |length| {
            let header = whole(protocol, data, length)?;
            Ok(header.last_chunk().map_or(0, |bytes| u16::from_be_bytes(*bytes)))
        };
        match self.step {
            Length::Last(length) => {
                let next = Next::Payload(Payload::Of(protocol));
                Ok(Step::new(whole(protocol, data, length)?.len(), next))
            }
            Length::Then(length, next) => Ok(Step::new(whole(protocol, data, length)?.len(), Next::Header(next))),
            Length::EtherType(length) => Ok(Step::new(length, ether_types::behind(last_two(length)?))),
            Length::Typed(length) => Ok(ether_types::typed(length, last_two(length)?)),
            Length::Found(find) => find(protocol, data),
        }
    }

    /// Names the header's fields; returns the value of it as a whole.
    pub(crate) fn write(&self, pen: &mut Pen<'_>) -> String {
        match self.fields {
            Fields::Are(fields, value) => {
                pen.rows(fields);
                pen.sentence(value)
            }
            Fields::Found(write) => write(pen),
        }
    }
}

/// A number, its name, and the header that it stands for, if that is decoded.
type Named<T> = (T, &'static str, Option<Protocol>);

fn named<T: Copy + Ord>(table: &[Named<T>], number: T) -> Option<&Named<T>> {
    table.binary_search_by_key(&number, |row| row.0).ok().and_then(|at| table.get(at))
}

impl Payload {
    /// Its name, as the counts of a capture show it.
    pub(crate) fn name(self) -> Cow<'static, str> {
        match self {
            Self::Of(protocol) => protocol.name().into(),
            Self::Fragment => "fragment".into(),
            Self::Frame(name) | Self::InUdp(name) => name.into(),
            Self::LinkType(number) => match link_types::technology(number) {
                Some(name) => name.into(),
                None => format!("link type {number}").into(),
            },
            Self::EtherType(number) => format!("EtherType 0x{number:04x}").into(),
            Self::ServiceAccessPoint(number) => format!("LLC (service access point 0x{number:02x})").into(),
            Self::PppProtocol(number) => format!("PPP (protocol 0x{number:04x})").into(),
            Self::AddressFamily(number) => format!("address family {number}").into(),
            Self::IpProtocol(number) => match ip_protocols::name(number) {
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
