//! Masking keys that follow from the seed.
//!
//! A client must mask each frame with a fresh, unpredictable key (RFC 6455 §5.3), and tungstenite rightly lets nobody
//! choose them. A lesson that repeats byte for byte must. So this sits between the real client and its connection, and
//! replaces each key, and with it the masking of the payload. It knows where a frame's masking key and payload are, and
//! nothing else.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::seeded::Seeded;

/// A client's connection: what is written passes unchanged to the end of the opening handshake, and re-masked after it.
/// What is read passes unchanged.
pub struct Remask<S> {
    inner: S,
    masker: Masker,
}

impl<S> Remask<S> {
    /// Nothing may have been written to `inner` yet.
    pub fn new(inner: S, random: Seeded) -> Self {
        Self { inner, masker: Masker { random, state: State::Handshake { matched: 0 } } }
    }

    /// The connection.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

/// Where in what is written the next byte is. As each byte out depends on one byte in, the state after n bytes needs no
/// buffer.
#[derive(Clone)]
struct Masker {
    random: Seeded,
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    /// In the request, with this much of the empty line that ends it.
    Handshake { matched: usize },
    /// At a frame's first byte.
    Frame,
    /// At the byte with the MASK bit and the payload length.
    Length,
    /// In the extended payload length, `left` bytes before its end.
    ExtendedLength { left: u8, masked: bool, length: u64 },
    /// In the masking key, at byte `at`.
    Key { at: u8, keys: Keys, length: u64 },
    /// In the payload, `left` bytes before its end; `at` is the key byte that is next.
    Payload { at: u8, keys: Keys, left: u64 },
}

/// A frame's key, as the client chose it and as it is sent.
#[derive(Clone, Copy)]
struct Keys {
    chosen: [u8; 4],
    sent: [u8; 4],
}

impl Keys {
    const NONE: Self = Self { chosen: [0; 4], sent: [0; 4] };
}

const END_OF_REQUEST: &[u8; 4] = b"\r\n\r\n";

impl Masker {
    fn apply(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.state = self.step(byte);
        }
    }

    fn step(&mut self, byte: &mut u8) -> State {
        match self.state {
            State::Handshake { matched } => {
                let matched = match matched {
                    at if *byte == END_OF_REQUEST[at] => at + 1,
                    _ => usize::from(*byte == END_OF_REQUEST[0]),
                };
                if matched == END_OF_REQUEST.len() { State::Frame } else { State::Handshake { matched } }
            }
            State::Frame => State::Length,
            State::Length => {
                let masked = *byte & 0x80 != 0;
                match *byte & 0x7F {
                    126 => State::ExtendedLength { left: 2, masked, length: 0 },
                    127 => State::ExtendedLength { left: 8, masked, length: 0 },
                    length => self.after_length(masked, length.into()),
                }
            }
            State::ExtendedLength { left, masked, length } => {
                let length = length << 8 | u64::from(*byte);
                match left {
                    1 => self.after_length(masked, length),
                    _ => State::ExtendedLength { left: left - 1, masked, length },
                }
            }
            State::Key { at, mut keys, length } => {
                keys.chosen[usize::from(at)] = *byte;
                *byte = keys.sent[usize::from(at)];
                if at < 3 { State::Key { at: at + 1, keys, length } } else { payload(keys, length) }
            }
            State::Payload { at, keys, left } => {
                *byte ^= keys.chosen[usize::from(at)] ^ keys.sent[usize::from(at)];
                if left > 1 { State::Payload { at: (at + 1) % 4, keys, left: left - 1 } } else { State::Frame }
            }
        }
    }

    fn after_length(&mut self, masked: bool, length: u64) -> State {
        if masked {
            State::Key { at: 0, keys: Keys { sent: self.random.bytes(), ..Keys::NONE }, length }
        } else {
            payload(Keys::NONE, length)
        }
    }
}

fn payload(keys: Keys, length: u64) -> State {
    if length == 0 { State::Frame } else { State::Payload { at: 0, keys, left: length } }
}

