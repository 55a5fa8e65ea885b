//! The page of a lesson: asked, shown, compared, explained, and what to take away from it.
//!
//! It arranges what other views draw. Every number on it is measured in the run or read from its packets.

pub mod aloud;
mod charts;
mod depths;
pub mod evidence;
mod exchanges;
mod fields;
mod frames;
mod ladders;
pub mod shown;
pub mod wire;

pub(super) use fields::Fields;
pub use frames::diagrams;

use super::markdown::markdown;
use super::model::prose::Place;
use super::model::{Block, Cell, Column, Heading, List, Page, Table, Text};
use super::numbers;
use super::story::Story;
use crate::inspect::Options;
use crate::layers::Layer;
use crate::lesson::front_matter::Step;
use crate::lesson::measure::Unit;
use crate::lesson::run::SideRun;
use crate::lesson::text::FillError;
use crate::lesson::text::template::Placeholder;
use crate::lesson::{Lesson, Measure, Run, Side, catalogue};

/// How much of bodies and payloads is looked at: 4 KiB.
const KEEP_FOR_PAGE: usize = 4 << 10;

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

/// The page of a lesson that was run.
///
/// # Errors
///
/// Where the lesson's text asks for a value that the run does not have.
pub fn page(run: &Run, depth: Depth) -> Result<Page, FillError> {
    let mut page = Course::of(run, depth);
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
    Ok(page.page)
}

/// What a page shows, without what it asks, answers and suggests.
///
/// # Errors
///
/// As [`page`].
pub fn shown(run: &Run) -> Result<Page, FillError> {
    let mut page = Course { in_tutorial: true, ..Course::of(run, Depth::default()) };
    page.ladders();
    page.comparison()?;
    page.chart();
    page.exchanges();
    page.frames();
    page.layers();
    page.problems();
    Ok(page.page)
}

/// What going deep adds to a page, and nothing else.
#[must_use]
pub fn deeper(run: &Run, depth: Depth) -> Page {
    let mut page = Course { in_tutorial: true, ..Course::of(run, depth) };
    if depth.ladder {
        page.ladders();
    }
    if depth.layers {
        page.exchanges();
        page.layers();
        if depths::is_exercise(run) && !depths::is_usual(run) {
            page.problems();
        }
    }
    page.bytes();
    page.page
}

/// The packets' stories, a side each.
pub(super) fn stories(run: &Run) -> Vec<Story> {
    let mut stories = run.fold(Options { keep: KEEP_FOR_PAGE, pieces: false, ..Options::default() }, |side| {
        Story::of_hosts(side.hosts.clone())
    });
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
pub fn saved(run: &Run, path: &str) -> Page {
    let packets = numbers::counted(run.packets.len() as u64, "packet");
    let interfaces = numbers::counted(run.sides.len() as u64, "interface");
    let mut page = Page::default();
    page.space();
    page.say(format!("Saved {packets} of {interfaces} as {path}: open it in Wireshark, or wire101 inspect {path}"));
    page
}

/// The list of lessons.
#[must_use]
pub fn list(lessons: &[Lesson]) -> Page {
    let mut table = Table::new(&[Column::number("#"), Column::text("Name"), Column::text("Question").wrapped()]);
    for lesson in lessons {
        table.row([
            Text::words(lesson.number.to_string()).dim().into(),
            Text::words(lesson.name).look(Layer::Application).into(),
            lesson.question.into(),
        ]);
    }
    let mut page = Page::from(table);
    page.space();
    let commands =
        [("wire101 lesson run NAME ", "run it, and see its packets"), ("wire101 lesson show NAME", "read its text")];
    page.add(commands.into_iter().collect::<List>());
    page
}

/// A lesson's text, with the figures of a run.
///
/// # Errors
///
/// Where it asks for a value that the run does not have.
pub fn narration(run: &Run) -> Result<Page, FillError> {
    let mut page = title(run);
    page.space();
    page.append(markdown(&run.fill(&run.lesson.text)?));
    page.heading("What to try next", "");
    run.lesson.try_next.iter().for_each(|step| page.append(to_try(step, true)));
    page.space();
    let name = &run.lesson.name;
    let note = format!("Every figure here was just measured. Run it yourself: `wire101 lesson run {name}`");
    page.append(markdown(&note));
    Ok(page)
}

/// The lesson, and the wire it ran on.
pub(super) fn title(run: &Run) -> Page {
    let (number, count) = (run.lesson.number, catalogue::count());
    let lesson = Text::words(format!("Lesson {number} of {count} · {}", run.lesson.title));
    Heading::new(lesson.bold(), wire::words(run), Place::Across).into()
}

/// A page of the course that is being made.
struct Course<'a> {
    run: &'a Run,
    stories: Vec<Story>,
    fields: Fields<'a>,
    depth: Depth,
    /// Whether one goes deeper by a key; else by a flag.
    in_tutorial: bool,
    /// The figures that the comparison leaves open: a question asks for them.
    secrets: Vec<(Side, Measure)>,
    page: Page,
}

