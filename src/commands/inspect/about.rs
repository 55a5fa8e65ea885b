//! Which of the things found belong to what `--connection`, `--exchange` and `--problems` ask for.

use super::Inspect;
use crate::inspect::Event;

impl Inspect {
    /// Whether an event belongs to what was asked for. Conditions aside: those are a filter's.
    pub(super) fn is_about(&self, event: Event<'_>) -> bool {
        if self.problems && !matches!(event, Event::Problem(_) | Event::Interface(..)) {
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
        let connection = event.connection();
        self.connection.is_none_or(|asked| connection == Some(asked))
            && self.exchange.is_none_or(|asked| exchange == Some(asked))
    }
}
