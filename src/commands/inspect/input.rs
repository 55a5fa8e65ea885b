//! The capture that was named, to be read as often as needed.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::rc::Rc;

use super::super::{Failure, bundled};
use super::absent::Absent;
use super::once;
use super::several::Several;
use crate::capture::watched::{Nobody, Watcher};
use crate::capture::{CaptureError, Layout, Mark, Names, PacketName, Reader, source};
use crate::limits::MAX_SPOOLED;
use crate::numbers;

/// The capture that was named.
pub(in crate::commands) struct Input<'a> {
    path: &'a Path,
    /// The captures that it is, if it's several.
    several: Option<Several>,
    watcher: Rc<dyn Watcher>,
    /// What is not a file, until it is read.
    stream: RefCell<Option<Box<dyn Read>>>,
    is_live: bool,
    /// It is somebody else who writes it: its end is where they have got.
    is_growing: bool,
    /// Where it is put aside, or was.
    spooled: Option<File>,
    /// What it decompressed to, if it's compressed and was read to be read again; or what several captures come to as one.
    plain: RefCell<Option<Plain>>,
    is_read_again: bool,
}

/// A temporary file with what was read of a compressed capture, decompressed, or of several as one. Where there's no room for
/// it, it's incomplete, and that is done once more instead.
#[derive(Clone)]
struct Plain {
    file: Rc<File>,
    /// How much more may be put into it; nothing, once something was missed.
    room: Rc<Cell<Option<u64>>>,
}

impl Plain {
    fn new() -> Option<Self> {
        let file = Rc::new(tempfile::tempfile().ok()?);
        Some(Self { file, room: Rc::new(Cell::new(Some(MAX_SPOOLED))) })
    }
}

