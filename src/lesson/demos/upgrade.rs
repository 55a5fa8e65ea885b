//! The opening handshake: a request that does not ask for WebSocket and is refused, beside one that does.

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::Demo;
use crate::lesson::stage::{Outcome, ServerSocket, Stage, upgrade};

/// A: a plain GET, 426 Upgrade Required. B: 101 Switching Protocols, a message and its echo, ping and pong, and the
/// close.
pub const DEMO: Demo = Demo {
    hosts: &["client", "server"],
    sides: &[|stage| Box::pin(refused(stage)), |stage| Box::pin(accepted(stage))],
};

async fn refused(stage: Stage) -> Outcome {
    serve(&stage)?;
    stage.http("client", "server").await?.get("/chat").await?;
    Ok(())
}

async fn accepted(stage: Stage) -> Outcome {
    serve(&stage)?;
    let mut socket = stage.websocket("client", "server", "/chat").await?;
    socket.send(Message::text("Hello, wire!")).await?;
    socket.next().await.transpose()?;
    socket.send(Message::Ping("are you there?".into())).await?;
    socket.next().await.transpose()?;
    socket.close(Some(CloseFrame { code: CloseCode::Normal, reason: "done".into() })).await?;
    // The server closes the TCP connection first (RFC 6455 §7.1.1): read until it has.
    while socket.next().await.transpose()?.is_some() {}
    Ok(())
}

fn serve(stage: &Stage) -> Outcome {
    stage.serve("server", |request| async move { upgrade(request, echo) })
}

async fn echo(mut socket: ServerSocket) -> Outcome {
    while let Some(message) = socket.next().await.transpose()? {
        if message.is_text() {
            socket.send(message).await?;
        }
    }
    Ok(())
}
