//! Where captures come from: a file, standard input, or any stream; compressed or not, as its first bytes tell.

use std::fs::{File, Metadata};
use std::io::{self, Cursor, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::rc::Rc;

use flate2::read::MultiGzDecoder;

use super::error::{CaptureError, FilePart, Location};
use super::reader::{Layout, Mark, Reader};
use super::watched::{Watched, Watcher};
use super::zstd::ZstdReader;

/// Opens a capture file, which is read under the watcher's eyes. Whether `-` means standard input is for the caller to say.
///
/// # Errors
///
/// If there is no such file, it is a directory, or it cannot be opened; and as [`Reader::new`].
pub fn open(path: &Path, watcher: Rc<dyn Watcher>) -> Result<Reader<Box<dyn Read>>, CaptureError> {
    from_file(file(path)?, watcher)
}

/// Opens a file that is to be a capture.
///
/// # Errors
///
/// If there is no such file, it is a directory, or it cannot be opened.
pub fn file(path: &Path) -> Result<File, CaptureError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => CaptureError::Missing,
        ErrorKind::IsADirectory => CaptureError::Directory,
        _ => CaptureError::Open(error),
    })?;
    // Unix opens a directory like a file, and fails only when it is read.
    if file.metadata().map_err(CaptureError::Open)?.is_dir() {
        return Err(CaptureError::Directory);
    }
    Ok(file)
}

/// Reads a capture from an open file, from where it stands, under the watcher's eyes.
///
/// # Errors
///
/// As [`Reader::new`].
pub fn from_file(file: File, watcher: Rc<dyn Watcher>) -> Result<Reader<Box<dyn Read>>, CaptureError> {
    from_file_aside(file, watcher, || None::<io::Sink>)
}

/// The same, where what a compressed file decompresses to is written to what `aside` makes, too.
///
/// # Errors
///
/// As [`Reader::new`].
pub fn from_file_aside<W: Write + 'static>(
    file: File,
    watcher: Rc<dyn Watcher>,
    aside: impl FnOnce() -> Option<W>,
) -> Result<Reader<Box<dyn Read>>, CaptureError> {
    // A pipe or a device has no length.
    let bytes = file.metadata().ok().filter(Metadata::is_file).map(|metadata| metadata.len());
    from_reader_aside(Watched::new(file, bytes, watcher), aside)
}

/// Reads on in a capture from a mark in it, under the watcher's eyes. Compressed, it's decompressed from its beginning again.
///
/// # Errors
///
/// If the file cannot be read that far.
pub fn resume(
    mut file: File,
    layout: &Layout,
    mark: Mark,
    watcher: Rc<dyn Watcher>,
) -> Result<Reader<Box<dyn Read>>, CaptureError> {
    let at = Location { part: FilePart::Packet, packet: mark.packets + 1, offset: mark.offset };
    let unreadable = |error| at.unreadable(error);
    file.rewind().map_err(unreadable)?;
    let compression = Compression::of(&magic(&mut file).map_err(unreadable)?);
    let (start, skipped) = if compression.is_some() { (0, mark.offset) } else { (mark.offset, 0) };
    file.seek(SeekFrom::Start(start)).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len().saturating_sub(start);
    let mut input = decompressed(compression, Watched::new(file, Some(bytes), watcher));
    io::copy(&mut input.by_ref().take(skipped), &mut io::sink()).map_err(unreadable)?;
    Ok(layout.resume(input, mark))
}

/// Reads a capture from standard input, as it arrives, under the watcher's eyes.
///
/// # Errors
///
/// As [`Reader::new`].
pub fn from_stdin(watcher: Rc<dyn Watcher>) -> Result<Reader<Box<dyn Read>>, CaptureError> {
    from_reader(Watched::new(io::stdin().lock(), None, watcher))
}

/// Reads a capture from a stream, as it arrives: plain, or compressed with gzip or zstd.
///
/// # Errors
///
/// As [`Reader::new`].
pub fn from_reader(input: impl Read + 'static) -> Result<Reader<Box<dyn Read>>, CaptureError> {
    from_reader_aside(input, || None::<io::Sink>)
}

fn from_reader_aside<W: Write + 'static>(
    mut input: impl Read + 'static,
    aside: impl FnOnce() -> Option<W>,
) -> Result<Reader<Box<dyn Read>>, CaptureError> {
    let at = Location { part: FilePart::FileHeader, packet: 1, offset: 0 };
    let magic = magic(&mut input).map_err(|source| CaptureError::Read { at, source })?;
    let compression = Compression::of(&magic);
    let stream = decompressed(compression, Cursor::new(magic).chain(input));
    Reader::new(match compression.and_then(|_| aside()) {
        Some(copy) => Box::new(Copied { stream, copy }),
        None => stream,
    })
}

/// A stream of which everything that is read is written down.
pub struct Copied<R, W> {
    /// The stream.
    pub stream: R,
    /// Where it's written down.
    pub copy: W,
}

impl<R: Read, W: Write> Read for Copied<R, W> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(into)?;
        let failed = |error| io::Error::other(format!("cannot be put aside, to be read twice: {error}"));
        self.copy.write_all(&into[..count]).map_err(failed)?;
        Ok(count)
    }
}

