//! `wire101 inspect`: explain a capture.
//!
//! The overview, the counts and JSON Lines take one pass over the input, as it streams. Closer looks may read it a second
//! time.

mod about;
pub(super) mod absent;
mod body;
mod follow;
pub(super) mod input;
mod json;
mod keep;
mod live;
mod narrow;
mod once;
mod several;
mod watch;
mod why;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use self::absent::Absent;
use self::input::Input;
use self::several::Several;
use super::{Failure, save};
use crate::capture::watched::Watcher;
use crate::capture::{Interface, Names, PacketName, Reader, Timestamp};
use crate::filter::{Filter, Filtered, MAX_SEARCHED_TEXT, Matched, Point};
use crate::inspect::record::{Direction, Moment};
use crate::inspect::{self, CountsOnly, DecodeAs, Finding, Options, Sink, mark};
use crate::redact::{self, Redacted};
use crate::render::exchange::hops::Hops;
use crate::render::model::{Page, Prose, Text};
use crate::render::numbers;
use crate::render::overview::summary;
use crate::render::overview::{self, About, Overview};
use crate::render::problems::kinds::Kinds;
use crate::render::rest::Rest;
use crate::render::style::Style;

/// What `inspect` was asked for.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each flag")]
pub struct Inspect {
    /// The capture; `-` is standard input.
    pub file: PathBuf,
    /// More captures, to be read with it as one.
    pub more: Vec<PathBuf>,
    /// By how many nanoseconds the times of captures are moved, by their names.
    pub clocks: Vec<(String, i64)>,
    /// How many nanoseconds packets take between the places where the captures were made, as far as that was measured.
    pub reach: u64,
    /// Follow it while it grows.
    pub watch: bool,
    /// Only this connection.
    pub connection: Option<u64>,
    /// Only this exchange, by connection and index.
    pub exchange: Option<(u64, u64)>,
    /// Only this packet.
    pub packet: Option<PacketName>,
    /// Only what matches.
    pub filter: Filter,
    /// What connections speak that the capture joins in their middle.
    pub decode_as: DecodeAs,
    /// What each OSI layer says.
    pub layers: bool,
    /// The bytes.
    pub hex: bool,
    /// The packets as a ladder.
    pub ladder: bool,
    /// A connection as a transcript.
    pub follow: Option<u64>,
    /// The body of one side's message, by connection and index of the exchange.
    pub body: Option<((u64, u64), Direction)>,
    /// What happened, and what shows it.
    pub why: bool,
    /// All problems and notes.
    pub problems: bool,
    /// What proxies changed.
    pub hops: bool,
    /// Only the counts.
    pub summary: bool,
    /// JSON Lines.
    pub json: bool,
    /// Where to write the packets of the connections that match.
    pub out: Option<PathBuf>,
    /// Only what is known to carry no secret.
    pub redact: bool,
    /// Whether a terminal shows the output, to which a body must not be written as it is.
    pub terminal: bool,
}

/// What a view ends with whose capture was redacted.
const REDACTED: &str = "redacted: only what is known to carry no secret is shown, the rest as asterisks or zeros";

/// What reading came to.
struct Pass {
    finding: Finding,
    /// How many connections matched, if not all had to.
    matched: Option<Matched>,
    /// Whether it is shown, or was captured, without what may be secret.
    redacted: bool,
}

impl Inspect {
    /// The captures, in the order in which they were named.
    fn captures(&self) -> Vec<&Path> {
        std::iter::once(&self.file).chain(&self.more).map(PathBuf::as_path).collect()
    }

    /// Whether more than an overview was asked for.
    fn is_closer_look(&self) -> bool {
        let narrows = self.connection.is_some() || self.exchange.is_some() || self.packet.is_some();
        narrows || self.layers || self.hex || self.ladder
    }

    /// Whether anything was asked to be shown, or only to be kept.
    fn is_to_be_shown(&self) -> bool {
        let views = self.layers
            || self.hex
            || self.ladder
            || self.summary
            || self.json
            || self.problems
            || self.hops
            || self.why;
        views || self.follow.is_some() || self.packet.is_some() || self.out.is_none()
    }

    /// Interfaces as they may be shown.
    fn interfaces(&self, all: &[Interface]) -> Vec<Interface> {
        if self.redact { all.iter().map(redact::interface).collect() } else { all.to_vec() }
    }

    /// How deep to look for a view that keeps so much of bodies and payloads. What the view is `only` about matters where no
    /// condition needs the whole capture to be looked into.
    fn options(&self, keep: usize, only: Option<u64>) -> Options {
        let keep = if self.filter.contains.is_some() { keep.max(MAX_SEARCHED_TEXT) } else { keep };
        let only = only.filter(|_| self.filter.is_everything());
        Options { keep, decode_as: self.decode_as, only, reach: self.reach, ..Options::default() }
    }

