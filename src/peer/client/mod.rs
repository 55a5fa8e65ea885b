//! A client over real TCP: one HTTP exchange after the other, or a WebSocket.
//!
//! The other side isn't trusted. What it sends is handed on piece by piece, or has a cap. Each thing that can go wrong is an error
//! of its own, so that people can be told what to do about it.

mod error;
mod http;
mod overheard;
mod url;
mod websocket;

use std::time::Duration;

use hyper::header::HeaderValue;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

pub use self::error::ClientError;
pub use self::http::{Answer, Heads, HttpClient};
pub use self::url::{Scheme, Url, UrlError};
pub use self::websocket::{Asked, ClientSocket, open};

/// The longest message that is taken, in bytes.
pub const LONGEST_MESSAGE: usize = 16 << 20;

/// How long a server may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How many addresses of a name are tried.
const MAX_ADDRESSES: usize = 8;

/// What this client calls itself.
const USER_AGENT: HeaderValue = HeaderValue::from_static(concat!("wire101/", env!("CARGO_PKG_VERSION")));

/// Opens a TCP connection: to the first address of the host that accepts one.
async fn dial(url: &Url) -> Result<TcpStream, ClientError> {
    let host = || url.host.clone();
    let addresses = lookup_host((url.host.as_str(), url.port)).await;
    let addresses = addresses.map_err(|error| ClientError::Name { host: host(), why: error.to_string() })?;
    let mut last = ClientError::Name { host: host(), why: "it has no address".to_owned() };
    for address in addresses.take(MAX_ADDRESSES) {
        last = match timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // What is said is said at once: small messages do not wait for more.
                stream.set_nodelay(true).map_err(|error| ClientError::Connect { address, error })?;
                return Ok(stream);
            }
            Ok(Err(error)) => ClientError::Connect { address, error },
            Err(_) => ClientError::Connect { address, error: std::io::ErrorKind::TimedOut.into() },
        };
    }
    Err(last)
}
