//! Bodies that are made while they're being sent.

use std::convert::Infallible;

use futures_util::stream;
use http_body_util::StreamBody;
use hyper::HeaderMap;
use hyper::body::{Body, Bytes, Frame};

/// A body of pieces, and then trailers, if there are any. Before each piece there is a pause.
#[must_use = "a body is to be sent"]
pub fn growing<Pause, Pausing>(
    pause: Pause,
    pieces: &'static [&'static str],
    trailers: HeaderMap,
) -> impl Body<Data = Bytes, Error = Infallible> + Send
where
    Pause: Fn() -> Pausing + Clone + Send,
    Pausing: Future<Output = ()> + Send,
{
    let pieces = pieces.iter().map(|piece| Frame::data(Bytes::from_static(piece.as_bytes())));
    let trailers = (!trailers.is_empty()).then(|| Frame::trailers(trailers));
    let frames: Vec<Frame<Bytes>> = pieces.chain(trailers).collect();
    StreamBody::new(Box::pin(stream::unfold(frames.into_iter(), move |mut frames| {
        let pause = pause.clone();
        async move {
            let frame = frames.next()?;
            if frame.is_data() {
                pause().await;
            }
            Some((Ok(frame), frames))
        }
    })))
}
