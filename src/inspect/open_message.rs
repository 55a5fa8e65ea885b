//! A WebSocket message that isn't whole: its record as far as it goes, and what else there is to know of it until then.

use super::event::Making;
use super::mark::Note;
use super::record::{Direction, Extent, Message, Moment};
use crate::layers::application::websocket::TEXT;
use crate::layers::presentation::charset::Utf8Check;
use crate::layers::{Origin, Run};
use crate::limits::MAX_SPARE_BYTES;

/// A data message in progress.
#[derive(Debug)]
pub(super) struct OpenMessage {
    pub(super) message: Message,
    pub(super) check: Option<Utf8Check>,
    /// What is left of it, where it was compressed and then redacted.
    pub(super) note: Note,
    /// Part of it is missing or wrong: it won't be reported as a whole message.
    pub(super) broken: bool,
    /// The inflated message, if that's reported, and what it's being made from.
    pub(super) inflating: Option<Making>,
    pub(super) from: Run,
    /// The id of what was found wrong with it first.
    pub(super) cause: Option<u64>,
}

impl OpenMessage {
    pub(super) fn new() -> Self {
        Self {
            message: Message {
                connection: 0,
                index: 0,
                direction: Direction::Client,
                extent: Extent::default(),
                opcode: 0,
                frames: 0,
                compressed: false,
                payload_bytes: 0,
                payload: Vec::new(),
                payload_truncated: false,
            },
            check: None,
            note: Note::default(),
            broken: false,
            inflating: None,
            from: Run { origin: Origin::default(), offset: 0, length: 0 },
            cause: None,
        }
    }

    /// Starts on a message, in the room of one that is over.
    #[inline]
    pub(super) fn start(
        &mut self,
        (connection, direction): (u64, Direction),
        (opcode, compressed): (u8, bool),
        began: Moment,
    ) {
        let message = &mut self.message;
        (message.connection, message.direction) = (connection, direction);
        (message.opcode, message.compressed) = (opcode, compressed);
        message.extent = Extent { first: began, last: began };
        (message.frames, message.payload_bytes, message.payload_truncated) = (0, 0, false);
        message.payload.clear();
        message.payload.shrink_to(MAX_SPARE_BYTES);
        self.check = (opcode == TEXT).then(Utf8Check::default);
        self.note = Note::default();
        self.broken = false;
        self.inflating = None;
        self.cause = None;
    }

    /// Whether the payload's content is needed, not only its length.
    #[inline]
    pub(super) fn is_read(&self, keep: usize) -> bool {
        self.message.compressed || self.check.is_some() || self.message.payload.len() < keep
    }
}
