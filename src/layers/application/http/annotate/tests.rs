use proptest::prelude::*;

use super::*;

/// Every leaf's name and value, in order; they must tile the bytes.
fn leaves(fields: &[Field], length: usize) -> Vec<(String, String)> {
    let (mut named, mut end) = (Vec::new(), 0);
    for field in fields {
        field.leaves(&mut |leaf| {
            for span in &leaf.spans {
                assert_eq!(span.bits.start, end, "{} {:?}", leaf.name, leaf.value);
                end = span.bits.end;
            }
            named.push((leaf.name.to_string(), leaf.value.clone()));
        });
    }
    assert_eq!(end, length as u64 * 8);
    named
}

fn check(field: Field, length: usize, expected: &[(&str, &str)]) -> Field {
    let named = leaves(std::slice::from_ref(&field), length);
    let named: Vec<_> = named.iter().map(|(name, value)| (&name[..], &value[..])).collect();
    assert_eq!(named, expected);
    field
}

fn value_of(line: &str, expected: &[(&str, &str)]) -> Field {
    let field = field_line(line.as_bytes(), Asked::default());
    let named = leaves(std::slice::from_ref(&field), line.len());
    let named: Vec<_> = named.iter().map(|(name, value)| (&name[..], &value[..])).collect();
    assert_eq!(named[3..named.len() - 1], *expected);
    field
}

#[test]
fn a_request_line_is_named_part_by_part() {
    let line = b"GET /search?q=wire HTTP/1.1\r\n";
    let expected = [
        ("method", "GET"),
        ("SP", " "),
        ("path", "/search"),
        ("?", "?"),
        ("query", "q=wire"),
        ("SP", " "),
        ("HTTP version", "HTTP/1.1"),
        ("CRLF", "\r\n"),
    ];
    let field = check(request_line(line), line.len(), &expected);
    assert_eq!(field.value, "GET /search?q=wire HTTP/1.1");
    assert_eq!(field.parts[0].clause, "RFC 9110 §9.3.1");
    assert_eq!((&field.parts[2].value[..], &field.parts[2].clause[..]), ("/search?q=wire", "RFC 9112 §3.2.1"));
}

#[test]
fn an_address_that_a_proxy_is_asked_for_is_taken_apart() {
    let line = b"GET http://example.com:8080/a?b HTTP/1.0\n";
    let expected = [
        ("method", "GET"),
        ("SP", " "),
        ("scheme", "http"),
        ("://", "://"),
        ("authority", "example.com:8080"),
        ("path", "/a"),
        ("?", "?"),
        ("query", "b"),
        ("SP", " "),
        ("HTTP version", "HTTP/1.0"),
        ("LF", "\n"),
    ];
    check(request_line(line), line.len(), &expected);
}

#[test]
fn a_status_line_is_named_part_by_part() {
    let line = b"HTTP/1.1 404 Not Found\r\n";
    let expected = [
        ("HTTP version", "HTTP/1.1"),
        ("SP", " "),
        ("status code", "404"),
        ("SP", " "),
        ("reason phrase", "Not Found"),
        ("CRLF", "\r\n"),
    ];
    let field = check(status_line(line), line.len(), &expected);
    assert_eq!(field.parts[2].clause, "RFC 9110 §15.5.5");
}

#[test]
fn start_lines_that_lack_something_are_named_as_far_as_they_go() {
    check(request_line(b"GET\r\n"), 5, &[("method", "GET"), ("CRLF", "\r\n")]);
    check(request_line(b"GET /\n"), 6, &[("method", "GET"), ("SP", " "), ("request target", "/"), ("LF", "\n")]);
    let expected = [("HTTP version", "HTTP/2"), ("SP", " "), ("status code", "2000"), ("CRLF", "\r\n")];
    check(status_line(b"HTTP/2 2000\r\n"), 13, &expected);
    check(section_end(b"Hos"), 3, &[("field line", "Hos")]);
}

#[test]
fn a_field_line_is_named_with_the_space_around_its_value() {
    let line = b"Date:\t Tue, 14 Nov 2023 22:13:20 GMT \r\n";
    let expected = [
        ("field name", "Date"),
        (":", ":"),
        ("OWS", "\t "),
        ("field value", "Tue, 14 Nov 2023 22:13:20 GMT"),
        ("OWS", " "),
        ("CRLF", "\r\n"),
    ];
    let field = check(field_line(line, Asked::default()), line.len(), &expected);
    assert_eq!(field.clause, "RFC 9110 §6.6.1");
}

