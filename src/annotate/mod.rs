//! Packets, exchanges and frames, field by field: every captured bit has a name.
//!
//! An [`Annotator`] is a sink. It remembers what the pipeline says about the streams' bytes, as far as the selection needs it,
//! and then names the fields of packets that are read a second time. The modules in `layers` decode and name the bytes; this one
//! knows which bytes they are, and in which packets.

mod derived;
mod element;
mod packets;
mod stream;
#[cfg(test)]
mod tests;
mod tile;
mod whole;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::mem::{Discriminant, discriminant};
use std::rc::Rc;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

pub use self::derived::DerivedStream;
use self::derived::Kept;
use self::element::{Element, Group, What};
pub use self::packets::AnnotatedPacket;
use self::stream::Stream;
use self::tile::{Groups, Rest, tile};
use self::whole::FirstAndLast;
pub use self::whole::{Whole, Wholes};
use crate::capture::LinkType;
use crate::inspect::event::{Delivered, Derived, Event, How, Map, Novelty, PacketContent, PacketSeen, PieceKind, Sink};
use crate::inspect::record::{Direction, Exchange, Message, Protocol};
use crate::layers::application::websocket::handshake;
use crate::layers::stack::{self, Outcome};
use crate::layers::{DerivedId, Field, Origin, Run};
pub use crate::limits::MOST_ANNOTATED;
use crate::limits::MOST_DERIVED;

/// What is to be annotated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Packets by number, from 1.
    Packets(BTreeSet<u64>),
    /// A connection, by number.
    Connection(u64),
    /// An exchange, by connection and index.
    Exchange(u64, u64),
    /// A WebSocket frame, by connection and index.
    Frame(u64, u64),
    /// Everything.
    All,
}

impl Selection {
    /// One packet.
    #[must_use]
    pub fn packet(number: u64) -> Self {
        Self::Packets(BTreeSet::from([number]))
    }

    /// Whether something of this connection may be selected.
    fn has_connection(&self, connection: u64) -> bool {
        match self {
            Self::Packets(_) | Self::All => true,
            Self::Connection(number) | Self::Exchange(number, _) | Self::Frame(number, _) => *number == connection,
        }
    }

    fn has_packet(&self, number: u64, connection: u64) -> bool {
        match self {
            Self::All => true,
            Self::Packets(numbers) => numbers.contains(&number),
            Self::Connection(selected) => *selected == connection,
            // Their packets are those of their elements.
            Self::Exchange(..) | Self::Frame(..) => false,
        }
    }

    /// Whether a packet is selected; `side` is what its bytes are of, if that is known.
    fn has_source(&self, number: u64, side: Option<(u64, Direction)>) -> bool {
        match (self, side) {
            // Below connections nobody knows whose it is.
            (Self::Connection(_), None) => true,
            (_, side) => self.has_packet(number, side.map_or(u64::MAX, |(connection, _)| connection)),
        }
    }

    fn has_element(&self, element: &Element) -> bool {
        match self {
            Self::All => true,
            Self::Packets(numbers) => element.place.packets().any(|number| numbers.contains(&number)),
            Self::Connection(connection) => *connection == element.connection,
            Self::Exchange(connection, index) => Unit::of(element) == Some(Unit::Exchange(*connection, *index)),
            Self::Frame(connection, index) => Unit::of(element) == Some(Unit::Frame(*connection, *index)),
        }
    }
}

/// What the bytes of a packet may belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// An exchange, by connection and index.
    Exchange(u64, u64),
    /// A WebSocket frame, by connection and index.
    Frame(u64, u64),
}

impl Unit {
    fn of(element: &Element) -> Option<Self> {
        match element.group.as_deref()? {
            Group::Message(_) => Some(Self::Exchange(element.connection, element.index)),
            Group::Frame { .. } => Some(Self::Frame(element.connection, element.index)),
        }
    }
}

/// Remembers what the pipeline, asked for pieces, says of the selected bytes.
#[derive(Debug)]
pub struct Annotator {
    selection: Selection,
    streams: HashMap<u64, [Stream; 2], RandomState>,
    making: Making,
    found: Found,
    /// What is yet to come before everything selected is known.
    /// The selected exchange or frame is over.
    over: bool,
    /// The fields of the elements that went on in other packets when they were asked for last: they're asked for there again.
    latest: RefCell<VecDeque<(usize, Rc<[Field]>)>>,
}

/// How many such elements are remembered: one of each side.
const LATEST: usize = 2;

