//! What else than HTTP and RFC 6455 a connection may speak, before it, in it and instead of it.

use super::super::record::Protocol;
use super::*;

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// The protocol of a dialogue's only connection, its name, its problems, and how many requests and responses it has: the same
/// for any cuts.
fn spoken(dialogue: &Dialogue) -> (Protocol, Option<String>, Vec<&'static str>, (u64, u64)) {
    let of = |cuts: &[usize]| {
        let (found, summary) = find(&dialogue.segments(cuts));
        let connection = found.connections.into_iter().next().unwrap();
        let counts = (summary.http_requests, summary.http_responses);
        (connection.protocol, connection.protocol_detail, found.problems, counts)
    };
    let whole = of(&[]);
    for cuts in [&[7][..], &[3, 11, 5], &[13, 1]] {
        assert_eq!(of(cuts), whole, "{cuts:?}");
    }
    whole
}

fn name(dialogue: &Dialogue) -> (Protocol, String) {
    let (protocol, detail, problems, _) = spoken(dialogue);
    assert_eq!(problems, [""; 0]);
    (protocol, detail.unwrap_or_default())
}

/// A hello of TLS 1.2 with a server name, and no more.
fn client_hello() -> Vec<u8> {
    let name = [&[0, 0, 0, 10, 0, 8, 0, 0, 5][..], b"a.org"].concat();
    let mut body = [&[3, 3][..], &[5; 32], &[0, 0, 2, 0xc0, 0x2f, 1, 0, 0, name.len() as u8], &name].concat();
    let mut hello = vec![22, 3, 1, 0, body.len() as u8 + 4, 1, 0, 0, body.len() as u8];
    hello.append(&mut body);
    hello
}

fn server_hello() -> Vec<u8> {
    [&[22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3][..], &[6; 32], &[0, 0xc0, 0x2f, 0]].concat()
}

const TLS: &str = "TLS 1.2, a.org, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";

#[test]
fn tls_is_named_by_its_hellos_wherever_it_is_cut() {
    let dialogue =
        Dialogue::default().client(client_hello()).server(server_hello()).client(b"\x17\x03\x03\x00\x05hello");
    assert_eq!(name(&dialogue), (Protocol::Tls, TLS.into()));
}

#[test]
fn tls_joined_in_its_middle_is_named() {
    let record = [&b"\x17\x03\x03\x00\x20"[..], &[7; 32]].concat();
    let mut segments = Dialogue::default().server(&record).client(&record).segments(&[]);
    segments.drain(..2);
    let (found, _) = find(&segments);
    assert_eq!(found.connections[0].protocol, Protocol::Tls);
    assert_eq!(found.connections[0].protocol_detail.as_deref(), Some("TLS"));
    // Whose hello it is tells who is the client, though the server's packet is the first.
    let mut segments = Dialogue::default().server("").server("\r\n").client(client_hello()).segments(&[]);
    segments.drain(..2);
    let (found, _) = find(&segments);
    assert_eq!(found.connections[0].client.port(), 40000);
    assert_eq!(found.connections[0].protocol_detail.as_deref(), Some("TLS 1.2, offered, a.org"));
}

#[test]
fn http_2_is_named_with_prior_knowledge_and_after_an_upgrade() {
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let dialogue = Dialogue::default().client(preface).server(b"\0\0\0\x04\0\0\0\0\0");
    assert_eq!(name(&dialogue), (Protocol::Http2, "HTTP/2 with prior knowledge".into()));
    let settings = Dialogue::default().server(b"\0\0\0\x04\0\0\0\0\0");
    assert_eq!(name(&settings.clone().client(preface)), (Protocol::Http2, "HTTP/2 with prior knowledge".into()));
    // What a server says to everybody does not tell what its client speaks.
    assert_eq!(spoken(&settings.client(GET)), (Protocol::Http1, None, vec!["malformed-status-line"], (1, 0)));
    let upgrade = Dialogue::default()
        .client("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AA\r\n\r\n")
        .server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .client(preface);
    assert_eq!(spoken(&upgrade), (Protocol::Http2, Some("h2c".into()), vec![], (1, 1)));
}

