//! Frames, field by field (RFC 6455 §5.2), with the names that the specification's drawing gives them.
//!
//! Spans count from the first byte given, in packet 0: only the caller knows where the bytes lie, and moves the spans there.
//! Everything is layer 7 but the masking key, and payload that is compressed: how something is represented is layer 6.

use std::fmt::Write;

use super::header::Header;
use super::{BINARY, CLOSE, CONTINUATION, PING, PONG, RSV1};
use crate::explain;
use crate::layers::headers::pen::{Pen, count, hex};
use crate::layers::presentation::charset::whole_characters;
use crate::layers::presentation::masking;
use crate::layers::{Field, Layer, Origin, Span};

const CLAUSE: &str = "RFC 6455 §5.2";

/// Names the bits of the frame header `bytes`. `compressed` tells whether permessage-deflate compressed its message.
#[must_use]
pub fn header(bytes: &[u8], compressed: bool) -> Vec<Field> {
    let mut pen = Pen::new(Origin::default(), 0, bytes, Layer::Application, CLAUSE);
    if let Some(header) = Header::parse(bytes) {
        first_byte(&mut pen, &header, compressed);
        lengths(&mut pen, &header);
        if let Some(key) = header.mask_key {
            pen.layer(Layer::Presentation);
            pen.clause("RFC 6455 §5.3");
            let [a, b, c, d] = key;
            let value = format!("{a:02x} {b:02x} {c:02x} {d:02x}");
            let meaning = "Payload byte i was sent XOR byte i mod 4 of this key: so no page can make a client send bytes of its choice.";
            pen.leaf(32, "Masking-key", value, meaning);
        }
    }
    pen.finish("", "", "", CLAUSE).parts
}

fn first_byte(pen: &mut Pen<'_>, header: &Header, compressed: bool) {
    let meaning = match (header.fin, header.opcode) {
        (true, 8..) => "Control frames are never divided.",
        (true, CONTINUATION) => "The last frame of its message.",
        (true, _) => "Nothing follows: the only frame of its message.",
        (false, _) => "More frames of this message follow.",
    };
    pen.leaf(1, "FIN", bit(header.fin), meaning);
    let rsv1 = header.rsv & RSV1 != 0;
    if rsv1 && compressed {
        pen.clause("RFC 7692 §6");
        pen.leaf(1, "RSV1", "1", "permessage-deflate: this message is compressed.");
        pen.clause(CLAUSE);
    } else {
        reserved(pen, "RSV1", rsv1);
    }
    reserved(pen, "RSV2", header.rsv & 2 != 0);
    reserved(pen, "RSV3", header.rsv & 1 != 0);
    match explain::opcode(header.opcode) {
        Some(opcode) => {
            pen.clause(opcode.clause);
            pen.leaf(4, "opcode", format!("{} {}", header.opcode, opcode.name), opcode.meaning);
            pen.clause(CLAUSE);
        }
        None => pen.leaf(4, "opcode", header.opcode.to_string(), "What kind of frame it is."),
    }
}

fn reserved(pen: &mut Pen<'_>, name: &'static str, set: bool) {
    let meaning = if set {
        "Reserved for extensions: must be 0 where none that uses it was agreed on."
    } else {
        "Reserved for extensions: none uses it here."
    };
    pen.leaf(1, name, bit(set), meaning);
}

fn lengths(pen: &mut Pen<'_>, header: &Header) {
    let meaning = match header.mask_key {
        Some(_) => "The payload is masked, and the key is in this header: clients must do so.",
        None => "The payload is not masked: servers must send it so.",
    };
    pen.clause("RFC 6455 §5.1");
    pen.leaf(1, "MASK", bit(header.mask_key.is_some()), meaning);
    pen.clause(CLAUSE);
    let short = pen.peek(7);
    let (extended, meaning) = match short {
        126 => (16, "126 is no length: it says that the next 2 bytes are."),
        127 => (64, "127 is no length: it says that the next 8 bytes are."),
        _ => (0, "Bytes of payload."),
    };
    pen.leaf(7, "Payload len", short.to_string(), meaning);
    if extended > 0 {
        let minimal = if header.is_minimal() {
            "Bytes of payload."
        } else {
            "Bytes of payload; it should have been written in fewer bytes."
        };
        pen.leaf(extended, "Extended payload length", header.payload_length.to_string(), minimal);
    }
}

