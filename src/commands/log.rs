//! A log that several threads write to: whole lines, in the order in which they were written.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::render::escape::escape_str;

/// How much is gathered before it is handed on unasked, in bytes.
const MOST_GATHERED: usize = 64 << 10;

/// A place to write to, and many hands.
#[derive(Clone)]
pub struct Log(Arc<Mutex<Box<dyn Write + Send>>>);

impl Log {
    /// Lines go there.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Box::new(out))))
    }

    /// A writer whose lines come out together with each flush.
    #[must_use]
    pub fn lines(&self) -> LogLines {
        LogLines { log: self.clone(), waiting: Vec::new() }
    }

    /// Writes a remark of the program's own, with whatever it quotes escaped.
    pub(super) fn remark(&self, what: &str) {
        self.say(&format!("wire101: {}", escape_str(what)));
    }

    /// Writes a line, if anybody still reads it.
    pub(super) fn say(&self, line: &str) {
        // A remark that nobody can read is none that can be made elsewhere.
        let _ = self.write(format!("{line}\n").as_bytes());
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(bytes)?;
        out.flush()
    }
}

/// Lines on their way to a log.
pub struct LogLines {
    log: Log,
    waiting: Vec<u8>,
}

impl Write for LogLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= MOST_GATHERED && self.waiting.ends_with(b"\n") {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() { Ok(()) } else { self.log.write(&waiting) }
    }
}
