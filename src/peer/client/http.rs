//! One HTTP/1.1 connection, and exchanges on it.

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, HOST, HeaderMap, HeaderName, HeaderValue, USER_AGENT as USER_AGENT_FIELD};
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;

use super::overheard::{Heard, Overheard};
use super::{ClientError, USER_AGENT, Url, dial};

/// A connection that requests are sent on. Dropping it closes it.
pub struct HttpClient {
    sender: http1::SendRequest<Full<Bytes>>,
    heard: Heard,
}

/// Heads as they went over the wire: start line and header section, their line ends, and an empty line.
#[derive(Clone, Debug)]
pub struct Heads {
    /// That of the request.
    pub request: Vec<u8>,
    /// That of the response, those of interim responses before it.
    pub response: Vec<u8>,
}

/// A response whose head was received; its body is still to be read.
pub struct Answer {
    /// The heads of the exchange.
    pub heads: Heads,
    response: Response<Incoming>,
    heard: Heard,
}

impl HttpClient {
    /// Connects to a server.
    ///
    /// # Errors
    ///
    /// If there is no connection.
    pub async fn open(url: &Url) -> Result<Self, ClientError> {
        let (connection, heard) = Overheard::new(dial(url).await?);
        let mut http = http1::Builder::new();
        http.title_case_headers(true);
        let (sender, connection) =
            http.handshake(TokioIo::new(connection)).await.map_err(|error| ClientError::of(&error, &heard))?;
        // What goes wrong on the connection also reaches whoever waits for a response on it.
        tokio::spawn(connection.with_upgrades());
        Ok(Self { sender, heard })
    }

    /// Whether another request can be sent: not once the server has closed the connection, or said that it will.
    pub async fn is_ready(&mut self) -> bool {
        self.sender.ready().await.is_ok()
    }

    /// Sends a request, completed by Host, User-Agent and Accept, unless `fields` has them, and waits for the head of the response.
    ///
    /// # Errors
    ///
    /// If the request cannot be sent, or nothing that is HTTP answers it.
    pub async fn send(
        &mut self,
        url: &Url,
        method: Method,
        fields: &[(HeaderName, HeaderValue)],
        body: Bytes,
    ) -> Result<Answer, ClientError> {
        let invalid = |error: &dyn std::error::Error| ClientError::Request(error.to_string());
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = url.target.parse().map_err(|error| invalid(&error))?;
        let own = request.headers_mut();
        own.insert(HOST, HeaderValue::from_str(&url.authority).map_err(|error| invalid(&error))?);
        own.insert(USER_AGENT_FIELD, USER_AGENT);
        own.insert(ACCEPT, HeaderValue::from_static("*/*"));
        for (name, _) in fields {
            own.remove(name);
        }
        for (name, value) in fields {
            own.append(name, value.clone());
        }
        self.heard.forget();
        let response = self.sender.send_request(request).await.map_err(|error| ClientError::of(&error, &self.heard))?;
        let heads = Heads { request: self.heard.request(), response: self.heard.heads() };
        Ok(Answer { heads, response, heard: self.heard.clone() })
    }
}

impl Answer {
    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The header section, to look things up in.
    #[must_use]
    pub fn fields(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The next piece of the body, transfer coding removed; nothing after the last.
    ///
    /// # Errors
    ///
    /// If the body breaks off.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, ClientError> {
        while let Some(frame) = self.response.body_mut().frame().await {
            let frame = frame.map_err(|error| ClientError::of(&error, &self.heard))?;
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// The connection, where it speaks another protocol from now on.
    pub(super) async fn upgraded(self) -> Result<Upgraded, ClientError> {
        hyper::upgrade::on(self.response).await.map_err(|error| ClientError::of(&error, &self.heard))
    }
}
