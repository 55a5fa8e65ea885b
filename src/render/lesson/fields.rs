//! What every byte of a run's packets is. It's worked out once, when somebody first asks for it; few pages do.

use std::cell::OnceCell;

use crate::annotate::{Annotator, Selection};
use crate::capture::Packet;
use crate::inspect::Options;
use crate::layers::Field;
use crate::lesson::Run;

/// The fields of a run's packets.
pub(in crate::render) struct Fields<'a> {
    run: &'a Run,
    annotated: OnceCell<Annotator>,
}

impl<'a> Fields<'a> {
    pub(in crate::render) fn new(run: &'a Run) -> Self {
        Self { run, annotated: OnceCell::new() }
    }

    /// The fields that say what every byte of a packet is; none if there's no such packet.
    pub(in crate::render) fn of_packet(&self, number: u64) -> Vec<Field> {
        let fields = |packet: Packet<'_>| {
            let annotator = self.annotated.get_or_init(|| annotated(self.run));
            annotator.fields_of_packet(number, packet.link, packet.data)
        };
        self.run.packet(number).map(fields).unwrap_or_default()
    }
}

fn annotated(run: &Run) -> Annotator {
    let mut annotator = Annotator::new(Selection::All);
    run.inspect(Options { keep: 0, pieces: true, ..Options::default() }, &mut annotator);
    annotator
}
