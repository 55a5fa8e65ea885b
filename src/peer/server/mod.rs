//! A small site over real TCP, for a learner's own client to talk to.
//!
//! Each connection is a task, and `site` answers the requests. Everything ends: at most [`MOST_CONNECTIONS`] are served at a time,
//! and any more get 503. When the server is stopped, it closes every WebSocket and finishes the responses that it has begun.

mod host;
mod notes;
mod offers;
mod origin;
mod replies;
mod representation;
mod request_body;
mod sessions;
mod site;
mod sockets;

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Body as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::{sleep, timeout};

pub use self::offers::{OFFERS, Offer};
use self::site::Site;

/// How many connections are attended to at a time.
pub const MOST_CONNECTIONS: usize = 256;

/// How many more are told so, with a 503; what comes beyond is closed at once.
const MOST_REFUSED: usize = 64;

/// How long a connection may take to bring a whole header section, or a whole body.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How long what is being answered may go on when the server is stopped.
const GRACE: Duration = Duration::from_secs(5);

/// How long to wait where the system had no socket for a connection: some will be closed by then.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(100);

/// A request, and what it was answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The method.
    pub method: Method,
    /// The target, as it was asked for.
    pub target: String,
    /// The status.
    pub status: StatusCode,
    /// How many bytes the answer's body has; nothing if that isn't known when it begins.
    pub length: Option<u64>,
}

/// Who is told of each request.
pub type Told = Arc<dyn Fn(Answered) + Send + Sync>;

/// A server that listens, and does not answer yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    site: Arc<Site>,
}

/// What a request is being answered with: its place among the connections, and when to stop.
#[derive(Clone)]
struct Attended {
    /// Given back when the connection, or the WebSocket that it became, is over.
    _place: Arc<OwnedSemaphorePermit>,
    /// Whoever has one of these has not finished.
    _unfinished: mpsc::Sender<Infallible>,
    stopping: watch::Receiver<bool>,
}

impl Attended {
    /// Waits until the server is stopped.
    async fn stopped(&self) {
        // Without a server there is nothing more to wait for, either.
        let _ = self.stopping.clone().wait_for(|stopping| *stopping).await;
    }
}

impl Server {
    /// Listens. Port 0 is one that the system chooses. Pages of `origins` may use the server, besides those of this machine. It
    /// goes by the names of `hosts`, besides localhost and its address.
    ///
    /// # Errors
    ///
    /// What the system says: the port is in use, or not for everybody; the address is not this machine's.
    pub async fn bind(address: IpAddr, port: u16, origins: Vec<String>, hosts: Vec<String>) -> io::Result<Self> {
        let listener = TcpListener::bind((address, port)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address, site: Arc::new(Site::new(origins, hosts)) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop`, and then finishes; `told` hears of each request as it's answered. Whether everything was finished in time:
    /// within 5 s.
    pub async fn run(self, stop: impl Future<Output = ()>, told: Told) -> bool {
        let (stopping, stopped) = watch::channel(false);
        let (unfinished, mut finished) = mpsc::channel(1);
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS + MOST_REFUSED));
        let mut stop = pin!(stop);
        loop {
            let accepted = tokio::select! {
                biased;
                () = &mut stop => break,
                accepted = self.listener.accept() => accepted,
            };
            let Ok((stream, _)) = accepted else {
                // The client is gone already, or the system has no room for it.
                sleep(OUT_OF_SOCKETS).await;
                continue;
            };
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
            let site = (places.available_permits() >= MOST_REFUSED).then(|| Arc::clone(&self.site));
            let attended =
                Attended { _place: Arc::new(place), _unfinished: unfinished.clone(), stopping: stopped.clone() };
            tokio::spawn(attend(stream, site, attended, Arc::clone(&told)));
        }
        drop((self.listener, unfinished));
        stopping.send_replace(true);
        timeout(GRACE, finished.recv()).await.is_ok()
    }
}

/// Answers what comes on a connection; without a site, that there is no room for it.
async fn attend(stream: TcpStream, site: Option<Arc<Site>>, attended: Attended, told: Told) {
    // Of all addresses that it listens at, the one that this client came to.
    let Ok(local) = stream.local_addr() else { return };
    let mut http = http1::Builder::new();
    http.title_case_headers(true).timer(TokioTimer::new()).header_read_timeout(READ_TIMEOUT);
    let service = service_fn(|request| {
        let (site, attended, told) = (site.clone(), attended.clone(), Arc::clone(&told));
        async move {
            let (method, target) = (request.method().clone(), request.uri().to_string());
            let answer = match site {
                Some(site) => site.answer(request, local.ip(), attended).await,
                None => replies::busy(),
            };
            told(Answered { method, target, status: answer.status(), length: answer.body().size_hint().exact() });
            Ok::<_, Infallible>(answer)
        }
    });
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let over = tokio::select! {
        biased;
        over = &mut connection => Some(over),
        () = attended.stopped() => None,
    };
    // A client may break off whenever it likes, and say what is no HTTP: hyper has answered that as far as it can be.
    if over.is_none() {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}
