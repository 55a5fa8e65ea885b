//! Requests and responses of one connection, each with its partner (RFC 9112 §9.3.2: responses come in the order of their
//! requests).

mod bodies;
mod heads;
mod heads_and_gets;
mod leaving;
mod switch;

use std::collections::VecDeque;

use self::bodies::{Undecoded, expects_continue};
use self::heads_and_gets::Heads;
pub(super) use self::leaving::Explained;
pub(super) use self::switch::Switch;
use super::content::Content;
use super::endings::Endings;
use super::event::{Event, Making};
use super::open_exchange::OpenExchange;
use super::output::{About, Output, report};
use super::record::{Direction, Exchange, HttpMessage, Moment, Request};
use crate::layers::Source;
use crate::layers::application::http::{Fault, FieldName, RequestHead, Sniffer, coded_twice, judge_part, rules};
use crate::layers::application::websocket::handshake;
use crate::layers::quoted::OwnWords;
use crate::limits::{MAX_INTERIM, MAX_SPARE_BYTES, MAX_UNANSWERED};

/// The exchanges of one connection.
#[derive(Debug)]
pub(super) struct Pairing {
    connection: u64,
    /// Exchanges in progress, oldest first.
    open: VecDeque<Box<OpenExchange>>,
    /// How many of them, from the front, are answered: their response is complete, or never will be.
    answered: usize,
    /// Bytes of memory that they held when they were last measured. Only the two grow that the sides' messages are of.
    weighed: usize,
    /// The content of the response in progress.
    response: Option<Content>,
    /// How the client's and the server's message in progress are framed.
    chunked: [bool; 2],
    /// What is made from each, if that's reported: the body without chunks, and without its content coding.
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
    /// What says that nobody acknowledged the client's last request.
    unheard: Option<u64>,
    /// What says that the request which is open came after one side's end.
    late: Option<u64>,
    /// Where the tunnel leads that all of this is in.
    tunnel: Option<String>,
    /// What HEAD said of lengths.
    heads: Heads,
    /// A PROXY line came before the first request.
    proxied: bool,
    /// What the contents in progress look like, the client's and the server's.
    sniffers: [Option<Sniffer>; 2],
    /// The server's last content, if it ended before its coding did: whether bytes follow it shows why.
    undecoded: Option<Undecoded>,
}

impl Pairing {
    pub(super) fn new(connection: u64, from_start: bool) -> Self {
        Self {
            connection,
            open: VecDeque::new(),
            answered: 0,
            weighed: 0,
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
            unheard: None,
            late: None,
            tunnel: None,
            heads: Heads::default(),
            proxied: false,
            sniffers: [None, None],
            undecoded: None,
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

    /// A side sent its FIN.
    pub(super) fn fin(&mut self, from: Direction, source: Source, out: &mut Output<'_>) {
        if let Some((late, since)) = self.endings.fin(from, source) {
            report(&[late], About::connection(self.connection).by(Direction::Server), since, out);
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

    /// Whether the request in progress may do without its body once a final response is there: it expected a 100, got
    /// none, and hasn't sent anything yet (RFC 9110 §10.1.1).
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

    /// Whether the capture lacks what the server has said to the latest request, or may have said.
    pub(super) fn lacks_response(&self) -> bool {
        !self.heard[Direction::Server as usize] || self.open.back().is_some_and(|open| open.lost)
    }

    /// When the request came that waits for its response, if it is whole, and the capture has all that the server has sent.
    pub(super) fn awaits_response(&self) -> Option<Moment> {
        let waiting = self.open.get(self.answered).filter(|open| open.content.is_none() && !open.lost)?;
        let request = waiting.exchange.request.as_ref().filter(|_| waiting.exchange.response.is_none())?;
        Some(request.message.extent.last)
    }

    /// Whether interim responses came for the request whose response is due.
    pub(super) fn has_interim(&self) -> bool {
        self.open.get(self.answered).is_some_and(|open| !open.exchange.interim.is_empty())
    }

    /// Whether one side has ended its half of the connection, or has said that it will: what is asked then may stay unanswered.
    pub(super) fn is_ending(&self) -> bool {
        self.endings.is_owed() || Direction::BOTH.into_iter().any(|side| self.endings.is_over(side))
    }

    /// Whether anything is still open that later packets could complete.
    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty() && self.heard[Direction::Server as usize]
    }

    /// Bytes of memory held, roughly.
    pub(super) fn held(&mut self) -> usize {
        self.weigh(self.answered);
        if let Some(latest) = self.open.len().checked_sub(1).filter(|latest| *latest != self.answered) {
            self.weigh(latest);
        }
        self.weighed + self.tunnel.as_ref().map_or(0, String::capacity) + self.heads.held()
    }

    /// Measures the exchange at that place, if there is one.
    fn weigh(&mut self, at: usize) {
        if let Some(open) = self.open.get_mut(at) {
            let held = size_of::<OpenExchange>() + open.held();
            self.weighed = self.weighed - std::mem::replace(&mut open.weighed, held) + held;
        }
    }

    /// The exchange whose response is expected has it, or never will.
    fn is_answered(&mut self) {
        self.weigh(self.answered);
        self.answered += 1;
    }

    /// The exchange that the message in progress, or the last one, belongs to.
    fn current(&self, from: Direction) -> Option<&OpenExchange> {
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

    /// The client sent bytes that aren't a request.
    pub(super) fn no_request(&mut self, source: Option<Source>) {
        if !std::mem::replace(&mut self.skipped, true) {
            self.skipped_at = source;
        }
    }

    /// The server sent bytes that aren't a response.
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
                    // It may have been the 100 that a body waited for.
                    (open.lost, open.waited) = (true, None);
                }
            }
        }
    }

