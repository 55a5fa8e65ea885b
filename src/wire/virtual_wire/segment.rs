//! All the hosts on one link, which move on together from one moment to the next. Has no clock: it's told the time.

use smoltcp::socket::tcp::{Socket, State};

use super::host::Host;
use super::link::Link;

pub(super) struct Segment {
    pub(super) hosts: Vec<Host>,
    pub(super) link: Link,
}

impl Segment {
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.hosts.iter().position(|host| host.name == name)
    }

    /// A host, and the link it is on. The index is one [`Self::find`] gave.
    pub(super) fn host(&mut self, index: usize) -> (&mut Host, &mut Link) {
        (&mut self.hosts[index], &mut self.link)
    }

    /// Does all that is due by a millisecond; returns when there is something to do next, unless a program acts before.
    pub(super) fn advance(&mut self, now: u64) -> Option<u64> {
        loop {
            while let Some(arrival) = self.link.arrived(now) {
                self.hosts[arrival.receiver].receive(arrival.frame, &mut self.link, now);
            }
            for host in &mut self.hosts {
                host.transmit(&mut self.link, now);
            }
            // Without delay, what was just sent is there already.
            if self.link.next_arrival().is_none_or(|arrival| arrival > now) {
                break;
            }
        }
        let timers = self.hosts.iter_mut().filter_map(|host| host.next_event(now));
        timers.chain(self.link.next_arrival()).min()
    }

    /// Whether nothing more will cross the link unless a program starts it: no frame in flight, all connections over.
    /// TIME-WAIT is over in all but name, and not waited for.
    pub(super) fn is_quiet(&self) -> bool {
        let over = |socket: &Socket<'_>| match socket.state() {
            State::Closed | State::Listen | State::TimeWait => true,
            // Half-open (RFC 9293 §3.5.1): the peer's RST was lost, and with nothing to send this end will never know.
            State::Established | State::CloseWait | State::FinWait2 => {
                socket.send_queue() == 0 && !self.has_peer(socket)
            }
            _ => false,
        };
        self.link.next_arrival().is_none() && self.hosts.iter().flat_map(Host::connections).all(over)
    }

    /// Who waits for what, in one phrase.
    pub(super) fn describe_waiting(&self) -> String {
        let phrases: Vec<_> = self.hosts.iter().flat_map(Host::describe_waiting).collect();
        if phrases.is_empty() { "nobody waits for the wire".to_owned() } else { phrases.join("; ") }
    }

    fn has_peer(&self, socket: &Socket<'_>) -> bool {
        self.hosts.iter().flat_map(Host::connections).any(|other| {
            other.is_open()
                && other.local_endpoint() == socket.remote_endpoint()
                && other.remote_endpoint() == socket.local_endpoint()
        })
    }
}
