//! A room: whoever is in it hears what the others say. All of it goes through the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::{SinkExt, StreamExt};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_tungstenite::tungstenite::Message;

use super::{Outcome, ServerSocket};

/// How many lines may wait for somebody who listens slowly; the oldest are lost to them.
const BACKLOG: usize = 64;

/// A room on a server. Clones are the same room.
#[derive(Clone)]
pub struct Room {
    lines: broadcast::Sender<Line>,
    seats: Arc<AtomicU64>,
}

/// Something said in a room.
#[derive(Clone)]
struct Line {
    seat: u64,
    text: String,
}

/// Somebody's place in a room: from when on they hear what is said.
pub struct Seat {
    number: u64,
    name: String,
    taken: bool,
    room: broadcast::Sender<Line>,
    lines: broadcast::Receiver<Line>,
}

impl Default for Room {
    fn default() -> Self {
        Self { lines: broadcast::Sender::new(BACKLOG), seats: Arc::default() }
    }
}

impl Room {
    /// Takes a place. Several may have one name.
    #[must_use]
    pub fn join(&self, name: &str) -> Seat {
        let number = self.seats.fetch_add(1, Ordering::Relaxed);
        Seat { number, name: name.to_owned(), taken: false, room: self.lines.clone(), lines: self.lines.subscribe() }
    }
}

impl Seat {
    /// Relays what this one says to the others, and what they say to this one, until the socket is closed.
    ///
    /// # Errors
    ///
    /// Where the socket's connection breaks off.
    pub async fn relay(&mut self, socket: &mut ServerSocket) -> Outcome {
        self.taken = true;
        loop {
            tokio::select! {
                biased;
                line = self.lines.recv() => match line {
                    Ok(line) if line.seat == self.number => {}
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
        let _ = self.room.send(Line { seat: self.number, text });
    }
}

/// Whoever was in the room has left then, however it came about; the others are told.
impl Drop for Seat {
    fn drop(&mut self) {
        if self.taken {
            self.say(format!("{} has left", self.name));
        }
    }
}
