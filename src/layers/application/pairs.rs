//! Pairs of names and values in a field or a body that have their own form: cookies, credentials, forms, and the parts
//! of a multipart body.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use memchr::memmem;

use super::http::{FieldName, Fields};
use crate::layers::presentation::charset::MediaType;

pub use crate::limits::MAX_PAIRS;

/// A name and its value, decoded; text that is not UTF-8 has replacement characters.
pub type Pair = (String, String);

/// The cookies of a `Cookie` field's value (RFC 6265 §4.2.1).
#[must_use]
pub fn cookies(value: &[u8]) -> Vec<Pair> {
    let cookie = |pair: &[u8]| {
        let (name, value) = split(pair.trim_ascii(), b'=');
        (text(name), text(value))
    };
    value.split(|b| *b == b';').filter(|pair| !pair.trim_ascii().is_empty()).take(MAX_PAIRS).map(cookie).collect()
}

/// User and password of an `Authorization` field's value, where the scheme is Basic (RFC 7617 §2).
#[must_use]
pub fn basic_credentials(value: &[u8]) -> Option<Pair> {
    let (scheme, token) = split(value.trim_ascii(), b' ');
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return None;
    }
    let clear = BASE64_STANDARD.decode(token.trim_ascii()).ok()?;
    let (user, password) = split(&clear, b':');
    Some((text(user), text(password)))
}

/// The fields of an `application/x-www-form-urlencoded` body, or of a query (WHATWG URL §5.1).
#[must_use]
pub fn form(body: &[u8]) -> Vec<Pair> {
    let field = |pair: &[u8]| {
        let (name, value) = split(pair, b'=');
        (text(&percent_decoded(name)), text(&percent_decoded(value)))
    };
    body.split(|b| *b == b'&').filter(|pair| !pair.is_empty()).take(MAX_PAIRS).map(field).collect()
}

/// A part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyPart {
    /// The form field it is of (RFC 7578 §4.2), where it says.
    pub name: Option<String>,
    /// The file it was, where it says.
    pub file_name: Option<String>,
    /// Its media type, where it says.
    pub content_type: Option<String>,
    /// How many bytes it has, its header section not counted.
    pub length: usize,
    /// Whether the boundary after it was seen.
    pub complete: bool,
}

/// The parts of a multipart body (RFC 2046 §5.1.1), as far as the body is there.
#[must_use]
pub fn parts(body: &[u8], boundary: &str) -> Vec<BodyPart> {
    let delimiter = [b"--", boundary.as_bytes()].concat();
    let mut parts = Vec::new();
    let mut at = memmem::find(body, &delimiter);
    while let Some(start) = at.filter(|_| !boundary.is_empty() && parts.len() < MAX_PAIRS) {
        let rest = &body[start + delimiter.len()..];
        if rest.starts_with(b"--") {
            break;
        }
        let Some(line_end) = memchr::memchr(b'\n', rest) else { break };
        let begin = start + delimiter.len() + line_end + 1;
        let next = memmem::find(&body[begin..], &delimiter).map(|length| begin + length);
        let part = &body[begin..next.unwrap_or(body.len())];
        // The line end before a boundary is the boundary's.
        let part = if next.is_some() { part.strip_suffix(b"\n").unwrap_or(part) } else { part };
        let part = if next.is_some() { part.strip_suffix(b"\r").unwrap_or(part) } else { part };
        parts.push(one_part(part, next.is_some()));
        at = next;
    }
    parts
}

fn one_part(part: &[u8], complete: bool) -> BodyPart {
    let head = match part {
        [b'\r', b'\n', ..] => 2,
        [b'\n', ..] => 1,
        _ => memmem::find(part, b"\r\n\r\n").map_or(part.len(), |end| end + 4),
    };
    let fields = Fields::parse(&part[..head]);
    let disposition = fields.get(FieldName::ContentDisposition).map(|value| [b"x/", value].concat());
    // Its parameters are written as a media type's are.
    let disposition = disposition.and_then(|value| MediaType::parse(&value));
    let parameter = |name| disposition.as_ref().and_then(|it| it.parameter(name)).map(str::to_owned);
    BodyPart {
        name: parameter("name"),
        file_name: parameter("filename"),
        content_type: fields.get(FieldName::ContentType).map(text),
        length: part.len() - head,
        complete,
    }
}

fn split(pair: &[u8], at: u8) -> (&[u8], &[u8]) {
    match memchr::memchr(at, pair) {
        Some(middle) => (&pair[..middle], &pair[middle + 1..]),
        None => (pair, &[]),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn percent_decoded(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|b| matches!(b, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
    let mut decoded = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match (byte, digit(text.get(at + 1)), digit(text.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => decoded.push(b' '),
            _ => decoded.push(*byte),
        }
        at += 1;
    }
    Cow::Owned(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pair(name: &str, value: &str) -> Pair {
        (name.into(), value.into())
    }

    #[test]
    fn cookies_are_told_apart() {
        assert_eq!(cookies(b"a=1; b=2=3;c; "), [pair("a", "1"), pair("b", "2=3"), pair("c", "")]);
    }

    #[test]
    fn basic_credentials_are_decoded_and_others_are_not() {
        // The example of RFC 7617 §2.
        let basic = basic_credentials(b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(basic, Some(pair("Aladdin", "open sesame")));
        assert_eq!(basic_credentials(b"Bearer abc"), None);
        assert_eq!(basic_credentials(b"Basic *****"), None);
    }

    #[test]
    fn form_fields_are_decoded() {
        assert_eq!(
            form(b"a=1&b=x+y%21&c&d=100%"),
            [pair("a", "1"), pair("b", "x y!"), pair("c", ""), pair("d", "100%")]
        );
    }

    #[test]
    fn parts_are_listed_even_if_the_last_is_cut() {
        let body = b"preamble\r\n--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhello\r\n\
            --B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\n1234\r\n--B\r\n\r\ncut";
        let found = parts(body, "B");
        let of = |part: &BodyPart| {
            (part.name.clone(), part.file_name.clone(), part.content_type.clone(), part.length, part.complete)
        };
        assert_eq!(of(&found[0]), (Some("a".into()), None, None, 5, true));
        assert_eq!(of(&found[1]), (Some("f".into()), Some("x.png".into()), Some("image/png".into()), 4, true));
        assert_eq!(of(&found[2]), (None, None, None, 3, false));
        assert_eq!(parts(b"--B\r\n\r\nx\r\n--B--\r\n", "B").len(), 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(prop::sample::select(&b"--B\r\n:=;&%+ax\xff"[..]), 0..200)) {
            let parts = parts(&bytes, "B");
            prop_assert!(parts.iter().map(|part| part.length).sum::<usize>() <= bytes.len());
            prop_assert!(form(&bytes).len() <= MAX_PAIRS && cookies(&bytes).len() <= MAX_PAIRS);
            prop_assert_eq!(basic_credentials(&bytes), None);
        }
    }
}
