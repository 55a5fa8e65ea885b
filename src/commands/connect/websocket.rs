//! WebSocket: a conversation. Lines that are typed become messages, and messages become lines.

use std::fmt::Write as _;
use std::future::pending;
use std::io::{self, BufRead, Read, Write};
use std::pin::pin;
use std::thread;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::{Notify, mpsc};
use tokio::task::coop::consume_budget;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::super::{Failure, live};
use super::{Connect, Converse, Notes, failed};
use crate::explain;
use crate::peer::client::{Asked, ClientError, ClientSocket, open};
use crate::render::style::Style;

/// How long to wait for a pong, and for the answer to a close frame.
const PONG_PATIENCE: Duration = Duration::from_secs(10);

/// The longest line that is sent, in bytes.
const LONGEST_LINE: u64 = 1 << 20;

/// What a ping says; its pong says the same.
const PING: &str = "are you there?";

pub(super) async fn run(
    asked: &Connect,
    converse: &Converse,
    out: &mut dyn Write,
    notes: &mut Notes<'_>,
    style: Style<'_>,
) -> Result<(), Failure> {
    let request = Asked { subprotocols: converse.subprotocols.clone(), fields: asked.fields.clone() };
    let mut shown = Ok(());
    let socket = open(&asked.url, &request, |heads| shown = notes.heads(heads)).await;
    shown?;
    let (sink, stream) = socket.map_err(|error| failed(&asked.url, &error))?.split();
    let pong = Notify::new();
    let mut ear = Ear { asked, out, notes, style, closed: None };
    {
        let (speaking, hearing) = (pin!(speak(sink, converse, &pong)), pin!(ear.hear(stream, &pong)));
        tokio::select! {
            biased;
            // A server that never pauses would leave nothing of a turn to whoever comes second.
            failure = speaking => return Err(failure),
            heard = hearing => heard?,
        }
    }
    ear.verdict(converse)
}

/// Says what there is to say, then goodbye. It ends only if something keeps it from going on; how the connection ends, the other
/// ear hears.
async fn speak(mut sink: SplitSink<ClientSocket, Message>, converse: &Converse, pong: &Notify) -> Failure {
    let interrupted = match live::interrupted() {
        Ok(interrupted) => interrupted,
        Err(error) => return error.into(),
    };
    let said = tokio::select! {
        biased;
        () = interrupted => Ok(()),
        said = say(&mut sink, converse, pong) => said,
    };
    if let Err(failure) = said {
        return failure;
    }
    let goodbye = Message::Close(Some(CloseFrame { code: converse.close.into(), reason: "".into() }));
    let goodbye = async {
        send(&mut sink, goodbye).await;
        pending::<()>().await;
    };
    // It may also be that the server takes nothing any more.
    let _ = timeout(PONG_PATIENCE, goodbye).await;
    Failure::Run("the server did not answer the close frame within 10 s".to_owned())
}

async fn say(sink: &mut SplitSink<ClientSocket, Message>, converse: &Converse, pong: &Notify) -> Result<(), Failure> {
    for text in &converse.send {
        send(sink, Message::text(text.clone())).await;
    }
    if converse.ping {
        send(sink, Message::Ping(PING.into())).await;
        if timeout(PONG_PATIENCE, pong.notified()).await.is_err() {
            return Err(Failure::Run("no pong came within 10 s".to_owned()));
        }
    }
    if converse.send.is_empty() && !converse.ping {
        let mut lines = lines();
        while let Some(line) = lines.recv().await {
            let line = line.map_err(|why| Failure::Input(format!("standard input: {why}")))?;
            send(sink, Message::text(line)).await;
        }
    }
    sleep(converse.wait).await;
    Ok(())
}

/// Sends a message. If that cannot be, the connection is over, which is heard on its other half, with the reason.
async fn send(sink: &mut SplitSink<ClientSocket, Message>, message: Message) {
    if sink.send(message).await.is_err() {
        pending::<()>().await;
    }
}

/// The lines of standard input. They are read by a thread of their own, which nobody waits for: reading cannot be called off.
fn lines() -> mpsc::Receiver<Result<String, String>> {
    let (sender, lines) = mpsc::channel(16);
    thread::spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            let line = next_line(&mut input);
            let Some(line) = line.transpose() else { return };
            let is_last = line.is_err();
            if sender.blocking_send(line).is_err() || is_last {
                return;
            }
        }
    });
    lines
}

