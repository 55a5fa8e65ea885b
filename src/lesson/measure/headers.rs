//! What the layers below TCP write around every packet.

use crate::capture::Packet;
use crate::layers::Layer;
use crate::layers::stack::{Outcome, annotate};

/// Bytes of headers, by layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LowerHeaders {
    /// Layer 2: Ethernet, or what the medium has instead of it.
    pub link: u64,
    /// Layer 3: IP.
    pub network: u64,
}

impl LowerHeaders {
    /// Adds those of a packet; of ARP nothing, which is counted apart.
    pub fn add(&mut self, packet: &Packet<'_>) {
        let annotated = annotate(packet.link.0, packet.number, packet.data);
        if annotated.outcome == Outcome::Arp {
            return;
        }
        for field in annotated.fields {
            let bytes = field.spans.iter().map(|span| span.bits.end.saturating_sub(span.bits.start)).sum::<u64>() / 8;
            match field.layer {
                Layer::DataLink => self.link = self.link.saturating_add(bytes),
                Layer::Network => self.network = self.network.saturating_add(bytes),
                _ => {}
            }
        }
    }
}
