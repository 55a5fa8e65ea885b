//! The tutorial by single keys, on a screen: what is asked or shown scrolls, where one is stays in view.
//!
//! Every key that means something to the course becomes the line that means the same, so that nothing can be done here
//! that cannot be done from a pipe. What a terminal is made of, it does not know.

use std::io::{self, Write};

use super::guide::{Guide, Passage, Scenery, scenery};
use super::{Failure, note};
use crate::lesson::question::Asks;
use crate::render::lesson::shown::packets_shown;
use crate::render::model::{Page, Prose, Text};
use crate::render::style::Style;
use crate::render::tutorial::{self as view, keys};
use crate::render::writer::Line;
use crate::render::writer::screen::{LEAST, Screen, too_small};
use crate::tutorial::{Look, Reply, Step, types_letters};

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

impl Key {
    /// The letter, as a line.
    fn letter(self) -> Option<String> {
        if let Self::Char(letter) = self { Some(letter.to_string()) } else { None }
    }
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
    scenery: Scenery,
    /// Whether the scenery is something to look at, away from the step at hand: then what it is.
    looking: Option<&'static str>,
    /// The first line in view.
    top: usize,
    /// The packets that can be chosen, and the one that's pointed at by its place; none where none is to be found.
    packets: Vec<u64>,
    pointed: usize,
    /// Whether the packet that's pointed at is to come into view.
    follow: bool,
    typed: Option<Typed>,
    /// Whether the last key was a digit that needed no Enter: if one follows by habit, it belongs to the digit.
    enough: bool,
    message: Option<String>,
    /// The scenery in lines of that width.
    lines: Option<Laid>,
    /// What was said of the progress file; it is said again where it can be read afterwards.
    said: Vec<String>,
}

/// Scenery in lines.
struct Laid {
    width: usize,
    body: Vec<Line>,
    beside: Vec<Line>,
}

/// A line that is being typed.
struct Typed {
    prompt: &'static str,
    /// What the session wants before it.
    command: &'static str,
    text: String,
}

/// A line without words.
static EMPTY: Line = Line { spans: Vec::new() };

/// How many lines of what there is to see stay in view above what is said of it. Where there's no room for them, all of it
/// scrolls.
const LEAST_SEEN: usize = 5;

