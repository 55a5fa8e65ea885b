//! What both front ends share: an answer is taken, remembered, and becomes parts to show.
//!
//! A part says what is to be seen, not how wide: a window may be resized while it is.

use std::path::Path;
use std::rc::Rc;

use super::super::{explain, lesson};
use super::Failure;
use crate::lesson::Run;
use crate::lesson::front_matter::Answer;
use crate::lesson::question::{Asks, Check};
use crate::lesson::view::View;
use crate::render::lesson::aloud::aloud;
use crate::render::lesson::evidence::evidence;
use crate::render::lesson::shown::{How, shown};
use crate::render::model::{Block, Look as Meant, Page};
use crate::render::style::Style;
use crate::render::tutorial::{ending, keys};
use crate::render::writer::Line;
use crate::render::{lesson as page, tutorial as view};
use crate::tutorial::experiment::Trial;
use crate::tutorial::progress::Progress;
use crate::tutorial::{Experiment, Look, Reply, Session, Step};

/// Something to show.
#[derive(Debug)]
pub(super) enum Passage {
    /// An empty line.
    Space,
    /// Where one is.
    Place,
    /// What the lesson is about.
    Scene,
    /// What is to be guessed.
    Guess,
    /// What is told beside the piece of that index.
    Told(usize),
    /// What is told beside the packet that's opened.
    Opened,
    /// What is asked.
    Question,
    /// What to take away, and what to try.
    After,
    /// What to do with one's own traffic.
    Own,
    /// That the course is over.
    End,
    /// A part of a run.
    Shown(Rc<Run>, View, Option<u64>),
    /// What became of an answer.
    Reply(Reply),
    /// The packets that a question was about.
    Evidence(Rc<Run>, Answer),
    /// The run, as it is to be looked at.
    Look(Look),
    /// What was tried beside what was before.
    Tried(Rc<Run>, Box<(Trial, Run)>),
    /// What a change changed.
    Changed(Rc<Run>, Box<Run>),
    /// Words that are explained.
    Explained(Vec<String>),
    /// What the keys do.
    Keys,
}

/// A screen: what there is to see, which scrolls, and what is said of it.
pub(super) struct Scenery {
    /// What there is to see.
    pub body: Vec<Passage>,
    /// What is told, asked or answered beside it.
    pub beside: Vec<Passage>,
}

impl Scenery {
    fn of(body: Vec<Passage>, beside: Vec<Passage>) -> Self {
        Self { body, beside }
    }

    /// All of it, one below another.
    pub fn in_order(self) -> Vec<Passage> {
        let space = (!self.body.is_empty() && !self.beside.is_empty()).then_some(Passage::Space);
        self.body.into_iter().chain(space).chain(self.beside).collect()
    }
}

/// What belongs to the step at hand; with the packet that is pointed at, if one is.
pub(super) fn scenery(session: &Session, pointer: Option<u64>) -> Scenery {
    let seen = |view: View| vec![Passage::Shown(Rc::clone(session.run()), view, pointer)];
    let lesson = session.lesson();
    match session.step() {
        Step::Scene => Scenery::of(vec![Passage::Scene], Vec::new()),
        Step::Guess => Scenery::of(vec![Passage::Guess], Vec::new()),
        Step::See(index) => {
            let view = lesson.see.get(index).map(|piece| piece.show);
            Scenery::of(view.map(seen).unwrap_or_default(), vec![Passage::Told(index)])
        }
        Step::Check(_) | Step::Review(_) | Step::Change | Step::Diagnose => {
            let view = session.check().map(|check| check.show);
            Scenery::of(view.map(seen).unwrap_or_default(), vec![Passage::Question])
        }
        Step::Packet => {
            let view = lesson.packet.as_ref().map(|packet| View::Bytes(packet.at));
            Scenery::of(view.map(seen).unwrap_or_default(), vec![Passage::Opened])
        }
        Step::After => Scenery::of(vec![Passage::After], Vec::new()),
        Step::Own => Scenery::of(vec![Passage::Own], Vec::new()),
        Step::End => Scenery::of(vec![Passage::End], Vec::new()),
    }
}