/// What is being made from the bytes of each side: one stream of each kind at a time.
type Making = HashMap<(Option<(u64, Direction)>, Discriminant<How>), Kept, RandomState>;

/// What is made from the bytes of a side's stream, or from other such bytes.
const OF_STREAMS: [How; 4] = [How::Dechunked, How::Decoded, How::Unmasked, How::Inflated];

/// What it remembers.
#[derive(Debug)]
struct Found {
    /// In stream order within each direction of a connection.
    elements: Vec<Element>,
    /// Which of them have bytes in a packet, and which of their runs that is.
    in_packet: BTreeMap<u64, Vec<(usize, u32)>>,
    /// The selected packets that carry TCP segments: the connection, and how the bytes related to those before.
    seen: BTreeMap<u64, (u64, Novelty)>,
    /// What the connections with undecoded bytes turned out to speak.
    spoken: HashMap<u64, (Protocol, Option<String>), RandomState>,
    /// Derived streams of selected packets, each with the last of these.
    derived: BTreeMap<u64, Vec<Kept>>,
    /// How many bytes more it may remember.
    room: usize,
    /// The same for derived streams.
    room_for_derived: usize,
    limited: bool,
}

impl Found {
    fn new() -> Self {
        Self {
            elements: Vec::new(),
            in_packet: BTreeMap::new(),
            seen: BTreeMap::new(),
            spoken: HashMap::default(),
            derived: BTreeMap::new(),
            room: MOST_ANNOTATED,
            room_for_derived: MOST_DERIVED,
            limited: false,
        }
    }

    fn add(&mut self, element: Element, selection: &Selection) {
        if !selection.has_element(&element) || !self.keep(element.cost()) {
            return;
        }
        if element.what == What::Piece(PieceKind::Undecoded) {
            self.spoken.entry(element.connection).or_insert((Protocol::Unknown, None));
        }
        let at = self.elements.len();
        for (run, which) in element.place.runs().iter().zip(0..) {
            if let Some(number) = run.origin.packet() {
                self.in_packet.entry(number).or_default().push((at, which));
            }
        }
        self.elements.push(element);
    }

    /// Whether there is room for so many bytes more, which it then takes.
    fn keep(&mut self, bytes: usize) -> bool {
        let left = self.room.checked_sub(bytes);
        self.limited |= left.is_none();
        self.room = left.unwrap_or(self.room);
        left.is_some()
    }

    fn fields(&self, element: &Element) -> Vec<Field> {
        element.fields(self.spoken.get(&element.connection))
    }
}

impl Annotator {
    /// An annotator of what is selected. The pipeline must be asked for [pieces](crate::inspect::Options::pieces).
    #[must_use]
    pub fn new(selection: Selection) -> Self {
        Self {
            selection,
            streams: HashMap::default(),
            making: HashMap::default(),
            found: Found::new(),
            over: false,
            latest: RefCell::default(),
        }
    }

