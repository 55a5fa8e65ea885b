//! Derived streams: as many of their bytes as are kept, the packets that they were made from, and their fields.

use std::net::IpAddr;
use std::ops::Range;
use std::sync::Arc;

use super::element::{Group, MessageContext, moved};
use crate::inspect::event::{Derived, How, Made, Map};
use crate::inspect::record::Direction;
use crate::layers::application::http::annotate::{self as http, Content};
use crate::layers::application::websocket::Header;
use crate::layers::application::websocket::annotate::{self as websocket, Payload};
use crate::layers::headers::count;
use crate::layers::network::Path;
use crate::layers::network::fragments::Datagram;
use crate::layers::stack::{self, Annotated};
use crate::layers::{DerivedId, Field, Layer, Origin, Place, Run, Span};
use crate::limits::{MAX_DERIVED, MAX_PLACES};

/// Bytes that stand in no packet: made from others, which do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DerivedStream {
    /// What the spans of its fields stand in.
    pub origin: Origin,
    /// What it is called: "Inflated message 0 from the server, connection 0".
    pub name: String,
    /// What was done to the bytes that it was made from: "permessage-deflate undone (RFC 7692 §6.2)".
    pub how: String,
    /// How many bytes it has in all.
    pub length: u64,
    /// The position in it of the first byte that is kept.
    pub start: u64,
    /// Its bytes: all of them, or at most [`MAX_DERIVED`] of those that came of selected packets.
    pub bytes: Vec<u8>,
    /// What the bytes are: the leaves tile those that are kept.
    pub fields: Vec<Field>,
    /// The first and the last packet that it was made from.
    pub packets: (u64, u64),
    /// How it follows from the bytes that it was made from.
    pub map: Map,
    /// Where those lie, each with the position in the stream of the first byte that came of it.
    places: Vec<(u64, Run)>,
}

impl DerivedStream {
    /// Where the bytes lie that the kept bytes were made from: runs in packets, in stream order.
    pub fn made_from(&self) -> impl Iterator<Item = Run> {
        self.places.iter().map(|(_, run)| *run)
    }

    /// Follows some of its bytes back to packets: exactly if it was made byte for byte, else to all that it was made from.
    #[must_use]
    pub fn trace(&self, bytes: Range<u64>) -> Place {
        Place::of_runs(match self.map {
            Map::Whole => self.made_from().collect(),
            Map::Bytewise => self.places.iter().filter_map(|(at, run)| run.part(*at, &bytes)).collect(),
        })
    }
}

/// What a derived stream was so far.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) origin: Origin,
    pub(super) made: Made,
    group: Option<Arc<Group>>,
    /// How its bytes follow from those in packets.
    pub(super) map: Map,
    pub(super) length: u64,
    packets: (u64, u64),
    /// The last selected packet that it was made from.
    pub(super) selected: Option<u64>,
    /// Nothing more is made of it.
    pub(super) over: bool,
    start: u64,
    bytes: Vec<u8>,
    places: Vec<(u64, Run)>,
    window: Window,
    /// What was made last, and from where: a stream that is made from this one goes on there.
    newest: (u64, Vec<Run>),
}

/// Which bytes are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Window {
    /// All, so far: there are few.
    All,
    /// Those that come of selected packets, until others come in between.
    Selected,
    /// No more.
    Closed,
}

impl Kept {
    pub(super) fn new(first: &Derived<'_>, group: Option<Arc<Group>>) -> Self {
        Self {
            origin: Origin::Derived(first.id),
            made: first.made,
            group,
            map: first.map,
            length: 0,
            packets: (u64::MAX, 0),
            selected: None,
            over: false,
            start: 0,
            bytes: Vec::new(),
            places: Vec::new(),
            window: Window::All,
            newest: (0, Vec::new()),
        }
    }

    /// Bytes of memory it holds, roughly.
    pub(super) fn cost(&self) -> usize {
        self.bytes.len() + self.places.len() * size_of::<(u64, Run)>()
    }

