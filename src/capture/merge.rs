//! Several captures as one: a pcapng stream of all their packets in the order of their times.
//!
//! Each capture keeps its own order, whatever its times say; of the packets that come next, the earliest is taken. One packet
//! of each is in memory. If a capture is damaged, it ends there. The others go on, and the stream ends in an error that says so.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Read};
use std::sync::Arc;

use super::error::{CaptureError, Parts};
use super::names::Names;
use super::reader::Reader;
use super::watched::Stopped;
use super::writer::{LONGEST_WRITTEN, Writer};
use super::{Interface, Packet, Timestamp};
use crate::limits::MAX_OPEN_CAPTURES;

/// The longest name or comment of an interface that is passed on, in bytes: the format has room for 65 535.
const TEXT_ROOM: usize = 60_000;

/// How much is made at a time where nobody waits for single packets, in bytes.
const BATCH: usize = 64 << 10;

/// A capture, open for reading.
pub type Opened = Result<Reader<Box<dyn Read>>, CaptureError>;

/// One of the captures.
pub struct Part {
    /// Opens it, from its beginning.
    pub open: Box<dyn FnMut() -> Opened>,
    /// Whether it's a file, which can be opened more than once and has no more to come.
    pub is_file: bool,
    /// How many nanoseconds are added to its times.
    pub shift: i64,
}

/// The stream.
pub struct Merge {
    streams: Vec<Stream>,
    names: Arc<Names>,
    /// The streams that have a packet, by its time.
    next: BinaryHeap<Reverse<(Timestamp, usize)>>,
    writer: Writer<Vec<u8>>,
    /// How much of what was written was read.
    read: usize,
    described: usize,
    packets: u64,
    damaged: Vec<(String, CaptureError)>,
}

/// A capture, its next packet, and which interface of the stream each of its own is.
struct Stream {
    part: Part,
    reader: Option<Reader<Box<dyn Read>>>,
    interfaces: Vec<usize>,
    head: Head,
    /// It was closed after its first packet's time was known, and is to be opened again.
    sleeps: bool,
}

#[derive(Default)]
struct Head {
    time: Timestamp,
    interface: usize,
    original_length: u32,
    data: Vec<u8>,
}

impl Merge {
    /// Opens the captures; `names` has their names, and is told which packet of the stream is whose.
    ///
    /// # Errors
    ///
    /// If one is no capture, with its index; and if the reading was stopped.
    pub fn open(parts: Vec<Part>, names: Arc<Names>) -> Result<Self, (usize, CaptureError)> {
        let unwritten = |error| (0, CaptureError::Open(error));
        let writer = Writer::new(Vec::new(), &[], concat!("wire101 ", env!("CARGO_PKG_VERSION"))).map_err(unwritten)?;
        let (next, sleeps) = (BinaryHeap::new(), parts.len() > MAX_OPEN_CAPTURES);
        let streams = parts.into_iter().map(Stream::new).collect();
        let mut merge = Self { streams, names, next, writer, read: 0, described: 0, packets: 0, damaged: Vec::new() };
        for index in 0..merge.streams.len() {
            merge.begin(index).map_err(|error| (index, error))?;
            let stream = &mut merge.streams[index];
            if sleeps && stream.part.is_file {
                (stream.sleeps, stream.reader, stream.head.data) = (true, None, Vec::new());
            }
        }
        Ok(merge)
    }

    /// Opens a capture, and finds its first packet.
    fn begin(&mut self, index: usize) -> Result<(), CaptureError> {
        match (self.streams[index].part.open)() {
            Ok(reader) => {
                self.names.note_format(index, reader.format());
                self.streams[index].reader = Some(reader);
                self.advance(index)
            }
            Err(error) => self.damage(index, error),
        }
    }

    /// Finds a capture's next packet.
    fn advance(&mut self, index: usize) -> Result<(), CaptureError> {
        let stream = &mut self.streams[index];
        let Some(reader) = &mut stream.reader else { return Ok(()) };
        let found = match reader.next_packet() {
            Ok(packet) => packet.map(|packet| stream.head.take(&packet, stream.part.shift)).transpose(),
            Err(error) => Err(error),
        };
        for interface in &reader.interfaces()[stream.interfaces.len()..] {
            // Nothing that is written into memory can fail, and the texts are short enough.
            self.writer.interface(&shortened(interface)).map_err(CaptureError::Open)?;
            stream.interfaces.push(self.described);
            self.described += 1;
        }
        match found {
            Ok(Some(time)) => self.next.push(Reverse((time, index))),
            Ok(None) => stream.reader = None,
            Err(error) => {
                stream.reader = None;
                self.damage(index, error)?;
            }
        }
        Ok(())
    }

