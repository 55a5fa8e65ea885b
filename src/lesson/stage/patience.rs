//! Servers that don't wait for ever, and clients that notice.

use std::time::Duration;

use hyper::body::{Body, Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioTimer;

use super::{HttpClient, Outcome, Stage, http, in_one_form};
use crate::wire::BoxError;

impl Stage {
    /// Serves HTTP as [`Self::serve`] does, and closes a connection that brings no whole request for so long.
    ///
    /// # Errors
    ///
    /// Where the host's port cannot be listened on.
    pub fn serve_with_patience<Answer, Responding, B>(&self, host: &str, patience: Duration, answer: Answer) -> Outcome
    where
        Answer: Fn(Request<Incoming>) -> Responding + Send + Sync + 'static,
        Responding: Future<Output = Response<B>> + Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let mut http = http();
        http.timer(TokioTimer::new()).header_read_timeout(patience);
        self.serve_by(http, host, None, in_one_form(answer))
    }
}

impl HttpClient {
    /// Waits until the connection is over: until the server closes it, while nobody asks for anything.
    ///
    /// # Errors
    ///
    /// Where it ends otherwise than by being closed.
    pub async fn closed(mut self) -> Outcome {
        Ok((&mut self.connection).await??)
    }
}
