//! The page of a lesson: asked, shown, compared, explained, and what to take away from it.
//!
//! It arranges what other views draw. Every number on it is measured in the run or read from its packets.

pub(super) mod charts;
mod ladders;

use super::ladder::beside;
use super::layers::layers_about;
use super::markdown::{indented, markdown, narrower};
use super::osi;
use super::story::Story;
use super::style::{Look, Style};
use super::table::{Cell, Column, Table};
use super::{accept, frame, frames, heads, hex, numbers, problems, text, wire};
use crate::capture::Packet;
use crate::inspect::Options;
use crate::inspect::annotate::{Annotator, Selection};
use crate::inspect::record::{Exchange, Frame, Problem};
use crate::layers::{Field, Layer};
use crate::lesson::front_matter::{ExchangeId, Side, Step};
use crate::lesson::measure::Unit;
use crate::lesson::run::SideRun;
use crate::lesson::text::FillError;
use crate::lesson::{Lesson, Measure, Run, catalogue};

/// How many lines of a body are shown.
const BODY_LINES: usize = 3;
/// How much of bodies and payloads is looked at: 4 KiB.
const KEEP: usize = 4 << 10;

/// How deep a page goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// The OSI layers of every exchange, not only of the one that the lesson is about.
    pub layers: bool,
    /// Every packet's bytes.
    pub hex: bool,
    /// Every packet in the ladders.
    pub ladder: bool,
}

/// Draws the page of a lesson that was run.
///
/// # Errors
///
/// Where the lesson's text asks for a value that the run does not have.
pub fn page(run: &Run, depth: Depth, style: Style) -> Result<Vec<String>, FillError> {
    let mut page = Page::of(run, depth, style);
    page.opening();
    page.ladders();
    page.comparison()?;
    page.chart();
    page.answer();
    page.exchanges();
    page.frames();
    page.layers();
    page.problems();
    page.bytes();
    page.closing()?;
    Ok(page.lines)
}

/// Draws what a page shows, without what it asks, answers and suggests.
///
/// # Errors
///
/// As [`page`].
pub fn shown(run: &Run, style: Style) -> Result<Vec<String>, FillError> {
    let mut page = Page { in_tutorial: true, ..Page::of(run, Depth::default(), style) };
    page.ladders();
    page.comparison()?;
    page.chart();
    page.exchanges();
    page.frames();
    page.layers();
    page.problems();
    Ok(page.lines)
}

/// Draws what going deep adds to a page, and nothing else.
#[must_use]
pub fn deeper(run: &Run, depth: Depth, style: Style) -> Vec<String> {
    let mut page = Page { in_tutorial: true, ..Page::of(run, depth, style) };
    if depth.ladder {
        page.ladders();
    }
    if depth.layers {
        page.exchanges();
        page.layers();
    }
    page.bytes();
    page.lines
}

/// Draws the lesson's frames bit by bit; where it wants none drawn, its first.
#[must_use]
pub fn diagrams(run: &Run, style: Style) -> Vec<String> {
    let mut page = Page::of(run, Depth::default(), style);
    for (letter, frame) in drawn(run, &page.stories) {
        page.diagram(letter, &frame);
    }
    if page.lines.is_empty() {
        page.remark("No WebSocket frame crossed the wire in this lesson: it speaks HTTP.");
    }
    page.lines
}

/// The frames that [`diagrams`] draws, and their sides' letters.
pub(super) fn drawn(run: &Run, stories: &[Story]) -> Vec<(char, Frame)> {
    let frames = frames_to_draw(run, stories, true);
    let any = || {
        let mut sides = run.sides.iter().zip(stories);
        sides.find_map(|(side, story)| story.frames.first().map(|frame| (side.side.letter(), frame.clone())))
    };
    if frames.is_empty() { any().into_iter().collect() } else { frames }
}

/// The packets' stories, a side each.
pub(super) fn stories(run: &Run) -> Vec<Story> {
    let mut stories = run
        .fold(Options { keep: KEEP, pieces: false, ..Options::default() }, |side| Story::of_hosts(side.hosts.clone()));
    for number in run.lost() {
        let side = run.sides.iter().position(|side| side.packets.contains(&number));
        if let Some(story) = side.and_then(|side| stories.get_mut(side)) {
            story.lose(number);
        }
    }
    stories
}

