//! A packet with all of its fields.

use super::{Annotator, DerivedStream, Unit};
use crate::capture::{LinkType, Packet, Timestamp};
use crate::layers::Field;

/// A packet, and what every bit of it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotatedPacket {
    /// Its number, from 1.
    pub number: u64,
    /// When it was captured.
    pub time: Timestamp,
    /// What its bytes begin with.
    pub link: LinkType,
    /// How long it was on the medium, in bytes.
    pub original_length: u32,
    /// The bytes that were captured.
    pub data: Vec<u8>,
    /// Its fields; their leaves tile the bytes.
    pub fields: Vec<Field>,
    /// The connection it is of.
    pub connection: Option<u64>,
    /// What was made from its bytes and those of packets before it, and is to be shown with it.
    pub derived: Vec<DerivedStream>,
    /// The exchanges and frames it carries bytes of, in the order of their bytes in the stream.
    pub units: Vec<Unit>,
}

impl Annotator {
    /// A selected packet with its fields.
    #[must_use]
    pub fn annotated(&self, packet: &Packet<'_>) -> AnnotatedPacket {
        let Packet { number, time, link, original_length, data, .. } = *packet;
        AnnotatedPacket {
            number,
            time,
            link,
            original_length,
            data: data.to_vec(),
            fields: self.fields_of_packet(number, link, data),
            derived: self.derived_with(number),
            connection: self.connection_of(number),
            units: self.units_of(number),
        }
    }
}
