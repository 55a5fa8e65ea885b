//! Reads every packet of an interface from a packet socket, in a thread that does nothing else.
//!
//! If packets come faster than they're read, the kernel drops and counts them; the count is part of the result. The kernel
//! reports it with each packet, so what it drops after the last one goes unreported. On a loopback of one's own the last packet is
//! the mark, so the count is exact. A reader whose queue is full waits, so packets can be lost nowhere else. Knows nothing about
//! what's in a packet, except one of its own: the mark, which says that everything before it has been read.

use std::io::{self, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::cmsg_space;
use nix::errno::Errno;
use nix::ifaddrs::{InterfaceAddress, getifaddrs};
use nix::libc;
use nix::net::if_::InterfaceFlags;
use nix::sys::socket::sockopt::{RcvBuf, RcvBufForce, ReceiveTimeout, ReceiveTimestampns, RxqOvfl};
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, LinkAddr, MsgFlags, SockFlag, SockProtocol, SockType, bind, recv, recvmsg,
    setsockopt, socket,
};
use nix::sys::time::{TimeSpec, TimeVal};
use socket2::SockRef;

use super::filter::Filter;
use crate::capture::{LinkType, Timestamp};

/// How much the kernel may hold until it's read, in bytes. Without the privilege it's what `net.core.rmem_max` allows.
const BUFFER: usize = 64 << 20;

/// The longest packet: 64 KiB of IP, and more than any link's header.
pub(super) const LONGEST_PACKET: usize = (64 << 10) + 256;

/// How many bytes of packets are read before they're handed on, even if there are more.
const BATCH: usize = 1 << 20;

/// How large a batch may grow, in bytes, while the receiver is busy.
const LARGEST: usize = 16 << 20;

/// How many batches, 64 MiB, may wait before the reader has to.
pub const QUEUE: usize = 4;

/// The name of all interfaces together.
pub const ANY: &str = "any";

/// How long to wait for the last captured packet.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// How often an idle reader checks whether it should stop, and sends the mark again: like any packet, it may be lost.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Packets that were read together.
#[derive(Debug, Default)]
pub struct Batch {
    data: Vec<u8>,
    /// When each came, its length before it was cut, and where in `data` it ends.
    packets: Vec<(Timestamp, u32, usize)>,
}

impl Batch {
    /// The packets in the order received: when each came, how long it was in bytes, and its bytes.
    pub fn packets(&self) -> impl Iterator<Item = (Timestamp, u32, &[u8])> {
        let mut start = 0;
        self.packets.iter().map(move |&(time, length, end)| {
            let data = self.data.get(std::mem::replace(&mut start, end)..end).unwrap_or_default();
            (time, length, data)
        })
    }

    /// How much memory it takes, in bytes.
    fn size(&self) -> usize {
        self.data.len() + size_of_val(self.packets.as_slice())
    }

    fn push(&mut self, time: Timestamp, length: usize, data: &[u8]) {
        self.data.extend_from_slice(data);
        self.packets.push((time, length as u32, self.data.len()));
    }
}

/// A socket that receives packets from now on.
#[derive(Debug)]
pub struct Socket {
    descriptor: OwnedFd,
    /// On a loopback of one's own, a packet can be sent after all others.
    mark: Option<Mark>,
    link: LinkType,
}

/// An interface of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkInterface {
    /// Its name.
    pub name: String,
    /// Whether packets can arrive.
    pub is_up: bool,
}

/// Lists the interfaces.
///
/// # Errors
///
/// Those of the system calls.
pub fn interfaces() -> nix::Result<Vec<NetworkInterface>> {
    let is_link = |it: &InterfaceAddress| it.address.is_some_and(|address| address.as_link_addr().is_some());
    let found = |it: InterfaceAddress| {
        let is_up = it.flags.contains(InterfaceFlags::IFF_UP);
        NetworkInterface { name: it.interface_name, is_up }
    };
    Ok(getifaddrs()?.filter(is_link).map(found).collect())
}