impl Write for Plain {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.room.get().and_then(|room| room.checked_sub(bytes.len() as u64));
        self.room.set(room.filter(|_| (&*self.file).write_all(bytes).is_ok()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> Input<'a> {
    pub(in crate::commands) fn new(path: &'a Path, watcher: Rc<dyn Watcher>) -> Self {
        let is_live = path.as_os_str() == "-";
        Self {
            path,
            several: None,
            watcher,
            stream: RefCell::new(None),
            is_live,
            is_growing: false,
            // Where there's no room for it, it's missed when it's opened.
            spooled: bundled::capture(path).ok().flatten(),
            plain: RefCell::new(None),
            is_read_again: false,
        }
    }

    /// Several captures, which are read as one, in time order.
    pub(super) fn several(several: Several, watcher: Rc<dyn Watcher>) -> Self {
        let is_live = several.is_live();
        Self { several: Some(several), is_live, ..Self::new(Path::new(""), watcher) }
    }

    /// A capture that is still being made, under a name.
    pub(in crate::commands) fn stream(path: &'a Path, stream: Box<dyn Read>) -> Self {
        Self { stream: RefCell::new(Some(stream)), is_live: true, ..Self::new(path, Rc::new(Nobody)) }
    }

    /// The same, written by somebody else: where it ends, a packet may be half there.
    pub(super) fn growing(self) -> Self {
        Self { is_growing: true, ..self }
    }

    /// The same input as it was rewritten: under its name, from that file.
    pub(in crate::commands) fn rewritten(&self, file: File) -> Self {
        let Self { is_live, is_growing, .. } = *self;
        Self { spooled: Some(file), is_live, is_growing, ..Self::new(self.path, Rc::clone(&self.watcher)) }
    }

    /// Whether it is no file, but comes from standard input or the like, and may still be growing.
    pub(in crate::commands) fn is_live(&self) -> bool {
        self.is_live
    }

    /// Its name as given.
    pub(in crate::commands) fn name(&self) -> String {
        self.several.as_ref().map_or_else(|| self.path.display().to_string(), Several::label)
    }

    /// How it's written: "pcap".
    pub(super) fn format<R: Read>(&self, reader: &Reader<R>) -> String {
        self.several.as_ref().map_or_else(|| reader.format().to_owned(), Several::format)
    }

    /// What packets are called, if it's several captures.
    pub(super) fn names(&self) -> Option<&Names> {
        self.several.as_ref().map(Several::names)
    }

    /// The number of a packet that was named; of several captures, its number in the whole, for which they are read.
    pub(super) fn packet(&self, name: &PacketName) -> Result<u64, Failure> {
        let Some(names) = self.names() else {
            let file = name.file.as_deref().map(Path::new);
            if file.is_some_and(|file| file != self.path && Some(file.as_os_str()) != self.path.file_name()) {
                return Err(Failure::Usage(format!(
                    "{name} names a packet of another capture, not of {}",
                    self.label()
                )));
            }
            return Ok(name.number);
        };
        let file = name.file.as_deref().and_then(|file| names.file(file));
        let Some(file) = file else {
            return Err(self.no_capture_of(name, names)?);
        };
        let mut reader = self.open()?;
        loop {
            if let Some(number) = names.number(file, name.number) {
                return Ok(number);
            }
            match reader.next_packet() {
                Ok(Some(_)) => {}
                Err(stopped @ CaptureError::Stopped { .. }) => return Err(Failure::capture(&self.label(), &stopped)),
                // Of damage it's told once what there is was looked at.
                Ok(None) | Err(_) => break,
            }
        }
        let absent = Absent::Packet { asked: name.number, there: names.count(file) };
        Err(Failure::Input(format!("{}: {absent}", names.labels()[file])))
    }

    /// That a packet's name doesn't say which capture's it is, and which there are of that number.
    fn no_capture_of(&self, name: &PacketName, names: &Names) -> Result<Failure, Failure> {
        let mut reader = self.open()?;
        loop {
            match reader.next_packet() {
                Ok(Some(_)) => {}
                Err(stopped @ CaptureError::Stopped { .. }) => return Err(Failure::capture(&self.label(), &stopped)),
                Ok(None) | Err(_) => break,
            }
        }
        let (number, packets) = (numbers::count(name.number), |file: &usize| names.count(*file));
        let has_it = (0..names.labels().len()).filter(|file| packets(file) >= name.number);
        let there: Vec<String> = has_it.map(|file| format!("{}:{}", names.labels()[file], name.number)).collect();
        if there.is_empty() {
            let longest = (0..names.labels().len()).rev().max_by_key(packets).unwrap_or_default();
            let (longest, most) = (&names.labels()[longest], numbers::counted(packets(&longest), "packet"));
            let what = format!("none of the captures has a packet {number}: {longest} has the most, {most}");
            return Ok(Failure::Input(what));
        }
        let there = numbers::listed_in_short(&there, "of that number");
        Ok(match name.file {
            None => Failure::Usage(format!("say which capture packet {number} is in: there are {there}")),
            Some(_) => Failure::Usage(format!("{name} names a capture that isn't being read: there are {there}")),
        })
    }

    /// The same input, which can be opened more than once: standard input, or a pipe that has a name, is put aside in a
    /// temporary file first.
    pub(in crate::commands) fn again(mut self) -> Result<Self, Failure> {
        self.is_read_again = true;
        if let Some(several) = &mut self.several {
            several.put_aside()?;
            return Ok(self);
        }
        if self.spooled.is_some() || !self.is_live() && once::is_file(self.path) {
            return Ok(self);
        }
        let stream = self.stream.take();
        let stored = stream.map_or_else(|| once::stored(self.path), once::stored_of);
        let file = stored.map_err(|error| self.no_room(&error))?;
        Ok(Self { spooled: Some(file), ..self })
    }

    /// The same stream, which is put aside in a temporary file while it is read, to be read again from there.
    pub(in crate::commands) fn put_aside(self) -> Result<Self, Failure> {
        let Some(stream) = self.stream.take() else { return self.again() };
        let spool = || {
            let file = tempfile::tempfile()?;
            Ok((file.try_clone()?, file))
        };
        let (copy, file) = spool().map_err(|error| self.no_room(&error))?;
        let stream: Box<dyn Read> = Box::new(source::Copied { stream, copy });
        Ok(Self { stream: RefCell::new(Some(stream)), spooled: Some(file), ..self })
    }

    fn no_room(&self, error: &io::Error) -> Failure {
        once::no_room(&self.label(), error)
    }

    /// Reads it from its beginning.
    pub(in crate::commands) fn open(&self) -> Result<Reader<Box<dyn Read>>, Failure> {
        if let Some(several) = &self.several {
            return self.merged(several);
        }
        let watcher = Rc::clone(&self.watcher);
        let stream = self.stream.take();
        let opened = match (stream, &self.spooled) {
            (Some(stream), _) => source::from_reader(stream),
            (None, Some(file)) => once::rewound(file).and_then(|file| self.read(file)),
            (None, None) if self.is_live() => source::from_stdin(watcher),
            (None, None) => source::file(self.path).and_then(|file| self.read(file)),
        };
        opened.map_err(|error| Failure::capture(&self.label(), &error))
    }

    /// Reads several captures from their beginnings.
    fn merged(&self, several: &Several) -> Result<Reader<Box<dyn Read>>, Failure> {
        let stream = several.open(&self.watcher)?;
        let plain = Plain::new().filter(|_| self.is_read_again);
        self.plain.borrow_mut().clone_from(&plain);
        let stream = match plain {
            Some(copy) => Box::new(source::Copied { stream, copy }),
            None => stream,
        };
        Reader::new(stream).map_err(|error| Failure::capture(&self.label(), &error))
    }

    /// Reads a file from its beginning.
    fn read(&self, file: File) -> Result<Reader<Box<dyn Read>>, CaptureError> {
        source::from_file_aside(file, Rc::clone(&self.watcher), || {
            let plain = Plain::new().filter(|_| self.is_read_again);
            self.plain.borrow_mut().clone_from(&plain);
            plain
        })
    }

    /// Reads on from a mark in it, which an earlier reading set.
    pub(in crate::commands) fn resume(&self, layout: &Layout, mark: Mark) -> Result<Reader<Box<dyn Read>>, Failure> {
        let plain = self.plain.borrow();
        let plain = plain.as_ref().filter(|plain| plain.room.get().is_some()).map(|plain| &*plain.file);
        if let (None, Some(several)) = (plain, &self.several) {
            // There was no room for it: they are put together once more.
            let mut stream = several.open(&self.watcher)?;
            let skipped = io::copy(&mut stream.by_ref().take(mark.offset), &mut io::sink()).map_err(CaptureError::Open);
            let resumed = skipped.map(|_| layout.resume(stream, mark));
            return resumed.map_err(|error| Failure::capture(&self.label(), &error));
        }
        let file = match plain.or(self.spooled.as_ref()) {
            Some(file) => file.try_clone().map_err(CaptureError::Open),
            None => source::file(self.path),
        };
        let resumed = file.and_then(|file| source::resume(file, layout, mark, Rc::clone(&self.watcher)));
        resumed.map_err(|error| Failure::capture(&self.label(), &error))
    }

    /// What to call it in a message.
    pub(in crate::commands) fn label(&self) -> String {
        self.several.as_ref().map_or_else(|| once::label_of(self.path), Several::label)
    }

    /// What a look at it came to: whether what was asked for is not there, and whether the input was damaged.
    pub(in crate::commands) fn outcome(
        &self,
        absent: Option<Absent>,
        error: Option<CaptureError>,
    ) -> Result<(), Failure> {
        let name = self.label();
        let error = error.filter(|error| !(self.is_growing && error.is_cut()));
        match (absent, error) {
            (None, None) => Ok(()),
            // After a stop, what is missing may be in what was not read.
            (None, Some(error)) | (Some(_), Some(error @ CaptureError::Stopped { .. })) => {
                Err(Failure::capture(&name, &error))
            }
            (Some(absent), None) => Err(Failure::Input(format!("{name}: {absent}"))),
            (Some(absent), Some(error)) => {
                Err(Failure::Input(format!("{name}: {absent}, as far as it could be read: {error}")))
            }
        }
    }
}
