//! One machine: a smoltcp interface, its sockets and its listening ports. Knows one end of every connection, never
//! both.

use std::task::Waker;

use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp::{CongestionControl, Socket, SocketBuffer, State};
use smoltcp::time::Instant;
use smoltcp::wire::{HardwareAddress, IpCidr, Ipv4Address, Ipv4Cidr};

use super::link::{Link, hardware_address};
use crate::wire::seeded::{Purpose, Seeded};

/// The largest frame, as Ethernet has it: 14 bytes of header and 1 500 of payload; the check sequence is not seen here.
const FRAME_SIZE: usize = 1514;

/// What a socket takes from its program before the peer has acknowledged any of it, in bytes.
const SEND_BUFFER: usize = 64 * 1024;

/// What a socket holds until its program reads it, in bytes. More than [`SEND_BUFFER`], so that only a slow reader ever
/// fills the window; and more than a window can offer without scaling (RFC 7323 §2), so that the option is there to see.
const RECEIVE_BUFFER: usize = 128 * 1024;

/// The first dynamic port (RFC 6335 §6): where a host's own connections start from.
const FIRST_DYNAMIC_PORT: u16 = 49_152;

/// What a program waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    Connect,
    Read,
    Write,
}

/// A connection's socket, and the program that has it.
struct Endpoint {
    handle: SocketHandle,
    /// No program has it any more; the socket finishes closing on its own.
    orphan: bool,
    waits: Option<Wait>,
}

struct ListeningPort {
    number: u16,
    /// One in LISTEN (smoltcp has no backlog, so a spare takes its place when a SYN does) and those not yet accepted.
    sockets: Vec<SocketHandle>,
    waker: Option<Waker>,
}

pub(super) struct Host {
    pub(super) name: String,
    pub(super) address: Ipv4Address,
    index: usize,
    interface: Interface,
    sockets: SocketSet<'static>,
    endpoints: Vec<Endpoint>,
    ports: Vec<ListeningPort>,
    next_port: u16,
}

impl Host {
    pub(super) fn new(name: &str, side: u8, index: usize, seed: u64) -> Self {
        let address = Ipv4Address::new(10, 0, side, index as u8 + 1);
        let mut config = Config::new(HardwareAddress::Ethernet(hardware_address(side, index)));
        config.random_seed = Seeded::new(seed, side, Purpose::Host(index as u8)).next_u64();
        let mut interface = Interface::new(config, &mut Adapter::capabilities_only(), Instant::ZERO);
        interface.update_ip_addrs(|addresses| {
            // A new interface has room for its first address.
            let _ = addresses.push(IpCidr::Ipv4(Ipv4Cidr::new(address, 24)));
        });
        Self {
            name: name.to_owned(),
            address,
            index,
            interface,
            sockets: SocketSet::new(Vec::new()),
            endpoints: Vec::new(),
            ports: Vec::new(),
            next_port: FIRST_DYNAMIC_PORT,
        }
    }

