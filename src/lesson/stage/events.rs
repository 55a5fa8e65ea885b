//! A client's end of server-sent events.

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::{Bytes, Incoming};

use super::HttpClient;
use crate::wire::BoxError;

/// A client's end of an event stream.
pub struct Events(Incoming);

impl Events {
    /// What arrives next, `None` after the last. Here that is one event: each is small, and sent long after the one
    /// before.
    ///
    /// # Errors
    ///
    /// Where the connection breaks off before the response is complete.
    pub async fn next(&mut self) -> Result<Option<Bytes>, BoxError> {
        while let Some(frame) = self.0.frame().await.transpose()? {
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }
}

impl HttpClient {
    /// Asks for an event stream, as `new EventSource(path)` does.
    ///
    /// # Errors
    ///
    /// Where the connection breaks off before the response begins.
    pub async fn events(&mut self, path: &str) -> Result<Events, BoxError> {
        let request = Request::get(path).header(hyper::header::ACCEPT, "text/event-stream").body(Full::default())?;
        Ok(Events(self.begin(request).await?.into_body()))
    }
}
