//! `--out FILE`: the packets of the connections that match, as pcapng.
//!
//! A connection may match only by its last byte, so the capture is read twice: once to choose, and once to copy.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use super::super::redaction::{APPLICATION, Redaction, Written, next};
use super::super::{Failure, save};
use super::Inspect;
use super::absent::Absent;
use super::input::Input;
use crate::capture::{CaptureError, Interface, Reader, Writer};
use crate::filter::Filtered;
use crate::inspect::{self, Event, Inspector, Options, PacketContent, Sink};
use crate::render::numbers::{count, counted};

/// The comment on every interface of a file.
const COMMENT: &str = "kept by wire101 inspect --out";

/// How many packets are remembered that were read only after others. Fragments beyond that are not kept.
const MOST_LATE: usize = 1 << 20;

/// The longest name or comment of an interface that is copied, in bytes: the format has room for 65 535.
const LONGEST_TEXT: usize = 60_000;

/// What was kept.
pub(super) struct Kept {
    /// What to tell of it.
    pub(super) said: Vec<String>,
    /// Whether the input was all there.
    pub(super) outcome: Result<(), Failure>,
}

/// Writes the packets of the connections that match.
///
/// # Errors
///
/// If the file is the capture itself, nothing matches, or it cannot be written.
pub(super) fn keep(asked: &Inspect, input: &Input<'_>, path: &Path) -> Result<Kept, Failure> {
    let mut reader = input.open()?;
    let mut choice = Choice { asked, chosen: BTreeSet::new(), exchanges: None };
    let mut late = Late::default();
    let mut filtered = Filtered::new(&asked.filter, 0, &mut choice);
    let finding = inspect::inspect(&mut reader, options(asked), &mut (&mut filtered, &mut late));
    if let Some(error @ CaptureError::Stopped { .. }) = &finding.error {
        return Err(Failure::capture(&input.label(), error));
    }
    if choice.chosen.is_empty() {
        let absent = choice.absent(finding.summary.tcp_connections, late.connections);
        return input.outcome(Some(absent), finding.error).map(|()| Kept { said: Vec::new(), outcome: Ok(()) });
    }
    let interfaces = described(reader.interfaces(), COMMENT);
    let redaction = if asked.redact {
        Some(Redaction::plan(&mut input.open()?, asked.decode_as, Some(choice.chosen.clone())))
    } else {
        None
    };
    late.packets.retain(|_, connection| choice.chosen.contains(connection));
    let is_kept = |number, connection: Option<u64>| {
        connection.is_some_and(|it| choice.chosen.contains(&it)) || late.packets.contains_key(&number)
    };
    let mut source = input.open()?;
    let (mut packets, mut redacted) = (0, None);
    save::save(path, |out| {
        match &redaction {
            Some(redaction) => {
                let written = redaction.write(&mut source, COMMENT, &is_kept, out)?;
                packets = written.packets;
                redacted = Some(written);
            }
            None => packets = copy(asked, &mut source, &interfaces, &is_kept, out)?,
        }
        Ok(())
    })
    .map_err(|error| match error.downcast::<CaptureError>() {
        Ok(stopped) => Failure::capture(&input.label(), &stopped),
        Err(error) => Failure::Run(format!("cannot write {}: {error}", path.display())),
    })?;
    let (connections, all) =
        (count(choice.chosen.len() as u64), counted(finding.summary.tcp_connections, "connection"));
    let mut said = vec![format!("{}: {} of {connections} of {all}", path.display(), counted(packets, "packet"))];
    said.extend(redacted.iter().flat_map(Written::said));
    if late.packets.len() >= MOST_LATE {
        said.push("There are more fragments than wire101 can remember: some may be left out.".to_owned());
    }
    Ok(Kept { said, outcome: input.outcome(None, finding.error) })
}

/// The same capture, every packet of it, with only what is known to be safe in it.
///
/// # Errors
///
/// If it cannot be read, or the copy not be put aside.
pub(super) fn redacted<'a>(asked: &Inspect, input: &Input<'a>) -> Result<Input<'a>, Failure> {
    let redaction = Redaction::plan(&mut input.open()?, asked.decode_as, None);
    let mut source = input.open()?;
    let mut write = || -> io::Result<File> {
        let mut out = BufWriter::new(tempfile::tempfile()?);
        redaction.write(&mut source, "", &|_, _| true, &mut out)?;
        Ok(out.into_inner()?)
    };
    let written = write();
    let failed = |error: io::Error| match error.downcast::<CaptureError>() {
        Ok(stopped) => Failure::capture(&input.label(), &stopped),
        Err(error) => Failure::Run(format!("can't store a copy without secrets in a temporary file: {error}")),
    };
    Ok(input.rewritten(written.map_err(failed)?))
}

