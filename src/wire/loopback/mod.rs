//! The loopback wire: the operating system's own TCP, over the loopback of a network namespace made for it. Linux only.
//!
//! Everything is real here, including the time, so no run repeats another. You can see what the kernel does with packets that
//! never reach a network card: there's no ARP, Ethernet addresses are zeros, and checksums aren't filled in. Packets are no longer
//! than Ethernet's, and stamped when the loopback delivers them.
//!
//! This thread enters the namespace for good: a program that runs this has nothing else to do on a network. Without root's
//! rights, that has to happen before a second thread starts.

mod capture;
mod connection;
mod hosts;
mod interface;
mod sockets;

// They make namespaces, which not every system lets them: `tests/run` turns them on.
#[cfg(all(test, feature = "peers"))]
mod tests;

use std::io;
use std::time::Duration;

use nix::sys::utsname::uname;
use tokio::time::Instant;

use capture::{Capture, Captured};
pub(super) use connection::{Connection, Handle, Listener};
use hosts::Hosts;
use sockets::Sockets;

use crate::kernel::{Refused, System, namespace};

use super::{BoxError, Network, NetworkKind, Recording, Settings, WireError};

/// The most hosts on one wire: as many as an address's last byte can tell apart.
pub const MOST_HOSTS: usize = 254;

/// How long a demonstration may take, and its connections to close after it.
pub const TIME_LIMIT: Duration = Duration::from_mins(10);

/// How long nothing may happen, beyond what the demonstration sleeps on purpose: then it hangs. On a wire that loses
/// packets it is longer: TCP waits for 1 s, then 2, 4, 8 and 16, before it sends the same SYN again.
const HANGS_AFTER: Duration = Duration::from_secs(10);
const HANGS_AFTER_WITH_LOSS: Duration = Duration::from_mins(1);

/// How often it is asked whether all is over.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Runs a demonstration in a network namespace of its own and records it, until it is over and its connections closed.
///
/// Hosts get addresses in the order named, those that they have on the virtual wire.
///
/// # Errors
///
/// See [`WireError`]; [`WireError::Refused`] where the system has no namespace for us. A demonstration in which nothing
/// has happened for a while hangs.
pub fn run<Demo, Performance>(settings: &Settings, hosts: &[&str], side: u8, demo: Demo) -> Result<Recording, WireError>
where
    Demo: FnOnce(Network) -> Performance,
    Performance: Future<Output = Result<(), BoxError>>,
{
    settings.check(hosts, MOST_HOSTS)?;
    let hosts = Hosts::new(hosts, side);
    let system = System::look();
    namespace::enter(system)?;
    let loopback = interface::loopback(system, hosts.addresses())?;
    let unmet = loopback.impair(settings.rtt, settings.loss);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let capture = Capture::start(system, usize::from(side))?;
    let (outcome, wire) = runtime.block_on(async {
        let handle = Handle::new(hosts);
        let wire = Wire { handle: handle.clone(), capture, settings: *settings, start: Instant::now() };
        (wire.perform(demo(Network(NetworkKind::Loopback(handle)))).await, wire)
    });
    let captured = wire.capture.finish();
    outcome?;
    let Captured { packets, lost } = captured?;
    Ok(Recording { packets, hosts: wire.handle.hosts().list(), stack: stack(), unmet, missed: lost })
}

impl From<Refused> for WireError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused.or("take the virtual wire, which needs no rights: `--wire virtual`").to_string())
    }
}

/// A demonstration under way.
struct Wire {
    handle: Handle,
    capture: Capture,
    settings: Settings,
    start: Instant,
}

impl Wire {
    async fn perform(&self, performance: impl Future<Output = Result<(), BoxError>>) -> Result<(), WireError> {
        tokio::select! {
            biased;
            outcome = performance => outcome.map_err(WireError::Demo)?,
            waiting = self.hang() => return Err(WireError::Hung { after: self.start.elapsed(), waiting: waiting? }),
        }
        let over = Instant::now();
        tokio::select! {
            biased;
            quiet = Self::quiet() => quiet?,
            waiting = self.hang() => return Err(WireError::LeftOpen { after: over.elapsed(), waiting: waiting? }),
        }
        // What was sent last may still be under way.
        tokio::time::sleep(self.settings.rtt).await;
        Ok(())
    }

    /// Waits until no connection is open.
    async fn quiet() -> io::Result<()> {
        loop {
            // First, so that programs can close what they have: to look takes milliseconds, in which nothing else runs.
            tokio::time::sleep(LOOK_EVERY).await;
            if Sockets::now()?.are_quiet() {
                return Ok(());
            }
        }
    }

    /// Waits until nothing has happened for too long, or until it has gone on for too long; says what is still open.
    async fn hang(&self) -> io::Result<String> {
        let patience =
            if self.settings.loss > 0.0 { HANGS_AFTER_WITH_LOSS } else { HANGS_AFTER } + self.settings.rtt * 4;
        let (start, mut latest, mut seen) = (Instant::now(), Instant::now(), self.capture.seen());
        loop {
            tokio::time::sleep(LOOK_EVERY * 20).await;
            let now = Instant::now();
            if self.capture.seen() != seen {
                (seen, latest) = (self.capture.seen(), now);
            }
            let idle = now.saturating_duration_since(latest.max(self.handle.asleep_until()));
            if idle > patience || now - start > TIME_LIMIT {
                return Ok(Sockets::now()?.describe(self.handle.hosts()));
            }
        }
    }
}

/// Whose TCP it is: "Linux 6.1.176". What a distribution adds to the version says nothing of TCP.
fn stack() -> String {
    let version = uname().ok().and_then(|name| name.release().to_str().map(str::to_owned)).unwrap_or_default();
    let digits = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    format!("Linux {}", version.get(..digits).unwrap_or_default()).trim_end().to_owned()
}
