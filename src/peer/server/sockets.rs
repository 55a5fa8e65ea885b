//! What the server does on a WebSocket: it echoes, or has a room to chat in. Both end with a close frame that says why.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Utf8Bytes};

use super::Attended;
use crate::peer::{BoxError, Outcome, Seat, ServerSocket, Terms, upgrade_on};

/// The longest message that is taken, in bytes; a longer one is answered with close code 1009.
pub(super) const LONGEST_MESSAGE: usize = 1 << 20;

/// How long to wait for the answer to a close frame.
const GOODBYE: Duration = Duration::from_secs(2);

/// What is done with a socket.
pub(super) enum Talk {
    /// Every message is sent back.
    Echo,
    /// Text is relayed to the others in the room.
    Chat(Seat),
}

impl Talk {
    async fn go(&mut self, socket: &mut ServerSocket) -> Outcome {
        match self {
            Self::Echo => {
                while let Some(message) = socket.next().await.transpose()? {
                    if message.is_text() || message.is_binary() {
                        socket.send(message).await?;
                    }
                }
                Ok(())
            }
            Self::Chat(seat) => seat.relay(socket).await,
        }
    }
}

/// Answers a request for a WebSocket, and talks on it until it is closed, or the server stops.
pub(super) fn open(request: Request<Incoming>, mut talk: Talk, attended: Attended) -> Response<Full<Bytes>> {
    let config = WebSocketConfig::default()
        .read_buffer_size(16 << 10)
        .write_buffer_size(0)
        .max_write_buffer_size(LONGEST_MESSAGE * 4)
        .max_message_size(Some(LONGEST_MESSAGE))
        .max_frame_size(Some(LONGEST_MESSAGE));
    let subprotocols: &[&str] = if matches!(talk, Talk::Chat(_)) { &["chat"] } else { &[] };
    let terms = Terms { subprotocols, config: Some(config) };
    upgrade_on(terms, request, move |mut socket| async move {
        let goodbye = tokio::select! {
            biased;
            () = attended.stopped() => Some((CloseCode::Away, "the server is stopping".into())),
            outcome = talk.go(&mut socket) => outcome.err().as_ref().and_then(goodbye),
        };
        if let Some((code, reason)) = goodbye {
            // Whoever has gone without a word need not be told.
            let _ = timeout(GOODBYE, part(socket, CloseFrame { code, reason })).await;
        }
        Ok(())
    })
}

/// What to say to a client that broke a rule (RFC 6455 §7.4.1); nothing where there is nobody to say it to.
fn goodbye(error: &BoxError) -> Option<(CloseCode, Utf8Bytes)> {
    match error.downcast_ref::<Error>()? {
        Error::Capacity(_) => Some((CloseCode::Size, format!("at most {LONGEST_MESSAGE} bytes per message").into())),
        Error::Utf8(_) => Some((CloseCode::Invalid, "text that is not UTF-8".into())),
        Error::Protocol(error) => {
            let reason = error.to_string();
            Some((CloseCode::Protocol, reason.get(..120).unwrap_or(&reason).into()))
        }
        _ => None,
    }
}

/// Says goodbye, and hears the other side out: closing on unread bytes would be a reset, which may overtake what was said.
async fn part(mut socket: ServerSocket, frame: CloseFrame) -> Outcome {
    socket.close(Some(frame)).await?;
    let mut stream = socket.into_inner();
    stream.shutdown().await?;
    let mut rest = [0; 4 << 10];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}