fn options(asked: &Inspect) -> Options {
    Options { pieces: true, ..asked.options(0, None) }
}

/// Copies packets, chosen by their numbers and connections; says how many. Damage ends it: an earlier pass reported that.
///
/// # Errors
///
/// If the copy cannot be written; and a [`CaptureError::Stopped`].
fn copy<R: Read>(
    asked: &Inspect,
    source: &mut Reader<R>,
    interfaces: &[Interface],
    is_kept: &dyn Fn(u64, Option<u64>) -> bool,
    out: &mut dyn Write,
) -> io::Result<u64> {
    let mut inspector = Inspector::new(asked.options(0, None));
    let mut writer = Writer::new(out, interfaces, APPLICATION)?;
    let (mut connection, mut packets) = (Carries(None), 0);
    while let Some(packet) = next(source)? {
        inspector.packet(&packet, &mut connection);
        if is_kept(packet.number, connection.0) {
            packets += 1;
            writer.packet(packet.interface, packet.time, packet.original_length, packet.data, None)?;
        }
    }
    writer.finish()?;
    Ok(packets)
}

/// The connection that the packet just read is of.
struct Carries(Option<u64>);

impl Sink for Carries {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Packet(it) = event {
            self.0 = match &it.content {
                PacketContent::Tcp(segment) => Some(segment.connection),
                _ => None,
            };
        }
    }
}

/// The interfaces of a file that is copied, each with a comment on where it is from.
fn described(interfaces: &[Interface], comment: &str) -> Vec<Interface> {
    let short = |text: &str| text[..text.floor_char_boundary(LONGEST_TEXT)].to_owned();
    let described = |it: &Interface| {
        let comments: Vec<String> = it.comment.iter().map(|it| short(it)).chain([comment.to_owned()]).collect();
        let comment = comments.join("\n").trim_start_matches('\n').to_owned();
        Interface { name: it.name.as_deref().map(short), comment: Some(comment), ..it.clone() }
    };
    interfaces.iter().map(described).collect()
}

/// The connections that match, and were asked for.
struct Choice<'a> {
    asked: &'a Inspect,
    chosen: BTreeSet<u64>,
    /// How many exchanges the connection has that an exchange was asked of.
    exchanges: Option<u64>,
}

impl Choice<'_> {
    fn absent(&self, there: u64, of: u64) -> Absent {
        match (self.asked.connection, self.asked.exchange) {
            (Some(asked), _) if asked >= there => Absent::Connection { asked, there },
            (Some(connection), _) => Absent::MatchOn { connection },
            (None, Some((connection, index))) => match self.exchanges {
                Some(there) => Absent::Exchange { connection, index, there },
                None => Absent::ExchangeAndConnection { connection, index, there },
            },
            (None, None) => Absent::Match { of },
        }
    }
}

impl Sink for Choice<'_> {
    fn event(&mut self, event: Event<'_>) {
        let Event::Closed(it) = event else { return };
        let exchange = self.asked.exchange.filter(|(connection, _)| *connection == it.number);
        self.exchanges = exchange.map(|_| it.exchanges).or(self.exchanges);
        let connection = self.asked.connection.is_none_or(|asked| asked == it.number);
        if connection && (self.asked.exchange.is_none() || exchange.is_some_and(|(_, index)| index < it.exchanges)) {
            self.chosen.insert(it.number);
        }
    }
}

/// What connections packets are of whose bytes were read only after others': fragments, which do not say so themselves.
#[derive(Default)]
struct Late {
    packet: u64,
    packets: BTreeMap<u64, u64>,
    connections: u64,
}

impl Sink for Late {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Packet(it) => self.packet = it.moment.packet,
            Event::Bytes(it) if self.packets.len() < MOST_LATE => {
                if let Some(packet) = it.run.origin.packet().filter(|packet| *packet != self.packet) {
                    self.packets.insert(packet, it.connection);
                }
            }
            Event::Closed(_) => self.connections += 1,
            _ => {}
        }
    }
}
