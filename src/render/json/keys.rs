//! Every record's keys, in order, and how the value of each is written.

use super::files::{Between, Files, Number, Of, file};
use super::values::{Hex, Shown, beginning, optional, payload, twin};
use super::write::{Map, Value, array, key, object};
use crate::inspect::{hops, record};

/// What is written as a JSON object.
pub(in crate::render) trait Keys {
    /// Writes the keys and their values.
    fn keys(&self, map: &mut Map<'_>);
}

/// Writes a record with its keys.
pub(in crate::render) struct Object<'a, T>(pub &'a T);

impl<T: Keys> Value for Object<'_, T> {
    fn write(&self, out: &mut Vec<u8>) {
        object(out, |map| self.0.keys(map));
    }
}

/// Lists the keys of a record: `"key" = value`, or `"key" / "key_hex" = twin`; after a semicolon, a record whose keys follow.
macro_rules! keys {
    ($record:ty, $it:ident: $($key:literal $(/ $hex:literal)? = $value:expr),+ $(; $rest:expr)?) => {
        impl $crate::render::json::Keys for $record {
            fn keys(&self, map: &mut $crate::render::json::Map<'_>) {
                let $it = self;
                $($crate::render::json::keys!(@ map, $key $(/ $hex)?, $value);)+
                $($rest.keys(map);)?
            }
        }
    };
    (@ $map:ident, $key:literal, $value:expr) => { $map.entry($crate::render::json::key!($key), &$value) };
    (@ $map:ident, $key:literal / $hex:literal, $value:expr) => {{
        let (text, hex) = $value;
        $map.entry($crate::render::json::key!($key), &text);
        $map.entry($crate::render::json::key!($hex), &hex);
    }};
}
pub(in crate::render) use keys;

/// A list of records.
struct List<'a, T>(&'a [T]);

impl<T: Keys> Value for List<'_, T> {
    fn write(&self, out: &mut Vec<u8>) {
        array(out, self.0.iter().map(Object));
    }
}

/// The version of the contract.
pub(in crate::render) const FORMAT: u32 = 2;

/// Which program wrote the lines: its name and version.
pub(in crate::render) const TOOL: &str = concat!("wire101 ", env!("CARGO_PKG_VERSION"));

/// The first line: `source` is the file's name as given, "-", or "lesson:NAME"; of several captures, `files` has the names.
pub(super) struct Begin<'a> {
    pub source: &'a str,
    pub files: Files<'a>,
}

keys!(Begin<'_>, it: "format" = FORMAT, "tool" = TOOL, "source" = it.source; it.files);

/// A connection, and the name of its interface.
pub(super) struct Connection<'a> {
    pub of: &'a record::Connection,
    pub interface: Option<&'a str>,
}

keys!(Connection<'_>, it:
    "connection" = it.of.number,
    "interface" = it.interface,
    "client" = Shown(it.of.client),
    "server" = Shown(it.of.server),
    "first_packet" = Number(it.of.extent.first.packet),
    "last_packet" = Number(it.of.extent.last.packet),
    "first_time" = it.of.extent.first.time,
    "last_time" = it.of.extent.last.time,
    "packets" = it.of.packets,
    "protocol" = it.of.protocol.name(),
    "protocol_detail" = it.of.protocol_detail,
    "exchanges" = it.of.exchanges,
    "opened" = if it.of.handshake { "handshake" } else { "before-capture" },
    "closed" = it.of.closed.name(),
    "closed_by" = it.of.closed_by.map(record::Direction::name),
    "client_bytes" = it.of.client_bytes,
    "server_bytes" = it.of.server_bytes,
    "retransmitted_segments" = it.of.retransmitted_segments,
    "missing_bytes" = it.of.missing_bytes;
    Between(it.of.extent)
);

keys!(record::Exchange, it:
    "connection" = it.connection,
    "index" = it.index,
    "request" = it.request.as_ref().map(Object),
    "interim" = List(&it.interim),
    "response" = it.response.as_deref().map(Object),
    "duration" = it.duration(),
    "upgraded" = it.upgraded
);

keys!(record::Request, it:
    "method" / "method_hex" = twin(&it.method),
    "target" / "target_hex" = twin(&it.target);
    it.message
);

keys!(record::Response, it:
    "status" = it.status,
    "reason" / "reason_hex" = twin(&it.reason);
    it.message
);

keys!(record::HttpMessage, it:
    "version" = Shown(format_args!("{}.{}", it.version.0, it.version.1)),
    "headers" = FieldLines(&it.headers),
    "trailers" = FieldLines(&it.trailers),
    "first_packet" = Number(it.extent.first.packet),
    "last_packet" = Number(it.extent.last.packet),
    "time" = it.extent.first.time,
    "header_bytes" = it.header_bytes,
    "body_bytes" = it.body_bytes,
    "wire_body_bytes" = it.wire_body_bytes,
    "content_coding" = it.content_coding,
    "decoded_body_bytes" = it.decoded_body_bytes,
    "body" / "body_hex" = beginning(&it.body, it.body_truncated),
    "body_truncated" = it.body_truncated,
    "complete" = it.complete;
    Between(it.extent)
);

