//! The records as the contract names them: borrowed, and only for serializing.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use super::super::escape::whole_characters;
use crate::capture::Timestamp;
use crate::inspect::record;

#[derive(Serialize)]
pub(super) struct Begin<'a> {
    pub format: u32,
    pub tool: &'static str,
    pub source: &'a str,
}

/// What is written as its `Display` says.
pub(in crate::render) struct Shown<T>(T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Bytes as lower-case hex.
pub(in crate::render) struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        // Many digits a time: a payload has up to 64 KiB.
        let mut digits = [0; 128];
        for bytes in self.0.chunks(digits.len() / 2) {
            for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
                pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
            }
            f.write_str(std::str::from_utf8(&digits[..bytes.len() * 2]).map_err(|_| fmt::Error)?)?;
        }
        Ok(())
    }
}

/// A text and its twin: one of the two has the value.
pub(in crate::render) fn twin(bytes: &[u8]) -> (Option<&str>, Option<Shown<Hex<'_>>>) {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => (Some(text), None),
        Err(_) => (None, Some(Shown(Hex(bytes)))),
    }
}

/// The same for what may be only a beginning: a character that the limit cut apart does not count against the text.
fn beginning(bytes: &[u8], truncated: bool) -> (Option<&str>, Option<Shown<Hex<'_>>>) {
    if truncated && let (Some(text), _) = twin(whole_characters(bytes)) {
        return (Some(text), None);
    }
    twin(bytes)
}

/// The same for a WebSocket payload: that of a binary frame is never text.
fn payload(opcode: u8, bytes: &[u8], truncated: bool) -> (Option<&str>, Option<Shown<Hex<'_>>>) {
    if opcode == 2 { (None, Some(Shown(Hex(bytes)))) } else { beginning(bytes, truncated) }
}

#[derive(Serialize)]
pub(super) struct Connection<'a> {
    #[serde(rename = "connection")]
    number: u64,
    interface: Option<&'a str>,
    client: Shown<std::net::SocketAddr>,
    server: Shown<std::net::SocketAddr>,
    first_packet: u64,
    last_packet: u64,
    first_time: Shown<Timestamp>,
    last_time: Shown<Timestamp>,
    packets: u64,
    protocol: &'static str,
    protocol_detail: Option<&'a str>,
    exchanges: u64,
    opened: &'static str,
    closed: &'static str,
    client_bytes: u64,
    server_bytes: u64,
    retransmitted_segments: u64,
    missing_bytes: u64,
}

impl<'a> Connection<'a> {
    pub fn of(it: &'a record::Connection, interface: Option<&'a str>) -> Self {
        Self {
            number: it.number,
            interface,
            client: Shown(it.client),
            server: Shown(it.server),
            first_packet: it.extent.first.packet,
            last_packet: it.extent.last.packet,
            first_time: Shown(it.extent.first.time),
            last_time: Shown(it.extent.last.time),
            packets: it.packets,
            protocol: it.protocol.name(),
            protocol_detail: it.protocol_detail.as_deref(),
            exchanges: it.exchanges,
            opened: if it.handshake { "handshake" } else { "before-capture" },
            closed: it.closed.name(),
            client_bytes: it.client_bytes,
            server_bytes: it.server_bytes,
            retransmitted_segments: it.retransmitted_segments,
            missing_bytes: it.missing_bytes,
        }
    }
}

#[derive(Serialize)]
struct FieldLine<'a> {
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_hex: Option<Shown<Hex<'a>>>,
    value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_hex: Option<Shown<Hex<'a>>>,
}

struct Fields<'a>(&'a record::Fields);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(name, value)| {
            let (name, name_hex) = twin(name);
            let (value, value_hex) = twin(value);
            FieldLine { name, name_hex, value, value_hex }
        }))
    }
}

#[derive(Serialize)]
struct HttpMessage<'a> {
    version: Shown<Version>,
    headers: Fields<'a>,
    trailers: Fields<'a>,
    first_packet: u64,
    last_packet: u64,
    time: Shown<Timestamp>,
    header_bytes: u64,
    body_bytes: u64,
    wire_body_bytes: u64,
    content_coding: Option<&'a str>,
    decoded_body_bytes: Option<u64>,
    body: Option<&'a str>,
    body_hex: Option<Shown<Hex<'a>>>,
    body_truncated: bool,
    complete: bool,
}

struct Version(u8, u8);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl<'a> HttpMessage<'a> {
    fn of(it: &'a record::HttpMessage) -> Self {
        let (body, body_hex) = beginning(&it.body, it.body_truncated);
        Self {
            version: Shown(Version(it.version.0, it.version.1)),
            headers: Fields(&it.headers),
            trailers: Fields(&it.trailers),
            first_packet: it.extent.first.packet,
            last_packet: it.extent.last.packet,
            time: Shown(it.extent.first.time),
            header_bytes: it.header_bytes,
            body_bytes: it.body_bytes,
            wire_body_bytes: it.wire_body_bytes,
            content_coding: it.content_coding.as_deref(),
            decoded_body_bytes: it.decoded_body_bytes,
            body,
            body_hex,
            body_truncated: it.body_truncated,
            complete: it.complete,
        }
    }
}

#[derive(Serialize)]
struct Request<'a> {
    method: Option<&'a str>,
    method_hex: Option<Shown<Hex<'a>>>,
    target: Option<&'a str>,
    target_hex: Option<Shown<Hex<'a>>>,
    #[serde(flatten)]
    message: HttpMessage<'a>,
}

impl<'a> Request<'a> {
    fn of(it: &'a record::Request) -> Self {
        let (method, method_hex) = twin(&it.method);
        let (target, target_hex) = twin(&it.target);
        Self { method, method_hex, target, target_hex, message: HttpMessage::of(&it.message) }
    }
}

