//! What both front ends share: an answer is taken, remembered, and becomes parts to show.
//!
//! A part says what is to be seen, not how wide: a window may be resized while it is.

use std::path::Path;

use super::{Failure, explain_lines};
use crate::lesson::Run;
use crate::lesson::front_matter::Answer;
use crate::render::aloud::aloud;
use crate::render::evidence::{evidence, evidence_aloud};
use crate::render::keys;
use crate::render::style::Style;
use crate::render::{lesson as page, tutorial as view};
use crate::tutorial::experiment::Trial;
use crate::tutorial::progress::Progress;
use crate::tutorial::{Experiment, Look, Reply, Session, Verdict};

/// Something to show.
#[derive(Debug)]
pub(super) enum Part {
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
        match self.session.progress().save(path) {
            Ok(()) => self.saved = self.session.progress().clone(),
            Err(error) => {
                self.path = None;
                let path = path.display();
                self.notes.push(format!("cannot write {path}: {error}; what you do from here is not remembered"));
            }
        }
    }

    /// Draws a part.
    pub fn draw(&self, part: &Part, style: Style) -> Result<Vec<String>, Failure> {
        let run = self.session.run();
        Ok(match part {
            Part::Space => vec![String::new()],
            Part::Place => view::heading(&self.session, style),
            Part::Question => view::question(&self.session, style)?,
            Part::Again => view::again(&self.session, style)?,
            Part::Reply(reply) => view::reply(reply, style),
            Part::Evidence(measured) if self.plain => spaced(evidence_aloud(run, *measured, style)),
            Part::Evidence(measured) => spaced(evidence(run, *measured, style)),
            Part::Look(look) => spaced(self.view(run, *look, style)?),
            Part::Tried(tried) => self.tried(&tried.0, &tried.1, style)?,
            Part::Explained(words) => spaced(explain_lines(words, style)?),
            Part::Suggestions => spaced(view::suggestions(&self.session, style)),
            Part::Keys => spaced(keys::help(!self.plain, style)),
        })
    }

    fn view(&self, run: &Run, look: Look, style: Style) -> Result<Vec<String>, Failure> {
        let deeper = |depth| page::deeper(run, depth, style);
        Ok(match look {
            look if self.plain => aloud(run, look, style)?,
            Look::Page => page::shown(run, style)?,
            Look::Text => page::narration(run, style)?,
            Look::Ladder => deeper(page::Depth { ladder: true, ..page::Depth::default() }),
            Look::Layers => deeper(page::Depth { layers: true, ..page::Depth::default() }),
            Look::Hex => deeper(page::Depth { hex: true, ..page::Depth::default() }),
            Look::Frame => page::diagrams(run, style),
        })
    }

    fn tried(&self, trial: &Trial, run: &Run, style: Style) -> Result<Vec<String>, Failure> {
        if trial.json {
            let mut out = Vec::new();
            super::super::lesson::json_lines(run, &mut out)?;
            return Ok(spaced(String::from_utf8_lossy(&out).lines().map(str::to_owned).collect()));
        }
        let before = self.session.run();
        let tried = if self.plain { view::tried_aloud } else { view::tried };
        let mut lines = spaced(tried(before, run, style));
        let depth = page::Depth { ladder: trial.ladder, layers: trial.layers, hex: trial.hex };
        if depth == page::Depth::default() {
            lines.extend(self.view(run, Look::Page, style)?);
        } else if self.plain {
            for (wanted, look) in [(trial.ladder, Look::Ladder), (trial.layers, Look::Layers), (trial.hex, Look::Hex)] {
                if wanted {
                    lines.extend(aloud(run, look, style)?);
                }
            }
        } else {
            lines.extend(page::deeper(run, depth, style));
        }
        Ok(lines)
    }
}

/// What is to be shown of a reply, in order. An experiment is run here.
pub(super) fn parts(reply: Reply) -> Vec<Part> {
    match reply {
        Reply::Guessed { right, measured, .. } => {
            let evidence = (!right).then_some(Part::Evidence(measured));
            [Part::Reply(reply)].into_iter().chain(evidence).chain([Part::Look(Look::Page)]).collect()
        }
        Reply::Answered(Verdict::Wrong { measured, .. }) => vec![Part::Reply(reply), Part::Evidence(measured)],
        Reply::Look(look) => vec![Part::Look(look)],
        Reply::Try(Experiment::Run(trial)) => match trial.run() {
            Ok(run) => vec![Part::Tried(Box::new((trial, run)))],
            // A wire may be too bad for a lesson. That is a result, and no end of the course.
            Err(error) => vec![Part::Reply(Reply::Misunderstood(error.to_string()))],
        },
        Reply::Try(Experiment::Explain(words)) => vec![Part::Explained(words)],
        Reply::Keys => vec![Part::Keys],
        Reply::GoOn | Reply::Again | Reply::Quit => Vec::new(),
        Reply::Answered(_) | Reply::Hint(_) | Reply::Misunderstood(_) => vec![Part::Reply(reply)],
    }
}

/// These, after an empty line.
fn spaced(lines: Vec<String>) -> Vec<String> {
    let is_spaced = lines.first().is_some_and(String::is_empty);
    (!is_spaced).then(String::new).into_iter().chain(lines).collect()
}
