//! Bodies of requests, read to their end or to a limit, and the JSON in them.

use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{ACCEPT, CONNECTION, CONTENT_TYPE, EXPECT, HeaderMap, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::READ_TIMEOUT;
use super::notes::LONGEST_NOTE;
use super::replies::{Whole, fault};

/// The longest body that is taken, in bytes.
pub(super) const LONGEST_BODY: usize = 1 << 20;

/// How much of a longer one is read, to be forgotten: a client that is still sending may not hear an answer.
const LONGEST_HEARD: usize = 16 << 20;

#[derive(Deserialize)]
struct Draft {
    text: String,
}

/// The text of a note that a request brings, or the answer to one that brings none.
pub(super) async fn text_of(fields: &HeaderMap, body: Incoming) -> Result<String, Whole> {
    let Draft { text } = read(fields, body).await?;
    if text.len() > LONGEST_NOTE {
        let why = format!("a note has at most {LONGEST_NOTE} bytes; this one has {}", text.len());
        return Err(fault(StatusCode::PAYLOAD_TOO_LARGE, &why));
    }
    Ok(text)
}

/// What JSON a request brings, or the answer to one that brings another thing.
pub(super) async fn read<Wanted: DeserializeOwned>(fields: &HeaderMap, body: Incoming) -> Result<Wanted, Whole> {
    let kind = fields.get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or_default().to_ascii_lowercase());
    if kind.is_some_and(|kind| kind.split(';').next().is_none_or(|kind| kind.trim() != "application/json")) {
        let mut refusal = fault(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body has to be JSON: application/json");
        refusal.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        return Err(refusal);
    }
    let body = content(fields, body).await?;
    serde_json::from_slice(&body)
        .map_err(|error| fault(StatusCode::BAD_REQUEST, &format!("the body is not the expected JSON: {error}")))
}

async fn content(fields: &HeaderMap, body: Incoming) -> Result<Bytes, Whole> {
    // Who asks first whether to send it is told so before it is sent (RFC 9110 §10.1.1).
    if fields.contains_key(EXPECT) && body.size_hint().lower() > LONGEST_BODY as u64 {
        return Err(too_long());
    }
    match timeout(READ_TIMEOUT, collect(body)).await {
        Ok(Ok(Some(content))) => Ok(content.into()),
        Ok(Ok(None)) => Err(too_long()),
        Ok(Err(error)) => {
            Err(last(fault(StatusCode::BAD_REQUEST, &format!("the body cannot be read to its end: {error}"))))
        }
        Err(_) => Err(last(fault(StatusCode::REQUEST_TIMEOUT, "the body takes too long"))),
    }
}

/// The whole body; nothing if it is longer than may be.
async fn collect(mut body: Incoming) -> hyper::Result<Option<Vec<u8>>> {
    let (mut content, mut heard) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await.transpose()? {
        let Ok(data) = frame.into_data() else { continue };
        heard += data.len();
        if heard > LONGEST_HEARD {
            break;
        }
        if heard <= LONGEST_BODY {
            content.extend_from_slice(&data);
        }
    }
    Ok((heard <= LONGEST_BODY).then_some(content))
}

fn too_long() -> Whole {
    last(fault(StatusCode::PAYLOAD_TOO_LARGE, &format!("a body has at most {LONGEST_BODY} bytes")))
}

/// The last response on its connection: what is left of the body is not read as a request.
fn last(mut response: Whole) -> Whole {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
