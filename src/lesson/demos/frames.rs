//! Three messages in frames, one for each way to write a length, beside the same as HTTP bodies.

use futures_util::{SinkExt, StreamExt};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::Demo;
use crate::lesson::stage::{Outcome, ServerSocket, Stage, upgrade};

/// A: the server sends them over a WebSocket. B: the client asks for each.
pub const DEMO: Demo =
    Demo { hosts: &["client", "server"], sides: &[|stage| Box::pin(frames(stage)), |stage| Box::pin(bodies(stage))] };

/// The longest text whose length fits into 7 bits, the shortest whose length does not, and what they are cut from.
const SHORT: usize = 125;
const LONGER: usize = 126;
const TEXT: &str = "A frame says how long its payload is before it begins, and does so in as few bytes as it can: in \
                    seven bits, sixteen or sixty-four.";

/// The shortest payload whose length does not fit into 16 bits.
const LARGE: usize = 1 << 16;

async fn frames(stage: Stage) -> Outcome {
    stage.serve("server", |request| async move { upgrade(request, push) })?;
    let mut socket = stage.websocket("client", "server", "/messages").await?;
    while socket.next().await.transpose()?.is_some() {}
    Ok(())
}

async fn push(mut socket: ServerSocket) -> Outcome {
    socket.send(Message::text(&TEXT[..SHORT])).await?;
    socket.send(Message::text(&TEXT[..LONGER])).await?;
    socket.send(Message::binary(large())).await?;
    socket.close(Some(CloseFrame { code: CloseCode::Normal, reason: "".into() })).await?;
    while socket.next().await.transpose()?.is_some() {}
    Ok(())
}

async fn bodies(stage: Stage) -> Outcome {
    stage.serve("server", |request| async move { answer(request.uri().path()) })?;
    let mut client = stage.http("client", "server").await?;
    for path in ["/short", "/longer", "/large"] {
        client.send(Request::get(path).body(Full::default())?).await?;
    }
    Ok(())
}

fn answer(path: &str) -> Response<Full<Bytes>> {
    let (content_type, body) = match path {
        "/short" => ("text/plain; charset=utf-8", TEXT[..SHORT].into()),
        "/longer" => ("text/plain; charset=utf-8", TEXT[..LONGER].into()),
        _ => ("application/octet-stream", large()),
    };
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Every byte there is, over and over.
fn large() -> Bytes {
    (0..=u8::MAX).cycle().take(LARGE).collect()
}