impl<'a> Desk<'a> {
    fn new(guide: Guide<'a>) -> Self {
        let mut desk = Self {
            guide,
            scenery: Scenery { body: Vec::new(), beside: Vec::new() },
            looking: None,
            top: 0,
            packets: Vec::new(),
            pointed: 0,
            follow: false,
            typed: None,
            enough: false,
            message: None,
            lines: None,
            said: Vec::new(),
        };
        desk.show_step();
        desk
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
            let (body, beside) = self.parts(rows, style);
            // Whether there is more below depends on how much room the keys take, and one of the keys is for more.
            let foot = self.foot(true, style);
            let widest = foot.len();
            let more = body.len() > self.top + rows.saturating_sub(foot.len() + beside.len() + 1);
            let (place, foot) = (self.place(), if more { foot } else { self.foot(false, style) });
            if std::mem::take(&mut self.follow) {
                let room = rows.saturating_sub(foot.len() + beside.len() + 1).max(1);
                self.top = followed(&body, self.top, room, style.glyphs().pointer);
            }
            let screen = Screen { body: &body, top: self.top, beside: &beside, place: &place, foot: &foot };
            terminal.draw(&screen.draw(rows, style))?;
            // Where one can be doesn't depend on whether there's more: that would go back and forth.
            let room = rows.saturating_sub(widest + beside.len() + 1).max(1);
            let furthest = body.len().saturating_sub(room);
            self.top = self.top.min(furthest);
            let key = terminal.key()?;
            if key == Key::Leave {
                return Ok(());
            }
            let page = room.saturating_sub(1).max(1);
            let is_typing = self.typed.is_some();
            let enough = std::mem::take(&mut self.enough);
            match key {
                Key::Up | Key::Down if self.chooses() && !is_typing => self.point(key == Key::Down),
                Key::Up => self.top = self.top.saturating_sub(1),
                Key::Down => self.top = (self.top + 1).min(furthest),
                Key::PageUp => self.top = self.top.saturating_sub(page),
                Key::PageDown => self.top = (self.top + page).min(furthest),
                Key::Char(' ') if !is_typing => self.top = (self.top + page).min(furthest),
                Key::Home => self.top = 0,
                Key::End => self.top = furthest,
                // What there is to see is not left before it was seen.
                Key::Enter if self.is_shown() && !is_typing && self.top < furthest => {
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

    /// Whether there is something to see and nothing to answer, so that Enter leads through it.
    fn is_shown(&self) -> bool {
        let step = self.guide.session.step();
        self.looking.is_some() || matches!(step, Step::Scene | Step::See(_) | Step::Packet)
    }

    /// Whether a packet is to be chosen.
    fn chooses(&self) -> bool {
        self.looking.is_none() && !self.packets.is_empty()
    }

    /// Points at the next packet, or the one before.
    fn point(&mut self, down: bool) {
        let last = self.packets.len().saturating_sub(1);
        self.pointed = if down { (self.pointed + 1).min(last) } else { self.pointed.saturating_sub(1) };
        let said = self.scenery.beside.pop_if(|passage| matches!(passage, Passage::Reply(_)));
        self.scenery = scenery(&self.guide.session, self.pointer());
        self.scenery.beside.extend(said);
        (self.lines, self.follow) = (None, true);
    }

    fn pointer(&self) -> Option<u64> {
        self.packets.get(self.pointed).copied()
    }

    /// What a key comes to while nothing is being typed: a line for the session, or none.
    fn pressed(&mut self, key: Key) -> Option<String> {
        if self.looking.is_some() {
            match key {
                Key::Enter | Key::Escape => {
                    self.show_step();
                    return None;
                }
                Key::Char('q' | '?') => {}
                _ => return self.means_nothing(key),
            }
        }
        let session = &self.guide.session;
        let step = session.step();
        let letters = session.check().is_some_and(types_letters);
        let answers = |key: char| match step {
            Step::Guess | Step::After => key.is_ascii_digit(),
            Step::Check(_) | Step::Review(_) | Step::Change | Step::Diagnose => {
                let check = session.check();
                key.is_ascii_digit()
                    || letters
                        && match check.map(|check| &check.asks) {
                            Some(Asks::Order { events, .. }) => ('a'..).take(events.len()).any(|letter| letter == key),
                            _ => key.is_ascii_hexdigit(),
                        }
            }
            _ => false,
        };
        match key {
            Key::Enter if self.chooses() => self.pointer().map(|packet| packet.to_string()),
            Key::Enter => Some(String::new()),
            Key::Char('e') if session.may_try() => {
                let prompt = "Its number, or rtt 200ms loss 5 seed 3: ";
                self.typed = Some(Typed { prompt, command: "e ", text: String::new() });
                None
            }
            Key::Char(character) if answers(character) => {
                self.typed = Some(Typed { prompt: "Your answer: ", command: "", text: String::new() });
                self.type_on(key)
            }
            Key::Char('w') if !matches!(step, Step::Own | Step::End) => {
                self.typed = Some(Typed { prompt: "Which word: ", command: "w ", text: String::new() });
                None
            }
            Key::Char('n') if step == Step::Guess || session.check().is_some() => key.letter(),
            Key::Char('q' | '?') => key.letter(),
            Key::Char('h') if session.has_hint() => key.letter(),
            Key::Char(letter) if looks().any(|(look, known)| known == letter && session.may(look)) => key.letter(),
            _ => self.means_nothing(key),
        }
    }

    fn means_nothing(&mut self, key: Key) -> Option<String> {
        if let Key::Char(other) = key {
            self.message = Some(format!("{} does nothing here: ? shows what the keys do.", other.escape_default()));
        }
        None
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
        let session = &self.guide.session;
        let lesson = session.lesson();
        let numbers = |count: usize| (1..=count).map(|number| number.to_string()).collect();
        let choices: Vec<String> = match (session.step(), session.check().map(|check| &check.asks)) {
            _ if typed.command == "w " => Vec::new(),
            (Step::Guess, _) => lesson.prediction.choices.iter().map(|choice| choice.value.to_string()).collect(),
            (Step::After, _) => numbers(lesson.try_next.len()),
            (_, Some(Asks::Choice(choices))) => numbers(choices.len()),
            _ => Vec::new(),
        };
        let begun: Vec<&String> = choices.iter().filter(|choice| choice.starts_with(&typed.text)).collect();
        matches!(begun.as_slice(), [only] if **only == typed.text)
    }

    /// Takes a line to the session, and shows what comes of it. Whether that was the end.
    fn take(&mut self, line: &str) -> Result<bool, Failure> {
        let (reply, scenery) = self.guide.take(line)?;
        match reply {
            Reply::Quit => return Ok(true),
            Reply::Misunderstood(why) => self.message = Some(why),
            Reply::GoOn | Reply::Again => self.show_step(),
            Reply::Guessed { .. } => self.show(scenery, "what you guessed"),
            Reply::Look(look) => self.show(scenery, what(look)),
            Reply::Try(_) => self.show(scenery, "what you tried"),
            Reply::Keys => self.show(scenery, "the keys"),
            // A question that stays does so with what is said of the answer.
            Reply::Hint(_) => self.add(scenery),
            Reply::Answered { verdict, .. } if verdict.stays() => self.add(scenery),
            Reply::Answered { .. } => self.show(scenery, "the answer"),
        }
        Ok(false)
    }

    /// Shows something away from the step at hand.
    fn show(&mut self, scenery: Scenery, what: &'static str) {
        (self.scenery, self.looking, self.top, self.lines) = (scenery, Some(what), 0, None);
    }

    /// Adds what is said of an answer to the question.
    fn add(&mut self, said: Scenery) {
        self.scenery.beside.retain(|passage| !matches!(passage, Passage::Reply(_) | Passage::Space));
        self.scenery.beside.push(Passage::Space);
        self.scenery.beside.extend(said.beside);
        self.lines = None;
    }

    /// Shows the step at hand.
    fn show_step(&mut self) {
        let session = &self.guide.session;
        let check = session.check();
        let finds = check.filter(|check| matches!(check.asks, Asks::Packet { .. }));
        let packets = finds.map(|check| packets_shown(session.run(), check.show)).unwrap_or_default();
        if packets != self.packets {
            (self.packets, self.pointed) = (packets, 0);
        }
        self.scenery = scenery(&self.guide.session, self.pointer());
        (self.looking, self.top, self.lines) = (None, 0, None);
    }

    /// Lays the scenery out, unless it is at this width.
    fn lay_out(&mut self, style: Style) -> Result<(), Failure> {
        if self.lines.as_ref().is_some_and(|laid| laid.width == style.width) {
            return Ok(());
        }
        let lines = |passages: &[Passage]| -> Result<Vec<Line>, Failure> {
            let mut lines: Vec<Line> = Vec::new();
            for passage in passages {
                lines.extend(self.guide.draw(passage, style)?);
            }
            let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
            Ok(lines.split_off(first))
        };
        let (body, beside) = (lines(&self.scenery.body)?, lines(&self.scenery.beside)?);
        self.lines = Some(Laid { width: style.width, body, beside });
        Ok(())
    }

    /// What scrolls, and what stays below it.
    fn parts(&self, rows: usize, style: Style) -> (Vec<Line>, Vec<Line>) {
        let Some(laid) = &self.lines else { return (Vec::new(), Vec::new()) };
        let (body, beside) = (&laid.body, &laid.beside);
        let between = usize::from(!body.is_empty() && !beside.is_empty());
        let room = rows.saturating_sub(self.foot(true, style).len() + 1 + between);
        let all = || body.iter().chain(std::iter::repeat_n(&EMPTY, between)).chain(beside).cloned().collect();
        // What fits needs no division, and what doesn't leaves something to be seen above it.
        if body.is_empty() || body.len() + beside.len() <= room || beside.len() + LEAST_SEEN > room {
            return (all(), Vec::new());
        }
        (body.clone(), std::iter::repeat_n(&EMPTY, between).chain(beside).cloned().collect())
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
        Look::Before => "what you've seen so far",
    }
}

/// What can be looked at, and the letter for it.
fn looks() -> impl Iterator<Item = (Look, char)> {
    keys::LOOKS.iter().filter_map(|(look, (key, _))| Some((*look, key.chars().next()?)))
}

/// The top at which the line that is pointed at is in view: as it is, if that will do.
fn followed(body: &[Line], top: usize, room: usize, pointer: &str) -> usize {
    let is_pointed = |line: &Line| {
        let text = line.text();
        let after = text.trim_start_matches(|c: char| c.is_ascii_digit() || " #:".contains(c));
        after.starts_with(pointer)
    };
    match body.iter().position(is_pointed) {
        Some(at) if at < top => at,
        Some(at) if at >= top + room => at + 1 - room,
        _ => top,
    }
}

#[cfg(test)]
mod tests;