    pub(super) fn socket(&self, handle: SocketHandle) -> &Socket<'static> {
        self.sockets.get(handle)
    }

    pub(super) fn socket_mut(&mut self, handle: SocketHandle) -> &mut Socket<'static> {
        self.sockets.get_mut(handle)
    }

    /// All connections' sockets, whoever has them.
    pub(super) fn connections(&self) -> impl Iterator<Item = &Socket<'static>> {
        let waiting = self.ports.iter().flat_map(|port| &port.sockets);
        let accepted = self.endpoints.iter().map(|endpoint| &endpoint.handle);
        accepted.chain(waiting).map(|&handle| self.socket(handle)).filter(|socket| socket.state() != State::Listen)
    }

    /// Takes in a frame.
    pub(super) fn receive(&mut self, frame: Vec<u8>, link: &mut Link, now: u64) {
        self.poll(Some(frame), link, now);
        for index in 0..self.ports.len() {
            self.keep_listening(index);
        }
        for port in &mut self.ports {
            if port.sockets.iter().any(|&handle| can_be_accepted(self.sockets.get(handle)))
                && let Some(waker) = port.waker.take()
            {
                waker.wake();
            }
        }
    }

    /// Sends what can be sent, and buries connections that are over.
    pub(super) fn transmit(&mut self, link: &mut Link, now: u64) {
        let mut reset = false;
        for endpoint in self.endpoints.iter().filter(|endpoint| endpoint.orphan) {
            // Nobody will ever read it: the peer is told that it was lost (RFC 1122 §4.2.2.13).
            let socket = self.sockets.get_mut::<Socket<'_>>(endpoint.handle);
            if socket.is_open() && socket.recv_queue() > 0 {
                socket.abort();
                reset = true;
            }
        }
        self.poll(None, link, now);
        if reset {
            self.poll(None, link, now);
        }
        self.endpoints.retain(|endpoint| {
            let socket = self.sockets.get::<Socket<'_>>(endpoint.handle);
            let over = endpoint.orphan && socket.state() == State::Closed && socket.remote_endpoint().is_none();
            if over {
                self.sockets.remove(endpoint.handle);
            }
            !over
        });
    }

    /// When the stack has something to do next, if nothing arrives before.
    pub(super) fn next_event(&mut self, now: u64) -> Option<u64> {
        // The stack may answer "now" for ever while it can do nothing: without this floor, virtual time would not move.
        let at = self.interface.poll_at(instant(now), &self.sockets)?;
        Some((at.total_micros().max(0) as u64).div_ceil(1000).max(now + 1))
    }

    /// Starts to connect; the SYN leaves with the next [`Self::transmit`].
    pub(super) fn connect(
        &mut self,
        to: Ipv4Address,
        port: u16,
        room: Option<usize>,
    ) -> Result<SocketHandle, std::io::Error> {
        let local = self.next_port;
        self.next_port = self.next_port.checked_add(1).unwrap_or(FIRST_DYNAMIC_PORT);
        let mut socket = new_socket(room.unwrap_or(RECEIVE_BUFFER));
        socket
            .connect(self.interface.context(), (to, port), local)
            .map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidInput, error.to_string()))?;
        let handle = self.sockets.add(socket);
        self.endpoints.push(Endpoint { handle, orphan: false, waits: None });
        Ok(handle)
    }

    /// Opens a port; false where it is open already, or is port 0.
    pub(super) fn listen(&mut self, number: u16) -> bool {
        if number == 0 || self.ports.iter().any(|port| port.number == number) {
            return false;
        }
        self.ports.push(ListeningPort { number, sockets: Vec::new(), waker: None });
        self.keep_listening(self.ports.len() - 1);
        true
    }

    /// Closes a port; connections nobody accepted are reset.
    pub(super) fn stop_listening(&mut self, number: u16) {
        let Some(index) = self.ports.iter().position(|port| port.number == number) else { return };
        for handle in self.ports.remove(index).sockets {
            self.socket_mut(handle).abort();
            self.endpoints.push(Endpoint { handle, orphan: true, waits: None });
        }
    }

    /// The next connection at a port; without one, the waker is kept until there is.
    pub(super) fn accept(&mut self, number: u16, waker: &Waker) -> Option<SocketHandle> {
        let port = self.ports.iter_mut().find(|port| port.number == number)?;
        let ready = port.sockets.iter().position(|&handle| can_be_accepted(self.sockets.get(handle)));
        let Some(position) = ready else {
            port.waker = Some(waker.clone());
            return None;
        };
        let handle = port.sockets.remove(position);
        self.endpoints.push(Endpoint { handle, orphan: false, waits: None });
        Some(handle)
    }

    /// Takes a connection's program away.
    pub(super) fn orphan(&mut self, handle: SocketHandle) {
        if let Some(endpoint) = self.endpoints.iter_mut().find(|endpoint| endpoint.handle == handle) {
            *endpoint = Endpoint { handle, orphan: true, waits: None };
        }
    }

    /// Notes what a connection's program waits for.
    pub(super) fn waits(&mut self, handle: SocketHandle, waits: Option<Wait>) {
        if let Some(endpoint) = self.endpoints.iter_mut().find(|endpoint| endpoint.handle == handle) {
            endpoint.waits = waits;
        }
    }

    /// Who waits for what, one phrase each; connections that are still open with nobody waiting come last.
    pub(super) fn describe_waiting(&self) -> Vec<String> {
        let accepting = self.ports.iter().filter(|port| port.waker.is_some());
        let mut phrases: Vec<_> =
            accepting.map(|port| format!("{} waits to accept on port {}", self.name, port.number)).collect();
        for endpoint in &self.endpoints {
            let socket = self.socket(endpoint.handle);
            let doing = match endpoint.waits {
                Some(Wait::Connect) => "waits to connect",
                Some(Wait::Read) => "waits to read",
                Some(Wait::Write) => "waits to write",
                None if socket.is_open() => "holds a connection",
                None => continue,
            };
            let ends = match (socket.local_endpoint(), socket.remote_endpoint()) {
                (Some(local), Some(remote)) => format!("{local} to {remote}, "),
                _ => String::new(),
            };
            phrases.push(format!("{} {doing} ({ends}{})", self.name, socket.state()));
        }
        phrases
    }

    fn keep_listening(&mut self, index: usize) {
        let Some(port) = self.ports.get_mut(index) else { return };
        if port.sockets.iter().any(|&handle| self.sockets.get::<Socket<'_>>(handle).state() == State::Listen) {
            return;
        }
        let mut socket = new_socket(RECEIVE_BUFFER);
        if socket.listen(port.number).is_ok() {
            port.sockets.push(self.sockets.add(socket));
        }
    }

    fn poll(&mut self, arrived: Option<Vec<u8>>, link: &mut Link, now: u64) {
        let mut adapter = Adapter { arrived, port: Some(Port { link, sender: self.index, now }) };
        self.interface.poll(instant(now), &mut adapter, &mut self.sockets);
    }
}

