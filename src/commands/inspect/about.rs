//! Which of the things found belong to what `--connection`, `--exchange`, `--problems` and `--hops` ask for.

use super::Inspect;
use crate::inspect::Event;

impl Inspect {
    /// Whether an event belongs to what was asked for. Conditions aside: those are a filter's.
    pub(super) fn is_about(&self, event: Event<'_>) -> bool {
        if self.problems && !matches!(event, Event::Problem(_) | Event::Interface(..)) {
            return false;
        }
        if self.hops && !matches!(event, Event::Hop(_) | Event::Interface(..)) {
            return false;
        }
        let exchange = match event {
            Event::Request(it) | Event::Response(it) | Event::Upgraded(it) | Event::Exchange(it) => {
                Some((it.connection, it.index))
            }
            // Records refer to interfaces, and no list has a line for packets.
            Event::Interface(..) | Event::Packet(_) => return true,
            _ => None,
        };
        if let Event::Hop(it) = event {
            let is_asked = |of: (u64, u64)| {
                self.connection.is_none_or(|asked| asked == of.0) && self.exchange.is_none_or(|asked| asked == of)
            };
            return [&it.from.exchange, &it.to.exchange].iter().any(|it| is_asked((it.connection, it.index)));
        }
        let connection = event.connection();
        self.connection.is_none_or(|asked| connection == Some(asked))
            && self.exchange.is_none_or(|asked| exchange == Some(asked))
    }
}
