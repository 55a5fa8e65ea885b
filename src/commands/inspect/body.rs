//! `--body C.I`: a body as the application gets it, chunks put together and codings undone.
//!
//! It's written as it arrives, so it can be longer than any view would keep.

use std::io::{self, Write};

use super::super::Failure;
use super::super::lines::HarmlessLines;
use super::Inspect;
use super::absent::Absent;
use super::input::Input;
use crate::inspect::event::Delivered;
use crate::inspect::record::{Direction, Exchange, HttpMessage};
use crate::inspect::{self, Event, Options, Piece, PieceKind, Sink};
use crate::layers::application::http::{FieldName, is_part_of};
use crate::layers::presentation::coding::Decoder;
use crate::limits::MAX_UNNAMED;

pub(super) fn write(
    asked: &Inspect,
    input: &Input<'_>,
    name: (u64, u64),
    direction: Direction,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut lines = HarmlessLines::new(out, asked.terminal);
    let mut body = Body::new(name, direction, &mut lines);
    let options = Options { pieces: true, decode_as: asked.decode_as, only: Some(name.0), ..Options::default() };
    let finding = inspect::inspect(&mut input.open()?, options, &mut body);
    let Body { found, exchanges, wrong, error, .. } = body;
    if let Some(error) = error {
        return Err(error.into());
    }
    lines.finish()?;
    let what = if direction == Direction::Client { "request" } else { "response" };
    let label = input.label();
    let of_it = |text: &str| Failure::Input(format!("{label}: the {what} of exchange {}.{} {text}", name.0, name.1));
    match found {
        BodyFound::Nothing => input.outcome(Some(Absent::exchange(name, exchanges, &finding.summary)), finding.error),
        BodyFound::Half => {
            let (connection, index) = name;
            input.outcome(Some(Absent::Half { connection, index, what }), None)
        }
        BodyFound::Whole { .. } if wrong.is_some() => Err(of_it(&wrong.unwrap_or_default())),
        BodyFound::Whole { complete: false } => Err(of_it("is incomplete: the rest of its body wasn't captured")),
        BodyFound::Whole { complete: true } => Ok(()),
    }
}

#[derive(Clone, Copy, Debug)]
enum BodyFound {
    Nothing,
    /// The exchange lacks this one of its messages.
    Half,
    Whole {
        complete: bool,
    },
}

/// Writes a body out.
struct Body<'a, W> {
    name: (u64, u64),
    direction: Direction,
    out: &'a mut W,
    decoder: Option<Box<Decoder>>,
    /// Bytes of the stream, from position `start` on, that may be of the body.
    waiting: Vec<u8>,
    start: u64,
    found: BodyFound,
    /// How many exchanges the connection has.
    exchanges: Option<u64>,
    /// What is wrong with the coding.
    wrong: Option<String>,
    error: Option<io::Error>,
}

impl<'a, W: Write> Body<'a, W> {
    fn new(name: (u64, u64), direction: Direction, out: &'a mut W) -> Self {
        Self {
            name,
            direction,
            out,
            decoder: None,
            waiting: Vec::new(),
            start: 0,
            found: BodyFound::Nothing,
            exchanges: None,
            wrong: None,
            error: None,
        }
    }

    fn is_it(&self, it: &Exchange) -> bool {
        (it.connection, it.index) == self.name
    }

    fn message<'e>(&self, it: &'e Exchange) -> Option<&'e HttpMessage> {
        match self.direction {
            Direction::Client => it.request.as_ref().map(|it| &it.message),
            Direction::Server => it.response.as_ref().map(|it| &it.message),
        }
    }

    fn begin(&mut self, it: &Exchange) {
        let Some(message) = self.message(it) else { return };
        let named = |name| message.headers.all(name).collect::<Vec<_>>().join(&b", "[..]);
        let (transfer, mut content) = (named(FieldName::TransferEncoding), named(FieldName::ContentEncoding));
        let status = it.response.as_ref().filter(|_| self.direction == Direction::Server).map(|it| it.status);
        if !content.is_empty() && is_part_of(status, || message.headers.get(FieldName::ContentRange)) {
            content.clear();
            self.wrong =
                Some("is written as it was sent: a part of what is coded can't be decoded on its own".to_owned());
        }
        match Decoder::of_body(&transfer, &content) {
            Ok(decoder) => self.decoder = decoder.map(Box::new),
            Err(unknown) => self.wrong = Some(format!("is written as it was sent: {unknown}")),
        }
    }

    fn wait(&mut self, it: &Delivered<'_>) {
        let end = self.start + self.waiting.len() as u64;
        if it.start != end || self.waiting.len() + it.data.len() > MAX_UNNAMED {
            self.waiting.clear();
            self.start = it.start;
        }
        self.waiting.extend_from_slice(it.data);
    }

    fn piece(&mut self, it: &Piece) {
        let from = it.start.saturating_sub(self.start) as usize;
        let to = (it.end.saturating_sub(self.start) as usize).min(self.waiting.len());
        let is_body = matches!(it.kind, PieceKind::Body | PieceKind::ChunkData) && it.index == self.name.1;
        if is_body && from < to {
            let Self { out, decoder, waiting, error, .. } = self;
            let mut write = |bytes: &[u8]| {
                if error.is_none() {
                    *error = out.write_all(bytes).err();
                }
            };
            let bytes = &waiting[from..to];
            let undone = if let Some(decoder) = decoder {
                decoder.push(bytes, &mut write)
            } else {
                write(bytes);
                Ok(())
            };
            if let Err(wrong) = undone {
                self.wrong.get_or_insert(format!("can't be decoded further: {wrong}"));
            }
        }
        self.waiting.drain(..to);
        self.start += to as u64;
    }

    fn end(&mut self, it: &Exchange) {
        self.found = self.message(it).map_or(BodyFound::Half, |it| BodyFound::Whole { complete: it.complete });
        let finished = self.decoder.as_mut().map_or(Ok(()), |decoder| decoder.finish());
        if let Err(wrong) = finished {
            self.wrong.get_or_insert(format!("can't be decoded further: {wrong}"));
        }
    }
}

impl<W: Write> Sink for Body<'_, W> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Request(it) if self.direction == Direction::Client && self.is_it(it) => self.begin(it),
            Event::Response(it) if self.direction == Direction::Server && self.is_it(it) => self.begin(it),
            Event::Bytes(it) if (it.connection, it.direction) == (self.name.0, self.direction) => self.wait(&it),
            Event::Piece(it) if (it.connection, it.direction) == (self.name.0, self.direction) => self.piece(&it),
            Event::Exchange(it) if self.is_it(it) => self.end(it),
            Event::Closed(it) if it.number == self.name.0 => self.exchanges = Some(it.exchanges),
            _ => {}
        }
    }

    fn done(&self) -> bool {
        self.error.is_some() || !matches!(self.found, BodyFound::Nothing)
    }
}
