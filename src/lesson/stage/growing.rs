//! Bodies that are made while they're being sent, in the wire's time.

use std::convert::Infallible;
use std::time::Duration;

use hyper::HeaderMap;
use hyper::body::{Body, Bytes};

use crate::peer;
use crate::wire::Network;

/// A body of pieces, each of them ready so long after the one before it, and then trailers, if there are any.
#[must_use = "a body is to be sent"]
pub fn growing(
    network: Network,
    pause: Duration,
    pieces: &'static [&'static str],
    trailers: HeaderMap,
) -> impl Body<Data = Bytes, Error = Infallible> + Send {
    let pause = move || {
        let network = network.clone();
        async move { network.sleep(pause).await }
    };
    peer::growing(pause, pieces, trailers)
}
