//! One large message: in one frame, in many with a ping between them, and to a reader that looks away.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hyper::body::Bytes;
use hyper::header::HeaderMap;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::Demo;
use crate::lesson::stage::{ClientSocket, Outcome, PORT, ServerSocket, Stage, close, upgrade};
use crate::wire::BoxError;

/// A: one frame, then the ping. B: frames of 2 560 bytes, and the ping in the middle. C: A's frame, to a slow reader with
/// little room.
pub const DEMO: Demo = Demo {
    hosts: &["client", "server"],
    sides: &[|stage| Box::pin(whole(stage)), |stage| Box::pin(fragmented(stage)), |stage| Box::pin(slowly_read(stage))],
};

/// How long the message is, in bytes: more than the slow reader has room for.
const LENGTH: usize = 10_000;
const FRAGMENT: usize = 2560;
/// What the slow reader's system keeps for it.
const ROOM: usize = 4 * 1024;
/// How long the slow reader looks away.
const BUSY: Duration = Duration::from_secs(3);

async fn whole(stage: Stage) -> Outcome {
    let socket = ask(&stage, LENGTH, None).await?;
    receive(socket).await
}

async fn fragmented(stage: Stage) -> Outcome {
    let socket = ask(&stage, FRAGMENT, None).await?;
    receive(socket).await
}

async fn slowly_read(stage: Stage) -> Outcome {
    let socket = ask(&stage, LENGTH, Some(ROOM)).await?;
    stage.network.sleep(BUSY).await;
    receive(socket).await
}

/// Asks a server for its picture, which it sends in frames of at most so many bytes.
async fn ask(stage: &Stage, most: usize, room: Option<usize>) -> Result<ClientSocket, BoxError> {
    stage.serve("server", move |request| async move { upgrade(request, move |socket| serve(socket, most)) })?;
    let connection = stage.network.connect_with_room("client", "server", PORT, room).await?;
    let mut socket = stage.websocket_on(connection, "server", "/", HeaderMap::new()).await?;
    socket.send(Message::text("picture")).await?;
    Ok(socket)
}

async fn serve(mut socket: ServerSocket, most: usize) -> Outcome {
    while let Some(message) = socket.next().await.transpose()? {
        if message.is_text() {
            send_picture(&mut socket, most).await?;
        }
    }
    Ok(())
}

/// Sends the message, and a ping as soon after its middle as a frame ends.
async fn send_picture(socket: &mut ServerSocket, most: usize) -> Outcome {
    let picture: Bytes = (0..=u8::MAX).cycle().take(LENGTH).collect();
    let mut pinged = false;
    for start in (0..LENGTH).step_by(most) {
        let end = LENGTH.min(start + most);
        let opcode = OpCode::Data(if start == 0 { Data::Binary } else { Data::Continue });
        socket.send(Message::Frame(Frame::message(picture.slice(start..end), opcode, end == LENGTH))).await?;
        if !pinged && end >= LENGTH / 2 {
            socket.send(Message::Ping("alive?".into())).await?;
            pinged = true;
        }
    }
    Ok(())
}

/// Takes the message and the ping, in whichever order they come, and says goodbye.
async fn receive(mut socket: ClientSocket) -> Outcome {
    for _ in 0..2 {
        socket.next().await.transpose()?;
        // The pong is not to wait for something else to be sent.
        socket.flush().await?;
    }
    close(&mut socket, 1000, "thanks").await
}