    /// Takes the next bytes, which were made from bytes in packets: one for one, unless `map` says otherwise.
    pub(super) fn add(&mut self, bytes: &[u8], from: Vec<Run>, map: Map, selects: &impl Fn(u64) -> bool) {
        if map == Map::Whole {
            self.map = map;
        }
        let mut is_selected = false;
        for packet in from.iter().filter_map(|run| run.origin.packet()) {
            self.packets = (self.packets.0.min(packet), self.packets.1.max(packet));
            if selects(packet) {
                is_selected = true;
                self.selected = self.selected.max(Some(packet));
            }
        }
        if self.bytes.len() + bytes.len() > MAX_DERIVED || self.places.len() + from.len() > MAX_PLACES {
            self.narrow(selects);
        }
        let end = self.length + bytes.len() as u64;
        if self.window == Window::All || self.window == Window::Selected && is_selected {
            let mut at = self.length;
            for run in &from {
                self.place(at, *run);
                at += if self.map == Map::Bytewise { run.length } else { 0 };
            }
            let room = MAX_DERIVED - self.bytes.len();
            self.bytes.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
            if room < bytes.len() {
                self.window = Window::Closed;
            }
        } else if self.window == Window::Selected && self.bytes.is_empty() {
            self.begin_at(end);
        } else {
            self.window = Window::Closed;
        }
        self.newest = (self.length, from);
        self.length = end;
    }

    /// Where the bytes were made from that are at these positions, which were the last to be made.
    pub(super) fn trace(&self, bytes: &Range<u64>) -> Vec<Run> {
        let (mut at, runs) = (self.newest.0, &self.newest.1);
        if self.map == Map::Whole {
            return runs.clone();
        }
        let mut found = Vec::new();
        for run in runs {
            found.extend(run.part(at, bytes));
            at += run.length;
        }
        found
    }

    fn place(&mut self, at: u64, run: Run) {
        if let Some((_, last)) = self.places.last_mut()
            && last.origin == run.origin
        {
            // What comes of one reading of bytes may come in several pieces.
            if self.map == Map::Whole
                && last.offset <= run.offset
                && run.offset + run.length <= last.offset + last.length
            {
                return;
            }
            if last.offset + last.length == run.offset {
                last.length += run.length;
                return;
            }
        }
        self.places.push((at, run));
    }

    /// There is too much of it to keep all: keeps what came of selected packets.
    pub(super) fn narrow(&mut self, selects: &impl Fn(u64) -> bool) {
        if self.window != Window::All {
            return;
        }
        self.window = Window::Selected;
        let is_wanted = |(_, run): &(u64, Run)| run.origin.packet().is_some_and(selects);
        let Some(first) = self.places.iter().position(is_wanted) else { return self.begin_at(self.length) };
        let until = self.places.iter().skip(first).position(|place| !is_wanted(place)).map(|count| first + count);
        let from = self.places.get(first).map_or(0, |(at, _)| *at);
        if let Some((to, _)) = until.and_then(|until| self.places.get(until)) {
            self.bytes.truncate((to - self.start) as usize);
            self.window = Window::Closed;
        }
        self.bytes.drain(..((from - self.start) as usize).min(self.bytes.len()));
        self.places.truncate(until.unwrap_or(self.places.len()));
        self.places.drain(..first);
        self.start = from;
    }

    /// Nothing before that position is of a selected packet.
    fn begin_at(&mut self, start: u64) {
        self.bytes = Vec::new();
        self.places = Vec::new();
        self.start = start;
    }

    /// Nothing more of it is kept, and of what is no more than there is `room` for.
    pub(super) fn close(&mut self, room: usize) {
        self.window = Window::Closed;
        if self.cost() > room {
            self.places.truncate(room / 2 / size_of::<(u64, Run)>());
            let traced = self.places.last().map_or(0, |(at, run)| at + run.length - self.start);
            let whole = if self.map == Map::Whole { usize::MAX } else { traced as usize };
            self.bytes.truncate(whole.min(room / 2));
        }
    }

    /// The stream as it is shown, under a number that depends on nothing but what it is shown with.
    pub(super) fn stream(&self, id: DerivedId) -> DerivedStream {
        let origin = Origin::Derived(id);
        DerivedStream {
            origin,
            name: self.name(),
            how: self.how(),
            length: self.length,
            start: self.start,
            bytes: self.bytes.clone(),
            fields: self.fields(origin),
            packets: self.packets,
            map: self.map,
            places: self.places_of_kept(),
        }
    }

