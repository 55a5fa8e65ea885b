//! Turns packets, as they arrive, into the pcapng that a file of them would be: for the inspector to read, and for `--save`.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::mpsc::Receiver;

use super::Failure;
use super::log::Log;
use super::redaction::{APPLICATION, Redaction};
use crate::capture::{Interface, Timestamp, Writer};
use crate::kernel::packets::Batch;
use crate::render::numbers::counted;

/// A capture that is being made.
#[derive(Clone)]
pub(super) struct Feed(Rc<RefCell<Source>>);

struct Source {
    queue: Receiver<Batch>,
    writer: Writer<Vec<u8>>,
    /// How much of what was written has been read.
    read: usize,
    save: Option<Save>,
    watch: Watch,
    /// How many packets have come, and when the last did.
    seen: u64,
    last: Timestamp,
}

/// Sees every packet on its way.
pub(super) type Watch = Box<dyn FnMut(&[u8])>;

impl Feed {
    /// What comes out of a queue, all of one interface; a copy of it goes into the file.
    pub(super) fn new(
        queue: Receiver<Batch>,
        interface: Interface,
        save: Option<Save>,
        watch: Watch,
    ) -> Result<Self, Failure> {
        let writer = Writer::new(Vec::new(), &[interface], APPLICATION)?;
        let mut source = Source { queue, writer, read: 0, save, watch, seen: 0, last: Timestamp::default() };
        source.keep();
        Ok(Self(Rc::new(RefCell::new(source))))
    }

    /// Takes what is left, to its end, though nobody looks at it any more.
    pub(super) fn drain(&self) {
        let mut source = self.0.borrow_mut();
        while source.next() {}
    }

    /// Ends the file with how many packets came, and how many of them the kernel had no room for. Says whether all that came
    /// is in the file.
    pub(super) fn close(&self, lost: u64) -> Result<(), Failure> {
        let mut source = self.0.borrow_mut();
        source.writer.get_mut().clear();
        source.read = 0;
        let Source { writer, save, seen, last, .. } = &mut *source;
        // Into memory, and of the one interface: it cannot fail.
        let _ = writer.statistics(0, *last, *seen + lost, lost);
        let counts = (*last, *seen + lost, lost);
        if let Some(save) = save {
            save.write(writer.get_mut());
        }
        // It was for the file alone.
        writer.get_mut().clear();
        source.save.take().map_or(Ok(()), |save| save.finish(counts))
    }
}

impl Read for Feed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut source = self.0.borrow_mut();
        loop {
            let read = source.read;
            let ready = source.writer.get_mut();
            let count = ready[read..].len().min(into.len());
            if count > 0 {
                into[..count].copy_from_slice(&ready[read..read + count]);
                source.read += count;
                return Ok(count);
            }
            if !source.next() {
                return Ok(0);
            }
        }
    }
}

impl Source {
    /// Waits for what comes next, and writes it down; `false` where nothing more comes.
    fn next(&mut self) -> bool {
        let Ok(batch) = self.queue.recv() else { return false };
        self.writer.get_mut().clear();
        self.read = 0;
        for (time, length, data) in batch.packets() {
            // Into memory, one packet of the one interface, shorter than what a block may hold: it cannot fail.
            let _ = self.writer.packet(0, time, length, data, None);
            (self.watch)(data);
            self.seen += 1;
            self.last = time;
        }
        self.keep();
        true
    }

    fn keep(&mut self) {
        if let Some(save) = &mut self.save {
            save.write(self.writer.get_mut());
        }
    }
}

/// The file that a capture goes into while it is made, whole blocks at a time: whatever happens, it can be read. One that
/// is to be redacted is made at the end, since only then it is known what each byte is.
pub(super) struct Save {
    path: PathBuf,
    /// What is written: the file itself, or a nameless one that is gone with the program.
    file: File,
    /// The file that is to be redacted.
    redacted: Option<File>,
    /// How much of what is written is whole.
    whole: u64,
    error: Option<io::Error>,
    log: Log,
}

impl Save {
    /// Begins the file; what goes wrong later is said in the log at once.
    pub(super) fn begin(path: &Path, redact: bool, log: &Log) -> Result<Self, Failure> {
        let unwritten = |error| unwritten(path, &error);
        let mut file = File::create(path).map_err(unwritten)?;
        let mut redacted = None;
        if redact {
            log.say(&format!(
                "wire101: {} is redacted, so it's written at the end; if wire101 is killed before that, it stays empty",
                path.display()
            ));
            redacted = Some(std::mem::replace(&mut file, tempfile::tempfile().map_err(unwritten)?));
        }
        Ok(Self { path: path.to_owned(), file, redacted, whole: 0, error: None, log: log.clone() })
    }

    /// Ends the file. When the last packet came, how many did, and how many are not there, goes into it.
    fn finish(mut self, counts: (Timestamp, u64, u64)) -> Result<(), Failure> {
        let error = self.error.take();
        if let Some(redacted) = &mut self.redacted {
            // What there is of it is redacted, even if there was no room for more.
            let written = Redaction::rewrite(&mut self.file, counts, redacted);
            let written = written.map_err(|error| unwritten(&self.path, &error))?;
            for line in written.said() {
                self.log.say(&format!("wire101: {}: {line}", self.path.display()));
            }
        }
        error.map_or(Ok(()), |error| Err(unwritten(&self.path, &error)))
    }

    fn write(&mut self, blocks: &[u8]) {
        if self.error.is_some() {
            return;
        }
        match self.file.write_all(blocks) {
            Ok(()) => self.whole += blocks.len() as u64,
            Err(error) => {
                // What is only half there goes; a pipe keeps it, and its reader has to do with that.
                let _ = self.file.set_len(self.whole).and_then(|()| self.file.rewind());
                let unwritten = unwritten(&self.path, &error);
                self.log.remark(&format!("{unwritten}; further packets are not saved, everything else goes on"));
                self.error = Some(error);
            }
        }
    }
}

/// What to say of packets that the kernel had no room for.
pub(super) fn missed(packets: u64) -> Option<String> {
    let are = if packets == 1 { "is" } else { "are" };
    let said = format!(
        "{} came too fast to be captured, and {are} missing above; as root, or with a larger net.core.rmem_max, there \
         is more room for what comes",
        counted(packets, "packet")
    );
    (packets > 0).then_some(said)
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    Failure::Run(format!("cannot write {}: {error}", path.display()))
}
