//! What the layers below TCP write around every packet.

use super::tally::Tally;
use crate::capture::Packet;
use crate::layers::Layer;
use crate::layers::stack::{Outcome, annotate};

/// Bytes of headers, by layer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LowerHeaders {
    /// Layer 2: Ethernet, or what the medium has instead of it.
    pub(super) link: Tally,
    /// Layer 3: IP.
    pub(super) network: Tally,
}

impl LowerHeaders {
    /// Adds those of a packet; of ARP nothing, which is counted apart.
    pub fn add(&mut self, packet: &Packet<'_>) {
        let annotated = annotate(packet.link.0, packet.number, packet.data);
        if annotated.outcome == Outcome::Arp {
            return;
        }
        let number = packet.number;
        let bytes_of = |layer| {
            let fields = annotated.fields.iter().filter(|field| field.layer == layer);
            let bits = fields.flat_map(|field| &field.spans).map(|span| span.bits.end.saturating_sub(span.bits.start));
            bits.sum::<u64>() / 8
        };
        self.link.add(bytes_of(Layer::DataLink), number, number);
        self.network.add(bytes_of(Layer::Network), number, number);
    }
}
