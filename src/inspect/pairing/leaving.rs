//! Messages that end before their end: who closed the connection first, and what the bytes show of why.

use super::super::endings::{Left, PATIENT};
use super::super::output::{About, Output, report};
use super::super::record::{Direction, Moment};
use super::Pairing;
use crate::layers::Source;
use crate::layers::application::http::{Fault, FieldName, Missing, Then, is_endless};

/// What explains a reset.
#[derive(Clone, Copy, Debug)]
pub(in crate::inspect) enum Explained {
    /// Nothing has to: no harm was done.
    Expected,
    /// The problem or note of that id, if it's known.
    By(Option<u64>),
}

impl Pairing {
    /// The server's stream ends inside its response, as `fault` says. `crosses`: whether the server's FIN was sent before the
    /// client's reached it.
    pub(in crate::inspect) fn cut_short(&mut self, fault: Fault, crosses: bool, source: Source, out: &mut Output<'_>) {
        let about = self.about(Direction::Server);
        let left = if let Fault::BodyCutShort(left) = fault { Some(left) } else { None };
        if let Some((said, came)) = left.and_then(|left| self.decoded_length(left)) {
            report(&[Fault::DecodedLength { said, came }], about, source, out);
            return;
        }
        match self.client_left().filter(|_| !crosses) {
            // Who leaves an endless stream cuts nothing short.
            Some(_) if self.is_endless() => {}
            Some(Left { waited: Some(waited), fin, .. }) => {
                let fin = fin.ready.packet;
                report(&[Fault::BodyNeverCame { missing: left, waited, fin }], about, source, out);
            }
            Some(leaving) => {
                self.tell_client_left(&leaving, left.map_or(Missing::Some, Missing::Bytes), out);
            }
            None => {
                report(&[fault], about, source, out);
            }
        }
    }

    /// The server closes, and with that ends a response that lasts until then: unless the client had left before, and the server was
    /// still sending.
    pub(in crate::inspect) fn ends_with_connection(&self, out: &mut Output<'_>) {
        if self.response.is_some()
            && self.endings.lasts_until_close()
            && !self.is_endless()
            && let Some(left) = self.client_left().filter(|left| left.more)
        {
            self.tell_client_left(&left, Missing::Unknown, out);
        }
    }

    /// The server's stream ends inside a response's head, whose latest byte came from `latest`.
    pub(in crate::inspect) fn head_cut_short(
        &self,
        latest: Option<Source>,
        crosses: bool,
        source: Source,
        out: &mut Output<'_>,
    ) {
        match latest.and_then(|latest| self.endings.client_left_in_head(latest)).filter(|_| !crosses) {
            Some(left) => {
                self.tell_client_left(&left, Missing::Some, out);
            }
            None => {
                report(&[Fault::HeadCutShort], self.about(Direction::Server), source, out);
            }
        }
    }

    /// Whether the response in progress is an endless stream.
    fn is_endless(&self) -> bool {
        let response = self.current(Direction::Server).and_then(|open| open.exchange.response.as_ref());
        let kind = response.and_then(|response| response.message.headers.get(FieldName::ContentType));
        self.response.is_some() && kind.is_some_and(is_endless)
    }

    /// How the client left the response in progress, if it closed the connection in the middle of it.
    fn client_left(&self) -> Option<Left> {
        let response = self.current(Direction::Server)?.exchange.response.as_ref()?;
        let is_whole = self.response.as_ref().is_none_or(|content| !content.lacks_bytes());
        self.endings.client_left(&response.message, is_whole)
    }

    /// Says that the client left the response in progress, of which that is `missing`. Returns the note's id.
    fn tell_client_left(&self, left: &Left, missing: Missing, out: &mut Output<'_>) -> Option<u64> {
        let Left { fin, after, more, .. } = *left;
        let about = self.about(Direction::Server).by(Direction::Client);
        report(&[Fault::ClientLeft { missing, after, more }], about, fin, out)
    }

    /// The connection was reset while something was on its way. Says what explains that, if it's known. `unfinished`: when the
    /// latest byte came of a request that isn't complete.
    pub(in crate::inspect) fn reset(
        &mut self,
        by: Direction,
        unfinished: Option<Moment>,
        source: Source,
        out: &mut Output<'_>,
    ) -> Explained {
        if by == Direction::Server {
            let stalled = unfinished.and_then(|latest| self.stalled(true, latest, Then::Reset, source, out));
            if let Some(cause) = stalled.or(self.endings.cut()) {
                return Explained::By(Some(cause));
            }
        } else if self.is_endless() {
            // Nobody reads an endless stream to its end.
            return Explained::Expected;
        }
        if let Some(fault) = self.endings.reset(by) {
            return Explained::By(report(&[fault], self.about(Direction::Server), source, out));
        }
        let left = self.client_left().filter(|_| by == Direction::Client && self.response.is_some());
        match left {
            Some(left) => Explained::By(self.tell_client_left(&left, Missing::Some, out)),
            None => Explained::By(self.late.take().or_else(|| self.gave_up(out))),
        }
    }

