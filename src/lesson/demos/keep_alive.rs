//! Three requests: a connection for each, beside one for all.

use http_body_util::Full;
use hyper::header::CONNECTION;
use hyper::{Request, StatusCode};

use super::Demo;
use crate::lesson::stage::{Outcome, Stage, response};

/// A: every request on a connection of its own. B: all of them on one.
pub const DEMO: Demo =
    Demo { hosts: &["client", "server"], sides: &[|stage| Box::pin(close(stage)), |stage| Box::pin(keep(stage))] };

const PATHS: [&str; 3] = ["/one", "/two", "/three"];

async fn close(stage: Stage) -> Outcome {
    serve(&stage)?;
    for path in PATHS {
        let request = Request::get(path).header(CONNECTION, "close").body(Full::default())?;
        stage.http("client", "server").await?.send(request).await?;
    }
    Ok(())
}

async fn keep(stage: Stage) -> Outcome {
    serve(&stage)?;
    let mut client = stage.http("client", "server").await?;
    for path in PATHS {
        client.get(path).await?;
    }
    Ok(())
}

fn serve(stage: &Stage) -> Outcome {
    stage.serve("server", |request| async move {
        let body = match request.uri().path() {
            "/one" => "The first.\n",
            "/two" => "The second.\n",
            _ => "The third.\n",
        };
        response(StatusCode::OK, "text/plain; charset=utf-8", body)
    })
}
