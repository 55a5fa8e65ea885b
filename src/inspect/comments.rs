//! What to know about individual packets: a comment for each that matters, as a teacher would point at it.
//!
//! One set of rules for any capture: what happens for the first time on its interface, and whatever ends, breaks off or
//! goes wrong. Comments quote nothing that was captured. This module knows no file format, and nothing about its
//! readers.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::event::{Event, Novelty, PacketContent, PacketSeen, SegmentSeen, Sink};
use super::record::{Direction, Exchange, Extent, Frame, HttpMessage, Response};
use crate::explain;
use crate::layers::application::http::FieldName;
use crate::layers::application::websocket::{BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT};
use crate::layers::transport::header::{ACK, FIN, RST, SYN};
use crate::limits::MAX_COMMENTED_PACKETS;

/// Gathers comments. A [`Sink`]: give it the events of a capture.
#[derive(Clone, Debug, Default)]
pub struct Comments {
    by_packet: BTreeMap<u64, String>,
    /// What has happened, and where.
    seen: HashSet<(First, Scope)>,
    /// Each connection's interface.
    interfaces: HashMap<u64, usize>,
}

/// What is worth a comment when it happens for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum First {
    Connection,
    End,
    NoRoom,
    Request,
    Reuse,
    Status(u16),
    Chunks,
    SetCookie,
    Cookie,
    Condition,
    Masked,
    Unmasked,
    Compressed,
    Opcode(u8),
}

/// What it is the first within.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Scope {
    Interface(usize),
    Connection(u64),
}

impl Comments {
    /// The comments, by the numbers of their packets.
    #[must_use]
    pub fn finish(self) -> BTreeMap<u64, String> {
        self.by_packet
    }

    fn say(&mut self, packet: u64, sentence: &str) {
        if let Some(comment) = self.by_packet.get_mut(&packet) {
            comment.push(' ');
            comment.push_str(sentence);
        } else if self.by_packet.len() < MAX_COMMENTED_PACKETS {
            self.by_packet.insert(packet, sentence.to_owned());
        }
    }

    /// Whether this is the first of its kind there.
    fn is_first(&mut self, what: First, scope: Scope) -> bool {
        self.seen.len() < MAX_COMMENTED_PACKETS && self.seen.insert((what, scope))
    }

    /// Comments on the first of its kind on the connection's interface.
    fn first(&mut self, what: First, connection: u64, packet: u64, sentence: &str) {
        let interface = self.interfaces.get(&connection).copied().unwrap_or_default();
        if self.is_first(what, Scope::Interface(interface)) {
            self.say(packet, sentence);
        }
    }

    fn segment(&mut self, packet: &PacketSeen, segment: &SegmentSeen) {
        let (number, connection) = (packet.moment.packet, segment.connection);
        if self.interfaces.len() < MAX_COMMENTED_PACKETS {
            self.interfaces.entry(connection).or_insert(packet.interface);
        }
        if segment.novelty == Novelty::Repeated {
            let sentence = match (segment.flags & SYN != 0, segment.flags & ACK != 0) {
                (true, false) => "SYN, sent again: no answer had come.",
                (true, true) => "SYN and ACK, sent again.",
                (false, _) => "Sent again: these bytes were in an earlier packet.",
            };
            self.say(number, sentence);
            return;
        }
        if segment.novelty == Novelty::Copy {
            return self.say(number, "The same packet once more: it was captured twice, and sent once.");
        }
        if segment.flags & (SYN | ACK) == SYN && segment.direction == Direction::Client {
            let sentence = if self.is_first(First::Connection, Scope::Interface(packet.interface)) {
                "A connection begins: SYN is the first packet of TCP's handshake (RFC 9293 §3.5). Nothing of HTTP crosses \
                 before it is done."
            } else {
                "Another connection, with a handshake of its own."
            };
            self.say(number, sentence);
        }
        if segment.flags & RST != 0 {
            self.say(
                number,
                "RST: the connection ends at once, and what is still on its way is given up (RFC 9293 §3.5.2).",
            );
        } else if segment.flags & FIN != 0 {
            if self.is_first(First::End, Scope::Connection(connection)) {
                let from = segment.direction.name();
                self.say(number, &format!("The {from} closes first. FIN ends its own direction only (RFC 9293 §3.6)."));
            }
        } else if segment.window == 0
            && segment.flags & SYN == 0
            && self.is_first(First::NoRoom, Scope::Connection(connection))
        {
            self.say(number, "No room left: a window of 0 tells the other side to stop (RFC 9293 §3.8.6).");
        }
    }

