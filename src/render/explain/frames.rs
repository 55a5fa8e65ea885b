//! Frames that somebody pasted: each as the specification's diagram, with its payload unmasked and what is wrong with it.

use crate::explain;
use crate::inspect::pasted::{CutHeader, Pasted, PastedFrame};
use crate::inspect::record::{Direction, Frame};
use crate::render::escape::whole_characters;
use crate::render::style::{Look, Style};
use crate::render::{frame, frames, numbers, problems, text};

/// How many frames get a diagram.
const DRAWN: usize = 8;

/// How many bytes of a payload are shown below its diagram.
const SHOWN: usize = 512;

/// Draws frames; several have a table before them.
#[must_use]
pub fn frames(pasted: &Pasted, style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    let count = pasted.frames.len();
    if count > 1 {
        let all: Vec<Frame> = pasted.frames.iter().map(|it| it.frame.clone()).take(64).collect();
        let left_out = (count - all.len()) as u64;
        lines.extend(frames::table(&all, left_out, style).lines().map(str::to_owned));
        lines.push(String::new());
    }
    for (at, one) in pasted.frames.iter().take(DRAWN).enumerate() {
        if at > 0 {
            lines.push(String::new());
        }
        let number = if count > 1 { format!("0.{at} · ") } else { String::new() };
        lines.extend(drawn(one, &number, style));
    }
    if count > DRAWN {
        let left = numbers::counted((count - DRAWN) as u64, "more frame");
        lines.push(style.dim(&format!("{} {left}, not drawn", style.glyphs().more_rows)));
    }
    if let Some(cut) = &pasted.cut {
        if count > 0 {
            lines.push(String::new());
        }
        lines.extend(text::wrap(&style.text(&missing(cut)), style.width).into_iter().map(|line| style.bad(&line)));
    }
    lines
}

fn drawn(one: &PastedFrame, number: &str, style: Style) -> Vec<String> {
    let frame = &one.frame;
    let known = explain::opcode(frame.opcode);
    let name = known.map_or("", |known| known.name);
    let from = match (frame.direction, frame.mask_key.is_some()) {
        (Direction::Client, true) => "masked: from a client",
        (Direction::Client, false) => "from a client, not masked",
        (Direction::Server, true) => "from a server, masked",
        (Direction::Server, false) => "not masked: from a server",
    };
    let title = format!("{number}{name}, {} · {from}", numbers::counted(frame.payload_bytes, "byte"));
    let mut lines = vec![style.bold(&style.cut(&style.text(&title), style.width))];
    lines.extend(frame::diagram(frame, style));
    let mut rows = Rows { style, lines };
    if let Some(known) = known {
        rows.add("Opcode", known.meaning, Look::Plain);
    }
    match frame.close_code.map(|code| (code, explain::close_code(code))) {
        Some((code, Some(known))) => {
            rows.add("Code", &format!("{code} {}: {}", known.name, known.meaning), Look::Plain);
            if let Some(reason) = frame.close_reason.as_deref().filter(|reason| !reason.is_empty()) {
                rows.bytes("Reason", reason);
            }
        }
        _ if one.inflated.is_some() || frame.payload.is_empty() => {}
        _ => rows.bytes("Payload", &frame.payload),
    }
    if let Some(inflated) = &one.inflated {
        let note = "RSV1 is set: compressed with permessage-deflate, if that was agreed on (RFC 7692 §6). Inflated:";
        rows.add("Message", note, Look::Plain);
        rows.bytes("", inflated);
    }
    let problems = problems::list(&one.problems, 0, style);
    rows.lines.extend(problems.lines().map(str::to_owned));
    rows.lines
}

/// What of a header is not there.
#[must_use]
pub fn missing(cut: &CutHeader) -> String {
    let bytes = |count: usize| numbers::counted(count as u64, "byte");
    let there = format!("{} of it {} here", bytes(cut.seen), if cut.seen == 1 { "is" } else { "are" });
    let Some(extended) = cut.extended else {
        return format!("A frame's header has 2 bytes at least; {there}.");
    };
    let extended_part = if extended > 0 { format!(", {extended} of extended payload length") } else { String::new() };
    let key_part = if cut.masked { ", 4 of masking key" } else { "" };
    let left = cut.whole().saturating_sub(cut.seen);
    format!(
        "This frame's header has {}: 2 that every header has{extended_part}{key_part}; {there}, {left} {} missing.",
        bytes(cut.whole()),
        if left == 1 { "is" } else { "are" },
    )
}

struct Rows {
    style: Style,
    lines: Vec<String>,
}

impl Rows {
    fn add(&mut self, label: &str, said: &str, look: Look) {
        self.safe(label, &self.style.text(said), look);
    }

    /// A payload: text where it is text, else hexadecimal.
    fn bytes(&mut self, label: &str, bytes: &[u8]) {
        let style = self.style;
        let start = bytes.get(..SHOWN).map_or(bytes, whole_characters);
        let shown = if std::str::from_utf8(start).is_ok_and(|text| !text.contains('\0')) {
            style.bytes(start)
        } else {
            let hex: Vec<String> = start.iter().map(|byte| format!("{byte:02x}")).collect();
            hex.join(" ")
        };
        let more = if start.len() < bytes.len() { format!(" {}", style.glyphs().more) } else { String::new() };
        self.safe(label, &format!("{shown}{more}"), super::list::APPLICATION);
    }

    fn safe(&mut self, label: &str, said: &str, look: Look) {
        let style = self.style;
        let lines = text::wrap(said, style.width.min(96).saturating_sub(11));
        for (at, line) in lines.iter().enumerate() {
            let label = text::pad(&format!(" {}", style.dim(if at == 0 { label } else { "" })), 11);
            self.lines.push(format!("{label}{}", style.paint(look, line)));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::inspect::pasted::read;

    fn drawn(bytes: &[u8]) -> String {
        frames(&read(bytes, None), Style::plain(80)).join("\n")
    }

    #[test]
    fn the_masked_hello_of_rfc_6455_5_7_on_a_usual_screen() {
        insta::assert_snapshot!(drawn(&[0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]));
    }

    #[test]
    fn several_frames_have_a_table_and_each_its_faults() {
        insta::assert_snapshot!(drawn(&[0x01, 1, b'a', 0x81, 0, 0x88, 2, 3, 0xed, 0x82, 0xfe]));
    }

    #[test]
    fn what_is_missing_of_a_header_is_said() {
        let cut = read(&[0x82, 0xff, 0, 0], None).cut.unwrap();
        assert_eq!(
            missing(&cut),
            "This frame's header has 14 bytes: 2 that every header has, 8 of extended payload length, 4 of masking key; \
             4 bytes of it are here, 10 are missing."
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_drawn_in_80_columns(bytes: Vec<u8>) {
            for line in drawn(&bytes).lines() {
                prop_assert!(text::width(line) <= 80 && !line.contains(char::is_control), "{line}");
            }
        }
    }
}
