//! Which of the things found belong to what `--connection`, `--exchange` and `--problems` ask for.

use super::Inspect;
use crate::inspect::Event;

impl Inspect {
    /// Whether an event belongs to what was asked for. Conditions aside: those are a filter's.
    pub(super) fn is_about(&self, event: Event<'_>) -> bool {
        if self.problems && !matches!(event, Event::Problem(_) | Event::Interface(..)) {
            return false;
        }
        let (connection, exchange) = match event {
            Event::Opened(it) | Event::Ended(it) | Event::Closed(it) => (it.number, None),
            Event::Request(it) | Event::Response(it) | Event::Upgraded(it) | Event::Exchange(it) => {
                (it.connection, Some(it.index))
            }
            Event::Frame(it) => (it.connection, None),
            Event::Message(it) => (it.connection, None),
            Event::Problem(it) => match it.connection {
                Some(connection) => (connection, None),
                None => return self.connection.is_none() && self.exchange.is_none(),
            },
            // Not records: interfaces, which records refer to, and what no list has a line for.
            _ => return true,
        };
        self.connection.is_none_or(|asked| asked == connection)
            && self.exchange.is_none_or(|asked| exchange.is_some_and(|index| asked == (connection, index)))
    }
}
