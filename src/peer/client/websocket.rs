//! A client's side of the opening handshake (RFC 6455 §4.1). It goes over hyper, so that a refusal can be read like any other
//! response. After that, tungstenite takes over the same connection.

use hyper::body::Bytes;
use hyper::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::upgrade::Upgraded;
use hyper::{Method, StatusCode};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::error::ClientError;
use super::http::{Answer, Heads, HttpClient};
use super::{LONGEST_MESSAGE, Url};
use crate::peer::VERSION;
use crate::peer::upgrade::has_token;

/// How much of what a server says to a refusal is read, in bytes.
const LONGEST_REFUSAL: usize = 4 << 10;

/// A client's end of a WebSocket.
pub type ClientSocket = WebSocketStream<TokioIo<Upgraded>>;

/// What a WebSocket is asked for with.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The subprotocols that the client knows, the best first.
    pub subprotocols: Vec<String>,
    /// Other fields of the request, such as Origin.
    pub fields: Vec<(HeaderName, HeaderValue)>,
}

/// Opens a WebSocket. `heads` is told what was asked, and the head of whatever was answered, before it is judged.
///
/// # Errors
///
/// If there is no connection, or the server does not take up WebSocket, or not as it must.
pub async fn open(url: &Url, asked: &Asked, heads: impl FnOnce(&Heads)) -> Result<ClientSocket, ClientError> {
    let key = generate_key();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|error| ClientError::Request(error.to_string()));
    let mut fields = vec![
        (UPGRADE, HeaderValue::from_static("websocket")),
        (CONNECTION, HeaderValue::from_static("Upgrade")),
        (SEC_WEBSOCKET_KEY, value(&key)?),
        (SEC_WEBSOCKET_VERSION, VERSION),
    ];
    if !asked.subprotocols.is_empty() {
        fields.push((SEC_WEBSOCKET_PROTOCOL, value(&asked.subprotocols.join(", "))?));
    }
    fields.extend(asked.fields.iter().cloned());
    let answer = HttpClient::open(url).await?.send(url, Method::GET, &fields, Bytes::new()).await?;
    heads(&answer.heads);
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(refused(answer).await);
    }
    verify(answer.fields(), &key, asked).map_err(ClientError::Handshake)?;
    let io = TokioIo::new(answer.upgraded().await?);
    let config = WebSocketConfig::default()
        .write_buffer_size(0)
        .max_message_size(Some(LONGEST_MESSAGE))
        .max_frame_size(Some(LONGEST_MESSAGE));
    Ok(WebSocketStream::from_raw_socket(io, Role::Client, Some(config)).await)
}

/// What a client has to make sure of before it goes on.
fn verify(fields: &HeaderMap, key: &str, asked: &Asked) -> Result<(), String> {
    if !has_token(fields, &UPGRADE, "websocket") || !has_token(fields, &CONNECTION, "upgrade") {
        return Err("without Upgrade: websocket and Connection: Upgrade".to_owned());
    }
    let wanted = derive_accept_key(key.as_bytes());
    match fields.get(SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes) {
        Some(accept) if accept == wanted.as_bytes() => {}
        Some(accept) => {
            let accept = accept.escape_ascii();
            return Err(format!("its Sec-WebSocket-Accept is \"{accept}\", where the key asks for \"{wanted}\""));
        }
        None => return Err(format!("without Sec-WebSocket-Accept; the key asks for \"{wanted}\"")),
    }
    if let Some(chosen) = fields.get(SEC_WEBSOCKET_PROTOCOL)
        && !asked.subprotocols.iter().any(|offered| *chosen == **offered)
    {
        return Err(format!("with a subprotocol that was not offered: \"{}\"", chosen.as_bytes().escape_ascii()));
    }
    if let Some(extension) = fields.get(SEC_WEBSOCKET_EXTENSIONS) {
        return Err(format!("with an extension that was not offered: \"{}\"", extension.as_bytes().escape_ascii()));
    }
    Ok(())
}

/// The answer of a server that does something else, and what it says of it.
async fn refused(mut answer: Answer) -> ClientError {
    let status = answer.status();
    let mut said = Vec::new();
    // A body that breaks off has said what it said.
    while let Ok(Some(piece)) = answer.piece().await {
        said.extend_from_slice(&piece);
        if said.len() >= LONGEST_REFUSAL {
            break;
        }
    }
    let line = said.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty());
    let line = String::from_utf8_lossy(line.unwrap_or_default());
    ClientError::Refused { status, said: line.chars().take(200).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 6455 §1.3.
    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

    fn verified(fields: &[(HeaderName, &'static str)]) -> Result<(), String> {
        let right = [
            (UPGRADE, "WebSocket"),
            (CONNECTION, "keep-alive, Upgrade"),
            (SEC_WEBSOCKET_ACCEPT, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ];
        let all = right.iter().chain(fields).cloned();
        // Of one name the last counts.
        let fields = all.map(|(name, value)| (name, HeaderValue::from_static(value))).fold(
            HeaderMap::new(),
            |mut fields, (name, value)| {
                fields.insert(name, value);
                fields
            },
        );
        let asked = Asked { subprotocols: vec!["chat".to_owned()], ..Asked::default() };
        verify(&fields, KEY, &asked)
    }

    #[test]
    fn an_answer_has_to_fit_the_request() {
        assert_eq!(verified(&[]), Ok(()));
        assert_eq!(verified(&[(SEC_WEBSOCKET_PROTOCOL, "chat")]), Ok(()));
        for (field, said) in [
            ((UPGRADE, "h2c"), "without Upgrade"),
            ((CONNECTION, "close"), "without Upgrade"),
            ((SEC_WEBSOCKET_ACCEPT, "s3pPLMBiTxaQ9kYGzzhZRbK+xOO="), "where the key asks for"),
            ((SEC_WEBSOCKET_PROTOCOL, "Chat"), "subprotocol that was not offered"),
            ((SEC_WEBSOCKET_EXTENSIONS, "permessage-deflate"), "extension that was not offered"),
        ] {
            assert!(verified(&[field]).unwrap_err().contains(said), "{said}");
        }
    }
}
