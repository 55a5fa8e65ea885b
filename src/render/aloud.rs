//! A lesson's page in sentences: for a screen reader, a pipe, or whoever rather reads than looks.
//!
//! It says what the page of [`super::lesson`] draws: one line for each packet, figure and layer, each with its
//! side's letter, so that nothing depends on where it stands.

use std::ops::Range;

use super::ladder::{Ladder, Row};
use super::lesson::Fields;
use super::numbers;
use super::story::Story;
use super::style::Style;
use super::summary::opcode_name;
use super::{heads, lesson, osi, text};
use crate::inspect::record::Frame;
use crate::layers::Field;
use crate::lesson::text::FillError;
use crate::lesson::{Run, run::SideRun};
use crate::tutorial::Look;

/// How many exchanges of a side are said word by word, and how many lines of a body.
const SAID: usize = 3;
const BODY_LINES: usize = 3;

/// Says what a run shows.
///
/// # Errors
///
/// Where the lesson's text asks for a value that the run does not have.
pub fn aloud(run: &Run, look: Look, style: Style) -> Result<Vec<String>, FillError> {
    let stories = lesson::stories(run);
    let mut page = Aloud { run, fields: Fields::new(run), style, lines: Vec::new() };
    match look {
        Look::Page => {
            page.packets(&stories, false);
            page.comparison()?;
            page.chart(&stories);
            page.said(&stories);
            page.problems(&stories);
        }
        Look::Text => page.lines = lesson::narration(run, style)?,
        Look::Ladder => page.packets(&stories, true),
        Look::Layers => page.layers(&stories),
        Look::Frame => page.frame(&stories),
        Look::Hex => page.bytes(),
    }
    Ok(page.lines)
}

/// A row of a side's ladder.
pub(super) fn sentence(ladder: &Ladder, row: &Row, side: char) -> String {
    let host = |index: usize| ladder.hosts.get(index).map_or("somebody", String::as_str);
    let note = row.note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
    let lost = if row.lost { ", lost on the way" } else { "" };
    if row.from == row.to {
        return format!("{side}: {}{note}", row.label);
    }
    let packet = if ladder.numbered { format!(", packet {}", row.packet) } else { String::new() };
    let (at, from, to) = (numbers::duration(row.at), host(row.from), host(row.to));
    format!("{side}{packet}, at {at}, {from} to {to}: {}{note}{lost}", row.label)
}

/// Which bytes of a packet, or which bits of a byte: "bytes 0 to 5", "byte 14, bits 0 to 3". Bit 0 is the most significant.
fn said_place(bits: &Range<u64>) -> String {
    let (first, last) = (bits.start / 8, bits.end.saturating_sub(1) / 8);
    let whole = bits.start.is_multiple_of(8) && bits.end.is_multiple_of(8);
    match (first == last, whole) {
        (true, true) => format!("byte {first}"),
        (false, _) => format!("bytes {first} to {last}"),
        (true, false) if bits.end - bits.start == 1 => format!("byte {first}, bit {}", bits.start % 8),
        (true, false) => format!("byte {first}, bits {} to {}", bits.start % 8, (bits.end - 1) % 8),
    }
}

struct Aloud<'a> {
    run: &'a Run,
    fields: Fields<'a>,
    style: Style,
    lines: Vec<String>,
}

