//! Requests and responses of one connection, each with its partner (RFC 9112 §9.3.2: responses come in the order of their
//! requests).

use std::collections::VecDeque;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::content::Content;
use super::endings::{Endings, closes};
use super::event::{Event, How, Made, Map};
use super::hops::Ticket;
use super::http_talk::report;
use super::output::{About, Making, Output, Scratch};
use super::record::{Direction, Exchange, Extent, HttpMessage, Request};
use crate::layers::application::http::{
    Fault, FieldName, Framing, Head, Parts, RequestHead, Sniffer, StartLine, judge_part, judge_request, judge_response,
    of_request, of_response,
};
use crate::layers::application::websocket::{self, Draft, handshake};
use crate::layers::presentation::deflate::Deflate;
use crate::layers::{Run, Source};
use crate::limits::{MAX_HEADS, MAX_INTERIM, MAX_SPARE_BYTES, MAX_UNANSWERED};

/// What a connection becomes after a 101, or after an accepted CONNECT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    /// WebSocket: which draft, if it isn't RFC 6455, what was agreed about permessage-deflate, and whether
    /// other extensions were agreed on.
    WebSocket(Option<Draft>, Option<Deflate>, bool),
    /// Another protocol, by its token.
    Other(String),
    /// A tunnel to this host and port, with anything inside.
    Tunnel(String),
}

/// An exchange that is not over.
#[derive(Debug, Default)]
pub(super) struct Open {
    exchange: Exchange,
    /// The request's content; `None` once it is over.
    content: Option<Content>,
    /// The first problem that the request has: what a refusal says is its effect.
    cause: Option<u64>,
    /// Why the request makes the server close the connection after its response, if it does.
    closes: Option<&'static str>,
    /// How many interim responses came, of which the exchange has at most [`MAX_INTERIM`].
    interim: u64,
    /// The capture lacks the head of its response, or of an interim one.
    lost: bool,
    /// The capture lacks what the client said next.
    unfollowed: bool,
    /// By which its copy on another connection is found.
    ticket: Ticket,
}

/// The exchanges of one connection.
#[derive(Debug)]
pub(super) struct Pairing {
    connection: u64,
    /// Exchanges in progress, oldest first.
    open: VecDeque<Box<Open>>,
    /// How many of them, from the front, are answered: their response is complete, or never will be.
    answered: usize,
    /// The content of the response in progress.
    response: Option<Content>,
    /// How the client's and the server's message in progress are framed.
    chunked: [bool; 2],
    /// What is made from each, where that is told: the chunked coding undone, and the content coding.
    making: [[Option<Making>; 2]; 2],
    next_index: u64,
    /// Whether every request so far was captured; if so, a response without one is a fault.
    whole: bool,
    /// The client sent bytes that aren't a request.
    skipped: bool,
    /// Where the first of them are from, if it is known.
    skipped_at: Option<Source>,
    /// So far the server has sent only HTTP, and all of it was captured.
    sound: bool,
    /// Where the server sent something other than HTTP before the first request.
    unasked: Option<Source>,
    /// The server answered in the middle of the client's request line.
    interrupted: bool,
    /// Whether packets of the client and of the server were captured.
    heard: [bool; 2],
    /// A request had no version (HTTP/0.9).
    asked_simply: bool,
    /// The server answered a request that has no version with bytes that have no status line (HTTP/0.9).
    simple: bool,
    endings: Endings,
    /// What says that the request which is open came after one side's end.
    late: Option<u64>,
    /// Where the tunnel leads that all of this is in.
    tunnel: Option<String>,
    /// What HEAD said of lengths: the target's hash, Content-Length, the packet.
    heads: VecDeque<(u64, u64, u64)>,
    /// A PROXY line came before the first request.
    proxied: bool,
    /// What the contents in progress look like, the client's and the server's.
    sniffers: [Option<Sniffer>; 2],
    /// The length of a coded content that was cut there.
    cut_coding: Option<u64>,
}

/// How long a client waits for 100 Continue, in nanoseconds, before that is worth telling.
const SLOW_TO_CONTINUE: u64 = 300_000_000;

