//! A server's side of the opening handshake (RFC 6455 §4.2): from a hyper request to a tungstenite socket.

use std::pin::Pin;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::upgrade::Upgraded;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::{Outcome, TEXT, response};

/// A server's end of a WebSocket.
pub type ServerSocket = WebSocketStream<TokioIo<Upgraded>>;

/// The version of the protocol RFC 6455 defines (§4.1).
pub const VERSION: HeaderValue = HeaderValue::from_static("13");

/// On what terms a server takes up WebSocket.
#[derive(Clone, Copy, Default)]
pub struct Terms {
    /// The subprotocols it knows (§1.9). Of those that the client offers, the first of these is taken; none, if there is none.
    pub subprotocols: &'static [&'static str],
    /// The longest message that it takes, and what else tungstenite can be told; its usual settings, if nothing.
    pub config: Option<WebSocketConfig>,
}

/// Answers a request for a WebSocket: with 101, whereupon `talk` has the socket, or with why not (RFC 6455 §4.2.2,
/// §4.4).
pub fn upgrade<Talk, Talking>(request: Request<Incoming>, talk: Talk) -> Response<Full<Bytes>>
where
    Talk: FnOnce(ServerSocket) -> Talking + Send + 'static,
    Talking: Future<Output = Outcome> + Send + 'static,
{
    upgrade_on(Terms::default(), request, talk)
}

/// Answers a request for a WebSocket as [`upgrade`] does, on these terms.
pub fn upgrade_on<Talk, Talking>(terms: Terms, request: Request<Incoming>, talk: Talk) -> Response<Full<Bytes>>
where
    Talk: FnOnce(ServerSocket) -> Talking + Send + 'static,
    Talking: Future<Output = Outcome> + Send + 'static,
{
    answer(terms, request, Box::new(|socket| Box::pin(talk(socket))))
}

/// What is said on a socket: one type, so that all of this is compiled once.
type Talk = Box<dyn FnOnce(ServerSocket) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send>;

fn answer(terms: Terms, mut request: Request<Incoming>, talk: Talk) -> Response<Full<Bytes>> {
    let fields = request.headers();
    if !has_token(fields, &UPGRADE, "websocket")
        || !has_token(fields, &CONNECTION, "upgrade")
        || fields.get(SEC_WEBSOCKET_VERSION) != Some(&VERSION)
    {
        return upgrade_required();
    }
    let key = fields.get(SEC_WEBSOCKET_KEY).map(HeaderValue::as_bytes);
    let Some(key) = key.filter(|key| BASE64.decode(key).is_ok_and(|nonce| nonce.len() == 16)) else {
        return response(StatusCode::BAD_REQUEST, TEXT, "Sec-WebSocket-Key: 16 bytes, please.\n");
    };
    let accept = derive_accept_key(key);
    let offered = |name: &&&str| elements(fields, &SEC_WEBSOCKET_PROTOCOL).any(|offered| offered == **name);
    let subprotocol = terms.subprotocols.iter().find(offered);
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let io = TokioIo::new(upgraded.await?);
        talk(WebSocketStream::from_raw_socket(io, Role::Server, terms.config).await).await
    });
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let fields = response.headers_mut();
    fields.insert(UPGRADE, HeaderValue::from_static("websocket"));
    fields.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(accept) = HeaderValue::from_str(&accept) {
        fields.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    if let Some(subprotocol) = subprotocol {
        fields.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(subprotocol));
    }
    response
}

fn upgrade_required() -> Response<Full<Bytes>> {
    let body = "This resource speaks WebSocket, version 13.\n";
    let mut response = response(StatusCode::UPGRADE_REQUIRED, TEXT, body);
    let fields = response.headers_mut();
    fields.insert(UPGRADE, HeaderValue::from_static("websocket"));
    fields.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    fields.insert(SEC_WEBSOCKET_VERSION, VERSION);
    response
}

/// The elements that a field lists (RFC 9110 §5.6.1), over all of its lines.
pub(super) fn elements<'a>(fields: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = fields.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// Whether a field that lists tokens has one of them, in any case.
pub(super) fn has_token(fields: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    elements(fields, name).any(|listed| listed.eq_ignore_ascii_case(token))
}
