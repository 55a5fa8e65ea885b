//! Writes a capture again with only what's known to be safe: one pass plans what becomes of each byte, and a second one
//! writes.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use crate::capture::{CaptureError, Interface, Packet, Reader, Timestamp, Writer};
use crate::inspect::mark::MARK;
use crate::inspect::{DecodeAs, Inspector, Options};
use crate::redact::{Plan, Planner, Redactor, interface};
use crate::render::numbers::count;

/// What writes a file.
pub(super) const APPLICATION: &str = concat!("wire101 ", env!("CARGO_PKG_VERSION"));

/// What is to become of a capture.
pub(super) struct Redaction {
    plan: Plan,
    interfaces: Vec<Interface>,
    options: Options,
}

/// What was written.
pub(super) struct Written {
    pub(super) packets: u64,
    blanked: u64,
    of: u64,
    /// There was more than the plan had room for.
    limited: bool,
}

impl Written {
    /// What to tell of it, in sentences.
    pub(super) fn said(&self) -> Vec<String> {
        let (blanked, of) = (count(self.blanked), count(self.of));
        let mut said = vec![format!(
            "Redacted: {blanked} of {of} bytes were blanked. Only what is known to carry no secret is left, such as methods, \
             status codes, header names, lengths, addresses and times."
        )];
        if self.limited {
            said.push(
                "It is larger than what fits into memory: from some point on, everything is blanked out.".to_owned(),
            );
        }
        said
    }
}

impl Redaction {
    /// Plans for some connections, or for all. Where the capture is damaged, the plan ends.
    pub(super) fn plan<R: Read>(reader: &mut Reader<R>, decode_as: DecodeAs, only: Option<BTreeSet<u64>>) -> Self {
        let options = Options { pieces: true, decode_as, ..Options::default() };
        let (mut planner, mut inspector, mut described) = (Planner::new(only), Inspector::new(options), 0);
        loop {
            describe(reader, &mut described, &mut inspector);
            let Ok(Some(packet)) = reader.next_packet() else { break };
            planner.packet(&packet);
            inspector.packet(&packet, &mut planner);
        }
        inspector.finish(&mut planner);
        Self { plan: planner.finish(), interfaces: reader.interfaces().to_vec(), options }
    }

    /// Writes the packets that are chosen, by their numbers and connections, as pcapng that says that it was redacted.
    /// Damage ends it.
    ///
    /// # Errors
    ///
    /// If they cannot be written; and a [`CaptureError::Stopped`].
    pub(super) fn write<R: Read>(
        &self,
        source: &mut Reader<R>,
        comment: &str,
        is_kept: &dyn Fn(u64, Option<u64>) -> bool,
        out: &mut dyn Write,
    ) -> io::Result<Written> {
        let mut writer = Writer::new(out, &self.interfaces(comment), APPLICATION)?;
        let written = self.packets(source, is_kept, &mut writer)?;
        writer.finish()?;
        Ok(written)
    }

    /// The same into a file that was begun.
    fn packets<R: Read, W: Write>(
        &self,
        source: &mut Reader<R>,
        is_kept: &dyn Fn(u64, Option<u64>) -> bool,
        writer: &mut Writer<W>,
    ) -> io::Result<Written> {
        let mut redactor = Redactor::new(&self.plan);
        let mut inspector = Inspector::new(Options { pieces: false, ..self.options });
        let (mut packets, mut described) = (0, 0);
        loop {
            describe(source, &mut described, &mut inspector);
            let Some(packet) = next(source)? else { break };
            inspector.packet(&packet, &mut redactor);
            if is_kept(packet.number, redactor.connection()) {
                packets += 1;
                let data = redactor.redacted(&packet);
                writer.packet(packet.interface, packet.time, packet.original_length, &data, None)?;
            }
        }
        let (blanked, of) = redactor.blanked();
        Ok(Written { packets, blanked, of, limited: self.plan.is_limited() })
    }

    /// Writes all packets of a capture that was put aside, and what became of its one interface's packets.
    ///
    /// # Errors
    ///
    /// If it cannot be read or written.
    #[cfg(target_os = "linux")]
    pub(super) fn rewrite(aside: &mut File, last: (Timestamp, u64, u64), out: &mut dyn Write) -> io::Result<Written> {
        let mut open = || {
            aside.rewind()?;
            Reader::new(BufReader::new(aside.try_clone()?)).map_err(io::Error::other)
        };
        let redaction = Self::plan(&mut open()?, DecodeAs::default(), None);
        let mut writer = Writer::new(BufWriter::new(out), &redaction.interfaces(""), APPLICATION)?;
        let written = redaction.packets(&mut open()?, &|_, _| true, &mut writer)?;
        let (time, received, dropped) = last;
        writer.statistics(0, time, received, dropped)?;
        writer.finish()?;
        Ok(written)
    }

    /// The interfaces, each with the mark in its comment.
    fn interfaces(&self, comment: &str) -> Vec<Interface> {
        let comment = if comment.is_empty() { MARK.to_owned() } else { format!("{comment}\n{MARK}") };
        let redacted = |it: &Interface| Interface { comment: Some(comment.clone()), ..interface(it) };
        self.interfaces.iter().map(redacted).collect()
    }
}

/// The next packet, where a capture that is damaged ends: an earlier pass reported that.
///
/// # Errors
///
/// A [`CaptureError::Stopped`].
pub(super) fn next<R: Read>(source: &mut Reader<R>) -> io::Result<Option<Packet<'_>>> {
    match source.next_packet() {
        Err(stopped @ CaptureError::Stopped { .. }) => Err(io::Error::other(stopped)),
        found => Ok(found.ok().flatten()),
    }
}

fn describe<R: Read>(reader: &Reader<R>, described: &mut usize, inspector: &mut Inspector) {
    for interface in reader.interfaces().iter().skip(*described) {
        inspector.interface(interface);
        *described += 1;
    }
}