/// The first bytes of an input, which tell whether it is compressed.
fn magic(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut magic = Vec::with_capacity(4);
    input.take(4).read_to_end(&mut magic)?;
    Ok(magic)
}

fn decompressed(compression: Option<Compression>, input: impl Read + 'static) -> Box<dyn Read> {
    match compression {
        None => Box::new(input),
        Some(Compression::Gzip) => Box::new(Decompressed { name: "gzip", decoder: MultiGzDecoder::new(input) }),
        Some(Compression::Zstd) => Box::new(Decompressed { name: "zstd", decoder: ZstdReader::new(input) }),
    }
}

#[derive(Clone, Copy)]
enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    fn of(magic: &[u8]) -> Option<Self> {
        match magic {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            // A frame, or a skippable frame that a frame follows (RFC 8878 §3.1).
            [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// A decoder whose errors say which compression it was that is damaged.
struct Decompressed<D> {
    name: &'static str,
    decoder: D,
}

impl<D: Read> Read for Decompressed<D> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.decoder.read(into).map_err(|error| match error.kind() {
            kind @ ErrorKind::UnexpectedEof => {
                io::Error::new(kind, format!("the file is cut short: its {} compression has no end", self.name))
            }
            kind @ (ErrorKind::InvalidData | ErrorKind::InvalidInput) => {
                io::Error::new(kind, format!("the {} compression is damaged: {error}", self.name))
            }
            _ => error,
        })
    }
}

#[cfg(test)]
mod tests {
    use flate2::write::GzEncoder;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::super::watched::Nobody;
    use super::super::window::tests::Trickle;
    use super::*;

    const HEADER: &[u8] = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0";
    const RECORD: &[u8] = b"\x01\0\0\0\x02\0\0\0\x03\0\0\0\x03\0\0\0abc";

    fn gzip(contents: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(contents).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(contents: &[u8]) -> Vec<u8> {
        compress_to_vec(contents, CompressionLevel::Fastest)
    }

    /// How many packets there are, and the error they end in.
    fn count(input: impl Read + 'static) -> (u64, Option<CaptureError>) {
        let mut reader = from_reader(input).unwrap();
        let mut packets = 0;
        loop {
            match reader.next_packet() {
                Ok(Some(_)) => packets += 1,
                Ok(None) => return (packets, None),
                Err(error) => return (packets, Some(error)),
            }
        }
    }

    #[test]
    fn compression_is_recognised_and_may_come_in_several_members() {
        let whole = [HEADER, RECORD, RECORD].concat();
        assert!(matches!(count(Cursor::new(gzip(&whole))), (2, None)));
        assert!(matches!(count(Cursor::new(zstd(&whole))), (2, None)));
        let (first, second) = whole.split_at(50);
        assert!(matches!(count(Cursor::new([gzip(first), gzip(second)].concat())), (2, None)));
        assert!(matches!(count(Cursor::new([zstd(first), zstd(second)].concat())), (2, None)));
    }

    #[test]
    fn what_precedes_damaged_compression_is_read() {
        let mut damaged = gzip(&[HEADER, RECORD].concat());
        damaged.extend(&gzip(RECORD)[..12]);
        let (packets, error) = count(Cursor::new(damaged));
        let error = error.unwrap();
        assert_eq!((packets, error.location().unwrap().offset), (1, 43));
        assert!(
            error.to_string().starts_with(
                "packet 2 at byte 43: cannot read on: the file is cut short: its gzip compression has no end"
            ),
            "{error}"
        );
    }

    #[test]
    fn packets_are_returned_however_slowly_their_bytes_arrive() {
        let whole: &'static [u8] = [HEADER, RECORD, RECORD].concat().leak();
        assert!(matches!(count(Trickle(whole)), (2, None)));
    }

    #[test]
    fn a_packet_is_returned_without_waiting_for_the_next() {
        let until_here = Cursor::new([HEADER, RECORD].concat()).chain(Silence);
        let mut reader = from_reader(until_here).unwrap();
        assert_eq!(reader.next_packet().unwrap().unwrap().data, b"abc");
        let error = reader.next_packet().unwrap_err();
        assert_eq!(error.to_string(), "packet 2 at byte 43: cannot read on: nothing more yet");
        assert!(reader.next_packet().unwrap().is_none());
    }

    /// Stands for a pipe that nothing more was written into: whoever reads it would wait.
    struct Silence;

    impl Read for Silence {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("nothing more yet"))
        }
    }

    #[test]
    fn what_cannot_be_opened_is_told_apart() {
        let open = |path: &Path| super::open(path, Rc::new(Nobody));
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(open(directory.path()), Err(CaptureError::Directory)));
        assert!(matches!(open(&directory.path().join("none")), Err(CaptureError::Missing)));
        let empty = directory.path().join("empty");
        std::fs::write(&empty, b"").unwrap();
        assert!(matches!(open(&empty), Err(CaptureError::Empty)));
        assert!(matches!(from_reader(Cursor::new(gzip(b""))), Err(CaptureError::Empty)));
        assert!(matches!(from_reader(&b"\x1f"[..]), Err(CaptureError::Unrecognized { .. })));
    }
}
