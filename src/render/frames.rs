//! WebSocket frames as a table.

use super::numbers;
use super::style::{Look, Style};
use super::summary::opcode_name;
use super::table::{Cell, Column, Table};
use crate::inspect::record::{Direction, Frame};
use crate::layers::Layer;

/// Draws frames, and mentions `left_out` more.
#[must_use]
pub fn table(frames: &[Frame], left_out: u64, style: Style) -> String {
    let mut table = Table::new(
        &[
            Column::number("#"),
            Column::text("From"),
            Column::text("Opcode"),
            Column::text("FIN"),
            Column::text("Masked").optional(),
            Column::number("Length"),
            Column::text("Payload"),
        ],
        style,
    );
    for frame in frames {
        let length = Cell::new(numbers::count(frame.payload_bytes));
        table.row([
            Cell::new(format!("{}.{}", frame.connection, frame.index)).look(Look::Dim),
            Cell::new(frame.direction.name()).look(sender_look(frame.direction)),
            Cell::new(opcode(frame)).look(if frame.opcode >= 8 { Look::Dim } else { Look::Plain }),
            Cell::new(if frame.fin { "1" } else { "0" }),
            Cell::new(if frame.mask_key.is_some() { "yes" } else { "no" }),
            if frame.complete { length } else { length.look(Look::Bad) },
            payload(frame),
        ]);
    }
    table.draw(left_out)
}

/// How the name of who sent a frame or a message looks.
pub(super) fn sender_look(sender: Direction) -> Look {
    match sender {
        Direction::Client => Look::Layer(Layer::Application),
        Direction::Server => Look::Layer(Layer::Presentation),
    }
}

/// The opcode's name, and RSV1, with which a compressed message begins (RFC 7692 §6).
fn opcode(frame: &Frame) -> String {
    let name = opcode_name(frame.opcode);
    if frame.rsv & 4 == 0 { name.into_owned() } else { format!("{name} RSV1") }
}

fn payload(frame: &Frame) -> Cell<'_> {
    if let Some(code) = frame.close_code {
        let mut text = code.to_string().into_bytes();
        if let Some(reason) = frame.close_reason.as_ref().filter(|reason| !reason.is_empty()) {
            text.push(b' ');
            text.extend_from_slice(reason);
        }
        return Cell::bytes(text);
    }
    if !is_text(frame) {
        let bytes: Vec<String> = frame.payload.iter().take(64).map(|byte| format!("{byte:02x}")).collect();
        return Cell::new(bytes.join(" ")).look(Look::Dim);
    }
    Cell::bytes(frame.payload.as_slice())
}

/// Whether a frame's payload can be read as text. A compressed one can not, even where it happens to look like it.
pub(super) fn is_text(frame: &Frame) -> bool {
    frame.opcode != 2 && frame.rsv & 4 == 0 && !continues_no_text(frame)
}

/// A continuation does not say what it continues; bytes that no text has tell.
fn continues_no_text(frame: &Frame) -> bool {
    let in_text = |byte: &u8| !byte.is_ascii_control() || byte.is_ascii_whitespace();
    frame.opcode == 0 && !frame.payload.iter().take(64).all(in_text)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::capture::Timestamp;
    use crate::inspect::record::{Extent, Moment};
    use crate::inspect::samples;

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
        insta::assert_snapshot!(table(&chat(), 0, Style::plain(80)), @r#"
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
        insta::assert_snapshot!(table(&chat(), 12, Style::plain(120)), @r#"
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
