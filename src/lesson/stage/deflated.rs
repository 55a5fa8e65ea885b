//! A WebSocket whose messages travel compressed (permessage-deflate, RFC 7692).
//!
//! tungstenite does the opening handshake and knows frames, but not this extension: it takes RSV1 for an error. So once
//! the connection speaks WebSocket, messages are deflated, framed and read here.

use std::io::{self, Cursor};

use flate2::{Compress, Compression, FlushCompress};
use hyper::body::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, FrameHeader};

use super::Outcome;
use crate::wire::BoxError;

/// What a flush leaves at the end of every message, and nobody sends (RFC 7692 §7.2.1).
const FLUSHED: &[u8] = &[0, 0, 0xFF, 0xFF];

/// The most that a frame may have here: 64 KiB. A demonstration's messages are shorter.
const LONGEST_PAYLOAD: u64 = 64 << 10;

/// One end of such a WebSocket.
pub struct Deflated<S> {
    stream: S,
    role: Role,
    compress: Compress,
    keeps_context: bool,
    unread: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Deflated<S> {
    /// Speaks on a connection whose opening handshake is over. With context, a message may refer to those before it.
    #[must_use]
    pub fn new(stream: S, role: Role, keeps_context: bool) -> Self {
        // Without a zlib header: DEFLATE alone (RFC 1951).
        let compress = Compress::new(Compression::default(), false);
        Self { stream, role, compress, keeps_context, unread: Vec::new() }
    }

    /// Sends a text message.
    ///
    /// # Errors
    ///
    /// Where the connection breaks off.
    pub async fn send(&mut self, text: &str) -> Outcome {
        let payload = self.deflate(text.as_bytes())?;
        self.write(FrameHeader { rsv1: true, opcode: OpCode::Data(Data::Text), ..FrameHeader::default() }, payload)
            .await
    }

    /// Sends a close frame without a code.
    ///
    /// # Errors
    ///
    /// Where the connection breaks off.
    pub async fn close(&mut self) -> Outcome {
        self.write(FrameHeader::default(), Vec::new()).await
    }

    /// Ends the connection.
    ///
    /// # Errors
    ///
    /// Where it has ended in another way.
    pub async fn shutdown(&mut self) -> io::Result<()> {
        self.stream.shutdown().await
    }

    /// Reads a frame: whether it was of a message (or else a close frame); `None` where the connection ended. What the
    /// message says is left to whoever inspects the wire.
    ///
    /// # Errors
    ///
    /// Where the connection breaks off, or something else comes.
    pub async fn next(&mut self) -> Result<Option<bool>, BoxError> {
        loop {
            let mut cursor = Cursor::new(self.unread.as_slice());
            if let Some((header, length)) = FrameHeader::parse(&mut cursor)?
                && let Some(end) = cursor.position().checked_add(length).filter(|_| length <= LONGEST_PAYLOAD)
                && let Ok(end) = usize::try_from(end)
                && end <= self.unread.len()
            {
                self.unread.drain(..end);
                return Ok(Some(header.opcode != OpCode::Control(Control::Close)));
            }
            if self.unread.len() as u64 > LONGEST_PAYLOAD {
                return Err(io::Error::from(io::ErrorKind::InvalidData).into());
            }
            if self.stream.read_buf(&mut self.unread).await? == 0 {
                return Ok(None);
            }
        }
    }

    async fn write(&mut self, header: FrameHeader, payload: Vec<u8>) -> Outcome {
        // The client's connection puts a key of the seed in the place of this one.
        let mask = (self.role == Role::Client).then_some([0; 4]);
        let mut frame = Vec::new();
        Frame::from_payload(FrameHeader { mask, ..header }, Bytes::from(payload)).format(&mut frame)?;
        Ok(self.stream.write_all(&frame).await?)
    }

    fn deflate(&mut self, message: &[u8]) -> io::Result<Vec<u8>> {
        let before = self.compress.total_in();
        let mut payload = Vec::new();
        loop {
            payload.reserve(message.len().max(64));
            let rest = message.get((self.compress.total_in() - before) as usize..).unwrap_or_default();
            self.compress.compress_vec(rest, &mut payload, FlushCompress::Sync)?;
            if payload.len() < payload.capacity() {
                break;
            }
        }
        if payload.ends_with(FLUSHED) {
            payload.truncate(payload.len() - FLUSHED.len());
        }
        if !self.keeps_context {
            self.compress.reset();
        }
        Ok(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layers::presentation::deflate::Inflater;

    fn deflated(messages: &[String], keeps_context: bool) -> Vec<Vec<u8>> {
        let mut end = Deflated::new(tokio::io::empty(), Role::Server, keeps_context);
        messages.iter().map(|message| end.deflate(message.as_bytes()).unwrap()).collect()
    }

    #[test]
    fn what_is_deflated_inflates_with_and_without_context() {
        let messages = ["", "one", "one more", &"many of them ".repeat(1_000)].map(str::to_owned);
        for keeps_context in [false, true] {
            let mut inflater = Inflater::new(keeps_context);
            for (message, payload) in messages.iter().zip(deflated(&messages, keeps_context)) {
                let mut clear = Vec::new();
                inflater.message_chunk(&payload, &mut |bytes| clear.extend_from_slice(bytes)).unwrap();
                inflater.end_of_message(&mut |bytes| clear.extend_from_slice(bytes)).unwrap();
                assert_eq!(String::from_utf8(clear).unwrap(), *message);
            }
        }
    }

    #[test]
    fn only_with_context_does_a_message_shrink_that_was_sent_before() {
        let messages = vec!["{\"the same\": \"each time\"}".to_owned(); 2];
        let lengths = |keeps_context| deflated(&messages, keeps_context).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(lengths(false)[0], lengths(false)[1]);
        assert!(lengths(true)[1] < lengths(true)[0] / 2);
    }
}
