//! A chat room: one client alone, beside three, who leave one after the other.

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;

use super::Demo;
use crate::lesson::stage::{ClientSocket, Outcome, Room, Stage, close, upgrade};
use crate::wire::BoxError;

/// A: Anna says three things to nobody. B: Anna, Ben and Carl say three things to each other. Carl leaves before the last,
/// then Ben, then Anna.
pub const DEMO: Demo = Demo {
    hosts: &["anna", "ben", "carl", "server"],
    sides: &[|stage| Box::pin(alone(stage)), |stage| Box::pin(together(stage))],
};

async fn alone(stage: Stage) -> Outcome {
    open_room(&stage)?;
    let mut anna = join(&stage, "anna").await?;
    for text in ["Hi!", "Nobody?", "Bye."] {
        say(&mut anna, text).await?;
    }
    leave(anna).await
}

async fn together(stage: Stage) -> Outcome {
    open_room(&stage)?;
    let mut anna = join(&stage, "anna").await?;
    let mut ben = join(&stage, "ben").await?;
    let mut carl = join(&stage, "carl").await?;
    say(&mut anna, "Hi!").await?;
    hear(&mut [&mut ben, &mut carl]).await?;
    say(&mut ben, "Hello.").await?;
    hear(&mut [&mut anna, &mut carl]).await?;
    leave(carl).await?;
    hear(&mut [&mut anna, &mut ben]).await?;
    say(&mut anna, "Oh.").await?;
    hear(&mut [&mut ben]).await?;
    leave(ben).await?;
    hear(&mut [&mut anna]).await?;
    leave(anna).await
}

/// Serves a room; its members are called as the last part of the path.
fn open_room(stage: &Stage) -> Outcome {
    let room = Room::default();
    stage.serve("server", move |request| {
        // Whoever has the 101 hears everything from then on, so they take their place before it is sent.
        let mut seat = room.join(request.uri().path().trim_start_matches("/room/"));
        async { upgrade(request, |mut socket| async move { seat.relay(&mut socket).await }) }
    })
}

async fn join(stage: &Stage, name: &str) -> Result<ClientSocket, BoxError> {
    stage.websocket(name, "server", &format!("/room/{name}")).await
}

async fn say(who: &mut ClientSocket, text: &'static str) -> Outcome {
    Ok(who.send(Message::text(text)).await?)
}

async fn leave(mut who: ClientSocket) -> Outcome {
    close(&mut who, 1000, "").await
}

async fn hear(who: &mut [&mut ClientSocket]) -> Outcome {
    for listener in who {
        listener.next().await.transpose()?;
    }
    Ok(())
}
