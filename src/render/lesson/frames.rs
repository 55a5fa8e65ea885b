//! The frames of a lesson: what made them possible, all of them in a table, and some bit by bit.

use super::{Course, Depth};
use crate::inspect::record::Frame;
use crate::lesson::run::SideRun;
use crate::lesson::{Run, Side};
use crate::render::exchange::accept;
use crate::render::frame::columns::{self, Framed};
use crate::render::model::{Block, Page};
use crate::render::story::Story;

/// The lesson's frames bit by bit; where it wants none drawn, its first.
#[must_use]
pub fn diagrams(run: &Run) -> Page {
    let mut page = Course::of(run, Depth::default());
    for (letter, frame) in drawn(run, &page.stories) {
        page.diagram(letter, frame);
    }
    if page.page.is_empty() {
        page.page.remark("No WebSocket frame crossed the wire in this lesson: it speaks HTTP.");
    }
    page.page
}

/// The frames that [`diagrams`] draws, and their sides' letters.
pub(in crate::render) fn drawn(run: &Run, stories: &[Story]) -> Vec<(char, Frame)> {
    let frames = frames_to_draw(run, stories, true);
    let any = || {
        let mut sides = run.sides.iter().zip(stories);
        sides.find_map(|(side, story)| story.frames.first().map(|frame| (side.side.letter(), frame.clone())))
    };
    if frames.is_empty() { any().into_iter().collect() } else { frames }
}

impl Course<'_> {
    pub(super) fn frames(&mut self) {
        let run = self.run;
        let (mut derivation, mut letters, mut listed) = (None, Vec::new(), Vec::new());
        for (side, story) in run.sides.iter().zip(&self.stories) {
            let letter = side.side.letter();
            let is_derived = |of: Side| of == side.side || self.depth.layers;
            // How it is done is shown once: the other sides do it the same way.
            if derivation.is_none() && run.lesson.accept.map_or(self.depth.layers, is_derived) {
                let upgraded = story.exchanges.iter().find(|it| it.upgraded.as_deref() == Some("websocket"));
                derivation = upgraded.map(|exchange| (letter, accept::derivation(exchange)));
            }
            if !story.frames.is_empty() && (self.depth.layers || run.lesson.frames.contains(&side.side)) {
                letters.push(letter.to_string());
                let mut frames = story.frames.clone();
                // The story has them as they ended; their numbers are in the order in which they began.
                frames.sort_by_key(|frame| (frame.connection, frame.index));
                let start = story.packets.first().map(|packet| packet.moment.time);
                listed.extend(frames.into_iter().map(|frame| (Framed::Frame(frame), start)));
            }
        }
        if let Some((letter, steps)) = derivation {
            self.page.heading(format!("{letter}, how Sec-WebSocket-Accept is made (RFC 6455 §4.2.2)"), "");
            self.page.append(steps.into_iter().collect::<Page>());
        }
        if !listed.is_empty() {
            self.page.heading(format!("{}, every frame", letters.join(" and ")), "");
            self.page.add(columns::table(listed.iter().map(|(frame, start)| (frame, *start)), 0));
        }
        for (letter, frame) in frames_to_draw(run, &self.stories, self.depth.layers) {
            self.diagram(letter, frame);
        }
    }

    fn diagram(&mut self, letter: char, frame: Frame) {
        let id = format!("{}.{}", frame.connection, frame.index);
        self.page.heading(format!("{letter}, frame {id} bit by bit (RFC 6455 §5.2)"), "");
        self.page.add(Block::Frame(Box::new(frame)));
    }
}

/// The frames that the lesson wants drawn, the first of each side; to go deep, all of them, and at least a masked text.
fn frames_to_draw(run: &Run, stories: &[Story], deep: bool) -> Vec<(char, Frame)> {
    let sides = || run.sides.iter().zip(stories);
    let diagrams = &run.lesson.diagrams;
    if diagrams.iter().all(|places| places.is_empty()) && deep {
        let shows = |frame: &&Frame| frame.opcode == 1 && frame.mask_key.is_some() && !frame.payload.is_empty();
        let first = |(side, story): (&SideRun, &Story)| {
            story.frames.iter().find(shows).map(|frame| (side.side.letter(), frame.clone()))
        };
        return sides().find_map(first).into_iter().collect();
    }
    let wanted = |(side, story): (&SideRun, &Story)| {
        let most = if deep { usize::MAX } else { 1 };
        let places = diagrams[side.side.index()].iter().take(most);
        let frames = places.filter_map(|place| story.frames.get(*place).cloned());
        frames.map(|frame| (side.side.letter(), frame)).collect::<Vec<_>>()
    };
    sides().flat_map(wanted).collect()
}
