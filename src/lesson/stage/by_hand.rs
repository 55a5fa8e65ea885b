//! A connection written and read by hand: for what hyper and tungstenite refuse to say, or to misunderstand.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::wire::Connection;

/// The most that is read before what is looked for: 64 KiB. A demonstration's peer says less.
const MOST_READ: usize = 64 << 10;

/// One end of a connection, and what was read from it and not yet asked for. Dropping it closes the connection.
pub struct ByHand {
    connection: Connection,
    unread: Vec<u8>,
}

impl ByHand {
    /// Speaks on a connection.
    #[must_use]
    pub fn new(connection: Connection) -> Self {
        Self { connection, unread: Vec::new() }
    }

    /// Sends text as it is.
    ///
    /// # Errors
    ///
    /// Where the peer closed the connection.
    pub async fn send(&mut self, text: &str) -> io::Result<()> {
        self.connection.write_all(text.as_bytes()).await
    }

    /// The next bytes up to `end`, and with it; `None` where the peer has nothing more to say.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` where the stream ends in the middle, `InvalidData` where `end` does not come.
    pub async fn until(&mut self, end: &str) -> io::Result<Option<String>> {
        loop {
            let found = self.unread.windows(end.len()).position(|window| window == end.as_bytes());
            if let Some(at) = found {
                return Ok(Some(self.take(at + end.len())));
            }
            if self.unread.len() >= MOST_READ {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if self.read().await? == 0 {
                return if self.unread.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
        }
    }

    /// The next `length` bytes.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` where the stream ends before.
    pub async fn exactly(&mut self, length: usize) -> io::Result<String> {
        while self.unread.len() < length {
            if self.read().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.take(length))
    }

    /// Says that there is nothing more to come (FIN), and waits until the peer says so too. What it sends until then is
    /// read and forgotten: closing on unread bytes would be a reset.
    ///
    /// # Errors
    ///
    /// Where the peer breaks off.
    pub async fn finish(mut self) -> io::Result<()> {
        self.connection.shutdown().await?;
        while self.read().await? > 0 {
            self.unread.clear();
        }
        Ok(())
    }

    async fn read(&mut self) -> io::Result<usize> {
        self.connection.read_buf(&mut self.unread).await
    }

    fn take(&mut self, length: usize) -> String {
        let rest = self.unread.split_off(length.min(self.unread.len()));
        String::from_utf8_lossy(&std::mem::replace(&mut self.unread, rest)).into_owned()
    }
}

/// The value of a field in a header section, by its name in any case.
#[must_use]
pub fn field<'a>(section: &'a str, name: &str) -> Option<&'a str> {
    let fields = section.lines().filter_map(|line| line.split_once(':'));
    fields.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
}

/// What `Content-Length` says, or 0.
#[must_use]
pub fn content_length(section: &str) -> usize {
    field(section, "Content-Length").and_then(|length| length.parse().ok()).unwrap_or(0)
}
