//! A score that changes twice, and a fan who cheers in between: polling, long polling, server-sent events, WebSocket.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::tungstenite::Message;

use super::Demo;
use crate::lesson::stage::{
    HttpClient, Outcome, Schedule, ServerSocket, Stage, close, event_stream, response, upgrade,
};

/// A: asks every second. B: asks, and is answered once there is news. C: one response that goes on. D: a WebSocket.
pub const DEMO: Demo = Demo {
    hosts: &["client", "server"],
    sides: &[
        |stage| Box::pin(polling(stage)),
        |stage| Box::pin(long_polling(stage)),
        |stage| Box::pin(server_sent_events(stage)),
        |stage| Box::pin(websocket(stage)),
    ],
};

/// What happens, and how long after the first request, or after what happened before.
const NEWS: [(Duration, &str); 2] = [(Duration::from_millis(1_400), "1:0"), (Duration::from_millis(2_600), "1:1")];
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// How long it takes the fan to find words.
const REACTION: Duration = Duration::from_millis(300);
const CHEER: &str = "Come on!";

async fn polling(stage: Stage) -> Outcome {
    let game = game(&stage);
    stage.serve("server", move |request| {
        let latest = game.follow();
        async move { if is_cheer(&request) { thanks() } else { news_after(&request, *latest.borrow()) } }
    })?;
    let mut client = stage.http("client", "server").await?;
    let mut seen = 0;
    while seen < NEWS.len() {
        let is_news = client.get(&path_after(seen)).await?.status() == StatusCode::OK;
        if is_news {
            seen += 1;
        }
        if is_news && seen == 1 {
            stage.network.sleep(REACTION).await;
            cheer(&mut client).await?;
        }
        if seen < NEWS.len() {
            stage.network.sleep(POLL_INTERVAL).await;
        }
    }
    Ok(())
}

async fn long_polling(stage: Stage) -> Outcome {
    let game = game(&stage);
    stage.serve("server", move |request| {
        let mut latest = game.follow();
        async move {
            if is_cheer(&request) {
                return thanks();
            }
            let latest = latest.wait_for(|latest| *latest > seen(&request)).await.map_or(0, |latest| *latest);
            news_after(&request, latest)
        }
    })?;
    let mut client = stage.http("client", "server").await?;
    client.get(&path_after(0)).await?;
    // The request that waits has its connection to itself.
    let path = path_after(1);
    tokio::try_join!(biased; client.get(&path), cheer_elsewhere(&stage))?;
    Ok(())
}

async fn server_sent_events(stage: Stage) -> Outcome {
    let game = game(&stage);
    stage.serve("server", move |request| {
        let mut latest = game.follow();
        async move {
            if is_cheer(&request) {
                return thanks().map(Either::Left);
            }
            let (sender, news) = mpsc::channel(NEWS.len());
            tokio::spawn(async move {
                while latest.changed().await.is_ok() {
                    let now = *latest.borrow_and_update();
                    if sender.send(news_number(now)).await.is_err() || now == NEWS.len() {
                        return;
                    }
                }
            });
            event_stream(news).map(Either::Right)
        }
    })?;
    let mut client = stage.http("client", "server").await?;
    let mut events = client.events("/score").await?;
    events.next().await?;
    cheer_elsewhere(&stage).await?;
    while events.next().await?.is_some() {}
    Ok(())
}

async fn websocket(stage: Stage) -> Outcome {
    let game = game(&stage);
    stage.serve("server", move |request| {
        let latest = game.follow();
        async move { upgrade(request, |socket| push(socket, latest)) }
    })?;
    let mut socket = stage.websocket("client", "server", "/score").await?;
    socket.next().await.transpose()?;
    stage.network.sleep(REACTION).await;
    socket.send(Message::text(CHEER)).await?;
    socket.next().await.transpose()?;
    close(&mut socket, 1000, "the end").await
}

async fn push(mut socket: ServerSocket, mut latest: watch::Receiver<usize>) -> Outcome {
    loop {
        tokio::select! {
            biased;
            message = socket.next() => if message.transpose()?.is_none() { return Ok(()) },
            Ok(()) = latest.changed() => {
                let now = *latest.borrow_and_update();
                socket.send(Message::text(news_number(now))).await?;
            }
        }
    }
}

fn game(stage: &Stage) -> Arc<Schedule> {
    Schedule::new(stage, NEWS.map(|(wait, _)| wait))
}

fn news_number(number: usize) -> &'static str {
    number.checked_sub(1).and_then(|index| NEWS.get(index)).map_or("", |(_, news)| news)
}

fn path_after(seen: usize) -> String {
    format!("/score?after={seen}")
}

fn seen(request: &Request<Incoming>) -> usize {
    let query = request.uri().query().and_then(|query| query.strip_prefix("after="));
    query.and_then(|seen| seen.parse().ok()).unwrap_or(0)
}

fn news_after(request: &Request<Incoming>, latest: usize) -> Response<Full<Bytes>> {
    let seen = seen(request);
    if latest > seen { response(StatusCode::OK, "text/plain; charset=utf-8", news_number(seen + 1)) } else { thanks() }
}

fn is_cheer(request: &Request<Incoming>) -> bool {
    request.method() == Method::POST
}

/// Cheers on a connection of its own.
async fn cheer_elsewhere(stage: &Stage) -> Outcome {
    stage.network.sleep(REACTION).await;
    cheer(&mut stage.http("client", "server").await?).await
}

async fn cheer(client: &mut HttpClient) -> Outcome {
    let request = Request::post("/cheer").header("content-type", "text/plain").body(Full::from(CHEER))?;
    client.send(request).await?;
    Ok(())
}

/// Nothing to say.
fn thanks() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
