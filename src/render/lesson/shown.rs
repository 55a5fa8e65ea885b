//! Parts of a lesson's page by themselves: what is on the screen while the tutorial tells or asks something.

use super::aloud::sentence_of;
use super::charts;
use super::exchanges::{talk, title};
use super::{Course, Depth};
use crate::inspect::record::Frame;
use crate::layers::Origin;
use crate::lesson::front_matter::ExchangeId;
use crate::lesson::run::SideRun;
use crate::lesson::text::FillError;
use crate::lesson::view::View;
use crate::lesson::{Measure, Run, Side};
use crate::render::exchange::accept;
use crate::render::frame::columns::{self, Framed};
use crate::render::model::{Block, Hex, Ladder, Page, Prose, Text};
use crate::render::numbers;
use crate::render::story::Story;

/// How many rows a ladder has beside another; alone it has them all.
const ROWS: usize = 22;

/// How a part is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct How<'a> {
    /// The figures that a comparison leaves open.
    pub secrets: &'a [(Side, Measure)],
    /// Whether ladders number their packets, so that one can be named.
    pub numbered: bool,
    /// The packet that is pointed at.
    pub pointer: Option<u64>,
}

/// A part of a run.
///
/// # Errors
///
/// Where a note asks for a value that the run does not have.
pub fn shown(run: &Run, view: View, how: How<'_>) -> Result<Page, FillError> {
    let mut page = Course { in_tutorial: true, secrets: how.secrets.to_vec(), ..Course::of(run, Depth::default()) };
    match view {
        View::Ladders(sides) => page.page.add(page.some_ladders(sides, how)),
        View::Packets(side) => {
            let ladder = page.ladder_of(side, true, None).map(|ladder| Ladder { pointer: how.pointer, ..ladder });
            page.page.add(ladder.into_iter().collect::<Vec<_>>());
        }
        View::Compare => page.comparison()?,
        View::Chart => page.chart_told(),
        View::Said(side, id) => page.one_exchange(side, id),
        View::Frames(side) => page.every_frame(side),
        View::Accept => page.derivation(),
        View::Diagram(side, place) => page.one_diagram(side, place),
        View::Layers => page.layers(),
        View::Bytes(spot) => spot.packet(run).into_iter().for_each(|packet| page.opened(packet)),
        View::Mask(side) => page.mask(side),
        View::Problems => page.problems(),
    }
    Ok(page.page)
}

/// The packets that can be pointed at in a view of ladders, from the top down.
#[must_use]
pub fn packets_shown(run: &Run, view: View) -> Vec<u64> {
    let page = Course::of(run, Depth::default());
    let ladders = match view {
        View::Ladders(sides) => page.ladders_of(sides),
        View::Packets(side) => page.ladder_of(side, true, None).into_iter().collect(),
        _ => Vec::new(),
    };
    let rows = ladders.iter().flat_map(|ladder| &ladder.rows);
    let mut packets: Vec<u64> = rows.map(|row| row.packet).filter(|packet| *packet > 0).collect();
    packets.dedup();
    packets
}

