//! JSON Lines: one object a line, as the input streams. `keys.rs` lists the keys of each; scripts rely on all of them.
//!
//! Text that isn't UTF-8 is `null`, and its bytes are lower-case hex in the twin key, which ends in `_hex`. A twin without a
//! value is `null`, too, except in the many `{name, value}` of header sections: there it's left out. Records are serialized
//! straight from where they are, through one buffer.

mod files;
mod keys;
mod lines;
mod values;
mod write;

use std::io::{self, Write};

use self::files::Files;
use self::keys::{Begin, Connection, Redacted, Summary as Last};
pub(super) use self::keys::{FORMAT, Keys, TOOL, keys};
pub(super) use self::lines::JsonLines;
pub(super) use self::values::{Shown, twin};
pub(super) use self::write::{Map, key};
use crate::capture::Names;
use crate::inspect::event::{Event, Sink};
use crate::inspect::record::Summary;

/// Writes what the pipeline finds as JSON Lines.
///
/// An error of the writer ends the pass (see [`Sink::done`]) and is returned by [`finish`](Self::finish).
#[derive(Debug)]
pub struct Json<'n, W> {
    lines: JsonLines<W>,
    /// What packets are called that several captures have.
    names: Option<&'n Names>,
    interfaces: Vec<Option<String>>,
    redacted: bool,
    error: Option<io::Error>,
}

impl<'n, W: Write> Json<'n, W> {
    /// Begins the output: `source` is the file's name as given, "-", or "lesson:NAME".
    pub fn new(out: W, source: &str) -> Self {
        Self::of_several(out, source, None)
    }

    /// The same of several captures as one, if `names` has what they are called.
    pub fn of_several(out: W, source: &str, names: Option<&'n Names>) -> Self {
        let lines = JsonLines::new(out);
        let mut json = Self { lines, names, interfaces: Vec::new(), redacted: false, error: None };
        json.write("begin", &Begin { source, files: Files(names) });
        json
    }

    /// Notes that the capture is redacted: the summary says so.
    pub fn redacted(&mut self, redacted: bool) {
        self.redacted = redacted;
    }

    /// Ends the output with the summary; `error` is the message that went to standard error, if the input was damaged or
    /// cut short.
    ///
    /// # Errors
    ///
    /// The first error of the writer, whenever it happened; nothing was written after it.
    pub fn finish(self, summary: &Summary, error: Option<&str>) -> io::Result<()> {
        self.finish_read(summary, error.is_none(), error)
    }

    /// Like [`finish`](Self::finish), but an error doesn't mean that the input isn't `complete`: it may be complete and
    /// just not have what was asked for.
    ///
    /// # Errors
    ///
    /// As [`finish`](Self::finish).
    pub fn finish_read(mut self, summary: &Summary, complete: bool, error: Option<&str>) -> io::Result<()> {
        self.write("summary", &Last { of: summary, complete, error, redacted: Redacted(self.redacted) });
        match self.error {
            Some(error) => Err(error),
            None => self.lines.flush(),
        }
    }

    fn write(&mut self, kind: &'static str, data: &impl Keys) {
        if self.error.is_none() {
            self.error = self.lines.write(kind, data).err();
        }
    }

    fn record(&mut self, event: Event<'_>) {
        match event {
            Event::Closed(connection) => {
                let interface = self.interfaces.get(connection.interface).cloned().flatten();
                self.write("connection", &Connection { of: connection, interface: interface.as_deref() });
            }
            Event::Exchange(exchange) => self.write("exchange", exchange),
            Event::Frame(frame) => self.write("frame", frame),
            Event::Message(message) => self.write("message", message),
            Event::Problem(problem) => self.write(problem.kind.name(), problem),
            Event::Hop(hop) => self.write("hop", hop),
            Event::Interface(index, name) => {
                self.interfaces.resize(self.interfaces.len().max(index + 1), None);
                self.interfaces[index] = name.map(str::to_owned);
            }
            Event::Packet(_)
            | Event::Opened(_)
            | Event::Ended(_)
            | Event::Request(_)
            | Event::Response(_)
            | Event::Turned(_)
            | Event::Upgraded(_)
            | Event::Bytes(_)
            | Event::Derived(_)
            | Event::Piece(_)
            | Event::Stray(_) => {}
        }
    }
}

