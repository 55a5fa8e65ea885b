//! A client's end of a WebSocket: tungstenite's, behind a seeded masking key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hyper::Request;
use hyper::header::{CONNECTION, HOST, HeaderMap, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{PORT, Stage, authority};
use crate::peer::VERSION;
use crate::wire::remask::Remask;
use crate::wire::{BoxError, Connection};

/// A client's end of a WebSocket.
pub type ClientSocket = WebSocketStream<Remask<Connection>>;

impl Stage {
    /// Opens a WebSocket, as a page of the server's own site would.
    ///
    /// # Errors
    ///
    /// Where the connection or the opening handshake fails.
    pub async fn websocket(&self, from: &str, to: &str, path: &str) -> Result<ClientSocket, BoxError> {
        self.websocket_with(from, to, path, HeaderMap::new()).await
    }

    /// Opens a WebSocket with fields of its own in the request.
    ///
    /// # Errors
    ///
    /// Where the connection or the opening handshake fails.
    pub async fn websocket_with(
        &self,
        from: &str,
        to: &str,
        path: &str,
        fields: HeaderMap,
    ) -> Result<ClientSocket, BoxError> {
        let connection = self.network.connect(from, to, PORT).await?;
        self.websocket_on(connection, to, path, fields).await
    }

    /// Opens a WebSocket on a connection that is there.
    ///
    /// # Errors
    ///
    /// Where the opening handshake fails.
    pub async fn websocket_on(
        &self,
        connection: Connection,
        to: &str,
        path: &str,
        fields: HeaderMap,
    ) -> Result<ClientSocket, BoxError> {
        let mut random = self.random();
        let host = authority(to);
        let mut request = Request::get(format!("ws://{host}{path}"))
            .header(HOST, &host)
            .header(UPGRADE, "websocket")
            .header(CONNECTION, "Upgrade")
            .header(SEC_WEBSOCKET_KEY, BASE64.encode(random.bytes::<16>()))
            .header(SEC_WEBSOCKET_VERSION, VERSION)
            .header(ORIGIN, format!("http://{host}"))
            .body(())?;
        request.headers_mut().extend(fields);
        let (socket, _) = client_async(request, Remask::new(connection, random)).await?;
        Ok(socket)
    }
}
