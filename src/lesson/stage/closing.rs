//! How a client ends a WebSocket.

use futures_util::StreamExt;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::{ClientSocket, Outcome};

/// Says goodbye, and waits until the server has closed the connection, as it should do first (RFC 6455 §7.1.1).
///
/// # Errors
///
/// Where the connection breaks off before the server has said goodbye.
pub async fn close(socket: &mut ClientSocket, code: u16, reason: &'static str) -> Outcome {
    socket.close(Some(CloseFrame { code: code.into(), reason: reason.into() })).await?;
    while socket.next().await.transpose()?.is_some() {}
    Ok(())
}
