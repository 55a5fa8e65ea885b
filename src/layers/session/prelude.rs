//! What may precede the actual protocol, and is over before it begins.

use super::socks::{Progress, Socks};
use super::{Opening, proxy};
use crate::layers::Direction;

/// A prelude in progress.
#[derive(Debug)]
pub enum Prelude {
    /// A PROXY protocol header: how many of its bytes are still to come.
    Proxy(usize),
    /// A SOCKS handshake.
    Socks(Box<Socks>),
}

impl Prelude {
    /// The prelude that these bytes of the client begin; `None` if there isn't one.
    #[must_use]
    pub fn begin(opening: Opening, bytes: &[u8]) -> Option<Self> {
        match opening {
            Opening::Proxy => proxy::length(bytes).map(Self::Proxy),
            Opening::Socks => Some(Self::Socks(Box::default())),
            _ => None,
        }
    }

    /// Takes the next bytes of one side; returns how many of them were the prelude's, and how it goes on.
    pub fn bytes(&mut self, from: Direction, bytes: &[u8]) -> (usize, Progress) {
        match self {
            Self::Proxy(left) if from == Direction::Client => {
                let taken = bytes.len().min(*left);
                *left -= taken;
                (taken, if *left == 0 { Progress::Over } else { Progress::More })
            }
            // The server doesn't answer a PROXY header.
            Self::Proxy(_) => (0, Progress::Over),
            Self::Socks(socks) => socks.bytes(from, bytes),
        }
    }

    /// Whether a side's part is over.
    #[must_use]
    pub fn is_over(&self, of: Direction) -> bool {
        match self {
            Self::Proxy(left) => of == Direction::Server || *left == 0,
            Self::Socks(socks) => socks.is_over(of),
        }
    }

    /// What it is called; `None` while it may still be something else.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Proxy(_) => Some("PROXY protocol".into()),
            Self::Socks(socks) => socks.is_confirmed().then(|| socks.name()),
        }
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn held(&self) -> usize {
        match self {
            Self::Proxy(_) => 0,
            Self::Socks(socks) => size_of::<Socks>() + socks.held(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_header_is_over_with_its_last_byte() {
        let line = b"PROXY UNKNOWN\r\nGET / HTTP/1.1\r\n";
        let mut prelude = Prelude::begin(Opening::Proxy, line).unwrap();
        assert_eq!(prelude.bytes(Direction::Client, &line[..5]), (5, Progress::More));
        assert!(prelude.is_over(Direction::Server) && !prelude.is_over(Direction::Client));
        assert_eq!(prelude.bytes(Direction::Client, &line[5..]), (10, Progress::Over));
        assert!(prelude.is_over(Direction::Client));
        assert!(Prelude::begin(Opening::Other, line).is_none());
    }
}
