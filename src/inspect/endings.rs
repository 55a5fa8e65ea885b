//! How the sides of a connection that speaks HTTP end it (RFC 9112 §9.3 to §9.6): who said that they would, who has to, and
//! what came too late or too early for that.

use super::record::{Direction, Extent, HttpMessage, Moment};
use crate::layers::Source;
use crate::layers::application::http::{Fault, FieldName, Framing, Head};

/// How long, in nanoseconds, a server may take to close a connection that it has to close, before that's worth
/// reporting.
pub(super) const SLOW_TO_CLOSE: u64 = 5_000_000_000;

/// How long a client has to have waited for a response, or for more of it, if it is to have left because nothing came, in
/// nanoseconds.
pub(super) const PATIENT: u64 = 1_000_000_000;

/// What makes a server close after its response to most requests that make it.
const SAID_CLOSE: &str = "the request says Connection: close";

/// The same of a response whose body has no other end.
const UNTIL_CLOSE: &str = "the response's body ends with the connection";

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
    /// It was told that the client gave up waiting.
    gave_up_is_told: bool,
    /// What says why the client's last request isn't complete.
    cut: Option<u64>,
    /// The client's last request needn't be complete: the server had said that it would close.
    excused: bool,
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
        (self.cut, self.excused) = (None, false);
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
            Some(UNTIL_CLOSE)
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

    /// Whether the last response has a body that ends with the connection.
    pub(super) fn lasts_until_close(&self) -> bool {
        self.owed.is_some_and(|(why, _)| why == UNTIL_CLOSE)
    }

    /// Whether the server has to close, and nobody waits for more of it.
    pub(super) fn is_owed(&self) -> bool {
        self.owed.is_some()
    }

    /// The problem or note of that id says why the client's last request isn't complete.
    pub(super) fn explain_cut(&mut self, id: Option<u64>) {
        self.cut = id;
    }

    /// The server closes, and had said that it would: the client's last request needn't be complete.
    pub(super) fn excuse_cut(&mut self) {
        self.excused = true;
    }

    /// Whether it was told why the client's last request isn't complete, or needn't be.
    pub(super) fn is_cut_explained(&self) -> bool {
        self.excused || self.cut.is_some()
    }

    /// What says why the client's last request isn't complete.
    pub(super) fn cut(&self) -> Option<u64> {
        self.cut
    }

    /// A side resets the connection while something is on its way. Returns what explains that.
    pub(super) fn reset(&mut self, by: Direction) -> Option<Fault> {
        let (status, answer) = self.early.take().filter(|_| by == Direction::Server)?;
        Some(Fault::AnsweredWhileSending { status, answered: answer.ready.packet })
    }

    /// The client stops in the middle of its request. Returns what explains that: a refusal that came before.
    pub(super) fn stopped(&mut self) -> Option<Fault> {
        let (status, answer) = self.early.take()?;
        Some(Fault::RefusedWhileSending { status, answered: answer.ready.packet })
    }

    /// How the client left this response, if it closed its half of the connection in the middle of it. `is_whole`: whether the
    /// capture has all that came of the response.
    pub(super) fn client_left(&self, response: &HttpMessage, is_whole: bool) -> Option<Left> {
        let Extent { first, last } = response.extent;
        let fin = self.fins[Direction::Client as usize].filter(|fin| first.packet < fin.ready.packet)?;
        let more = last.packet > fin.ready.packet;
        let after = (is_whole && !more).then(|| fin.ready.time.since(last.time));
        let waited = after.filter(|after| *after >= PATIENT);
        Some(Left { fin, after, waited, more })
    }

    /// The client's FIN, if the client had waited for the response to what it asked then. It's returned once.
    pub(super) fn client_gave_up(&mut self, asked: Moment) -> Option<Source> {
        let [client, server] = self.fins;
        let is_first = |fin: &Source| server.is_none_or(|server| fin.ready.packet < server.ready.packet);
        let fin = client.filter(is_first).filter(|fin| fin.ready.time.since(asked.time) >= PATIENT)?;
        (!std::mem::replace(&mut self.gave_up_is_told, true)).then_some(fin)
    }

    /// The client's FIN, if it came while a response's head was incomplete whose latest byte is from there, and the client
    /// hadn't waited for more.
    pub(super) fn client_left_in_head(&self, latest: Source) -> Option<Left> {
        let fin = self.fins[Direction::Client as usize].filter(|fin| latest.ready.packet < fin.ready.packet)?;
        let after = fin.ready.time.since(latest.ready.time);
        let left = Left { fin, after: Some(after), waited: None, more: false };
        Some(left).filter(|_| after < PATIENT)
    }
}

/// How a client left a response that it closed the connection in the middle of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    pub(super) fin: Source,
    /// How long after the latest byte of the response, in nanoseconds, if it was the latest and that is known.
    pub(super) after: Option<u64>,
    /// The same if it was so long that the client waited in vain.
    pub(super) waited: Option<u64>,
    /// Whether the server went on sending.
    pub(super) more: bool,
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