    fn places_of_kept(&self) -> Vec<(u64, Run)> {
        let kept = self.start..self.start + self.bytes.len() as u64;
        let cut = |(at, run): &(u64, Run)| match self.map {
            Map::Whole => Some((*at, *run)),
            Map::Bytewise => run.part(*at, &kept).map(|run| (at.max(&self.start).to_owned(), run)),
        };
        self.places.iter().filter_map(cut).collect()
    }

    fn name(&self) -> String {
        let Made { how, side, index } = self.made;
        let (connection, from) = side.unwrap_or((0, Direction::Client));
        let body = if from == Direction::Client { "request" } else { "response" };
        let (from, number) = (from.name(), index.unwrap_or(0));
        match how {
            How::Reassembled { source, destination, .. } => format!("Datagram from {source} to {destination}"),
            How::Dechunked => format!("Dechunked body of the {body}, exchange {connection}.{number}"),
            How::Decoded => format!("Decoded body of the {body}, exchange {connection}.{number}"),
            How::Unmasked => format!("Unmasked payload of frame {number} from the {from}, connection {connection}"),
            How::Inflated if index.is_none() => {
                format!("Inflated beginning of a message from the {from}, connection {connection}")
            }
            How::Inflated => format!("Inflated message {number} from the {from}, connection {connection}"),
        }
    }

    fn how(&self) -> String {
        match self.made.how {
            How::Reassembled { source, .. } => {
                let clause = if source.is_ipv4() { "RFC 791 §3.2" } else { "RFC 8200 §4.5" };
                format!("put together from fragments ({clause})")
            }
            How::Dechunked => "chunk sizes and line ends taken out (RFC 9112 §7.1)".to_owned(),
            How::Decoded => {
                let coding = self.message().and_then(MessageContext::coding).unwrap_or("its coding");
                format!("{coding} undone (RFC 9110 §8.4)")
            }
            How::Unmasked => "each byte XOR a byte of the masking key (RFC 6455 §5.3)".to_owned(),
            How::Inflated => "permessage-deflate undone (RFC 7692 §6.2)".to_owned(),
        }
    }

    fn message(&self) -> Option<&MessageContext> {
        match self.group.as_deref() {
            Some(Group::Message(message)) => Some(message),
            _ => None,
        }
    }

    /// Fields whose leaves tile the bytes that are kept.
    fn fields(&self, origin: Origin) -> Vec<Field> {
        let length = self.bytes.len() as u64;
        if length == 0 {
            return Vec::new();
        }
        if let How::Reassembled { source, destination, protocol } = self.made.how
            && length == self.length
        {
            return self.datagram(source, destination, protocol, origin);
        }
        let place = Place::of_runs(vec![Run { origin, offset: self.start, length }]);
        let mut field = match (self.made.how, self.group.as_deref()) {
            (How::Unmasked, Some(Group::Frame { header, compressed })) => {
                self.payload(header, *compressed && !header.is_control())
            }
            (How::Inflated, Some(Group::Frame { header, .. })) => {
                let mut field = self.payload(header, false);
                (field.name, field.clause) = ("message".into(), "RFC 7692 §6.2".into());
                field
            }
            (how, _) => http::content(&Content {
                sent: &self.bytes,
                length,
                content_type: self.message().and_then(MessageContext::content_type),
                coding: self.message().and_then(MessageContext::coding).filter(|_| how == How::Dechunked),
                chunk: false,
            }),
        };
        moved(&mut field, &place);
        vec![field]
    }

    fn datagram(&self, source: IpAddr, destination: IpAddr, protocol: u8, origin: Origin) -> Vec<Field> {
        let (path, payload, runs) = (Path::default(), self.bytes.clone(), Vec::new());
        let datagram = Datagram { source, destination, path, protocol, payload, runs };
        let Annotated { mut fields, payload, .. } = stack::annotate_datagram(&datagram, origin);
        if let Some(payload) = payload {
            let bits = payload.start as u64 * 8..payload.end as u64 * 8;
            let meaning = "Its bytes are named in the packets that carry them.";
            let spans = vec![Span { origin, bits }];
            let value = count(payload.len());
            fields.push(Field::new(Layer::Transport, "TCP payload", value, meaning, spans, "RFC 9293 §3.1"));
        }
        fields
    }

    fn payload(&self, header: &Header, compressed: bool) -> Field {
        let header = Header { mask_key: None, ..*header };
        let length = self.bytes.len() as u64;
        websocket::payload(&Payload { header: &header, compressed, sent: &self.bytes, length, at: self.start })
    }
}
