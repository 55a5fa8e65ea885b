//! Prices as JSON: as they are, each compressed by itself, and each with the memory of those before it.

use futures_util::{SinkExt, StreamExt};
use hyper::header::{HeaderMap, HeaderValue, SEC_WEBSOCKET_EXTENSIONS};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::Demo;
use crate::lesson::stage::deflated::Deflated;
use crate::lesson::stage::{Outcome, ServerSocket, Stage, upgrade};

/// A: plain. B: permessage-deflate without context takeover. C: with it.
pub const DEMO: Demo = Demo {
    hosts: &["client", "server"],
    sides: &[
        |stage| Box::pin(plain(stage)),
        |stage| Box::pin(deflated(stage, ALONE, false)),
        |stage| Box::pin(deflated(stage, TOGETHER, true)),
    ],
};

const ALONE: HeaderValue = HeaderValue::from_static("permessage-deflate; server_no_context_takeover");
const TOGETHER: HeaderValue = HeaderValue::from_static("permessage-deflate");

const SUBSCRIBE: &str = r#"{"type":"subscribe","symbol":"WIRE"}"#;
const PRICES: [&str; 8] = ["99.90", "99.95", "100.10", "100.05", "100.40", "101.00", "100.95", "101.25"];

fn prices() -> impl Iterator<Item = String> {
    (1..).zip(PRICES).map(|(number, price)| {
        format!(
            r#"{{"type":"price","symbol":"WIRE","number":{number},"price":"{price}","currency":"EUR","open":true}}"#
        )
    })
}

async fn plain(stage: Stage) -> Outcome {
    stage.serve("server", |request| async move { upgrade(request, tell) })?;
    let mut socket = stage.websocket("client", "server", "/prices").await?;
    socket.send(Message::text(SUBSCRIBE)).await?;
    for _ in PRICES {
        socket.next().await.transpose()?;
    }
    socket.close(None).await?;
    while socket.next().await.transpose()?.is_some() {}
    Ok(())
}

async fn tell(mut socket: ServerSocket) -> Outcome {
    socket.next().await.transpose()?;
    for price in prices() {
        socket.send(Message::text(price)).await?;
    }
    while socket.next().await.transpose()?.is_some() {}
    Ok(())
}

/// The extension is offered, and accepted as it is. Whether to keep context is the server's to choose, which says much.
async fn deflated(stage: Stage, extension: HeaderValue, keeps_context: bool) -> Outcome {
    let accepted = extension.clone();
    stage.serve("server", move |request| {
        let mut response = upgrade(request, move |socket| tell_deflated(socket, keeps_context));
        response.headers_mut().insert(SEC_WEBSOCKET_EXTENSIONS, accepted.clone());
        async { response }
    })?;
    let offered = HeaderMap::from_iter([(SEC_WEBSOCKET_EXTENSIONS, extension)]);
    let socket = stage.websocket_with("client", "server", "/prices", offered).await?;
    // The server waits to be asked: nothing of a frame was read with the 101.
    let mut socket = Deflated::new(socket.into_inner(), Role::Client, true);
    socket.send(SUBSCRIBE).await?;
    for _ in PRICES {
        socket.next().await?;
    }
    socket.close().await?;
    while socket.next().await?.is_some() {}
    Ok(())
}

async fn tell_deflated(socket: ServerSocket, keeps_context: bool) -> Outcome {
    let mut socket = Deflated::new(socket.into_inner(), Role::Server, keeps_context);
    socket.next().await?;
    for price in prices() {
        socket.send(&price).await?;
    }
    while socket.next().await? == Some(true) {}
    socket.close().await?;
    Ok(socket.shutdown().await?)
}
