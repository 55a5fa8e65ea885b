//! The exchanges of a lesson, as they were said.

use super::Course;
use crate::inspect::record::Exchange;
use crate::lesson::front_matter::ExchangeId;
use crate::render::exchange::heads;
use crate::render::model::prose::Place;
use crate::render::model::{Block, Heading, Page, Text};
use crate::render::numbers;

/// How many lines of a body are shown.
const BODY_LINES: usize = 3;

impl Course<'_> {
    pub(super) fn exchanges(&mut self) {
        let mut page = Page::default();
        let mut left_out = 0;
        for (side, story) in self.run.sides.iter().zip(&self.stories) {
            let said = self.run.lesson.said[side.side.index()];
            let mut exchanges: Vec<&Exchange> = story.exchanges.iter().collect();
            exchanges.sort_by_key(|exchange| (exchange.connection, exchange.index));
            for exchange in exchanges {
                let id = ExchangeId { connection: exchange.connection - side.first_connection, index: exchange.index };
                if self.depth.layers || said.contains(&id) {
                    // The page's heading is enough of a gap before the first.
                    if !page.is_empty() {
                        page.space();
                    }
                    page.add(title(side.side.letter(), exchange));
                    page.add(talk(exchange));
                } else {
                    left_out += 1;
                }
            }
        }
        if page.is_empty() {
            return;
        }
        let others = match left_out {
            0 => String::new(),
            _ => format!(" ({} with {})", numbers::counted(left_out, "more exchange"), self.deeper_by("--layers", "l")),
        };
        self.page.heading(format!("What was said{others}"), "");
        self.page.append(page);
    }
}

pub(super) fn title(letter: char, exchange: &Exchange) -> Heading {
    let name = format!("{letter}, exchange {}.{}", exchange.connection, exchange.index);
    let extent = exchange.extent();
    let packets = format!("packets {} to {}", extent.first.packet, extent.last.packet);
    Heading::new(Text::words(name).bold(), packets, Place::After)
}

/// Request and response, in the order of the ladder.
pub(super) fn talk(exchange: &Exchange) -> Block {
    let request = exchange.request.iter().map(|it| heads::request(it, BODY_LINES));
    let responses = exchange.responses().map(|it| heads::response(it, BODY_LINES));
    Block::Beside(request.collect(), responses.collect())
}
