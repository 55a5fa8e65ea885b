//! What a head brings: a request opens an exchange, and a response belongs to the oldest that lacks one.

use super::super::content::Content;
use super::super::endings::closes;
use super::super::event::Event;
use super::super::open_exchange::begin;
use super::super::output::{About, Output, report};
use super::super::record::{Direction, Request};
use super::switch::{Switch, switch};
use super::{Pairing, asked};
use crate::layers::Source;
use crate::layers::application::http::{
    Fault, FieldName, Framing, Head, Parts, Sniffer, StartLine, Then, is_part, judge_request, judge_response,
    of_request, of_response,
};
use crate::layers::application::websocket::{self, Draft, handshake};
use crate::layers::quoted::Quoted;
use crate::limits::MAX_INTERIM;

impl Pairing {
    /// Takes a head; returns how its body is framed, and what the connection switches to after it, if anything.
    pub(in crate::inspect) fn head(
        &mut self,
        from: Direction,
        head: &Head<'_>,
        source: Source,
        out: &mut Output<'_>,
    ) -> (Framing, Option<Switch>) {
        let (framing, switch) = match from {
            Direction::Client => (self.request(head, source, out), None),
            Direction::Server => self.response(head, source, out),
        };
        self.chunked[from as usize] = framing == Framing::Chunked;
        // In a redacted file, what replaces content gives nothing away.
        let is_watched = framing != Framing::None && !is_part(head) && !out.redacted;
        self.sniffers[from as usize] = is_watched.then(|| Sniffer::after(head, framing));
        self.making[from as usize] = [None; 2];
        (framing, switch)
    }

    /// Notes where the head just taken began, and reports it to the view.
    pub(in crate::inspect) fn began(&mut self, from: Direction, began: Source, source: Source, out: &mut Output<'_>) {
        let Some((_, message)) = self.content(from) else { return };
        message.extent.first = began.ready;
        message.extent.last = source.ready;
        if let Some(open) = self.current(from) {
            if from == Direction::Server && open.exchange.response.is_some() {
                let held = out.scratch.hops.answered(open.ticket, &open.exchange, began.ready);
                report(held.as_slice(), self.about(from), source, out);
                if let Some((cause, late)) = out.scratch.hops.too_late(open.ticket, began.ready) {
                    report(&[late], self.about(from).because(Some(cause)), source, out);
                }
            }
            out.emit(match from {
                Direction::Client => Event::Request(&open.exchange),
                Direction::Server => Event::Response(&open.exchange),
            });
        }
    }

    fn request(&mut self, head: &Head<'_>, source: Source, out: &mut Output<'_>) -> Framing {
        let Some(StartLine { version, parts: Parts::Request { method, target }, .. }) = head.start else {
            return Framing::None;
        };
        out.summary.http_requests += 1;
        self.pass_lost(Direction::Client, out);
        let mut found = head.faults.to_vec();
        let framing = match of_request(head, &mut found) {
            // A third key follows, whose length isn't announced.
            Framing::None if Draft::has_third_key(|name| head.get(name).is_some()) => Framing::Length(Draft::THIRD_KEY),
            framing => framing,
        };
        let mut broken = Vec::new();
        judge_request(head, &mut broken);
        let about = About::connection(self.connection).by(Direction::Client).exchange(self.next_index);
        let cause = report(&found, about, source, out);
        let cause = report(&broken, about, source, out).filter(|_| cause.is_none()).or(cause);
        let closes = closes(head, &found);
        if let Some(unasked) = self.unasked.take().filter(|_| *version >= (1, 0)) {
            report(
                &[Fault::MalformedStatusLine],
                About::connection(self.connection).by(Direction::Server),
                unasked,
                out,
            );
        }
        if let Some(late) = self.endings.request(head.slice(method), closes, source) {
            self.late = report(&[late], about, source, out);
        }
        if let (Some(tunnel), Some(host)) = (&self.tunnel, head.get(FieldName::Host))
            && head.slice(method) != b"CONNECT"
            && !is_host_of(host, tunnel.as_bytes())
        {
            let (tunnel, host) = (Quoted::of(tunnel.as_bytes()), Quoted::of(host));
            report(&[Fault::OtherHostInTunnel { tunnel, host }], about, source, out);
        }
        let mut open = out.scratch.exchange.take().unwrap_or_default();
        let request = open.exchange.request.get_or_insert_default();
        refill(&mut request.method, head.slice(method));
        refill(&mut request.target, head.slice(target));
        begin(&mut request.message, head, *version);
        self.asked_simply |= *version == (0, 9);
        (open.cause, open.closes) = (cause, closes);
        open.ticket = out.ends.map(|ends| out.scratch.hops.asked(ends, request, source.ready)).unwrap_or_default();
        if handshake::is_meant(&request.message.headers) {
            let hop = out.scratch.hops.lost_upgrade(open.ticket, request).filter(|_| head.whole);
            let hop = hop.map(|hop| out.problem(source, about, &hop));
            if let Some(cause) = hop {
                out.scratch.hops.explain(open.ticket, cause);
            }
            let mut found = Vec::new();
            handshake::judge_request(asked(request), head.whole, &mut found);
            open.cause = hop.or(cause).or(report(&found, about.because(hop), source, out));
        }
        open.content = Some(Content::start(head, &mut request.message, out.redacted));
        self.open(open, out);
        framing
    }

