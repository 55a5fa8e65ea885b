//! Server-sent events: a response that goes on for as long as there is news (WHATWG HTML §9.2).
//!
//! On the wire it is one response with a chunked body; a chunk for each event.

use std::convert::Infallible;
use std::fmt::Display;

use futures_util::stream;
use http_body_util::StreamBody;
use hyper::Response;
use hyper::body::{Body, Bytes, Frame};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use tokio::sync::mpsc::Receiver;

/// A response that sends every event it is given, as one chunk, until there are no more. An event is a line of text.
#[must_use]
pub fn event_stream<News: Display + Send>(
    news: Receiver<News>,
) -> Response<impl Body<Data = Bytes, Error = Infallible> + Send> {
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
