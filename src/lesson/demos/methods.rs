//! Reading with GET and HEAD, beside writing with POST, PUT and DELETE: the same notes, and a cookie.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::{BodyExt, Collected, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{COOKIE, HeaderValue, LOCATION, SET_COOKIE};
use hyper::{Method, Request, Response, StatusCode};

use super::Demo;
use crate::lesson::stage::{Outcome, Stage, json_request, json_response};

/// A: GET and HEAD of one list. B: POST, PUT, DELETE, and the same DELETE again.
pub const DEMO: Demo =
    Demo { hosts: &["client", "server"], sides: &[|stage| Box::pin(read(stage)), |stage| Box::pin(write(stage))] };

/// What the server keeps: JSON, by its path.
type Notes = Arc<Mutex<BTreeMap<String, Bytes>>>;

async fn read(stage: Stage) -> Outcome {
    serve(&stage)?;
    let mut client = stage.http("client", "server").await?;
    let list = client.get("/notes").await?;
    client.send(Request::head("/notes").header(COOKIE, cookie(&list)).body(Full::default())?).await?;
    Ok(())
}

async fn write(stage: Stage) -> Outcome {
    serve(&stage)?;
    let mut client = stage.http("client", "server").await?;
    let created = client.send(json_request(Request::post("/notes"), "{\"text\": \"Call Ada\"}")?).await?;
    let note = created.headers().get(LOCATION).ok_or("a 201 without Location")?.to_str()?;
    let cookie = cookie(&created);
    let put = Request::put(note).header(COOKIE, &cookie);
    client.send(json_request(put, "{\"text\": \"Call Ada at nine\"}")?).await?;
    for _ in 0..2 {
        client.send(Request::delete(note).header(COOKIE, &cookie).body(Full::default())?).await?;
    }
    Ok(())
}

/// What to send back of the cookie that a response sets: all but its attributes.
fn cookie(response: &Response<Bytes>) -> String {
    let set = response.headers().get(SET_COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    set.split(';').take(1).collect()
}

fn serve(stage: &Stage) -> Outcome {
    let first = ("/notes/1".to_owned(), Bytes::from("{\"text\": \"Buy milk\"}"));
    let notes = Notes::new(Mutex::new(BTreeMap::from([first])));
    stage.serve("server", move |request| answer(request, notes.clone()))
}

async fn answer(request: Request<Incoming>, notes: Notes) -> Response<Full<Bytes>> {
    let (request, body) = request.into_parts();
    let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    let path = request.uri.path().to_owned();
    let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
    let mut response = match request.method {
        Method::POST => {
            let note = format!("/notes/{}", notes.len() + 1);
            let mut created = json_response(StatusCode::CREATED, body.clone());
            created.headers_mut().extend(HeaderValue::from_str(&note).map(|note| (LOCATION, note)));
            notes.insert(note, body);
            created
        }
        Method::PUT => {
            notes.insert(path, body.clone());
            json_response(StatusCode::OK, body)
        }
        Method::DELETE if notes.remove(&path).is_some() => no_content(),
        Method::GET | Method::HEAD if path == "/notes" => {
            let list: Vec<_> = notes.values().map(|note| String::from_utf8_lossy(note)).collect();
            json_response(StatusCode::OK, format!("[{}]", list.join(", ")))
        }
        _ => json_response(StatusCode::NOT_FOUND, "{\"error\": \"there is no such note\"}"),
    };
    if !request.headers.contains_key(COOKIE) {
        response.headers_mut().insert(SET_COOKIE, HeaderValue::from_static("session=c0ffee; Path=/; HttpOnly"));
    }
    response
}

fn no_content() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