impl Pairing {
    pub(super) fn new(connection: u64, from_start: bool) -> Self {
        Self {
            connection,
            open: VecDeque::new(),
            answered: 0,
            response: None,
            chunked: [false; 2],
            making: [[None; 2]; 2],
            next_index: 0,
            whole: from_start,
            skipped: false,
            skipped_at: None,
            sound: from_start,
            unasked: None,
            interrupted: false,
            heard: [false; 2],
            asked_simply: false,
            simple: false,
            endings: Endings::default(),
            late: None,
            tunnel: None,
            heads: VecDeque::new(),
            proxied: false,
            sniffers: [None; 2],
            cut_coding: None,
        }
    }

    /// A PROXY line came before the first request.
    pub(super) fn is_proxied(&mut self) {
        self.proxied = true;
    }

    /// What follows is in the tunnel that an exchange opened.
    pub(super) fn enter_tunnel(&mut self, target: String) {
        self.tunnel = Some(target);
        self.endings = Endings::default();
    }

    /// Whether the latest request is a WebSocket handshake that waits for its answer.
    pub(super) fn awaits_upgrade(&self) -> bool {
        self.open.back().is_some_and(|open| {
            open.exchange.response.is_none()
                && open.exchange.request.as_ref().is_some_and(|request| handshake::is_asked(&request.message.headers))
        })
    }

    /// The length of the content before, if it is coded and was cut there.
    pub(super) fn cut_coding(&mut self) -> Option<u64> {
        self.cut_coding.take()
    }

    /// If the server's content, which ends `left` bytes early, is whole when its coding is undone, and then has the length that
    /// it should have had before: that length, and how many bytes came.
    pub(super) fn decoded_length(&mut self, left: u64) -> Option<(u64, u64)> {
        let (content, message) = self.content(Direction::Server)?;
        let (came, said) = (message.wire_body_bytes, message.wire_body_bytes + left);
        content.decodes_to(said).then_some((said, came))
    }

    /// Whether the client left an endless stream that was on its way to it.
    pub(super) fn client_left(&self) -> bool {
        let response = self.current(Direction::Server).and_then(|open| open.exchange.response.as_ref());
        response.is_some_and(|response| self.endings.client_left(&response.message))
    }

    /// A side sent its FIN.
    pub(super) fn fin(&mut self, from: Direction, source: Source, out: &mut Output<'_>) {
        if let Some((late, since)) = self.endings.fin(from, source) {
            report(&[late], About::connection(self.connection).by(Direction::Server), since, out);
        }
    }

    /// The connection was reset while something was on its way: what explains that, if it is known.
    pub(super) fn reset(&mut self, by: Option<Direction>, source: Source, out: &mut Output<'_>) -> Option<u64> {
        match self.endings.reset(by) {
            Some(fault) => report(&[fault], self.about(Direction::Server), source, out),
            None => self.late.take(),
        }
    }

    /// The client stops in the middle of its request: what explains that, if it is known.
    pub(super) fn stopped(&mut self) -> Option<Fault> {
        self.endings.stopped()
    }

    /// Packets of that side were captured.
    pub(super) fn hear(&mut self, from: Direction) {
        self.heard[from as usize] = true;
    }

    /// Whether a response that came now would arrive before its request is complete.
    pub(super) fn is_early(&self) -> bool {
        self.open.get(self.answered).is_none_or(|open| open.content.is_some())
    }

    /// Whether the request in progress may do without its body once a final response is there: it expected a 100, got none,
    /// and sent nothing yet (RFC 9110 §10.1.1).
    pub(super) fn is_body_optional(&self) -> bool {
        let Some(Exchange { request: Some(request), interim, .. }) =
            self.open.get(self.answered).map(|open| &open.exchange)
        else {
            return false;
        };
        self.answered + 1 == self.open.len()
            && request.message.wire_body_bytes == 0
            && expects_continue(request)
            && !interim.iter().any(|response| response.status == 100)
    }

    /// The server is about to answer in the middle of the client's request line.
    pub(super) fn interrupt(&mut self) {
        self.interrupted = true;
    }

    /// Whether the request to be answered next has no version: its answer may have no status line.
    pub(super) fn awaits_simple(&self) -> bool {
        if !self.asked_simply {
            return false;
        }
        let waiting = self.open.get(self.answered).filter(|_| self.response.is_none());
        let request = waiting.and_then(|open| open.exchange.request.as_ref());
        request.is_some_and(|request| request.message.version == (0, 9))
    }

    pub(super) fn is_simple(&self) -> bool {
        self.simple
    }

