//! What is true of a capture in which there's no problem and no note to tell of: whether all is well, or what isn't there or
//! couldn't be checked.

use std::collections::{BTreeMap, BTreeSet};

use crate::inspect::event::{Event, Sink};
use crate::inspect::record::{Closed, Connection, Exchange, Protocol};
use crate::render::numbers;
use crate::render::rest::Rest;

/// From which time on, in nanoseconds, a wait for a response is worth saying where nothing else is.
const SLOW: u64 = 5_000_000_000;

/// Counts what was read, and what is missing of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Well {
    /// What was read: exchanges and frames.
    read: u64,
    errors: u64,
    /// The status of the first of them, and its exchange.
    first_error: Option<(u16, [u64; 2])>,
    /// The longest that a response took to begin, in nanoseconds, and its exchange.
    longest_wait: Option<(u64, [u64; 2])>,
    unanswered: u64,
    /// Responses without a request.
    unasked: u64,
    /// Messages of HTTP, and frames, that aren't complete.
    incomplete: u64,
    cut_frames: u64,
    /// Connections whose beginning isn't in the capture, and those that were forgotten.
    joined: u64,
    forgotten: u64,
    unread: BTreeMap<&'static str, u64>,
    /// How many `WebSocket` connections were closed with a code that tells of an error, and the latest such code.
    failed: u64,
    latest_code: u16,
    /// Those of them that aren't over: the other side sends the code back.
    failing: BTreeSet<u64>,
}

impl Sink for Well {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Exchange(it) => self.exchange(it),
            Event::Frame(it) => {
                self.read += 1;
                self.cut_frames += u64::from(!it.complete);
                if let Some(code) = it.close_code.filter(|code| !matches!(code, 1000 | 1001))
                    && self.failing.insert(it.connection)
                {
                    (self.failed, self.latest_code) = (self.failed + 1, code);
                }
            }
            Event::Closed(it) => self.connection(it),
            _ => {}
        }
    }
}

impl Well {
    fn exchange(&mut self, it: &Exchange) {
        self.read += 1;
        let id = [it.connection, it.index];
        if let Some(response) = it.response.as_ref().filter(|response| response.status >= 400) {
            self.errors += 1;
            self.first_error.get_or_insert((response.status, id));
        }
        if let (Some(request), Some(response)) = (&it.request, &it.response) {
            let waited = response.message.extent.first.time.since(request.message.extent.last.time);
            if waited >= SLOW && self.longest_wait.is_none_or(|(longest, _)| waited > longest) {
                self.longest_wait = Some((waited, id));
            }
        }
        self.unanswered += u64::from(it.response.is_none() && it.request.is_some());
        self.unasked += u64::from(it.request.is_none());
        let messages = it.request.iter().map(|it| &it.message).chain(it.response.iter().map(|it| &it.message));
        self.incomplete += messages.filter(|message| !message.complete).count() as u64;
    }

    fn connection(&mut self, it: &Connection) {
        self.failing.remove(&it.number);
        self.forgotten += u64::from(it.closed == Closed::Evicted);
        let what = match it.protocol {
            Protocol::Tls => "encrypted with TLS",
            Protocol::Http2 => "in HTTP/2",
            Protocol::Unknown => "in another protocol",
            Protocol::Http1 | Protocol::WebSocket => {
                self.joined += u64::from(!it.handshake);
                return;
            }
            Protocol::None => return,
        };
        *self.unread.entry(what).or_default() += 1;
    }

    /// What is true, in a sentence or more. `rest`: what of the capture was not read.
    pub(super) fn sentence(&self, rest: Rest<'_>) -> String {
        let but = self.but(rest);
        if self.read == 0 {
            let nothing = "There's no HTTP/1 or WebSocket here that could be checked.".to_owned();
            std::iter::once(nothing).chain(but).collect::<Vec<_>>().join(" ")
        } else if but.is_empty() {
            "All is well: nothing that was read breaks a rule, and nothing is missing.".to_owned()
        } else {
            format!("Nothing that was read breaks a rule. {}", but.join(" "))
        }
    }

    /// The same where problems were asked for.
    pub(super) fn no_problems(&self, rest: Rest<'_>) -> String {
        let but = self.but(rest);
        let no = if self.read == 0 {
            "No problems: there's no HTTP/1 or WebSocket here that could be checked."
        } else if but.is_empty() {
            "No problems: nothing that was read breaks a rule, and nothing is missing."
        } else {
            "No problems: nothing that was read breaks a rule."
        };
        std::iter::once(no.to_owned()).chain(but).collect::<Vec<_>>().join(" ")
    }