    /// Reads a capture for a view, which gets what matches, and nothing that is to be redacted.
    fn read<R: Read>(&self, reader: &mut Reader<R>, options: Options, sink: &mut dyn Sink) -> Pass {
        let (finding, matched) = self.through(options.keep, None, sink, |sink| inspect::inspect(reader, options, sink));
        Pass { redacted: self.redact || finding.redacted, finding, matched }
    }

    /// Has a capture read, whole or in part, for a view, which gets what matches, and nothing that is to be redacted; says how
    /// many connections matched, if not all had to. `first` is the capture's first packet, where the part hasn't it.
    fn through<T>(
        &self,
        keep: usize,
        first: Option<Moment>,
        sink: &mut dyn Sink,
        read: impl FnOnce(&mut dyn Sink) -> T,
    ) -> (T, Option<Matched>) {
        let mut redacted;
        let sink = if self.redact {
            redacted = Redacted::new(sink);
            &mut redacted as &mut dyn Sink
        } else {
            sink
        };
        if self.filter.is_everything() {
            return (read(sink), None);
        }
        let mut filtered = Filtered::new(&self.filter, keep, sink).since(first);
        let read = read(&mut filtered);
        (read, Some(filtered.matched()))
    }
}

impl Pass {
    /// What was asked for and is not there: anything at all that matches.
    fn absent(&self) -> Option<Absent> {
        self.matched.filter(|matched| matched.connections == 0).map(|Matched { of, .. }| Absent::Match { of })
    }
}

/// Inspects a capture, which is read under the watcher's eyes. With [`Inspect::watch`], the capture ends where the watcher
/// stops it.
///
/// # Errors
///
/// If the capture cannot be read, or not to its end, because it is damaged or the watcher stopped it; if it has
/// not what was asked for; or if the output cannot be written. What could be read is in the output by then.
pub fn inspect(asked: &Inspect, out: &mut dyn Write, style: Style, watcher: Rc<dyn Watcher>) -> Result<(), Failure> {
    let captures = asked.captures();
    for capture in captures.iter().filter(|path| path.as_os_str() != "-") {
        asked.out.as_deref().map_or(Ok(()), |out| save::spares(capture, out))?;
    }
    several::check(&captures)?;
    let result = if captures.len() > 1 {
        several(asked, Names::of(&captures), out, style, watcher)
    } else if !asked.clocks.is_empty() {
        Err(Failure::Usage("--clock sets one capture's clock relative to another's, so name both captures".to_owned()))
    } else if asked.watch && asked.file.as_os_str() == "-" {
        Err(Failure::Usage("--watch follows a file; standard input is always read as it arrives".to_owned()))
    } else if asked.watch {
        watch::Growing::open(&asked.file, watcher)
            .and_then(|file| live_input(asked, Input::stream(&asked.file, Box::new(file)).growing(), None, out, style))
    } else {
        look(asked, Input::new(&asked.file, watcher), out, style)
    };
    // An error goes to standard error, where it should not overtake what was shown before it.
    if result.is_err() {
        out.flush()?;
    }
    result
}

/// Inspects several captures as one.
fn several(
    asked: &Inspect,
    mut names: Names,
    out: &mut dyn Write,
    style: Style,
    watcher: Rc<dyn Watcher>,
) -> Result<(), Failure> {
    if asked.watch {
        return Err(Failure::Usage("--watch follows one file, not several".to_owned()));
    }
    let is_packet = |point: &Option<Point>| matches!(point, Some(Point::Packet(_)));
    if is_packet(&asked.filter.from) || is_packet(&asked.filter.until) {
        let what = "with several captures, --from and --until take a time: 2.5s, 2023-11-14T22:13:20Z";
        return Err(Failure::Usage(what.to_owned()));
    }
    let (said, reach) = several::set_clocks(&mut names, &asked.clocks, &watcher)?;
    let asked = &Inspect { reach, ..asked.clone() };
    let names = Arc::new(names);
    let style = style.with_names(&names);
    let outcome = look(asked, Input::several(Several::new(Arc::clone(&names)), watcher), out, style);
    if !asked.json && asked.body.is_none() && !matches!(outcome, Err(Failure::Output(_))) {
        said.into_iter().try_for_each(|sentence| say(sentence, out, style))?;
    }
    outcome
}

/// Inspects a capture while it is being made: tells what happens as it does, and then shows what else was asked for.
///
/// `stream` is the capture, pcap or pcapng, and `asked.file` what to call it. Times count from `start`, or from the first
/// packet.
///
/// # Errors
///
/// As [`inspect()`].
pub fn live(
    asked: &Inspect,
    stream: Box<dyn Read>,
    start: Option<Timestamp>,
    out: &mut dyn Write,
    style: Style,
) -> Result<(), Failure> {
    live_input(asked, Input::stream(&asked.file, stream), start, out, style)
}