/// The pieces that were told before the step at hand, in order.
pub(super) fn before(session: &Session) -> Vec<Passage> {
    let told = match session.step() {
        Step::See(index) => index,
        Step::Guess => 0,
        _ => session.lesson().see.len(),
    };
    let piece = |index: usize| {
        let view = session.lesson().see.get(index).map(|piece| piece.show);
        let seen = view.map(|view| Passage::Shown(Rc::clone(session.run()), view, None));
        seen.into_iter().chain([Passage::Space, Passage::Told(index), Passage::Space])
    };
    let pieces: Vec<Passage> = (0..told).flat_map(piece).collect();
    if pieces.is_empty() { vec![Passage::Scene] } else { pieces }
}

/// Leads through a session.
pub(super) struct Guide<'a> {
    pub session: Session,
    /// Sentences in place of drawings.
    pub plain: bool,
    /// Where to remember what is done; none where that is not possible.
    pub path: Option<&'a Path>,
    /// What is there already.
    pub saved: Progress,
    /// What is to be said of the file, and was not yet.
    pub notes: Vec<String>,
}

impl Guide<'_> {
    /// Takes a line. First it is remembered, then shown: whoever stops in the middle of what is shown has answered.
    /// What is shown of it comes along.
    pub fn take(&mut self, line: &str) -> Result<(Reply, Scenery), Failure> {
        let run = Rc::clone(self.session.run());
        let before = before(&self.session);
        let reply = self.session.take(line)?;
        self.save();
        let scenery = match &reply {
            Reply::Look(Look::Before) => Scenery::of(before, Vec::new()),
            _ => outcome(reply.clone(), &run)?,
        };
        Ok((reply, scenery))
    }

    /// Writes what is done, if it is more than the file has. A disk that is full ends no lesson; it is said once.
    pub fn save(&mut self) {
        let Some(path) = self.path.filter(|_| self.saved != *self.session.progress()) else { return };
        match self.session.progress().save(&self.saved, path) {
            Ok(()) => self.saved = self.session.progress().clone(),
            Err(error) => {
                self.path = None;
                let path = path.display();
                self.notes.push(format!("can't write {path}: {error}; from here on, your progress is not saved"));
            }
        }
    }

    /// Draws a part, or says it.
    pub fn draw(&self, part: &Passage, style: Style) -> Result<Vec<Line>, Failure> {
        let session = &self.session;
        let page = match part {
            Passage::Space => Block::Space.into(),
            Passage::Place => view::heading(session),
            Passage::Scene => view::scene(session)?,
            Passage::Guess => view::guess(session),
            Passage::Told(index) => view::told(session, *index)?,
            Passage::Opened => view::opened(session)?,
            Passage::Question => view::question(session)?,
            Passage::After => view::after(session)?,
            Passage::Own => ending::own(),
            Passage::End => ending::end(session),
            Passage::Shown(run, part, pointer) => {
                let secrets = session.secrets();
                let numbered = session.check().is_some_and(|check| matches!(check.asks, Asks::Packet { .. }));
                let how = How { secrets: &secrets, numbered: numbered || pointer.is_some(), pointer: *pointer };
                unspaced(shown(run, *part, how)?)
            }
            Passage::Reply(reply) => view::reply(reply),
            Passage::Evidence(run, measured) => evidence(run, *measured),
            Passage::Look(look) => spaced(self.view(session.run(), *look)?),
            Passage::Tried(_, tried) if tried.0.json => return json(&tried.1),
            Passage::Tried(before, tried) => self.tried(before, &tried.0, &tried.1)?,
            Passage::Changed(before, now) => view::tried(before, now),
            Passage::Explained(words) => {
                let (page, outcome) = explain::page(words)?;
                outcome?;
                return Ok(style.lay_out(&spaced(page)));
            }
            Passage::Keys => spaced(keys::help(session, !self.plain)),
        };
        Ok(if self.plain { style.say(&page) } else { style.lay_out(&page) })
    }

    fn view(&self, run: &Run, look: Look) -> Result<Page, Failure> {
        let deeper = |depth| page::deeper(run, depth);
        Ok(match look {
            look if self.plain => aloud(run, look)?,
            Look::Page => page::shown(run)?,
            Look::Text => page::narration(run)?,
            Look::Ladder => deeper(page::Depth { ladder: true, ..page::Depth::default() }),
            Look::Layers => deeper(page::Depth { layers: true, ..page::Depth::default() }),
            Look::Hex => deeper(page::Depth { hex: true, ..page::Depth::default() }),
            Look::Frame => page::diagrams(run),
            Look::Before => Page::default(),
        })
    }

    fn tried(&self, before: &Run, trial: &Trial, run: &Run) -> Result<Page, Failure> {
        let mut tried = spaced(view::tried(before, run));
        if let Some(seed) = trial.unlucky_seed(run) {
            tried.append(view::spared(seed));
        }
        let depth = page::Depth { ladder: trial.ladder, layers: trial.layers, hex: trial.hex };
        if depth == page::Depth::default() {
            tried.append(self.view(run, Look::Page)?);
        } else if self.plain {
            for (wanted, look) in [(trial.ladder, Look::Ladder), (trial.layers, Look::Layers), (trial.hex, Look::Hex)] {
                if wanted {
                    tried.append(aloud(run, look)?);
                }
            }
        } else {
            tried.append(page::deeper(run, depth));
        }
        Ok(tried)
    }
}

