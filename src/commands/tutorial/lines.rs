//! The tutorial by lines: one is typed, or comes from a pipe, and what comes of it is printed.

use std::io::{BufRead, Read, Write};

use super::guide::{Guide, Passage, parts};
use super::{Failure, note};
use crate::render::style::Style;
use crate::render::tutorial::keys;
use crate::tutorial::{Reply, Step};

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
    lines.show(&mut guide, &[Passage::Place, Passage::Question], style())?;
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
        let place = |guide: &Guide<'_>| (guide.session.lesson().number, guide.session.step());
        let before = place(&guide);
        let reply = guide.take(&line)?;
        if reply == Reply::Quit {
            break;
        }
        let after = match reply {
            Reply::Again => vec![Passage::Place, Passage::Question],
            _ if place(&guide) != before => vec![Passage::Place, Passage::Question],
            Reply::Look(_) | Reply::Try(_) | Reply::Keys => vec![Passage::Place, Passage::Again],
            _ => Vec::new(),
        };
        let shown: Vec<Passage> = parts(reply).into_iter().chain(after).collect();
        lines.show(&mut guide, &shown, style())?;
    }
    lines.out.flush()?;
    Ok(())
}

impl LineSession<'_> {
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
