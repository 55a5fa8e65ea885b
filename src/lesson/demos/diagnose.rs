//! A conversation that goes well, beside the same one broken in one way, which the seed chooses.

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::Demo;
use crate::lesson::stage::faults::{Culprit, Deed, Fault};
use crate::lesson::stage::{
    ClientSocket, Outcome, PORT, ServerSocket, Stage, client_connection, server_connection, upgrade,
};
use crate::wire::Connection;

/// A: the handshake, a text and its echo, a ping and its pong, the close. B: the same, with a fault.
pub const DEMO: Demo = Demo {
    hosts: HOSTS,
    sides: &[
        |stage| Box::pin(converse(stage, None)),
        |stage| {
            let fault = Fault::of_seed(stage.seed());
            Box::pin(converse(stage, Some(fault)))
        },
    ],
};

const HOSTS: &[&str] = &["client", "server"];

/// Lets a client and a server talk. Whoever meets the fault reacts as its library does; no error is the demonstration's
/// own where there is a fault.
async fn converse(stage: Stage, fault: Option<&'static Fault>) -> Outcome {
    let answer = move |request| async move { upgrade(request, move |socket| echo(socket, fault)) };
    let mut connection;
    match fault {
        None => {
            stage.serve("server", answer)?;
            connection = stage.network.connect("client", "server", PORT).await?;
        }
        Some(fault) => {
            stage.serve_tampered("server", fault.change(Culprit::Server), answer)?;
            connection = stage.network.connect("client", "server", PORT).await?;
            connection = connection.tampered(fault.change(Culprit::Client));
        }
    }
    let opened = stage.websocket_on(connection, "server", "/chat", hyper::HeaderMap::new()).await;
    let mut socket = match opened {
        Ok(socket) => socket,
        Err(_) if fault.is_some() => return Ok(()),
        Err(error) => return Err(error),
    };
    match talk(&mut socket, fault).await {
        Ok(()) => Ok(()),
        Err(error) if fault.is_some() => {
            if let Some(close) = complaint(&error) {
                // The connection may be gone.
                let _ = socket.close(Some(close)).await;
            }
            leave(client_connection(socket)).await;
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// The client's part.
async fn talk(socket: &mut ClientSocket, fault: Option<&Fault>) -> Result<(), Error> {
    let deed = fault.filter(|fault| fault.by == Culprit::Client).map(|fault| fault.deed);
    socket.send(Message::text("Hello!")).await?;
    if matches!(deed, Some(Deed::WritesAndLeaves(..))) {
        return Err(Error::ConnectionClosed);
    }
    hear(socket).await?;
    if matches!(deed, Some(Deed::Leaves)) {
        return Err(Error::ConnectionClosed);
    }
    socket.send(Message::Ping("still there?".into())).await?;
    hear(socket).await?;
    socket.close(Some(CloseFrame { code: CloseCode::Normal, reason: "done".into() })).await?;
    while socket.next().await.transpose()?.is_some() {}
    Ok(())
}

/// The next frame, whatever it is.
async fn hear(socket: &mut ClientSocket) -> Result<Message, Error> {
    socket.next().await.unwrap_or(Err(Error::ConnectionClosed))
}

/// The server's part.
async fn echo(mut socket: ServerSocket, fault: Option<&'static Fault>) -> Outcome {
    let deed = fault.filter(|fault| fault.by == Culprit::Server).map(|fault| fault.deed);
    while let Some(message) = socket.next().await {
        match message {
            Ok(Message::Text(_)) if matches!(deed, Some(Deed::Resets)) => {
                server_connection(socket)?.abort();
                return Ok(());
            }
            Ok(Message::Text(_)) if matches!(deed, Some(Deed::Leaves)) => break,
            Ok(message) if message.is_text() => socket.send(message).await?,
            Ok(_) => {}
            Err(error) => {
                if let Some(close) = complaint(&error) {
                    socket.close(Some(close)).await?;
                }
                break;
            }
        }
    }
    leave(server_connection(socket)?).await;
    Ok(())
}

/// What to say to somebody who broke a rule (RFC 6455 §7.4.1); nothing, if the connection is gone.
fn complaint(error: &Error) -> Option<CloseFrame> {
    let code = match error {
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => return None,
        Error::Protocol(_) => CloseCode::Protocol,
        Error::Utf8(_) => CloseCode::Invalid,
        _ => return None,
    };
    Some(CloseFrame { code, reason: "".into() })
}

/// Closes one direction, and waits for the other: closing on unread bytes would be a reset.
async fn leave(mut connection: Connection) {
    // The other end may have broken off.
    let _ = connection.shutdown().await;
    let _ = connection.read_to_end(&mut Vec::new()).await;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::inspect::{Event, Options, Sink};
    use crate::lesson::stage::faults::FAULTS;
    use crate::lesson::{self, Measure, catalogue};
    use crate::wire::{Settings, Wire};

    #[derive(Default)]
    struct Codes(BTreeSet<&'static str>);

    impl Sink for Codes {
        fn event(&mut self, event: Event<'_>) {
            match event {
                Event::Problem(it) if it.because.is_none() && !it.is_minor() => self.0.insert(it.code),
                _ => false,
            };
        }
    }

    #[test]
    fn every_fault_is_found_as_what_it_is_and_nothing_else_is() {
        let lesson = catalogue::find("diagnose").unwrap();
        for seed in 1..=FAULTS.len() as u64 {
            let (fault, settings) = (Fault::of_seed(seed), Settings { seed, ..Settings::default() });
            let run = lesson::run(lesson, Wire::Virtual, settings).unwrap();
            let [whole, broken] = run.fold(Options::default(), |_| Codes::default()).try_into().ok().unwrap();
            let expected = (fault.code != "no-close-handshake").then_some(fault.code);
            assert_eq!(whole.0, BTreeSet::new(), "seed {seed}");
            assert_eq!(broken.0, expected.into_iter().collect(), "seed {seed}");
            let [whole, broken] = [0, 1].map(|side| &run.sides[side].measures);
            let found = (whole.get(Measure::Problems), broken.get(Measure::Causes));
            assert_eq!(found, (Some(0), Some(1)), "seed {seed}, {}", fault.code);
        }
    }

    #[test]
    fn the_lesson_says_how_many_faults_there_are() {
        let text = include_str!("../../../lessons/diagnose.md");
        let count = FAULTS.len();
        assert!(count >= 20);
        for said in [format!("There are {count} ways"), format!("There are {count}: seeds 1 to {count} ")] {
            assert!(text.contains(&said), "{said}");
        }
    }
}
