//! What a lesson says follows from what crosses the wire: another demonstration, and its texts say something else.

use std::collections::BTreeSet;

use futures_util::{SinkExt, StreamExt};
use http_body_util::Full;
use hyper::StatusCode;
use tokio_tungstenite::tungstenite::Message;
use wire101::lesson::demos::Demo;
use wire101::lesson::stage::{ClientSocket, Outcome, Room, Stage, close, response, upgrade};
use wire101::lesson::{self, Lesson, Measure, Run, catalogue};
use wire101::render::lesson::{Depth, narration, page};
use wire101::render::style::Style;
use wire101::wire::Wire;

/// Four clients where the lesson's own demonstration has three.
const FULLER_ROOM: Demo = Demo {
    hosts: &["anna", "ben", "carl", "dora", "server"],
    sides: &[|stage| Box::pin(chat(stage, &["anna"])), |stage| Box::pin(chat(stage, &["anna", "ben", "carl", "dora"]))],
};

/// Each says something that all others hear; then they leave, the last one first.
async fn chat(stage: Stage, names: &[&str]) -> Outcome {
    let room = Room::default();
    stage.serve("server", move |request| {
        let mut seat = room.join(request.uri().path().trim_start_matches("/room/"));
        async { upgrade(request, |mut socket| async move { seat.relay(&mut socket).await }) }
    })?;
    let mut clients = Vec::new();
    for name in names {
        clients.push(stage.websocket(name, "server", &format!("/room/{name}")).await?);
    }
    for speaker in 0..clients.len() {
        for text in ["Good evening!", "It is late.", "Is it?", "It is."] {
            clients[speaker].send(Message::text(text)).await?;
            hear(&mut clients, Some(speaker)).await?;
        }
    }
    while let Some(mut client) = clients.pop() {
        close(&mut client, 1000, "").await?;
        hear(&mut clients, None).await?;
    }
    Ok(())
}

async fn hear(clients: &mut [ClientSocket], apart_from: Option<usize>) -> Outcome {
    for (place, client) in clients.iter_mut().enumerate() {
        if Some(place) != apart_from {
            client.next().await.transpose()?;
        }
    }
    Ok(())
}

/// Bodies of other sizes, and one that does not fit into a packet.
const LARGER_PAGE: Demo = Demo {
    hosts: &["client", "server"],
    sides: &[|stage| Box::pin(fetch(stage, "/index.html")), |stage| Box::pin(fetch(stage, "/missing.html"))],
};

async fn fetch(stage: Stage, path: &str) -> Outcome {
    stage.serve("server", |request| async move {
        if request.uri().path() == "/index.html" {
            let mut page = response(StatusCode::OK, "text/html; charset=utf-8", "");
            *page.body_mut() = Full::from("<p>A page of several packets.\n".repeat(211));
            page
        } else {
            response(
                StatusCode::NOT_FOUND,
                "application/json",
                "{\"error\": \"no such page, and no such thing at all\"}\n",
            )
        }
    })?;
    stage.http("client", "server").await?.get(path).await?;
    Ok(())
}

/// More requests than the lesson's own demonstration has, in the same two ways.
const MORE_REQUESTS: Demo =
    Demo { hosts: &["client", "server"], sides: &[|stage| Box::pin(apart(stage)), |stage| Box::pin(together(stage))] };

const PATHS: [&str; 13] = ["/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h", "/i", "/j", "/k", "/l", "/m"];

async fn apart(stage: Stage) -> Outcome {
    serve(&stage)?;
    for path in PATHS {
        stage.http("client", "server").await?.get(path).await?;
    }
    Ok(())
}

async fn together(stage: Stage) -> Outcome {
    serve(&stage)?;
    let mut client = stage.http("client", "server").await?;
    for path in PATHS {
        client.get(path).await?;
    }
    Ok(())
}

fn serve(stage: &Stage) -> Outcome {
    stage.serve("server", |_| async { response(StatusCode::OK, "text/plain; charset=utf-8", "Another body.\n") })
}

/// A lesson as it is, and with another demonstration.
struct Changed {
    lesson: &'static Lesson,
    before: Run,
    after: Run,
}