    pub(super) fn exchanges(&self) -> u64 {
        self.next_index
    }

    /// Whether anything is still open that later packets could complete.
    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty() && self.heard[Direction::Server as usize]
    }

    /// Bytes of memory held, roughly.
    pub(super) fn held(&self) -> usize {
        let open: usize = self.open.iter().map(|open| size_of::<Open>() + open.held()).sum();
        open + self.tunnel.as_ref().map_or(0, String::capacity) + self.heads.capacity() * size_of::<(u64, u64, u64)>()
    }

    /// The exchange that the message in progress, or the last one, belongs to.
    fn current(&self, from: Direction) -> Option<&Open> {
        match from {
            Direction::Client => self.open.back(),
            Direction::Server => self.open.get(self.answered),
        }
        .map(|open| &**open)
    }

    /// The index of the exchange that the message in progress, or the last one, belongs to.
    pub(super) fn index(&self, from: Direction) -> u64 {
        self.current(from).map_or(self.next_index.saturating_sub(1), |open| open.exchange.index)
    }

    /// What is wrong with the message in progress from that side is about this.
    fn about(&self, from: Direction) -> About {
        About::connection(self.connection).by(from).exchange(self.index(from))
    }

    pub(super) fn is_chunked(&self, from: Direction) -> bool {
        self.chunked[from as usize]
    }

    /// Takes a head; returns how its body is framed, and what the connection switches to after it, if anything.
    pub(super) fn head(
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
        self.sniffers[from as usize] = (framing != Framing::None).then(Sniffer::default);
        self.making[from as usize] = [None; 2];
        (framing, switch)
    }

    /// Notes where the head just taken began, and reports it to the view.
    pub(super) fn began(&mut self, from: Direction, began: Source, source: Source, out: &mut Output<'_>) {
        let Some((_, message)) = self.content(from) else { return };
        message.extent.first = began.ready;
        message.extent.last = source.ready;
        if let Some(open) = self.current(from) {
            if from == Direction::Server
                && open.exchange.response.is_some()
                && let Some(held) = out.scratch.hops.answered(open.ticket, began.ready)
            {
                report(&[held], self.about(from), source, out);
            }
            out.emit(match from {
                Direction::Client => Event::Request(&open.exchange),
                Direction::Server => Event::Response(&open.exchange),
            });
        }
    }

    /// Takes content.
    pub(super) fn data(&mut self, from: Direction, data: &[u8], run: Run, source: Source, out: &mut Output<'_>) {
        if from == Direction::Client {
            self.continues(source, out);
        }
        if let Some(sniffer) = &mut self.sniffers[from as usize] {
            sniffer.push(data);
        }
        if let Some((_, message)) = self.content(from) {
            message.extent.last = source.ready;
        }
        if from == Direction::Server {
            self.endings.server_sends(source);
        }
        let error = if out.depth.pieces {
            self.told_data(from, data, run, out)
        } else if let Some((content, message)) = self.content(from) {
            message.wire_body_bytes += data.len() as u64;
            content.push(data, out.depth.keep, message, &mut |_| {})
        } else {
            None
        };
        if error.is_some() {
            undecodable(error, self.about(from), source, out);
        }
    }

    /// The same, and tells what is made from it.
    #[cold]
    fn told_data(&mut self, from: Direction, data: &[u8], mut run: Run, out: &mut Output<'_>) -> Option<String> {
        let (side, index) = (Some((self.connection, from)), Some(self.index(from)));
        let is_chunked = self.is_chunked(from);
        let [mut dechunking, mut decoding] = self.making[from as usize];
        let (content, message) = self.content(from)?;
        message.wire_body_bytes += data.len() as u64;
        if is_chunked {
            run = out.derived(&mut dechunking, Made { how: How::Dechunked, side, index }, data, run, Map::Bytewise);
        }
        let error = content.push(data, out.depth.keep, message, &mut |bytes| {
            out.derived(&mut decoding, Made { how: How::Decoded, side, index }, bytes, run, Map::Whole);
        });
        self.making[from as usize] = [dechunking, decoding];
        error
    }

    /// A request's body begins, or goes on: it may have waited for a 100 that did not come.
    fn continues(&self, source: Source, out: &mut Output<'_>) {
        let Some(open) = self.open.back() else { return };
        let Some(request) = open.exchange.request.as_ref().filter(|request| request.message.wire_body_bytes == 0)
        else {
            return;
        };
        let waited = source.ready.time.since(request.message.extent.last.time);
        if waited >= SLOW_TO_CONTINUE && expects_continue(request) && open.exchange.interim.is_empty() {
            report(&[Fault::WaitedForContinue { waited }], self.about(Direction::Client), source, out);
        }
    }

    /// Takes note of bytes that frame a body: chunk lines and ends.
    pub(super) fn framing(&mut self, from: Direction, length: usize) {
        if let Some((_, message)) = self.content(from) {
            message.wire_body_bytes += length as u64;
        }
    }

    /// Takes a trailer section.
    pub(super) fn trailers(&mut self, from: Direction, head: &Head<'_>) {
        if let Some((_, message)) = self.content(from) {
            message.wire_body_bytes += head.block.len() as u64;
            head.copy_into(&mut message.trailers);
        }
    }

    /// The client sent bytes that aren't a request.
    pub(super) fn no_request(&mut self, source: Option<Source>) {
        if !std::mem::replace(&mut self.skipped, true) {
            self.skipped_at = source;
        }
    }

    /// The server sent bytes that are no response.
    pub(super) fn no_response(&mut self, alien: Option<Fault>, source: Source, out: &mut Output<'_>) {
        if self.awaits_simple() {
            self.simple = true;
            return;
        }
        // What follows a response may be more of the same response.
        let is_first = |it: &Exchange| it.index == 0 && it.response.is_none() && it.interim.is_empty();
        let first = self.open.front().is_some_and(|open| is_first(&open.exchange));
        if std::mem::take(&mut self.sound) && self.whole {
            if first {
                let fault = alien.unwrap_or(Fault::MalformedStatusLine);
                report(&[fault], self.about(Direction::Server), source, out);
            } else {
                self.unasked = Some(source).filter(|_| self.next_index == 0);
            }
        }
    }

    /// The beginning of a message is missing.
    pub(super) fn lose_head(&mut self, from: Direction) {
        match from {
            Direction::Client => {
                if let Some(open) = self.open.back_mut() {
                    open.unfollowed = true;
                }
            }
            Direction::Server => {
                if let Some(open) = self.open.get_mut(self.answered) {
                    open.lost = true;
                }
            }
        }
    }

    /// A request came, or a response: where the capture lacks what answered an earlier request, nothing that comes now does. A
    /// client that asks again has had its answer; and of one that asked several times at once, at least that answer is missing.
    fn pass_lost(&mut self, from: Direction, out: &mut Output<'_>) {
        let is_last = self.answered + 1 == self.open.len();
        let Some(open) = self.open.get_mut(self.answered).filter(|open| open.lost) else { return };
        if from == Direction::Server && is_last && !open.unfollowed {
            // What is missing were interim responses.
            open.lost = false;
        } else if open.content.is_none() {
            self.answered += 1;
            self.close_answered(out);
        }
    }

    /// Bytes of the message in progress, if there is one, are missing.
    pub(super) fn gap(&mut self, from: Direction) {
        self.whole &= from == Direction::Server;
        self.sound = false;
        if let Some((content, _)) = self.content(from) {
            content.gap();
        }
    }

    /// The message in progress is over.
    pub(super) fn end(&mut self, from: Direction, complete: bool, source: Source, out: &mut Output<'_>) {
        let content = match from {
            Direction::Client => self.open.back_mut().and_then(|open| open.content.take()),
            Direction::Server => self.response.take(),
        };
        let sniffer = self.sniffers[from as usize].take().filter(|_| complete);
        let (Some(content), Some(message)) = (content, self.message(from)) else { return };
        message.complete = complete;
        if complete {
            message.extent.last = source.ready;
        }
        let length = message.wire_body_bytes;
        let undecoded = content.finish(message);
        // What a redacted file has in place of a coded content isn't in that coding.
        let undone = undecoded.is_none() && !out.redacted;
        let seen = sniffer.and_then(|sniffer| sniffer.finish(&message.headers, undone));
        self.cut_coding = undecoded.is_some().then_some(length);
        if undecoded.is_some() || seen.is_some() {
            let about = self.about(from);
            undecodable(undecoded, about, source, out);
            report(seen.as_slice(), about, source, out);
        }
        if from == Direction::Client && complete {
            self.endings.request_is_whole();
        }
        if from == Direction::Server && self.current(from).is_some_and(|open| open.exchange.response.is_some()) {
            if complete {
                self.answer_is_whole(source, out);
            }
            self.answered += 1;
        }
        self.close_answered(out);
    }

    /// A final response is complete.
    fn answer_is_whole(&mut self, source: Source, out: &mut Output<'_>) {
        self.endings.server_sends(source);
        let about = self.about(Direction::Server);
        let Some(Exchange { request: Some(request), response: Some(response), .. }) =
            self.open.get(self.answered).map(|open| &open.exchange)
        else {
            return;
        };
        let (headers, came) = (&response.message.headers, response.message.body_bytes);
        if response.status != 200 {
            let fault = match response.status {
                205 if came > 0 && headers.get(FieldName::ContentLength).is_none() => Some(Fault::ContentIn205),
                206 if request.method == b"GET" => judge_part(headers, came),
                _ => None,
            };
            report(fault.as_slice(), about, source, out);
            return;
        }
        if request.method == b"HEAD" {
            let length = response.message.headers.get(FieldName::ContentLength);
            if let Some(length) = length.and_then(|length| std::str::from_utf8(length).ok()?.parse().ok()) {
                if self.heads.len() == MAX_HEADS {
                    self.heads.pop_front();
                }
                self.heads.push_back((hash(&request.target), length, response.message.extent.first.packet));
            }
        } else if !self.heads.is_empty()
            && request.method == b"GET"
            && response.message.headers.get(FieldName::ContentEncoding).is_none()
        {
            let (target, get) = (hash(&request.target), response.message.body_bytes);
            if let Some((_, head, packet)) = self.heads.iter().find(|head| head.0 == target && head.1 != get) {
                let target = String::from_utf8_lossy(&request.target).into_owned();
                let fault = Fault::HeadUnlikeGet { target, head: *head, packet: *packet, get };
                report(&[fault], about, source, out);
            }
        }
    }

    /// The server sends nothing more: what still waits for its response waits in vain, once its request is whole.
    pub(super) fn server_over(&mut self, source: Source, out: &mut Output<'_>) {
        self.end(Direction::Server, false, source, out);
        while self.open.front().is_some_and(|open| open.content.is_none()) {
            self.close_oldest(out);
        }
    }

    /// Nothing more comes: whatever is open stays as it is.
    pub(super) fn give_up(&mut self, source: Source, out: &mut Output<'_>) {
        self.end(Direction::Server, false, source, out);
        self.end(Direction::Client, false, source, out);
        while !self.open.is_empty() {
            self.close_oldest(out);
        }
    }

    fn close_answered(&mut self, out: &mut Output<'_>) {
        while self.answered > 0 && self.open.front().is_some_and(|open| open.content.is_none()) {
            self.close_oldest(out);
        }
    }

    fn close_oldest(&mut self, out: &mut Output<'_>) {
        let Some(open) = self.open.pop_front() else { return };
        self.answered = self.answered.saturating_sub(1);
        if let Some(last) = open.exchange.interim.get(MAX_INTERIM - 1).filter(|_| open.interim > MAX_INTERIM as u64) {
            let about = About::connection(self.connection).by(Direction::Server).exchange(open.exchange.index);
            report(&[Fault::ManyInterim(open.interim)], about, Source::of(last.message.extent.last), out);
        }
        out.exchange(open.ticket, &open.exchange);
        if open.held() <= MAX_SPARE_BYTES {
            open.leave(out.scratch);
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
        judge_request(head, &mut found);
        let about = About::connection(self.connection).by(Direction::Client).exchange(self.next_index);
        let cause = report(&found, about, source, out);
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
            let (tunnel, host) = (tunnel.clone(), String::from_utf8_lossy(host).into_owned());
            report(&[Fault::OtherHostInTunnel { tunnel, host }], about, source, out);
        }
        let mut open = out.scratch.exchange.take().unwrap_or_default();
        let request = open.exchange.request.get_or_insert_default();
        refill(&mut request.method, head.slice(method));
        refill(&mut request.target, head.slice(target));
        begin(&mut request.message, head, *version);
        self.asked_simply |= *version == (0, 9);
        (open.cause, open.closes) = (cause, closes);
        open.ticket = out.scratch.hops.asked(out.ends, request, source.ready);
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
        open.content = Some(start_content(head, &mut request.message, about, source, out));
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
        let Some(open) = self.open.get_mut(self.answered) else { return (Framing::None, None) };
        let exchange = &mut open.exchange;
        if !interim && open.content.is_some() && *status >= 400 {
            self.endings.refused_early(*status, source);
        }
        if let Some(request) = exchange.request.as_ref().filter(|_| *status == 504) {
            let waited = source.ready.time.since(request.message.extent.last.time);
            report(&[Fault::GatewayTimeout { waited }], about, source, out);
        }
        if self.proxied && *status == 400 && exchange.index == 0 {
            report(&[Fault::ProxyLineRefused(*status)], about, source, out);
        }
        if interim && exchange.interim.len() == MAX_INTERIM {
            out.scratch.response = exchange.interim.pop().unwrap_or_default();
        }
        let response = std::mem::take(&mut out.scratch.response);
        let response = if interim {
            open.interim += 1;
            exchange.interim.push_mut(response)
        } else {
            exchange.response.insert(response)
        };
        response.status = *status;
        refill(&mut response.reason, head.slice(reason));
        begin(&mut response.message, head, *version);
        self.response = Some(start_content(head, &mut response.message, about, source, out));
        let framing = of_response(head, exchange.request.as_ref().map(|r| &r.method[..]), &mut found);
        judge_response(head, exchange.request.as_ref().map(asked), &mut found);
        // What is wrong with a refusal, too, would not be there without the request's own fault.
        open.cause = out.scratch.hops.cause(open.ticket).or(open.cause);
        let about = about.because(open.cause.filter(|_| *status >= 400));
        if let Some(request) = exchange.request.as_ref().filter(|_| head.whole && *status != 101 && *status >= 200)
            && handshake::is_meant(&request.message.headers)
        {
            let mut found = Vec::new();
            let fields = &response.message.headers;
            handshake::judge_refusal(asked(request), *status, &response.reason, fields, &mut found);
            report(&found, about.because(open.cause), source, out);
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
        (framing, switch)
    }

    /// After a switch no HTTP follows: the exchange that made the switch is over.
    pub(super) fn switched(&mut self, source: Source, out: &mut Output<'_>) {
        self.sound = false;
        let told = self.current(Direction::Server).filter(|_| !out.counts_only());
        let exchange = told.map(|open| open.exchange.clone());
        self.end(Direction::Server, true, source, out);
        if let Some(exchange) = exchange {
            out.emit(Event::Upgraded(&exchange));
        }
    }

    fn open(&mut self, mut open: Box<Open>, out: &mut Output<'_>) {
        open.exchange.connection = self.connection;
        open.exchange.index = self.next_index;
        self.next_index += 1;
        if self.open.len() >= MAX_UNANSWERED {
            self.close_oldest(out);
        }
        self.open.push_back(open);
    }

    fn message(&mut self, from: Direction) -> Option<&mut HttpMessage> {
        match from {
            Direction::Client => Some(&mut self.open.back_mut()?.exchange.request.as_mut()?.message),
            Direction::Server => {
                let exchange = &mut self.open.get_mut(self.answered)?.exchange;
                Some(&mut exchange.response.as_mut().or(exchange.interim.last_mut())?.message)
            }
        }
    }

    fn content(&mut self, from: Direction) -> Option<(&mut Content, &mut HttpMessage)> {
        match from {
            Direction::Client => {
                let open = self.open.back_mut()?;
                Some((open.content.as_mut()?, &mut open.exchange.request.as_mut()?.message))
            }
            Direction::Server => {
                let exchange = &mut self.open.get_mut(self.answered)?.exchange;
                let response = exchange.response.as_mut().or(exchange.interim.last_mut())?;
                Some((self.response.as_mut()?, &mut response.message))
            }
        }
    }
}

