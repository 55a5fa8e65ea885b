//! The same upgrade by five servers: what each answers to the same handshake of Node's ws, and to the same conversation.

use super::records::{Head, Message};
use super::traced::scenario;

/// What one server does differently from others.
struct Server {
    name: &'static str,
    /// The values of Sec-WebSocket-Extensions: with parameters, which depend on the version.
    compresses: bool,
    /// The reason of its close frame, which need not be the client's.
    reason: &'static str,
    /// What the Server field begins with.
    says: Option<&'static str>,
    /// How it writes the name of the field that accepts the key.
    accept: &'static str,
}

#[track_caller]
fn upgraded(server: &Server) -> Head {
    let traced = scenario("upgrade", &[server.name]);
    let exchange = traced.upgrade();
    assert_eq!(traced.exchanges.len(), 1);
    assert_eq!(exchange.request.field("Upgrade"), Some("websocket"));
    let offer = exchange.request.field("Sec-WebSocket-Extensions").unwrap();
    assert!(offer.starts_with("permessage-deflate"), "{offer}");

    let response = &exchange.response;
    assert_eq!(response.status, Some(101));
    // That it is the right one is among the problems, of which there is none.
    assert!(response.field(server.accept).is_some(), "{}", server.name);
    let extensions = response.field("Sec-WebSocket-Extensions").unwrap_or_default();
    assert_eq!(extensions.starts_with("permessage-deflate"), server.compresses, "{extensions}");
    match server.says {
        Some(name) => assert!(response.field("Server").unwrap().starts_with(name)),
        None => assert_eq!(response.field("Server"), None),
    }

    let sized = |size: u64| if server.compresses { "rsv 4".to_owned() } else { size.to_string() };
    let both = |what: String| [format!("client {what}"), format!("server {what}")];
    let mut expected: Vec<String> = ["text", "text", "binary"]
        .into_iter()
        .zip([12, 2600, 4])
        .flat_map(|(opcode, size)| both(format!("{opcode} {}", sized(size))))
        .collect();
    expected.extend(["client ping 14", "server pong 14", "client close 1000 done"].map(str::to_owned));
    expected.push(format!("server close 1000 {}", server.reason).trim_end().to_owned());
    assert_eq!(traced.frame_lines(), expected);

    let long = "Hello, wire! ".repeat(200);
    let said: Vec<String> = traced.messages.iter().map(Message::line).collect();
    let texts = ["Hello, wire!", &long, "deadbeef"];
    assert_eq!(said, texts.iter().flat_map(|text| both((*text).to_owned())).collect::<Vec<_>>());
    assert!(traced.messages.iter().all(|message| message.compressed == server.compresses));
    assert_eq!(traced.printed.trim(), format!("closed with 1000 {}", server.reason).trim());
    traced.exchanges.into_iter().next().unwrap().response
}

#[test]
fn nodes_ws_upgrades_without_a_date() {
    let server = Server { name: "node", compresses: true, reason: "done", says: None, accept: "Sec-WebSocket-Accept" };
    assert_eq!(upgraded(&server).field("Date"), None);
}

#[test]
fn websockets_for_python_upgrades_and_says_who_it_is() {
    let says = Some("Python/3");
    let server = Server { name: "websockets", compresses: true, reason: "done", says, accept: "Sec-WebSocket-Accept" };
    let response = upgraded(&server);
    assert!(response.field("Server").unwrap().contains(" websockets/"));
}

#[test]
fn tornado_upgrades_without_compression_and_closes_without_a_reason() {
    let says = Some("TornadoServer/");
    upgraded(&Server { name: "tornado", compresses: false, reason: "", says, accept: "Sec-Websocket-Accept" });
}

#[test]
fn tomcat_upgrades_without_a_reason_phrase() {
    let server =
        Server { name: "tomcat", compresses: true, reason: "done", says: None, accept: "Sec-WebSocket-Accept" };
    let response = upgraded(&server);
    assert_eq!(response.reason.as_deref(), Some(""));
    assert_eq!(response.field("Connection"), Some("upgrade"));
}

#[test]
fn wire101_upgrades_by_tungstenite_without_compression() {
    let server = Server {
        name: "wire101",
        compresses: false,
        reason: "done",
        says: Some("wire101"),
        accept: "Sec-Websocket-Accept",
    };
    upgraded(&server);
}
