//! What a lesson's page shows, for a screen reader, a pipe, or anybody who prefers text: in the order in which you
//! would say it, with its own headings.

use super::depths::{WITHHELD, is_exercise, is_usual};
use super::frames::drawn;
use super::{Course, Depth, Fields, charts, narration, stories};
use crate::inspect::record::Frame;
use crate::lesson::Run;
use crate::lesson::text::FillError;
use crate::render::exchange::{heads, osi};
use crate::render::frame::opcode_name;
use crate::render::markdown::markdown;
use crate::render::model::{Block, Layers, Page};
use crate::render::story::Story;
use crate::render::{numbers, problems};
use crate::tutorial::Look;

/// How many exchanges of a side are said word by word, and how many lines of a body.
const SAID: usize = 3;
const BODY_LINES: usize = 3;

/// What a run shows, for a listener.
///
/// # Errors
///
/// Where the lesson's text asks for a value that the run does not have.
pub fn aloud(run: &Run, look: Look) -> Result<Page, FillError> {
    let stories = stories(run);
    let mut aloud = Aloud { run, fields: Fields::new(run), page: Page::default() };
    match look {
        Look::Page => {
            aloud.packets(&stories, false);
            aloud.comparison()?;
            aloud.chart(&stories);
            aloud.said(&stories);
            if is_exercise(run) && !is_usual(run) {
                aloud.page.append(markdown(WITHHELD));
            } else {
                aloud.problems(&stories);
            }
        }
        Look::Text => aloud.page = narration(run)?,
        Look::Ladder => aloud.packets(&stories, true),
        Look::Layers => {
            aloud.layers(&stories);
            if is_exercise(run) && !is_usual(run) {
                aloud.problems(&stories);
            }
        }
        Look::Frame => aloud.frame(&stories),
        Look::Hex => aloud.bytes(),
        // It is told piece by piece, by whoever knows how far somebody is.
        Look::Before => {}
    }
    Ok(aloud.page)
}

/// A frame in a sentence.
pub(super) fn sentence_of(letter: char, frame: &Frame) -> String {
    let id = format!("{}.{}", frame.connection, frame.index);
    let from = frame.direction.name();
    let (opcode, header) = (opcode_name(frame.opcode), frame.header_bytes);
    let masked = frame.mask_key.map_or_else(
        || "not masked".to_owned(),
        |key| format!("masked with {}", key.map(|byte| format!("{byte:02x}")).join(" ")),
    );
    let length = numbers::counted(frame.payload_bytes, "byte");
    format!("{letter}, frame {id} from the {from}: {opcode}, header of {header} bytes, payload of {length}, {masked}")
}

struct Aloud<'a> {
    run: &'a Run,
    fields: Fields<'a>,
    page: Page,
}

impl Aloud<'_> {
    fn heading(&mut self, heading: String) {
        if !self.page.is_empty() {
            self.page.space();
        }
        self.page.say(heading);
    }

    fn packets(&mut self, stories: &[Story], whole: bool) {
        for (side, story) in self.run.sides.iter().zip(stories) {
            let letter = side.side.letter();
            self.heading(format!("Side {letter}, {}: what crossed the wire.", side.name));
            let mut ladder = story.ladder(None, whole, None);
            ladder.side = Some(letter);
            self.page.add(ladder);
        }
    }

    fn comparison(&mut self) -> Result<(), FillError> {
        let mut compared = Course::of(self.run, Depth::default());
        compared.comparison()?;
        self.page.append(compared.page);
        Ok(())
    }

    fn chart(&mut self, stories: &[Story]) {
        let mut sentences = charts::sentences(self.run, stories).into_iter();
        if let Some(heading) = sentences.next() {
            self.heading(heading);
            sentences.for_each(|sentence| self.page.say(sentence));
        }
    }

    fn said(&mut self, stories: &[Story]) {
        for (side, story) in self.run.sides.iter().zip(stories) {
            let letter = side.side.letter();
            for exchange in story.exchanges.iter().take(SAID) {
                let id = format!("{}.{}", exchange.connection, exchange.index);
                if let Some(request) = &exchange.request {
                    self.heading(format!("Side {letter}, exchange {id}, the request."));
                    self.page.add(heads::request(request, BODY_LINES));
                }
                for response in exchange.responses() {
                    self.heading(format!("Side {letter}, exchange {id}, the response."));
                    self.page.add(heads::response(response, BODY_LINES));
                }
            }
            if !story.frames.is_empty() {
                self.heading(format!("Side {letter}, every frame."));
            }
            let mut frames: Vec<&Frame> = story.frames.iter().collect();
            frames.sort_by_key(|frame| (frame.connection, frame.index));
            for frame in frames {
                self.one_frame(letter, frame);
            }
        }
    }

    fn one_frame(&mut self, letter: char, frame: &Frame) {
        self.page.say(sentence_of(letter, frame));
    }

    fn problems(&mut self, stories: &[Story]) {
        for (side, story) in self.run.sides.iter().zip(stories) {
            if !story.problems.is_empty() {
                self.heading(format!("Side {}, {}.", side.side.letter(), problems::about(&story.problems)));
                self.page.append(problems::list(&story.problems, 0));
            }
        }
    }

    fn layers(&mut self, stories: &[Story]) {
        for (side, story) in self.run.sides.iter().zip(stories) {
            for exchange in &story.exchanges {
                let id = format!("{}.{}", exchange.connection, exchange.index);
                self.heading(format!("Side {}, exchange {id}, {}.", side.side.letter(), osi::title(exchange)));
                let fields = self.fields.of_packet(exchange.extent().first.packet);
                self.page.add(Layers::new(osi::rows(story, exchange, &fields)));
            }
        }
    }

    fn bytes(&mut self) {
        for side in &self.run.sides {
            for number in side.packets.clone() {
                let Some(packet) = self.run.packet(number) else { continue };
                let bytes = numbers::counted(packet.data.len() as u64, "byte");
                self.heading(format!("Side {}, packet {number}, {bytes}.", side.side.letter()));
                self.page.add(self.fields.of_packet(number));
            }
        }
    }

    /// The frames that are drawn elsewhere, field by field.
    fn frame(&mut self, stories: &[Story]) {
        let drawn = drawn(self.run, stories);
        if drawn.is_empty() {
            self.page.say("No WebSocket frame crossed the wire in this lesson: it speaks HTTP.");
        }
        for (letter, frame) in drawn {
            let (id, packet) = (format!("{}.{}", frame.connection, frame.index), frame.extent.first.packet);
            self.heading(format!("Side {letter}, frame {id}, in packet {packet}."));
            self.one_frame(letter, &frame);
            let mut fields = self.fields.of_packet(packet);
            fields.retain(|field| field.layer.number() > 4);
            self.page.add(Block::Fields(fields));
        }
    }
}
