//! Layer 7: what is said. HTTP/1.x messages and WebSocket frames.

pub mod http;
pub mod websocket;
