//! Layer 7: what is said. HTTP/1.x messages and WebSocket frames.

mod accept;
pub mod http;
pub mod pairs;
pub mod websocket;
