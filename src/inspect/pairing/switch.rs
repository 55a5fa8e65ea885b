//! What a connection turns into when it stops speaking HTTP.

use super::super::output::{About, Output, report};
use super::super::record::{Direction, Exchange};
use super::asked;
use crate::layers::Source;
use crate::layers::application::http::FieldName;
use crate::layers::application::websocket::{self, Draft, handshake};
use crate::layers::presentation::deflate::Deflate;

/// What a connection becomes after a 101, or after an accepted CONNECT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::inspect) enum Switch {
    /// WebSocket: which draft, if it isn't RFC 6455, what was agreed about permessage-deflate, and whether
    /// other extensions were agreed on.
    WebSocket(Option<Draft>, Option<Deflate>, bool),
    /// Another protocol, by its token.
    Other(String),
    /// A tunnel to this host and port, with anything inside.
    Tunnel(String),
}

/// What a 101 switches to (RFC 9110 §7.8); its handshake is checked if it is WebSocket's (RFC 6455 §4).
pub(super) fn switch(exchange: &mut Exchange, source: Source, out: &mut Output<'_>) -> Switch {
    out.summary.upgrades += 1;
    let Some(response) = &exchange.response else { return Switch::Other(String::new()) };
    let headers = &response.message.headers;
    let token = headers.list(FieldName::Upgrade).next().unwrap_or_default();
    let token = String::from_utf8_lossy(token).into_owned();
    if !token.eq_ignore_ascii_case("websocket") {
        exchange.upgraded = Some(token.clone());
        return Switch::Other(token);
    }
    out.summary.websocket_upgrades += 1;
    let mut found = Vec::new();
    let draft = Draft::of(exchange.request.as_ref().map(|request| &request.message.headers), headers);
    if let Some(request) = &exchange.request {
        handshake::judge_answer(asked(request), response.message.version, headers, &mut found);
    }
    let negotiated = handshake::extensions(headers);
    found.extend(negotiated.faults.into_iter().map(websocket::Fault::MalformedExtension));
    let about = About::connection(exchange.connection).by(Direction::Server).exchange(exchange.index);
    report(&found, about, source, out);
    exchange.upgraded = Some("websocket".into());
    Switch::WebSocket(draft, negotiated.deflate, negotiated.others)
}
