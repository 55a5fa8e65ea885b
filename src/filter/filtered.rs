//! Passes on what matches, as it streams.

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use super::Filter;
use crate::inspect::event::{Event, PacketContent, Sink};
use crate::inspect::hops::Leg;
use crate::inspect::record::{Connection, Exchange, Extent, Frame, Message, Moment, Problem};
pub use crate::limits::MAX_SEARCHED_TEXT;
use crate::limits::{MAX_WAITING_FRAME_BYTES, MAX_WAITING_PROBLEMS};

/// How many connections matched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    /// Those that did.
    pub connections: u64,
    /// All of them.
    pub of: u64,
}

/// Passes on the events of what matches; connections, with those of their problems in the span, if something on them does.
///
/// Packets pass unless their connection's ends or the like rule it out: what is said on it is not known yet.
#[derive(Debug)]
pub struct Filtered<'f, S> {
    filter: &'f Filter,
    /// How many bytes of a body or payload the view wants.
    keep: usize,
    sink: S,
    open: HashMap<u64, Known, RandomState>,
    first: Option<Moment>,
    last: Moment,
    problems: usize,
    waiting: usize,
    matched: Matched,
}

/// What is known of a connection that is not over.
#[derive(Debug, Default)]
struct Known {
    /// Its ends are asked for.
    possible: bool,
    /// The exchange that upgraded it is.
    upgraded: bool,
    matched: bool,
    /// Problems, until something matches.
    problems: Vec<Problem>,
    /// Each side's frames of a message that is not whole: only it tells whether they match.
    frames: [Vec<Frame>; 2],
}

impl<'f, S: Sink> Filtered<'f, S> {
    /// Passes on to `sink`, with no more than `keep` bytes of each body and payload.
    pub fn new(filter: &'f Filter, keep: usize, sink: S) -> Self {
        Self {
            filter,
            keep,
            sink,
            open: HashMap::default(),
            first: None,
            last: Moment::default(),
            problems: 0,
            waiting: 0,
            matched: Matched::default(),
        }
    }

    /// The same, where the capture's first packet is not among those it's told of.
    #[must_use]
    pub fn since(self, first: Option<Moment>) -> Self {
        Self { first, ..self }
    }

    /// How many connections matched.
    #[must_use]
    pub fn matched(&self) -> Matched {
        self.matched
    }

    fn is_possible(&self, connection: u64) -> bool {
        self.open.get(&connection).is_some_and(|known| known.possible)
    }

    fn spans(&self, extent: Extent) -> bool {
        self.filter.spans(extent, self.first.unwrap_or_default().time)
    }

    fn opened(&mut self, it: &Connection) {
        let possible = self.filter.has_ends_of(it);
        self.open.insert(it.number, Known { possible, ..Known::default() });
        if possible {
            self.sink.event(Event::Opened(it));
        }
    }

    /// Something on a connection matched: its problems so far are told.
    fn matches(&mut self, connection: u64) {
        let Some(known) = self.open.get_mut(&connection) else { return };
        known.matched = true;
        for problem in std::mem::take(&mut known.problems) {
            self.problems -= 1;
            self.sink.event(Event::Problem(&problem));
        }
    }

    fn exchange(&mut self, it: &Exchange) {
        if self.is_possible(it.connection) && self.spans(it.extent()) && self.filter.has_exchange(it) {
            self.matches(it.connection);
            match it.shortened(self.keep) {
                Some(short) => self.sink.event(Event::Exchange(&short)),
                None => self.sink.event(Event::Exchange(it)),
            }
        }
    }

    fn is_wanted(&self, it: &Leg) -> bool {
        let Leg { exchange, ends } = it;
        self.filter.has_ends(*ends) && self.spans(exchange.extent()) && self.filter.has_exchange(exchange)
    }

    fn upgraded(&mut self, it: &Exchange) {
        if let Some(known) = self.open.get_mut(&it.connection) {
            known.upgraded = self.filter.has_start_lines(it);
        }
    }

    /// Whether frames of a connection can match at all.
    fn has_frames(&self, connection: u64) -> bool {
        let known = self.open.get(&connection);
        known.is_some_and(|known| known.possible && (known.upgraded || !self.filter.is_of_exchanges()))
    }

    fn frame(&mut self, it: &Frame) {
        if !self.has_frames(it.connection) || !self.spans(it.extent) {
            return;
        }
        if self.filter.has_frame(it) {
            self.matches(it.connection);
            self.pass_frame(it);
        } else if self.filter.contains.is_some() && !it.is_control() {
            self.wait(it);
        }
    }

    fn pass_frame(&mut self, it: &Frame) {
        if it.payload.len() > self.keep {
            let mut short = it.clone();
            shorten(&mut short.payload, &mut short.payload_truncated, self.keep);
            self.sink.event(Event::Frame(&short));
        } else {
            self.sink.event(Event::Frame(it));
        }
    }

    /// A frame lacks the text: its message, put together and inflated, may have it.
    fn wait(&mut self, it: &Frame) {
        let cost = size_of::<Frame>() + it.payload.len();
        let Some(known) = self.open.get_mut(&it.connection) else { return };
        let frames = &mut known.frames[it.direction as usize];
        if it.opcode != 0 {
            self.waiting -= taken(frames).1;
        }
        if self.waiting + cost <= MAX_WAITING_FRAME_BYTES {
            self.waiting += cost;
            frames.push(it.clone());
        }
    }

