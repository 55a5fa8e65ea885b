//! What happens if bytes are missing, aren't HTTP, or end: which part of a message is given up, and where the decoder goes on.

use memchr::memchr;

use super::super::item::{Input, Item};
use super::super::problems::Fault;
use super::super::start_line::{Likeness, strict_likeness};
use super::{Decoder, Gathered, State};
use crate::limits::MAX_START_LINE;

impl Decoder {
    /// The stream breaks off here. Hands out a head if at least its start line is there. Call this until it returns
    /// `None`, and before [`Decoder::gap`] and [`Decoder::end`].
    pub fn broken_off(&mut self) -> Option<Item<'_>> {
        self.forget_shown();
        match self.state {
            State::Ended { complete } => Some(self.ended(complete)),
            State::Start if memchr(b'\n', &self.partial).is_some() => {
                self.cut = true;
                let (line_end, _) = self.take_apart(Gathered::Kept, &[])?;
                self.state = State::Lost;
                let began = self.began;
                Some(Item::Head(
                    self.section(Gathered::Kept, &mut Input { bytes: &[], source: began }, line_end),
                    began,
                ))
            }
            _ => None,
        }
    }

    /// `length` bytes are missing from the capture here. Returns an item if that ends the message in progress.
    pub fn gap(&mut self, length: u64) -> Option<Item<'static>> {
        self.forget_shown();
        self.demand_body();
        let inside = !matches!(self.state, State::Start | State::Lost);
        self.skip_partial();
        self.position += length;
        match self.state {
            State::UntilClose => self.holed = true,
            State::Tunnel => {}
            State::Length(left) if left > length => {
                self.holed = true;
                self.state = State::Length(left - length);
            }
            State::ChunkData(left) if left > length => {
                self.holed = true;
                self.state = State::ChunkData(left - length);
            }
            // The body ends where the hole does: this much is known.
            State::Length(left) if left == length => self.state = State::Ended { complete: false },
            State::ChunkData(left) if left == length => {
                self.holed = true;
                self.state = State::ChunkEnd;
            }
            _ => {
                self.state = State::Lost;
                self.synchronised = false;
                self.holed = false;
                return inside.then_some(Item::End { complete: false });
            }
        }
        None
    }

    /// Whether a [gap](Self::gap) of that length would have the beginning of a message in it.
    #[must_use]
    pub fn would_lose_head(&self, length: u64) -> bool {
        match self.state {
            State::Start | State::Lost => true,
            State::Length(left) => left < length,
            _ => false,
        }
    }

    /// The stream ended. Call until it returns `None`.
    pub fn end(&mut self) -> Option<Item<'static>> {
        self.forget_shown();
        let fault = match self.state {
            State::Ended { complete } => return Some(self.ended(complete)),
            State::UntilClose => {
                let complete = !self.holed;
                return Some(self.ended(complete));
            }
            State::Length(left) => Fault::BodyCutShort(left),
            State::Answered { awaited: true } => Fault::HeadCutShort,
            State::ChunkLine | State::ChunkData(_) | State::ChunkEnd | State::Trailers => Fault::ChunksCutShort,
            State::Optional { .. } => return Some(self.ended(false)),
            State::Answered { awaited: false } => {
                self.state = State::Lost;
                let passed = self.skip_partial();
                return (passed > 0).then_some(Item::Passed(passed));
            }
            State::Start | State::Lost | State::Tunnel => {
                let skipped = self.skip_partial();
                return (skipped > 0).then_some(Item::Skipped(skipped));
            }
        };
        self.skip_partial();
        Some(self.fail(fault))
    }

    pub(super) fn skip_partial(&mut self) -> usize {
        let skipped = self.partial.len() - std::mem::take(&mut self.told);
        self.position += skipped as u64;
        self.partial.clear();
        self.searched = 0;
        skipped
    }

    /// What comes where a message should begin isn't one.
    pub(super) fn lose<'s, 'i: 's>(&'s mut self, input: &mut Input<'i>) -> Option<Item<'s>> {
        let fault = std::mem::take(&mut self.synchronised);
        self.foreign |= !self.headed;
        self.state = State::Lost;
        let skipped = self.skip_partial();
        if fault {
            return Some(Item::Fault(if self.bodiless { Fault::BodyNotAllowed } else { Fault::BytesAfterMessage }));
        }
        if skipped > 0 { Some(Item::Skipped(skipped)) } else { self.find_start(input) }
    }

    /// Lost: looks for a start line at the start of the input and of its lines.
    pub(super) fn find_start<'s, 'i: 's>(&'s mut self, input: &mut Input<'i>) -> Option<Item<'s>> {
        let bytes = input.bytes;
        let mut at = 0;
        while at < bytes.len() {
            match strict_likeness(self.from, &bytes[at..], MAX_START_LINE) {
                Likeness::No => {}
                likely if likely == Likeness::Yes || !self.foreign => break,
                _ => {}
            }
            at = match memchr(b'\n', &bytes[at..]) {
                Some(length) if !self.foreign => at + length + 1,
                _ => bytes.len(),
            };
        }
        if at < bytes.len() {
            self.state = State::Start;
        }
        if at == 0 {
            return self.head(input);
        }
        input.take(at);
        self.position += at as u64;
        Some(Item::Skipped(at))
    }
}
