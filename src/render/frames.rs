//! WebSocket frames as a table.

use super::model::{Column, Look, Table, Text};
use super::summary::opcode_name;
use crate::inspect::record::Frame;

/// How much of a payload one looks at to see what it is, and what a table can show of it.
const GLANCE: usize = 64;
const SHOWN: usize = 4 << 10;

/// The table, of which `left_out` more rows are mentioned.
#[must_use]
pub fn table<'a>(frames: impl IntoIterator<Item = &'a Frame>, left_out: u64) -> Table {
    let mut table = Table::new(&[
        Column::number("#"),
        Column::text("From"),
        Column::text("Opcode"),
        Column::text("FIN"),
        Column::text("Masked").optional(),
        Column::number("Length"),
        Column::text("Payload"),
    ]);
    for frame in frames {
        table.row([
            Text::words(format!("{}.{}", frame.connection, frame.index)).dim().into(),
            Text::words(frame.direction.name()).look(Look::From(frame.direction)).into(),
            Text::words(opcode(frame)).look(if frame.opcode >= 8 { Look::Dim } else { Look::Plain }).into(),
            Text::words(if frame.fin { "1" } else { "0" }).into(),
            Text::words(if frame.mask_key.is_some() { "yes" } else { "no" }).into(),
            Text::count(frame.payload_bytes).look(if frame.complete { Look::Plain } else { Look::Bad }).into(),
            payload(frame).into(),
        ]);
    }
    table.but(left_out)
}

/// The opcode's name, and RSV1, with which a compressed message begins (RFC 7692 §6).
fn opcode(frame: &Frame) -> String {
    let name = opcode_name(frame.opcode);
    if frame.rsv & 4 == 0 { name.into_owned() } else { format!("{name} RSV1") }
}

fn payload(frame: &Frame) -> Text {
    if let Some(code) = frame.close_code {
        let code = Text::words(code.to_string());
        let reason = frame.close_reason.as_ref().filter(|reason| !reason.is_empty());
        return reason.iter().fold(code, |code, reason| code.and(" ").and(Text::captured(reason.as_slice())));
    }
    if !is_text(frame) {
        let bytes: Vec<String> = frame.payload.iter().take(GLANCE).map(|byte| format!("{byte:02x}")).collect();
        return Text::words(bytes.join(" ")).dim();
    }
    Text::captured(frame.payload.get(..SHOWN).unwrap_or(&frame.payload))
}

/// Whether a frame's payload can be read as text. A compressed one can not, even where it happens to look like it.
pub(super) fn is_text(frame: &Frame) -> bool {
    frame.opcode != 2 && frame.rsv & 4 == 0 && !continues_no_text(frame)
}

/// A continuation does not say what it continues; bytes that no text has tell.
fn continues_no_text(frame: &Frame) -> bool {
    let in_text = |byte: &u8| !byte.is_ascii_control() || byte.is_ascii_whitespace();
    frame.opcode == 0 && !frame.payload.iter().take(GLANCE).all(in_text)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::capture::Timestamp;
    use crate::inspect::record::Direction;
    use crate::inspect::record::{Extent, Moment};
    use crate::inspect::samples;
    use crate::render::Style;

    /// A whole frame, with the shortest form of its length.
    pub(in super::super) fn frame(opcode: u8, payload: &[u8], masked: bool) -> Frame {
        let moment = Moment { packet: 9, time: Timestamp(1_700_000_000_000_123_456) };
        let extended = match payload.len() {
            0..126 => 0,
            126..65_536 => 2,
            _ => 8,
        };
        Frame {
            extent: Extent { first: moment, last: moment },
            header_bytes: 2 + extended + if masked { 4 } else { 0 },
            mask_key: masked.then_some([0x37, 0xfa, 0x21, 0x3d]),
            ..samples::frame(if masked { Direction::Client } else { Direction::Server }, opcode, payload)
        }
    }

    fn chat() -> Vec<Frame> {
        let mut frames = vec![
            frame(1, "{\"say\": \"Grüße aus der Küche, und noch einiges mehr, das keiner liest\"}".as_bytes(), true),
            frame(2, &[0xca, 0xfe, 0, 1], false),
            frame(9, b"\x1b]0;owned\x07", false),
            frame(8, b"", true),
        ];
        for (index, frame) in (0..).zip(&mut frames) {
            frame.index = index;
        }
        (frames[3].close_code, frames[3].close_reason) = (Some(1000), Some(b"bye\xff".to_vec()));
        frames
    }

    #[test]
    fn frames_are_told_by_who_sent_them_and_what_they_are() {
        insta::assert_snapshot!(Style::plain(80).lines(table(&chat(), 0)).join("\n"), @r#"
          #  From    Opcode  FIN  Masked  Length  Payload
        ────────────────────────────────────────────────────────────────────────────────
        0.0  client  text    1    yes         74  {"say": "Grüße aus der Küche, und noc…
        0.1  server  binary  1    no           4  ca fe 00 01
        0.2  server  ping    1    no          10  \x1b]0;owned\x07
        0.3  client  close   1    yes          0  1000 bye\xff
        "#);
    }

    #[test]
    fn what_no_text_has_in_it_is_read_as_text_in_no_frame() {
        let compressed = Frame { rsv: 4, ..frame(1, b"hello", false) };
        for it in [frame(2, b"hello", false), compressed, frame(0, &[0xca, 0xfe, 0], false)] {
            assert!(!is_text(&it), "{it:?}");
        }
        for it in [frame(1, b"hello", false), frame(0, "é\r\n".as_bytes(), false), frame(9, &[0], false)] {
            assert!(is_text(&it), "{it:?}");
        }
    }

    #[test]
    fn a_wide_screen_shows_more_of_the_payload() {
        insta::assert_snapshot!(Style::plain(120).lines(table(&chat(), 12)).join("\n"), @r#"
          #  From    Opcode  FIN  Masked  Length  Payload
        ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        0.0  client  text    1    yes         74  {"say": "Grüße aus der Küche, und noch einiges mehr, das keiner liest"}
        0.1  server  binary  1    no           4  ca fe 00 01
        0.2  server  ping    1    no          10  \x1b]0;owned\x07
        0.3  client  close   1    yes          0  1000 bye\xff
        ⋮ 12 more
        "#);
    }
}
