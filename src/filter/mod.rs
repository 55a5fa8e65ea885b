//! Decides which records are wanted. Owns what matching means; knows nothing about how a filter is typed or how records are shown.
//!
//! A [`Filter`] is a set of conditions, all of which must hold. Each is about one kind of thing:
//!
//! | condition | is about |
//! |---|---|
//! | address, port | the connection |
//! | host name, method, path, status | the exchange; and frames, by the exchange that upgraded their connection |
//! | opcode | frames and messages: no exchange has one |
//! | direction, text | what one side said: frames, messages, and its part of an exchange |
//! | from, until | all of them: anything that overlaps the span |
//!
//! A connection matches if something on it does. [`Filtered`] passes on to a view what matches, in one pass.

mod filtered;
mod glob;
mod target;

use std::net::IpAddr;
use std::ops::RangeInclusive;

use memchr::memmem;

pub use self::filtered::{Filtered, MAX_SEARCHED_TEXT, Matched};
use crate::inspect::record::{
    Connection, Direction, Ends, Exchange, Extent, Frame, HttpMessage, Message, Moment, Request, Response, Stray,
};
use crate::moment::Timestamp;

/// The conditions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Who is spoken to.
    pub host: Option<Host>,
    /// A port of either end.
    pub port: Option<RangeInclusive<u16>>,
    /// The status of the final response, or of an interim one.
    pub status: Option<RangeInclusive<u16>>,
    /// The method, case aside.
    pub method: Option<String>,
    /// A pattern for the path, with `*` and `?`; the query is no part of it.
    pub path: Option<String>,
    /// The opcode of a frame, or of the message that it is.
    pub opcode: Option<u8>,
    /// Who said it.
    pub direction: Option<Direction>,
    /// Bytes in the head or the body, or in the payload, as far as these are kept.
    pub contains: Option<Vec<u8>>,
    /// Nothing that ended before.
    pub from: Option<Point>,
    /// Nothing that began after.
    pub until: Option<Point>,
}

/// Who is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// An end of the connection has this address.
    Address(IpAddr),
    /// The request names a host that fits this pattern, case aside.
    Name(String),
}

/// A point of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// A packet, by number.
    Packet(u64),
    /// So many nanoseconds after the first packet.
    After(u64),
    /// A time.
    At(Timestamp),
}

impl Point {
    /// How it stands to a moment of a capture whose first packet is of `start`.
    fn compare(self, moment: Moment, start: Timestamp) -> std::cmp::Ordering {
        match self {
            Self::Packet(number) => number.cmp(&moment.packet),
            Self::After(nanoseconds) => start.0.saturating_add(nanoseconds).cmp(&moment.time.0),
            Self::At(time) => time.cmp(&moment.time),
        }
    }
}

impl Filter {
    /// Whether everything matches.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it is connections alone that are asked about: one may match with nothing said on it.
    #[must_use]
    pub fn is_of_connections(&self) -> bool {
        !self.is_of_exchanges() && self.opcode.is_none() && self.direction.is_none() && self.contains.is_none()
    }

    fn is_of_exchanges(&self) -> bool {
        let named = matches!(self.host, Some(Host::Name(_)));
        named || self.status.is_some() || self.method.is_some() || self.path.is_some()
    }

    /// Whether something overlaps the span; `start` is the time of the capture's first packet.
    #[must_use]
    pub fn spans(&self, extent: Extent, start: Timestamp) -> bool {
        self.from.is_none_or(|from| from.compare(extent.last, start).is_le())
            && self.until.is_none_or(|until| until.compare(extent.first, start).is_ge())
    }

    /// Whether a connection's two ends are asked for.
    #[must_use]
    pub fn has_ends_of(&self, it: &Connection) -> bool {
        self.has_ends(it.ends())
    }

    fn has_ends(&self, ends: Ends) -> bool {
        let address = match &self.host {
            Some(Host::Address(address)) => ends.iter().any(|end| end.ip().to_canonical() == address.to_canonical()),
            _ => true,
        };
        address && self.port.as_ref().is_none_or(|ports| ends.iter().any(|end| ports.contains(&end.port())))
    }

    /// Whether an exchange matches, its connection and time aside.
    #[must_use]
    pub fn has_exchange(&self, it: &Exchange) -> bool {
        let client = self.direction != Some(Direction::Server);
        let server = self.direction != Some(Direction::Client);
        let said = it.request.is_some() && client || (it.response.is_some() || !it.interim.is_empty()) && server;
        let contains = self.contains.as_ref().is_none_or(|text| {
            client && it.request.as_ref().is_some_and(|it| in_request(it, text))
                || server && responses(it).any(|it| in_response(it, text))
        });
        self.opcode.is_none() && said && contains && self.has_start_lines(it)
    }

    /// Whether an exchange is what the conditions on method, path, status and host name ask for.
    fn has_start_lines(&self, it: &Exchange) -> bool {
        let status = self.status.as_ref().is_none_or(|wanted| responses(it).any(|it| wanted.contains(&it.status)));
        let request = |holds: &dyn Fn(&Request) -> bool| it.request.as_ref().is_some_and(holds);
        let is_method = |wanted: &String| request(&|it| it.method.eq_ignore_ascii_case(wanted.as_bytes()));
        let method = self.method.as_ref().is_none_or(is_method);
        let path = self.path.as_ref().is_none_or(|path| request(&|it| glob::fits(path.as_bytes(), target::path(it))));
        let host = match &self.host {
            Some(Host::Name(name)) => request(&|it| {
                target::host(it)
                    .is_some_and(|host| glob::fits(&name.as_bytes().to_ascii_lowercase(), &host.to_ascii_lowercase()))
            }),
            _ => true,
        };
        status && method && path && host
    }

