//! Server-sent events: a response that goes on for as long as there is news (WHATWG HTML §9.2).
//!
//! On the wire it is one response with a chunked body; a chunk for each event.

use std::convert::Infallible;

use futures_util::stream;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response};
use tokio::sync::mpsc::Receiver;

use super::HttpClient;
use crate::wire::BoxError;

/// A response that sends every event it is given, as one chunk, until there are no more.
#[must_use]
pub fn event_stream(news: Receiver<&'static str>) -> Response<impl Body<Data = Bytes, Error = Infallible>> {
    let events = stream::unfold(news, |mut news| async {
        let data = news.recv().await?;
        Some((Ok(Frame::data(Bytes::from(format!("data: {data}\n\n")))), news))
    });
    let mut response = Response::new(StreamBody::new(events));
    let fields = response.headers_mut();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    fields.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

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
