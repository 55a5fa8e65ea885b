//! What `connect` says about an exchange while it goes on, apart from what it prints of it.

use std::io::{self, Write};

use crate::inspect::record::Direction;
use crate::peer::client::Heads;
use crate::render::exchange::heads;
use crate::render::model::{Prose, Text};
use crate::render::style::Style;

/// Where to say it; nowhere, if it is not wanted.
pub struct Notes<'a>(Option<(&'a mut dyn Write, Style<'a>)>);

impl<'a> Notes<'a> {
    /// Says it there, in that style.
    pub fn to(out: &'a mut dyn Write, style: Style<'a>) -> Self {
        Self(Some((out, style)))
    }

    /// Says nothing.
    #[must_use]
    pub fn none() -> Self {
        Self(None)
    }

    /// Says a sentence. It may have what a server sent in it.
    pub(super) fn say(&mut self, sentence: &str) -> io::Result<()> {
        let Some((out, style)) = &mut self.0 else { return Ok(()) };
        style.print(Prose::new(Text::words(sentence.to_owned()).dim()), *out)?;
        out.flush()
    }

    /// Shows the heads of request and response, as they were sent.
    pub(super) fn heads(&mut self, Heads { request, response }: &Heads) -> io::Result<()> {
        let Some((out, style)) = &mut self.0 else { return Ok(()) };
        style.print(heads::said(Direction::Client, request), *out)?;
        style.print(heads::said(Direction::Server, response), *out)?;
        out.flush()
    }
}