/// Says where the capture was saved.
#[must_use]
pub fn saved(run: &Run, path: &str, style: Style) -> Vec<String> {
    let path = style.text(path);
    let packets = numbers::counted(run.packets.len() as u64, "packet");
    let interfaces = numbers::counted(run.sides.len() as u64, "interface");
    let note = format!("Saved {packets} of {interfaces} as {path}: open it in Wireshark, or wire101 inspect {path}");
    let mut lines = vec![String::new()];
    lines.extend(text::wrap(&note, style.width));
    lines
}

/// Draws the list of lessons.
#[must_use]
pub fn list(lessons: &[Lesson], style: Style) -> Vec<String> {
    let columns = [Column::number("#"), Column::text("Name"), Column::text("Question").wrapped()];
    let mut table = Table::new(&columns, style);
    for lesson in lessons {
        table.row([
            Cell::new(lesson.number.to_string()).look(Look::Dim),
            Cell::new(lesson.name.as_str()).look(Layer::Application),
            Cell::new(lesson.question.as_str()),
        ]);
    }
    let mut lines: Vec<String> = table.draw(0).lines().map(str::to_owned).collect();
    lines.push(String::new());
    lines.push(format!("{}  run it, and see its packets", style.bold("wire101 lesson run NAME ")));
    lines.push(format!("{}  read its text", style.bold("wire101 lesson show NAME")));
    lines
}

/// Draws a lesson's text, with the figures of a run.
///
/// # Errors
///
/// Where it asks for a value that the run does not have.
pub fn narration(run: &Run, style: Style) -> Result<Vec<String>, FillError> {
    let mut lines = title(run, style);
    lines.push(String::new());
    lines.extend(markdown(&run.fill(&run.lesson.text)?, style));
    lines.push(String::new());
    lines.push(style.bold("What to try next"));
    lines.extend(run.lesson.try_next.iter().flat_map(|step| to_try(step, true, style)));
    lines.push(String::new());
    let name = &run.lesson.name;
    let note = format!("Every figure here was measured just now. Run it yourself: `wire101 lesson run {name}`");
    lines.extend(markdown(&note, style));
    Ok(lines)
}

/// The lesson, and the wire it ran on.
pub(super) fn title(run: &Run, style: Style) -> Vec<String> {
    let wire = style.text(&wire::words(run));
    let (number, count) = (run.lesson.number, catalogue::count());
    let lesson = style.text(&format!("Lesson {number} of {count} · {}", run.lesson.title));
    match style.width.checked_sub(text::width(&lesson) + text::width(&wire)) {
        Some(gap @ 2..) => vec![style.bold(&lesson) + &" ".repeat(gap) + &style.dim(&wire)],
        _ => [(Look::Bold, lesson), (Look::Dim, wire)]
            .into_iter()
            .flat_map(|(look, line)| text::wrap(&line, style.width).into_iter().map(move |it| style.paint(look, &it)))
            .collect(),
    }
}

struct Page<'a> {
    run: &'a Run,
    stories: Vec<Story>,
    annotator: Annotator,
    depth: Depth,
    /// Whether one goes deeper by a key; else by a flag.
    in_tutorial: bool,
    style: Style,
    lines: Vec<String>,
}

impl<'a> Page<'a> {
    fn of(run: &'a Run, depth: Depth, style: Style) -> Self {
        let mut annotator = Annotator::new(Selection::All);
        run.inspect(Options { keep: 0, pieces: true, ..Options::default() }, &mut annotator);
        Self { run, stories: stories(run), annotator, depth, in_tutorial: false, style, lines: Vec::new() }
    }

    fn heading(&mut self, heading: &str) {
        self.lines.push(String::new());
        self.lines.push(self.style.bold(&self.style.cut(&self.style.text(heading), self.style.width)));
    }

