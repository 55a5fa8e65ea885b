//! What a hop changed: fields dropped, added and rewritten, trailers lost, responses made up or held back.
//!
//! What belongs to a connection and not to the message isn't compared, because a proxy has to remove it (RFC 9110
//! §7.6.1). The exception is an upgrade to WebSocket: the proxy has to add it again if the server is to see it.

use std::collections::HashMap;

use super::{Fate, Hop, SLOW_TO_PASS_ON};
use crate::inspect::record::{Direction, Exchange, Fields, HttpMessage, Request, Response};
use crate::layers::application::http::FieldName;
use crate::layers::application::websocket::handshake;

/// What became of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It isn't there any more.
    Dropped,
    /// It wasn't there before.
    Added,
    /// It's another.
    Changed,
    /// It was passed on later than it could have been.
    Delayed,
}

impl ChangeKind {
    /// The name the JSON contract gives it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Delayed => "delayed",
        }
    }
}

/// Which part of a message something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessagePart {
    /// The request or response as a whole.
    Message,
    /// The start line: method, target, version, status.
    StartLine,
    /// A field of the header section.
    Header,
    /// A field of the trailer section.
    Trailer,
    /// The content.
    Body,
}

/// Something that a hop changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What became of it.
    pub kind: ChangeKind,
    /// Whether it is in the request, which the client sends, or in the response.
    pub direction: Direction,
    /// Which part of that it is.
    pub part: MessagePart,
    /// The field's name as sent, or what else it is: "version", "status", "response".
    pub name: Vec<u8>,
    /// What it was on the side that it came from.
    pub before: Option<Vec<u8>>,
    /// What it is on the side that it was passed on to.
    pub after: Option<Vec<u8>>,
    /// The packet that shows it: of the message that was passed on.
    pub packet: u64,
}

impl Hop {
    /// Everything that it changed, the request's changes first.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let mut found = Vec::new();
        let [from, to] = [&self.from.exchange, &self.to.exchange];
        if let (Some(asked), Some(passed)) = (&from.request, &to.request) {
            requests(asked, passed, &mut found);
        }
        if self.fate == Fate::PassedOn {
            responses(to, from, &mut found);
        }
        found
    }

    /// What the proxy did to a requested upgrade to WebSocket, if anything: "dropped Upgrade".
    #[must_use]
    pub fn lost_upgrade(&self) -> Option<String> {
        let asked = &self.from.exchange.request.as_ref()?.message;
        let passed = self.to.exchange.request.as_ref()?;
        if handshake::is_asked(&asked.headers) { lost_upgrade(asked.version, passed) } else { None }
    }

    /// Whether the proxy answered the client itself, and not with what the server had answered.
    #[must_use]
    pub fn is_made_up(&self) -> bool {
        passed_on(&self.from.exchange).is_some_and(|told| is_made_up(self.to.exchange.response.as_deref(), told))
    }

    /// Whether the proxy asked if what it had stored was still good, was told so, and answered with that.
    #[must_use]
    pub fn is_revalidated(&self) -> bool {
        passed_on(&self.from.exchange).is_some_and(|told| is_revalidated(&self.to.exchange, told))
    }
}

/// What the client got for an answer; not a 101 to another protocol than WebSocket, which is between the two of them: the answer
/// comes in that protocol.
pub(super) fn passed_on(from: &Exchange) -> Option<&Response> {
    from.response.as_deref().filter(|it| it.status != 101 || from.upgraded.as_deref() == Some("websocket"))
}

pub(super) fn is_made_up(made: Option<&Response>, told: &Response) -> bool {
    made.is_none_or(|made| told.message.extent.first.time < made.message.extent.first.time)
}

/// Whether the server's 304 let a cache answer from its store (RFC 9111 §4.3.3).
pub(super) fn is_revalidated(made: &Exchange, told: &Response) -> bool {
    let is_conditional = made.request.as_ref().is_some_and(|it| {
        let fields = &it.message.headers;
        [FieldName::IfNoneMatch, FieldName::IfModifiedSince].into_iter().any(|name| fields.get(name).is_some())
    });
    let is_unmodified = made.response.as_ref().is_some_and(|it| it.status == 304);
    is_unmodified && is_conditional && matches!(told.status, 200 | 206) && !is_made_up(made.response.as_deref(), told)
}