    /// Whether there was more than [`MOST_ANNOTATED`]: some payload has no names then.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.found.limited
    }

    /// The packets with bytes of what is selected, as far as they carry TCP.
    #[must_use]
    pub fn packets(&self) -> BTreeSet<u64> {
        let packets = self.found.in_packet.keys().chain(self.found.seen.keys()).copied();
        packets
            .filter(|number| !matches!(&self.selection, Selection::Packets(numbers) if !numbers.contains(number)))
            .collect()
    }

    /// The connection that a selected packet is of.
    #[must_use]
    pub fn connection_of(&self, number: u64) -> Option<u64> {
        let element = || self.in_packet(number).next().map(|element| element.connection);
        self.found.seen.get(&number).map(|(connection, _)| *connection).or_else(element)
    }

    /// The exchanges and frames that a selected packet has bytes of.
    #[must_use]
    pub fn units_of(&self, number: u64) -> Vec<Unit> {
        let mut units: Vec<Unit> = self.in_packet(number).filter_map(Unit::of).collect();
        units.dedup();
        units
    }

    /// Every field of a selected packet, from its first bit to its last: the leaves tile `data`.
    ///
    /// A field that goes beyond the packet has the whole value, only its spans in this packet, and a meaning that says
    /// where the rest is. Content and payload have the value of this packet's part.
    #[must_use]
    pub fn fields_of_packet(&self, number: u64, link: LinkType, data: &[u8]) -> Vec<Field> {
        let annotated = stack::annotate(link.0, number, data);
        let mut fields = annotated.fields;
        let (range, rest) = match (annotated.payload, &annotated.outcome) {
            (Some(range), _) => {
                let novelty = self.found.seen.get(&number).map(|(_, novelty)| *novelty);
                (range, Rest::of(novelty, self.found.limited))
            }
            // The segment is whole only in the datagram: its bytes here have names where the pipeline read them.
            (None, Outcome::Fragment(fragment)) if self.in_packet(number).next().is_some() => {
                let range = fragment.position..fragment.position + fragment.data.len();
                let bits = range.start as u64 * 8;
                let is_it = |field: &Field| field.parts.is_empty() && field.spans.iter().any(|s| s.bits.start == bits);
                let Some(at) = fields.iter().position(is_it) else { return fields };
                let Field { layer, name, meaning, clause, .. } = fields.remove(at);
                (range, Rest { layer, name, meaning, clause })
            }
            _ => return fields,
        };
        let bits = range.start as u64 * 8;
        let behind = |field: &Field| field.spans.first().is_some_and(|span| span.bits.start >= bits);
        let at = fields.iter().position(behind).unwrap_or(fields.len());
        let named =
            tile(Origin::Packet(number), range, self.runs_in(number), |at, element| self.fields_at(at, element), &rest);
        fields.splice(at..at, named);
        fields
    }

    /// The derived streams to be shown with a selected packet, in the order in which they began: it is the last selected one
    /// that they were made from.
    #[must_use]
    pub fn derived_with(&self, number: u64) -> Vec<DerivedStream> {
        let over = self.found.derived.get(&number).into_iter().flatten();
        let mut kept: Vec<&Kept> = over.chain(self.making.values().filter(|it| it.selected == Some(number))).collect();
        kept.retain(|it| it.length > 0);
        kept.sort_by_key(|it| it.origin);
        (1..).zip(kept).map(|(id, kept)| kept.stream(DerivedId(id))).collect()
    }

    /// The fields of an exchange: its request's, then those of its responses, with spans in all packets that carry it.
    #[must_use]
    pub fn fields_of_exchange(&self, connection: u64, index: u64) -> Wholes {
        self.fields_of(Unit::Exchange(connection, index))
    }

    /// Every field of a WebSocket frame, with spans in all packets that carry it.
    #[must_use]
    pub fn fields_of_frame(&self, connection: u64, index: u64) -> Vec<Field> {
        self.fields_of(Unit::Frame(connection, index)).all.into_iter().map(|it| it.field).collect()
    }

    fn fields_of(&self, unit: Unit) -> Wholes {
        let mut messages: FirstAndLast<FirstAndLast<Element>> = FirstAndLast::default();
        for direction in [Direction::Client, Direction::Server] {
            let is_of_it = |e: &&Element| e.direction == direction && Unit::of(e) == Some(unit);
            let mut latest: Option<&Element> = None;
            for element in self.found.elements.iter().filter(is_of_it) {
                let is_same = |before: &Element| match (&before.group, &element.group) {
                    (Some(one), Some(other)) => Arc::ptr_eq(one, other),
                    _ => false,
                };
                let message = messages.last_mut().filter(|_| latest.is_some_and(is_same));
                let before = latest.replace(element);
                if let (Some(message), Some(before)) = (message, before) {
                    match message.last_mut() {
                        Some(last) if element.continues(before) => last.extend(element),
                        _ => message.push(element.clone()),
                    }
                } else {
                    let mut message = FirstAndLast::default();
                    message.push(element.clone());
                    messages.push(message);
                }
            }
        }
        let (messages, left_out) = messages.finish();
        let whole = messages.into_iter().filter_map(|message| {
            let (elements, left_out) = message.finish();
            let mut groups = Groups::default();
            for element in &elements {
                groups.add(element, self.found.fields(element));
            }
            groups.finish().into_iter().next().map(|field| Whole { field, left_out })
        });
        Wholes { all: whole.collect(), left_out }
    }

    fn in_packet(&self, number: u64) -> impl Iterator<Item = &Element> {
        self.runs_in(number).map(|(_, element, _)| element)
    }

    /// The elements with bytes in a packet, each with its number and where these bytes are.
    fn runs_in(&self, number: u64) -> impl Iterator<Item = (usize, &Element, Run)> {
        let here = self.found.in_packet.get(&number).map(Vec::as_slice).unwrap_or_default();
        here.iter().filter_map(|(at, run)| {
            let element = self.found.elements.get(*at)?;
            Some((*at, element, *element.place.runs().get(*run as usize)?))
        })
    }

    fn fields_at(&self, at: usize, element: &Element) -> Rc<[Field]> {
        if element.place.runs().len() <= 1 {
            return self.found.fields(element).into();
        }
        let mut latest = self.latest.borrow_mut();
        if let Some((_, fields)) = latest.iter().find(|(of, _)| *of == at) {
            return Rc::clone(fields);
        }
        let fields: Rc<[Field]> = self.found.fields(element).into();
        latest.truncate(LATEST - 1);
        latest.push_front((at, Rc::clone(&fields)));
        fields
    }

    fn packet(&mut self, packet: &PacketSeen) {
        /// What remembering a packet costs, roughly.
        const COST: usize = 64;
        if let PacketContent::Tcp(segment) = &packet.content
            && self.selection.has_packet(packet.moment.packet, segment.connection)
            && self.found.keep(COST)
        {
            self.found.seen.insert(packet.moment.packet, (segment.connection, segment.novelty));
        }
    }

    fn bytes(&mut self, delivered: &Delivered<'_>) {
        let connection = delivered.connection;
        let both = self.streams.entry(connection).or_insert_with(|| {
            [Direction::Client, Direction::Server].map(|direction| Stream::new(connection, direction))
        });
        let [client, server] = both;
        let stream = if delivered.direction == Direction::Client { client } else { server };
        let Self { selection, found, .. } = self;
        stream.bytes(delivered, &mut |element| found.add(element, selection));
    }

    fn stream(&mut self, connection: u64, direction: Direction) -> Option<&mut Stream> {
        let [client, server] = self.streams.get_mut(&connection)?;
        Some(if direction == Direction::Client { client } else { server })
    }

    /// An exchange or a frame is over: nothing of it follows.
    fn over(&mut self, unit: Unit) {
        self.all_made(unit);
        let (Unit::Exchange(connection, _) | Unit::Frame(connection, _)) = unit;
        let Self { selection, found, streams, over, .. } = self;
        for stream in streams.get_mut(&connection).into_iter().flatten() {
            stream.over(unit, &mut |element| found.add(element, selection));
        }
        *over |= match *selection {
            Selection::Exchange(connection, index) => unit == Unit::Exchange(connection, index),
            Selection::Frame(connection, index) => unit == Unit::Frame(connection, index),
            _ => false,
        };
    }

    /// Where bytes lie in packets that something of a side is made from, and how they follow from these.
    fn traced(&self, run: Run, side: Option<(u64, Direction)>) -> (Vec<Run>, Map) {
        let bytes = run.offset..run.offset + run.length;
        let Origin::Derived(id) = run.origin else { return (vec![run], Map::Bytewise) };
        if let Some(stream) = self.stream_of(side).filter(|stream| stream.id == Some(id)) {
            return (stream.trace(&bytes), Map::Bytewise);
        }
        let before = OF_STREAMS.iter().filter_map(|how| self.making.get(&(side, discriminant(how))));
        let from = before.into_iter().find(|kept| kept.origin == run.origin);
        from.map_or((Vec::new(), Map::Whole), |kept| (kept.trace(&bytes), kept.map))
    }

    fn stream_of(&self, side: Option<(u64, Direction)>) -> Option<&Stream> {
        let (connection, direction) = side?;
        self.streams.get(&connection)?.get(direction as usize)
    }

    fn derived(&mut self, it: &Derived<'_>) {
        let side = it.made.side;
        let (from, map) = self.traced(it.from, side);
        let key = (side, discriminant(&it.made.how));
        if self.making.get(&key).is_some_and(|kept| kept.origin != Origin::Derived(it.id)) {
            self.made(&key);
        }
        let mut kept = self.making.remove(&key).unwrap_or_else(|| {
            let group = self.stream_of(side).and_then(|stream| stream.group.clone());
            Kept::new(it, group)
        });
        let selects = |number| self.selection.has_source(number, side);
        let mut room = self.found.room_for_derived + kept.cost();
        let is_exact = from.iter().map(|run| run.length).sum::<u64>() == it.bytes.len() as u64;
        kept.add(it.bytes, from, if is_exact && map == Map::Bytewise { it.map } else { Map::Whole }, &selects);
        if kept.cost() > room && kept.selected.is_some() {
            // What may never be selected makes room.
            for other in self.making.values_mut().filter(|other| other.selected.is_none()) {
                room += other.cost();
                other.narrow(&|_| false);
            }
        }
        if kept.cost() > room {
            kept.narrow(&selects);
            kept.close(room);
        }
        self.found.room_for_derived = room - kept.cost();
        self.making.insert(key, kept);
    }

    /// A derived stream is over.
    fn made(&mut self, key: &(Option<(u64, Direction)>, Discriminant<How>)) {
        let Some(kept) = self.making.remove(key) else { return };
        match kept.selected {
            Some(number) => self.found.derived.entry(number).or_default().push(kept),
            None => self.found.room_for_derived += kept.cost(),
        }
    }

    fn message(&mut self, message: &Message) {
        let key = (Some((message.connection, message.direction)), discriminant(&How::Inflated));
        if let Some(kept) = self.making.get_mut(&key).filter(|_| message.compressed) {
            kept.made.index = Some(message.index);
            kept.over = true;
        }
    }

    /// What was made from the bytes of an exchange or a frame is all there.
    fn all_made(&mut self, unit: Unit) {
        let (connection, index, hows) = match unit {
            Unit::Exchange(connection, index) => (connection, index, &[How::Dechunked, How::Decoded][..]),
            Unit::Frame(connection, index) => (connection, index, &[How::Unmasked][..]),
        };
        for (direction, how) in
            Direction::BOTH.into_iter().flat_map(|direction| hows.iter().map(move |how| (direction, how)))
        {
            if let Some(kept) = self.making.get_mut(&(Some((connection, direction)), discriminant(how))) {
                kept.over |= kept.made.index == Some(index);
            }
        }
    }

    fn response(&mut self, exchange: &Exchange) {
        let Some(stream) = self.stream(exchange.connection, Direction::Server) else { return };
        if let Some(response) = exchange.latest_response() {
            stream.learn(&response.message, exchange);
        }
    }

    fn closed(&mut self, connection: u64) {
        for direction in [Direction::Client, Direction::Server] {
            for how in OF_STREAMS {
                self.made(&(Some((connection, direction)), discriminant(&how)));
            }
        }
    }

    fn upgraded(&mut self, exchange: &Exchange) {
        let headers = exchange.response.as_ref().map(|response| &response.message.headers);
        let deflate = headers.is_some_and(|headers| handshake::extensions(headers).deflate.is_some());
        for stream in self.streams.get_mut(&exchange.connection).into_iter().flatten() {
            stream.deflate = deflate;
        }
    }
}

