//! Lines of JSON: each is an object with a `type` and `data`.

use std::io::{self, Write};

use serde::Serialize;

use super::keys::{Keys, Object};

#[derive(Serialize)]
struct Line<T> {
    r#type: &'static str,
    data: T,
}

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
        serde_json::to_writer(&mut self.line, &Line { r#type: kind, data: Object(data) })?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