impl Changed {
    fn by(name: &str, demo: &Demo) -> Self {
        let lesson = catalogue::find(name).unwrap();
        let settings = lesson.settings(Wire::Virtual);
        let before = lesson::run(lesson, Wire::Virtual, settings).unwrap();
        let after = lesson::run_with(lesson, demo, Wire::Virtual, settings).unwrap();
        Self { lesson, before, after }
    }

    /// What the lesson measures, as its texts write it: counts that no other thing is likely to have, and bytes.
    fn values(&self, run: &Run) -> BTreeSet<String> {
        let compared = self.lesson.compare.iter().map(|row| row.measure);
        let measures: Vec<Measure> = compared.collect();
        let values = |side: &lesson::run::SideRun| {
            let telling = |value: &u64| *value >= 10;
            let value = |measure: &Measure| {
                let value = side.measures.get(*measure).filter(telling)?;
                Some(measure.unit().format(value).replace('\u{a0}', " "))
            };
            measures.iter().filter_map(value).collect::<Vec<_>>()
        };
        run.sides.iter().flat_map(values).collect()
    }

    fn narration(run: &Run) -> String {
        words(&Style::plain(4000).lines(narration(run).unwrap()))
    }

    /// Everything that the lesson says in words, and its comparison.
    fn texts(&self, run: &Run) -> String {
        let filled = self.lesson.templates().map(|template| run.fill(template).unwrap());
        let filled: Vec<String> = filled.map(|text| text.replace('\u{a0}', " ")).collect();
        let page = words(&Style::plain(200).lines(page(run, Depth::default()).unwrap()));
        let comparison = page.lines().skip_while(|line| !line.trim_start().starts_with("A ")).take(20);
        format!("{}\n{}\n{}", Self::narration(run), filled.join("\n"), comparison.collect::<Vec<_>>().join("\n"))
    }

    fn follows(&self) {
        assert_ne!(Self::narration(&self.before), Self::narration(&self.after));
        let (before, after) = (self.values(&self.before), self.values(&self.after));
        let (old, new) = (self.texts(&self.before), self.texts(&self.after));
        let mut gone = 0;
        for value in before.difference(&after) {
            if has(&old, value) {
                gone += 1;
                assert!(!has(&new, value), "{} still says {value}:\n{new}", self.lesson.name);
            }
        }
        assert!(gone >= 3, "{}: only {gone} of {before:?} were said", self.lesson.name);
        self.questions_are_answered_from_the_capture();
    }

    /// With another demonstration some choices may not hold any more, and a packet may be another one: what is right is
    /// asked of the run each time.
    fn questions_are_answered_from_the_capture(&self) {
        let right = |run: &Run| {
            let checks = self.lesson.checks.iter().filter(|check| check.given.is_none());
            checks.map(|check| check.right(run).unwrap()).collect::<Vec<_>>()
        };
        let (before, after) = (right(&self.before), right(&self.after));
        assert_ne!(before, after, "{}: no answer has changed", self.lesson.name);
    }
}

fn words(lines: &[String]) -> String {
    lines.join("\n").replace('\u{a0}', " ")
}

/// Whether a text has a value, not within a longer number.
fn has(text: &str, value: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    text.match_indices(value).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + value.len()..]);
        let grouped = before.ends_with(' ') && digit(before.trim_end().chars().next_back());
        !digit(before.chars().next_back()) && !digit(after.chars().next()) && !grouped
    })
}

#[test]
fn with_another_client_a_chat_tells_of_another_client() {
    let chat = Changed::by("chat", &FULLER_ROOM);
    chat.follows();
    let text = Changed::narration(&chat.after);
    assert!(text.contains("with 4 people in it") && !text.contains("with 3 people in it"), "{text}");
}

#[test]
fn with_another_page_a_request_tells_of_another_page() {
    let page = Changed::by("request-response", &LARGER_PAGE);
    page.follows();
    assert!(Changed::narration(&page.after).contains("6 330 bytes of content"));
}

#[test]
fn with_more_requests_keep_alive_saves_more() {
    let more = Changed::by("keep-alive", &MORE_REQUESTS);
    more.follows();
    assert!(Changed::narration(&more.after).contains("side A opened 13, side B 1"));
}
