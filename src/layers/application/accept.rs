//! What answers a `Sec-WebSocket-Key` (RFC 6455 §4.2.2): a value that HTTP's fields carry and WebSocket's handshake checks.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha1::{Digest, Sha1};

/// The GUID that RFC 6455 §1.3 has appended to the key.
pub const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The digest half-way to [`accept`]: SHA-1 of the key and the GUID.
#[must_use]
pub fn digest(key: &[u8]) -> [u8; 20] {
    Sha1::new().chain_update(key).chain_update(GUID).finalize().into()
}

/// The `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key` (§4.2.2).
#[must_use]
pub fn accept(key: &[u8]) -> String {
    BASE64_STANDARD.encode(digest(key))
}
