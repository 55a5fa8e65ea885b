//! Bodies that come into being while they are sent.

use std::convert::Infallible;
use std::time::Duration;

use futures_util::stream;
use http_body_util::StreamBody;
use hyper::HeaderMap;
use hyper::body::{Body, Bytes, Frame};

use crate::wire::Network;

/// A body of pieces, each of them ready so long after the one before it, and then trailers, if there are any.
#[must_use = "a body is to be sent"]
pub fn growing(
    network: Network,
    pause: Duration,
    pieces: &'static [&'static str],
    trailers: HeaderMap,
) -> impl Body<Data = Bytes, Error = Infallible> + Send {
    let pieces = pieces.iter().map(|piece| Frame::data(Bytes::from_static(piece.as_bytes())));
    let trailers = (!trailers.is_empty()).then(|| Frame::trailers(trailers));
    let frames: Vec<Frame<Bytes>> = pieces.chain(trailers).collect();
    StreamBody::new(Box::pin(stream::unfold(frames.into_iter(), move |mut frames| {
        let network = network.clone();
        async move {
            let frame = frames.next()?;
            if frame.is_data() {
                network.sleep(pause).await;
            }
            Some((Ok(frame), frames))
        }
    })))
}