/// What is to be shown of a reply to somebody who was at that run. An experiment is run here.
fn outcome(reply: Reply, run: &Rc<Run>) -> Result<Scenery, Failure> {
    let nothing = || Scenery::of(Vec::new(), Vec::new());
    Ok(match reply {
        Reply::Guessed { right, measured, .. } => {
            let evidence = (!right).then(|| Passage::Evidence(Rc::clone(run), measured));
            Scenery::of(evidence.into_iter().collect(), vec![Passage::Reply(reply)])
        }
        Reply::Answered { ref verdict, check, .. } if !verdict.stays() => {
            Scenery::of(proof(check, run)?, vec![Passage::Reply(reply)])
        }
        Reply::Look(look) => Scenery::of(vec![Passage::Look(look)], Vec::new()),
        Reply::Try(Experiment::Run(trial)) => Scenery::of(vec![tried(run, trial)], Vec::new()),
        Reply::Try(Experiment::Explain(words)) => Scenery::of(vec![explained(words)], Vec::new()),
        Reply::Keys => Scenery::of(vec![Passage::Keys], Vec::new()),
        Reply::GoOn | Reply::Again | Reply::Quit => nothing(),
        Reply::Answered { .. } | Reply::Hint(_) | Reply::Misunderstood(_) => {
            Scenery::of(Vec::new(), vec![Passage::Reply(reply)])
        }
    })
}

/// What shows that an answer is right.
fn proof(check: &'static Check, run: &Rc<Run>) -> Result<Vec<Passage>, Failure> {
    let failed = |error: crate::lesson::RunError| Failure::Run(error.to_string());
    if let Some(other) = check.other_run(run.lesson).map_err(failed)? {
        return Ok(vec![Passage::Changed(Rc::clone(run), Box::new(other))]);
    }
    Ok(match &check.asks {
        Asks::Number { answer, .. } => {
            let measured = answer.measured().next().map(|(side, measure)| Answer { measure, side });
            measured.map(|measured| Passage::Evidence(Rc::clone(run), measured)).into_iter().collect()
        }
        Asks::Packet { answer, .. } => vec![Passage::Shown(Rc::clone(run), check.show, answer.packet(run))],
        _ => vec![Passage::Shown(Rc::clone(run), check.show, None)],
    })
}

fn tried(before: &Rc<Run>, trial: Trial) -> Passage {
    match trial.run() {
        Ok(run) => Passage::Tried(Rc::clone(before), Box::new((trial, run))),
        // A wire may be too bad for a lesson. That is a result, and no end of the course.
        Err(error) => Passage::Reply(Reply::Misunderstood(error.to_string())),
    }
}

/// What words mean; where nobody knows, that is said, and no end of the course.
fn explained(words: Vec<String>) -> Passage {
    match explain::page(&words) {
        Ok((_, Ok(()))) => Passage::Explained(words),
        Ok((_, Err(error))) | Err(error) => Passage::Reply(Reply::Misunderstood(error.to_string())),
    }
}

/// JSON Lines, which no line is broken of.
fn json(run: &Run) -> Result<Vec<Line>, Failure> {
    let mut out = Vec::new();
    lesson::json_lines(run, &mut out)?;
    let lines = String::from_utf8_lossy(&out).lines().map(|line| Line::of(Meant::Plain, line)).collect();
    Ok([vec![Line::default()], lines].concat())
}

/// These, after an empty line.
fn spaced(page: Page) -> Page {
    let is_spaced = page.0.first().is_some_and(Block::begins_with_space);
    let mut spaced = if is_spaced { Page::default() } else { Block::Space.into() };
    spaced.append(page);
    spaced
}

/// These, without an empty line before them.
fn unspaced(mut page: Page) -> Page {
    if matches!(page.0.first(), Some(Block::Space)) {
        page.0.remove(0);
    }
    page
}