    /// A request or a response came. If the answer to an earlier request isn't in the capture, nothing that comes now
    /// can be that answer. A client that asks again has had its answer; if it asked several times at once, at least
    /// that answer is missing.
    fn pass_lost(&mut self, from: Direction, out: &mut Output<'_>) {
        let is_last = self.answered + 1 == self.open.len();
        let Some(open) = self.open.get_mut(self.answered).filter(|open| open.lost) else { return };
        if from == Direction::Server && is_last && !open.unfollowed {
            // What is missing were interim responses.
            open.lost = false;
        } else if open.content.is_none() {
            self.is_answered();
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
        // What wasn't seen whole gives nothing away.
        self.sniffers[from as usize] = None;
    }

    /// The message in progress is over.
    pub(super) fn end(&mut self, from: Direction, complete: bool, source: Source, out: &mut Output<'_>) {
        let content = match from {
            Direction::Client => self.open.back_mut().and_then(|open| open.content.take()),
            Direction::Server => self.response.take(),
        };
        let sniffer = self.sniffers[from as usize].take();
        let (Some(content), Some(message)) = (content, self.message(from)) else { return };
        message.complete = complete;
        if complete {
            message.extent.last = source.ready;
        }
        let length = message.wire_body_bytes;
        let twice = complete && content.is_coded_again();
        let mut undecoded = content.finish(message);
        let undone = undecoded.is_none();
        let seen = sniffer.and_then(|sniffer| {
            let seen = if complete { sniffer.finish(&message.headers, undone) } else { None };
            seen.or_else(|| sniffer.undispatched())
        });
        let seen = seen.or_else(|| twice.then(|| coded_twice(&message.headers)).flatten());
        if from == Direction::Server
            && !self.is_chunked(from)
            && let Some(error) = undecoded.take()
        {
            self.undecoded = Some(Undecoded { length, error, about: self.about(from), source });
        }
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
            self.is_answered();
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
        report(self.heads.answered(request, response, out.redacted).as_slice(), about, source, out);
        let (headers, came) = (&response.message.headers, response.message.body_bytes);
        if response.status != 200 {
            let fault = match response.status {
                205 if came > 0 && headers.get(FieldName::ContentLength).is_none() => Some(rules::Fault::ContentIn205),
                206 if request.method == b"GET" => judge_part(headers, came),
                _ => None,
            };
            report(fault.as_slice(), about, source, out);
        }
    }

    /// The server sends nothing more: what still waits for its response waits in vain, once its request is whole.
    pub(super) fn server_over(&mut self, source: Source, out: &mut Output<'_>) {
        self.end(Direction::Server, false, source, out);
        self.tell_undecoded(None, out);
        while self.open.front().is_some_and(|open| open.content.is_none()) {
            self.close_oldest(out);
        }
    }

    /// Nothing more comes: whatever is open stays as it is.
    pub(super) fn give_up(&mut self, source: Source, out: &mut Output<'_>) {
        self.end(Direction::Server, false, source, out);
        self.end(Direction::Client, false, source, out);
        self.tell_undecoded(None, out);
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
        let Some(mut open) = self.open.pop_front() else { return };
        self.answered = self.answered.saturating_sub(1);
        self.weighed -= open.weighed;
        if let Some(last) = open.exchange.interim.get(MAX_INTERIM - 1).filter(|_| open.interim > MAX_INTERIM as u64) {
            let about = About::connection(self.connection).by(Direction::Server).exchange(open.exchange.index);
            report(&[Fault::ManyInterim(open.interim)], about, Source::of(last.message.extent.last), out);
        }
        if let Some((waited, since)) = open.waited.filter(|_| self.heard[Direction::Server as usize]) {
            let later = open.exchange.interim.iter().find(|response| response.status == 100);
            let later = later.map(|response| response.message.extent.first.packet);
            let about = About::connection(self.connection).by(Direction::Client).exchange(open.exchange.index);
            report(&[Fault::WaitedForContinue { waited, later }], about, since, out);
        }
        out.exchange(open.ticket, &open.exchange);
        if open.held() <= MAX_SPARE_BYTES {
            out.scratch.response = open.clear().or(out.scratch.response.take());
            out.scratch.exchange = Some(open);
        }
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

    fn open(&mut self, mut open: Box<OpenExchange>, out: &mut Output<'_>) {
        open.exchange.connection = self.connection;
        open.exchange.index = self.next_index;
        self.next_index += 1;
        if self.open.len() >= MAX_UNANSWERED {
            self.close_oldest(out);
        }
        if let Some(before) = self.open.len().checked_sub(1) {
            self.weigh(before);
        }
        self.open.push_back(open);
    }

    fn message(&mut self, from: Direction) -> Option<&mut HttpMessage> {
        match from {
            Direction::Client => Some(&mut self.open.back_mut()?.exchange.request.as_mut()?.message),
            Direction::Server => {
                let exchange = &mut self.open.get_mut(self.answered)?.exchange;
                Some(&mut exchange.response.as_deref_mut().or(exchange.interim.last_mut())?.message)
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
                let response = exchange.response.as_deref_mut().or(exchange.interim.last_mut())?;
                Some((self.response.as_mut()?, &mut response.message))
            }
        }
    }
}

/// A request as the rules see it.
fn asked(request: &Request) -> RequestHead<'_> {
    let Request { method, target, message } = request;
    RequestHead { method, target, version: message.version, fields: &message.headers }
}

fn undecodable(error: Option<OwnWords>, about: About, source: Source, out: &mut Output<'_>) {
    if let Some(error) = error {
        report(&[Fault::CodingDoesNotDecode(error)], about, source, out);
    }
}