    /// Whether a frame matches, its connection, its time and how it was upgraded aside.
    #[must_use]
    pub fn has_frame(&self, it: &Frame) -> bool {
        self.is_said_by(it.direction) && self.has_opcode(it.opcode) && self.is_in(&it.payload)
    }

    /// The same of a message.
    #[must_use]
    pub fn has_message(&self, it: &Message) -> bool {
        self.is_said_by(it.direction) && self.has_opcode(it.opcode) && self.is_in(&it.payload)
    }

    /// Whether what belongs to no message and no frame matches, its connection and its time aside. It alone makes no
    /// connection match.
    #[must_use]
    pub fn has_stray(&self, it: &Stray) -> bool {
        let opcode = it.frame.as_ref().map(|frame| frame.opcode);
        let is_any = self.opcode.is_none_or(|wanted| opcode == Some(wanted)) && !self.is_of_exchanges();
        is_any && self.is_said_by(it.direction) && self.is_in(&it.bytes)
    }

    fn is_said_by(&self, direction: Direction) -> bool {
        self.direction.is_none_or(|wanted| wanted == direction)
    }

    fn has_opcode(&self, opcode: u8) -> bool {
        self.opcode.is_none_or(|wanted| wanted == opcode)
    }

    fn is_in(&self, payload: &[u8]) -> bool {
        self.contains.as_ref().is_none_or(|text| memmem::find(payload, text).is_some())
    }
}

fn responses(it: &Exchange) -> impl Iterator<Item = &Response> {
    it.responses()
}

fn in_request(it: &Request, text: &[u8]) -> bool {
    // The start line as it was sent is a part of the section's bytes, but not where the record was made otherwise.
    memmem::find(&it.target, text).is_some() || in_message(&it.message, text)
}

fn in_response(it: &Response, text: &[u8]) -> bool {
    memmem::find(&it.reason, text).is_some() || in_message(&it.message, text)
}

fn in_message(it: &HttpMessage, text: &[u8]) -> bool {
    [&it.headers.block, &it.trailers.block, &it.body].iter().any(|bytes| memmem::find(bytes, text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::record::Fields;

    fn exchange() -> Exchange {
        let message = |head: &str, body: &str| HttpMessage {
            headers: Fields::parse(head.as_bytes()),
            body: body.into(),
            ..HttpMessage::default()
        };
        let request = Request {
            method: b"POST".to_vec(),
            target: b"/api/users?page=2".to_vec(),
            message: message("Host: API.example.com:8080\r\n\r\n", "asked"),
        };
        let response = |status, body| Response { status, reason: Vec::new(), message: message("\r\n", body) };
        Exchange {
            request: Some(request),
            interim: vec![response(103, "")],
            response: Some(response(404, "answered").into()),
            ..Exchange::default()
        }
    }

    #[test]
    fn each_condition_takes_what_it_asks_for_and_nothing_else() {
        let all = Filter::default;
        let name = |name: &str| Filter { host: Some(Host::Name(name.to_owned())), ..all() };
        let status = |first, last| Filter { status: Some(first..=last), ..all() };
        let method = |method: &str| Filter { method: Some(method.to_owned()), ..all() };
        let path = |path: &str| Filter { path: Some(path.to_owned()), ..all() };
        let contains = |text: &str, direction| Filter { contains: Some(text.into()), direction, ..all() };
        let it = exchange();
        for taken in [
            all(),
            name("api.example.com"),
            name("*.EXAMPLE.com"),
            status(400, 499),
            status(103, 103),
            method("post"),
            path("/api/*"),
            contains("answered", None),
            contains("asked", Some(Direction::Client)),
        ] {
            assert!(taken.has_exchange(&it), "{taken:?}");
        }
        for left in [
            name("example.com"),
            status(405, 499),
            method("GET"),
            path("/api"),
            contains("Answered", None),
            contains("asked", Some(Direction::Server)),
            Filter { opcode: Some(1), ..all() },
        ] {
            assert!(!left.has_exchange(&it), "{left:?}");
        }
        let mut unanswered = it;
        (unanswered.response, unanswered.interim) = (None, Vec::new());
        assert!(!Filter { direction: Some(Direction::Server), ..all() }.has_exchange(&unanswered));
    }

    #[test]
    fn a_span_takes_all_that_overlaps_it() {
        let moment = |packet, time| Moment { packet, time: Timestamp(time) };
        let extent = Extent { first: moment(5, 1_050), last: moment(9, 1_090) };
        let holds = |from, until| Filter { from, until, ..Filter::default() }.spans(extent, Timestamp(1_000));
        assert!(holds(None, None));
        assert!(holds(Some(Point::Packet(9)), None) && !holds(Some(Point::Packet(10)), None));
        assert!(holds(None, Some(Point::Packet(5))) && !holds(None, Some(Point::Packet(4))));
        assert!(holds(Some(Point::After(90)), None) && !holds(Some(Point::After(91)), None));
        assert!(holds(None, Some(Point::At(Timestamp(1_050)))) && !holds(None, Some(Point::At(Timestamp(1_049)))));
        assert!(holds(Some(Point::Packet(6)), Some(Point::After(60))));
    }
}