impl Aloud<'_> {
    fn say(&mut self, sentence: &str) {
        self.lines.extend(text::wrap(&self.style.text(sentence), self.style.width));
    }

    fn heading(&mut self, heading: &str) {
        if !self.lines.is_empty() {
            self.lines.push(String::new());
        }
        self.say(heading);
    }

    fn packets(&mut self, stories: &[Story], whole: bool) {
        for (side, story) in self.run.sides.iter().zip(stories) {
            let letter = side.side.letter();
            self.heading(&format!("Side {letter}, {}: what crossed the wire.", side.name));
            let ladder = story.ladder(None, whole, None);
            for row in &ladder.rows {
                self.say(&sentence(&ladder, row, letter));
            }
        }
    }

    fn comparison(&mut self) -> Result<(), FillError> {
        self.heading("The sides compared.");
        for row in &self.run.lesson.compare {
            let value = |side: &SideRun| format!("{} {}", side.side.letter(), lesson::value(row.measure, side));
            let values: Vec<String> = self.run.sides.iter().map(value).collect();
            let note = row.note.as_ref().map(|note| self.run.fill(note)).transpose()?;
            let note = note.filter(|note| !note.is_empty()).map_or_else(String::new, |note| format!(". {note}"));
            self.say(&format!("{}: {}{}", row.label, values.join(", "), note.replace('\u{a0}', " ")));
        }
        Ok(())
    }

    fn chart(&mut self, stories: &[Story]) {
        let mut sentences = lesson::charts::sentences(self.run, stories).into_iter();
        if let Some(heading) = sentences.next() {
            self.heading(&heading);
            sentences.for_each(|sentence| self.say(&sentence));
        }
    }

    fn said(&mut self, stories: &[Story]) {
        for (side, story) in self.run.sides.iter().zip(stories) {
            let letter = side.side.letter();
            for exchange in story.exchanges.iter().take(SAID) {
                let id = format!("{}.{}", exchange.connection, exchange.index);
                if let Some(request) = &exchange.request {
                    self.heading(&format!("Side {letter}, exchange {id}, the request."));
                    self.lines.extend(heads::request(request, BODY_LINES, self.style));
                }
                for response in exchange.interim.iter().chain(&exchange.response) {
                    self.heading(&format!("Side {letter}, exchange {id}, the response."));
                    self.lines.extend(heads::response(response, BODY_LINES, self.style));
                }
            }
            if !story.frames.is_empty() {
                self.heading(&format!("Side {letter}, every frame."));
            }
            let mut frames: Vec<&Frame> = story.frames.iter().collect();
            frames.sort_by_key(|frame| (frame.connection, frame.index));
            for frame in frames {
                self.one_frame(letter, frame);
            }
        }
    }

    fn one_frame(&mut self, letter: char, frame: &Frame) {
        let id = format!("{}.{}", frame.connection, frame.index);
        let from = frame.direction.name();
        let (opcode, header) = (opcode_name(frame.opcode), frame.header_bytes);
        let masked = frame.mask_key.map_or_else(
            || "not masked".to_owned(),
            |key| format!("masked with {}", key.map(|byte| format!("{byte:02x}")).join(" ")),
        );
        let length = numbers::counted(frame.payload_bytes, "byte");
        self.say(&format!(
            "{letter}, frame {id} from the {from}: {opcode}, header of {header} bytes, payload of {length}, {masked}"
        ));
    }

    fn problems(&mut self, stories: &[Story]) {
        for (side, story) in self.run.sides.iter().zip(stories) {
            if !story.problems.is_empty() {
                self.heading(&format!("Side {}, what is wrong.", side.side.letter()));
                let list = super::problems::list(&story.problems, 0, self.style);
                self.lines.extend(list.lines().map(str::to_owned));
            }
        }
    }

    fn layers(&mut self, stories: &[Story]) {
        for (side, story) in self.run.sides.iter().zip(stories) {
            for exchange in &story.exchanges {
                let id = format!("{}.{}", exchange.connection, exchange.index);
                self.heading(&format!("Side {}, exchange {id}, {}.", side.side.letter(), osi::title(exchange)));
                let fields = self.fields.of_packet(exchange.extent().first.packet);
                for row in osi::rows(story, exchange, &fields) {
                    let (osi, tcp_ip) = (row.layer.osi(), row.layer.tcp_ip());
                    self.say(&format!("Layer {}, {osi} (TCP/IP: {tcp_ip}): {}", row.layer.number(), row.text));
                }
            }
        }
    }

    fn bytes(&mut self) {
        for side in &self.run.sides {
            for number in side.packets.clone() {
                let Some(packet) = self.run.packet(number) else { continue };
                let bytes = numbers::counted(packet.data.len() as u64, "byte");
                self.heading(&format!("Side {}, packet {number}, {bytes}.", side.side.letter()));
                for field in self.fields.of_packet(number) {
                    self.field(&field);
                }
            }
        }
    }

    /// A field with its parts: where it is, what it is, and what that means.
    fn field(&mut self, field: &Field) {
        let place = field.spans.first().map_or_else(String::new, |span| format!("{}, ", said_place(&span.bits)));
        let layer = field.layer.number();
        let value = if field.value.is_empty() { String::new() } else { format!(": {}", field.value) };
        let meaning = if field.meaning.is_empty() { String::new() } else { format!(". {}", field.meaning) };
        self.say(&format!("{place}layer {layer}, {}{value}{meaning}", field.name));
        field.parts.iter().for_each(|part| self.field(part));
    }

    /// The frames that are drawn elsewhere, field by field.
    fn frame(&mut self, stories: &[Story]) {
        let drawn = lesson::drawn(self.run, stories);
        if drawn.is_empty() {
            self.say("No WebSocket frame crossed the wire in this lesson: it speaks HTTP.");
        }
        for (letter, frame) in drawn {
            let (id, packet) = (format!("{}.{}", frame.connection, frame.index), frame.extent.first.packet);
            self.heading(&format!("Side {letter}, frame {id}, in packet {packet}."));
            self.one_frame(letter, &frame);
            let fields = self.fields.of_packet(packet);
            let above_tcp = fields.iter().filter(|field| field.layer.number() > 4);
            above_tcp.for_each(|field| self.field(field));
        }
    }
}