fn live_input(
    asked: &Inspect,
    input: Input<'_>,
    start: Option<Timestamp>,
    out: &mut dyn Write,
    style: Style,
) -> Result<(), Failure> {
    // These are told as it happens, too, each in its own way; or are to be all that is told.
    let is_told = asked.json || asked.follow.is_some() || asked.body.is_some() || asked.summary;
    if is_told {
        return look(asked, input, out, style);
    }
    if !(asked.problems || asked.why || asked.is_closer_look() || asked.out.is_some()) {
        return live::print(asked, &input, start, out, style);
    }
    let input = input.put_aside()?;
    live::print(asked, &input, start, out, style)?;
    writeln!(out)?;
    look(asked, input, out, style)
}

fn look(asked: &Inspect, input: Input<'_>, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let Some(path) = &asked.out else { return show(asked, input, out, style) };
    let input = input.again()?;
    let kept = keep::keep(asked, &input, path);
    if asked.json {
        // JSON Lines end in the summary, whatever happened.
        let shown = show(asked, input, out, style);
        return kept.and_then(|kept| kept.outcome).and(shown);
    }
    let kept = kept?;
    style.print(kept.said.iter().cloned().map(Prose::new).collect::<Page>(), out)?;
    if asked.is_to_be_shown() && kept.outcome.is_ok() {
        writeln!(out)?;
        return show(asked, input, out, style);
    }
    kept.outcome
}

fn show(asked: &Inspect, input: Input<'_>, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    if asked.json {
        json::print(asked, &input, out)
    } else if let Some((exchange, direction)) = asked.body {
        body::write(asked, &input, exchange, direction, out)
    } else if let Some(connection) = asked.follow {
        follow::print(asked, &input, connection, out, style)
    } else if asked.why {
        why::print(asked, &input.again()?, out, style)
    } else if asked.problems {
        let page = |kinds: &Kinds, pass: &Pass| Ok(kinds.page(Rest(pass.finding.error.as_ref())));
        about::print(asked, &input, Kinds::default(), page, out, style)
    } else if asked.hops {
        about::print(asked, &input, Hops::default(), |hops, _| Ok(hops.page()), out, style)
    } else if asked.summary {
        counts(asked, &input, out, style)
    } else if asked.is_closer_look() {
        narrow::look(asked, &input.again()?, out, style)
    } else {
        the_whole(asked, &input, out, style)
    }
}

fn the_whole(asked: &Inspect, input: &Input, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let mut reader = input.open()?;
    let (mut overview, mut whole) = (Overview::default(), Overview::default());
    let options = Options { strays: true, ..asked.options(overview::KEEP, None) };
    let (finding, matched) = asked.through(overview::KEEP, None, &mut overview, |sink| {
        // The counts are of the whole, whatever matches.
        let mut both = (sink, &mut whole);
        let sink: &mut dyn Sink = if asked.filter.is_everything() { &mut both.0 } else { &mut both };
        inspect::inspect(&mut reader, options, sink)
    });
    let pass = Pass { redacted: asked.redact || finding.redacted, finding, matched };
    let absent = pass.absent();
    if absent.is_none() {
        if pass.matched.is_some() {
            overview.count_like(&whole);
        }
        let (source, format) = (input.name(), input.format(&reader));
        let interfaces = asked.interfaces(reader.interfaces());
        let about = About {
            source: &source,
            format: &format,
            interfaces: &interfaces,
            rest: Rest(pass.finding.error.as_ref()),
        };
        style.print_long(&overview.page(about, &pass.finding.summary), overview.in_short(about), out)?;
        say_filtered(&pass, out, style)?;
    }
    input.outcome(absent, pass.finding.error)
}

fn counts(asked: &Inspect, input: &Input, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    let pass = asked.read(&mut input.open()?, asked.options(0, None), &mut CountsOnly);
    style.print(summary::counts(&pass.finding.summary), out)?;
    say_filtered(&pass, out, style)?;
    input.outcome(pass.absent(), pass.finding.error)
}

/// Says how much is shown of the whole, which the counts are of.
fn say_filtered(pass: &Pass, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    if let Some(Matched { connections, of }) = pass.matched {
        let (matched, all) = (numbers::count(connections), numbers::counted(of, "connection"));
        say(format!("filtered: {matched} of {all}; the counts are for the whole capture"), out, style)?;
    }
    say_redacted(pass.redacted, out, style)
}

/// Says that what was shown was redacted, if it was.
fn say_redacted(redacted: bool, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    if redacted { say(REDACTED.to_owned(), out, style) } else { Ok(()) }
}

/// Whether interfaces say that their packets were redacted.
fn are_marked(interfaces: &[Interface]) -> bool {
    interfaces.iter().any(mark::is_marked)
}

fn say(remark: String, out: &mut dyn Write, style: Style) -> Result<(), Failure> {
    writeln!(out)?;
    style.print(Prose::new(Text::words(remark).dim()), out)?;
    Ok(())
}
