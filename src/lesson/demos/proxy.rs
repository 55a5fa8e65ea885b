//! A WebSocket through a proxy: one that passes on the upgrade, beside one that drops what is about the connection alone.

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::Demo;
use crate::lesson::stage::proxy::{Upgrades, proxy};
use crate::lesson::stage::{Outcome, ServerSocket, Stage, upgrade};

/// A: the proxy passes on the upgrade, and carries what follows. B: it drops `Upgrade` and `Connection`, as proxies do unless
/// they are told otherwise.
pub const DEMO: Demo = Demo {
    hosts: &["client", "proxy", "server"],
    sides: &[|stage| Box::pin(open(stage, Upgrades::PassedOn)), |stage| Box::pin(open(stage, Upgrades::Dropped))],
};

async fn open(stage: Stage, upgrades: Upgrades) -> Outcome {
    stage.serve("server", |request| async move { upgrade(request, echo) })?;
    proxy(&stage, "proxy", "server", upgrades)?;
    let mut socket = match stage.websocket("client", "proxy", "/chat").await {
        Ok(socket) => socket,
        // What the lesson is about: the client asked for a WebSocket, and the server was never told.
        Err(error) if matches!(error.downcast_ref(), Some(Error::Http(_))) => return Ok(()),
        Err(error) => return Err(error),
    };
    socket.send(Message::text("Hello, proxy!")).await?;
    socket.next().await.transpose()?;
    socket.close(None).await?;
    while socket.next().await.transpose()?.is_some() {}
    Ok(())
}

async fn echo(mut socket: ServerSocket) -> Outcome {
    while let Some(message) = socket.next().await.transpose()? {
        if message.is_text() {
            socket.send(message).await?;
        }
    }
    Ok(())
}