    /// A capture can't be read any further, which is told in the end.
    fn damage(&mut self, index: usize, error: CaptureError) -> Result<(), CaptureError> {
        use CaptureError::{Damaged, Empty, Moved, Read};
        // Where not even the first packet can be moved, somebody is mistaken.
        if matches!(error, Damaged { .. } | Empty | Read { .. } | Moved { packet: 2.. }) {
            self.damaged.push((self.names.labels()[index].clone(), error));
            return Ok(());
        }
        Err(error)
    }

    /// Writes the next packet; says whether there was one.
    fn step(&mut self) -> io::Result<bool> {
        let Some(Reverse((_, index))) = self.next.pop() else { return Ok(false) };
        if std::mem::take(&mut self.streams[index].sleeps) {
            // It's in the queue once more then, if it's still what it was.
            self.begin(index).map_err(|error| self.stopped(index, error))?;
            return Ok(!self.next.is_empty());
        }
        let Stream { interfaces, head, .. } = &self.streams[index];
        let data = &head.data[..head.data.len().min(LONGEST_WRITTEN)];
        let interface = interfaces.get(head.interface).copied().unwrap_or_default();
        self.writer.packet(interface, head.time, head.original_length, data, None)?;
        self.packets += 1;
        self.names.note(self.packets, index);
        self.advance(index).map_err(|error| self.stopped(index, error))?;
        Ok(true)
    }

    /// What the stream fails with where a capture does in a way that ends all.
    fn stopped(&self, index: usize, error: CaptureError) -> io::Error {
        if matches!(error, CaptureError::Stopped { .. }) {
            return io::Error::other(Stopped);
        }
        io::Error::other(Parts(vec![(self.names.labels()[index].clone(), error)]))
    }
}

impl Stream {
    fn new(part: Part) -> Self {
        Self { part, reader: None, interfaces: Vec::new(), head: Head::default(), sleeps: false }
    }
}

impl Head {
    fn take(&mut self, packet: &Packet<'_>, shift: i64) -> Result<Timestamp, CaptureError> {
        let moved = packet.time.0.checked_add_signed(shift);
        self.time = moved.map(Timestamp).ok_or(CaptureError::Moved { packet: packet.number })?;
        self.interface = packet.interface;
        self.original_length = packet.original_length;
        self.data.clear();
        self.data.extend_from_slice(packet.data);
        Ok(self.time)
    }
}

impl Read for Merge {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.read == self.writer.get_mut().len() {
            self.writer.get_mut().clear();
            self.read = 0;
            // Who waits for a packet that comes from a pipe is not to wait for the next as well.
            let batch = if self.streams.iter().all(|stream| stream.part.is_file) { BATCH } else { 1 };
            while self.writer.get_mut().len() < batch && self.step()? {}
        }
        let made = self.writer.get_mut().get(self.read..).unwrap_or_default();
        let count = made.len().min(into.len());
        into[..count].copy_from_slice(&made[..count]);
        self.read += count;
        if count == 0 && !into.is_empty() && !self.damaged.is_empty() {
            return Err(io::Error::other(Parts(std::mem::take(&mut self.damaged))));
        }
        Ok(count)
    }
}

