//! What both front ends share: an answer is taken, remembered, and becomes parts to show.
//!
//! A part says what is to be seen, not how wide: a window may be resized while it is.

use std::path::Path;

use super::super::{explain, lesson};
use super::Failure;
use crate::lesson::Run;
use crate::lesson::front_matter::Answer;
use crate::render::lesson::aloud::aloud;
use crate::render::lesson::evidence::evidence;
use crate::render::model::{Block, Look as Meant, Page};
use crate::render::style::Style;
use crate::render::tutorial::keys;
use crate::render::writer::Line;
use crate::render::{lesson as page, tutorial as view};
use crate::tutorial::experiment::Trial;
use crate::tutorial::progress::Progress;
use crate::tutorial::{Experiment, Look, Reply, Session, Verdict};

/// Something to show.
#[derive(Debug)]
pub(super) enum Passage {
    /// An empty line.
    Space,
    /// Where one is.
    Place,
    /// What is asked.
    Question,
    /// The same in short.
    Again,
    /// What became of an answer.
    Reply(Reply),
    /// The packets that a question was about.
    Evidence(Answer),
    /// The run, as it is to be looked at.
    Look(Look),
    /// What was tried.
    Tried(Box<(Trial, Run)>),
    /// Words that are explained.
    Explained(Vec<String>),
    /// What there is to try.
    Suggestions,
    /// What the keys do.
    Keys,
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
    pub fn take(&mut self, line: &str) -> Result<Reply, Failure> {
        let reply = self.session.take(line)?;
        self.save();
        Ok(reply)
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
        let run = self.session.run();
        let page = match part {
            Passage::Space => Block::Space.into(),
            Passage::Place => view::heading(&self.session),
            Passage::Question => view::question(&self.session)?,
            Passage::Again => view::again(&self.session)?,
            Passage::Reply(reply) => view::reply(reply),
            Passage::Evidence(measured) => spaced(evidence(run, *measured)),
            Passage::Look(look) => spaced(self.view(run, *look)?),
            Passage::Tried(tried) if tried.0.json => return json(&tried.1),
            Passage::Tried(tried) => self.tried(&tried.0, &tried.1)?,
            Passage::Explained(words) => {
                let (page, outcome) = explain::page(words)?;
                outcome?;
                return Ok(style.lay_out(&spaced(page)));
            }
            Passage::Suggestions => spaced(view::suggestions(&self.session)),
            Passage::Keys => spaced(keys::help(!self.plain)),
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
        })
    }

    fn tried(&self, trial: &Trial, run: &Run) -> Result<Page, Failure> {
        let mut tried = spaced(view::tried(self.session.run(), run));
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

/// What is to be shown of a reply, in order. An experiment is run here.
pub(super) fn parts(reply: Reply) -> Vec<Passage> {
    match reply {
        Reply::Guessed { right, measured, .. } => {
            let evidence = (!right).then_some(Passage::Evidence(measured));
            [Passage::Reply(reply)].into_iter().chain(evidence).chain([Passage::Look(Look::Page)]).collect()
        }
        Reply::Answered(Verdict::Wrong { measured, .. }) => vec![Passage::Reply(reply), Passage::Evidence(measured)],
        Reply::Look(look) => vec![Passage::Look(look)],
        Reply::Try(Experiment::Run(trial)) => match trial.run() {
            Ok(run) => vec![Passage::Tried(Box::new((trial, run)))],
            // A wire may be too bad for a lesson. That is a result, and no end of the course.
            Err(error) => vec![Passage::Reply(Reply::Misunderstood(error.to_string()))],
        },
        Reply::Try(Experiment::Explain(words)) => vec![Passage::Explained(words)],
        Reply::Keys => vec![Passage::Keys],
        Reply::GoOn | Reply::Again | Reply::Quit => Vec::new(),
        Reply::Answered(_) | Reply::Hint(_) | Reply::Misunderstood(_) => vec![Passage::Reply(reply)],
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
