//! One exchange: a page that exists, beside one that does not.

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderValue, SET_COOKIE};
use hyper::{Request, Response, StatusCode};

use super::Demo;
use crate::lesson::stage::{Outcome, Stage, response};

/// A: GET a page that exists. B: GET one that does not.
pub const DEMO: Demo = Demo {
    hosts: &["client", "server"],
    sides: &[|stage| Box::pin(get(stage, "/index.html")), |stage| Box::pin(get(stage, "/missing.html"))],
};

const PAGE: &str = "<!doctype html>
<html lang=\"en\">
<title>It works</title>
<h1>It works</h1>
<p>This page crossed the wire in one piece.</p>
</html>
";

async fn get(stage: Stage, path: &str) -> Outcome {
    stage.serve("server", |request| async move { answer(&request) })?;
    stage.http("client", "server").await?.get(path).await?;
    Ok(())
}

fn answer(request: &Request<Incoming>) -> Response<Full<Bytes>> {
    if request.uri().path() != "/index.html" {
        return response(StatusCode::NOT_FOUND, "application/json", "{\"error\": \"there is no such page\"}\n");
    }
    let mut page = response(StatusCode::OK, "text/html; charset=utf-8", PAGE);
    page.headers_mut().insert(SET_COOKIE, HeaderValue::from_static("visits=1; Path=/; HttpOnly"));
    page
}