impl Socket {
    /// A socket on the loopback of this thread's namespace, which must be up. It delivers every packet twice, as sent and
    /// as received; the copy that was sent is dropped.
    ///
    /// # Errors
    ///
    /// Those of the system calls.
    pub fn loopback() -> nix::Result<Self> {
        let mark = Mark::new().map_err(errno)?;
        Ok(Self { mark: Some(mark), ..Self::open("lo", Filter::default())? })
    }

    /// A socket on an interface by its name, for what the filter lets through; [`ANY`] is all interfaces.
    ///
    /// Packets begin with their Ethernet header. On all interfaces together, and on interfaces of other kinds, only IP packets
    /// are delivered, and they begin with the IP header.
    ///
    /// # Errors
    ///
    /// Those of the system calls; `ENODEV` if there's no such interface.
    pub fn open(interface: &str, mut filter: Filter) -> nix::Result<Self> {
        let address = if interface == ANY { None } else { Some(address_of(interface)?) };
        let is_ethernet = address.is_some_and(|it| matches!(it.hatype(), libc::ARPHRD_ETHER | libc::ARPHRD_LOOPBACK));
        let (kind, link) =
            if is_ethernet { (SockType::Raw, LinkType::ETHERNET) } else { (SockType::Datagram, LinkType::RAW) };
        filter.only_ip |= !is_ethernet;
        let socket = socket(AddressFamily::Packet, kind, SockFlag::SOCK_CLOEXEC, SockProtocol::EthAll)?;
        SockRef::from(&socket).attach_filter(&filter.program()).map_err(errno)?;
        if setsockopt(&socket, RcvBufForce, &BUFFER).is_err() {
            setsockopt(&socket, RcvBuf, &BUFFER)?;
        }
        setsockopt(&socket, ReceiveTimestampns, &true)?;
        setsockopt(&socket, RxqOvfl, &1)?;
        setsockopt(&socket, ReceiveTimeout, &TimeVal::new(0, LOOK_EVERY.as_micros() as i64))?;
        if let Some(address) = address {
            bind(socket.as_raw_fd(), &address)?;
        }
        // Before it was bound, the socket heard all interfaces; before it had its filter, everything.
        while recv(socket.as_raw_fd(), &mut [], MsgFlags::MSG_DONTWAIT).is_ok() {}
        Ok(Self { descriptor: socket, mark: None, link })
    }

    /// What its packets begin with.
    #[must_use]
    pub fn link(&self) -> LinkType {
        self.link
    }
}

fn errno(error: io::Error) -> Errno {
    Errno::try_from(error).unwrap_or(Errno::EIO)
}

/// The address of an interface by its name, as packet sockets have it.
pub(super) fn address_of(interface: &str) -> nix::Result<LinkAddr> {
    let mut addresses = getifaddrs()?.filter(|it| it.interface_name == interface);
    addresses.find_map(|it| it.address?.as_link_addr().copied()).ok_or(Errno::ENODEV)
}

/// Packets on their way from a socket to a queue.
#[derive(Debug)]
pub struct Stream {
    reader: JoinHandle<io::Result<u64>>,
    stop: Stopper,
}

/// Ends a stream, from any thread.
#[derive(Clone, Debug, Default)]
pub struct Stopper(Arc<AtomicBool>);

impl Stopper {
    /// Ends the stream once everything received so far is in the queue.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A flag that others may set, too.
impl From<Arc<AtomicBool>> for Stopper {
    fn from(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }
}

impl Stream {
    /// Starts to read packets into a queue, until it's stopped or the receiver is gone. [`QUEUE`] is how long the queue should
    /// be.
    ///
    /// # Errors
    ///
    /// If the thread cannot be started.
    pub fn start(socket: Socket, queue: SyncSender<Batch>, stop: Stopper) -> io::Result<Self> {
        let stopper = stop.clone();
        let reader = thread::Builder::new().name("packets".to_owned());
        Ok(Self { reader: reader.spawn(move || read(&socket, &queue, &stopper))?, stop })
    }

    /// What ends it.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stop.clone()
    }

