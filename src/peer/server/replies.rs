//! Responses for which nothing has to be remembered.

use std::convert::Infallible;
use std::time::Duration;

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response, StatusCode};
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::Attended;
use super::offers::Offer;
use crate::layers::application::pairs;
use crate::peer::{TEXT, event_stream, growing, json_response, response};

/// A response with a body that is there as a whole.
pub(super) type Whole = Response<Full<Bytes>>;

/// A response with any body.
pub(super) type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

/// How long `/slow` may be asked to take, in milliseconds; and how long it takes if it is not asked.
const SLOWEST: u64 = 10_000;
const SLOW: u64 = 2_000;

/// Between two server-sent events.
const TICK: Duration = Duration::from_secs(1);

/// Before each chunk.
const PAUSE: Duration = Duration::from_millis(200);
const CHUNKS: &[&str] = &["one\n", "two\n", "three\n", "four\n", "five\n"];

/// What a trailer is for: it is known only when all else is sent. Browsers read this one (W3C Server Timing).
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Any response, its body in the one form that all have.
pub(super) fn whole<B>(body: B) -> UnsyncBoxBody<Bytes, Infallible>
where
    B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    body.boxed_unsync()
}

/// A response without content.
pub(super) fn empty(status: StatusCode) -> Whole {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

/// A response that says something to people.
pub(super) fn said(status: StatusCode, text: &str) -> Whole {
    response(status, TEXT, format!("{text}\n"))
}

/// A response that says something to programs: a line of JSON.
pub(super) fn json(status: StatusCode, said: &serde_json::Value) -> Whole {
    json_response(status, format!("{said}\n"))
}

/// A response that says to a program what is wrong.
pub(super) fn fault(status: StatusCode, error: &str) -> Whole {
    json(status, &json!({ "error": error }))
}

/// For whoever comes when there are too many.
pub(super) fn busy() -> Answer {
    let mut response = said(StatusCode::SERVICE_UNAVAILABLE, "There are too many connections; try again in a moment.");
    let fields = response.headers_mut();
    fields.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    fields.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response.map(whole)
}

/// What can be done with something; to a browser's preflight, that a page may (WHATWG Fetch, CORS).
pub(super) fn options(offer: &Offer, request: &HeaderMap) -> Whole {
    let mut response = empty(StatusCode::NO_CONTENT);
    let fields = response.headers_mut();
    fields.insert(header::ALLOW, offer.allow());
    if request.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        fields.insert(header::ACCESS_CONTROL_ALLOW_METHODS, offer.allow());
        fields.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Content-Type"));
        fields.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("60"));
    }
    response
}

/// For a method that something does not take: 405, or 501 where nothing does (RFC 9110 §15.5.6, §15.6.2).
pub(super) fn refused(offer: &Offer, method: &Method) -> Whole {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::TRACE,
        Method::CONNECT,
    ];
    if !known.contains(method) {
        return said(StatusCode::NOT_IMPLEMENTED, "No such method is known here.");
    }
    let mut response = said(StatusCode::METHOD_NOT_ALLOWED, &format!("{} does not take {method}.", offer.path));
    response.headers_mut().insert(header::ALLOW, offer.allow());
    response
}

/// Any status that ends an exchange, with the fields that it must have.
pub(super) fn status(chosen: &str, offer: &Offer) -> Whole {
    let Some(status) = chosen.parse().ok().filter(|code| (200..600).contains(code)).and_then(|code| {
        // Nothing else in the range is refused.
        StatusCode::from_u16(code).ok()
    }) else {
        return said(
            StatusCode::BAD_REQUEST,
            "Choose a status from 200 to 599, please: lower ones do not end an exchange.",
        );
    };
    let mut response = match status {
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED => empty(status),
        _ => said(status, &format!("{} {}", status.as_str(), status.canonical_reason().unwrap_or("is not assigned"))),
    };
    let (name, value) = match status.as_u16() {
        301 | 302 | 303 | 307 | 308 => (header::LOCATION, HeaderValue::from_static("/")),
        401 => (header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"wire101\"")),
        405 => (header::ALLOW, offer.allow()),
        407 => (header::PROXY_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"wire101\"")),
        416 => (header::CONTENT_RANGE, HeaderValue::from_static("bytes */0")),
        426 => (header::UPGRADE, HeaderValue::from_static("websocket")),
        429 | 503 => (header::RETRY_AFTER, HeaderValue::from_static("1")),
        _ => (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    };
    response.headers_mut().insert(name, value);
    if status == StatusCode::UPGRADE_REQUIRED {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    }
    response
}

/// An answer that lets one wait for it.
pub(super) async fn slow(query: Option<&str>) -> Whole {
    let asked = parameter(query, "ms").map_or(Some(SLOW), |asked| asked.parse().ok());
    let Some(asked) = asked.filter(|asked| *asked <= SLOWEST) else {
        return said(StatusCode::BAD_REQUEST, &format!("ms is a number of milliseconds, at most {SLOWEST}."));
    };
    sleep(Duration::from_millis(asked)).await;
    let mut response = said(StatusCode::OK, &format!("That took {asked} ms."));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A body whose length nobody knows when it begins.
pub(super) fn chunked() -> Answer {
    let trailers = HeaderMap::from_iter([(SERVER_TIMING, HeaderValue::from_static("chunks;dur=1000"))]);
    let mut response = Response::new(growing(|| sleep(PAUSE), CHUNKS, trailers));
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(TEXT));
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fields.insert(header::TRAILER, HeaderValue::from_static("Server-Timing"));
    response.map(whole)
}

/// Events, one a second, until there were as many as asked for, the client leaves or the server stops.
pub(super) fn events(query: Option<&str>, attended: Attended) -> Answer {
    let count = parameter(query, "count").map_or(Some(u64::MAX), |count| count.parse().ok());
    let Some(count) = count else {
        return said(StatusCode::BAD_REQUEST, "count is a number of events.").map(whole);
    };
    let (sender, news) = mpsc::channel(1);
    tokio::spawn(async move {
        for number in 1..=count {
            if sender.send(format!("event {number}")).await.is_err() || number == count {
                return;
            }
            tokio::select! {
                biased;
                () = attended.stopped() => return,
                () = sender.closed() => return,
                () = sleep(TICK) => {}
            }
        }
    });
    event_stream(news).map(whole)
}

/// A parameter of a query, if it is there and not empty.
pub(super) fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let pairs = pairs::form(query?.as_bytes());
    pairs.into_iter().find(|(found, value)| found == name && !value.is_empty()).map(|(_, value)| value)
}