#[test]
fn values_are_taken_apart_where_it_teaches() {
    value_of("Host: [::1]:8080\r\n", &[("host", "[::1]"), (":", ":"), ("port", "8080")]);
    value_of("Host: [::1]\r\n", &[("host", "[::1]")]);
    let cookie = ["cookie-name", "=", "cookie-value"];
    let pair = |name, value| [(cookie[0], name), (cookie[1], "="), (cookie[2], value)];
    let two = [&pair("a", "1")[..], &[(";", "; ")], &pair("b", "x=y")].concat();
    value_of("Cookie: a=1; b=x=y\r\n", &two);
    let attribute = [(";", "; "), ("attribute-name", "Path"), ("=", "="), ("attribute-value", "/")];
    let set = [&pair("a", "1")[..], &attribute, &[(";", "; "), ("attribute-name", "HttpOnly")]].concat();
    value_of("Set-Cookie: a=1; Path=/; HttpOnly\r\n", &set);
    let expected = [
        ("type", "text"),
        ("/", "/"),
        ("subtype", "plain"),
        (";", ";"),
        ("parameter-name", "charset"),
        ("=", "="),
        ("parameter-value", "\"a;b\""),
    ];
    value_of("Content-Type: text/plain;charset=\"a;b\"\r\n", &expected);
    let expected = [("connection option", "keep-alive"), (",", ", "), ("connection option", "Upgrade")];
    value_of("connection: keep-alive, Upgrade\r\n", &expected);
    let length = value_of("Content-Length: 15\r\n", &[("field value", "15")]);
    assert_eq!(length.parts[3].meaning, "15 bytes of content follow after the empty line.");
    let basic = value_of(
        "Authorization: Basic dXNlcjpzZWNyZXQ=\r\n",
        &[("auth-scheme", "Basic"), ("SP", " "), ("credentials", "dXNlcjpzZWNyZXQ=")],
    );
    assert!(basic.parts[3].parts[2].meaning.contains("\"user:secret\""));
}

#[test]
fn the_key_of_a_websocket_handshake_is_followed_to_its_answer() {
    let key = field_line(b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", Asked::default());
    assert!(key.parts[3].meaning.contains("= s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{}", key.parts[3].meaning);
    let asked = Asked { websocket_key: Some(b"dGhlIHNhbXBsZSBub25jZQ==") };
    let accept = field_line(b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", asked);
    assert!(accept.parts[3].meaning.ends_with(": right."), "{}", accept.parts[3].meaning);
}

#[test]
fn lines_that_are_wrong_are_named_as_far_as_they_go() {
    let check = |line: &[u8], expected: &[(&str, &str)]| {
        check(field_line(line, Asked::default()), line.len(), expected);
    };
    check(b"no colon\r\n", &[("field name", "no colon"), ("CRLF", "\r\n")]);
    let expected = [
        ("field name", "A"),
        ("white space", " "),
        (":", ":"),
        ("OWS", " "),
        ("field value", "1,\r\n 2"),
        ("LF", "\n"),
    ];
    check(b"A : 1,\r\n 2\n", &expected);
    check(b"Empty:\r\n", &[("field name", "Empty"), (":", ":"), ("CRLF", "\r\n")]);
}

#[test]
fn chunk_framing_is_of_the_presentation_layer() {
    let line = b"1a;name=value\r\n";
    let fields = chunk_line(line);
    let named = leaves(&fields, line.len());
    let expected = [("chunk size", "1a = 26"), ("chunk extensions", ";name=value"), ("CRLF", "\r\n")];
    assert_eq!(named, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(fields.iter().all(|field| field.layer == Layer::Presentation));
}

#[test]
fn content_is_text_where_its_type_says_so_and_nothing_coded_it() {
    let of = |sent: &[u8], coding| {
        let content_type = Some(&b"text/plain; charset=utf-8"[..]);
        let field = content(&Content { sent, length: sent.len() as u64, content_type, coding, chunk: false });
        (field.layer, field.value)
    };
    assert_eq!(of("\u{e9}t\u{e9}".as_bytes(), None), (Layer::Application, "été".to_owned()));
    // A cut went through the characters at both ends.
    assert_eq!(of(b"\xa9t\xc3", None), (Layer::Application, "t".to_owned()));
    assert_eq!(of(b"\x1f\x8b", Some("gzip")), (Layer::Presentation, "1f8b".to_owned()));
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    let word = prop::sample::select(
        &[
            "GET",
            "HTTP/1.1",
            "200",
            "/a?b",
            "http://x/?",
            " ",
            "\t",
            ":",
            "\r\n",
            "\n",
            "\r",
            ";",
            ",",
            "=",
            "\"",
            "\\",
            "Host",
            "Cookie",
            "Set-Cookie",
            "Content-Type",
            "Authorization",
            "Basic",
            "Connection",
            "Transfer-Encoding",
            "Sec-WebSocket-Accept",
            "a",
            "/",
            "]",
            "1f",
            "\u{e9}",
        ][..],
    );
    let piece =
        prop_oneof![4 => word.prop_map(|word| word.as_bytes().to_vec()), 1 => any::<[u8; 1]>().prop_map(Vec::from)];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_leaves_tile_any_line(line in line()) {
        leaves(&[request_line(&line)], line.len());
        leaves(&[status_line(&line)], line.len());
        leaves(&[field_line(&line, Asked { websocket_key: Some(b"x") })], line.len());
        leaves(&[trailer_line(&line)], line.len());
        leaves(&chunk_line(&line), line.len());
        leaves(&[section_end(&line)], line.len());
        leaves(&[content(&Content { sent: &line, length: line.len() as u64, ..Content::default() })], line.len());
    }
}
