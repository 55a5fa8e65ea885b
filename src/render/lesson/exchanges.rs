//! The exchanges of a lesson, as they were said.

use super::Page;
use crate::inspect::record::Exchange;
use crate::lesson::front_matter::ExchangeId;
use crate::lesson::run::SideRun;
use crate::render::ladder::beside;
use crate::render::style::Style;
use crate::render::{heads, numbers};

/// How many lines of a body are shown.
const BODY_LINES: usize = 3;

impl Page<'_> {
    pub(super) fn exchanges(&mut self) {
        let style = self.style;
        let mut lines = Vec::new();
        let mut left_out = 0;
        for (side, story) in self.run.sides.iter().zip(&self.stories) {
            let said = self.run.lesson.said.get(&side.side);
            let mut exchanges: Vec<&Exchange> = story.exchanges.iter().collect();
            exchanges.sort_by_key(|exchange| (exchange.connection, exchange.index));
            for exchange in exchanges {
                let id = ExchangeId { connection: exchange.connection - side.first_connection, index: exchange.index };
                if self.depth.layers || said.is_some_and(|said| said.contains(&id)) {
                    lines.push(String::new());
                    lines.push(self.exchange_heading(side, exchange));
                    lines.extend(talk(exchange, style));
                } else {
                    left_out += 1;
                }
            }
        }
        if lines.is_empty() {
            return;
        }
        let others = match left_out {
            0 => String::new(),
            _ => format!(" ({} with {})", numbers::counted(left_out, "more exchange"), self.deeper_by("--layers", "l")),
        };
        self.heading(&format!("What was said{others}"));
        // The heading is enough of a gap before the first.
        self.lines.extend(lines.into_iter().skip(1));
    }

    fn exchange_heading(&self, side: &SideRun, exchange: &Exchange) -> String {
        let style = self.style;
        let name = format!("{}, exchange {}.{}", side.side.letter(), exchange.connection, exchange.index);
        let extent = exchange.extent();
        let packets = format!("packets {} to {}", extent.first.packet, extent.last.packet);
        format!("{}  {}", style.bold(&name), style.dim(&packets))
    }
}

/// Request and response: beside each other if there is room, as they stand in the ladder.
fn talk(exchange: &Exchange, style: Style) -> Vec<String> {
    let request = exchange.request.as_ref().map(|it| heads::request(it, BODY_LINES, style));
    let responses = exchange.interim.iter().chain(&exchange.response);
    let responses: Vec<String> = responses.flat_map(|it| heads::response(it, BODY_LINES, style)).collect();
    let request = request.unwrap_or_default();
    match beside(&request, &responses, 3, style.width) {
        Some(both) => both,
        None => [request, responses].concat(),
    }
}
