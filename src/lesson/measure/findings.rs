//! What the inspector's findings measure: causes, and where each of them lies.

use std::collections::HashMap;

use super::Measure;
use super::tally::Tallies;
use crate::inspect::event::SegmentSeen;
use crate::inspect::record::{Connection, Direction, Problem};
use crate::layers::transport::header::{FIN, RST};

/// How many causes are remembered: what comes after them isn't counted.
const MAX_CAUSES: usize = 1 << 12;

/// The causes so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    causes: Vec<Cause>,
    /// The packet that ends each open connection, or one direction of it.
    ended: HashMap<u64, u64>,
}

/// What isn't an effect of something else.
#[derive(Debug)]
struct Cause {
    packet: u64,
    place: Measure,
    /// Not worth a word where anything else is wrong.
    is_minor: bool,
}

impl Findings {
    /// Takes a segment.
    pub(super) fn segment(&mut self, packet: u64, segment: &SegmentSeen) {
        if segment.flags & (FIN | RST) != 0 {
            self.ended.entry(segment.connection).or_insert(packet);
        }
    }

    /// A connection is over, and nothing more is found on it.
    pub(super) fn closed(&mut self, connection: &Connection) {
        self.ended.remove(&connection.number);
    }

    /// Takes a problem or a note.
    pub(super) fn problem(&mut self, problem: &Problem, tallies: &mut Tallies) {
        tallies.one(Measure::Problems, problem.packet);
        if problem.because.is_some() || self.causes.len() >= MAX_CAUSES {
            return;
        }
        let is_minor = problem.is_minor();
        // That nobody said goodbye shows when all is over. It happened where somebody hung up.
        let hung_up = problem.connection.filter(|_| is_minor).and_then(|connection| self.ended.get(&connection));
        let packet = hung_up.copied().unwrap_or(problem.packet);
        self.causes.push(Cause { packet, place: place(problem), is_minor });
    }

    /// Counts what was taken.
    pub(super) fn finish(mut self, tallies: &mut Tallies) {
        if self.causes.iter().any(|cause| !cause.is_minor) {
            self.causes.retain(|cause| !cause.is_minor);
        }
        for Cause { packet, place, .. } in self.causes {
            tallies.one(Measure::Causes, packet);
            tallies.one(place, packet);
        }
    }
}

fn place(problem: &Problem) -> Measure {
    match (problem.frame, problem.exchange, problem.direction) {
        (Some(_), ..) => Measure::FrameCauses,
        (None, Some(_), Some(Direction::Client)) => Measure::RequestCauses,
        (None, Some(_), _) => Measure::ResponseCauses,
        // A message's fault names no frame: it may be in several.
        (None, None, Some(_)) if problem.clause.starts_with("RFC 6455") => Measure::FrameCauses,
        (None, None, _) => Measure::OtherCauses,
    }
}