/// What a proxy did to an upgrade that was requested in that version of the protocol: "dropped Upgrade".
pub(super) fn lost_upgrade(version: (u8, u8), passed: &Request) -> Option<String> {
    let fields = &passed.message.headers;
    let dropped = match (handshake::is_asked(fields), names_upgrade(fields)) {
        (false, false) => Some("dropped Upgrade and Connection: Upgrade"),
        (false, true) => Some("dropped Upgrade"),
        (true, false) => Some("dropped Connection: Upgrade"),
        (true, true) => None,
    };
    let older = version >= (1, 1) && passed.message.version < (1, 1);
    let made = older.then(|| format!("made it HTTP/{}", self::version(passed.message.version)));
    let deeds: Vec<String> = dropped.map(str::to_owned).into_iter().chain(made).collect();
    (!deeds.is_empty()).then(|| deeds.join(" and "))
}

fn names_upgrade(fields: &Fields) -> bool {
    fields.lists(FieldName::Connection, b"upgrade")
}

fn version((major, minor): (u8, u8)) -> String {
    format!("{major}.{minor}")
}

fn requests(asked: &Request, passed: &Request, found: &mut Vec<Change>) {
    let mut differ = Differ { direction: Direction::Client, packet: passed.message.extent.first.packet, found };
    differ.start_line("method", &asked.method, &passed.method);
    differ.start_line("target", &asked.target, &passed.target);
    if handshake::is_meant(&asked.message.headers) {
        differ.upgrade(&asked.message.headers, &passed.message.headers);
    }
    differ.messages(&asked.message, &passed.message);
}

/// What became of `made`, a server's response, on its way to the client.
pub(super) fn responses(made: &Exchange, told: &Exchange, found: &mut Vec<Change>) {
    let before = told.interim.as_slice();
    let Some(told) = passed_on(told) else { return };
    let is_revalidated = is_revalidated(made, told);
    let interim = made.interim.as_slice();
    let first = told.message.extent.first;
    let mut differ = Differ { direction: Direction::Server, packet: first.packet, found };
    let status = |it: &Response| it.status.to_string().into_bytes();
    if is_made_up(made.response.as_deref(), told) {
        differ.add(ChangeKind::Added, MessagePart::Message, b"response", None, Some(status(told)));
    }
    let Some(made) = &made.response else { return };
    let began = made.message.extent.first;
    if is_made_up(Some(made), told) {
        differ.packet = began.packet;
        return differ.add(ChangeKind::Dropped, MessagePart::Message, b"response", Some(status(made)), None);
    }
    if first.time.since(began.time) >= SLOW_TO_PASS_ON {
        let [before, after] = [began, first].map(|it| Some(it.time.to_string().into_bytes()));
        differ.add(ChangeKind::Delayed, MessagePart::Message, b"response", before, after);
    }
    differ.interim(interim, before);
    if is_revalidated {
        // The 304 updates what is stored: neither its fields nor its content are what the client is to get.
        return differ.add(
            ChangeKind::Changed,
            MessagePart::Message,
            b"response",
            Some(status(made)),
            Some(status(told)),
        );
    }
    differ.start_line("status", &status(made), &status(told));
    differ.messages(&made.message, &told.message);
}

/// Takes down what differs in one message.
struct Differ<'a> {
    direction: Direction,
    /// The packet in which it begins, as passed on.
    packet: u64,
    found: &'a mut Vec<Change>,
}

