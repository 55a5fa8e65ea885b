//! How the sides of a connection that speaks HTTP end it (RFC 9112 §9.3 to §9.6): who said that they would, who has to, and
//! what came too late or too early for that.

use super::record::{Direction, HttpMessage};
use crate::layers::Source;
use crate::layers::application::http::{Fault, FieldName, Framing, Head, is_endless};

/// How long, in nanoseconds, a server may take to close a connection that it has to close, before that's worth
/// reporting.
pub(super) const SLOW_TO_CLOSE: u64 = 5_000_000_000;

/// What makes a server close after its response to most requests that make it.
const SAID_CLOSE: &str = "the request says Connection: close";

/// What each side announced of its end, and did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Endings {
    /// Where the client said Connection: close.
    said: Option<Source>,
    /// Why the server has to close the connection, and from when on.
    owed: Option<(&'static str, Source)>,
    /// Where the client and the server sent their FIN.
    fins: [Option<Source>; 2],
    /// A refusal that came before all of its request had: its status, and where it is.
    early: Option<(u16, Source)>,
}

impl Endings {
    /// A request comes that makes the server close for that reason, if it does. Returns what is wrong if it comes after one
    /// side's end.
    pub(super) fn request(&mut self, method: &[u8], closes: Option<&'static str>, source: Source) -> Option<Fault> {
        let late = if let Some(said) = self.said {
            Some(Fault::RequestAfterOwnClose(said.ready.packet))
        } else {
            let fin = self.fins[Direction::Server as usize].filter(|fin| fin.ready.packet < source.ready.packet);
            fin.map(|fin| Fault::RequestAfterFin {
                fin: fin.ready.packet,
                before: source.ready.time.since(fin.ready.time),
                idempotent: matches!(method, b"GET" | b"HEAD" | b"OPTIONS" | b"TRACE" | b"PUT" | b"DELETE"),
            })
        };
        if closes == Some(SAID_CLOSE) {
            self.said = Some(source);
        }
        late
    }

    /// All of a request is there, so nothing that was answered until now came too early for it.
    pub(super) fn request_is_whole(&mut self) {
        self.early = None;
    }

    /// A request is refused before all of it is there.
    pub(super) fn refused_early(&mut self, status: u16, source: Source) {
        self.early = Some((status, source));
    }

    /// A final response comes, to a request that makes the server close for that reason, if it does.
    pub(super) fn response(&mut self, head: &Head<'_>, framing: Framing, closes: Option<&'static str>, source: Source) {
        let version = head.start.map_or((1, 1), |start| start.version);
        let why = if says(head, b"close") {
            Some("the response says Connection: close")
        } else if framing == Framing::UntilClose {
            Some("the response's body ends with the connection")
        } else if version < (1, 1) && !says(head, b"keep-alive") {
            Some("the response is in HTTP/1.0 and does not promise to keep the connection (Connection: keep-alive)")
        } else {
            closes
        };
        self.owed = why.map(|why| (why, source));
    }

    /// The server is still sending: it isn't late to close.
    #[inline]
    pub(super) fn server_sends(&mut self, source: Source) {
        if let Some((_, since)) = &mut self.owed {
            *since = source;
        }
    }

    /// A side sends its FIN. Returns what is wrong with the server if it should have been first, and since when.
    pub(super) fn fin(&mut self, from: Direction, source: Source) -> Option<(Fault, Source)> {
        let late = self.owed.filter(|_| from == Direction::Client && self.fins[Direction::Server as usize].is_none());
        let late = late.and_then(|(why, since)| {
            let held = source.ready.time.since(since.ready.time);
            (held >= SLOW_TO_CLOSE).then_some((Fault::CloseNotDone { why, held }, since))
        });
        self.fins[from as usize].get_or_insert(source);
        late
    }

    /// Whether that side sent its FIN.
    pub(super) fn is_over(&self, side: Direction) -> bool {
        self.fins[side as usize].is_some()
    }

    /// Whether the server has to close, and nobody waits for more of it.
    pub(super) fn is_owed(&self) -> bool {
        self.owed.is_some()
    }

    /// A side, if it is known which, resets the connection while something is on its way. Returns what explains that.
    pub(super) fn reset(&mut self, by: Option<Direction>) -> Option<Fault> {
        let (status, answer) = self.early.take().filter(|_| by == Some(Direction::Server))?;
        Some(Fault::AnsweredWhileSending { status, answered: answer.ready.packet })
    }

    /// The client stops in the middle of its request. Returns what explains that: a refusal that came before.
    pub(super) fn stopped(&mut self) -> Option<Fault> {
        let (status, answer) = self.early.take()?;
        Some(Fault::RefusedWhileSending { status, answered: answer.ready.packet })
    }

    /// Whether the client left this response, an endless stream that was on its way to it.
    pub(super) fn client_left(&self, response: &HttpMessage) -> bool {
        self.fins[Direction::Client as usize].is_some_and(|fin| response.extent.first.packet < fin.ready.packet)
            && response.headers.get(FieldName::ContentType).is_some_and(is_endless)
    }
}

/// Why a server has to close the connection after its response to a request, if it does: the client wants it (RFC 9112
/// §9.6), or the request's framing is in doubt (§6.1).
pub(super) fn closes(head: &Head<'_>, found: &[Fault]) -> Option<&'static str> {
    if says(head, b"close") {
        return Some(SAID_CLOSE);
    }
    found.iter().find_map(|fault| match fault {
        Fault::BothLengths => Some("the request has both Content-Length and Transfer-Encoding"),
        Fault::TransferCodingInOldVersion => Some("the request has Transfer-Encoding in HTTP/1.0"),
        _ => None,
    })
}

/// Whether a head's Connection has that option.
fn says(head: &Head<'_>, option: &[u8]) -> bool {
    head.lists(FieldName::Connection, option)
}
