//! Frames that somebody pasted: each as the specification's diagram, with its payload unmasked and what is wrong with it.

use crate::explain;
use crate::inspect::pasted::{CutHeader, Pasted, PastedFrame};
use crate::inspect::record::Direction;
use crate::layers::Layer;
use crate::render::escape::whole_characters;
use crate::render::frame::columns::{self, Framed};
use crate::render::model::{Block, Form, List, Look, Page, Prose, Text};
use crate::render::{numbers, problems};

/// How many frames are listed.
const LISTED: usize = 64;

/// How many frames get a diagram.
const DRAWN: usize = 8;

/// How many bytes of a payload are shown below its diagram.
const SHOWN_OF_PAYLOAD: usize = 512;

/// Frames; several have a table before them.
#[must_use]
pub fn frames(pasted: &Pasted) -> Page {
    let mut page = Page::default();
    let count = pasted.frames.len();
    if count > 1 {
        let listed: Vec<Framed> = pasted.frames.iter().take(LISTED).map(|it| Framed::Frame(it.frame.clone())).collect();
        page.add(columns::table(listed.iter().map(|it| (it, None)), count.saturating_sub(LISTED) as u64));
        page.space();
    }
    for (at, one) in pasted.frames.iter().take(DRAWN).enumerate() {
        if at > 0 {
            page.space();
        }
        let number = if count > 1 { format!("0.{at} · ") } else { String::new() };
        add(&mut page, one, &number);
    }
    if count > DRAWN {
        let left = numbers::counted((count - DRAWN) as u64, "more frame");
        page.remark(format!("⋮ {left}, not drawn"));
    }
    if let Some(cut) = &pasted.cut {
        if count > 0 {
            page.space();
        }
        page.say(Text::words(missing(cut)).look(Look::Bad));
    }
    page
}

fn add(page: &mut Page, one: &PastedFrame, number: &str) {
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
    page.add(Prose::new(Text::words(title).bold()).cut());
    page.add(Block::Frame(Box::new(frame.clone())));
    let mut facts = List::new(Form::Frame);
    if let Some(known) = known {
        facts.add("Opcode", known.meaning);
    }
    match frame.close_code.map(|code| (code, explain::close_code(code))) {
        Some((code, Some(known))) => {
            facts.add("Code", format!("{code} {}: {}", known.name, known.meaning));
            if let Some(reason) = frame.close_reason.as_deref().filter(|reason| !reason.is_empty()) {
                facts.add("Reason", payload(reason));
            }
        }
        _ if one.inflated.is_some() || frame.payload.is_empty() => {}
        _ => facts.add("Payload", payload(&frame.payload)),
    }
    if let Some(inflated) = &one.inflated {
        let note = "RSV1 is set: compressed with permessage-deflate, if that was agreed on (RFC 7692 §6). Inflated:";
        facts.add("Message", note);
        facts.add("", payload(inflated));
    }
    page.add(facts);
    page.append(problems::list(&one.problems, 0));
}

/// A payload: text where it is text, else hexadecimal.
fn payload(bytes: &[u8]) -> Text {
    let start = bytes.get(..SHOWN_OF_PAYLOAD).map_or(bytes, whole_characters);
    let shown = if std::str::from_utf8(start).is_ok_and(|text| !text.contains('\0')) {
        Text::captured(start)
    } else {
        let hex: Vec<String> = start.iter().map(|byte| format!("{byte:02x}")).collect();
        Text::words(hex.join(" "))
    };
    let shown = if start.len() < bytes.len() { shown.and(" …") } else { shown };
    shown.look(Look::Strong(Layer::Application))
}

/// What of a header is not there.
#[must_use]
pub fn missing(cut: &CutHeader) -> String {
    let bytes = |count: usize| numbers::counted(count as u64, "byte");
    let there = format!("{} of it {} here", bytes(cut.seen), if cut.seen == 1 { "is" } else { "are" });
    let Some(extended) = cut.extended else {
        return format!("A frame's header has at least 2 bytes; {there}.");
    };
    let extended_part = if extended > 0 { format!(", {extended} of extended payload length") } else { String::new() };
    let key_part = if cut.masked { ", 4 of masking key" } else { "" };
    let left = cut.whole().saturating_sub(cut.seen);
    format!(
        "This frame's header has {}: the 2 that every header has{extended_part}{key_part}; {there}, {left} {} missing.",
        bytes(cut.whole()),
        if left == 1 { "is" } else { "are" },
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::inspect::pasted::read;
    use crate::render::Style;
    use crate::render::writer::line::width;

    fn drawn(bytes: &[u8]) -> String {
        Style::plain(80).lines(frames(&read(bytes, None))).join("\n")
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
            "This frame's header has 14 bytes: the 2 that every header has, 8 of extended payload length, 4 of masking key; \
             4 bytes of it are here, 10 are missing."
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_drawn_in_80_columns(bytes: Vec<u8>) {
            for line in drawn(&bytes).lines() {
                prop_assert!(width(line) <= 80 && !line.contains(char::is_control), "{line}");
            }
        }
    }
}
