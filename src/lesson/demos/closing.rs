//! Four ends of one conversation: agreed upon, for an error, without a word, and in a hurry.

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::Demo;
use crate::lesson::stage::{
    ClientSocket, Outcome, ServerSocket, Stage, client_connection, close, server_connection, upgrade,
};
use crate::wire::{BoxError, Connection};

/// A: a close frame from each side. B: a client that breaks the rules. C: a server that is killed. D: a tab that is
/// closed: a close frame and FIN at once.
pub const DEMO: Demo = Demo {
    hosts: &["client", "server"],
    sides: &[
        |stage| Box::pin(agreed(stage)),
        |stage| Box::pin(refused(stage)),
        |stage| Box::pin(killed(stage)),
        |stage| Box::pin(left(stage)),
    ],
};

/// What kills the server of side C.
const CRASH: &str = "crash, please";
/// A text frame that says "oops", whole and unmasked: no client may send that (RFC 6455 §5.1).
const UNMASKED: &[u8] = b"\x81\x04oops";

async fn agreed(stage: Stage) -> Outcome {
    let mut socket = converse(&stage).await?;
    close(&mut socket, 1000, "done").await
}

async fn refused(stage: Stage) -> Outcome {
    // tungstenite never forgets to mask, so this frame is written by hand.
    let mut connection = client_connection(converse(&stage).await?);
    connection.write_all(UNMASKED).await?;
    read_to_end(&mut connection).await
}

async fn killed(stage: Stage) -> Outcome {
    let mut socket = converse(&stage).await?;
    socket.send(Message::text(CRASH)).await?;
    // The connection is reset: what comes next is an error, and no close frame.
    while let Some(Ok(_)) = socket.next().await {}
    Ok(())
}

async fn left(stage: Stage) -> Outcome {
    let mut socket = converse(&stage).await?;
    socket.send(Message::Close(Some(CloseFrame { code: CloseCode::Away, reason: "".into() }))).await?;
    // The page is gone, and so is whoever could send more. TCP's other direction stays open.
    let mut connection = client_connection(socket);
    connection.shutdown().await?;
    read_to_end(&mut connection).await
}

/// Opens a WebSocket and hears from the server once.
async fn converse(stage: &Stage) -> Result<ClientSocket, BoxError> {
    stage.serve("server", |request| async move { upgrade(request, echo) })?;
    let mut socket = stage.websocket("client", "server", "/chat").await?;
    socket.send(Message::text("Hello!")).await?;
    socket.next().await.transpose()?;
    Ok(socket)
}

async fn echo(mut socket: ServerSocket) -> Outcome {
    while let Some(message) = socket.next().await {
        match message {
            Ok(Message::Text(text)) if text == CRASH => {
                server_connection(socket)?.abort();
                return Ok(());
            }
            Ok(message) if message.is_text() => socket.send(message).await?,
            Ok(_) => {}
            Err(_) => {
                let reason = "a client must mask its frames".into();
                return Ok(socket.close(Some(CloseFrame { code: CloseCode::Protocol, reason })).await?);
            }
        }
    }
    Ok(())
}

async fn read_to_end(connection: &mut Connection) -> Outcome {
    connection.read_to_end(&mut Vec::new()).await?;
    Ok(())
}