    /// What keeps all from being well.
    fn but(&self, rest: Rest<'_>) -> Vec<String> {
        let is = |count: u64, one: &'static str, more: &'static str| if count == 1 { one } else { more };
        let said = |count: u64, what: &str, (one, more), then: &str| {
            (count > 0).then(|| format!("{} {} {then}.", numbers::counted(count, what), is(count, one, more)))
        };
        let latest = is(self.failed, "", ", the last one");
        let closed = format!("closed with an error code{latest} ({})", self.latest_code);
        let error = self.first_error.map_or_else(String::new, |(status, [connection, index])| {
            let first = is(self.errors, "", "the first is ");
            format!("an error ({first}{status}, in exchange {connection}.{index})")
        });
        let slow = self.longest_wait.map(|(waited, [connection, index])| {
            let waited = numbers::duration(waited);
            format!("The response of exchange {connection}.{index} began {waited} after its request.")
        });
        let unread = self.unread.iter().map(|(what, count)| (*count, format!("{what} and can't be checked")));
        let be = ("is", "are");
        let connection = "connection";
        let all = [
            said(self.errors, "response", ("reports", "report"), &error),
            said(self.unanswered, "request", ("has", "have"), "no response in the capture"),
            said(self.unasked, "response", ("has", "have"), "no request in the capture"),
            said(self.incomplete, "message", be, "not complete in the capture"),
            said(self.cut_frames, "frame", be, "not complete in the capture"),
            said(self.failed, "WebSocket", ("was", "were"), &closed),
            said(self.joined, connection, ("began", "began"), "before the capture did"),
            said(self.forgotten, connection, ("was", "were"), "forgotten to save memory"),
        ];
        let unread = unread.map(|(count, what)| said(count, connection, be, &what));
        all.into_iter().chain([slow]).chain(unread).flatten().chain(rest.sentences()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::record::{Frame, HttpMessage, Request, Response};
    use crate::render::connection::columns::tests::connection;
    use crate::render::frame::columns::tests::frame;

    fn lines(well: &Well) -> String {
        well.sentence(Rest(None))
    }

    fn response(status: u16, complete: bool) -> Box<Response> {
        Box::new(Response {
            status,
            message: HttpMessage { complete, ..HttpMessage::default() },
            ..Response::default()
        })
    }

    fn request(complete: bool) -> Request {
        Request { message: HttpMessage { complete, ..HttpMessage::default() }, ..Request::default() }
    }

    #[test]
    fn all_is_well_only_where_it_is() {
        let mut well = Well::default();
        assert!(lines(&well).contains("no HTTP/1 or WebSocket here"));
        assert!(well.no_problems(Rest(None)).starts_with("No problems: there's no HTTP/1"));
        well.event(Event::Frame(&frame(1, b"hi", true)));
        assert!(lines(&well).starts_with("All is well: "));
        assert!(well.no_problems(Rest(None)).ends_with("and nothing is missing."));
        let damaged = well.sentence(Rest(Some(&crate::capture::CaptureError::Missing)));
        assert_eq!(damaged, "Nothing that was read breaks a rule. The rest of the file is damaged.");
        let closing = Frame { close_code: Some(1011), ..frame(8, b"", true) };
        well.event(Event::Frame(&closing));
        well.event(Event::Frame(&closing));
        assert!(lines(&well).contains("1 WebSocket was closed with an error code (1011)."));
        let other = Frame { connection: closing.connection + 1, ..closing.clone() };
        for frame in [&other, &closing, &other] {
            well.event(Event::Frame(frame));
        }
        assert!(lines(&well).contains("2 WebSockets were closed"), "{}", lines(&well));
    }

    #[test]
    fn whatever_is_not_there_is_said_to_be_missing() {
        let after = |exchange: Exchange| {
            let mut well = Well::default();
            well.event(Event::Exchange(&exchange));
            lines(&well).replace("Nothing that was read breaks a rule. ", "")
        };
        let whole =
            Exchange { request: Some(request(true)), response: Some(response(200, true)), ..Exchange::default() };
        assert!(after(whole.clone()).starts_with("All is well"));
        assert_eq!(after(Exchange { response: None, ..whole.clone() }), "1 request has no response in the capture.");
        assert_eq!(after(Exchange { request: None, ..whole.clone() }), "1 response has no request in the capture.");
        let cut = Exchange { response: Some(response(200, false)), ..whole };
        assert_eq!(after(cut), "1 message is not complete in the capture.");
        let mut well = Well::default();
        well.event(Event::Frame(&frame(1, b"hi", true)));
        let joined = Connection { handshake: false, protocol: Protocol::WebSocket, ..connection() };
        well.event(Event::Closed(&joined));
        assert_eq!(
            well.no_problems(Rest(None)),
            "No problems: nothing that was read breaks a rule. 1 connection began before the capture did."
        );
    }
}
