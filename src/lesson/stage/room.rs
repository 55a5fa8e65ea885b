//! A room: whoever is in it hears what the others say, all of it through the server.

use tokio::sync::broadcast::{self, error::RecvError};
use tokio_tungstenite::tungstenite::Message;

use futures_util::{SinkExt, StreamExt};

use super::{Outcome, ServerSocket};

/// How many lines may wait for somebody who listens slowly; the oldest are lost to them.
const BACKLOG: usize = 64;

/// A room on a server. Clones are the same room.
#[derive(Clone)]
pub struct Room(broadcast::Sender<Line>);

/// Something said in a room.
#[derive(Clone)]
struct Line {
    from: String,
    text: String,
}

/// Somebody's place in a room: from when on they hear what is said.
pub struct Seat {
    name: String,
    room: broadcast::Sender<Line>,
    lines: broadcast::Receiver<Line>,
}

impl Default for Room {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Room {
    /// Takes a place.
    #[must_use]
    pub fn join(&self, name: &str) -> Seat {
        Seat { name: name.to_owned(), room: self.0.clone(), lines: self.0.subscribe() }
    }
}

impl Seat {
    /// Relays what this one says to the others, and what they say to this one, until the socket is closed; then tells
    /// the others.
    ///
    /// # Errors
    ///
    /// Where the socket's connection breaks off.
    pub async fn relay(mut self, mut socket: ServerSocket) -> Outcome {
        let outcome = self.talk(&mut socket).await;
        self.say(format!("{} has left", self.name));
        outcome
    }

    async fn talk(&mut self, socket: &mut ServerSocket) -> Outcome {
        loop {
            tokio::select! {
                biased;
                line = self.lines.recv() => match line {
                    Ok(line) if line.from == self.name => {}
                    Ok(line) => socket.send(Message::text(line.text)).await?,
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return Ok(()),
                },
                message = socket.next() => match message.transpose()? {
                    Some(Message::Text(text)) => self.say(format!("{}: {text}", self.name)),
                    Some(_) => {}
                    None => return Ok(()),
                },
            }
        }
    }

    /// Without listeners there is nobody to tell.
    fn say(&self, text: String) {
        let _ = self.room.send(Line { from: self.name.clone(), text });
    }
}
