//! The page of a lesson: asked, shown, compared, explained, and what to take away from it.
//!
//! It arranges what other views draw. Every number on it is measured in the run or read from its packets.

pub(super) mod charts;
mod depths;
mod exchanges;
mod fields;
mod frames;
mod ladders;

pub(super) use fields::Fields;
pub use frames::diagrams;
pub(super) use frames::drawn;

use super::markdown::{indented, markdown, narrower};
use super::story::Story;
use super::style::{Look, Style};
use super::table::{Cell, Column, Table};
use super::{numbers, text, wire};
use crate::inspect::Options;
use crate::layers::Layer;
use crate::lesson::front_matter::Step;
use crate::lesson::measure::Unit;
use crate::lesson::run::SideRun;
use crate::lesson::text::FillError;
use crate::lesson::{Lesson, Measure, Run, catalogue};

/// How much of bodies and payloads is looked at: 4 KiB.
const KEEP: usize = 4 << 10;

/// How deep a page goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// The OSI layers of every exchange, not only of the one that the lesson is about.
    pub layers: bool,
    /// The packets' bytes: of those in the ladders.
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
    fields: Fields<'a>,
    depth: Depth,
    /// Whether one goes deeper by a key; else by a flag.
    in_tutorial: bool,
    style: Style,
    lines: Vec<String>,
}

impl<'a> Page<'a> {
    fn of(run: &'a Run, depth: Depth, style: Style) -> Self {
        let fields = Fields::new(run);
        Self { run, stories: stories(run), fields, depth, in_tutorial: false, style, lines: Vec::new() }
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

    /// How one goes deeper: by a flag, or in the tutorial by a key.
    fn deeper_by(&self, flag: &'static str, key: &'static str) -> &'static str {
        if self.in_tutorial { key } else { flag }
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