    fn remark(&mut self, remark: &str) {
        let remark = self.style.text(remark);
        self.lines.extend(text::wrap(&remark, self.style.width).iter().map(|line| self.style.dim(line)));
    }

    fn opening(&mut self) {
        let lesson = self.run.lesson;
        self.lines.extend(title(self.run, self.style));
        self.lines.extend(text::wrap(&self.style.text(&lesson.question), self.style.width));
        self.lines.push(String::new());
        let choices = match lesson.prediction.choices.as_slice() {
            [] => String::new(),
            [others @ .., last] => {
                let others: Vec<String> = others.iter().map(ToString::to_string).collect();
                format!(" {} or {last}?", others.join(", "))
            }
        };
        let ask = format!("**Your guess first.** {}{choices}", lesson.prediction.ask);
        self.lines.extend(markdown(&ask, self.style));
    }

    fn comparison(&mut self) -> Result<(), FillError> {
        const LETTERS: [&str; 4] = ["A", "B", "C", "D"];
        let (run, style) = (self.run, self.style);
        let mut columns = vec![Column::text("").wrapped()];
        columns.extend(LETTERS.iter().take(run.sides.len()).map(|letter| Column::number(letter)));
        columns.push(Column::text("").wrapped());
        let mut table = Table::new(&columns, style);
        for row in &run.lesson.compare {
            let note = row.note.as_ref().map(|note| run.fill(note)).transpose()?.unwrap_or_default();
            let values = run.sides.iter().map(|side| Cell::new(value(row.measure, side)).look(Look::Bold));
            let label = Cell::new(row.label.as_str());
            let note = Cell::new(note.replace('\u{a0}', " ")).look(Look::Dim);
            table.row([label].into_iter().chain(values).chain([note]));
        }
        self.lines.push(String::new());
        self.lines.extend(table.draw(0).lines().map(str::to_owned));
        Ok(())
    }

    fn answer(&mut self) {
        let (run, style) = (self.run, self.style);
        let answer = run.lesson.prediction.answer;
        if let Some(side) = run.sides.get(answer.side.index()) {
            let row = run.lesson.compare.iter().find(|row| row.measure == answer.measure);
            let label = row.map_or_else(|| answer.measure.to_string(), |row| row.label.clone());
            let found = value(answer.measure, side);
            self.lines.push(String::new());
            let answer = format!("**Did you guess it?** {label}, side {}: **{found}**.", answer.side.letter());
            self.lines.extend(markdown(&answer, style));
        }
    }

    fn exchanges(&mut self) {
        let style = self.style;
        let mut lines = Vec::new();
        let mut left_out = 0;
        for (side, story) in self.run.sides.iter().zip(&self.stories) {
            let said = self.run.lesson.said.get(&side.side);
            let mut exchanges: Vec<&Exchange> = story.exchanges.iter().collect();
            exchanges.sort_by_key(|exchange| (exchange.connection, exchange.index));
            for exchange in exchanges {
                let id = ExchangeId { connection: exchange.connection - side.first_connection, index: exchange.index };
                if self.depth.layers || said.is_some_and(|said| said.contains(&id)) {
                    lines.push(String::new());
                    lines.push(self.exchange_heading(side, exchange));
                    lines.extend(talk(exchange, style));
                } else {
                    left_out += 1;
                }
            }
        }
        if lines.is_empty() {
            return;
        }
        let others = match left_out {
            0 => String::new(),
            _ => format!(" ({} with {})", numbers::counted(left_out, "more exchange"), self.deeper_by("--layers", "l")),
        };
        self.heading(&format!("What was said{others}"));
        // The heading is enough of a gap before the first.
        self.lines.extend(lines.into_iter().skip(1));
    }

    fn exchange_heading(&self, side: &SideRun, exchange: &Exchange) -> String {
        let style = self.style;
        let name = format!("{}, exchange {}.{}", side.side.letter(), exchange.connection, exchange.index);
        let extent = exchange.extent();
        let packets = format!("packets {} to {}", extent.first.packet, extent.last.packet);
        format!("{}  {}", style.bold(&name), style.dim(&packets))
    }