impl<W: Write> Sink for Json<'_, W> {
    fn event(&mut self, event: Event<'_>) {
        match self.names {
            Some(names) => files::filed(names, event, |event| self.record(event)),
            None => self.record(event),
        }
    }

    fn done(&self) -> bool {
        self.error.is_some()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::inspect::record::{Direction, Message, Problem, Response};
    use crate::inspect::samples;
    use crate::render::connection::columns::tests::connection;
    use crate::render::exchange::columns::tests::exchange;
    use crate::render::frame::columns::tests::frame;

    fn lines(events: &[Event<'_>]) -> Vec<Value> {
        let mut out = Vec::new();
        let mut json = Json::new(&mut out, "a.pcap");
        json.event(Event::Interface(0, Some("lo")));
        for event in events {
            json.event(*event);
        }
        json.finish(&Summary::default(), None).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn data(event: Event<'_>) -> Value {
        let mut lines = lines(&[event]);
        lines.swap_remove(1)["data"].take()
    }

    #[test]
    fn the_first_line_begins_and_the_last_sums_up() {
        let lines = lines(&[]);
        assert_eq!(
            lines[0],
            json!({"type": "begin", "data": {"format": 2, "tool": format!("wire101 {}", env!("CARGO_PKG_VERSION")), "source": "a.pcap"}})
        );
        assert_eq!(lines[1]["type"], "summary");
        assert_eq!(lines[1]["data"]["complete"], true);
        assert_eq!(lines[1]["data"]["first_time"], Value::Null);
        assert_eq!(lines[1]["data"]["error"], Value::Null);
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn a_connection_has_every_key_of_the_contract() {
        assert_eq!(
            data(Event::Closed(&connection())),
            json!({
                "connection": 0, "interface": "lo", "client": "10.0.0.1:49152", "server": "10.0.0.2:80",
                "first_packet": 1, "last_packet": 33, "first_time": "1700000000.000123456",
                "last_time": "1700000000.240123456", "packets": 33, "protocol": "http/1", "protocol_detail": null, "exchanges": 3,
                "opened": "handshake", "closed": "fin", "closed_by": "client", "client_bytes": 1980, "server_bytes": 65536,
                "retransmitted_segments": 0, "missing_bytes": 0,
            })
        );
        let mut other = connection();
        (other.interface, other.handshake) = (4, false);
        other.server = "[2001:db8::2]:443".parse().unwrap();
        let other = data(Event::Closed(&other));
        assert_eq!(other["interface"], Value::Null);
        assert_eq!(other["opened"], "before-capture");
        assert_eq!(other["server"], "[2001:db8::2]:443");
    }

    #[test]
    fn an_exchange_has_every_key_of_the_contract() {
        let mut exchange = exchange();
        exchange.interim.push(Response { status: 103, ..*exchange.response.clone().unwrap() });
        exchange.response = None;
        let data = data(Event::Exchange(&exchange));
        assert_eq!(
            data["request"],
            json!({
                "method": "GET", "method_hex": null, "target": "/two?name=\u{1b}[31m", "target_hex": null, "version": "1.1",
                "headers": [
                    {"name": "Host", "value": "example.com"},
                    {"name": "X-Bytes", "value": null, "value_hex": "fffe"},
                ],
                "trailers": [], "first_packet": 4, "last_packet": 4, "time": "1700000000.040123456",
                "header_bytes": 64, "body_bytes": 0, "wire_body_bytes": 0, "content_coding": null,
                "decoded_body_bytes": 0, "body": "", "body_hex": null, "body_truncated": false, "complete": true,
            })
        );
        assert_eq!(data["response"], Value::Null);
        assert_eq!(data["duration"], Value::Null);
        assert_eq!(data["upgraded"], Value::Null);
        assert_eq!(data["interim"][0]["status"], 103);
        assert_eq!(data["interim"][0]["reason"], "OK");
        assert_eq!(data["interim"][0]["body"], "first line\nsecond \u{7}line\n");
    }

    #[test]
    fn a_duration_is_in_nanoseconds() {
        assert_eq!(data(Event::Exchange(&exchange()))["duration"], 40_000_000);
    }

    #[test]
    fn a_frame_has_every_key_of_the_contract() {
        assert_eq!(
            data(Event::Frame(&frame(1, "Grüße".as_bytes(), true))),
            json!({
                "connection": 0, "index": 0, "direction": "client", "first_packet": 9, "last_packet": 9,
                "time": "1700000000.000123456", "fin": true, "rsv": 0, "opcode": 1, "masked": true,
                "mask_key": "37fa213d", "payload_bytes": 7, "payload_seen": 7, "payload": "Grüße",
                "payload_hex": null, "payload_truncated": false, "close_code": null, "close_reason": null,
                "close_reason_hex": null, "complete": true,
            })
        );
    }

    #[test]
    fn binary_payloads_are_hex_even_where_they_are_text() {
        let data = data(Event::Frame(&frame(2, b"text", false)));
        assert_eq!((&data["payload"], &data["payload_hex"]), (&Value::Null, &json!("74657874")));
    }

    #[test]
    fn a_character_cut_by_the_limit_does_not_turn_text_into_hex() {
        let mut cut = frame(1, &"é".as_bytes()[..1], false);
        assert_eq!(data(Event::Frame(&cut))["payload_hex"], "c3");
        cut.payload = "aé".as_bytes()[..2].to_vec();
        cut.payload_truncated = true;
        assert_eq!(data(Event::Frame(&cut))["payload"], "a");
    }

    #[test]
    fn a_message_and_a_problem_have_every_key_of_the_contract() {
        let message = Message {
            index: 2,
            extent: frame(1, b"", false).extent,
            frames: 3,
            compressed: true,
            ..samples::message(Direction::Server, 2, &[0xca, 0xfe])
        };
        assert_eq!(
            data(Event::Message(&message)),
            json!({
                "connection": 0, "index": 2, "direction": "server", "first_packet": 9, "last_packet": 9,
                "time": "1700000000.000123456", "opcode": 2, "frames": 3, "compressed": true, "payload_bytes": 2,
                "payload": null, "payload_hex": "cafe", "payload_truncated": false,
            })
        );
        let problem = Problem {
            packet: 0,
            connection: Some(1),
            code: "gap",
            clause: "RFC 9293 §3.4",
            text: "A hole.".into(),
            ..Problem::default()
        };
        assert_eq!(
            data(Event::Problem(&problem)),
            json!({
                "id": 0, "because": null, "packet": null, "file": 0, "connection": 1, "direction": null, "exchange": null,
                "stream": null, "frame": null, "code": "gap", "clause": "RFC 9293 §3.4", "text": "A hole.",
            })
        );
    }

    #[test]
    fn the_summary_has_every_key_of_the_contract() {
        let summary = Summary {
            packets: 9,
            websocket_opcodes: [(1, 3), (10, 1)].into(),
            last_time: Some(crate::capture::Timestamp(1)),
            ..Summary::default()
        };
        let mut out = Vec::new();
        Json::new(&mut out, "-").finish(&summary, Some("cut short")).unwrap();
        let line = out.split(|&byte| byte == b'\n').nth(1).unwrap();
        let line: Value = serde_json::from_slice(line).unwrap();
        assert_eq!(
            line["data"],
            json!({
                "packets": 9, "bytes": 0, "first_time": null, "last_time": "0.000000001", "tcp_connections": 0,
                "http_requests": 0, "http_responses": 0, "http_interim": 0, "upgrades": 0, "websocket_upgrades": 0,
                "websocket_frames": 0, "websocket_opcodes": {"1": 3, "10": 1}, "websocket_messages": 0, "problems": 0,
                "notes": 0, "evicted": 0, "complete": false, "error": "cut short",
            })
        );
    }

    #[test]
    fn a_writer_that_fails_ends_the_pass_and_its_error_is_kept() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let json = Json::new(Full, "-");
        assert!(json.done());
        assert_eq!(json.finish(&Summary::default(), None).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
