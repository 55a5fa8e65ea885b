//! HTTP by Apache httpd, curl, Node.js, and Python's http.server and urllib.

use super::records::Head;
use super::traced::scenario;

const INDEX: u64 = include_bytes!("site/index.html").len() as u64;
const SONG: &str = include_str!("site/song.txt");

/// Whether an `ETag` is Apache's: size and time, in hexadecimal.
fn is_apaches(etag: &str, size: u64) -> bool {
    let opaque = etag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let parts = opaque.and_then(|opaque| opaque.split_once('-'));
    parts.is_some_and(|(length, time)| length == format!("{size:x}") && u64::from_str_radix(time, 16).is_ok())
}

#[track_caller]
fn assert_field(head: &Head, name: &str, value: &str) {
    assert_eq!(head.field(name), Some(value), "{name}");
}

#[test]
fn apache_keeps_a_connection_for_three_files() {
    let traced = scenario("apache-keep-alive", &[]);
    assert_eq!(traced.exchange_lines(), ["0.0 GET / 200", "0.1 GET /song.txt 200", "0.2 GET /missing 404"]);
    assert_eq!(traced.endings(), [("fin", 3)]);
    let page = &traced.exchange("/").response;
    assert!(page.field("Server").unwrap().starts_with("Apache/2.4"));
    assert!(is_apaches(page.field("ETag").unwrap(), INDEX));
    assert_eq!((page.field("Connection"), page.body_bytes), (None, INDEX));
    let song = &traced.exchange("/song.txt").response;
    assert_eq!(song.body.as_deref(), Some(SONG));
    assert_field(song, "Vary", "Accept-Encoding");
    assert_field(&traced.exchange("/missing").response, "Content-Type", "text/html; charset=iso-8859-1");
}

#[test]
fn apache_closes_after_each_file_if_told_to() {
    let traced = scenario("apache-close", &[]);
    assert_eq!(traced.exchange_lines(), ["0.0 GET / 200", "1.0 GET /song.txt 200", "2.0 GET /missing 404"]);
    assert_eq!(traced.endings(), [("fin", 1); 3]);
    for exchange in &traced.exchanges {
        assert_field(&exchange.response, "Connection", "close");
    }
}

#[test]
fn curl_asks_apache_in_every_way_it_can() {
    let traced = scenario("curl", &[]);
    let expected = [
        "0.0 GET / 200",
        "1.0 GET / 200",
        "1.1 GET /song.txt 200",
        "2.0 GET /song.txt 200",
        "3.0 GET / 200",
        "4.0 GET / 304",
        "5.0 HEAD / 200",
        "6.0 GET /song.txt 206",
        "7.0 GET / 200",
        "7.1 GET /song.txt 200",
    ];
    assert_eq!(traced.exchange_lines(), expected);
    let by_connection = |number: usize| traced.exchanges.iter().find(|e| e.connection == number).unwrap();

    let old = by_connection(0);
    assert_eq!(old.request.version, "1.0");
    // Apache names the newest version that it speaks, and does what the older one says.
    assert_eq!((old.response.version.as_str(), old.response.field("Connection")), ("1.1", Some("close")));

    let compressed = by_connection(2);
    assert!(compressed.request.field("Accept-Encoding").unwrap().contains("gzip"));
    assert_field(&compressed.response, "Content-Encoding", "gzip");
    assert!(compressed.response.field("ETag").unwrap().ends_with("-gzip\""));
    assert!(compressed.response.body_bytes < SONG.len() as u64 / 2);
    assert_eq!(compressed.response.decoded_body_bytes, Some(SONG.len() as u64));
    assert_eq!(compressed.response.body.as_deref(), Some(SONG));

    let unchanged = by_connection(4);
    assert_eq!(unchanged.request.field("If-None-Match"), by_connection(3).response.field("ETag"));
    assert_eq!(unchanged.response.body_bytes, 0);

    let head = by_connection(5);
    assert_field(&head.response, "Content-Length", &INDEX.to_string());
    assert_eq!(head.response.body_bytes, 0);

    let part = by_connection(6);
    assert_field(&part.request, "Range", "bytes=0-9");
    assert_field(&part.response, "Content-Range", &format!("bytes 0-9/{}", SONG.len()));
    assert_eq!(part.response.body.as_deref(), Some(&SONG[..10]));
}

