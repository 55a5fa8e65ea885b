//! The tutorial by lines: one is typed, or comes from a pipe, and what comes of it is printed.

use std::io::{BufRead, Read, Write};

use super::guide::{self, Guide, Passage, Scenery};
use super::{Failure, note};
use crate::render::style::Style;
use crate::render::tutorial::keys;
use crate::tutorial::{Reply, Step, Verdict};

/// The most of a line that is read: no answer is longer.
const LONGEST_LINE: u64 = 4 << 10;

/// Where lines come from and go to.
pub(super) struct LineSession<'a> {
    pub input: &'a mut dyn BufRead,
    pub out: &'a mut dyn Write,
    pub notes: &'a mut dyn Write,
    /// Whether somebody types, and wants to be prompted.
    pub prompt: bool,
}

/// Leads on until there are no more lines.
pub(super) fn lead(
    mut guide: Guide<'_>,
    mut lines: LineSession<'_>,
    style: &dyn Fn() -> Style<'static>,
) -> Result<(), Failure> {
    guide.save();
    lines.step(&mut guide, style())?;
    while guide.session.step() != Step::End {
        writeln!(lines.out)?;
        style().print(keys::now(&guide.session), lines.out)?;
        if lines.prompt {
            write!(lines.out, "> ")?;
        }
        lines.out.flush()?;
        let Some(line) = read_line(lines.input) else {
            // What comes next in the terminal begins a line of its own.
            writeln!(lines.out)?;
            break;
        };
        let (reply, scenery) = guide.take(&line)?;
        if reply == Reply::Quit {
            break;
        }
        // Whoever answered rightly needs no proof; it stays where a screen has room for it.
        let is_plain =
            matches!(&reply, Reply::Answered { verdict: Verdict::Right, check, .. } if check.given.is_none());
        let Scenery { body, beside } = scenery;
        let body = if is_plain { Vec::new() } else { body };
        let parted = matches!(reply, Reply::Guessed { .. } | Reply::Answered { .. });
        // What was said comes before what shows it.
        let (first, then) = if parted { (beside, body) } else { (body, beside) };
        let shown = Scenery { body: first, beside: then }.in_order();
        if !shown.is_empty() {
            let shown: Vec<Passage> = [Passage::Space].into_iter().chain(shown).collect();
            lines.show(&mut guide, &shown, style())?;
        }
        match reply {
            Reply::Again | Reply::GoOn | Reply::Guessed { .. } => lines.step(&mut guide, style())?,
            Reply::Answered { verdict, .. } if !verdict.stays() => lines.step(&mut guide, style())?,
            Reply::Look(_) | Reply::Try(_) | Reply::Keys => {
                let again = scenery_of(&guide).beside;
                let shown: Vec<Passage> = [Passage::Place].into_iter().chain(again).collect();
                lines.show(&mut guide, &shown, style())?;
            }
            _ => {}
        }
    }
    lines.out.flush()?;
    Ok(())
}

fn scenery_of(guide: &Guide<'_>) -> Scenery {
    guide::scenery(&guide.session, None)
}

impl LineSession<'_> {
    /// Shows the step at hand.
    fn step(&mut self, guide: &mut Guide<'_>, style: Style) -> Result<(), Failure> {
        let shown: Vec<Passage> =
            [Passage::Place, Passage::Space].into_iter().chain(scenery_of(guide).in_order()).collect();
        self.show(guide, &shown, style)
    }

    fn show(&mut self, guide: &mut Guide<'_>, parts: &[Passage], style: Style) -> Result<(), Failure> {
        for said in guide.notes.drain(..) {
            note(self.notes, &said);
        }
        for part in parts {
            style.print_lines(&guide.draw(part, style)?, self.out)?;
        }
        Ok(())
    }
}

/// The next line; of one that is longer than any answer, its beginning. None at the end, or where nothing can be read.
fn read_line(mut input: &mut dyn BufRead) -> Option<String> {
    let mut line = Vec::new();
    let length = (&mut input).take(LONGEST_LINE).read_until(b'\n', &mut line).ok()?;
    if length == 0 {
        return None;
    }
    if length as u64 == LONGEST_LINE && line.last() != Some(&b'\n') {
        input.skip_until(b'\n').ok()?;
    }
    Some(String::from_utf8_lossy(&line).trim().to_owned())
}
