//! Requests and responses of one connection, each with its partner (RFC 9112 §9.3.2: responses come in the order of their
//! requests).

use std::collections::VecDeque;

use super::content::Content;
use super::event::{Event, How, Made, Map};
use super::http_talk::faults;
use super::output::{About, Making, Output, Scratch};
use super::record::{Direction, Exchange, Extent, Fields, HttpMessage};
use crate::layers::application::http::{
    Fault, Framing, Head, Parts, StartLine, elements, of_request, of_response, owed_by_request, owed_by_response,
};
use crate::layers::application::websocket::{self, Draft, handshake};
use crate::layers::presentation::deflate::Deflate;
use crate::layers::{Run, Source};
use crate::limits::{MAX_SPARE_BYTES, MAX_UNANSWERED};

/// What a connection becomes after a 101, or after an accepted CONNECT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    /// WebSocket: which draft, if it isn't RFC 6455, and what was agreed about permessage-deflate.
    WebSocket(Option<Draft>, Option<Deflate>),
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
    /// The server answered a request that has no version with bytes that have no status line (HTTP/0.9).
    simple: bool,
}

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
            simple: false,
        }
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
        let mut expected = request.message.headers.all("expect").flat_map(elements);
        self.answered + 1 == self.open.len()
            && request.message.wire_body_bytes == 0
            && expected.any(|expected| expected.eq_ignore_ascii_case(b"100-continue"))
            && !interim.iter().any(|response| response.status == 100)
    }

    /// The server is about to answer in the middle of the client's request line.
    pub(super) fn interrupt(&mut self) {
        self.interrupted = true;
    }

    /// Whether the request to be answered next has no version: its answer may have no status line.
    pub(super) fn awaits_simple(&self) -> bool {
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
        self.open.iter().map(|open| size_of::<Open>() + open.held()).sum()
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
        self.making[from as usize] = [None; 2];
        (framing, switch)
    }

    /// Notes where the head just taken began, and reports it to the view.
    pub(super) fn began(&mut self, from: Direction, began: Source, source: Source, out: &mut Output<'_>) {
        let Some((_, message)) = self.content(from) else { return };
        message.extent.first = began.ready;
        message.extent.last = source.ready;
        if let Some(open) = self.current(from) {
            out.emit(match from {
                Direction::Client => Event::Request(&open.exchange),
                Direction::Server => Event::Response(&open.exchange),
            });
        }
    }

    /// Takes content.
    pub(super) fn data(&mut self, from: Direction, data: &[u8], run: Run, source: Source, out: &mut Output<'_>) {
        let about = self.about(from);
        let error = if out.options.pieces {
            self.told_data(from, data, run, out)
        } else if let Some((content, message)) = self.content(from) {
            message.wire_body_bytes += data.len() as u64;
            content.push(data, out.options.keep, message, &mut |_| {})
        } else {
            None
        };
        undecodable(error, about, source, out);
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
        let error = content.push(data, out.options.keep, message, &mut |bytes| {
            out.derived(&mut decoding, Made { how: How::Decoded, side, index }, bytes, run, Map::Whole);
        });
        self.making[from as usize] = [dechunking, decoding];
        error
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

    /// The server sent bytes that aren't a response.
    pub(super) fn no_response(&mut self, source: Source, out: &mut Output<'_>) {
        if self.awaits_simple() {
            self.simple = true;
            return;
        }
        // What follows a response may be more of the same response.
        let is_first = |it: &Exchange| it.index == 0 && it.response.is_none() && it.interim.is_empty();
        let first = self.open.front().is_some_and(|open| is_first(&open.exchange));
        if std::mem::take(&mut self.sound) && self.whole {
            if first {
                faults(&[Fault::MalformedStatusLine], self.about(Direction::Server), source, out);
            } else {
                self.unasked = Some(source).filter(|_| self.next_index == 0);
            }
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
        let about = self.about(from);
        let (Some(content), Some(message)) = (content, self.message(from)) else { return };
        message.complete = complete;
        message.extent.last = source.ready;
        undecodable(content.finish(message), about, source, out);
        if from == Direction::Server && self.current(from).is_some_and(|open| open.exchange.response.is_some()) {
            self.answered += 1;
        }
        self.close_answered(out);
    }

    /// Nothing more will come: whatever is open stays as it is.
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
        out.emit(Event::Exchange(&open.exchange));
        if open.held() <= MAX_SPARE_BYTES {
            open.leave(out.scratch);
        }
    }

    fn request(&mut self, head: &Head<'_>, source: Source, out: &mut Output<'_>) -> Framing {
        let Some(StartLine { version, parts: Parts::Request { method, target }, .. }) = head.start else {
            return Framing::None;
        };
        out.summary.http_requests += 1;
        let mut found = head.faults.to_vec();
        let framing = match of_request(head, &mut found) {
            // A third key follows, whose length isn't announced.
            Framing::None if Draft::has_third_key(|name| head.get(name).is_some()) => Framing::Length(Draft::THIRD_KEY),
            framing => framing,
        };
        owed_by_request(head, &mut found);
        let about = About::connection(self.connection).by(Direction::Client).exchange(self.next_index);
        faults(&found, about, source, out);
        if let Some(unasked) = self.unasked.take().filter(|_| *version >= (1, 0)) {
            faults(
                &[Fault::MalformedStatusLine],
                About::connection(self.connection).by(Direction::Server),
                unasked,
                out,
            );
        }
        let mut open = out.scratch.exchange.take().unwrap_or_default();
        let request = open.exchange.request.get_or_insert_default();
        refill(&mut request.method, head.slice(method));
        refill(&mut request.target, head.slice(target));
        begin(&mut request.message, head, *version);
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
        if self.answered == self.open.len() {
            // RFC 9110 §15.5.9: a server may send 408 on a connection that was idle for too long.
            let whole = self.whole && self.heard[Direction::Client as usize];
            if whole && std::mem::take(&mut self.skipped) {
                let skipped_at = self.skipped_at.unwrap_or(source);
                let about = About::connection(self.connection).by(Direction::Client);
                faults(&[Fault::MalformedRequestLine], about, skipped_at, out);
            } else if whole && *status != 408 && !std::mem::take(&mut self.interrupted) {
                let about = About::connection(self.connection).by(Direction::Server).exchange(self.next_index);
                faults(&[Fault::ResponseWithoutRequest], about, source, out);
            }
            self.open(Box::default(), out);
        }
        let mut found = head.faults.to_vec();
        let about = self.about(Direction::Server);
        let Some(open) = self.open.get_mut(self.answered) else { return (Framing::None, None) };
        let exchange = &mut open.exchange;
        let mut response = std::mem::take(&mut out.scratch.response);
        response.status = *status;
        refill(&mut response.reason, head.slice(reason));
        begin(&mut response.message, head, *version);
        self.response = Some(start_content(head, &mut response.message, about, source, out));
        let framing = of_response(head, exchange.request.as_ref().map(|r| &r.method[..]), &mut found);
        owed_by_response(head, exchange.request.as_ref().map(|r| &r.message.headers), &mut found);
        if interim {
            exchange.interim.push(response);
        } else {
            exchange.response = Some(response);
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
        faults(&found, about, source, out);
        (framing, switch)
    }

    /// After a switch no HTTP follows: the exchange that made the switch is over.
    pub(super) fn switched(&mut self, source: Source, out: &mut Output<'_>) {
        self.sound = false;
        let exchange = self.current(Direction::Server).map(|open| open.exchange.clone());
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
        let of = |message: &HttpMessage| message.body.capacity() + message.headers.block.capacity();
        let Exchange { request, interim, response, .. } = &self.exchange;
        request.iter().map(|it| of(&it.message)).sum::<usize>()
            + interim.iter().chain(response).map(|it| of(&it.message)).sum::<usize>()
    }

    /// Keeps its buffers for the next exchange to use.
    fn leave(mut self: Box<Self>, scratch: &mut Scratch) {
        self.content = None;
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
    *trailers = Fields::default();
    *extent = Extent::default();
    (*body_bytes, *wire_body_bytes, *decoded_body_bytes) = (0, 0, None);
    *content_coding = None;
    (*body_truncated, *complete) = (false, false);
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
    let token = headers.all("upgrade").flat_map(elements).next().unwrap_or_default();
    let token = String::from_utf8_lossy(token).into_owned();
    if !token.eq_ignore_ascii_case("websocket") {
        exchange.upgraded = Some(token.clone());
        return Switch::Other(token);
    }
    out.summary.websocket_upgrades += 1;
    let mut found = Vec::new();
    let draft = Draft::of(exchange.request.as_ref().map(|request| &request.message.headers), headers);
    if let Some(request) = &exchange.request {
        handshake::check(&request.method, &request.message.headers, headers, &mut found);
    }
    let extensions: Vec<&[u8]> = headers.all("sec-websocket-extensions").collect();
    let negotiated = Deflate::negotiated(&extensions.join(&b", "[..]));
    found.extend(negotiated.faults.iter().map(|fault| websocket::Fault::MalformedExtension(fault.to_string())));
    let about = About::connection(exchange.connection).by(Direction::Server).exchange(exchange.index);
    for fault in &found {
        out.problem(source, about, fault);
    }
    exchange.upgraded = Some("websocket".into());
    Switch::WebSocket(draft, negotiated.deflate)
}

fn undecodable(error: Option<String>, about: About, source: Source, out: &mut Output<'_>) {
    if let Some(error) = error {
        faults(&[Fault::CodingDoesNotDecode(error)], about, source, out);
    }
}
