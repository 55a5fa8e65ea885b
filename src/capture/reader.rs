//! Reads packets one after the other from a pcap or pcapng stream, whichever its first bytes say it is.

use std::io::Read;

use super::error::{CaptureError, FilePart, Location};
use super::foreign;
use super::pcap::{Pcap, Variant};
use super::pcapng::{self, Pcapng, Section};
use super::record::Record;
use super::window::Window;
use super::{Interface, Packet};

/// The packets of a capture, as they stream in.
///
/// A packet borrows the reader's buffer, so it must be let go before the next is asked for. None is allocated for, and
/// none is held back: what has arrived on a pipe is returned before the pipe is waited on.
pub struct Reader<R> {
    window: Window<R>,
    format: Format,
    interfaces: Vec<Interface>,
    packets: u64,
    finished: bool,
}

#[derive(Clone)]
enum Format {
    Pcap(Pcap),
    Pcapng(Pcapng),
}

/// A place between two packets of a capture, from which it can be read again: see [`Layout::resume`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where it is in the file, in bytes; in what a compressed file decompresses to.
    pub offset: u64,
    /// How many packets stand before it.
    pub packets: u64,
    /// How many interfaces do.
    interfaces: usize,
    /// The section it is in, if the file has sections.
    section: Option<Section>,
}

/// How a capture is written, as it is known once it was read: what a [`Mark`] in it refers to.
pub struct Layout {
    format: Format,
    interfaces: Vec<Interface>,
}

impl Layout {
    /// The interfaces that the capture describes, of all sections.
    #[must_use]
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// Reads on from a mark; `input` is the same capture, and begins there.
    pub fn resume<R: Read>(&self, input: R, mark: Mark) -> Reader<R> {
        let format = match (&self.format, mark.section) {
            (Format::Pcapng(file), Some(section)) => Format::Pcapng(file.resumed(section, mark.interfaces)),
            (format, _) => format.clone(),
        };
        let interfaces = self.interfaces.iter().take(mark.interfaces).cloned().collect();
        let window = Window::at(input, mark.offset);
        Reader { window, format, interfaces, packets: mark.packets, finished: false }
    }
}

impl<R: Read> Reader<R> {
    /// Reads the header of a capture, which must not be compressed.
    ///
    /// # Errors
    ///
    /// If the input is empty, is no capture, ends inside the header, or cannot be read.
    pub fn new(input: R) -> Result<Self, CaptureError> {
        let at = Location { part: FilePart::FileHeader, packet: 1, offset: 0 };
        let mut window = Window::new(input);
        let mut interfaces = Vec::new();
        let start = window.fill(4).map_err(|error| at.unreadable(error))?;
        let magic = start.first_chunk::<4>().copied();
        let format = match magic.map(|magic| (magic, Variant::of(magic))) {
            Some((_, Some(variant))) => Format::Pcap(Pcap::open(variant, &mut window, &mut interfaces)?),
            Some((pcapng::MAGIC, None)) => Format::Pcapng(Pcapng::open(&mut window)?),
            _ => {
                let start = window.fill(foreign::ENOUGH).map_err(|error| at.unreadable(error))?;
                return Err(foreign::recognize(start));
            }
        };
        Ok(Self { window, format, interfaces, packets: 0, finished: false })
    }

