//! The tutorial by single keys, on a screen: what is asked or shown scrolls, where one is stays in view.
//!
//! Every key that means something to the course becomes the line that means the same, so that nothing can be done here
//! that cannot be done from a pipe. What a terminal is made of, it does not know.

use std::io::{self, Write};

use super::guide::{Guide, Passage, parts};
use super::{Failure, note};
use crate::render::model::{Page, Prose, Text};
use crate::render::style::Style;
use crate::render::tutorial::{self as view, keys};
use crate::render::writer::Line;
use crate::render::writer::screen::{LEAST, Screen, too_small};
use crate::tutorial::{Look, Reply, Step, Verdict};

/// The most that is typed in a line: no answer is longer.
const LONGEST_LINE: usize = 200;

/// A key that was pressed, or what else happens to a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Backspace.
    Backspace,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Home.
    Home,
    /// End.
    End,
    /// Any other: it means nothing.
    Other,
    /// The window has another size, or has to be drawn again.
    Resized,
    /// The program is to end: Ctrl-C, Ctrl-D, a signal, or the terminal is gone.
    Leave,
}

/// A screen with keys.
pub trait Terminal {
    /// Takes it over.
    ///
    /// # Errors
    ///
    /// If it cannot be.
    fn open(&mut self) -> io::Result<()>;
    /// Its columns and rows.
    fn size(&self) -> (usize, usize);
    /// Shows these rows from its top; there are as many as it has, or fewer.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    fn draw(&mut self, rows: &[String]) -> io::Result<()>;
    /// Waits for the next key.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    fn key(&mut self) -> io::Result<Key>;
    /// Gives it back as it was.
    fn close(&mut self);
}

/// Leads on until somebody leaves, then says where that was.
pub(super) fn lead(
    guide: Guide<'_>,
    terminal: &mut dyn Terminal,
    out: &mut dyn Write,
    notes: &mut dyn Write,
    style: &dyn Fn() -> Style<'static>,
) -> Result<(), Failure> {
    let mut desk = Desk::new(guide);
    terminal.open()?;
    let led = desk.lead(terminal, style);
    terminal.close();
    for said in &desk.said {
        note(notes, said);
    }
    led?;
    Ok(style().print(view::left(&desk.guide.session, desk.guide.path.is_some()), out)?)
}

/// What is on the screen, and what is being typed.
struct Desk<'a> {
    guide: Guide<'a>,
    parts: Vec<Passage>,
    /// Whether the parts are something to look at, away from the question: then what it is.
    looking: Option<&'static str>,
    /// The first line in view.
    top: usize,
    typed: Option<Typed>,
    /// Whether the last key was a digit that needed no Enter: if one follows by habit, it belongs to the digit.
    enough: bool,
    message: Option<String>,
    /// The parts as lines of that width.
    lines: Option<(usize, Vec<Line>)>,
    /// What was said of the progress file; it is said again where it can be read afterwards.
    said: Vec<String>,
}

/// A line that is being typed.
struct Typed {
    prompt: &'static str,
    /// What the session wants before it.
    command: &'static str,
    text: String,
}

impl<'a> Desk<'a> {
    fn new(guide: Guide<'a>) -> Self {
        let (parts, said) = (vec![Passage::Question], Vec::new());
        Self { guide, parts, looking: None, top: 0, typed: None, enough: false, message: None, lines: None, said }
    }