impl Sink for Annotator {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Packet(packet) => self.packet(packet),
            Event::Bytes(delivered) if self.selection.has_connection(delivered.connection) => self.bytes(&delivered),
            Event::Piece(piece) => {
                let Self { selection, found, streams, .. } = self;
                if let Some([client, server]) = streams.get_mut(&piece.connection) {
                    let stream = if piece.direction == Direction::Client { client } else { server };
                    stream.piece(&piece, &mut |element| found.add(element, selection));
                }
            }
            Event::Request(exchange) => {
                if let (Some(stream), Some(request)) =
                    (self.stream(exchange.connection, Direction::Client), &exchange.request)
                {
                    stream.learn(&request.message, exchange);
                }
            }
            Event::Response(exchange) => self.response(exchange),
            Event::Derived(derived) => self.derived(&derived),
            Event::Message(message) => self.message(message),
            Event::Upgraded(exchange) => self.upgraded(exchange),
            Event::Exchange(it) => {
                let request = it.request.as_ref().is_none_or(|request| request.message.complete);
                if request && it.response.as_ref().is_some_and(|response| response.message.complete) {
                    self.over(Unit::Exchange(it.connection, it.index));
                }
            }
            Event::Frame(it) if it.complete => self.over(Unit::Frame(it.connection, it.index)),
            Event::Closed(connection) => {
                self.closed(connection.number);
                let Self { selection, found, streams, .. } = self;
                for mut stream in streams.remove(&connection.number).into_iter().flatten() {
                    stream.finish(&mut |element| found.add(element, selection));
                }
                if let Some(spoken) = found.spoken.get_mut(&connection.number) {
                    *spoken = (connection.protocol, connection.protocol_detail.clone());
                }
            }
            _ => {}
        }
    }

    /// Whether everything that is selected is known, whatever follows; but what a connection turns out to speak, which its end
    /// tells.
    fn done(&self) -> bool {
        match &self.selection {
            Selection::Exchange(..) | Selection::Frame(..) => self.over,
            // What packets are named can change until their connection is over.
            Selection::Packets(_) | Selection::Connection(_) | Selection::All => false,
        }
    }
}