#[derive(Serialize)]
struct Response<'a> {
    status: u16,
    reason: Option<&'a str>,
    reason_hex: Option<Shown<Hex<'a>>>,
    #[serde(flatten)]
    message: HttpMessage<'a>,
}

impl<'a> Response<'a> {
    fn of(it: &'a record::Response) -> Self {
        let (reason, reason_hex) = twin(&it.reason);
        Self { status: it.status, reason, reason_hex, message: HttpMessage::of(&it.message) }
    }
}

struct Responses<'a>(&'a [record::Response]);

impl Serialize for Responses<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Response::of))
    }
}

#[derive(Serialize)]
pub(super) struct Exchange<'a> {
    connection: u64,
    index: u64,
    request: Option<Request<'a>>,
    interim: Responses<'a>,
    response: Option<Response<'a>>,
    duration: Option<u64>,
    upgraded: Option<&'a str>,
}

impl<'a> Exchange<'a> {
    pub fn of(it: &'a record::Exchange) -> Self {
        Self {
            connection: it.connection,
            index: it.index,
            request: it.request.as_ref().map(Request::of),
            interim: Responses(&it.interim),
            response: it.response.as_ref().map(Response::of),
            duration: it.duration(),
            upgraded: it.upgraded.as_deref(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Frame<'a> {
    connection: u64,
    index: u64,
    direction: &'static str,
    first_packet: u64,
    last_packet: u64,
    time: Shown<Timestamp>,
    fin: bool,
    rsv: u8,
    opcode: u8,
    masked: bool,
    mask_key: Option<Shown<Hex<'a>>>,
    payload_bytes: u64,
    payload_seen: u64,
    payload: Option<&'a str>,
    payload_hex: Option<Shown<Hex<'a>>>,
    payload_truncated: bool,
    close_code: Option<u16>,
    close_reason: Option<&'a str>,
    close_reason_hex: Option<Shown<Hex<'a>>>,
    complete: bool,
}

impl<'a> Frame<'a> {
    pub fn of(it: &'a record::Frame) -> Self {
        let (payload, payload_hex) = payload(it.opcode, &it.payload, it.payload_truncated);
        let (close_reason, close_reason_hex) = it.close_reason.as_deref().map_or((None, None), twin);
        Self {
            connection: it.connection,
            index: it.index,
            direction: it.direction.name(),
            first_packet: it.extent.first.packet,
            last_packet: it.extent.last.packet,
            time: Shown(it.extent.first.time),
            fin: it.fin,
            rsv: it.rsv,
            opcode: it.opcode,
            masked: it.mask_key.is_some(),
            mask_key: it.mask_key.as_ref().map(|key| Shown(Hex(key))),
            payload_bytes: it.payload_bytes,
            payload_seen: it.payload_seen,
            payload,
            payload_hex,
            payload_truncated: it.payload_truncated,
            close_code: it.close_code,
            close_reason,
            close_reason_hex,
            complete: it.complete,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Message<'a> {
    connection: u64,
    index: u64,
    direction: &'static str,
    first_packet: u64,
    last_packet: u64,
    time: Shown<Timestamp>,
    opcode: u8,
    frames: u64,
    compressed: bool,
    payload_bytes: u64,
    payload: Option<&'a str>,
    payload_hex: Option<Shown<Hex<'a>>>,
    payload_truncated: bool,
}

impl<'a> Message<'a> {
    pub fn of(it: &'a record::Message) -> Self {
        let (payload, payload_hex) = payload(it.opcode, &it.payload, it.payload_truncated);
        Self {
            connection: it.connection,
            index: it.index,
            direction: it.direction.name(),
            first_packet: it.extent.first.packet,
            last_packet: it.extent.last.packet,
            time: Shown(it.extent.first.time),
            opcode: it.opcode,
            frames: it.frames,
            compressed: it.compressed,
            payload_bytes: it.payload_bytes,
            payload,
            payload_hex,
            payload_truncated: it.payload_truncated,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Problem<'a> {
    packet: Option<u64>,
    connection: Option<u64>,
    code: &'static str,
    clause: &'static str,
    text: &'a str,
}

impl<'a> Problem<'a> {
    pub fn of(it: &'a record::Problem) -> Self {
        Self {
            packet: (it.packet > 0).then_some(it.packet),
            connection: it.connection,
            code: it.code,
            clause: it.clause,
            text: &it.text,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Summary<'a> {
    packets: u64,
    bytes: u64,
    first_time: Option<Shown<Timestamp>>,
    last_time: Option<Shown<Timestamp>>,
    tcp_connections: u64,
    http_requests: u64,
    http_responses: u64,
    http_interim: u64,
    upgrades: u64,
    websocket_upgrades: u64,
    websocket_frames: u64,
    websocket_opcodes: &'a BTreeMap<u8, u64>,
    websocket_messages: u64,
    problems: u64,
    evicted: u64,
    complete: bool,
    error: Option<&'a str>,
}

impl<'a> Summary<'a> {
    pub fn of(it: &'a record::Summary, complete: bool, error: Option<&'a str>) -> Self {
        Self {
            packets: it.packets,
            bytes: it.bytes,
            first_time: it.first_time.map(Shown),
            last_time: it.last_time.map(Shown),
            tcp_connections: it.tcp_connections,
            http_requests: it.http_requests,
            http_responses: it.http_responses,
            http_interim: it.http_interim,
            upgrades: it.upgrades,
            websocket_upgrades: it.websocket_upgrades,
            websocket_frames: it.websocket_frames,
            websocket_opcodes: &it.websocket_opcodes,
            websocket_messages: it.websocket_messages,
            problems: it.problems,
            evicted: it.evicted,
            complete,
            error,
        }
    }
}
