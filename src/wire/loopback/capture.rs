//! Every packet of the loopback interface, as the kernel hands it over: a packet socket, read by a thread of its own.
//!
//! The loopback delivers every packet twice, as sent and as received; the copy that was sent is dropped. What a slow
//! reader loses is counted by the kernel, and is in the result. Knows nothing of what is in a packet, but for one of its own:
//! the mark that says that everything before it has been read.

use std::io::{self, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::cmsg_space;
use nix::errno::Errno;
use nix::ifaddrs::getifaddrs;
use nix::libc;
use nix::sys::socket::sockopt::{RcvBuf, RcvBufForce, ReceiveTimestampns, RxqOvfl};
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType, bind, recvmsg,
    setsockopt, socket,
};
use nix::sys::time::TimeSpec;

use super::refusal::System;
use crate::capture::{OwnedPacket, Timestamp};
use crate::wire::WireError;

/// What the kernel may hold until it is read, in bytes. Without the right to, it is what `net.core.rmem_max` says.
const BUFFER: usize = 64 << 20;

/// The longest packet: 64 KiB of IP, and more than any link's header.
const LONGEST: usize = (64 << 10) + 256;

/// How long the end of what was captured is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often the mark is sent again: it may be lost, as anything may.
const MARK_EVERY: Duration = Duration::from_millis(20);

/// A capture that goes on until it is finished.
pub(super) struct Capture {
    reader: JoinHandle<io::Result<Captured>>,
    seen: Arc<AtomicU64>,
    mark: UdpSocket,
}

/// What was captured.
#[derive(Debug, Default)]
pub(super) struct Captured {
    /// The packets, in the order received.
    pub(super) packets: Vec<OwnedPacket>,
    /// How many the kernel had no room for.
    pub(super) lost: u64,
}

impl Capture {
    /// Starts to capture what crosses the loopback, which is up, for the interface of that index in the recording.
    pub(super) fn start(system: System, interface: usize) -> Result<Self, WireError> {
        let socket = open("lo").map_err(|error| system.refused("a packet socket (AF_PACKET)", error))?;
        let mark = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = mark.local_addr()?.port();
        mark.connect((Ipv4Addr::LOCALHOST, port))?;
        let seen = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&seen);
        let reader = thread::Builder::new().name("capture".to_owned());
        let reader = reader.spawn(move || read(&socket, interface, &Mark::of(port), &counter))?;
        Ok(Self { reader, seen, mark })
    }

    /// How many packets there have been.
    pub(super) fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }

    /// Ends it: everything that has crossed the loopback is in the result.
    pub(super) fn finish(self) -> io::Result<Captured> {
        let start = Instant::now();
        while !self.reader.is_finished() {
            if start.elapsed() > PATIENCE {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the capture does not come to its end"));
            }
            self.mark.send(&[])?;
            thread::sleep(MARK_EVERY);
        }
        self.reader.join().map_err(|_| io::Error::other("the capture broke off"))?
    }
}

/// A packet socket on an interface, with the time of each packet and the count of those lost before it.
fn open(interface: &str) -> nix::Result<OwnedFd> {
    let socket = socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::EthAll)?;
    if setsockopt(&socket, RcvBufForce, &BUFFER).is_err() {
        setsockopt(&socket, RcvBuf, &BUFFER)?;
    }
    setsockopt(&socket, ReceiveTimestampns, &true)?;
    setsockopt(&socket, RxqOvfl, &1)?;
    let mut addresses = getifaddrs()?.filter(|it| it.interface_name == interface);
    let address = addresses.find_map(|it| it.address?.as_link_addr().copied()).ok_or(Errno::ENODEV)?;
    bind(socket.as_raw_fd(), &address)?;
    Ok(socket)
}

fn read(socket: &OwnedFd, interface: usize, mark: &Mark, seen: &AtomicU64) -> io::Result<Captured> {
    let mut buffer = vec![0; LONGEST];
    let mut control = cmsg_space!(TimeSpec, u32);
    let mut captured = Captured::default();
    loop {
        let (length, time) = {
            let mut slices = [IoSliceMut::new(&mut buffer)];
            let received =
                match recvmsg::<LinkAddr>(socket.as_raw_fd(), &mut slices, Some(&mut control), MsgFlags::empty()) {
                    Err(Errno::EINTR) => continue,
                    received => received?,
                };
            let mut time = None;
            for message in received.cmsgs()? {
                match message {
                    ControlMessageOwned::ScmTimestampns(stamp) => time = Some(stamp),
                    ControlMessageOwned::RxqOvfl(lost) => captured.lost = lost.into(),
                    _ => {}
                }
            }
            if received.address.is_none_or(|address| address.pkttype() == libc::PACKET_OUTGOING) {
                continue;
            }
            (received.bytes, time)
        };
        let data = buffer.get(..length).unwrap_or_default();
        if mark.is(data) {
            return Ok(captured);
        }
        seen.fetch_add(1, Ordering::Relaxed);
        captured.packets.push(OwnedPacket {
            time: time.map_or(Timestamp::default(), timestamp),
            interface,
            data: data.to_vec(),
            comment: None,
        });
    }
}

fn timestamp(time: TimeSpec) -> Timestamp {
    let part = |number: i64| u64::try_from(number).unwrap_or(0);
    Timestamp(part(time.tv_sec()).saturating_mul(1_000_000_000).saturating_add(part(time.tv_nsec())))
}

/// An empty datagram that a socket sends to itself.
struct Mark(SocketAddrV4);

impl Mark {
    fn of(port: u16) -> Self {
        Self(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
    }

    /// Whether it is this packet: Ethernet, IPv4 without options, UDP, from and to that address and port.
    fn is(&self, packet: &[u8]) -> bool {
        let (address, port) = (self.0.ip().octets(), self.0.port().to_be_bytes());
        packet.get(12..15) == Some(&[8, 0, 0x45])
            && packet.get(23) == Some(&(libc::IPPROTO_UDP as u8))
            && packet.get(26..38) == Some([&address[..], &address, &port, &port].concat().as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_known_by_its_addresses_and_ports_and_nothing_else_is_taken_for_it() {
        let mark = Mark::of(0x1234);
        let packet = [
            [0; 12].as_slice(),
            &[8, 0, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0],
            &[127, 0, 0, 1, 127, 0, 0, 1],
            &[0x12, 0x34, 0x12, 0x34, 0, 8, 0, 0],
        ]
        .concat();
        assert!(mark.is(&packet));
        assert!(!Mark::of(0x1235).is(&packet));
        for length in 0..38 {
            assert!(!mark.is(&packet[..length]), "{length}");
        }
        for at in [12, 14, 23, 26, 33, 34, 37] {
            let mut other = packet.clone();
            other[at] ^= 1;
            assert!(!mark.is(&other), "{at}");
        }
    }
}
