//! A server that has something to say twenty-five times a second, over a wire that loses nothing and over one that does.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

use super::Demo;
use crate::lesson::stage::{Outcome, ServerSocket, Stage, upgrade};
use crate::wire::Network;

/// A and B do the same. What the wire loses, the lesson sets.
pub const DEMO: Demo =
    Demo { hosts: &["client", "server"], sides: &[|stage| Box::pin(watch(stage)), |stage| Box::pin(watch(stage))] };

const TICKS: u32 = 10;
const INTERVAL: Duration = Duration::from_millis(40);

async fn watch(stage: Stage) -> Outcome {
    let network = stage.network.clone();
    stage.serve("server", move |request| {
        let network = network.clone();
        async move { upgrade(request, |socket| tick(socket, network)) }
    })?;
    let mut socket = stage.websocket("client", "server", "/clock").await?;
    for _ in 0..TICKS {
        socket.next().await.transpose()?;
    }
    socket.close(None).await?;
    while socket.next().await.transpose()?.is_some() {}
    Ok(())
}

async fn tick(mut socket: ServerSocket, network: Network) -> Outcome {
    for number in 1..=TICKS {
        socket.send(Message::text(format!("tick {number}"))).await?;
        network.sleep(INTERVAL).await;
    }
    while socket.next().await.transpose()?.is_some() {}
    Ok(())
}
