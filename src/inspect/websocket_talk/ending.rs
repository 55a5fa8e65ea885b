//! How a WebSocket ends: with close frames or without, in which order, and because of what.

use super::super::endings::SLOW_TO_CLOSE;
use super::super::output::{About, Output};
use super::super::record::Direction;
use super::{Sender, Sent, WebSocketTalk};
use crate::layers::Source;
use crate::layers::application::websocket::Fault;
use crate::layers::quoted::Quoted;

/// How long, in nanoseconds, nobody sends anything before an end that may come from that.
const LONG_IDLE: u64 = 5_000_000_000;

/// Why a connection ends, as far as there's something to say: by side, the client first.
#[derive(Debug, Default)]
pub(super) struct Reasons {
    /// That the side ended it because no pong came, until that's told.
    gave_up: [Option<GaveUp>; 2],
    /// What says that nobody acknowledged what the side sent, until the end.
    unheard: [Option<u64>; 2],
    /// Who ended it without a close frame, and how long nobody had sent anything then, in nanoseconds.
    idle: Option<(Direction, u64)>,
}

impl Reasons {
    /// Notes that a side ended the connection because no pong came, if it did. Its first reason counts.
    pub(super) fn note(reasons: &mut Option<Box<Self>>, gave_up: Option<GaveUp>) {
        if let Some(it) = gave_up {
            reasons.get_or_insert_default().gave_up[it.from as usize].get_or_insert(it);
        }
    }
}

/// That a side ended the connection while one of its pings was waiting for a pong.
#[derive(Debug)]
pub(super) struct GaveUp {
    from: Direction,
    ping: Source,
    about: About,
    fault: Fault,
}

impl WebSocketTalk {
    /// A side sends its FIN: after both close frames, the server should have been first (RFC 6455 §5.5.1).
    pub(super) fn check_tcp_is_closed(&self, from: Direction, source: Source, out: &mut Output<'_>) {
        let Some(closed) = self.closed.filter(|_| from == Direction::Client) else { return };
        let held = source.ready.time.since(closed.ready.time);
        if !self.sides[Direction::Server as usize].finished && held >= SLOW_TO_CLOSE {
            let about = About::connection(self.connection).by(Direction::Server);
            out.problem(closed, about, &Fault::TcpLeftOpen { held });
        }
    }

    /// A side ends the TCP connection, by FIN or reset. If no side said so before in a frame, an unanswered ping may be why.
    pub(in crate::inspect) fn leaves(&mut self, from: Direction, source: Source) {
        let about = About::connection(self.connection).by(from);
        let [side, other] = [from, from.reverse()].map(|side| &self.sides[side as usize]);
        let is_first = !side.rules.is_closed() && !other.rules.is_closed() && !other.finished;
        if is_first && !side.finished {
            let gave_up = self.sides[from as usize].gives_up(about, source);
            Reasons::note(&mut self.reasons, gave_up);
            let idle = self.latest.map_or(0, |latest| source.ready.time.since(latest));
            if idle >= LONG_IDLE && !self.is_inside() {
                self.reasons.get_or_insert_default().idle = Some((from, idle));
            }
        }
    }

    /// Nobody acknowledged what a side sent, until the end, as the problem or note of that id says.
    pub(in crate::inspect) fn unheard(&mut self, sender: Direction, id: u64) {
        self.reasons.get_or_insert_default().unheard[sender as usize] = Some(id);
    }

    /// Tells of the pings that a side gave up on. Where nobody acknowledged what it sent, no pong could come.
    fn tell_pings(&mut self, out: &mut Output<'_>) -> Option<u64> {
        let Reasons { gave_up, unheard, .. } = &mut **self.reasons.as_mut()?;
        let mut told = gave_up.iter_mut().zip(unheard).map(|(gave_up, unheard)| {
            let id = gave_up.take().map(|it| out.problem(it.ping, it.about.because(*unheard), &it.fault));
            id.or(*unheard)
        });
        // Both are told, whichever is the first.
        let [client, server] = [told.next().flatten(), told.next().flatten()];
        client.or(server)
    }

    /// An end that is finished has sent a close frame, or never will (RFC 6455 §7.1.5): reports that once.
    pub(in crate::inspect) fn check_ending(
        &mut self,
        reset: bool,
        cause: Option<u64>,
        source: Source,
        out: &mut Output<'_>,
    ) {
        let cause = self.tell_pings(out).or(cause);
        let lacking = self.sides.each_ref().map(|side| !side.rules.is_closed());
        let over = self.sides.each_ref().map(|side| side.finished || reset);
        let missing = match lacking {
            [true, true] => "neither side sent a close frame: a browser reports this as code 1006, wasClean false",
            [true, false] => "the client sent no close frame: a browser reports the server's code, the server 1006",
            [false, true] => "the server sent no close frame: a browser reports this as code 1006, wasClean false",
            [false, false] => return,
        };
        let certain = lacking.iter().zip(over).any(|(lacking, over)| *lacking && over);
        if certain && !self.ending_told && !(reset && self.is_inside()) {
            self.ending_told = true;
            let cause = cause.or_else(|| {
                let (from, idle) = self.reasons.as_mut()?.idle.take()?;
                let about = About::connection(self.connection).by(from);
                Some(out.problem(source, about, &Fault::ClosedAfterIdle { from, idle }))
            });
            let about = About::connection(self.connection).because(cause);
            out.problem(source, about, &Fault::NoCloseHandshake { missing });
        }
    }
}

impl Sender {
    /// This side sends a close frame with that code and reason, perhaps because of the other side's last message; or, if `is_own`
    /// says that this may be told, for a reason of its own.
    pub(super) fn closes(
        &self,
        (code, reason, is_own): (Option<u16>, Option<Quoted>, bool),
        last: Option<Sent>,
        about: About,
        source: Source,
        out: &mut Output<'_>,
    ) {
        let own = match code {
            Some(1008) => Some("what was sent breaks its policy"),
            Some(1011) => Some("it met an error of its own"),
            Some(1013) => Some("it is overloaded, and the client may try again later"),
            Some(1014) => Some("it is a gateway, and got no valid answer from the server behind it"),
            _ => None,
        };
        if let (Some(code), Some(meaning), true) = (code, own, is_own) {
            let closed = Fault::ClosedForError { from: self.direction, code, meaning, reason };
            out.problem(source, about.because(last.and_then(|last| last.cause)), &closed);
            return;
        }
        let meaning = match code {
            Some(1003) => "it can't take this kind of data",
            Some(1007) => "the data isn't what the message's type says",
            Some(1009) => "the message is too big",
            _ => return,
        };
        if let (Some(code), Some(Sent { packet, text, bytes, cause })) = (code, last) {
            let refused = Fault::MessageRefused { from: self.direction, code, meaning, text, bytes, packet };
            out.problem(source, about.because(cause), &refused);
        }
    }

    /// The packet in which the message of this side begins that it hasn't ended, if all of it was seen so far.
    pub(super) fn unfinished(&self) -> Option<u64> {
        self.message.as_ref().filter(|message| !message.broken).map(|message| message.message.extent.first.packet)
    }

    /// This side ends the connection before the other does: one of its pings that's still waiting for a pong may be the reason.
    pub(super) fn gives_up(&mut self, about: About, source: Source) -> Option<GaveUp> {
        let from = self.direction;
        let (ping, waited, other) = self.pings.give_up(source)?;
        let fault = match other {
            Some(packet) => Fault::PongWithOtherData { from, packet, waited },
            None => Fault::PingUnanswered { from, waited },
        };
        Some(GaveUp { from, ping, about, fault })
    }
}