impl Differ<'_> {
    fn add(
        &mut self,
        kind: ChangeKind,
        part: MessagePart,
        name: &[u8],
        before: Option<Vec<u8>>,
        after: Option<Vec<u8>>,
    ) {
        let Self { direction, packet, .. } = *self;
        self.found.push(Change { kind, direction, part, name: name.to_vec(), before, after, packet });
    }

    fn start_line(&mut self, name: &str, before: &[u8], after: &[u8]) {
        if before != after {
            let [before, after] = [before, after].map(|it| Some(it.to_vec()));
            self.add(ChangeKind::Changed, MessagePart::StartLine, name.as_bytes(), before, after);
        }
    }

    /// The interim responses that were sent and not passed on. A proxy sends its own 100, and a 101 isn't interim.
    fn interim(&mut self, made: &[Response], told: &[Response]) {
        let mut passed: Vec<u16> = told.iter().map(|it| it.status).collect();
        for it in made.iter().filter(|it| !matches!(it.status, 100 | 101)) {
            if let Some(at) = passed.iter().position(|status| *status == it.status) {
                passed.swap_remove(at);
                continue;
            }
            let packet = std::mem::replace(&mut self.packet, it.message.extent.first.packet);
            let status = Some(it.status.to_string().into_bytes());
            self.add(ChangeKind::Dropped, MessagePart::Message, b"interim response", status, None);
            self.packet = packet;
        }
    }

    /// What happened to the two fields that ask for an upgrade.
    fn upgrade(&mut self, before: &Fields, after: &Fields) {
        let upgrade = |fields: &Fields| fields.get(FieldName::Upgrade).map(<[u8]>::to_vec);
        match (upgrade(before), upgrade(after)) {
            (before, after) if before == after => {}
            (before, after) => self.one(MessagePart::Header, FieldName::Upgrade.as_str().as_bytes(), before, after),
        }
        let option = |fields: &Fields| names_upgrade(fields).then(|| b"Upgrade".to_vec());
        if names_upgrade(before) != names_upgrade(after) {
            self.one(MessagePart::Header, FieldName::Connection.as_str().as_bytes(), option(before), option(after));
        }
    }

    fn messages(&mut self, before: &HttpMessage, after: &HttpMessage) {
        self.start_line("version", version(before.version).as_bytes(), version(after.version).as_bytes());
        self.sections(MessagePart::Header, &before.headers, &after.headers);
        if !(before.complete && after.complete) {
            return;
        }
        self.sections(MessagePart::Trailer, &before.trailers, &after.trailers);
        if before.body_bytes != after.body_bytes {
            let [before, after] = [before, after].map(|it| Some(it.body_bytes.to_string().into_bytes()));
            self.add(ChangeKind::Changed, MessagePart::Body, b"body", before, after);
        }
    }

    fn sections(&mut self, part: MessagePart, before: &Fields, after: &Fields) {
        let [before_hop, after_hop] = [before, after].map(OfConnection::of);
        let mut order: Vec<&[u8]> = Vec::new();
        let mut by_name: HashMap<Vec<u8>, [Vec<&[u8]>; 2]> = HashMap::new();
        for (side, (fields, hop)) in [(before, &before_hop), (after, &after_hop)].into_iter().enumerate() {
            for (name, value) in fields.iter() {
                let lower = name.to_ascii_lowercase();
                if hop.has(&lower) {
                    continue;
                }
                let values = by_name.entry(lower).or_insert_with(|| {
                    order.push(name);
                    [Vec::new(), Vec::new()]
                });
                values[side].push(value);
            }
        }
        for name in order {
            let Some([before, after]) = by_name.get(&name.to_ascii_lowercase()) else { continue };
            // Several lines of a list mean the same as one line (RFC 9110 §5.3).
            let joined = |values: &[&[u8]]| (!values.is_empty()).then(|| values.join(&b", "[..]));
            if joined(before) != joined(after) {
                let [before, after] = only_one_has(before, after);
                self.one(part, name, joined(&before), joined(&after));
            }
        }
    }

    fn one(&mut self, part: MessagePart, name: &[u8], before: Option<Vec<u8>>, after: Option<Vec<u8>>) {
        let kind = match (&before, &after) {
            (Some(_), None) => ChangeKind::Dropped,
            (None, Some(_)) => ChangeKind::Added,
            (Some(_), Some(_)) => ChangeKind::Changed,
            (None, None) => return,
        };
        self.add(kind, part, name, before, after);
    }
}

/// The values that only one side has, each side's in order.
fn only_one_has<'a>(before: &[&'a [u8]], after: &[&'a [u8]]) -> [Vec<&'a [u8]>; 2] {
    let left = |values: &[&'a [u8]], others: &[&'a [u8]]| {
        let mut taken: HashMap<&[u8], usize> = HashMap::new();
        for value in others {
            *taken.entry(value).or_default() += 1;
        }
        let mut left = values.to_vec();
        left.retain(|value| match taken.get_mut(value) {
            Some(times @ 1..) => {
                *times -= 1;
                false
            }
            _ => true,
        });
        left
    };
    [left(before, after), left(after, before)]
}

/// The fields that are for one connection only (RFC 9110 §7.6.1).
struct OfConnection(Vec<Vec<u8>>);

impl OfConnection {
    const ALWAYS: [&[u8]; 8] = [
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"transfer-encoding",
        b"upgrade",
    ];

    fn of(fields: &Fields) -> Self {
        let mut named: Vec<_> = fields.list(FieldName::Connection).map(<[u8]>::to_ascii_lowercase).collect();
        named.sort_unstable();
        Self(named)
    }

    fn has(&self, name: &[u8]) -> bool {
        Self::ALWAYS.contains(&name) || self.0.binary_search_by(|it| it.as_slice().cmp(name)).is_ok()
    }
}
