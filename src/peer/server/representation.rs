//! What goes with a complete representation, whatever it represents: a validator, so that it needn't be sent again (RFC 9110
//! §8.8.3, §13.1.2), and a content coding that the client can undo (§8.4).

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, VARY,
};
use hyper::{Method, Response, StatusCode};
use sha1::{Digest, Sha1};

use crate::peer::upgrade::elements;

/// What is shorter, in bytes, gains nothing by gzip.
const WORTH_IT: usize = 256;

/// The response as this client is to get it.
pub(super) async fn negotiate(
    method: &Method,
    request: &HeaderMap,
    response: Response<Full<Bytes>>,
) -> Response<Full<Bytes>> {
    let is_read = matches!(*method, Method::GET | Method::HEAD) && response.status() == StatusCode::OK;
    if !is_read || response.headers().get(CACHE_CONTROL).is_some_and(|value| value == "no-store") {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = body.collect().await.map(http_body_util::Collected::to_bytes);
    let coded = if body.len() >= WORTH_IT && is_text(&parts.headers) {
        parts.headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        if accepts_gzip(request) { gzip(&body) } else { None }
    } else {
        None
    };
    if coded.is_some() {
        parts.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    // Of two codings of one thing the bytes differ, and so must a strong validator.
    let tag = tag(&body, if coded.is_some() { "-gzip" } else { "" });
    let is_good = has_tag(request, &tag);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(ETAG, tag);
    }
    parts.headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    if is_good {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(CONTENT_TYPE);
        parts.headers.remove(CONTENT_ENCODING);
        return Response::from_parts(parts, Full::default());
    }
    Response::from_parts(parts, Full::new(coded.unwrap_or(body)))
}

/// The first 64 bits of the SHA-1 of the body: the same content has the same tag, on any day.
fn tag(body: &[u8], coding: &str) -> String {
    let mut tag = "\"".to_owned();
    for byte in Sha1::digest(body).iter().take(8) {
        // Writing to a string cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag + coding + "\""
}

/// Whether the client has what this tag is of, or says "*" (§13.1.2: by the weak comparison).
fn has_tag(request: &HeaderMap, tag: &str) -> bool {
    let mut tags = elements(request, &IF_NONE_MATCH);
    tags.any(|listed| listed == "*" || listed.strip_prefix("W/").unwrap_or(listed) == tag)
}

fn is_text(fields: &HeaderMap) -> bool {
    let kind = fields.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("text/") || kind.starts_with("application/json")
}

/// Whether the client names gzip (or anything) and does not give it the weight 0 (§12.5.3).
fn accepts_gzip(request: &HeaderMap) -> bool {
    let codings: Vec<(&str, bool)> = elements(request, &ACCEPT_ENCODING)
        .map(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let weight = parts.find_map(|part| part.strip_prefix("q=")).and_then(|weight| weight.parse::<f32>().ok());
            (name, weight.is_none_or(|weight| weight > 0.0))
        })
        .collect();
    let named = |wanted: &str| codings.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    named("gzip").or_else(|| named("*")).is_some_and(|(_, wanted)| *wanted)
}

fn gzip(body: &[u8]) -> Option<Bytes> {
    let mut coder = GzEncoder::new(Vec::new(), Compression::default());
    coder.write_all(body).ok()?;
    coder.finish().ok().filter(|coded| coded.len() < body.len()).map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))])
    }

    #[test]
    fn gzip_is_for_those_who_accept_it() {
        for value in ["gzip", "br, gzip;q=0.5", "*", "GZIP", "identity, *;q=0.1"] {
            assert!(accepts_gzip(&accepting(value)), "{value}");
        }
        for value in ["", "br", "gzip;q=0", "gzip; q=0.0, *", "*;q=0", "xgzip"] {
            assert!(!accepts_gzip(&accepting(value)), "{value}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    fn known(tags: &str) -> HeaderMap {
        HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_str(tags).unwrap())])
    }

    #[test]
    fn a_tag_matches_in_a_list_weak_or_strong() {
        let tag = tag(b"hello", "");
        for list in [tag.clone(), format!("\"x\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
            assert!(has_tag(&known(&list), &tag), "{list}");
        }
        assert!(!has_tag(&known("\"x\", y"), &tag));
    }
}
