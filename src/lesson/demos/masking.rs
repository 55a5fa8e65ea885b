//! The same text twice from a client, whose frames are masked, beside the same from a server, whose are not.

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::Demo;
use crate::lesson::stage::{Outcome, Stage, upgrade};

/// A: the client says it. B: the server does.
pub const DEMO: Demo = Demo {
    hosts: &["client", "server"],
    sides: &[|stage| Box::pin(from_client(stage)), |stage| Box::pin(from_server(stage))],
};

const TEXT: &str = "Hello!";

async fn from_client(stage: Stage) -> Outcome {
    stage.serve("server", |request| async move { upgrade(request, listen) })?;
    speak(stage.websocket("client", "server", "/listen").await?).await
}

async fn from_server(stage: Stage) -> Outcome {
    stage.serve("server", |request| async move { upgrade(request, speak) })?;
    listen(stage.websocket("client", "server", "/speak").await?).await
}

/// Says the text twice and closes.
async fn speak(
    mut socket: impl Stream<Item = Result<Message, Error>> + Sink<Message, Error = Error> + Unpin,
) -> Outcome {
    socket.send(Message::text(TEXT)).await?;
    socket.send(Message::text(TEXT)).await?;
    socket.send(Message::Close(Some(CloseFrame { code: CloseCode::Normal, reason: "".into() }))).await?;
    listen(socket).await
}

/// Listens until the connection is closed.
async fn listen(mut socket: impl Stream<Item = Result<Message, Error>> + Unpin) -> Outcome {
    while socket.next().await.transpose()?.is_some() {}
    Ok(())
}