/// The next line, without its end; nothing at the end of input.
fn next_line(input: &mut impl BufRead) -> Result<Option<String>, String> {
    let mut line = Vec::new();
    input.take(LONGEST_LINE + 1).read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
    if line.is_empty() {
        return Ok(None);
    }
    let line = line.strip_suffix(b"\n").unwrap_or(&line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() as u64 > LONGEST_LINE {
        return Err(format!("a line is longer than {} MiB, the most that wire101 sends", LONGEST_LINE >> 20));
    }
    let text = std::str::from_utf8(line);
    text.map(|text| Some(text.to_owned())).map_err(|_| "a line is not UTF-8, but text messages have to be".to_owned())
}

/// Whoever listens, and writes down what is heard.
struct Ear<'a, 'n> {
    asked: &'a Connect,
    out: &'a mut dyn Write,
    notes: &'a mut Notes<'n>,
    style: Style<'a>,
    /// The code that the server closed with (1005, if it gave none), and that in words.
    closed: Option<(u16, String)>,
}

impl Ear<'_, '_> {
    /// Listens until the connection is closed.
    async fn hear(&mut self, mut stream: SplitStream<ClientSocket>, pong: &Notify) -> Result<(), Failure> {
        while let Some(message) = stream.next().await {
            let message = message.map_err(|error| self.broken(&error.into()))?;
            if matches!(message, Message::Pong(_)) {
                pong.notify_one();
            }
            self.write(message)?;
            // What one read brings may be thousands of messages.
            consume_budget().await;
        }
        Ok(())
    }

    /// What went wrong; behind what the server had closed with, if it had.
    fn broken(&self, error: &ClientError) -> Failure {
        match &self.closed {
            None => failed(&self.asked.url, error),
            Some((_, said)) => {
                let said = format!("{}: the server closed with {said}; after that, {error}", self.asked.url);
                Failure::Run(said)
            }
        }
    }

    fn write(&mut self, message: Message) -> io::Result<()> {
        match message {
            Message::Text(text) if self.asked.terminal => writeln!(self.out, "{}", self.style.text(&text))?,
            Message::Text(text) => writeln!(self.out, "{text}")?,
            Message::Binary(bytes) if self.asked.terminal => writeln!(self.out, "{}", binary(&bytes))?,
            Message::Binary(bytes) => self.out.write_all(&bytes)?,
            Message::Ping(payload) => self.notes.say(&format!("< ping {}; answered with a pong", quoted(&payload)))?,
            Message::Pong(payload) => self.notes.say(&format!("< pong {}", quoted(&payload)))?,
            Message::Close(frame) => {
                let said = closing(frame.as_ref());
                self.notes.say(&format!("< close {said}"))?;
                self.closed = Some((frame.map_or(1005, |frame| frame.code.into()), said));
            }
            Message::Frame(_) => {}
        }
        self.out.flush()
    }

    /// Whether it ended well: with a close frame, and one that complains of nothing.
    fn verdict(&self, converse: &Converse) -> Result<(), Failure> {
        match &self.closed {
            None => Err(failed(&self.asked.url, &ClientError::Closed("without a close frame (1006)"))),
            Some((code, _)) if [1000, 1001, 1005, converse.close].contains(code) => Ok(()),
            Some((_, said)) => {
                let said = format!("{}: the server closed with {said}", self.asked.url);
                Err(Failure::Run(said))
            }
        }
    }
}

/// The first bytes of a binary message, for a terminal.
fn binary(bytes: &[u8]) -> String {
    const SHOWN: usize = 24;
    let mut text = format!("binary, {} bytes:", bytes.len());
    for byte in bytes.iter().take(SHOWN) {
        // Writing to a string cannot fail.
        let _ = write!(text, " {byte:02x}");
    }
    if bytes.len() > SHOWN {
        text.push_str(" ...");
    }
    text
}

fn quoted(payload: &[u8]) -> String {
    format!("\"{}\"", String::from_utf8_lossy(payload))
}

/// A close code, its reason, and what the code means.
fn closing(frame: Option<&CloseFrame>) -> String {
    let Some(frame) = frame else { return "without a code".to_owned() };
    let code = u16::from(frame.code);
    // A range without a name has its note in parentheses already.
    let name = explain::close_code(code).map(|known| known.name.trim_matches(['(', ')']));
    let name = name.map_or(String::new(), |name| format!(" ({name})"));
    if frame.reason.is_empty() { format!("{code}{name}") } else { format!("{code}{name} \"{}\"", frame.reason) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lose_their_ends_and_have_to_be_text() {
        let mut input = io::Cursor::new(b"one\r\n\ntwo\xff\nthree");
        assert_eq!(next_line(&mut input), Ok(Some("one".to_owned())));
        assert_eq!(next_line(&mut input), Ok(Some(String::new())));
        assert!(next_line(&mut input).is_err());
        assert_eq!(next_line(&mut input), Ok(Some("three".to_owned())));
        assert_eq!(next_line(&mut input), Ok(None));
    }

    #[test]
    fn a_line_has_an_end() {
        let mut input = io::Cursor::new(vec![b'x'; 3 << 20]);
        assert!(next_line(&mut input).is_err());
    }

    #[test]
    fn a_close_code_has_a_name() {
        let frame = CloseFrame { code: 1001.into(), reason: "bye".into() };
        assert_eq!(closing(Some(&frame)), "1001 (Going Away) \"bye\"");
        let private = CloseFrame { code: 4001.into(), reason: "".into() };
        assert_eq!(closing(Some(&private)), "4001 (Private use)");
        assert_eq!(closing(None), "without a code");
    }
}
