//! Lines of JSON: each is an object with a `type` and `data`.

use std::io::{self, Write};

use super::keys::{Keys, Object};
use super::write::{key, object};

/// Writes lines, each with a single write.
#[derive(Debug)]
pub(in crate::render) struct JsonLines<W> {
    out: W,
    line: Vec<u8>,
}

impl<W: Write> JsonLines<W> {
    pub(in crate::render) fn new(out: W) -> Self {
        Self { out, line: Vec::with_capacity(4096) }
    }

    pub(in crate::render) fn write(&mut self, kind: &'static str, data: &impl Keys) -> io::Result<()> {
        self.line.clear();
        object(&mut self.line, |line| {
            line.entry(key!("type"), kind);
            line.entry(key!("data"), &Object(data));
        });
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