    /// Nobody acknowledged what a side sent, until the end, as the problem or note of that id says: a request never arrived.
    pub(in crate::inspect) fn unheard(&mut self, sender: Direction, id: u64) {
        self.unheard = Some(id).filter(|_| sender == Direction::Client);
    }

    /// If the client closed its half after it had waited for a response that didn't begin, says so. Returns the note's id.
    pub(in crate::inspect) fn gave_up(&mut self, out: &mut Output<'_>) -> Option<u64> {
        let is_asked = self.open.get(self.answered)?.exchange.request.as_ref().is_some_and(|it| it.message.complete);
        let asked = self.awaits_response().filter(|_| is_asked && self.heard[Direction::Server as usize])?;
        let fin = self.endings.client_gave_up(asked)?;
        let waited = fin.ready.time.since(asked.time);
        let gateway = self.open.get(self.answered).and_then(|open| out.scratch.hops.gave_up(open.ticket));
        let about = self.about(Direction::Server).by(Direction::Client).because(self.unheard.or(gateway));
        report(&[Fault::ClientGaveUp { waited }], about, fin, out)
    }

    /// The client's stream ends inside its request, as `fault` says, unless something else explains it.
    pub(in crate::inspect) fn request_cut_short(&mut self, fault: Fault, source: Source, out: &mut Output<'_>) {
        if !self.endings.is_cut_explained() {
            // A client whose request was refused need not finish it.
            let fault = self.endings.stopped().unwrap_or(fault);
            report(&[fault], self.about(Direction::Client), source, out);
        }
    }

    /// When the latest byte came of the request that isn't complete, if there's one without a response, and the capture has all of
    /// it so far.
    pub(in crate::inspect) fn latest_of_request(&self) -> Option<Moment> {
        let open = self.open.get(self.answered).filter(|open| !open.lost && open.exchange.response.is_none())?;
        open.content.as_ref().filter(|content| !content.lacks_bytes())?;
        open.exchange.request.as_ref().map(|request| request.message.extent.last)
    }

    /// The server closes the connection in the middle of the client's request, whose latest byte is from then.
    pub(in crate::inspect) fn closed_in_request(
        &mut self,
        latest: Moment,
        crosses: bool,
        source: Source,
        out: &mut Output<'_>,
    ) {
        if self.endings.is_owed() {
            return self.endings.excuse_cut();
        }
        let is_over = self.endings.is_over(Direction::Client) || !self.heard[Direction::Client as usize];
        if is_over || !crosses && self.stalled(true, latest, Then::Closed, source, out).is_some() {
            return;
        }
        let interim = self.has_interim();
        let closed = Fault::ClosedWithoutResponse { crosses, interim, inside: true };
        let id = report(&[closed], self.about(Direction::Server), source, out);
        self.endings.explain_cut(id);
    }

    /// The client hasn't completed its request, whose latest byte is from then, and the server loses patience. Says that the
    /// request stalled, if it did, and returns the note's id. `shown`: whether the request is shown as an exchange.
    pub(in crate::inspect) fn stalled(
        &mut self,
        shown: bool,
        latest: Moment,
        then: Then,
        source: Source,
        out: &mut Output<'_>,
    ) -> Option<u64> {
        let waited = source.ready.time.since(latest.time);
        // Who waits for 100 Continue isn't expected to send the body.
        if waited < PATIENT || self.endings.cut().is_some() || self.is_body_optional() {
            return self.endings.cut();
        }
        let about = About::connection(self.connection).by(Direction::Client);
        let about = if shown { about.exchange(self.index(Direction::Client)) } else { about };
        let fault = Fault::RequestStalled { waited, then, packet: source.ready.packet };
        let id = report(&[fault], about, Source::of(latest), out);
        self.endings.explain_cut(id);
        id
    }

    /// If the server's content, which ends `left` bytes early, is whole when its coding is undone, and then has the length that
    /// it should have had before: that length, and how many bytes came.
    fn decoded_length(&mut self, left: u64) -> Option<(u64, u64)> {
        let (content, message) = self.content(Direction::Server)?;
        let (came, said) = (message.wire_body_bytes, message.wire_body_bytes + left);
        content.decodes_to(said).then_some((said, came))
    }
}
