//! Where a body ends: Content-Length, beside chunks, beside the end of the connection.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Body;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TE, TRAILER};
use hyper::{Request, Response, Version};

use super::Demo;
use crate::lesson::stage::{Outcome, Stage, growing};

/// The same answer twice, worked out line by line. A: sent when the length is known. B: sent in chunks, with a trailer.
/// C: sent to a client of HTTP/1.0, which knows no chunks.
pub const DEMO: Demo = Demo {
    hosts: &["client", "server"],
    sides: &[|stage| Box::pin(length(stage)), |stage| Box::pin(chunked(stage)), |stage| Box::pin(until_close(stage))],
};

const PATH: &str = "/weather";
const TIMES: u8 = 2;

/// A line takes the server so long.
const WORK: Duration = Duration::from_millis(100);

/// Letters of one byte, and of two.
const WEATHER: &[&str] = &["Zürich 21 °C\n", "São Paulo 27 °C\n", "Oslo 9 °C\n"];

/// What a trailer is for: it is known only when all else is sent. Browsers read this one (W3C Server Timing).
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

async fn length(stage: Stage) -> Outcome {
    let network = stage.network.clone();
    stage.serve("server", move |_| {
        let body = growing(network.clone(), WORK, WEATHER, HeaderMap::new()).collect();
        async { text(Full::new(body.await.unwrap_or_default().to_bytes())) }
    })?;
    let mut client = stage.http("client", "server").await?;
    for _ in 0..TIMES {
        client.get(PATH).await?;
    }
    Ok(())
}

async fn chunked(stage: Stage) -> Outcome {
    let network = stage.network.clone();
    stage.serve("server", move |_| {
        let trailers = HeaderMap::from_iter([(SERVER_TIMING, HeaderValue::from_static("weather;dur=300"))]);
        let mut response = text(growing(network.clone(), WORK, WEATHER, trailers));
        response.headers_mut().insert(TRAILER, HeaderValue::from_static("Server-Timing"));
        async { response }
    })?;
    let mut client = stage.http("client", "server").await?;
    for _ in 0..TIMES {
        // Trailers are for those who ask for them (RFC 9110 §6.5.1).
        client.send(Request::get(PATH).header(TE, "trailers").header(CONNECTION, "TE").body(Full::default())?).await?;
    }
    Ok(())
}

async fn until_close(stage: Stage) -> Outcome {
    let network = stage.network.clone();
    stage.serve("server", move |_| {
        let response = text(growing(network.clone(), WORK, WEATHER, HeaderMap::new()));
        async { response }
    })?;
    for _ in 0..TIMES {
        let request = Request::get(PATH).version(Version::HTTP_10).body(Full::default())?;
        stage.http("client", "server").await?.send(request).await?;
    }
    Ok(())
}

fn text<B: Body>(body: B) -> Response<B> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
