//! Below what was said: an exchange layer by layer, what is wrong, and the packets' bytes.

use std::collections::BTreeSet;

use super::Page;
use crate::inspect::record::{Exchange, Problem};
use crate::layers::{Layer, Origin};
use crate::lesson::run::SideRun;
use crate::render::layers::layers_about;
use crate::render::story::Story;
use crate::render::{hex, numbers, osi, problems};

impl Page<'_> {
    pub(super) fn layers(&mut self) {
        for at in 0..self.stories.len() {
            let (Some(side), Some(story)) = (self.run.sides.get(at), self.stories.get(at)) else { continue };
            let about = self.run.about(side);
            let wanted = |exchange: &&Exchange| {
                let is_about =
                    about.is_some_and(|it| (it.connection, it.index) == (exchange.connection, exchange.index));
                self.depth.layers || is_about
            };
            let tables: Vec<_> =
                story.exchanges.iter().filter(wanted).map(|it| self.layers_of(side, story, it)).collect();
            for (heading, table) in tables {
                self.heading(&heading);
                self.lines.extend(table);
            }
        }
        self.remark(osi::READING);
    }

    fn layers_of(&self, side: &SideRun, story: &Story, exchange: &Exchange) -> (String, Vec<String>) {
        let id = format!("{}.{}", exchange.connection, exchange.index);
        let heading = format!("{}, exchange {id}, layer by layer: {}", side.side.letter(), osi::title(exchange));
        let carrier = self.fields.of_packet(exchange.extent().first.packet);
        let about = if self.depth.layers { &Layer::TOP_DOWN[..] } else { &self.run.lesson.layers };
        (heading, layers_about(&osi::rows(story, exchange, &carrier), about, self.style))
    }

    pub(super) fn problems(&mut self) {
        let sides = self.run.sides.iter().zip(&self.stories).filter(|(_, story)| !story.problems.is_empty());
        let (letters, found): (Vec<String>, Vec<&[Problem]>) =
            sides.map(|(side, story)| (side.side.letter().to_string(), story.problems.as_slice())).unzip();
        if !found.is_empty() {
            let list = problems::list(&found.concat(), 0, self.style);
            self.heading(&format!("{}, what is wrong", letters.join(" and ")));
            self.lines.extend(list.lines().map(str::to_owned));
        }
    }

    pub(super) fn bytes(&mut self) {
        if !self.depth.hex {
            return;
        }
        for at in 0..self.stories.len() {
            let (Some(side), Some(story)) = (self.run.sides.get(at), self.stories.get(at)) else { continue };
            let rows = story.ladder(None, true, None).rows;
            let letter = side.side.letter();
            let unshown: BTreeSet<u64> = if self.depth.ladder {
                BTreeSet::new()
            } else {
                story.unshown_packets().map(|(number, _)| number).collect()
            };
            for number in side.packets.clone().filter(|number| !unshown.contains(number)) {
                let Some(packet) = self.run.packet(number) else { continue };
                let said: Vec<&str> =
                    rows.iter().filter(|row| row.packet == number).map(|row| row.label.as_str()).collect();
                let bytes = numbers::counted(packet.data.len() as u64, "byte");
                self.heading(&format!("{letter}, packet {number}: {} ({bytes})", said.join(" · ")));
                self.lines.extend(hex::hex(
                    packet.data,
                    Origin::Packet(number),
                    &self.fields.of_packet(number),
                    self.style,
                ));
            }
        }
        if !self.depth.ladder {
            self.lines.push(String::new());
            let left_out = self.left_out(self.deeper_by("--hex --ladder", "e --hex --ladder"));
            self.remark(&left_out);
        }
    }
}
