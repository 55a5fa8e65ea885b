//! Both ends of a WebSocket: tungstenite's client behind a seeded masking key, and its server behind a hyper upgrade.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::upgrade::Upgraded;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{Outcome, PORT, Stage, authority, response};
use crate::wire::remask::Remask;
use crate::wire::{BoxError, Connection};

/// A client's end of a WebSocket.
pub type ClientSocket = WebSocketStream<Remask<Connection>>;

/// A server's end of a WebSocket.
pub type ServerSocket = WebSocketStream<TokioIo<Upgraded>>;

/// The version of the protocol RFC 6455 defines (§4.1).
const VERSION: HeaderValue = HeaderValue::from_static("13");

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

/// Answers a request for a WebSocket: with 101, whereupon `talk` has the socket, or with why not (RFC 6455 §4.2.2,
/// §4.4).
pub fn upgrade<Talk, Talking>(mut request: Request<Incoming>, talk: Talk) -> Response<Full<Bytes>>
where
    Talk: FnOnce(ServerSocket) -> Talking + Send + 'static,
    Talking: Future<Output = Outcome> + Send,
{
    let fields = request.headers();
    if !has_token(fields, &UPGRADE, "websocket")
        || !has_token(fields, &CONNECTION, "upgrade")
        || fields.get(SEC_WEBSOCKET_VERSION) != Some(&VERSION)
    {
        return upgrade_required();
    }
    let key = fields.get(SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes);
    let Some(key) = key.filter(|key| BASE64.decode(key).is_ok_and(|nonce| nonce.len() == 16)) else {
        return response(
            StatusCode::BAD_REQUEST,
            "text/plain; charset=utf-8",
            "Sec-WebSocket-Key: 16 bytes, please.\n",
        );
    };
    let accept = derive_accept_key(key);
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded.await?), Role::Server, None).await;
        talk(socket).await
    });
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let fields = response.headers_mut();
    fields.insert(UPGRADE, HeaderValue::from_static("websocket"));
    fields.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(accept) = HeaderValue::from_str(&accept) {
        fields.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}

fn upgrade_required() -> Response<Full<Bytes>> {
    let body = "This resource speaks WebSocket, version 13.\n";
    let mut response = response(StatusCode::UPGRADE_REQUIRED, "text/plain; charset=utf-8", body);
    let fields = response.headers_mut();
    fields.insert(UPGRADE, HeaderValue::from_static("websocket"));
    fields.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    fields.insert(SEC_WEBSOCKET_VERSION, VERSION);
    response
}

/// Whether a field that lists tokens has one of them, in any case.
fn has_token(fields: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = fields.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|listed| listed.trim().eq_ignore_ascii_case(token))
}