    fn message(&mut self, it: &Message) {
        let Some(known) = self.open.get_mut(&it.connection) else { return };
        let (frames, freed) = taken(&mut known.frames[it.direction as usize]);
        self.waiting -= freed;
        if !self.has_frames(it.connection) || !self.spans(it.extent) || !self.filter.has_message(it) {
            return;
        }
        self.matches(it.connection);
        // Its opcode is the message's, whatever the frames that continue it have.
        for frame in frames.iter().filter(|frame| self.filter.has_opcode(frame.opcode)) {
            self.pass_frame(frame);
        }
        if it.payload.len() > self.keep {
            let mut short = it.clone();
            shorten(&mut short.payload, &mut short.payload_truncated, self.keep);
            self.sink.event(Event::Message(&short));
        } else {
            self.sink.event(Event::Message(it));
        }
    }

    fn problem(&mut self, it: &Problem) {
        let at = Moment { packet: if it.packet == 0 { self.last.packet } else { it.packet }, ..self.last };
        if !self.spans(Extent { first: at, last: at }) {
            return;
        }
        let of_connections = self.filter.is_of_connections();
        let Some(number) = it.connection else {
            // A packet that belongs to nobody: wanted by whoever asks for no one.
            if of_connections && self.filter.host.is_none() && self.filter.port.is_none() {
                self.sink.event(Event::Problem(it));
            }
            return;
        };
        let Some(known) = self.open.get_mut(&number).filter(|known| known.possible) else { return };
        if of_connections || known.matched || self.problems >= MAX_WAITING_PROBLEMS {
            self.sink.event(Event::Problem(it));
        } else {
            self.problems += 1;
            known.problems.push(it.clone());
        }
    }

    /// Whether a connection, as far as it has got, matches by what happened on it or by what it is.
    fn is_of(&self, known: &Known, it: &Connection) -> bool {
        known.matched || known.possible && self.filter.is_of_connections() && self.spans(it.extent)
    }

    fn closed(&mut self, it: &Connection) {
        self.matched.of += 1;
        let Some(mut known) = self.open.remove(&it.number) else { return };
        self.problems -= known.problems.len();
        self.waiting -= known.frames.iter_mut().map(|frames| taken(frames).1).sum::<usize>();
        if self.is_of(&known, it) {
            self.matched.connections += 1;
            self.sink.event(Event::Closed(it));
        }
    }
}

impl<S: Sink> Sink for Filtered<'_, S> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Interface(..) => self.sink.event(event),
            Event::Packet(it) => {
                self.first.get_or_insert(it.moment);
                self.last = it.moment;
                match &it.content {
                    PacketContent::Tcp(segment) if !self.is_possible(segment.connection) => {}
                    _ => self.sink.event(event),
                }
            }
            Event::Opened(it) => {
                // It comes before its first packet, which may be the capture's.
                self.first.get_or_insert(it.extent.first);
                self.opened(it);
            }
            Event::Upgraded(it) => {
                self.upgraded(it);
                if self.is_possible(it.connection) {
                    self.sink.event(event);
                }
            }
            Event::Request(it) | Event::Response(it) => {
                if self.is_possible(it.connection) {
                    self.sink.event(event);
                }
            }
            Event::Turned(connection) => {
                if self.is_possible(connection) {
                    self.sink.event(event);
                }
            }
            Event::Exchange(it) => self.exchange(it),
            Event::Frame(it) => self.frame(it),
            Event::Message(it) => self.message(it),
            Event::Stray(it) => {
                if self.is_possible(it.connection) && self.spans(it.extent) && self.filter.has_stray(it) {
                    self.sink.event(event);
                }
            }
            Event::Problem(it) => self.problem(it),
            Event::Hop(it) => {
                if [&it.from, &it.to].iter().any(|leg| self.is_wanted(leg)) {
                    self.sink.event(event);
                }
            }
            Event::Ended(it) => {
                if self.open.get(&it.number).is_some_and(|known| self.is_of(known, it)) {
                    self.sink.event(event);
                }
            }
            Event::Closed(it) => self.closed(it),
            Event::Bytes(delivered) => {
                if self.is_possible(delivered.connection) {
                    self.sink.event(event);
                }
            }
            Event::Derived(derived) => {
                if derived.made.side.is_none_or(|(connection, _)| self.is_possible(connection)) {
                    self.sink.event(event);
                }
            }
            Event::Piece(piece) => {
                if self.is_possible(piece.connection) {
                    self.sink.event(event);
                }
            }
        }
    }

    fn done(&self) -> bool {
        self.sink.done()
    }
}

/// Takes frames that wait, and says how many bytes they count for.
fn taken(frames: &mut Vec<Frame>) -> (Vec<Frame>, usize) {
    let cost = frames.iter().map(|frame| size_of::<Frame>() + frame.payload.len()).sum();
    (std::mem::take(frames), cost)
}

fn shorten(bytes: &mut Vec<u8>, truncated: &mut bool, keep: usize) {
    *truncated |= bytes.len() > keep;
    bytes.truncate(keep);
}