impl<'a> Course<'a> {
    fn of(run: &'a Run, depth: Depth) -> Self {
        let (stories, fields) = (stories(run), Fields::new(run));
        Self { run, stories, fields, depth, in_tutorial: false, secrets: Vec::new(), page: Page::default() }
    }

    fn opening(&mut self) {
        let lesson = self.run.lesson;
        self.page.append(title(self.run));
        self.page.say(lesson.question);
        self.page.space();
        let choices = match lesson.prediction.choices {
            [] => String::new(),
            [others @ .., last] => {
                let others: Vec<String> = others.iter().map(|choice| choice.value.to_string()).collect();
                format!(" {} or {}?", others.join(", "), last.value)
            }
        };
        self.page.append(markdown(&format!("**Your guess first.** {}{choices}", lesson.prediction.ask)));
    }

    fn comparison(&mut self) -> Result<(), FillError> {
        const LETTERS: [&str; 4] = ["A", "B", "C", "D"];
        let run = self.run;
        let mut columns = vec![Column::text("").wrapped()];
        columns.extend(LETTERS.iter().take(run.sides.len()).map(|letter| Column::number(letter)));
        columns.push(Column::text("").wrapped());
        let (mut table, mut said) = (Table::new(&columns), Page::default());
        said.say("The sides compared.");
        let is_open = |side: Side, measure: Measure| self.secrets.contains(&(side, measure));
        for row in run.lesson.compare {
            // A difference would give away what it's made of.
            let note = row.note.as_ref().filter(|note| {
                note.values().flat_map(Placeholder::measured).all(|(side, measure)| !is_open(side, measure))
            });
            let note = note.map(|note| run.fill(note)).transpose()?.unwrap_or_default();
            let value = |side: &SideRun| {
                if is_open(side.side, row.measure) { "?".to_owned() } else { value(row.measure, side) }
            };
            let values: Vec<String> = run.sides.iter().map(value).collect();
            let told = run.sides.iter().zip(&values).map(|(side, value)| format!("{} {value}", side.side.letter()));
            let remark = if note.is_empty() { String::new() } else { format!(". {}", note.replace('\u{a0}', " ")) };
            said.say(format!("{}: {}{remark}", row.label, told.collect::<Vec<_>>().join(", ")));
            let values = values.into_iter().map(|value| Text::words(value).bold().into());
            let label = Cell::from(row.label.to_owned());
            table.row([label].into_iter().chain(values).chain([Text::taught(note).dim().into()]));
        }
        self.page.space();
        self.page.add(Block::Told { seen: table.into(), said });
        Ok(())
    }

    fn answer(&mut self) {
        let run = self.run;
        let answer = run.lesson.prediction.answer;
        if let Some(side) = run.sides.get(answer.side.index()) {
            let row = run.lesson.compare.iter().find(|row| row.measure == answer.measure);
            let label = row.map_or_else(|| answer.measure.to_string(), |row| row.label.to_owned());
            let found = value(answer.measure, side);
            self.page.space();
            let answer = format!("**Did you guess it?** {label}, side {}: **{found}**.", answer.side.letter());
            self.page.append(markdown(&answer));
        }
    }

    /// How one goes deeper: by a flag, or in the tutorial by a key.
    fn deeper_by(&self, flag: &'static str, key: &'static str) -> &'static str {
        if self.in_tutorial { key } else { flag }
    }

    fn closing(&mut self) -> Result<(), FillError> {
        let (run, page) = (self.run, &mut self.page);
        page.heading("What to take away", "");
        for sentence in run.lesson.take_away {
            page.append(markdown(&format!("- {}", run.fill(sentence)?)));
        }
        page.heading("What to try next", "");
        for (place, step) in run.lesson.try_next.iter().enumerate() {
            page.append(to_try(step, place == 0));
        }
        page.space();
        let name = &run.lesson.name;
        page.append(markdown(&format!("Read on: `wire101 lesson show {name}`. Deeper: `--layers --hex --ladder`.")));
        Ok(())
    }
}

/// A command to try, and what to look for in its output.
fn to_try(step: &Step, in_full: bool) -> Page {
    let mut page = markdown(&format!("- `{}`", step.command));
    if in_full {
        page.append(markdown(step.look_for).under("  "));
    }
    page
}

/// The value of a measure as a table has it.
pub(super) fn value(measure: Measure, side: &SideRun) -> String {
    match (measure.unit(), side.measures.get(measure)) {
        (_, None) => "—".to_owned(),
        (Unit::Count, Some(value)) => numbers::count(value),
        (Unit::Bytes, Some(value)) => format!("{} B", numbers::count(value)),
        (Unit::Octet, Some(value)) => Unit::Octet.format(value),
        (Unit::Nanoseconds, Some(value)) => Unit::Nanoseconds.format(value).replace('\u{a0}', " "),
    }
}
