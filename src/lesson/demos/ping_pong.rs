//! A connection on which nobody says anything: closed for idling, kept alive by pings, and given up when no pong comes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hyper::StatusCode;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;

use super::Demo;
use crate::lesson::stage::{ClientSocket, HttpClient, Outcome, ServerSocket, Stage, close, response, upgrade};
use crate::wire::{BoxError, Network};

/// A: keep-alive, until the server has had enough. B: pings and pongs. C: a ping to a client that hangs.
pub const DEMO: Demo = Demo {
    hosts: &["client", "server"],
    sides: &[|stage| Box::pin(idle(stage)), |stage| Box::pin(alive(stage)), |stage| Box::pin(hanging(stage))],
};

/// How long the HTTP server keeps a connection that brings no request.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the WebSocket server hears nothing before it asks.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// How long it waits for a pong that will come, even where packets are lost; and for one that will not.
const PATIENT: Duration = Duration::from_mins(2);
const IMPATIENT: Duration = HEARTBEAT;
const PINGS: usize = 3;

async fn idle(stage: Stage) -> Outcome {
    stage.serve_with_patience("server", IDLE_TIMEOUT, |_| async {
        response(StatusCode::OK, "text/plain; charset=utf-8", "Here you are.\n")
    })?;
    let client = ask(&stage, "/one").await?;
    client.closed().await?;
    stage.network.sleep(Duration::from_secs(1)).await;
    ask(&stage, "/two").await?;
    Ok(())
}

/// Asks on a new connection; on another, if the server closes it before the request is there.
async fn ask(stage: &Stage, path: &str) -> Result<HttpClient, BoxError> {
    loop {
        let mut client = stage.http("client", "server").await?;
        if client.get(path).await.is_ok() {
            return Ok(client);
        }
    }
}

async fn alive(stage: Stage) -> Outcome {
    let mut socket = converse(&stage, PATIENT, &Arc::default()).await?;
    for _ in 0..PINGS {
        socket.next().await.transpose()?;
        // tungstenite has answered the ping by itself, as a browser does; it goes out with what is sent next, or now.
        socket.flush().await?;
    }
    socket.send(Message::text("Still here!")).await?;
    socket.next().await.transpose()?;
    close(&mut socket, 1000, "bye").await
}

async fn hanging(stage: Stage) -> Outcome {
    let given_up = Arc::default();
    let socket = converse(&stage, IMPATIENT, &given_up).await?;
    // A program that hangs reads nothing, and answers nothing. A while later it is killed.
    given_up.notified().await;
    stage.network.sleep(Duration::from_secs(1)).await;
    drop(socket);
    Ok(())
}

/// Opens a WebSocket to a server that looks after its connections, and hears from it once.
async fn converse(stage: &Stage, pong_within: Duration, given_up: &Arc<Notify>) -> Result<ClientSocket, BoxError> {
    let (network, given_up) = (stage.network.clone(), Arc::clone(given_up));
    stage.serve("server", move |request| {
        let (network, given_up) = (network.clone(), Arc::clone(&given_up));
        async move { upgrade(request, move |socket| look_after(socket, network, pong_within, given_up)) }
    })?;
    let mut socket = stage.websocket("client", "server", "/chat").await?;
    socket.send(Message::text("Hello!")).await?;
    socket.next().await.transpose()?;
    Ok(socket)
}

/// Echoes what it hears, asks when it hears nothing, and gives up when it is not answered.
async fn look_after(
    mut socket: ServerSocket,
    network: Network,
    pong_within: Duration,
    given_up: Arc<Notify>,
) -> Outcome {
    let mut asked = false;
    loop {
        tokio::select! {
            biased;
            message = socket.next() => {
                let Some(message) = message.transpose()? else { return Ok(()) };
                asked = false;
                if message.is_text() {
                    socket.send(message).await?;
                }
            }
            () = network.sleep(if asked { pong_within } else { HEARTBEAT }) => {
                if asked {
                    given_up.notify_one();
                    return Ok(());
                }
                socket.send(Message::Ping("alive?".into())).await?;
                asked = true;
            }
        }
    }
}