#[test]
fn protocols_that_name_themselves_are_named_and_not_taken_for_http() {
    let rtsp = Dialogue::default()
        .client("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
        .server("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")
        .client(GET);
    assert_eq!(spoken(&rtsp), (Protocol::Unknown, Some("RTSP".into()), vec![], (0, 0)));
    let smtp = Dialogue::default()
        .server("220 mail.example ESMTP\r\n")
        .client("EHLO a\r\n")
        .server("250 STARTTLS\r\n")
        .client("STARTTLS\r\n")
        .server("220 go on\r\n");
    assert_eq!(name(&smtp), (Protocol::Unknown, "SMTP or FTP".into()));
    let smtp = smtp.client(client_hello()).server(server_hello());
    let (found, _) = find(&smtp.segments(&[]));
    assert_eq!(found.connections[0].protocol, Protocol::Tls);
    assert_eq!(found.connections[0].protocol_detail.as_deref(), Some(&*format!("SMTP or FTP, then {TLS}")));
}

#[test]
fn nothing_is_guessed_at() {
    let dialogue = Dialogue::default().client("hello there\r\n").server("+OK\r\n220 x\r\n");
    assert_eq!(name(&dialogue), (Protocol::Unknown, String::new()));
}

#[test]
fn a_proxy_header_is_passed_over_and_named() {
    for header in
        [&b"PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\n"[..], b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0cabcdefghijkl"]
    {
        let http = Dialogue::default().client([header, GET.as_bytes()].concat()).server(OK);
        let named = Some("PROXY protocol, then HTTP/1".into());
        assert_eq!(spoken(&http), (Protocol::Http1, named, vec![], (1, 1)));
        let tls = Dialogue::default().client([header, &client_hello()].concat()).server(server_hello());
        assert_eq!(name(&tls), (Protocol::Tls, format!("PROXY protocol, then {TLS}")));
    }
}

#[test]
fn what_is_behind_a_socks_handshake_is_decoded() {
    let version_5 = Dialogue::default()
        .client(b"\x05\x01\x00")
        .server(b"\x05\x00")
        .client(b"\x05\x01\x00\x03\x05a.org\x00\x50")
        .server(b"\x05\x00\x00\x01\x0a\x00\x00\x01\x04\xd2");
    let refused = version_5.turns[..3].iter().cloned().chain([(false, b"\x05\x05\x00\x01\0\0\0\0\0\0".to_vec())]);
    let refused = Dialogue { turns: refused.collect() };
    assert_eq!(name(&refused), (Protocol::Unknown, "SOCKS 5 to a.org:80, refused".into()));
    let version_4 = Dialogue::default()
        .client(b"\x04\x01\x00\x50\x0a\x00\x00\x02me\x00")
        .server(b"\x00\x5a\x00\x00\x00\x00\x00\x00");
    for (socks, named) in [(version_5, "SOCKS 5 to a.org:80"), (version_4, "SOCKS 4 to 10.0.0.2:80")] {
        let http = socks.clone().client(GET).server(OK);
        let detail = Some(format!("{named}, then HTTP/1"));
        assert_eq!(spoken(&http), (Protocol::Http1, detail, vec![], (1, 1)));
        let tls = socks.client(client_hello()).server(server_hello());
        assert_eq!(name(&tls), (Protocol::Tls, format!("{named}, then {TLS}")));
    }
}

#[test]
fn what_only_begins_like_a_prelude_hides_nothing() {
    let dialogue =
        Dialogue::default().client(b"\x05\x01\x00").server("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    let (_, detail, problems, counts) = spoken(&dialogue);
    assert_eq!((detail, problems, counts), (None, vec!["malformed-request-line"], (0, 1)));
}

/// A request to the host that the tunnels lead to.
const GET_INSIDE: &str = "GET / HTTP/1.1\r\nHost: a.org\r\n\r\n";

fn tunnel() -> Dialogue {
    Dialogue::default()
        .client("CONNECT a.org:443 HTTP/1.1\r\nHost: a.org:443\r\n\r\n")
        .server("HTTP/1.1 200 Connection established\r\n\r\n")
}

#[test]
fn what_is_in_a_tunnel_is_decoded_or_named() {
    let named = |inner: &str| Some(format!("tunnel to a.org:443{inner}"));
    assert_eq!(spoken(&tunnel()), (Protocol::Http1, named(""), vec![], (1, 1)));
    let http = tunnel().client(GET_INSIDE).server(OK);
    assert_eq!(spoken(&http), (Protocol::Http1, named(": HTTP/1"), vec![], (2, 2)));
    let tls = tunnel().client(client_hello()).server(server_hello());
    assert_eq!(spoken(&tls), (Protocol::Http1, named(&format!(": {TLS}")), vec![], (1, 1)));
    let ssh = tunnel().server("SSH-2.0-a\r\n").client("SSH-2.0-b\r\n");
    assert_eq!(spoken(&ssh), (Protocol::Http1, named(": SSH"), vec![], (1, 1)));
    let web_socket = Dialogue { turns: [tunnel().turns, web().turns].concat() };
    let (found, _) = find(&web_socket.segments(&[]));
    assert_eq!(found.connections[0].protocol_detail, named(": WebSocket"));
    assert_eq!((found.connections[0].protocol, found.frames.len()), (Protocol::WebSocket, 7));
}

#[test]
fn a_tunnel_in_a_tunnel_is_entered() {
    let outer = "CONNECT b.org:80 HTTP/1.1\r\nHost: b.org:80\r\n\r\n";
    let inner = Dialogue {
        turns: [vec![(true, outer.into()), (false, b"HTTP/1.1 200 OK\r\n\r\n".to_vec())], tunnel().turns].concat(),
    };
    let (_, detail, problems, counts) = spoken(&inner.client(GET_INSIDE).server(OK));
    assert_eq!(detail.as_deref(), Some("tunnel to b.org:80: tunnel to a.org:443: HTTP/1"));
    assert_eq!((problems, counts), (vec![], (3, 3)));
}

#[test]
fn an_upgrade_to_anything_else_is_named() {
    let dialogue = Dialogue::default()
        .client("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: TLS/1.2\r\nConnection: Upgrade\r\n\r\n")
        .server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.2\r\nConnection: Upgrade\r\n\r\n");
    assert_eq!(name(&dialogue), (Protocol::Http1, "TLS/1.2".into()));
    let (found, _) = find(&dialogue.client(client_hello()).server(server_hello()).segments(&[]));
    assert_eq!(found.connections[0].protocol_detail.as_deref(), Some(&*format!("TLS/1.2, then {TLS}")));
}

/// A handshake of draft 76, with what comes after it.
fn hixie_76() -> Dialogue {
    Dialogue::default()
        .client(
            "GET /demo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nOrigin: http://a\r\n\
             Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\nSec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n\r\n^n:ds[4U",
        )
        .server(
            "HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Origin: http://a\r\nSec-WebSocket-Location: ws://a/demo\r\n\r\n8jKS'y:G*Co,Wxa-",
        )
        .client(b"\x00hello\xff")
        .server(b"\x00hello\xff")
}

#[test]
fn drafts_with_other_frames_are_named_and_not_decoded() {
    let draft = spoken(&hixie_76());
    let named = |draft: &str| Some(format!("WebSocket draft {draft}"));
    assert_eq!(draft, (Protocol::WebSocket, named("hixie-76"), vec!["old-websocket-draft"], (1, 1)));
    let (found, summary) = find(&hixie_76().segments(&[]));
    assert_eq!((summary.upgrades, summary.websocket_upgrades, summary.websocket_frames), (1, 1, 0));
    let exchange = &found.exchanges[0];
    assert_eq!(exchange.upgraded.as_deref(), Some("websocket"));
    assert_eq!(exchange.request.as_ref().unwrap().message.body, b"^n:ds[4U");

    let hixie_75 = Dialogue::default()
        .client(
            "GET /demo HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nOrigin: http://a\r\n\r\n",
        )
        .server(
            "HTTP/1.1 101 Web Socket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\
             WebSocket-Origin: http://a\r\nWebSocket-Location: ws://a/demo\r\n\r\n\x00hello",
        );
    assert_eq!(spoken(&hixie_75).1, named("hixie-75"));
    let hybi_4 = with_version("4");
    assert_eq!(spoken(&hybi_4).1, named("hybi-04"));
    assert_eq!(find(&hybi_4.segments(&[])).0.frames, []);
}

fn with_version(version: &str) -> Dialogue {
    let mut dialogue = upgrade();
    let request = String::from_utf8(dialogue.turns[0].1.clone()).unwrap();
    dialogue.turns[0].1 = request.replace("Version: 13", &format!("Version: {version}")).into();
    dialogue.server(frame(true, 1, None, b"hi"))
}

#[test]
fn drafts_with_todays_frames_are_named_and_decoded() {
    for (version, draft) in [("7", "hybi-07"), ("8", "hybi-08 to hybi-12")] {
        let dialogue = with_version(version);
        let (protocol, detail, problems, _) = spoken(&dialogue);
        assert_eq!((protocol, detail.unwrap()), (Protocol::WebSocket, format!("WebSocket draft {draft}")));
        assert_eq!(problems, ["old-websocket-draft", "no-close-handshake"]);
        assert_eq!(find(&dialogue.segments(&[])).0.messages[0].payload, b"hi");
    }
    let (_, detail, problems, _) = spoken(&with_version("13"));
    assert_eq!((detail, problems), (None, vec!["no-close-handshake"]));
}

#[test]
fn an_answer_without_status_line_is_http_0_9() {
    let page = "<html>\r\nHTTP/1.1 200 OK\r\n\r\nis how a status line looks\r\n</html>\r\n";
    let (found, summary) = find(&Dialogue::default().client("GET /old\r\n").server(page).segments(&[]));
    let connection = &found.connections[0];
    assert_eq!((connection.protocol, connection.protocol_detail.as_deref()), (Protocol::Http1, Some("HTTP/0.9")));
    assert_eq!((summary.http_requests, summary.http_responses), (1, 0));
    assert_eq!(found.problems, ["missing-version"]);
    // After another exchange it is no body that is too long.
    let second = Dialogue::default().client(GET).server(OK).client("GET /old\r\n").server(page);
    let (found, summary) = find(&second.segments(&[]));
    assert_eq!((found.problems, summary.http_responses), (vec!["missing-version"], 1));
    // A server that is newer answers as it does everyone.
    let newer = Dialogue::default().client("GET /old\r\n").server(OK);
    let (found, summary) = find(&newer.segments(&[]));
    assert_eq!((found.connections[0].protocol_detail.as_deref(), summary.http_responses), (None, 1));
}

#[test]
fn a_capture_of_one_direction_says_that_and_nothing_else() {
    let mut dialogue = Dialogue::default();
    for _ in 0..40 {
        dialogue = dialogue.client(GET).server(OK);
    }
    let mut segments = dialogue.segments(&[9, 30]);
    let last = segments[segments.len() - 1].clone();
    segments.push(Sent { sequence: last.sequence.wrapping_add(1), flags: RST | ACK, ..last });
    for (skipped, client, counts) in [(0, true, (40, 0)), (0, false, (0, 40)), (2, true, (40, 0)), (2, false, (0, 40))]
    {
        let one: Vec<_> = segments[skipped..].iter().filter(|sent| sent.from_client == client).cloned().collect();
        let (found, summary) = find(&one);
        assert_eq!(found.problems, ["one-direction"], "{skipped} {client}");
        assert_eq!((summary.http_requests, summary.http_responses), counts);
        assert_eq!(found.connections[0].client.port(), 40000);
        assert_eq!(found.exchanges.len(), 40);
        // Reset instead of closed: that no response is there does not mean that it was lost on its way.
        let mut reset = one.clone();
        if let Some(fin) = reset.iter_mut().rfind(|sent| sent.flags & FIN != 0) {
            fin.flags = RST | ACK;
        }
        assert_eq!(find(&reset).0.problems, ["one-direction"], "{skipped} {client}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_recognised_does_not_depend_on_the_cuts(cuts in prop::collection::vec(1usize..40, 1..6)) {
        let header = "PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\n";
        let mut dialogue = Dialogue::default().client([header.as_bytes(), &tunnel().turns[0].1].concat());
        dialogue.turns.push(tunnel().turns[1].clone());
        let dialogue = dialogue
            .client(b"\x05\x01\x00")
            .server(b"\x05\x00")
            .client(b"\x05\x01\x00\x03\x05a.org\x00\x50")
            .server(b"\x05\x00\x00\x01\x0a\x00\x00\x01\x04\xd2")
            .client(client_hello())
            .server(server_hello());
        let (found, _) = find(&dialogue.segments(&cuts));
        prop_assert_eq!(
            found.connections[0].protocol_detail.as_deref(),
            Some(&*format!("PROXY protocol, then tunnel to a.org:443: SOCKS 5 to a.org:80, then {TLS}"))
        );
        prop_assert!(found.problems.is_empty());
    }
}