struct FieldLines<'a>(&'a record::Fields);

impl Value for FieldLines<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        array(out, self.0.iter().map(|(name, value)| FieldLine { name, value }));
    }
}

struct FieldLine<'a> {
    name: &'a [u8],
    value: &'a [u8],
}

/// There are many of these, so the twins are there only if they have a value.
impl Value for FieldLine<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        object(out, |map| {
            for (key, key_hex, bytes) in
                [(key!("name"), key!("name_hex"), self.name), (key!("value"), key!("value_hex"), self.value)]
            {
                let (text, hex) = twin(bytes);
                map.entry(key, &text);
                if let Some(hex) = hex {
                    map.entry(key_hex, &hex);
                }
            }
        });
    }
}

keys!(record::Frame, it:
    "connection" = it.connection,
    "index" = it.index,
    "direction" = it.direction.name(),
    "first_packet" = Number(it.extent.first.packet),
    "last_packet" = Number(it.extent.last.packet),
    "time" = it.extent.first.time,
    "fin" = it.fin,
    "rsv" = it.rsv,
    "opcode" = it.opcode,
    "masked" = it.mask_key.is_some(),
    "mask_key" = it.mask_key.as_ref().map(|key| Hex(key)),
    "payload_bytes" = it.payload_bytes,
    "payload_seen" = it.payload_seen,
    "payload" / "payload_hex" = payload(it.opcode, &it.payload, it.payload_truncated),
    "payload_truncated" = it.payload_truncated,
    "close_code" = it.close_code,
    "close_reason" / "close_reason_hex" = optional(it.close_reason.as_deref()),
    "complete" = it.complete;
    Between(it.extent)
);

keys!(record::Message, it:
    "connection" = it.connection,
    "index" = it.index,
    "direction" = it.direction.name(),
    "first_packet" = Number(it.extent.first.packet),
    "last_packet" = Number(it.extent.last.packet),
    "time" = it.extent.first.time,
    "opcode" = it.opcode,
    "frames" = it.frames,
    "compressed" = it.compressed,
    "payload_bytes" = it.payload_bytes,
    "payload" / "payload_hex" = payload(it.opcode, &it.payload, it.payload_truncated),
    "payload_truncated" = it.payload_truncated;
    Between(it.extent)
);

keys!(record::Problem, it:
    "id" = it.id,
    "because" = it.because,
    "packet" = (it.packet > 0).then_some(Number(it.packet)),
    "file" = file(it.packet),
    "connection" = it.connection,
    "direction" = it.direction.map(record::Direction::name),
    "exchange" = it.exchange,
    "stream" = None::<u64>,
    "frame" = it.frame,
    "code" = it.code,
    "clause" = Some(it.clause).filter(|clause| !clause.is_empty()),
    "text" = it.text
);

keys!(hops::Hop, it:
    "from" = it.from.exchange.connection,
    "to" = it.to.exchange.connection,
    "exchange" = [it.from.exchange.index, it.to.exchange.index],
    "by" = it.by,
    "proxy" = it.proxy(),
    "changes" = List(&it.changes())
);

keys!(hops::Change, it:
    "kind" = it.kind.name(),
    "direction" = it.direction.name(),
    "name" / "name_hex" = twin(&it.name),
    "before" / "before_hex" = optional(it.before.as_deref()),
    "after" / "after_hex" = optional(it.after.as_deref()),
    "packet" = Number(it.packet);
    Of(it.packet)
);

/// The last line: counts, and how the reading ended.
pub(super) struct Summary<'a> {
    pub of: &'a record::Summary,
    pub complete: bool,
    pub error: Option<&'a str>,
    pub redacted: Redacted,
}

/// Whether what may be secret is left out: a key only where it is.
pub(super) struct Redacted(pub bool);

impl Keys for Redacted {
    fn keys(&self, map: &mut Map<'_>) {
        if self.0 {
            map.entry(key!("redacted"), &true);
        }
    }
}

keys!(Summary<'_>, it:
    "packets" = it.of.packets,
    "bytes" = it.of.bytes,
    "first_time" = it.of.first_time,
    "last_time" = it.of.last_time,
    "tcp_connections" = it.of.tcp_connections,
    "http_requests" = it.of.http_requests,
    "http_responses" = it.of.http_responses,
    "http_interim" = it.of.http_interim,
    "upgrades" = it.of.upgrades,
    "websocket_upgrades" = it.of.websocket_upgrades,
    "websocket_frames" = it.of.websocket_frames,
    "websocket_opcodes" = it.of.websocket_opcodes,
    "websocket_messages" = it.of.websocket_messages,
    "problems" = it.of.problems,
    "notes" = it.of.notes,
    "evicted" = it.of.evicted,
    "complete" = it.complete,
    "error" = it.error;
    it.redacted
);
