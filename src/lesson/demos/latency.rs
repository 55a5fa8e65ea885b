//! A page of today, near and far: a script to fetch, and a WebSocket to open before the first message can come.

use futures_util::{SinkExt, StreamExt};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, StatusCode};
use tokio_tungstenite::tungstenite::Message;

use super::Demo;
use crate::lesson::stage::{Outcome, ServerSocket, Stage, response, upgrade};

/// A and B do the same. How far the server is away, the lesson sets.
pub const DEMO: Demo =
    Demo { hosts: &["client", "server"], sides: &[|stage| Box::pin(open(stage)), |stage| Box::pin(open(stage))] };

async fn open(stage: Stage) -> Outcome {
    stage.serve("server", |request| async move { answer(request) })?;
    let mut client = stage.http("client", "server").await?;
    client.get("/app.js").await?;
    let mut socket = stage.websocket("client", "server", "/news").await?;
    socket.next().await.transpose()?;
    socket.close(None).await?;
    while socket.next().await.transpose()?.is_some() {}
    Ok(())
}

fn answer(request: Request<Incoming>) -> Response<Full<Bytes>> {
    if request.uri().path() == "/news" {
        return upgrade(request, greet);
    }
    let mut script = response(StatusCode::OK, "text/javascript; charset=utf-8", "");
    *script.body_mut() = "console.log(\"A line of a script that is neither short nor long.\");\n".repeat(200).into();
    script
}

async fn greet(mut socket: ServerSocket) -> Outcome {
    socket.send(Message::text("Good morning!")).await?;
    while socket.next().await.transpose()?.is_some() {}
    Ok(())
}
