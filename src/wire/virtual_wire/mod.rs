//! The virtual wire: smoltcp hosts on an Ethernet segment in memory, in virtual time.
//!
//! The runtime's clock stands still while anything can run and then jumps to the next timer, so that seconds on the
//! wire take milliseconds. Everything follows from the settings: the same settings give the same bytes, in any process,
//! on any machine.
//!
//! Packets are stamped when they are sent, on whole milliseconds: a view from above that no single machine has. The
//! first SYN is stamped with a constant; the ARP before it is earlier. This module joins the `segment` to the clock
//! and to programs.

mod connection;
mod host;
mod link;
mod segment;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

pub(super) use connection::{Connection, Handle, Listener};
use host::Host;
use link::Link;
use segment::Segment;

use super::{BoxError, Network, NetworkKind, Recording, Settings, WireError};

/// The most hosts on one wire: as many as one of them can have neighbours (smoltcp's cache holds 8), and itself.
pub const MOST_HOSTS: usize = 9;

/// How long a demonstration may take, and its connections to close after it, in virtual time. Where every fifth frame is
/// lost, TCP comes to wait a minute before each next attempt (RFC 6298 §5.5), and minutes add up.
pub const TIME_LIMIT: Duration = Duration::from_hours(1);

/// Whose TCP it is.
const STACK: &str = "smoltcp 0.14";

/// The wire as its users share it.
struct Wire {
    segment: Mutex<Segment>,
    /// A program did something: there may be more to do, or sooner.
    changed: Notify,
    start: Instant,
}

impl Wire {
    /// Does something on the wire, now, and has the wire go on from there.
    fn act<T>(&self, act: impl FnOnce(&mut Segment, u64) -> T) -> T {
        let now = self.now();
        let result = self.look(|segment| act(segment, now));
        self.changed.notify_one();
        result
    }

    /// Does what gives the wire nothing to do. Like all of this, it takes a lock that is never held across an await.
    fn look<T>(&self, look: impl FnOnce(&mut Segment) -> T) -> T {
        look(&mut self.segment.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn now(&self) -> u64 {
        self.start.elapsed().as_millis().try_into().unwrap_or(u64::MAX)
    }

    /// Moves the segment on through time, until it is as wanted.
    async fn run_until(&self, done: impl Fn(&Segment) -> bool) {
        loop {
            let (next, done) = self.look(|segment| (segment.advance(self.now()), done(segment)));
            if done {
                return;
            }
            let timer = async {
                match next {
                    Some(at) => tokio::time::sleep_until(self.start + Duration::from_millis(at)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = self.changed.notified() => {}
                () = timer => {}
            }
        }
    }
}

/// Runs a demonstration on a wire of its own and records it, until it is over and the wire quiet.
///
/// Hosts get addresses in the order named: on side 0, `10.0.0.1` and `02:00:00:00:00:01`, and so on; on side 1,
/// `10.0.1.1` and `02:00:00:00:01:01`. Packets are of the interface numbered as the side.
///
/// A round trip of a second or more is taken for a loss at first: TCP's initial time-out is 1 s (RFC 6298 §2). A host
/// that asks by ARP for two others within a second asks for the second a second later (RFC 1122 §2.3.2.1).
///
/// # Errors
///
/// See [`WireError`]. A demonstration that waits for ever is one of them: in virtual time, for ever is over at once.
pub fn run<Demo, Performance>(settings: &Settings, hosts: &[&str], side: u8, demo: Demo) -> Result<Recording, WireError>
where
    Demo: FnOnce(Network) -> Performance,
    Performance: Future<Output = Result<(), BoxError>>,
{
    settings.check(hosts, MOST_HOSTS)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    runtime.block_on(async {
        let segment = Segment {
            hosts: (0..).zip(hosts).map(|(index, name)| Host::new(name, side, index, settings.seed)).collect(),
            link: Link::new(settings, side, hosts.len()),
        };
        let wire = Arc::new(Wire { segment: Mutex::new(segment), changed: Notify::new(), start: Instant::now() });
        perform(&wire, demo(Network(NetworkKind::Virtual(Handle(Arc::clone(&wire)))))).await?;
        Ok(wire.look(|segment| Recording {
            packets: segment.link.take_packets(),
            hosts: segment.hosts.iter().map(|host| (host.name.clone(), host.address.into())).collect(),
            stack: STACK.to_owned(),
            unmet: None,
            missed: 0,
        }))
    })
}

async fn perform(wire: &Wire, performance: impl Future<Output = Result<(), BoxError>>) -> Result<(), WireError> {
    // Who waits is asked while they still do: a branch's handler runs after the other branches are gone.
    let too_late = || async {
        tokio::time::sleep(TIME_LIMIT).await;
        wire.look(|segment| segment.describe_waiting())
    };
    tokio::select! {
        biased;
        outcome = performance => outcome.map_err(WireError::Demo)?,
        () = wire.run_until(|_| false) => {}
        waiting = too_late() => return Err(WireError::Hung { after: TIME_LIMIT, waiting }),
    }
    tokio::select! {
        biased;
        () = wire.run_until(Segment::is_quiet) => Ok(()),
        waiting = too_late() => Err(WireError::LeftOpen { after: TIME_LIMIT, waiting }),
    }
}
