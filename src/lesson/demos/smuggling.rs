//! A proxy forwards a comment that looks like a request: with one length it is a comment, with two it depends on who
//! reads it.
//!
//! Written and read by hand: hyper neither sends a message with two lengths, nor trusts one it received.

use hyper::StatusCode;

use super::Demo;
use crate::lesson::stage::by_hand::{ByHand, content_length, field};
use crate::lesson::stage::{Outcome, PORT, Stage, response};
use crate::wire::BoxError;

/// A: one length. B: both, to a server that believes the other one and goes on. C: both, to hyper, which closes.
pub const DEMO: Demo = Demo {
    hosts: &["front", "back"],
    sides: &[
        |stage| Box::pin(careless(stage, "")),
        |stage| Box::pin(careless(stage, CHUNKED)),
        |stage| Box::pin(careful(stage, CHUNKED)),
    ],
};

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";
/// What a visitor writes into a form: as chunks, a body that ends at once, and a request.
const COMMENT: &str = "0\r\n\r\nGET /other HTTP/1.1\r\nHost: server.example\r\n\r\n";

async fn careless(stage: Stage, second_length: &str) -> Outcome {
    let mut listener = stage.network.listen("back", PORT)?;
    tokio::spawn(async move {
        while let Ok(connection) = listener.accept().await {
            tokio::spawn(believe_chunks(ByHand::new(connection)));
        }
    });
    forward(&stage, second_length).await
}

async fn careful(stage: Stage, second_length: &str) -> Outcome {
    stage.serve("back", |request| async move {
        let (status, body) = answer(request.uri().path());
        response(status, "text/plain; charset=utf-8", body)
    })?;
    forward(&stage, second_length).await
}

/// The front: it goes by Content-Length alone, and keeps its connection for the next visitor if it may.
async fn forward(stage: &Stage, second_length: &str) -> Outcome {
    let fields = "Host: server.example\r\nVia: 1.1 front\r\n";
    let length = COMMENT.len();
    let comment =
        format!("POST /comments HTTP/1.1\r\n{fields}Content-Length: {length}\r\n{second_length}\r\n{COMMENT}");
    let account = format!("GET /account HTTP/1.1\r\n{fields}\r\n");
    let mut back = connect(stage).await?;
    for request in [comment, account] {
        back.send(&request).await?;
        let Some(section) = back.until("\r\n\r\n").await? else { return Ok(()) };
        back.exactly(content_length(&section)).await?;
        if field(&section, "Connection") == Some("close") {
            back.finish().await?;
            back = connect(stage).await?;
        }
    }
    Ok(back.finish().await?)
}

async fn connect(stage: &Stage) -> Result<ByHand, BoxError> {
    Ok(ByHand::new(stage.network.connect("front", "back", PORT).await?))
}

/// The back of A and B: where there are two lengths it goes by Transfer-Encoding, as it should, and does not wonder.
async fn believe_chunks(mut front: ByHand) -> Outcome {
    while let Some(section) = front.until("\r\n\r\n").await? {
        match field(&section, "Transfer-Encoding") {
            Some(_) => drop(front.until("0\r\n\r\n").await?),
            None => drop(front.exactly(content_length(&section)).await?),
        }
        let (status, body) = answer(section.split(' ').nth(1).unwrap_or_default());
        let length = body.len();
        let fields = format!("Content-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n");
        front.send(&format!("HTTP/1.1 {status}\r\n{fields}\r\n{body}")).await?;
    }
    Ok(())
}

fn answer(path: &str) -> (StatusCode, &'static str) {
    match path {
        "/comments" => (StatusCode::CREATED, "Thank you for your comment.\n"),
        "/account" => (StatusCode::OK, "Your account.\n"),
        _ => (StatusCode::OK, "Something that nobody asked for.\n"),
    }
}
