//! The beginning of a conversation, or of one inside another: what its first bytes are taken for, and what it's called.

use super::record::Direction;
use crate::layers::session::{MAX_OPENING, Opening, opening, tls};
use crate::limits::MAX_NESTED;

/// Looks at each end's bytes, from one place in the conversation on, to tell which protocol they open.
#[derive(Debug)]
pub(super) struct Doorway {
    /// The first bytes of the client and of the server, until they show what they open; then `None`.
    heads: [Option<Vec<u8>>; 2],
    /// The streams were joined midway: what they opened with wasn't captured.
    joined: bool,
}

impl Doorway {
    /// Both ends are about to begin.
    pub(super) fn open() -> Self {
        Self { heads: [const { Some(Vec::new()) }; 2], joined: false }
    }

    /// Both ends began before the capture did.
    pub(super) fn joined() -> Self {
        Self { heads: [None, None], joined: true }
    }

    /// Both ends speak something that may switch to TLS.
    pub(super) fn ajar() -> Self {
        Self { heads: [None, None], joined: false }
    }

    /// Some of one end's bytes are missing, or the ends were confused: what comes next isn't its beginning.
    pub(super) fn miss(&mut self, from: Direction) {
        self.heads[from as usize] = None;
    }

    /// Bytes of memory held.
    pub(super) fn held(&self) -> usize {
        self.heads.iter().flatten().map(Vec::capacity).sum()
    }

    /// What both ends have sent so far that didn't show what it opens.
    pub(super) fn take_heads(&mut self) -> [Vec<u8>; 2] {
        self.heads.each_mut().map(|head| head.take().unwrap_or_default())
    }

    /// Looks at the next bytes of one end.
    pub(super) fn look(&mut self, from: Direction, bytes: &[u8]) -> Opening {
        let first = self.heads[from.reverse() as usize].as_ref().is_some_and(Vec::is_empty);
        let Some(head) = &mut self.heads[from as usize] else {
            let tls = tls::sender(bytes).is_some() || self.joined && tls::is_record(bytes);
            return if tls { Opening::Tls } else { Opening::Other };
        };
        let found = if head.is_empty() {
            opening(bytes, from, first)
        } else {
            let room = MAX_OPENING - head.len().min(MAX_OPENING);
            let length = head.len();
            head.extend_from_slice(&bytes[..bytes.len().min(room)]);
            let found = opening(head, from, first);
            // What was kept is handed on together with these bytes.
            head.truncate(length);
            found
        };
        match found {
            Opening::Undecided => {
                let room = MAX_OPENING - head.len().min(MAX_OPENING);
                head.extend_from_slice(&bytes[..bytes.len().min(room)]);
            }
            Opening::Other => self.heads[from as usize] = None,
            _ => {}
        }
        found
    }
}

/// What a conversation is called: the protocols it went through, and the one inside. Most have no name beyond their protocol's.
#[derive(Debug, Default)]
pub(super) struct Name(Option<Box<Parts>>);

#[derive(Debug, Default)]
struct Parts {
    /// The protocols around the innermost one, and the separator before it.
    outer: Option<(String, &'static str)>,
    inner: Option<String>,
    nested: usize,
    whole: Option<String>,
}

impl Name {
    pub(super) fn whole(&self) -> Option<&String> {
        self.0.as_ref()?.whole.as_ref()
    }

    /// Whether the conversation is inside another protocol.
    pub(super) fn is_inside(&self) -> bool {
        self.0.as_ref().is_some_and(|parts| parts.outer.is_some())
    }

    /// Names the innermost protocol.
    pub(super) fn is(&mut self, inner: impl Into<String>) {
        let parts = self.0.get_or_insert_default();
        parts.inner = Some(inner.into());
        parts.join();
    }

    /// From here on, the innermost protocol carries another one: it was a prelude, or is a tunnel.
    pub(super) fn goes_on(&mut self, separator: &'static str) {
        let parts = self.0.get_or_insert_default();
        parts.nested += 1;
        if parts.nested > MAX_NESTED {
            parts.inner = None;
        }
        if let Some(inner) = parts.inner.take() {
            let outer = match parts.outer.take() {
                Some((outer, separator)) => outer + separator + &inner,
                None => inner,
            };
            parts.outer = Some((outer, separator));
        }
        parts.join();
    }
}

impl Parts {
    fn join(&mut self) {
        self.whole = match (&self.outer, &self.inner) {
            (Some((outer, separator)), Some(inner)) => Some(format!("{outer}{separator}{inner}")),
            (Some((outer, _)), None) => Some(outer.clone()),
            (None, inner) => inner.clone(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_nested() {
        let mut name = Name::default();
        name.is("SOCKS 5");
        name.goes_on(", then ");
        assert_eq!(name.whole().unwrap(), "SOCKS 5");
        name.is("tunnel to a:1");
        name.goes_on(": ");
        name.is("TLS 1.2");
        name.is("TLS 1.3");
        assert_eq!(name.whole().unwrap(), "SOCKS 5, then tunnel to a:1: TLS 1.3");
        for _ in 0..99 {
            name.is("tunnel to a:1");
            name.goes_on(": ");
        }
        assert!(name.whole().unwrap().len() < 150);
    }

    #[test]
    fn what_a_side_says_is_put_together_until_it_tells() {
        let mut doorway = Doorway::open();
        assert_eq!(doorway.look(Direction::Client, b"PRI * HT"), Opening::Undecided);
        assert_eq!(doorway.look(Direction::Client, b"TP/2.0\r\n\r\n"), Opening::Http2);
        assert_eq!(doorway.take_heads(), [b"PRI * HT".to_vec(), vec![]]);
        let mut doorway = Doorway::open();
        assert_eq!(doorway.look(Direction::Server, b"+OK hello\r\n"), Opening::Named("POP3"));
        let mut doorway = Doorway::open();
        assert_eq!(doorway.look(Direction::Client, b"SET a b\r\n"), Opening::Other);
        assert_eq!(doorway.look(Direction::Server, b"+OK hello\r\n"), Opening::Other);
    }
}