impl Open {
    /// Bytes of memory that its messages hold, roughly.
    fn held(&self) -> usize {
        let of = |message: &HttpMessage| {
            message.body.capacity() + message.headers.block.capacity() + message.trailers.block.capacity()
        };
        let Exchange { request, interim, response, .. } = &self.exchange;
        request.iter().map(|it| of(&it.message)).sum::<usize>()
            + interim.iter().chain(response).map(|it| of(&it.message)).sum::<usize>()
    }

    /// Keeps its buffers for the next exchange to use.
    fn leave(mut self: Box<Self>, scratch: &mut Scratch) {
        self.content = None;
        (self.cause, self.closes, self.interim) = (None, None, 0);
        (self.lost, self.unfollowed, self.ticket) = (false, false, Ticket::default());
        self.exchange.interim.clear();
        self.exchange.upgraded = None;
        if let Some(response) = self.exchange.response.take() {
            scratch.response = response;
        }
        scratch.exchange = Some(self);
    }
}

/// Reuses another message's buffers for the message that has that head.
fn begin(message: &mut HttpMessage, head: &Head<'_>, head_version: (u8, u8)) {
    let HttpMessage {
        version,
        headers,
        trailers,
        extent,
        header_bytes,
        body_bytes,
        wire_body_bytes,
        content_coding,
        decoded_body_bytes,
        body,
        body_truncated,
        complete,
    } = message;
    head.copy_into(headers);
    body.clear();
    *version = head_version;
    *header_bytes = head.block.len() as u64;
    trailers.clear();
    *extent = Extent::default();
    (*body_bytes, *wire_body_bytes, *decoded_body_bytes) = (0, 0, None);
    *content_coding = None;
    (*body_truncated, *complete) = (false, false);
}

