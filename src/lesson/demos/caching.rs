//! A script fetched three times: anew each time, beside asking whether the copy is still good.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH};
use hyper::{Request, Response, StatusCode};

use super::Demo;
use crate::lesson::stage::{Outcome, Stage};

/// A: GET three times. B: the same, with If-None-Match once there is something to match.
pub const DEMO: Demo = Demo {
    hosts: &["client", "server"],
    sides: &[|stage| Box::pin(visit(stage, false)), |stage| Box::pin(visit(stage, true))],
};

/// How often the script is fetched.
const VISITS: u32 = 3;
/// How many lines the script has at first.
const LINES: usize = 150;
const LINE: &str = "console.log(\"One of many lines that seldom change.\");\n";

async fn visit(stage: Stage, remembers: bool) -> Outcome {
    let requests = Arc::new(AtomicU32::new(0));
    stage.serve("server", move |request| {
        let earlier = requests.fetch_add(1, Ordering::Relaxed);
        async move { answer(&request, earlier) }
    })?;
    let mut client = stage.http("client", "server").await?;
    let mut copy: Option<HeaderValue> = None;
    for _ in 0..VISITS {
        let mut request = Request::get("/app.js").body(Full::default())?;
        if let Some(tag) = copy.take_if(|_| remembers) {
            request.headers_mut().insert(IF_NONE_MATCH, tag);
        }
        copy = client.send(request).await?.headers_mut().remove(ETAG);
    }
    Ok(())
}

/// The script: it has one line more from the last visit on, and with it another tag.
fn answer(request: &Request<Incoming>, earlier: u32) -> Response<Full<Bytes>> {
    let changes = usize::from(earlier + 1 >= VISITS);
    let tag = HeaderValue::from_static(["\"v1\"", "\"v2\""][changes]);
    let is_good = request.headers().get(IF_NONE_MATCH) == Some(&tag);
    let mut response = Response::new(if is_good { Full::default() } else { LINE.repeat(LINES + changes).into() });
    let fields = response.headers_mut();
    // What a 200 would have said about keeping it, a 304 says too (RFC 9110 §15.4.5).
    fields.insert(ETAG, tag);
    fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if is_good {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        fields.insert(CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    }
    response
}