    fn lead(&mut self, terminal: &mut dyn Terminal, style: &dyn Fn() -> Style<'static>) -> Result<(), Failure> {
        self.guide.save();
        loop {
            self.take_notes();
            let (columns, rows) = terminal.size();
            if columns < LEAST.0 || rows < LEAST.1 {
                let style = Style { width: columns, ..style() };
                let lines = style.lines(too_small(columns, rows));
                terminal.draw(&lines[..rows.min(lines.len())])?;
                if matches!(terminal.key()?, Key::Leave | Key::Char('q')) {
                    return Ok(());
                }
                continue;
            }
            let style = Style { width: columns, ..style() };
            self.lay_out(style)?;
            let body = self.lines.as_ref().map_or(&[][..], |(_, lines)| lines);
            // Whether there is more below depends on how much room the keys take, and one of the keys is for more.
            let foot = self.foot(true, style);
            let more = body.len() > self.top + rows.saturating_sub(foot.len() + 1);
            let (place, foot) = (self.place(), if more { foot } else { self.foot(false, style) });
            let screen = Screen { body, top: self.top, place: &place, foot: &foot };
            let (room, furthest) = (screen.room(rows), screen.furthest(rows));
            terminal.draw(&screen.draw(rows, style))?;
            self.top = self.top.min(furthest);
            let key = terminal.key()?;
            if key == Key::Leave {
                return Ok(());
            }
            let page = room.saturating_sub(1).max(1);
            let is_typing = self.typed.is_some();
            let enough = std::mem::take(&mut self.enough);
            match key {
                Key::Up => self.top = self.top.saturating_sub(1),
                Key::Down => self.top = (self.top + 1).min(furthest),
                Key::PageUp => self.top = self.top.saturating_sub(page),
                Key::PageDown => self.top = (self.top + page).min(furthest),
                Key::Char(' ') if !is_typing => self.top = (self.top + page).min(furthest),
                Key::Home => self.top = 0,
                Key::End => self.top = furthest,
                // What there is to see is not left before it was seen.
                Key::Enter if self.looking.is_some() && !is_typing && self.top < furthest => {
                    self.top = if enough { self.top } else { (self.top + page).min(furthest) };
                }
                Key::Enter if enough => {}
                Key::Resized | Key::Leave => self.enough = enough,
                key => {
                    self.message = None;
                    let line = if is_typing { self.type_on(key) } else { self.pressed(key) };
                    if let Some(line) = line
                        && self.take(&line)?
                    {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// What a key comes to while nothing is being typed: a line for the session, or none.
    fn pressed(&mut self, key: Key) -> Option<String> {
        let is_back = matches!(key, Key::Enter | Key::Escape | Key::Char('n' | 'b'));
        if self.looking.is_some() && is_back {
            self.show(vec![Passage::Question], None);
            return None;
        }
        let step = self.guide.session.step();
        match key {
            Key::Enter => Some(String::new()),
            Key::Char('e') if matches!(step, Step::Check(_) | Step::After) => {
                if matches!(step, Step::Check(_)) {
                    self.show(vec![Passage::Suggestions], Some("something to try"));
                }
                let prompt = "Its number, or rtt 200ms loss 5 seed 3: ";
                self.typed = Some(Typed { prompt, command: "e ", text: String::new() });
                None
            }
            Key::Char(digit) if digit.is_ascii_digit() && step != Step::End => {
                self.typed = Some(Typed { prompt: "Your answer: ", command: "", text: String::new() });
                self.type_on(key)
            }
            Key::Char(letter) if "nbhptdlxfeq?".contains(letter) => Some(letter.to_string()),
            Key::Char(other) => {
                self.message = Some(format!("{} does nothing here: ? shows what the keys do.", other.escape_default()));
                None
            }
            _ => None,
        }
    }

    /// What a key comes to while a line is being typed: the whole line, once it is.
    fn type_on(&mut self, key: Key) -> Option<String> {
        let typed = self.typed.as_mut()?;
        match key {
            Key::Char(character) if !character.is_control() && typed.text.len() < LONGEST_LINE => {
                typed.text.push(character);
            }
            Key::Backspace => {
                typed.text.pop();
                if typed.text.is_empty() && typed.command.is_empty() {
                    self.typed = None;
                }
                return None;
            }
            Key::Escape => self.typed = None,
            _ => {}
        }
        let typed = self.typed.take()?;
        self.enough = key != Key::Enter && self.is_whole(&typed);
        if key == Key::Enter || self.enough {
            return Some(format!("{}{}", typed.command, typed.text));
        }
        self.typed = Some(typed);
        None
    }

    /// Whether what was typed is one of few things to choose from, and the beginning of no other.
    fn is_whole(&self, typed: &Typed) -> bool {
        let lesson = self.guide.session.lesson();
        let choices: Vec<String> = match self.guide.session.step() {
            Step::Guess => lesson.prediction.choices.iter().map(ToString::to_string).collect(),
            Step::After => (1..=lesson.try_next.len()).map(|number| number.to_string()).collect(),
            Step::Check(_) | Step::End => Vec::new(),
        };
        let begun: Vec<&String> = choices.iter().filter(|choice| choice.starts_with(&typed.text)).collect();
        matches!(begun.as_slice(), [only] if **only == typed.text)
    }

    /// Takes a line to the session, and shows what comes of it. Whether that was the end.
    fn take(&mut self, line: &str) -> Result<bool, Failure> {
        let reply = self.guide.take(line)?;
        let what = match &reply {
            Reply::Quit => return Ok(true),
            Reply::Misunderstood(why) => {
                self.message = Some(why.clone());
                return Ok(false);
            }
            Reply::Guessed { .. } => Some("what crossed the wire"),
            Reply::Look(look) => Some(what(*look)),
            Reply::Try(_) => Some("what you tried"),
            Reply::Keys => Some("the keys"),
            _ => None,
        };
        // An answer that is right is followed by the next question; one that is not, by the same question.
        let (before, after) = match &reply {
            Reply::Answered(Verdict::Wrong { .. }) | Reply::Hint(_) => (Some(Passage::Question), None),
            Reply::Answered(_) | Reply::GoOn | Reply::Again => (None, Some(Passage::Question)),
            _ => (None, None),
        };
        let reply = parts(reply);
        let is_between = !reply.is_empty() && after.is_some();
        let space = is_between.then_some(Passage::Space);
        let parts = before.into_iter().chain(reply).chain(space).chain(after).collect();
        self.show(parts, what);
        Ok(false)
    }

    fn show(&mut self, parts: Vec<Passage>, looking: Option<&'static str>) {
        (self.parts, self.looking, self.top, self.lines) = (parts, looking, 0, None);
    }

    /// Draws the parts, unless they are drawn at this width.
    fn lay_out(&mut self, style: Style) -> Result<(), Failure> {
        if self.lines.as_ref().is_some_and(|(width, _)| *width == style.width) {
            return Ok(());
        }
        let mut lines: Vec<Line> = Vec::new();
        for part in &self.parts {
            lines.extend(self.guide.draw(part, style)?);
        }
        let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
        self.lines = Some((style.width, lines.split_off(first)));
        Ok(())
    }

    fn place(&self) -> String {
        let place = view::lesson_place(&self.guide.session);
        match self.looking {
            Some(what) => format!("{place} · see: {what}"),
            None => format!("{place} · {}", view::step(&self.guide.session)),
        }
    }

    fn foot(&self, more: bool, style: Style) -> Vec<Line> {
        let mut page = Page::default();
        if let Some(Typed { prompt, text: typed, .. }) = &self.typed {
            page.add(Prose::new(Text::words(*prompt).bold().and(typed.clone()).and("_")).cut());
            page.remark("Enter: send · Esc: drop");
            return style.lay_out(&page);
        }
        let message =
            self.message.iter().flat_map(|message| style.lay_out(&Prose::new(message.clone()).into())).take(3);
        page.append(keys::pressed(&self.guide.session, self.looking.is_some(), more));
        message.chain(style.lay_out(&page)).collect()
    }

    /// What is wrong with the progress file is said at once, and once more at the end.
    fn take_notes(&mut self) {
        if !self.guide.notes.is_empty() {
            self.message = Some(self.guide.notes.join(" "));
            self.said.append(&mut self.guide.notes);
        }
    }
}

fn what(look: Look) -> &'static str {
    match look {
        Look::Page => "what crossed the wire",
        Look::Text => "the text",
        Look::Ladder => "every packet",
        Look::Layers => "the layers",
        Look::Frame => "a frame",
        Look::Hex => "the bytes",
    }
}

#[cfg(test)]
mod tests;
