//! Real ends of a connection: hyper's HTTP and tungstenite's WebSocket, over anything that carries bytes.
//!
//! Lessons put them on their own wire. [`server`] is a small site over real TCP, and [`client`] is a client for one. Nothing here
//! knows about captures, views or terminals.

pub mod client;
mod events;
mod growing;
mod json;
mod room;
pub mod server;
mod upgrade;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

pub use self::events::event_stream;
pub use self::growing::growing;
pub use self::json::{json_request, json_response};
pub use self::room::{Room, Seat};
pub use self::upgrade::{ServerSocket, Terms, VERSION, upgrade, upgrade_on};

/// Whatever can go wrong with a peer.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How a conversation ends.
pub type Outcome = Result<(), BoxError>;

/// Text, in the character set that all text here is in.
pub const TEXT: &str = "text/plain; charset=utf-8";

/// A response with a body whose length is known.
#[must_use]
pub fn response(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