    fn frames(&mut self) {
        let (run, style) = (self.run, self.style);
        let (mut derivation, mut letters, mut listed) = (None, Vec::new(), Vec::new());
        for (side, story) in run.sides.iter().zip(&self.stories) {
            let letter = side.side.letter();
            let is_derived = |of: Side| of == side.side || self.depth.layers;
            // How it is done is shown once: the other sides do it the same way.
            if derivation.is_none() && run.lesson.accept.map_or(self.depth.layers, is_derived) {
                let upgraded = story.exchanges.iter().find(|it| it.upgraded.as_deref() == Some("websocket"));
                derivation = upgraded.map(|exchange| (letter, accept::derivation(exchange, style)));
            }
            if !story.frames.is_empty() && (self.depth.layers || run.lesson.frames.contains(&side.side)) {
                letters.push(letter.to_string());
                listed.extend(story.frames.iter().cloned());
            }
        }
        if let Some((letter, lines)) = derivation {
            self.heading(&format!("{letter}, how Sec-WebSocket-Accept comes about (RFC 6455 §4.2.2)"));
            self.lines.extend(lines);
        }
        if !listed.is_empty() {
            self.heading(&format!("{}, every frame", letters.join(" and ")));
            self.lines.extend(frames::table(&listed, 0, style).lines().map(str::to_owned));
        }
        for (letter, frame) in frames_to_draw(run, &self.stories, self.depth.layers) {
            self.diagram(letter, &frame);
        }
    }

    /// How one goes deeper: by a flag, or in the tutorial by a key.
    fn deeper_by(&self, flag: &'static str, key: &'static str) -> &'static str {
        if self.in_tutorial { key } else { flag }
    }

    fn diagram(&mut self, letter: char, frame: &Frame) {
        let id = format!("{}.{}", frame.connection, frame.index);
        self.heading(&format!("{letter}, frame {id} bit by bit (RFC 6455 §5.2)"));
        self.lines.extend(frame::diagram(frame, self.style));
    }

    fn layers(&mut self) {
        for at in 0..self.stories.len() {
            let (Some(side), Some(story)) = (self.run.sides.get(at), self.stories.get(at)) else { continue };
            let about = self.run.about(side);
            let wanted = |exchange: &&Exchange| {
                let is_about =
                    about.is_some_and(|it| (it.connection, it.index) == (exchange.connection, exchange.index));
                self.depth.layers || is_about
            };
            let tables: Vec<_> =
                story.exchanges.iter().filter(wanted).map(|it| self.layers_of(side, story, it)).collect();
            for (heading, table) in tables {
                self.heading(&heading);
                self.lines.extend(table);
            }
        }
        self.remark(osi::READING);
    }

    fn layers_of(&self, side: &SideRun, story: &Story, exchange: &Exchange) -> (String, Vec<String>) {
        let id = format!("{}.{}", exchange.connection, exchange.index);
        let heading = format!("{}, exchange {id}, layer by layer: {}", side.side.letter(), osi::title(exchange));
        let carrier = self.fields(exchange.extent().first.packet);
        let about = if self.depth.layers { &Layer::TOP_DOWN[..] } else { &self.run.lesson.layers };
        (heading, layers_about(&osi::rows(story, exchange, &carrier), about, self.style))
    }

    /// The fields that say what every byte of a packet is.
    fn fields(&self, number: u64) -> Vec<Field> {
        let fields = |packet: Packet<'_>| self.annotator.fields_of_packet(number, packet.link, packet.data);
        self.run.packet(number).map(fields).unwrap_or_default()
    }

    fn problems(&mut self) {
        let sides = self.run.sides.iter().zip(&self.stories).filter(|(_, story)| !story.problems.is_empty());
        let (letters, found): (Vec<String>, Vec<&[Problem]>) =
            sides.map(|(side, story)| (side.side.letter().to_string(), story.problems.as_slice())).unzip();
        if !found.is_empty() {
            let list = problems::list(&found.concat(), 0, self.style);
            self.heading(&format!("{}, what is wrong", letters.join(" and ")));
            self.lines.extend(list.lines().map(str::to_owned));
        }
    }

    fn bytes(&mut self) {
        if !self.depth.hex {
            return;
        }
        for at in 0..self.stories.len() {
            let (Some(side), Some(story)) = (self.run.sides.get(at), self.stories.get(at)) else { continue };
            let rows = story.ladder(None, true, None).rows;
            let letter = side.side.letter();
            for number in side.packets.clone() {
                let Some(packet) = self.run.packet(number) else { continue };
                let said: Vec<&str> =
                    rows.iter().filter(|row| row.packet == number).map(|row| row.label.as_str()).collect();
                let bytes = numbers::counted(packet.data.len() as u64, "byte");
                self.heading(&format!("{letter}, packet {number}: {} ({bytes})", said.join(" · ")));
                self.lines.extend(hex::hex(packet.data, number, &self.fields(number), self.style));
            }
        }
    }

    fn closing(&mut self) -> Result<(), FillError> {
        let (run, style) = (self.run, self.style);
        self.heading("What to take away");
        for sentence in &run.lesson.take_away {
            self.lines.extend(markdown(&format!("- {}", run.fill(sentence)?), style));
        }
        self.heading("What to try next");
        for (place, step) in run.lesson.try_next.iter().enumerate() {
            let lines = to_try(step, place == 0, style);
            self.lines.extend(lines);
        }
        let name = &run.lesson.name;
        self.lines.push(String::new());
        let more = format!("Read on: `wire101 lesson show {name}`. Deeper: `--layers --hex --ladder`.");
        self.lines.extend(markdown(&more, style));
        Ok(())
    }
}

