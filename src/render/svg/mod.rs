//! Pictures of a capture, as self-contained SVG files: a file here for each picture, named after what it shows.
//!
//! A picture is drawn from the same records and fields as every other view, and is described in words (`<desc>`). It has no
//! script and loads no fonts or files; it is as wide as a README's text, and suits light and dark screens. `canvas` draws,
//! `theme` says how things look; neither knows what a packet is.
//!
//! However long the capture is, a picture stays small enough to look at, and says what it leaves out.

pub mod canvas;
pub mod frame;
pub mod hops;
pub mod http;
pub mod keep_alive;
mod ladder;
pub mod osi;
pub mod relay;
mod room;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod upgrade;

use thiserror::Error;

use super::escape;

/// At most that many captured bytes, as text, with a mark if there are more. It isn't escaped yet.
fn beginning(captured: &[u8], most: usize) -> String {
    let seen = escape::beginning(captured, most);
    let more = if seen.len() < captured.len() { "…" } else { "" };
    String::from_utf8_lossy(seen).into_owned() + more
}

/// Why there's nothing to draw: what the capture doesn't have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Lacking {
    /// Exchanges.
    #[error("there is no HTTP exchange in it to draw")]
    Exchange,
    /// Connections that carried more than one exchange.
    #[error("no connection in it carries a second HTTP exchange, so there is no keep-alive to draw")]
    Reuse,
    /// A connection that became a WebSocket.
    #[error("no connection in it was upgraded to WebSocket (101), so there is no upgrade to draw")]
    Upgrade,
    /// The requested connection didn't become one.
    #[error("connection {0} in it was not upgraded to WebSocket (101)")]
    UpgradeOf(u64),
    /// Frames.
    #[error("there is no WebSocket frame in it to draw")]
    Frame,
    /// The requested frame.
    #[error("frame {0}.{1} is not in it")]
    FrameOf(u64, u64),
    /// Both sides of a proxy.
    #[error("it has no exchange on both sides of a proxy, so there is no hop to draw")]
    Hop,
    /// A server that passes on what its clients say.
    #[error("no server in it passes on to one WebSocket client what another said")]
    Relay,
}
