//! Tornado and Tomcat: servers for programs, which speak HTTP and WebSocket on one port.

use super::pythons_client::assert_pythons_client;
use super::traced::scenario;

const INDEX: u64 = include_bytes!("site/index.html").len() as u64;

#[test]
fn tornado_speaks_http_and_websocket_on_one_port() {
    let traced = scenario("tornado", &[]);
    let expected = [
        "0.0 GET / 200",
        "0.1 GET /time.json 200",
        "1.0 GET / 304",
        "2.0 POST /form 303",
        "2.1 GET /?name=Ann 200",
        "3.0 GET /echo 400",
        "4.0 GET /echo 101",
    ];
    assert_eq!(traced.exchange_lines(), expected);
    for exchange in &traced.exchanges {
        assert!(exchange.response.field("Server").unwrap().starts_with("TornadoServer/6"));
    }
    // Not ETag: Tornado has its own way to write capitals.
    let etag = traced.exchange("/").response.field("Etag").unwrap();
    assert!(etag.len() == 42 && etag[1..41].bytes().all(|byte| byte.is_ascii_hexdigit()), "a SHA-1: {etag}");
    let cookie = traced.exchange("/time.json").response.field("Set-Cookie");
    assert_eq!(cookie, Some("visited=yes; HttpOnly; Path=/"));
    assert_eq!(traced.exchange("/echo").response.body.as_deref(), Some("Can \"Upgrade\" only to \"WebSocket\"."));
    assert_pythons_client(&traced, false, "1000");
}

#[test]
fn tomcat_serves_files_without_a_word_on_their_status_and_echoes() {
    let traced = scenario("tomcat", &[]);
    let lines = traced.exchange_lines();
    let echo = "1.0 GET /examples/websocket/echoAnnotation 101";
    assert_eq!(lines, ["0.0 GET / 200", "0.1 GET /missing 404", echo]);
    for exchange in &traced.exchanges {
        assert_eq!(exchange.response.reason.as_deref(), Some(""));
        assert_eq!(exchange.response.field("Server"), None);
    }
    let etag = traced.exchange("/").response.field("ETag").unwrap();
    assert!(etag.starts_with(&format!("W/\"{INDEX}-")), "size and milliseconds: {etag}");
    assert!(traced.exchange("/missing").response.body.as_deref().unwrap().contains("HTTP Status 404"));
    assert_pythons_client(&traced, true, "1000 done");
}