    /// Waits until it has ended, which has to be asked for while packets are still taken; returns how many packets the kernel
    /// dropped.
    ///
    /// # Errors
    ///
    /// If reading failed.
    pub fn finish(self) -> io::Result<u64> {
        self.reader.join().map_err(|_| io::Error::other("the capture broke off"))?
    }
}

fn read(socket: &Socket, queue: &SyncSender<Batch>, stop: &Stopper) -> io::Result<u64> {
    let mut reader = Reader::new(socket);
    let mut batch = Batch::default();
    let mut stopped: Option<Instant> = None;
    loop {
        let enough = batch.size() + BATCH;
        let mut heard = reader.next(MsgFlags::empty(), &mut batch)?;
        while heard == Heard::Packet && batch.size() < enough {
            heard = reader.next(MsgFlags::MSG_DONTWAIT, &mut batch)?;
        }
        if !hand_on(queue, &mut batch) {
            return Ok(reader.lost);
        }
        if !stop.is_stopped() {
            continue;
        }
        let is_first = stopped.is_none();
        let late = stopped.get_or_insert_with(Instant::now).elapsed() > DRAIN_TIMEOUT;
        let is_over = late
            || match &socket.mark {
                Some(_) => heard == Heard::Mark,
                None => heard == Heard::Nothing,
            };
        if is_over {
            // If the receiver is gone, nobody wants it.
            let _ = queue.send(batch);
            return Ok(reader.lost);
        }
        if let Some(mark) = socket.mark.as_ref().filter(|_| is_first || heard == Heard::Nothing) {
            mark.send()?;
        }
    }
}

/// Hands on what was read. While the receiver is busy the batch stays here and grows: there's more room than in the kernel.
/// `false` if the receiver is gone.
fn hand_on(queue: &SyncSender<Batch>, batch: &mut Batch) -> bool {
    if batch.packets.is_empty() {
        return true;
    }
    let ready = std::mem::take(batch);
    if ready.size() >= LARGEST {
        return queue.send(ready).is_ok();
    }
    match queue.try_send(ready) {
        Err(TrySendError::Full(kept)) => *batch = kept,
        Err(TrySendError::Disconnected(_)) => return false,
        Ok(()) => {}
    }
    true
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Heard {
    Packet,
    Mark,
    Nothing,
}

struct Reader<'a> {
    socket: &'a Socket,
    buffer: Vec<u8>,
    control: Vec<u8>,
    lost: u64,
}

impl<'a> Reader<'a> {
    fn new(socket: &'a Socket) -> Self {
        Self { socket, buffer: vec![0; LONGEST_PACKET], control: cmsg_space!(TimeSpec, u32), lost: 0 }
    }

    /// Adds one packet to the batch, unless none arrives in time.
    fn next(&mut self, flags: MsgFlags, batch: &mut Batch) -> io::Result<Heard> {
        let mut slices = [IoSliceMut::new(&mut self.buffer)];
        let descriptor = self.socket.descriptor.as_raw_fd();
        // With MSG_TRUNC the length is the packet's, even if only part of it fitted.
        let flags = flags | MsgFlags::MSG_TRUNC;
        let received = match recvmsg::<LinkAddr>(descriptor, &mut slices, Some(&mut self.control), flags) {
            // An interface that goes down reports it once, and may come up again.
            Err(Errno::EAGAIN | Errno::EINTR | Errno::ENETDOWN) => return Ok(Heard::Nothing),
            received => received?,
        };
        let (mut time, mut lost) = (None, None);
        for message in received.cmsgs()? {
            match message {
                ControlMessageOwned::ScmTimestampns(stamp) => time = Some(stamp),
                ControlMessageOwned::RxqOvfl(count) => lost = Some(count),
                _ => {}
            }
        }
        let length = received.bytes;
        self.lost = lost.map_or(self.lost, |count| later(self.lost, count));
        let data = self.buffer.get(..length).unwrap_or(&self.buffer);
        if self.socket.mark.as_ref().is_some_and(|mark| mark.is(data)) {
            return Ok(Heard::Mark);
        }
        batch.push(time.map_or(Timestamp::default(), timestamp), length, data);
        Ok(Heard::Packet)
    }
}

