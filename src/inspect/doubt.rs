//! Resets that may have ended nothing: their number isn't one that their receiver can have been waiting for.
//!
//! A receiver answers such a reset with an acknowledgment, a challenge, and the connection goes on (RFC 9293 §3.10.7.4, RFC 5961
//! §3.2). Systems older than that take any reset that lies inside the window, and the capture may lack what came before it. So
//! what follows decides.

use crate::layers::Source;
use crate::layers::transport::header::{FIN, RST};
use crate::layers::transport::{End, Reassembly, Segment};

/// A reset of which it isn't known yet whether it ended its connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct DoubtfulReset {
    /// Whose address it has.
    pub(super) side: End,
    pub(super) source: Source,
    /// Where in that side's stream it is.
    at: u64,
    /// How far both streams had come by then.
    sent: [u64; 2],
    /// How much of that side's stream was acknowledged by then.
    acknowledged: u64,
}

impl DoubtfulReset {
    /// The reset in that segment, unless its receiver may be waiting for its number.
    pub(super) fn of(side: End, segment: &Segment<'_>, source: Source, streams: &Reassembly) -> Option<Self> {
        let doubtful =
            segment.flags & RST != 0 && !streams.is_finished() && !streams.may_be_due(side, segment.sequence);
        doubtful.then(|| Self {
            side,
            source,
            at: streams.position(side, segment.sequence),
            sent: [End::First, End::Second].map(|end| streams.sent(end)),
            acknowledged: streams.acknowledged(side),
        })
    }

    /// Whether the connection goes on with a later segment of `from`, which the streams have taken: one side acknowledges what the
    /// other sent after the reset, or the reset's own side closes in good order.
    pub(super) fn is_refuted(&self, from: End, segment: &Segment<'_>, streams: &Reassembly) -> bool {
        let Self { side, at, sent, acknowledged, .. } = *self;
        let has_more = |end: End| streams.acknowledged(end) > sent[end as usize];
        if segment.flags & RST != 0 {
            false
        } else if from == side {
            has_more(side.other()) || segment.flags & FIN != 0 && streams.next(side) > at.max(sent[side as usize])
        } else {
            // What was sent before the reset may have been captured after it.
            has_more(side) && (at < acknowledged || streams.acknowledged(side) > at)
        }
    }
}