fn bit(set: bool) -> &'static str {
    if set { "1" } else { "0" }
}

/// A frame's payload, or a part of it.
#[derive(Clone, Copy, Debug)]
pub struct Payload<'a> {
    /// The frame's header.
    pub header: &'a Header,
    /// Whether permessage-deflate compressed the message (RFC 7692).
    pub compressed: bool,
    /// The bytes as they were sent, or the first of them.
    pub sent: &'a [u8],
    /// How many bytes there are.
    pub length: u64,
    /// The first one's position in the payload.
    pub at: u64,
}

/// Names the bytes of a frame's payload.
#[must_use]
pub fn payload(payload: &Payload<'_>) -> Field {
    let Payload { header, compressed, sent, length, at } = *payload;
    let mut clear = sent.to_vec();
    if let Some(key) = header.mask_key {
        masking::unmask(&mut clear, key, at);
    }
    let mut meaning = kind(header.opcode, compressed).to_owned();
    if let (Some(key), Some(wire), Some(meant)) = (header.mask_key, sent.first(), clear.first()) {
        let [a, b, c, d] = key;
        let byte = [a, b, c, d].into_iter().cycle().nth((at % 4) as usize).unwrap_or(a);
        let more = if length > 1 { ", and so on" } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(meaning, " Unmasked: {meant:#04x} = {wire:#04x} XOR {byte:#04x}{more}.");
    }
    if header.opcode == CLOSE && at == 0 && clear.len() as u64 == length && length >= 2 {
        return close(&clear, meaning);
    }
    let layer = if compressed { Layer::Presentation } else { Layer::Application };
    let clause = if compressed { "RFC 7692 §6.1" } else { "RFC 6455 §5.2" };
    let value = if compressed || header.opcode == BINARY { hex(&clear) } else { text_or_hex(&clear) };
    let spans = vec![Span { origin: Origin::default(), bits: 0..length.saturating_mul(8) }];
    Field::new(layer, "Payload Data", value, meaning, spans, clause)
}

fn kind(opcode: u8, compressed: bool) -> &'static str {
    match opcode {
        _ if compressed => "Compressed with permessage-deflate: the message is readable once it is inflated.",
        CONTINUATION => "Goes on with the message that an earlier frame began.",
        1 => "Text, in UTF-8.",
        BINARY => "Bytes that mean what the application wants them to.",
        CLOSE => "Why the connection closes.",
        PING => "What the pong must send back.",
        PONG => "What the ping carried.",
        _ => "Payload of a kind of frame that does not exist yet.",
    }
}

/// The body of a close frame (§5.5.1): a status code, and perhaps a reason.
fn close(clear: &[u8], meaning: String) -> Field {
    let mut pen = Pen::new(Origin::default(), 0, clear, Layer::Application, "RFC 6455 §5.5.1");
    let code = pen.peek(16) as u16;
    let known = explain::close_code(code);
    let value = known.map_or_else(|| code.to_string(), |known| format!("{code} {}", known.name));
    pen.clause(known.map_or("RFC 6455 §7.4", |known| known.clause));
    pen.leaf(16, "status code", value.clone(), known.map_or("Why the connection closes.", |known| known.meaning));
    pen.clause("RFC 6455 §7.1.6");
    let reason = text_or_hex(pen.bytes(pen.left()));
    let value = if reason.is_empty() { value } else { format!("{value}: {reason}") };
    pen.leaf(pen.left() as u64 * 8, "reason", reason, "For people who debug: a program must not depend on it.");
    pen.finish("Payload Data", value, meaning, "RFC 6455 §5.5.1")
}

/// Text, if the bytes are UTF-8 except for characters that were cut in two; otherwise hexadecimal digits.
fn text_or_hex(bytes: &[u8]) -> String {
    let cut = bytes.iter().take(3).take_while(|byte| **byte & 0xc0 == 0x80).count();
    let bytes = bytes.get(cut..).unwrap_or_default();
    let is_strange = |text: &&str| text.chars().any(|c| c.is_control() && !c.is_whitespace());
    let text = std::str::from_utf8(whole_characters(bytes)).ok().filter(|text| !is_strange(text));
    text.map_or_else(|| hex(bytes), str::to_owned)
}

