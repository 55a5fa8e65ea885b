//! The same bytes in one request, beside a request for each line of them.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, Response, StatusCode};

use super::Demo;
use crate::lesson::stage::{Outcome, Stage};

/// A: one request with every reading. B: one for each reading.
pub const DEMO: Demo = Demo {
    hosts: &["client", "server"],
    sides: &[
        |stage| Box::pin(post(stage, vec![READINGS.concat()])),
        |stage| Box::pin(post(stage, READINGS.map(str::to_owned).to_vec())),
    ],
};

/// What a thermometer says, as lines of CSV: they make one body as well as several.
const READINGS: [&str; 4] =
    ["10:00,indoors,21.4\n", "10:15,indoors,21.7\n", "10:30,indoors,22.0\n", "10:45,indoors,22.1\n"];

async fn post(stage: Stage, bodies: Vec<String>) -> Outcome {
    stage.serve("server", |_| async { no_content() })?;
    let mut client = stage.http("client", "server").await?;
    for body in bodies {
        client.send(Request::post("/readings").header(CONTENT_TYPE, "text/csv").body(body.into())?).await?;
    }
    Ok(())
}

/// Only what the client has to say is to be weighed.
fn no_content() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