fn new_socket(room: usize) -> Socket<'static> {
    let buffer = |size| SocketBuffer::new(vec![0; size]);
    let mut socket = Socket::new(buffer(room), buffer(SEND_BUFFER));
    socket.set_nagle_enabled(false);
    socket.set_congestion_control(CongestionControl::Reno);
    socket
}

fn can_be_accepted(socket: &Socket<'_>) -> bool {
    !matches!(socket.state(), State::Listen | State::SynReceived)
}

fn instant(milliseconds: u64) -> Instant {
    Instant::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX / 1000))
}

/// The network card: where frames come in from and go out to.
struct Adapter<'a> {
    arrived: Option<Vec<u8>>,
    port: Option<Port<'a>>,
}

struct Port<'a> {
    link: &'a mut Link,
    sender: usize,
    now: u64,
}

struct Received(Vec<u8>);

struct Transmission<'a, 'link>(&'a mut Port<'link>);

impl Adapter<'_> {
    /// A card that is plugged in nowhere: an interface asks a card what it can do before there is a link.
    fn capabilities_only() -> Self {
        Self { arrived: None, port: None }
    }
}

impl<'link> Device for Adapter<'link> {
    type RxToken<'a>
        = Received
    where
        Self: 'a;
    type TxToken<'a>
        = Transmission<'a, 'link>
    where
        Self: 'a;

    fn receive(&mut self, _: Instant) -> Option<(Self::RxToken<'_>, Self::TxToken<'_>)> {
        let port = self.port.as_mut()?;
        Some((Received(self.arrived.take()?), Transmission(port)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Self::TxToken<'_>> {
        self.port.as_mut().map(Transmission)
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = FRAME_SIZE;
        capabilities
    }
}

impl RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(&self.0)
    }
}

impl TxToken for Transmission<'_, '_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut frame = vec![0; len];
        let result = f(&mut frame);
        self.0.link.send(self.0.sender, frame, self.0.now);
        result
    }
}
