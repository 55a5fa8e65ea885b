//! Chosen packets of a capture with their fields, one after the other.

use std::collections::BTreeSet;
use std::io::Read;

use super::Index;
use crate::annotate::{AnnotatedPacket, Annotator, Selection};
use crate::capture::{CaptureError, Layout, Mark, Reader};
use crate::inspect::{self, DecodeAs, Options, PacketContent, PacketSeen};

/// The selected packets of a capture, in order.
pub struct Packets<R> {
    reader: Reader<R>,
    annotator: Annotator,
    /// Which packets they are; `None` for all.
    numbers: Option<BTreeSet<u64>>,
    limited: bool,
    error: Option<CaptureError>,
}

impl Index {
    /// Reads again what is selected, and then its packets, which the result yields with their fields. `open` reads the capture
    /// from a mark on; `decode_as` is what the first reading was told.
    ///
    /// Where the index was asked for a connection or a packet, the selection is of that, and no more is read than up to
    /// the last packet of it. Nothing is yielded where the capture has not what is selected.
    ///
    /// # Errors
    ///
    /// Those of `open`. A capture that is damaged further on yields what could be read: see [`Packets::error`].
    pub fn packets<R: Read, E>(
        &self,
        open: impl Fn(&Layout, Mark) -> Result<Reader<R>, E>,
        selection: Selection,
        decode_as: DecodeAs,
    ) -> Result<Packets<R>, E> {
        let options = Options { pieces: true, decode_as, ..Options::default() };
        let mut limited = false;
        let mut pass = |selection| {
            let mut annotator = Annotator::new(selection);
            if self.followed.is_some() {
                self.replay(&open, options, &mut annotator)?;
            } else if self.packet.as_ref().is_none_or(may_be_a_fragment) {
                inspect::inspect(&mut self.before(0, &open)?, options, &mut annotator);
            }
            limited |= annotator.is_limited();
            Ok(annotator)
        };
        // A packet that carries an exchange may carry others' bytes too, and they need names as well.
        let selection = match selection {
            Selection::Exchange(..) | Selection::Frame(..) => Selection::Packets(pass(selection)?.packets()),
            other => other,
        };
        let annotator = pass(selection.clone())?;
        let numbers = match selection {
            Selection::Packets(numbers) => Some(numbers),
            Selection::Connection(_) => Some(annotator.packets()),
            _ => None,
        };
        let first = numbers.as_ref().map_or(0, |numbers| numbers.first().copied().unwrap_or(0));
        let reader = self.before(first, &open)?;
        Ok(Packets { reader, annotator, numbers, limited, error: None })
    }
}

/// Whether a packet that is of no connection may be part of a datagram, for which others have to be read.
fn may_be_a_fragment(packet: &PacketSeen) -> bool {
    matches!(packet.content, PacketContent::Fragment | PacketContent::Other(_))
}

impl<R> Packets<R> {
    /// What stopped the reading before the last packet was yielded.
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
                return Some(self.annotator.annotated(&packet));
            }
        }
    }
}