/// A number that stands for a request target.
fn hash(target: &[u8]) -> u64 {
    FixedState::default().hash_one(target)
}

/// Whether a request waits with its body for 100 Continue (RFC 9110 §10.1.1).
fn expects_continue(request: &Request) -> bool {
    let mut expected = request.message.headers.list(FieldName::Expect);
    expected.any(|expected| expected.eq_ignore_ascii_case(b"100-continue"))
}

/// Whether Host names the host that a tunnel leads to; the port aside, which is left out where it is the scheme's.
fn is_host_of(host: &[u8], tunnel: &[u8]) -> bool {
    let name = |host: &[u8]| {
        let end = host.iter().rposition(|byte| *byte == b':').filter(|at| !host[*at..].contains(&b']'));
        host[..end.unwrap_or(host.len())].to_ascii_lowercase()
    };
    name(host) == name(tunnel)
}

/// A request as the rules see it.
fn asked(request: &Request) -> RequestHead<'_> {
    let Request { method, target, message } = request;
    RequestHead { method, target, version: message.version, fields: &message.headers }
}

fn refill(into: &mut Vec<u8>, bytes: &[u8]) {
    into.clear();
    into.extend_from_slice(bytes);
}

fn start_content(
    head: &Head<'_>,
    message: &mut HttpMessage,
    about: About,
    source: Source,
    out: &mut Output<'_>,
) -> Content {
    let (content, error) = Content::start(head, message, out.redacted);
    undecodable(error, about, source, out);
    content
}