/// An interface, its texts as long as they may be.
fn shortened(it: &Interface) -> Interface {
    let short = |text: &Option<String>| text.as_deref().map(|it| it[..it.floor_char_boundary(TEXT_ROOM)].to_owned());
    Interface { name: short(&it.name), comment: short(&it.comment), ..it.clone() }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::reader::tests::{Seen, read_all};
    use super::super::{LinkType, source};
    use super::*;

    fn interface(name: &str, link: LinkType) -> Interface {
        let name = (!name.is_empty()).then(|| name.to_owned());
        Interface { name, link, snap_length: 0, fcs_length: None, comment: None }
    }

    /// A pcapng file of packets at these times, each with its time as its data.
    fn file(link: LinkType, times: &[u64]) -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), &[interface("eth0", link)], "").unwrap();
        for time in times {
            writer.packet(0, Timestamp(*time), 9, &time.to_le_bytes(), None).unwrap();
        }
        writer.finish().unwrap()
    }

    fn part(bytes: Vec<u8>, shift: i64) -> Part {
        let open = Box::new(move || source::from_reader(Cursor::new(bytes.clone())));
        Part { open, is_file: true, shift }
    }

    fn merged(parts: Vec<Part>) -> (Vec<Seen>, Option<CaptureError>, Arc<Names>) {
        let paths: Vec<String> = (0..parts.len()).map(|at| format!("{at}.pcap")).collect();
        let names = Arc::new(Names::of(&paths));
        let (seen, error) = read_all(Merge::open(parts, Arc::clone(&names)).unwrap());
        (seen, error, names)
    }

    fn times(seen: &[Seen]) -> Vec<u64> {
        seen.iter().map(|it| it.time.0).collect()
    }

    #[test]
    fn the_earliest_packet_comes_first_and_each_file_keeps_its_order() {
        let (a, b) = (file(LinkType::ETHERNET, &[5, 3, 9]), file(LinkType::RAW, &[4, 8]));
        let (seen, error, names) = merged(vec![part(a, 0), part(b, 0)]);
        assert!(error.is_none());
        assert_eq!(times(&seen), [4, 5, 3, 8, 9]);
        assert_eq!(seen.iter().map(|it| it.interface).collect::<Vec<_>>(), [1, 0, 0, 1, 0]);
        let called: Vec<String> = (1..=5).map(|number| names.name(number)).collect();
        assert_eq!(called, ["1.pcap:1", "0.pcap:1", "0.pcap:2", "1.pcap:2", "0.pcap:3"]);
    }

    #[test]
    fn a_shift_moves_a_files_times_before_they_are_compared() {
        let files = || [file(LinkType::ETHERNET, &[10, 20]), file(LinkType::ETHERNET, &[115])];
        let [a, b] = files();
        assert_eq!(times(&merged(vec![part(a, 0), part(b, -100)]).0), [10, 15, 20]);
    }

    #[test]
    fn no_time_is_moved_to_where_times_do_not_go() {
        let files = || [file(LinkType::ETHERNET, &[10, 20]), file(LinkType::ETHERNET, &[115, 7])];
        let names = || Arc::new(Names::of(&["0.pcap", "1.pcap"]));
        let [a, b] = files();
        let opened = Merge::open(vec![part(a, 0), part(b, -116)], names());
        assert!(matches!(opened, Err((1, CaptureError::Moved { packet: 1 }))));
        let [a, b] = files();
        let (seen, error, _) = merged(vec![part(a, 0), part(b, -8)]);
        assert_eq!(times(&seen), [10, 20, 107]);
        assert!(error.unwrap().to_string().starts_with("1.pcap: packet 2 can't be moved there in time"));
    }

    #[test]
    fn a_damaged_file_ends_there_and_the_others_go_on() {
        let (mut a, b) = (file(LinkType::ETHERNET, &[1, 2]), file(LinkType::ETHERNET, &[3, 4]));
        a.truncate(a.len() - 6);
        let (seen, error, _) = merged(vec![part(a, 0), part(b, 0), part(Vec::new(), 0)]);
        assert_eq!(times(&seen), [1, 3, 4]);
        let error = error.unwrap().to_string();
        assert!(
            error.starts_with("2.pcap: this file is empty") && error.contains("; 0.pcap: packet 2 at byte "),
            "{error}"
        );
    }

    #[test]
    fn what_is_no_capture_is_refused() {
        let names = Arc::new(Names::of(&["a", "b"]));
        let parts = vec![part(file(LinkType::ETHERNET, &[1]), 0), part(b"\0\0\0\0hello".to_vec(), 0)];
        assert!(matches!(Merge::open(parts, names), Err((1, CaptureError::Unrecognized { .. }))));
    }

    #[test]
    fn many_files_are_opened_when_their_time_comes() {
        let parts = (0..40).rev().map(|at| part(file(LinkType::ETHERNET, &[at * 10, at * 10 + 15]), 0)).collect();
        let (seen, error, names) = merged(parts);
        assert!(error.is_none());
        let mut expected: Vec<u64> = (0..40).flat_map(|at| [at * 10, at * 10 + 15]).collect();
        expected.sort_unstable();
        assert_eq!(times(&seen), expected);
        assert_eq!((names.name(1), names.name(80)), ("39.pcap:1".to_owned(), "0.pcap:2".to_owned()));
    }
}