/// The frames that the lesson wants drawn, the first of each side; to go deep, all of them, and at least a masked text.
fn frames_to_draw(run: &Run, stories: &[Story], deep: bool) -> Vec<(char, Frame)> {
    let sides = || run.sides.iter().zip(stories);
    let diagrams = &run.lesson.diagrams;
    if diagrams.is_empty() && deep {
        let shows = |frame: &&Frame| frame.opcode == 1 && frame.mask_key.is_some() && !frame.payload.is_empty();
        let first = |(side, story): (&SideRun, &Story)| {
            story.frames.iter().find(shows).map(|frame| (side.side.letter(), frame.clone()))
        };
        return sides().find_map(first).into_iter().collect();
    }
    let wanted = |(side, story): (&SideRun, &Story)| {
        let most = if deep { usize::MAX } else { 1 };
        let places = diagrams.get(&side.side).into_iter().flatten().take(most);
        let frames = places.filter_map(|place| story.frames.get(*place).cloned());
        frames.map(|frame| (side.side.letter(), frame)).collect::<Vec<_>>()
    };
    sides().flat_map(wanted).collect()
}

/// A command to try, and what to look for in its output.
fn to_try(step: &Step, in_full: bool, style: Style) -> Vec<String> {
    let mut lines = markdown(&format!("- `{}`", step.command), style);
    if in_full {
        lines.extend(indented(&markdown(&step.look_for, narrower(style, 2)), 2));
    }
    lines
}

/// The value of a measure as a table has it.
pub(super) fn value(measure: Measure, side: &SideRun) -> String {
    match (measure.unit(), side.measures.get(measure)) {
        (_, None) => "—".to_owned(),
        (Unit::Count, Some(value)) => numbers::count(value),
        (Unit::Bytes, Some(value)) => format!("{} B", numbers::count(value)),
        (Unit::Nanoseconds, Some(value)) => Unit::Nanoseconds.format(value).replace('\u{a0}', " "),
    }
}

/// Request and response: beside each other if there is room, as they stand in the ladder.
fn talk(exchange: &Exchange, style: Style) -> Vec<String> {
    let request = exchange.request.as_ref().map(|it| heads::request(it, BODY_LINES, style));
    let responses = exchange.interim.iter().chain(&exchange.response);
    let responses: Vec<String> = responses.flat_map(|it| heads::response(it, BODY_LINES, style)).collect();
    let request = request.unwrap_or_default();
    match beside(&request, &responses, 3, style.width) {
        Some(both) => both,
        None => [request, responses].concat(),
    }
}
