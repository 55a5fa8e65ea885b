//! The site: who gets what for which request, and what the server remembers of it.

use std::net::IpAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::host::{self, Misdirected};
use super::notes::{MOST_NOTES, Notes};
use super::offers::{Offer, Resource};
use super::origin::Asker;
use super::replies::{self, Answer, Whole, empty, fault, parameter, said, whole};
use super::request_body::{read, text_of};
use super::sessions::{self, Sessions};
use super::sockets::{self, Talk};
use super::{Attended, representation};
use crate::peer::{Room, response};

/// A name is cut after so many characters.
const LONGEST_NAME: usize = 40;

const PAGE: &str = include_str!("page.html");

/// The site, and what it remembers.
pub(super) struct Site {
    origins: Vec<String>,
    hosts: Vec<String>,
    notes: Notes,
    sessions: Sessions,
    room: Room,
}

#[derive(Deserialize)]
struct Login {
    name: String,
}

impl Site {
    pub(super) fn new(origins: Vec<String>, hosts: Vec<String>) -> Self {
        Self { origins, hosts, notes: Notes::default(), sessions: Sessions::default(), room: Room::default() }
    }

    /// Answers a request that came to that address.
    pub(super) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        local: IpAddr,
        attended: Attended,
    ) -> Answer {
        let asker = Asker::of(request.headers(), &self.origins);
        let mut answer = match host::check(&request, local, &self.hosts) {
            Ok(()) => self.route(request, &asker, attended).await,
            Err(misdirected) => refused(&misdirected).map(whole),
        };
        let fields = answer.headers_mut();
        fields.insert(header::SERVER, HeaderValue::from_static("wire101"));
        if let Asker::Allowed(origin) = asker {
            fields.append(header::VARY, HeaderValue::from_static("Origin"));
            fields.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            fields.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            fields.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Location, ETag"));
        }
        answer
    }

    async fn route(&self, request: Request<Incoming>, asker: &Asker, attended: Attended) -> Answer {
        let path = request.uri().path().to_owned();
        let Some((offer, chosen)) = Offer::at(&path) else {
            return said(StatusCode::NOT_FOUND, "There's nothing here; / shows what there is.").map(whole);
        };
        let method = request.method().clone();
        let changes = !matches!(method, Method::GET | Method::HEAD);
        if *asker == Asker::Foreign && (changes || offer.is_websocket()) {
            let why = "Pages from another origin may not use this server; `wire101 serve --origin ORIGIN` allows them.";
            return said(StatusCode::FORBIDDEN, why).map(whole);
        }
        if method == Method::OPTIONS {
            return replies::options(offer, request.headers()).map(whole);
        }
        if !offer.takes(&method) {
            return replies::refused(offer, &method).map(whole);
        }
        match offer.is {
            Resource::Chunked => return replies::chunked(),
            Resource::Events => return replies::events(request.uri().query(), attended),
            Resource::Echo => return sockets::open(request, Talk::Echo, attended).map(whole),
            Resource::Chat => {
                let name = parameter(request.uri().query(), "name").unwrap_or_else(|| "somebody".to_owned());
                // Whoever has the 101 hears everything from then on, so they take their place before it is sent.
                let seat = self.room.join(&short(&name));
                return sockets::open(request, Talk::Chat(seat), attended).map(whole);
            }
            _ => {}
        }
        let (parts, body) = request.into_parts();
        let response = match offer.is {
            Resource::Page => response(StatusCode::OK, "text/html; charset=utf-8", PAGE),
            Resource::Notes if changes => self.add(&parts.headers, body).await,
            Resource::Notes => replies::json(StatusCode::OK, &json!(self.notes.list())),
            Resource::Note => self.note(&method, chosen, &parts.headers, body).await,
            Resource::Login => self.login(&method, &parts.headers, body).await,
            Resource::Me => self.me(&parts.headers),
            Resource::Slow => replies::slow(parts.uri.query()).await,
            _ => replies::status(chosen, offer),
        };
        representation::negotiate(&method, &parts.headers, response).await.map(whole)
    }

    async fn add(&self, fields: &HeaderMap, body: Incoming) -> Whole {
        let text = match text_of(fields, body).await {
            Ok(text) => text,
            Err(refusal) => return refusal,
        };
        let Some(note) = self.notes.add(text) else {
            return fault(
                StatusCode::INSUFFICIENT_STORAGE,
                &format!("there are {MOST_NOTES} notes: delete some first"),
            );
        };
        let mut created = replies::json(StatusCode::CREATED, &json!(note));
        let location = HeaderValue::from_str(&format!("/api/notes/{}", note.id));
        created.headers_mut().extend(location.map(|location| (header::LOCATION, location)));
        created
    }

    async fn note(&self, method: &Method, chosen: &str, fields: &HeaderMap, body: Incoming) -> Whole {
        let id = chosen.parse::<u32>().ok();
        let found = match *method {
            Method::PUT => match text_of(fields, body).await {
                Ok(text) => id.and_then(|id| self.notes.replace(id, text)),
                Err(refusal) => return refusal,
            },
            Method::DELETE if id.is_some_and(|id| self.notes.remove(id)) => return empty(StatusCode::NO_CONTENT),
            Method::DELETE => None,
            _ => id.and_then(|id| self.notes.get(id)),
        };
        match found {
            Some(note) => replies::json(StatusCode::OK, &json!(note)),
            None => fault(StatusCode::NOT_FOUND, "there is no such note; the server numbers them"),
        }
    }

    async fn login(&self, method: &Method, fields: &HeaderMap, body: Incoming) -> Whole {
        let (mut response, cookie) = if *method == Method::DELETE {
            self.sessions.end(fields);
            (empty(StatusCode::NO_CONTENT), format!("{}=; Path=/; Max-Age=0", sessions::NAME))
        } else {
            let name = match read::<Login>(fields, body).await {
                Ok(login) => short(&login.name),
                Err(refusal) => return refusal,
            };
            // Scripts need not read it, and pages of other sites shall not send it.
            let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Lax", sessions::NAME, self.sessions.begin(&name));
            (replies::json(StatusCode::OK, &json!({ "name": name })), cookie)
        };
        let cookie = HeaderValue::from_str(&cookie);
        response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
        response
    }

    fn me(&self, fields: &HeaderMap) -> Whole {
        let mut response = match self.sessions.who(fields) {
            Some(name) => replies::json(StatusCode::OK, &json!({ "name": name })),
            None => fault(StatusCode::FORBIDDEN, "nobody is logged in: POST {\"name\": \"Ada\"} to /login first"),
        };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// For a request that isn't for this server, or doesn't say which it is for.
fn refused(misdirected: &Misdirected) -> Whole {
    match misdirected {
        Misdirected::Unsaid(why) => said(StatusCode::BAD_REQUEST, why),
        Misdirected::Elsewhere(host) => said(
            StatusCode::MISDIRECTED_REQUEST,
            &format!(
                "This server isn't {host}. If any name would do, a page could make its own name lead here, and read what is \
                 meant for you (DNS rebinding). `wire101 serve --host NAME` adds a name."
            ),
        ),
    }
}

fn short(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect()
}