    fn response(&mut self, head: &Head<'_>, source: Source, out: &mut Output<'_>) -> (Framing, Option<Switch>) {
        let Some(StartLine { version, parts: Parts::Status { status, reason }, .. }) = head.start else {
            return (Framing::None, None);
        };
        let interim = (100..=199).contains(status) && *status != 101;
        if interim {
            out.summary.http_interim += 1;
        } else {
            out.summary.http_responses += 1;
        }
        self.tell_undecoded(None, out);
        self.pass_lost(Direction::Server, out);
        if self.answered == self.open.len() {
            // RFC 9110 §15.5.9: a server may send 408 on a connection that was idle for too long.
            let whole = self.whole && self.heard[Direction::Client as usize];
            if whole && std::mem::take(&mut self.skipped) {
                let skipped_at = self.skipped_at.unwrap_or(source);
                let about = About::connection(self.connection).by(Direction::Client);
                report(&[Fault::MalformedRequestLine], about, skipped_at, out);
            } else if whole && !std::mem::take(&mut self.interrupted) {
                let fault = if *status == 408 { Fault::IdleTimeout } else { Fault::ResponseWithoutRequest };
                let about = About::connection(self.connection).by(Direction::Server).exchange(self.next_index);
                report(&[fault], about, source, out);
            }
            self.open(Box::default(), out);
        }
        let mut found = head.faults.to_vec();
        let about = self.about(Direction::Server);
        let stalled = match self.latest_of_request().filter(|_| *status == 408) {
            Some(latest) => self.stalled(true, latest, Then::Answered(408), source, out),
            None => None,
        };
        let Some(open) = self.open.get_mut(self.answered) else { return (Framing::None, None) };
        let exchange = &mut open.exchange;
        open.cause = open.cause.or(stalled);
        if !interim && open.content.is_some() && *status >= 400 && stalled.is_none() {
            self.endings.refused_early(*status, source);
        }
        // A cache that may only give what it has asks nobody (RFC 9111 §5.2.1.7).
        let asks = |request: &&Request| !request.message.headers.lists(FieldName::CacheControl, b"only-if-cached");
        if let Some(request) = exchange.request.as_ref().filter(|_| *status == 504).filter(asks) {
            let waited = source.ready.time.since(request.message.extent.last.time);
            let id = report(&[Fault::GatewayTimeout { waited }], about, source, out);
            out.scratch.hops.timed_out(open.ticket, id);
        }
        if self.proxied && *status == 400 && exchange.index == 0 {
            report(&[Fault::ProxyLineRefused(*status)], about, source, out);
        }
        if interim && exchange.interim.len() == MAX_INTERIM {
            out.scratch.response = exchange.interim.pop().map(Box::new);
        }
        let response = out.scratch.response.take().unwrap_or_default();
        let response = if interim {
            open.interim += 1;
            exchange.interim.push_mut(*response)
        } else {
            exchange.response.insert(response)
        };
        response.status = *status;
        refill(&mut response.reason, head.slice(reason));
        begin(&mut response.message, head, *version);
        self.response = Some(Content::start(head, &mut response.message, out.redacted));
        let framing = of_response(head, exchange.request.as_ref().map(|r| &r.method[..]), &mut found);
        let mut broken = Vec::new();
        judge_response(head, exchange.request.as_ref().map(asked), &mut broken);
        // What is wrong with a refusal, too, would not be there without the request's own fault.
        open.cause = out.scratch.hops.cause(open.ticket).or(open.cause);
        let about = about.because(open.cause.filter(|_| *status >= 400));
        if let Some(request) = exchange.request.as_ref().filter(|_| head.whole && *status != 101 && *status >= 200)
            && handshake::is_meant(&request.message.headers)
        {
            let mut found = Vec::new();
            let fields = &response.message.headers;
            handshake::judge_refusal(asked(request), *status, &response.reason, fields, &mut found);
            let is_explained = out.scratch.hops.cause(open.ticket).is_some();
            if !is_explained && found.is_empty() {
                found.push(websocket::Fault::HandshakeRefused(*status));
            }
            // What else a server refuses a request for has a status of its own.
            let is_for_its_faults = is_explained || matches!(*status, 200..=299 | 400 | 405 | 426 | 500 | 501 | 505);
            let cause = open.cause.filter(|_| is_for_its_faults);
            // A proxy only hands down what the server behind it said.
            if let Some(refusal) = report(&found, about.because(cause), source, out) {
                out.scratch.hops.explain(open.ticket, refusal);
            }
        }
        if !interim && head.whole {
            self.endings.response(head, framing, open.closes, source);
        }
        let switch = match framing {
            Framing::Tunnel if !head.whole => None,
            Framing::Tunnel if *status == 101 => Some(switch(exchange, source, out)),
            Framing::Tunnel => {
                let target = exchange.request.as_ref().map(|request| String::from_utf8_lossy(&request.target));
                Some(Switch::Tunnel(target.unwrap_or_default().into()))
            }
            _ => None,
        };
        report(&found, about, source, out);
        report(&broken, about, source, out);
        (framing, switch)
    }
}

/// Whether Host names the host that a tunnel leads to; the port aside, which is left out where it is the scheme's.
fn is_host_of(host: &[u8], tunnel: &[u8]) -> bool {
    let name = |host: &[u8]| {
        let end = host.iter().rposition(|byte| *byte == b':').filter(|at| !host[*at..].contains(&b']'));
        host[..end.unwrap_or(host.len())].to_ascii_lowercase()
    };
    name(host) == name(tunnel)
}

fn refill(into: &mut Vec<u8>, bytes: &[u8]) {
    into.clear();
    into.extend_from_slice(bytes);
}