/// A count that the kernel keeps in 32 bits, after one that was kept in 64.
fn later(before: u64, count: u32) -> u64 {
    before + u64::from(count.wrapping_sub(before as u32))
}

fn timestamp(time: TimeSpec) -> Timestamp {
    let part = |number: i64| u64::try_from(number).unwrap_or(0);
    Timestamp(part(time.tv_sec()).saturating_mul(1_000_000_000).saturating_add(part(time.tv_nsec())))
}

/// An empty datagram that a socket on the loopback sends to itself.
#[derive(Debug)]
struct Mark {
    socket: UdpSocket,
    address: SocketAddrV4,
}

impl Mark {
    fn new() -> io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = SocketAddrV4::new(Ipv4Addr::LOCALHOST, socket.local_addr()?.port());
        socket.connect(address)?;
        Ok(Self { socket, address })
    }

    fn send(&self) -> io::Result<()> {
        self.socket.send(&[]).map(|_| ())
    }

    /// Whether it is this packet: Ethernet, IPv4 without options, UDP, from and to that address and port.
    fn is(&self, packet: &[u8]) -> bool {
        is_mark(self.address, packet)
    }
}

fn is_mark(of: SocketAddrV4, packet: &[u8]) -> bool {
    let (address, port) = (of.ip().octets(), of.port().to_be_bytes());
    packet.get(12..15) == Some(&[8, 0, 0x45])
        && packet.get(23) == Some(&(libc::IPPROTO_UDP as u8))
        && packet.get(26..30) == Some(&address)
        && packet.get(30..34) == Some(&address)
        && packet.get(34..36) == Some(&port)
        && packet.get(36..38) == Some(&port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_known_by_its_addresses_and_ports_and_nothing_else_is_taken_for_it() {
        let of = |port| SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
        let packet = [
            [0; 12].as_slice(),
            &[8, 0, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0],
            &[127, 0, 0, 1, 127, 0, 0, 1],
            &[0x12, 0x34, 0x12, 0x34, 0, 8, 0, 0],
        ]
        .concat();
        assert!(is_mark(of(0x1234), &packet));
        assert!(!is_mark(of(0x1235), &packet));
        for length in 0..38 {
            assert!(!is_mark(of(0x1234), &packet[..length]), "{length}");
        }
        for at in [12, 14, 23, 26, 33, 34, 37] {
            let mut other = packet.clone();
            other[at] ^= 1;
            assert!(!is_mark(of(0x1234), &other), "{at}");
        }
    }

    #[test]
    fn a_count_of_lost_packets_goes_on_where_32_bits_begin_again() {
        assert_eq!(later(0, 7), 7);
        assert_eq!(later(7, 7), 7);
        assert_eq!(later(u64::from(u32::MAX), 1), u64::from(u32::MAX) + 2);
    }

    #[test]
    fn while_nobody_takes_packets_they_are_gathered_and_then_handed_on_in_order() {
        let (queue, taken) = std::sync::mpsc::sync_channel(1);
        let mut batch = Batch::default();
        for number in 0..100 {
            batch.push(Timestamp(number), 1, &[number as u8]);
            assert!(hand_on(&queue, &mut batch));
        }
        let mut numbers = Vec::new();
        for batch in [taken.recv().unwrap(), batch] {
            numbers.extend(batch.packets().map(|(_, _, data)| data[0]));
        }
        assert_eq!(numbers, (0..100).collect::<Vec<_>>());
        drop(taken);
        let mut batch = Batch::default();
        batch.push(Timestamp(0), 1, b"a");
        assert!(!hand_on(&queue, &mut batch));
    }

    #[test]
    fn a_batch_gives_its_packets_back_one_by_one() {
        let mut batch = Batch::default();
        for (length, data) in [(3, &b"abc"[..]), (0, b""), (9, b"de")] {
            batch.push(Timestamp(length as u64), length, data);
        }
        let packets: Vec<_> = batch.packets().collect();
        assert_eq!(packets, [(Timestamp(3), 3, &b"abc"[..]), (Timestamp(0), 0, b""), (Timestamp(9), 9, b"de")]);
    }
}