/// What a 101 switches to (RFC 9110 §7.8); its handshake is checked if it is WebSocket's (RFC 6455 §4).
fn switch(exchange: &mut Exchange, source: Source, out: &mut Output<'_>) -> Switch {
    out.summary.upgrades += 1;
    let Some(response) = &exchange.response else { return Switch::Other(String::new()) };
    let headers = &response.message.headers;
    let token = headers.list(FieldName::Upgrade).next().unwrap_or_default();
    let token = String::from_utf8_lossy(token).into_owned();
    if !token.eq_ignore_ascii_case("websocket") {
        exchange.upgraded = Some(token.clone());
        return Switch::Other(token);
    }
    out.summary.websocket_upgrades += 1;
    let mut found = Vec::new();
    let draft = Draft::of(exchange.request.as_ref().map(|request| &request.message.headers), headers);
    if let Some(request) = &exchange.request {
        handshake::judge_answer(asked(request), response.message.version, headers, &mut found);
    }
    let negotiated = handshake::extensions(headers);
    found.extend(negotiated.faults.iter().map(|fault| websocket::Fault::MalformedExtension(fault.to_string())));
    let about = About::connection(exchange.connection).by(Direction::Server).exchange(exchange.index);
    report(&found, about, source, out);
    exchange.upgraded = Some("websocket".into());
    Switch::WebSocket(draft, negotiated.deflate, negotiated.others)
}

fn undecodable(error: Option<String>, about: About, source: Source, out: &mut Output<'_>) {
    if let Some(error) = error {
        report(&[Fault::CodingDoesNotDecode(error)], about, source, out);
    }
}