#[test]
fn a_pipelined_request_is_sent_before_the_response_to_the_one_before_it() {
    let traced = scenario("curl", &[]);
    let mut pipelined = traced.exchanges.iter().filter(|exchange| exchange.connection == 7);
    let [first, second] = [pipelined.next().unwrap(), pipelined.next().unwrap()];
    assert!(second.request.first_packet < first.response.first_packet);
    assert_field(&second.response, "Connection", "close");
}

#[test]
fn curl_waits_for_100_and_uploads_in_chunks_what_node_sends_back_in_chunks() {
    let traced = scenario("curl-upload", &[]);
    assert_eq!(traced.exchange_lines(), ["0.0 PUT /echo 200"]);
    let upload = traced.exchange("/echo");
    assert_field(&upload.request, "Expect", "100-continue");
    let interim: Vec<_> = upload.interim.iter().map(|head| head.status).collect();
    assert_eq!(interim, [Some(100)]);
    for head in [&upload.request, &upload.response] {
        assert_field(head, "Transfer-Encoding", "chunked");
        assert_eq!(head.body.as_deref(), Some(SONG));
        assert!(head.wire_body_bytes > head.body_bytes);
    }
}

#[test]
fn nodes_client_keeps_a_connection_if_its_agent_does() {
    let traced = scenario("node-http", &[]);
    let said = ["GET / 200", "HEAD / 200", "GET /time.json 200", "POST /echo 200", "GET /missing 404"];
    let kept = said.iter().enumerate().map(|(index, line)| format!("0.{index} {line}"));
    let each = said.iter().enumerate().map(|(index, line)| format!("{}.0 {line}", index + 1));
    assert_eq!(traced.exchange_lines(), kept.chain(each).collect::<Vec<_>>());
    assert_eq!(traced.endings(), [("fin", 5), ("fin", 1), ("fin", 1), ("fin", 1), ("fin", 1), ("fin", 1)]);
    for exchange in &traced.exchanges {
        let connection = if exchange.connection == 0 { "keep-alive" } else { "close" };
        assert_field(&exchange.request, "Connection", connection);
        assert_field(&exchange.response, "Connection", connection);
        assert_eq!(exchange.response.field("Server"), None, "Node does not say who it is");
    }
    assert_eq!(traced.exchange("/time.json").response.field("Keep-Alive"), Some("timeout=5"));
    let echo = traced.exchange("/echo");
    for head in [&echo.request, &echo.response] {
        assert_field(head, "Transfer-Encoding", "chunked");
        assert_eq!(head.body.as_deref(), Some("Hello, wire!"));
    }
}

#[test]
fn pythons_http_server_answers_in_http_1_0() {
    let traced = scenario("python-http", &[]);
    assert_eq!(traced.exchange_lines(), ["0.0 GET / 200", "1.0 GET /missing 404", "2.0 DELETE /song.txt 501"]);
    for exchange in &traced.exchanges {
        assert_eq!([&exchange.request.version, &exchange.response.version], ["1.1", "1.0"]);
        assert!(exchange.request.field("User-Agent").unwrap().starts_with("Python-urllib/3"));
        assert!(exchange.response.field("Server").unwrap().starts_with("SimpleHTTP/0.6 Python/3"));
    }
    assert_eq!(traced.exchange("/missing").response.reason.as_deref(), Some("File not found"));
    let refused = &traced.exchange("/song.txt").response;
    assert_eq!(refused.reason.as_deref(), Some("Unsupported method ('DELETE')"));
}