/// What a frame is, in a few words: "text, 12 bytes".
#[must_use]
pub fn summary(header: &Header) -> String {
    let kind = explain::opcode(header.opcode).map_or("unknown", |opcode| opcode.name);
    format!("{kind}, {}", count(usize::try_from(header.payload_length).unwrap_or(usize::MAX)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(fields: &[Field]) -> Vec<(String, String, std::ops::Range<u64>)> {
        let mut leaves = Vec::new();
        for field in fields {
            field.leaves(&mut |leaf| {
                leaves.extend(leaf.spans.iter().map(|s| (leaf.name.to_string(), leaf.value.clone(), s.bits.clone())));
            });
        }
        leaves
    }

    #[test]
    fn the_masked_hello_of_rfc_6455_5_7_is_named_bit_by_bit() {
        let bytes = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d];
        let fields = header(&bytes, false);
        let named: Vec<_> = leaves(&fields).into_iter().map(|(name, value, bits)| (name, value, bits.end)).collect();
        let expected = [
            ("FIN", "1", 1),
            ("RSV1", "0", 2),
            ("RSV2", "0", 3),
            ("RSV3", "0", 4),
            ("opcode", "1 text", 8),
            ("MASK", "1", 9),
            ("Payload len", "5", 16),
            ("Masking-key", "37 fa 21 3d", 48),
        ];
        assert_eq!(named, expected.map(|(name, value, end)| (name.into(), value.into(), end)));
        let header = Header::parse(&bytes).unwrap();
        let sent = [0x7f, 0x9f, 0x4d, 0x51, 0x58];
        let field = payload(&Payload { header: &header, compressed: false, sent: &sent, length: 5, at: 0 });
        assert_eq!(field.value, "Hello");
        assert!(field.meaning.contains("0x48 = 0x7f XOR 0x37"), "{}", field.meaning);
        assert_eq!(summary(&header), "text, 5 bytes");
    }

    #[test]
    fn a_payload_in_pieces_is_unmasked_with_the_right_bytes_of_the_key() {
        let header = Header::parse(&[0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d]).unwrap();
        let field =
            payload(&Payload { header: &header, compressed: false, sent: &[0x4d, 0x51, 0x58], length: 3, at: 2 });
        assert_eq!(field.value, "llo");
        assert!(field.meaning.contains("0x6c = 0x4d XOR 0x21"), "{}", field.meaning);
    }

    #[test]
    fn a_close_frame_says_its_code_and_its_reason() {
        let header = Header::parse(&[0x88, 6]).unwrap();
        let field = payload(&Payload { header: &header, compressed: false, sent: b"\x03\xe8done", length: 6, at: 0 });
        assert_eq!(field.value, "1000 Normal Closure: done");
        let named = leaves(&[field]);
        assert_eq!(named[0], ("status code".into(), "1000 Normal Closure".into(), 0..16));
        assert_eq!(named[1], ("reason".into(), "done".into(), 16..48));
    }

    #[test]
    fn compressed_payload_is_of_the_presentation_layer() {
        let header = Header::parse(&[0xc1, 3]).unwrap();
        let field = payload(&Payload { header: &header, compressed: true, sent: b"\x4a\x04\x00", length: 3, at: 0 });
        assert_eq!((field.layer, field.value.as_str()), (Layer::Presentation, "4a0400"));
        assert_eq!(super::header(&[0xc1, 3], true)[1].clause, "RFC 7692 §6");
    }

    proptest! {
        #[test]
        fn the_leaves_tile_any_header_and_any_payload(
            bytes in prop::collection::vec(any::<u8>(), 0..20), key: [u8; 4], opcode in 0..16_u8, at: u64,
            compressed: bool, masked: bool,
        ) {
            let length = Header::parse(&bytes).map_or(bytes.len(), |header| usize::from(header.length));
            let mut end = 0;
            for (_, _, bits) in leaves(&header(&bytes[..length], compressed)) {
                prop_assert_eq!(bits.start, end);
                end = bits.end;
            }
            prop_assert_eq!(end, length as u64 * 8);

            let header = Header {
                fin: true, rsv: 0, opcode, mask_key: masked.then_some(key), payload_length: 30, length: 6,
            };
            let sent = Payload { header: &header, compressed, sent: &bytes, length: bytes.len() as u64, at };
            let mut end = 0;
            for (_, _, bits) in leaves(&[payload(&sent)]) {
                prop_assert_eq!(bits.start, end);
                end = bits.end;
            }
            prop_assert_eq!(end, bytes.len() as u64 * 8);
        }
    }
}