    fn exchange(&mut self, exchange: &Exchange) {
        let connection = exchange.connection;
        if let Some(request) = &exchange.request {
            let packet = request.message.extent.first.packet;
            let sentence =
                "The first request: a line with method, target and version, then field lines (RFC 9112 §2.1).";
            self.first(First::Request, connection, packet, sentence);
            if exchange.index > 0 {
                let sentence = "This connection is used again: no handshake (RFC 9112 §9.3).";
                self.first(First::Reuse, connection, packet, sentence);
            }
            for (name, first, sentence) in [
                (FieldName::Cookie, First::Cookie, "The client sends a cookie back (RFC 6265 §4.2)."),
                (
                    FieldName::IfNoneMatch,
                    First::Condition,
                    "Asks for the body only if it has changed (RFC 9110 §13.1.2).",
                ),
            ] {
                if request.message.headers.get(name).is_some() {
                    self.first(first, connection, packet, sentence);
                }
            }
            self.body(connection, &request.message);
        }
        for response in exchange.responses() {
            self.response(connection, response);
        }
        if exchange.upgraded.as_deref() == Some("websocket")
            && let Some(response) = &exchange.response
        {
            let sentence = "On this same connection WebSocket's frames follow.";
            self.say(response.message.extent.last.packet, sentence);
        }
    }

    fn response(&mut self, connection: u64, response: &Response) {
        let packet = response.message.extent.first.packet;
        if let Some(status) = explain::status(response.status).filter(|status| status.is_assigned()) {
            let (code, clause) = (response.status, status.clause);
            let sentence = format!("{code} {} ({clause}): {}", status.name, status.meaning);
            self.first(First::Status(code), connection, packet, &sentence);
        }
        if response.message.headers.get(FieldName::SetCookie).is_some() {
            self.first(First::SetCookie, connection, packet, "The server sets a cookie (RFC 6265 §4.1).");
        }
        self.body(connection, &response.message);
    }

    fn body(&mut self, connection: u64, message: &HttpMessage) {
        let packet = message.extent.first.packet;
        if message.headers.get(FieldName::TransferEncoding).is_some() {
            let sentence = "The body comes in chunks, each with its size before it (RFC 9112 §7.1).";
            self.first(First::Chunks, connection, packet, sentence);
        }
        if message.complete {
            self.parts(message.extent, "message");
        }
    }

    /// Where something long ends.
    fn parts(&mut self, extent: Extent, what: &str) {
        if extent.first.packet != extent.last.packet {
            let first = extent.first.packet;
            self.say(extent.last.packet, &format!("The end of a {what} that began in packet {first}."));
        }
    }

    fn frame(&mut self, frame: &Frame) {
        let (connection, packet) = (frame.connection, frame.extent.first.packet);
        match frame.mask_key {
            Some(key) => {
                let key = key.map(|byte| format!("{byte:02x}")).join(" ");
                let sentence =
                    format!("The first masked frame. Its key, {key}, stands before the payload (RFC 6455 §5.3).");
                self.first(First::Masked, connection, packet, &sentence);
            }
            None if frame.direction == Direction::Server => {
                let sentence = "The first frame from the server: it is not masked (RFC 6455 §5.1).";
                self.first(First::Unmasked, connection, packet, sentence);
            }
            None => {}
        }
        if frame.is_compressed() {
            let sentence = "RSV1 is 1: the message is compressed (RFC 7692 §6).";
            self.first(First::Compressed, connection, packet, sentence);
        }
        match frame.opcode {
            CONTINUATION if frame.fin => {
                self.say(packet, "The last frame of a message in several: FIN is 1 (RFC 6455 §5.4).");
            }
            TEXT | BINARY if !frame.fin => {
                self.say(packet, "The first frame of a message in several: FIN is 0 (RFC 6455 §5.4).");
            }
            CLOSE => self.say(packet, &close(frame)),
            PING | PONG => {
                if let Some(opcode) = explain::opcode(frame.opcode) {
                    let sentence = format!("{} ({}): {}", opcode.name, opcode.clause, opcode.meaning);
                    self.first(First::Opcode(frame.opcode), connection, packet, &sentence);
                }
            }
            _ => {}
        }
        if frame.complete {
            self.parts(frame.extent, "frame");
        }
    }
}

/// What a close frame says, in the registry's words.
fn close(frame: &Frame) -> String {
    let from = frame.direction.name();
    let Some(code) = frame.close_code else { return format!("A close frame from the {from}, without a code.") };
    let name = explain::close_code(code).map_or_else(String::new, |known| format!(" ({})", known.name));
    format!("A close frame from the {from}: {code}{name}.")
}

impl Sink for Comments {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Packet(packet) => {
                if let PacketContent::Tcp(segment) = &packet.content {
                    self.segment(packet, segment);
                }
            }
            Event::Exchange(exchange) => self.exchange(exchange),
            Event::Frame(frame) => self.frame(frame),
            Event::Problem(problem) if problem.packet > 0 => {
                self.say(problem.packet, &format!("Problem: {} ({}).", problem.code, problem.clause));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
