//! WebSocket before it was RFC 6455: which draft a handshake is of, and how far its frames are the same.

use std::fmt;

use crate::layers::application::http::{FieldName, Fields, NameSet};

/// A draft of the protocol that was in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draft {
    /// draft-hixie-thewebsocketprotocol-75: no key at all; text between 0x00 and 0xff.
    Hixie75,
    /// draft-hixie-thewebsocketprotocol-76, which is draft-ietf-hybi-thewebsocketprotocol-00: three keys; framed as 75.
    Hixie76,
    /// draft-ietf-hybi-thewebsocketprotocol, by its Sec-WebSocket-Version: 1 to 12.
    Hybi(u8),
}

impl Draft {
    /// Bytes of the key that follows draft 76's request headers (its §1.3), and that no length announces.
    pub const THIRD_KEY: u64 = 8;

    /// The draft that a 101 to WebSocket follows; `None` if it's RFC 6455, or nothing shows which.
    #[must_use]
    pub fn of(request: Option<&Fields>, response: &Fields) -> Option<Self> {
        let asks = |name| request.is_some_and(|request| request.get(name).is_some());
        if let Some(version) = request.and_then(|request| request.get(FieldName::SecWebSocketVersion)) {
            let version = std::str::from_utf8(version).ok()?.parse().ok()?;
            return (1..=12).contains(&version).then_some(Self::Hybi(version));
        }
        if Self::has_third_key(asks) || response.get(FieldName::SecWebSocketLocation).is_some() {
            return Some(Self::Hixie76);
        }
        let echoed = response.has(NameSet::of(&[FieldName::WebSocketOrigin, FieldName::WebSocketLocation]));
        (echoed && !asks(FieldName::SecWebSocketKey)).then_some(Self::Hixie75)
    }

    /// Whether a request with fields of such names is draft 76's.
    #[inline]
    pub fn has_third_key(has: impl Fn(FieldName) -> bool) -> bool {
        has(FieldName::SecWebSocketKey1) && has(FieldName::SecWebSocketKey2)
    }

    /// Whether its handshake differs from RFC 6455's: no `Sec-WebSocket-Key` and `-Accept`.
    #[must_use]
    pub fn has_no_key(self) -> bool {
        !matches!(self, Self::Hybi(4..))
    }

    /// Whether its frames are RFC 6455's. Before hybi-07, lengths, opcodes or masking differed.
    #[must_use]
    pub fn has_todays_frames(self) -> bool {
        matches!(self, Self::Hybi(7..))
    }

    /// What happens to its frames, as the end of a sentence.
    pub(super) fn note(self) -> &'static str {
        if self.has_todays_frames() { "" } else { ", and its frames are others, which are not decoded" }
    }
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hixie75 => f.write_str("WebSocket draft hixie-75"),
            Self::Hixie76 => f.write_str("WebSocket draft hixie-76"),
            // Drafts 09 to 12 changed nothing on the wire, and kept the number.
            Self::Hybi(8) => f.write_str("WebSocket draft hybi-08 to hybi-12"),
            Self::Hybi(version) => write!(f, "WebSocket draft hybi-{version:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_are_told_by_their_handshake() {
        let of = |request: &str, response: &str| {
            let fields = |lines: &str| Fields::parse(format!("{lines}\r\n").as_bytes());
            Draft::of(Some(&fields(request)), &fields(response))
        };
        let keys = "Sec-WebSocket-Key1: 1 2\r\nSec-WebSocket-Key2: 3 4\r\n";
        assert_eq!(of(keys, "Sec-WebSocket-Location: ws://a/\r\n"), Some(Draft::Hixie76));
        assert_eq!(of("Origin: b\r\n", "WebSocket-Origin: b\r\n"), Some(Draft::Hixie75));
        assert_eq!(of("Sec-WebSocket-Version: 4\r\n", ""), Some(Draft::Hybi(4)));
        assert_eq!(of("Sec-WebSocket-Version: 13\r\n", ""), None);
        assert_eq!(of("Sec-WebSocket-Version: 14\r\n", ""), None);
        assert_eq!(of("Sec-WebSocket-Key: x\r\n", "Sec-WebSocket-Accept: y\r\n"), None);
        assert_eq!(of("", ""), None);
    }

    #[test]
    fn frames_are_todays_from_hybi_07_on() {
        assert!(Draft::Hybi(7).has_todays_frames() && Draft::Hybi(8).has_todays_frames());
        assert!(!Draft::Hybi(6).has_todays_frames() && !Draft::Hixie76.has_todays_frames());
        assert_eq!(Draft::Hybi(4).to_string(), "WebSocket draft hybi-04");
    }
}