impl Course<'_> {
    fn side(&self, side: Side) -> Option<(&SideRun, &Story)> {
        self.run.sides.get(side.index()).zip(self.stories.get(side.index()))
    }

    fn ladder_of(&self, side: Side, whole: bool, max_rows: Option<usize>) -> Option<Ladder> {
        let (run, story) = self.side(side)?;
        let letter = run.side.letter();
        let ladder = story.ladder(None, whole, max_rows);
        Some(Ladder { side: Some(letter), name: format!("{letter}  {}", run.name), ..ladder })
    }

    fn ladders_of(&self, sides: &[Side]) -> Vec<Ladder> {
        let all: Vec<Side> = self.run.sides.iter().map(|side| side.side).collect();
        let sides = if sides.is_empty() { &all } else { sides };
        let hosts = self.run.sides.iter().map(|side| side.hosts.len()).max().unwrap_or(2);
        let most = (sides.len() > 1).then(|| ROWS * hosts.saturating_sub(1).max(1));
        sides.iter().filter_map(|side| self.ladder_of(*side, false, most)).collect()
    }

    fn some_ladders(&self, sides: &[Side], how: How<'_>) -> Vec<Ladder> {
        let ladders = self.ladders_of(sides).into_iter();
        ladders.map(|ladder| Ladder { numbered: how.numbered, pointer: how.pointer, ..ladder }).collect()
    }

    fn chart_told(&mut self) {
        let said = charts::sentences(self.run, &self.stories);
        let mut said_page = Page::default();
        for sentence in said {
            said_page.say(sentence);
        }
        self.chart();
        let seen = std::mem::take(&mut self.page);
        self.page.add(Block::Told { seen, said: said_page });
    }

    fn one_exchange(&mut self, of: Side, id: ExchangeId) {
        let Some((side, story)) = self.side(of) else { return };
        let is_it = |it: &&crate::inspect::record::Exchange| {
            (it.connection.saturating_sub(side.first_connection), it.index) == (id.connection, id.index)
        };
        let found = story.exchanges.iter().find(is_it).map(|it| (title(side.side.letter(), it), talk(it)));
        if let Some((heading, talk)) = found {
            self.page.add(heading);
            self.page.add(talk);
        }
    }

    fn every_frame(&mut self, of: Side) {
        let Some((side, story)) = self.side(of) else { return };
        let mut frames = story.frames.clone();
        frames.sort_by_key(|frame| (frame.connection, frame.index));
        let start = story.packets.first().map(|packet| packet.moment.time);
        let letter = side.side.letter();
        let mut said = Page::default();
        for frame in &frames {
            said.say(sentence_of(letter, frame));
        }
        let listed: Vec<_> = frames.into_iter().map(|frame| (Framed::Frame(frame), start)).collect();
        let mut seen = Page::default();
        seen.add(Prose::new(Text::words(format!("{letter}, every frame")).bold()));
        seen.add(columns::table(listed.iter().map(|(frame, start)| (frame, *start)), 0));
        self.page.add(Block::Told { seen, said });
    }

    fn derivation(&mut self) {
        let Some((_, story)) = self.run.lesson.accept.and_then(|side| self.side(side)) else { return };
        let upgraded = story.exchanges.iter().find(|it| it.upgraded.as_deref() == Some("websocket"));
        let steps = upgraded.and_then(accept::derivation);
        self.page.append(steps.into_iter().collect::<Page>());
    }

    fn one_diagram(&mut self, of: Side, place: usize) {
        let Some((side, story)) = self.side(of) else { return };
        let letter = side.side.letter();
        let Some(frame) = story.frames.get(place).cloned() else { return };
        let mut said = Page::default();
        said.say(sentence_of(letter, &frame));
        let mut fields = self.fields.of_packet(frame.extent.first.packet);
        fields.retain(|field| field.layer.number() > 4);
        said.add(Block::Fields(fields));
        let id = format!("{}.{}", frame.connection, frame.index);
        let mut seen = Page::default();
        seen.add(Prose::new(Text::words(format!("{letter}, frame {id} bit by bit (RFC 6455 §5.2)")).bold()));
        seen.add(Block::Frame(Box::new(frame)));
        self.page.add(Block::Told { seen, said });
    }

    /// A packet, every byte of it explained.
    fn opened(&mut self, number: u64) {
        let Some(packet) = self.run.packet(number) else { return };
        let side = self.run.sides.iter().find(|side| side.packets.contains(&number));
        let letter = side.map_or('?', |side| side.side.letter());
        let bytes = numbers::counted(packet.data.len() as u64, "byte");
        let fields = self.fields.of_packet(number);
        let title = format!("{letter}, packet {number} ({bytes})");
        let (mut seen, mut said) = (Page::default(), Page::default());
        seen.add(Prose::new(Text::words(title.clone()).bold()));
        said.say(title);
        said.add(Block::Fields(fields.clone()));
        seen.add(Hex { bytes: packet.data.into(), start: 0, origin: Origin::Packet(number), fields });
        self.page.add(Block::Told { seen, said });
    }

    /// The first masked text: what it says, the key, and what was sent, but for its last byte.
    fn mask(&mut self, of: Side) {
        let Some((_, story)) = self.side(of) else { return };
        let shows = |frame: &&Frame| frame.opcode == 1 && frame.mask_key.is_some() && !frame.payload.is_empty();
        let Some(frame) = story.frames.iter().find(shows) else { return };
        let key = frame.mask_key.unwrap_or_default();
        let text: Vec<String> = String::from_utf8_lossy(&frame.payload).chars().map(String::from).collect();
        let bytes = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>();
        let keys: Vec<u8> = key.iter().copied().cycle().take(frame.payload.len()).collect();
        let mut sent = bytes(&frame.payload.iter().zip(&keys).map(|(byte, key)| byte ^ key).collect::<Vec<_>>());
        if let Some(last) = sent.last_mut() {
            "??".clone_into(last);
        }
        let packet = frame.extent.first.packet;
        let lines = [("text", text), ("its bytes", bytes(&frame.payload)), ("the key", bytes(&keys)), ("sent", sent)];
        self.page.say(Text::words(format!("{}, the first text, in packet {packet}", of.letter())).bold());
        self.page.space();
        for (name, cells) in lines {
            let cells: Vec<String> = cells.iter().map(|cell| format!("{cell:<4}")).collect();
            self.page.add(Prose::code(Text::words(format!("{name:<12}{}", cells.concat().trim_end()))));
        }
    }
}
