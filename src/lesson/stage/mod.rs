//! What demonstrations are built on: real hyper servers and clients, and real tungstenite, over a wire's connections.
//!
//! The stage supplies everything random, and nothing here reads a clock. So on a wire that's repeatable, demonstrations are
//! repeatable. It knows nothing of lessons' texts or of captures.

pub mod by_hand;
mod closing;
pub mod deflated;
mod events;
pub mod faults;
mod growing;
mod patience;
pub mod proxy;
mod raw;
mod schedule;
mod websocket;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1 as client;
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use tokio::task::JoinHandle;

use crate::wire::seeded::{Purpose, Seeded};
use crate::wire::tamper::Change;
use crate::wire::{BoxError, Network};
pub use closing::close;
pub use events::Events;
pub use growing::growing;
pub use raw::{client_connection, server_connection};
pub use schedule::Schedule;
pub use websocket::ClientSocket;

pub use crate::peer::{Outcome, Room, ServerSocket, event_stream, json_request, json_response, response, upgrade};

/// The port everything is served on (RFC 9110 §4.2.1).
pub const PORT: u16 = 80;

/// A wire, and the randomness of one run. Clones draw from the same.
#[derive(Clone)]
pub struct Stage {
    /// The hosts.
    pub network: Network,
    seed: u64,
    side: u8,
    drawings: Arc<AtomicU32>,
}

impl Stage {
    /// The stage for one side of a lesson.
    #[must_use]
    pub fn new(network: Network, seed: u64, side: u8) -> Self {
        Self { network, seed, side, drawings: Arc::default() }
    }

    /// What everything random follows from.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Randomness of the caller's own: nobody else draws from it, and in another run it is the same.
    #[must_use]
    pub fn random(&self) -> Seeded {
        Seeded::new(self.seed, self.side, Purpose::Program(self.drawings.fetch_add(1, Ordering::Relaxed)))
    }

    /// Serves HTTP on a host, as many connections as come, until the wire is taken down.
    ///
    /// # Errors
    ///
    /// Where the host's port cannot be listened on.
    pub fn serve<Answer, Responding, B>(&self, host: &str, answer: Answer) -> Outcome
    where
        Answer: Fn(Request<Incoming>) -> Responding + Send + Sync + 'static,
        Responding: Future<Output = Response<B>> + Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.serve_by(http(), host, None, in_one_form(answer))
    }

    /// Serves HTTP as [`serve`](Self::serve) does, but what the server writes on the first connection is changed on its
    /// way.
    ///
    /// # Errors
    ///
    /// Where the host's port cannot be listened on.
    pub fn serve_tampered<Answer, Responding, B>(&self, host: &str, change: Change, answer: Answer) -> Outcome
    where
        Answer: Fn(Request<Incoming>) -> Responding + Send + Sync + 'static,
        Responding: Future<Output = Response<B>> + Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.serve_by(http(), host, Some(change), in_one_form(answer))
    }

    /// Serves HTTP as a builder says.
    fn serve_by(&self, http: server::Builder, host: &str, mut change: Option<Change>, answer: Answering) -> Outcome {
        let mut listener = self.network.listen(host, PORT)?;
        let service = service_fn(move |request| {
            let responding = answer(request);
            async {
                let mut response = responding.await;
                response.headers_mut().insert(header::SERVER, header::HeaderValue::from_static("wire101"));
                Ok::<_, Infallible>(response)
            }
        });
        tokio::spawn(async move {
            while let Ok(connection) = listener.accept().await {
                let connection = match change.take() {
                    Some(change) => connection.tampered(change),
                    None => connection,
                };
                // A client may break off whenever it likes, and some lessons are about that: the error is not the
                // server's.
                tokio::spawn(http.serve_connection(TokioIo::new(connection), service.clone()).with_upgrades());
            }
        });
        Ok(())
    }

    /// Opens an HTTP connection.
    ///
    /// # Errors
    ///
    /// Where it cannot be opened.
    pub async fn http(&self, from: &str, to: &str) -> Result<HttpClient, BoxError> {
        let connection = self.network.connect(from, to, PORT).await?;
        let (sender, connection) =
            client::Builder::new().title_case_headers(true).handshake(TokioIo::new(connection)).await?;
        // What goes wrong on the connection also reaches whoever waits for a response on it.
        let connection = tokio::spawn(connection.with_upgrades());
        Ok(HttpClient { sender, authority: authority(to), connection })
    }
}

/// What answers requests. It has one form, whatever lesson it is of: hyper's server is large, and is compiled for each form
/// that there is.
type Answering = Arc<dyn Fn(Request<Incoming>) -> Pin<Box<dyn Future<Output = Answered> + Send>> + Send + Sync>;

/// A response with any body.
type Answered = Response<UnsyncBoxBody<Bytes, BoxError>>;

fn in_one_form<Answer, Responding, B>(answer: Answer) -> Answering
where
    Answer: Fn(Request<Incoming>) -> Responding + Send + Sync + 'static,
    Responding: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    Arc::new(move |request| {
        let responding = answer(request);
        Box::pin(async { responding.await.map(|body| body.map_err(Into::into).boxed_unsync()) })
    })
}

/// The server that lessons have.
fn http() -> server::Builder {
    let mut http = server::Builder::new();
    // The clock of a recording is a constant; a Date would be today's.
    http.title_case_headers(true).auto_date_header(false);
    http
}

/// One HTTP/1.1 connection. Dropping it closes it.
pub struct HttpClient {
    sender: client::SendRequest<Full<Bytes>>,
    authority: String,
    connection: JoinHandle<hyper::Result<()>>,
}

impl HttpClient {
    /// Requests a representation with GET.
    ///
    /// # Errors
    ///
    /// See [`Self::send`].
    pub async fn get(&mut self, path: &str) -> Result<Response<Bytes>, BoxError> {
        self.send(Request::get(path).body(Full::default())?).await
    }

    /// Sends a request, completed by what every request here has (Host, User-Agent, Accept), and waits for the whole
    /// response.
    ///
    /// # Errors
    ///
    /// Where the connection breaks off before the response is complete.
    pub async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, BoxError> {
        let (parts, body) = self.begin(request).await?.into_parts();
        Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
    }

    /// Sends a request as [`Self::send`] does, and waits for the head of the response alone.
    async fn begin(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, BoxError> {
        let (mut parts, body) = request.into_parts();
        let own = std::mem::take(&mut parts.headers);
        parts.headers.insert(header::HOST, self.authority.parse()?);
        parts.headers.insert(header::USER_AGENT, header::HeaderValue::from_static("wire101"));
        parts.headers.insert(header::ACCEPT, header::HeaderValue::from_static("*/*"));
        parts.headers.extend(own);
        self.pass_on(Request::from_parts(parts, body)).await
    }

    /// Sends a request as it is, and waits for the head of the response alone.
    async fn pass_on(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, BoxError> {
        self.sender.ready().await?;
        Ok(self.sender.send_request(request).await?)
    }
}

/// What a host is called in a URI: "server.example" (RFC 2606 §2).
fn authority(host: &str) -> String {
    format!("{host}.example")
}
