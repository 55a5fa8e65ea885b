//! The connection below a WebSocket: for what tungstenite refuses to do.

use hyper_util::rt::TokioIo;

use super::{ClientSocket, ServerSocket};
use crate::wire::{BoxError, Connection};

/// The connection below a client's socket.
#[must_use]
pub fn client_connection(socket: ClientSocket) -> Connection {
    socket.into_inner().into_inner()
}

/// The connection below a server's socket.
///
/// # Errors
///
/// Where another than [`Stage::serve`](super::Stage::serve) accepted it.
pub fn server_connection(socket: ServerSocket) -> Result<Connection, BoxError> {
    let parts = socket.into_inner().into_inner().downcast::<TokioIo<Connection>>();
    Ok(parts.map_err(|_| "the socket is not over a connection of the wire")?.io.into_inner())
}
