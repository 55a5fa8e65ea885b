//! A frame in one line, to compare with the frames of other captures, and what it means if they differ.

use crate::explain;
use crate::inspect::record::{Direction, Frame, Message};
use crate::layers::application::websocket::BINARY;
use crate::layers::presentation::charset::whole_characters;

/// How much of a text, and of other bytes, is quoted, in bytes.
const QUOTED_OF_PAYLOAD: usize = 32;
const BYTES: usize = 8;

/// A frame, and the message that it completes.
type Said = (Frame, Option<Message>);

/// Who says what: `client: text "Hello", 7 bytes, compressed`.
pub(super) fn line((frame, message): &Said) -> Vec<u8> {
    let name = explain::opcode(frame.opcode).map_or("reserved", |known| known.name);
    let mut line = format!("{}: {name}", frame.direction.name()).into_bytes();
    if let Some(code) = frame.close_code {
        line.extend_from_slice(format!(" {code}").as_bytes());
    }
    let payload = content(frame, message.as_ref());
    if !payload.is_empty() {
        line.push(b' ');
        line.extend(glance(payload, frame.opcode == BINARY));
    }
    let compressed = if frame.is_compressed() { ", compressed" } else { "" };
    let more = if frame.fin { "" } else { ", not the last of its message" };
    let bytes = if frame.payload_bytes == 1 { "byte" } else { "bytes" };
    line.extend_from_slice(format!(", {} {bytes}{compressed}{more}", frame.payload_bytes).as_bytes());
    line
}

/// What it means that the frames in one place differ.
pub(super) fn meaning(said: &[Option<&Said>]) -> String {
    let there: Vec<&Said> = said.iter().copied().flatten().collect();
    let differ = |of: fn(&Said) -> Vec<u8>| there.windows(2).any(|pair| of(pair[0]) != of(pair[1]));
    if differ(|(frame, _)| vec![frame.opcode, u8::from(frame.direction == Direction::Server)]) {
        return "Not all have the same kind of frame here, or not from the same side.".to_owned();
    }
    if there.len() < said.len() {
        return "Not every conversation goes on this long.".to_owned();
    }
    if differ(|(frame, _)| frame.close_code.map_or(Vec::new(), |code| code.to_be_bytes().to_vec())) {
        let mut codes: Vec<u16> = there.iter().filter_map(|(frame, _)| frame.close_code).collect();
        codes.sort_unstable();
        codes.dedup();
        let known = codes.iter().filter_map(|code| Some(format!("{code}: {}", explain::close_code(*code)?.meaning)));
        let none = there.iter().any(|(frame, _)| frame.close_code.is_none());
        let none = none.then(|| "Without a code, it only says that it's over (RFC 6455 §7.1.5).".to_owned());
        return known.chain(none).collect::<Vec<_>>().join(" ");
    }
    if differ(|(frame, message)| content(frame, message.as_ref()).to_vec()) {
        let is_close = there.iter().any(|(frame, _)| frame.close_code.is_some());
        let reason = "The reason after the code is for people and can be left out (RFC 6455 §5.5.1).";
        return if is_close { reason } else { "They said different things." }.to_owned();
    }
    if differ(|(frame, _)| vec![u8::from(frame.is_compressed())]) {
        return "The same message, compressed if permessage-deflate was agreed on; RSV1 says so (RFC 7692 §6)."
            .to_owned();
    }
    "The same message, in other frames or bytes.".to_owned()
}

/// What the application gets, as far as it was kept: a close frame's reason, a compressed message inflated.
fn content<'a>(frame: &'a Frame, message: Option<&'a Message>) -> &'a [u8] {
    match (message, &frame.close_reason) {
        (Some(message), _) if message.frames == 1 => &message.payload,
        (_, Some(reason)) => reason,
        _ if frame.close_code.is_some() || frame.is_compressed() => &[],
        _ => &frame.payload,
    }
}

/// The beginning: in quotation marks if it's text, otherwise in hexadecimal.
fn glance(payload: &[u8], is_binary: bool) -> Vec<u8> {
    // Only a payload that wasn't kept whole may end inside a character.
    let text = std::str::from_utf8(whole_characters(payload)).ok();
    if let Some(text) = text.filter(|text| !is_binary && !text.contains(char::is_control)) {
        let cut = if text.len() > QUOTED_OF_PAYLOAD { "..." } else { "" };
        return format!("\"{}\"{cut}", &text[..text.floor_char_boundary(QUOTED_OF_PAYLOAD)]).into_bytes();
    }
    let bytes: Vec<String> = payload.iter().take(BYTES).map(|byte| format!("{byte:02x}")).collect();
    format!("{}{}", bytes.join(" "), if payload.len() > BYTES { " ..." } else { "" }).into_bytes()
}