impl<S: AsyncRead + Unpin> AsyncRead for Remask<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Remask<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let mut ahead = self.masker.clone();
        let mut remasked = buf.to_vec();
        ahead.apply(&mut remasked);
        let written = std::task::ready!(Pin::new(&mut self.inner).poll_write(cx, &remasked))?;
        // What was not taken will be offered again, perhaps cut otherwise: the state stays at the first byte not taken.
        if let Some(taken) = buf.get(..written) {
            self.masker.apply(&mut taken.to_vec());
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::seeded::Purpose;
    use super::*;

    const REQUEST: &[u8] = b"GET /chat HTTP/1.1\r\nHost: server\r\n\r\n";

    fn masker() -> Masker {
        Remask::new((), Seeded::new(7, 0, Purpose::Program(0))).masker
    }

    fn frame(key: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
        let mask_bit = if key.is_some() { 0x80 } else { 0 };
        let mut frame = vec![0x82];
        match payload.len() {
            short @ 0..126 => frame.push(mask_bit | short as u8),
            middle @ 126..65_536 => {
                frame.push(mask_bit | 0x7E);
                frame.extend((middle as u16).to_be_bytes());
            }
            long => {
                frame.push(mask_bit | 0x7F);
                frame.extend((long as u64).to_be_bytes());
            }
        }
        let masking = key.unwrap_or_default();
        frame.extend(key.into_iter().flatten());
        frame.extend(payload.iter().zip(masking.iter().cycle()).map(|(byte, key)| byte ^ key));
        frame
    }

    fn stream(frames: &[(Option<[u8; 4]>, Vec<u8>)]) -> Vec<u8> {
        frames.iter().fold(REQUEST.to_vec(), |stream, (key, payload)| [stream, frame(*key, payload)].concat())
    }

    fn frames() -> impl Strategy<Value = Vec<(Option<[u8; 4]>, Vec<u8>)>> {
        let length = prop_oneof![0..4_usize, 120..130_usize, Just(65_536_usize)];
        let payload = length.prop_flat_map(|length| prop::collection::vec(any::<u8>(), length));
        prop::collection::vec((any::<Option<[u8; 4]>>(), payload), 0..5)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn however_it_is_cut_the_same_is_sent(frames in frames(), cuts in prop::collection::vec(1..70_usize, 1..20)) {
            let whole = stream(&frames);
            let mut at_once = whole.clone();
            masker().apply(&mut at_once);

            let mut in_pieces = whole.clone();
            let (mut masker, mut rest) = (masker(), in_pieces.as_mut_slice());
            for cut in cuts {
                let (piece, after) = rest.split_at_mut(cut.min(rest.len()));
                masker.apply(piece);
                rest = after;
            }
            masker.apply(rest);
            prop_assert_eq!(in_pieces, at_once);
        }

        #[test]
        fn the_frames_are_the_same_under_other_keys(frames in frames()) {
            let mut random = masker().random;
            let expected: Vec<_> = frames
                .iter()
                .map(|(key, payload)| (key.map(|_| random.bytes()), payload.clone()))
                .collect();
            let mut sent = stream(&frames);
            masker().apply(&mut sent);
            prop_assert_eq!(sent, stream(&expected));
        }
    }

    #[tokio::test]
    async fn a_connection_that_takes_little_at_a_time_gets_the_same() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};

        let whole = stream(&[(Some([1, 2, 3, 4]), vec![b'x'; 300]), (Some([9; 4]), b"Hello".to_vec())]);
        let mut expected = whole.clone();
        masker().apply(&mut expected);

        let (near, mut far) = tokio::io::duplex(5);
        let mut near = Remask::new(near, masker().random);
        let mut received = Vec::new();
        let (written, read) = tokio::join!(
            async {
                near.write_all(&whole).await?;
                near.shutdown().await
            },
            far.read_to_end(&mut received)
        );
        assert!(written.is_ok() && read.is_ok());
        assert_eq!(received, expected);
    }
}
