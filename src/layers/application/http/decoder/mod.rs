//! One direction of an HTTP/1.x connection: bytes in as they come, items out.
//!
//! Consumes what it can from the caller's own bytes; only the beginning of a section or chunk line that is not whole yet is
//! kept, within [`MAX_SECTION`].

mod gather;
mod resume;

use memchr::memchr;

use self::gather::{Gathered, empty_line_end, line_end};
use super::chunked;
use super::framing::{Framing, of_request};
use super::item::{Input, Item};
use super::lines::Section;
use super::problems::Fault;
use super::section::{Head, section_end};
use super::start_line::{Likeness, StartLine, likeness, likeness_of_more, strict_likeness, trim_line_end};
use super::words;
use crate::layers::{Direction, Source};
pub use crate::limits::MAX_SECTION;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between messages.
    Start,
    /// The stream's place in the protocol is unknown: a start line is looked for.
    Lost,
    /// In a head that was answered before it was complete; all of it so far is in `partial`.
    Answered {
        /// Whether the other end had waited for the rest.
        awaited: bool,
    },
    /// Before a body that the sender may leave out: what comes may be the next message.
    Optional {
        /// How long the body is; `None` if it is chunked.
        length: Option<u64>,
    },
    Length(u64),
    ChunkLine,
    ChunkData(u64),
    ChunkEnd,
    Trailers,
    UntilClose,
    /// The message ended; its `End` has yet to be handed out.
    Ended {
        complete: bool,
    },
    Tunnel,
}

/// Decodes one direction of a connection.
#[derive(Debug)]
pub struct Decoder {
    /// What is odd about the chunk size, or the empty line, that was handed out last.
    odd: Option<Fault>,
    from: Direction,
    state: State,
    /// The beginning of a section or line that is not whole yet.
    partial: Vec<u8>,
    /// Whether the head in `partial` breaks off before its end.
    cut: bool,
    /// Whether the last item borrows `partial`, which can be cleared after it.
    shown: bool,
    /// How far `partial` was searched for its end.
    searched: usize,
    /// Whether `partial` is known to begin with a start line.
    begins: bool,
    /// How much of `partial` was handed out before.
    told: usize,
    position: u64,
    began: Source,
    /// Where the last of the kept bytes came from.
    kept: Source,
    /// Whether the place in the protocol is known: if so, what doesn't fit there is a fault, not merely unknown.
    synchronised: bool,
    /// Whether a message was read, or may have been before the stream was joined.
    headed: bool,
    /// Whether an empty line was told of since the last head, or will be with the first.
    empty_told: bool,
    /// Whether the last message was a response that can't have a body.
    bodiless: bool,
    /// The stream began with something other than HTTP: start lines are looked for only where segments begin.
    foreign: bool,
    /// Whether bytes of the message in progress are missing.
    holed: bool,
    /// The message in progress was answered before its head was complete: the rest of it doesn't matter.
    unheeded: bool,
    start: Option<StartLine>,
    /// What follows the start line.
    fields: Section,
}

impl Decoder {
    /// A decoder for a stream in which a message begins at `position`.
    #[must_use]
    pub fn at(from: Direction, position: u64) -> Self {
        Self {
            odd: None,
            from,
            state: State::Start,
            partial: Vec::new(),
            cut: false,
            shown: false,
            searched: 0,
            begins: false,
            told: 0,
            position,
            began: Source::default(),
            kept: Source::default(),
            synchronised: false,
            headed: false,
            empty_told: false,
            bodiless: false,
            foreign: false,
            holed: false,
            unheeded: false,
            start: None,
            fields: Section::default(),
        }
    }

    /// A decoder for a stream that is joined at `position`, in the middle of something unknown.
    #[must_use]
    pub fn joining(from: Direction, position: u64) -> Self {
        Self { state: State::Lost, headed: true, ..Self::at(from, position) }
    }

