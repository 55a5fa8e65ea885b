//! The packets of a capture with their fields, one after the other.

use std::collections::BTreeSet;
use std::io::Read;

use super::{Annotator, Selection, Unit};
use crate::capture::{CaptureError, LinkType, Packet, Reader, Timestamp};
use crate::inspect::{DecodeAs, Options, inspect};
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
    /// The exchanges and frames it carries bytes of, in the order of their bytes in the stream.
    pub units: Vec<Unit>,
}

/// The selected packets of a capture, in order.
pub struct Packets<R> {
    reader: Reader<R>,
    annotator: Annotator,
    /// Which packets they are; `None` for all.
    numbers: Option<BTreeSet<u64>>,
    limited: bool,
    error: Option<CaptureError>,
}

/// Reads a capture for what is selected, and then once more for the packets, which the result yields with their fields.
///
/// `open` is called for each pass: two, or three for an exchange or a frame, whose packets have to be found first.
/// `decode_as` is what the passes that found the selection were told. Nothing is yielded where the capture has not what is selected.
///
/// # Errors
///
/// Those of `open`. A capture that is damaged further on yields what could be read: see [`Packets::error`].
pub fn packets<R: Read, E>(
    mut open: impl FnMut() -> Result<Reader<R>, E>,
    selection: Selection,
    decode_as: DecodeAs,
) -> Result<Packets<R>, E> {
    let options = Options { keep: 0, pieces: true, decode_as };
    let mut limited = false;
    let mut pass = |selection| {
        let mut annotator = Annotator::new(selection);
        inspect(&mut open()?, options, &mut annotator);
        limited |= annotator.is_limited();
        Ok(annotator)
    };
    // A packet that carries an exchange may carry others' bytes too, and they need names as well.
    let selection = match selection {
        Selection::Exchange(..) | Selection::Frame(..) => Selection::Packets(pass(selection)?.packets()),
        other => other,
    };
    let numbers = match &selection {
        Selection::Packets(numbers) => Some(numbers.clone()),
        _ => None,
    };
    let annotator = pass(selection)?;
    let numbers = match annotator.selection {
        Selection::Connection(_) => Some(annotator.packets()),
        _ => numbers,
    };
    Ok(Packets { reader: open()?, annotator, numbers, limited, error: None })
}

impl<R> Packets<R> {
    /// What stopped the reading before the capture's end; known once the last packet was yielded.
    #[must_use]
    pub fn error(&self) -> Option<&CaptureError> {
        self.error.as_ref()
    }

    /// Whether more than [`MOST_ANNOTATED`](crate::limits::MOST_ANNOTATED) was selected: some payload has no names then.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.limited
    }

    /// What is known of the packets: the fields of exchanges and frames are there for the asking.
    #[must_use]
    pub fn annotator(&self) -> &Annotator {
        &self.annotator
    }
}

impl<R: Read> Iterator for Packets<R> {
    type Item = AnnotatedPacket;

    fn next(&mut self) -> Option<AnnotatedPacket> {
        if let Some(numbers) = &mut self.numbers
            && numbers.is_empty()
        {
            return None;
        }
        loop {
            let packet = match self.reader.next_packet() {
                Ok(packet) => packet?,
                Err(error) => {
                    self.error = Some(error);
                    return None;
                }
            };
            if self.numbers.as_mut().is_none_or(|numbers| numbers.remove(&packet.number)) {
                return Some(annotated(&self.annotator, &packet));
            }
        }
    }
}

fn annotated(annotator: &Annotator, packet: &Packet<'_>) -> AnnotatedPacket {
    let Packet { number, time, link, original_length, data, .. } = *packet;
    AnnotatedPacket {
        number,
        time,
        link,
        original_length,
        data: data.to_vec(),
        fields: annotator.fields_of_packet(number, link, data),
        connection: annotator.connection_of(number),
        units: annotator.units_of(number),
    }
}
