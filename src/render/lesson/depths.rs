//! What's below the text of an exchange: its layers, its problems, and its packets' bytes.

use std::collections::BTreeSet;

use super::Course;
use crate::inspect::record::{Exchange, Problem};
use crate::layers::{Layer, Origin};
use crate::lesson::Run;
use crate::lesson::run::SideRun;
use crate::render::exchange::osi;
use crate::render::markdown::markdown;
use crate::render::model::{Hex, Layers};
use crate::render::story::Story;
use crate::render::{numbers, problems};

impl Course<'_> {
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
                self.page.heading(heading, "");
                self.page.add(table);
            }
        }
        self.page.remark(osi::READING);
    }

    fn layers_of(&self, side: &SideRun, story: &Story, exchange: &Exchange) -> (String, Layers) {
        let id = format!("{}.{}", exchange.connection, exchange.index);
        let heading = format!("{}, exchange {id}, layer by layer: {}", side.side.letter(), osi::title(exchange));
        let carrier = self.fields.of_packet(exchange.extent().first.packet);
        let about = if self.depth.layers { &Layer::TOP_DOWN[..] } else { self.run.lesson.layers };
        (heading, Layers::about(osi::rows(story, exchange, &carrier), about))
    }

    pub(super) fn problems(&mut self) {
        // In the tutorial, the lesson's own run is looked at like this only when its questions are answered.
        if is_exercise(self.run) && !self.depth.layers && !(self.in_tutorial && is_usual(self.run)) {
            self.page.heading("What is wrong", "");
            self.page.append(markdown(WITHHELD));
            return;
        }
        let sides = self.run.sides.iter().zip(&self.stories).filter(|(_, story)| !story.problems.is_empty());
        let (letters, found): (Vec<String>, Vec<&[Problem]>) =
            sides.map(|(side, story)| (side.side.letter().to_string(), story.problems.as_slice())).unzip();
        if !found.is_empty() {
            let found = || found.iter().copied().flatten();
            self.page.heading(format!("{}, {}", letters.join(" and "), problems::about(found())), "");
            self.page.append(problems::list(found(), 0));
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
                self.page.heading(format!("{letter}, packet {number}: {} ({bytes})", said.join(" · ")), "");
                self.page.add(Hex {
                    bytes: packet.data.into(),
                    start: 0,
                    origin: Origin::Packet(number),
                    fields: self.fields.of_packet(number),
                });
            }
        }
        if !self.depth.ladder {
            self.page.space();
            let left_out = self.left_out(self.deeper_by("--hex --ladder", "e --hex --ladder"));
            self.page.remark(left_out);
        }
    }
}

/// What stands where the inspector's findings would give an exercise away.
pub(super) const WITHHELD: &str = "Find it first. Then add `--layers`: the page ends with what wire101 found.";

/// Whether a run's findings are the answer to what its lesson asks.
pub(super) fn is_exercise(run: &Run) -> bool {
    run.lesson.asks_for_causes()
}

/// Whether a run is the one that the lesson's own questions are about.
pub(super) fn is_usual(run: &Run) -> bool {
    run.settings == run.lesson.settings(run.wire)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::shown::packets_shown;
    use crate::lesson::stage::faults::{Culprit, FAULTS, Fault};
    use crate::lesson::view::View;
    use crate::lesson::{Measure, Side, catalogue, run};
    use crate::wire::{Settings, Wire};

    #[test]
    fn the_packet_with_a_fault_is_in_the_ladder_and_is_the_culprits() {
        use Measure::{FrameCauses, OtherCauses, RequestCauses, ResponseCauses};
        let lesson = catalogue::find("diagnose").unwrap();
        let mut kinds = BTreeSet::new();
        for seed in 1..=FAULTS.len() as u64 {
            let (fault, settings) = (Fault::of_seed(seed), Settings { seed, ..Settings::default() });
            let run = run(lesson, Wire::Virtual, settings).unwrap();
            let measures = &run.sides[1].measures;
            let packet = measures.evidence(Measure::Causes)[0].first;
            let shown = packets_shown(&run, View::Ladders(&[Side::B]));
            assert!(shown.contains(&packet), "{}, seed {seed}: {packet} of {shown:?}", fault.code);
            // The last byte of the source address.
            let by = if fault.by == Culprit::Client { 1 } else { 2 };
            assert_eq!(run.packet(packet).unwrap().data[29], by, "{}, seed {seed}", fault.code);
            let kind = [RequestCauses, ResponseCauses, FrameCauses, OtherCauses].map(|kind| measures.get(kind));
            assert_eq!(kind.iter().flatten().sum::<u64>(), 1, "{}, seed {seed}", fault.code);
            kinds.insert(kind);
        }
        assert_eq!(kinds.len(), 4, "{kinds:?}");
    }
}