    /// The stream position up to which items were handed out.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Whether a message is in progress: its head or its body isn't complete.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        match self.state {
            State::Start | State::Lost | State::Tunnel => !self.partial.is_empty() && !self.shown,
            State::Answered { .. } | State::Optional { .. } | State::Ended { .. } => false,
            _ => !self.unheeded,
        }
    }

    /// Bytes of memory it holds.
    #[must_use]
    pub fn held(&self) -> usize {
        self.partial.capacity() + self.fields.held()
    }

    /// Says how the body of the head just handed out is framed.
    pub fn body(&mut self, framing: Framing) {
        self.bodiless = self.from == Direction::Server && framing == Framing::None;
        self.state = match framing {
            _ if self.shown && self.cut => State::Ended { complete: false },
            Framing::None | Framing::Length(0) => State::Ended { complete: true },
            Framing::Length(length) => State::Length(length),
            Framing::Chunked => State::ChunkLine,
            Framing::UntilClose => State::UntilClose,
            Framing::Tunnel => State::Tunnel,
        };
    }

    /// Something is wrong with the head just handed out: what is wrong is there again if its lines come again.
    pub fn doubt(&mut self) {
        self.fields.doubt();
    }

    /// What comes next needn't be a message, and that's not a fault: HTTP/0.9 answers with bare content.
    pub fn expect_anything(&mut self) {
        self.synchronised = false;
        self.foreign = true;
    }

    /// The next item, or `None` when more bytes are needed; `input` shrinks by what was consumed.
    pub fn next<'s, 'i: 's>(&'s mut self, input: &mut Input<'i>) -> Option<Item<'s>> {
        self.forget_shown();
        if self.odd.is_some() {
            return self.odd.take().map(Item::Fault);
        }
        match self.state {
            State::Ended { complete } => Some(self.ended(complete)),
            _ if input.bytes.is_empty() => None,
            State::Start => self.head(input),
            State::Lost => self.find_start(input),
            State::Answered { .. } => self.answered(input),
            State::Optional { .. } => {
                if strict_likeness(self.from, input.bytes, MAX_SECTION) == Likeness::Yes {
                    return Some(self.ended(false));
                }
                self.demand_body();
                self.next(input)
            }
            State::Length(left) => {
                let data = self.data(input, left);
                let left = left - data.len() as u64;
                self.state = if left == 0 { State::Ended { complete: true } } else { State::Length(left) };
                Some(Item::Data(data))
            }
            State::ChunkData(left) => {
                let data = self.data(input, left);
                let left = left - data.len() as u64;
                self.state = if left == 0 { State::ChunkEnd } else { State::ChunkData(left) };
                Some(Item::Data(data))
            }
            State::UntilClose => Some(Item::Data(self.data(input, u64::MAX))),
            State::Tunnel => Some(Item::Tunnel(self.data(input, u64::MAX))),
            State::ChunkLine => self.chunk_line(input),
            State::ChunkEnd => self.chunk_end(input),
            State::Trailers => self.trailers(input),
        }
    }

    /// The bytes of an incomplete head, and where the last of them came from.
    #[must_use]
    pub fn begun(&self) -> Option<(&[u8], Source)> {
        let begun = self.state == State::Start && !self.shown && !self.partial.is_empty();
        begun.then_some((&self.partial, self.kept))
    }

    /// The head that begins with these bytes, of which `told` were handed out as [broken off](Self::broken_off), is answered:
    /// the rest of its message is skipped without a word. If the other end had `awaited` it, a stream that
    /// ends before the head does is a fault.
    pub fn answer(&mut self, begun: Vec<u8>, told: usize, awaited: bool) {
        self.shown = false;
        self.cut = false;
        self.searched = 0;
        self.partial = begun;
        self.told = told;
        self.state = State::Answered { awaited };
    }

    /// The body in progress may be left out, if none of it has come yet.
    pub fn excuse_body(&mut self) {
        self.state = match self.state {
            State::Length(length) => State::Optional { length: Some(length) },
            State::ChunkLine if self.partial.is_empty() => State::Optional { length: None },
            other => other,
        };
    }

    fn demand_body(&mut self) {
        if let State::Optional { length } = self.state {
            self.state = length.map_or(State::ChunkLine, State::Length);
        }
    }

    /// Hands over the bytes that are kept: the stream goes on as another protocol, from their first on.
    pub fn take_partial(&mut self) -> Vec<u8> {
        self.forget_shown();
        self.searched = 0;
        let told = std::mem::take(&mut self.told);
        std::mem::take(&mut self.partial).split_off(told)
    }

    fn forget_shown(&mut self) {
        if std::mem::take(&mut self.shown) {
            self.partial.clear();
            self.searched = 0;
            self.cut = false;
        }
    }

    fn ended<'a>(&mut self, complete: bool) -> Item<'a> {
        self.state = State::Start;
        self.unheeded = false;
        Item::End { complete: complete && !std::mem::take(&mut self.holed) }
    }

    /// The message in progress can't be read any further: it ends here, incomplete, after the fault.
    fn fail<'a>(&mut self, fault: Fault) -> Item<'a> {
        self.state = State::Ended { complete: false };
        self.synchronised = false;
        if self.unheeded { self.ended(false) } else { Item::Fault(fault) }
    }

    fn data<'i>(&mut self, input: &mut Input<'i>, left: u64) -> &'i [u8] {
        let data = input.take(usize::try_from(left).unwrap_or(usize::MAX));
        self.position += data.len() as u64;
        data
    }

    /// Between messages: passes over empty lines, then reads a head.
    fn head<'s, 'i: 's>(&'s mut self, input: &mut Input<'i>) -> Option<Item<'s>> {
        if self.partial.is_empty() {
            let empty = input.bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
            if empty > 0 {
                let is_line = input.take(empty).contains(&b'\n');
                self.position += empty as u64;
                self.tell_empty(is_line);
                return Some(Item::EmptyLines(empty));
            }
            self.began = input.source;
        }
        if self.partial.is_empty() {
            // A head that came in one piece, as most do, is taken apart while its end is looked for.
            let most = Gathered::Input(input.bytes.len().min(MAX_SECTION));
            match self.take_apart(most, input.bytes) {
                Some((line_end, Some(end))) => return Some(self.headed(Gathered::Input(end), input, line_end)),
                None if section_end(input.bytes, &mut 0).is_some_and(|end| end <= MAX_SECTION) => {
                    return self.lose(input);
                }
                _ if likeness(self.from, input.bytes, MAX_SECTION) == Likeness::No => return self.lose(input),
                _ => {}
            }
        }
        let (source, seen) = (input.source, self.partial.len());
        self.begins &= seen > 0;
        let mut whole = self.gather(input, section_end);
        if whole == Gathered::NotYet {
            if !self.begins {
                match likeness_of_more(self.from, &self.partial, seen, MAX_SECTION) {
                    Likeness::No => return self.lose(input),
                    Likeness::Maybe => {}
                    Likeness::Yes => self.begins = true,
                }
                // A request without a version is one line (HTTP/0.9): it waits for nothing more.
                if self.begins && is_simple(self.from, &self.partial) {
                    whole = Gathered::Kept;
                }
            }
            if whole == Gathered::NotYet {
                self.kept = source;
                return None;
            }
        }
        if whole == Gathered::TooLong {
            self.skip_partial();
            self.state = State::Lost;
            self.synchronised = false;
            return Some(Item::Fault(Fault::SectionTooLong(MAX_SECTION)));
        }
        match self.take_apart(whole, input.bytes) {
            Some((line_end, _)) => Some(self.headed(whole, input, line_end)),
            None => self.lose(input),
        }
    }

    /// An empty line came between messages: a client's is a fault (RFC 9112 §2.2). Before the first request it may yet turn out to
    /// belong to another protocol.
    fn tell_empty(&mut self, is_line: bool) {
        // HTTP/0.9 has no header section, and clients that speak it by accident end it all the same.
        let versioned = self.start.as_ref().is_none_or(|start| start.version >= (1, 0));
        if is_line && versioned && self.from == Direction::Client && !std::mem::replace(&mut self.empty_told, true) {
            self.odd = self.synchronised.then_some(Fault::StrayEmptyLine);
        }
    }

    /// Hands out a head that was taken apart.
    fn headed<'s, 'i: 's>(&'s mut self, whole: Gathered, input: &mut Input<'i>, line_end: usize) -> Item<'s> {
        if std::mem::take(&mut self.empty_told) && !self.headed {
            self.fields.faults.push(Fault::StrayEmptyLine);
        }
        self.synchronised = true;
        self.headed = true;
        self.foreign = false;
        self.state = State::Lost;
        let began = self.began;
        Item::Head(self.section(whole, input, line_end), began)
    }

    /// Takes apart the start line and the field lines of a head. Says where the start line ends, if it is one, and
    /// returns the head, if its end is there.
    fn take_apart(&mut self, whole: Gathered, input: &[u8]) -> Option<(usize, Option<usize>)> {
        let block = match whole {
            Gathered::Input(length) => &input[..length],
            _ => &self.partial[..],
        };
        self.fields.clear();
        let line_end = match words::stop(block) {
            Some(at) if block[at..].starts_with(b"\r\n") => at + 2,
            Some(at) => memchr(b'\n', &block[at..]).map_or(block.len(), |length| at + length + 1),
            None => block.len(),
        };
        self.start = StartLine::parse(self.from, trim_line_end(&block[..line_end]));
        self.fields.faults.extend(self.start.as_ref()?.fault.clone());
        let end = self.fields.take_apart(block, line_end);
        Some((line_end, end))
    }

    /// Builds the head of a section that was taken apart.
    fn section<'s, 'i: 's>(&'s mut self, whole: Gathered, input: &mut Input<'i>, start_line_bytes: usize) -> Head<'s> {
        let block = if let Gathered::Input(length) = whole {
            input.take(length)
        } else {
            self.shown = true;
            self.position -= std::mem::take(&mut self.told) as u64;
            &self.partial[..]
        };
        self.position += block.len() as u64;
        Head {
            block,
            start_line_bytes: start_line_bytes as u32,
            start: self.start.as_ref().filter(|_| start_line_bytes > 0),
            lines: &self.fields.lines,
            names: &self.fields.names,
            is_ascii: self.fields.is_ascii,
            fresh: self.fields.fresh,
            faults: &self.fields.faults,
            whole: !self.cut,
        }
    }

    /// In a head that was answered before it was complete: looks for its end and its framing, and nothing else.
    #[cold]
    fn answered(&mut self, input: &mut Input<'_>) -> Option<Item<'static>> {
        let whole = self.gather(input, section_end);
        if whole == Gathered::NotYet {
            return None;
        }
        self.synchronised = false;
        let at = self.position;
        if let Some((line_end, _)) = self.take_apart(whole, input.bytes).filter(|_| whole != Gathered::TooLong) {
            let framing = of_request(&self.section(whole, input, line_end), &mut Vec::new());
            self.doubt();
            self.unheeded = true;
            self.body(framing);
        } else {
            self.state = State::Lost;
            self.skip_partial();
        }
        Some(Item::Passed((self.position - at) as usize))
    }

    fn chunk_line<'s, 'i: 's>(&'s mut self, input: &mut Input<'i>) -> Option<Item<'s>> {
        let whole = self.gather(input, line_end);
        let size = match whole {
            Gathered::Input(length) => chunked::size(&input.bytes[..length]),
            Gathered::Kept => chunked::size(&self.partial),
            Gathered::NotYet => return None,
            Gathered::TooLong => {
                self.skip_partial();
                Err(Fault::SectionTooLong(MAX_SECTION))
            }
        };
        match size {
            Ok((size, odd)) => {
                self.odd = odd;
                self.state = if size == 0 { State::Trailers } else { State::ChunkData(size) };
                Some(Item::ChunkLine(self.section(whole, input, 0).block.len()))
            }
            Err(fault) => Some(self.fail(fault)),
        }
    }

    fn chunk_end<'s, 'i: 's>(&'s mut self, input: &mut Input<'i>) -> Option<Item<'s>> {
        let whole = self.gather(input, empty_line_end);
        if whole == Gathered::NotYet {
            return None;
        }
        let block = self.section(whole, input, 0).block;
        if !block.ends_with(b"\n") {
            return Some(self.fail(Fault::ChunkNotEnded));
        }
        let length = block.len();
        self.state = State::ChunkLine;
        Some(Item::ChunkEnd(length))
    }

    fn trailers<'s, 'i: 's>(&'s mut self, input: &mut Input<'i>) -> Option<Item<'s>> {
        let whole = self.gather(input, section_end);
        let block = match whole {
            Gathered::Input(length) => &input.bytes[..length],
            Gathered::Kept => &self.partial[..],
            Gathered::NotYet => return None,
            Gathered::TooLong => {
                self.skip_partial();
                return Some(self.fail(Fault::SectionTooLong(MAX_SECTION)));
            }
        };
        self.fields.clear();
        self.fields.take_apart(block, 0);
        if self.unheeded {
            self.fields.faults.clear();
        }
        self.state = State::Ended { complete: true };
        Some(Item::Trailers(self.section(whole, input, 0)))
    }
}

fn is_simple(from: Direction, bytes: &[u8]) -> bool {
    from == Direction::Client
        && memchr(b'\n', bytes) == Some(bytes.len() - 1)
        && StartLine::parse(from, trim_line_end(bytes)).is_some_and(|start| start.version == (0, 9))
}
