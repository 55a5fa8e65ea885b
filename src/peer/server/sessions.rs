//! Who is logged in, by the cookie that they were given (RFC 6265). There are no passwords: it shows how cookies work.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use hyper::header::{COOKIE, HeaderMap};
use tokio_tungstenite::tungstenite::handshake::client::generate_key;

use crate::layers::application::pairs;

/// How many are remembered; the oldest are forgotten.
const MOST_SESSIONS: usize = 100;

/// The cookie's name.
pub(super) const NAME: &str = "session";

#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<VecDeque<Session>>);

#[derive(Debug)]
struct Session {
    key: String,
    who: String,
}

impl Sessions {
    /// Begins a session; what its cookie has to say. It cannot be guessed: 128 bits of chance.
    pub(super) fn begin(&self, who: &str) -> String {
        let key = generate_key();
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.truncate(MOST_SESSIONS - 1);
        sessions.push_front(Session { key: key.clone(), who: who.to_owned() });
        key
    }

    /// Whose session a request belongs to, if to any.
    pub(super) fn who(&self, request: &HeaderMap) -> Option<String> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = keys(request).find(|key| sessions.iter().any(|session| session.key == *key))?;
        sessions.iter().find(|session| session.key == key).map(|session| session.who.clone())
    }

    /// Ends the session that a request belongs to.
    pub(super) fn end(&self, request: &HeaderMap) {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys(request) {
            sessions.retain(|session| session.key != key);
        }
    }
}

fn keys(request: &HeaderMap) -> impl Iterator<Item = String> {
    let cookies = request.get_all(COOKIE).into_iter().flat_map(|value| pairs::cookies(value.as_bytes()));
    cookies.filter(|(name, _)| name == NAME).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn request(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    #[test]
    fn a_session_is_known_by_its_cookie_until_it_ends() {
        let sessions = Sessions::default();
        let ada = request(&format!("theme=dark; {NAME}={}", sessions.begin("Ada")));
        assert_eq!(sessions.who(&ada).as_deref(), Some("Ada"));
        assert_eq!(sessions.who(&request("session=guessed")), None);
        assert_eq!(sessions.who(&HeaderMap::new()), None);
        sessions.end(&ada);
        assert_eq!(sessions.who(&ada), None);
    }

    #[test]
    fn the_oldest_is_forgotten_first() {
        let sessions = Sessions::default();
        let cookies: Vec<_> = (0..=MOST_SESSIONS)
            .map(|number| request(&format!("{NAME}={}", sessions.begin(&number.to_string()))))
            .collect();
        assert_eq!(sessions.who(&cookies[0]), None);
        assert_eq!(sessions.who(&cookies[1]).as_deref(), Some("1"));
    }
}