    /// The next packet; `None` after the last.
    ///
    /// # Errors
    ///
    /// If the file is damaged or cut here, or cannot be read. There is no way on from there: the calls that follow
    /// return `None`.
    #[inline]
    pub fn next_packet(&mut self) -> Result<Option<Packet<'_>>, CaptureError> {
        if self.finished {
            return Ok(None);
        }
        let number = self.packets + 1;
        let found = match &mut self.format {
            Format::Pcap(file) => file.next(&mut self.window, number),
            Format::Pcapng(file) => file.next(&mut self.window, &mut self.interfaces, number),
        };
        match found {
            Ok(Some(Record { time, interface, link, original_length, data })) => {
                self.packets = number;
                let data = self.window.slice(data);
                Ok(Some(Packet { number, time, interface, link, original_length, data }))
            }
            Ok(None) => {
                self.finished = true;
                Ok(None)
            }
            Err(error) => {
                self.finished = true;
                Err(error)
            }
        }
    }

    /// The place that has been read to: the next packet is behind it.
    #[must_use]
    pub fn mark(&self) -> Mark {
        let section = match &self.format {
            Format::Pcap(_) => None,
            Format::Pcapng(file) => Some(file.section()),
        };
        Mark { offset: self.window.offset(), packets: self.packets, interfaces: self.interfaces.len(), section }
    }

    /// How far it has been read, in bytes.
    #[inline]
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.window.offset()
    }

    /// How the capture is written, once it has been read.
    #[must_use]
    pub fn into_layout(self) -> Layout {
        Layout { format: self.format, interfaces: self.interfaces }
    }

    /// The file format's name: "pcap" or "pcapng".
    #[must_use]
    pub fn format(&self) -> &'static str {
        match self.format {
            Format::Pcap(_) => "pcap",
            Format::Pcapng(_) => "pcapng",
        }
    }

    /// The interfaces described so far, of all sections: a pcapng file may describe more at any place.
    #[must_use]
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::super::window::tests::Trickle;
    use super::*;
    use crate::capture::{LinkType, Timestamp};

    /// A packet, kept.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(in crate::capture) struct Seen {
        pub(in crate::capture) number: u64,
        pub(in crate::capture) time: Timestamp,
        pub(in crate::capture) interface: usize,
        pub(in crate::capture) original_length: u32,
        pub(in crate::capture) data: Vec<u8>,
    }

    /// All packets, and the error they end in; none if they end where the input does.
    pub(in crate::capture) fn read_all(input: impl Read) -> (Vec<Seen>, Option<CaptureError>) {
        let mut seen = Vec::new();
        let mut reader = match Reader::new(input) {
            Ok(reader) => reader,
            Err(error) => return (seen, Some(error)),
        };
        loop {
            match reader.next_packet() {
                Ok(Some(Packet { number, time, interface, original_length, data, .. })) => {
                    seen.push(Seen { number, time, interface, original_length, data: data.to_vec() });
                }
                Ok(None) => return (seen, None),
                Err(error) => {
                    assert!(matches!(reader.next_packet(), Ok(None)), "nothing follows an error");
                    return (seen, Some(error));
                }
            }
        }
    }

    #[test]
    fn an_empty_input_and_a_foreign_one_are_no_captures() {
        assert!(matches!(Reader::new(&b""[..]), Err(CaptureError::Empty)));
        assert!(matches!(Reader::new(&b"\xd4\xc3\xb2"[..]), Err(CaptureError::Unrecognized { .. })));
        assert!(matches!(Reader::new(&b"{\"log\":{}}"[..]), Err(CaptureError::Foreign { .. })));
    }

    #[test]
    fn how_far_it_was_read_is_where_the_next_record_begins() {
        let file = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0\
            \x01\0\0\0\x02\0\0\0\x03\0\0\0\x03\0\0\0abc";
        let mut reader = Reader::new(Trickle(file)).unwrap();
        assert_eq!(reader.window.offset(), 24);
        let packet = reader.next_packet().unwrap().unwrap();
        assert_eq!((packet.link, packet.data), (LinkType::ETHERNET, &b"abc"[..]));
        assert_eq!(reader.window.offset(), 43);
        assert!(reader.next_packet().unwrap().is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_after_any_magic_are_read_without_panic(
            magic in prop::sample::select(vec![0xa1b2_c3d4_u32, 0xa1b2_3c4d, 0xa1b2_cd34, 0x0a0d_0d0a, 0]),
            swap in any::<bool>(),
            rest in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let magic = if swap { magic.swap_bytes() } else { magic };
            read_all(&[&magic.to_le_bytes()[..], &rest].concat()[..]);
        }
    }
}
