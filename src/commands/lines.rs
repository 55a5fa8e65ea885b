//! Writes out what somebody else wrote: as it is, or line by line if it goes to a terminal.

use std::io::{self, Write};

use crate::render::escape::escape;

/// The longest line that is shown on a terminal, in bytes; a longer one is broken.
const LONGEST_LINE: usize = 4 << 10;

/// Hands bytes on as they are; to a terminal line by line, with what could steer it escaped.
pub(super) struct HarmlessLines<'a> {
    out: &'a mut dyn Write,
    line: Vec<u8>,
    escapes: bool,
}

impl<'a> HarmlessLines<'a> {
    /// Lines for that writer; `escapes` where a terminal shows them.
    pub(super) fn new(out: &'a mut dyn Write, escapes: bool) -> Self {
        Self { out, line: Vec::new(), escapes }
    }

    fn line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        writeln!(self.out, "{}", escape(line).replace(r"\t", "\t"))
    }

    /// Ends the last line, if it is one.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        if self.line.is_empty() { Ok(()) } else { self.line() }
    }
}

impl Write for HarmlessLines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.escapes {
            return self.out.write(bytes);
        }
        for byte in bytes {
            if *byte == b'\n' || self.line.len() >= LONGEST_LINE {
                self.line()?;
            }
            if *byte != b'\n' {
                self.line.push(*byte);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_lines_that_cannot_steer_it() {
        let mut out = Vec::new();
        let mut lines = HarmlessLines::new(&mut out, true);
        lines.write_all(b"one\r\ntwo\x1b[2J\nthr").unwrap();
        lines.write_all(b"ee\xff").unwrap();
        lines.finish().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "one\ntwo\\x1b[2J\nthree\\xff\n");
    }
}
