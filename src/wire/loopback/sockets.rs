//! The kernel's own table of TCP sockets in this namespace: which connections there are, and how far each has got.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use super::hosts::Hosts;

/// This thread's, which is this namespace's.
const TABLE: &str = "/proc/thread-self/net/tcp";

/// The states by the kernel's numbers, from 1 (`include/net/tcp_states.h`), by RFC 9293's names.
const STATES: [&str; 12] = [
    "ESTABLISHED",
    "SYN-SENT",
    "SYN-RECEIVED",
    "FIN-WAIT-1",
    "FIN-WAIT-2",
    "TIME-WAIT",
    "CLOSED",
    "CLOSE-WAIT",
    "LAST-ACK",
    "LISTEN",
    "CLOSING",
    "SYN-RECEIVED",
];

/// One socket.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Socket {
    local: SocketAddrV4,
    remote: SocketAddrV4,
    state: &'static str,
    /// Bytes that the peer has not acknowledged.
    unsent: u64,
}

/// All TCP sockets, at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sockets(Vec<Socket>);

impl Sockets {
    /// Those there are now.
    pub(super) fn now() -> io::Result<Self> {
        let table = fs::read_to_string(TABLE)?;
        Self::parse(&table).ok_or_else(|| io::Error::other(format!("{TABLE} is in no form this program knows")))
    }

    /// The first line is headings; then a line each: number, local address, remote address, state, queues, and more.
    fn parse(table: &str) -> Option<Self> {
        let socket = |line: &str| {
            let mut columns = line.split_ascii_whitespace().skip(1);
            let (local, remote) = (address(columns.next()?)?, address(columns.next()?)?);
            let state = usize::from_str_radix(columns.next()?, 16).ok()?.checked_sub(1)?;
            let unsent = u64::from_str_radix(columns.next()?.split_once(':')?.0, 16).ok()?;
            Some(Socket { local, remote, state: STATES.get(state)?, unsent })
        };
        table.lines().skip(1).map(socket).collect::<Option<_>>().map(Self)
    }

    /// Whether nothing more will be sent, unless a program does: all connections are over. TIME-WAIT is over in all but
    /// name.
    pub(super) fn are_quiet(&self) -> bool {
        self.0.iter().all(|socket| match socket.state {
            "LISTEN" | "TIME-WAIT" | "CLOSED" => true,
            // Half-open (RFC 9293 §3.5.1): the peer's RST was lost, and with nothing to send this end will never know.
            "ESTABLISHED" | "CLOSE-WAIT" | "FIN-WAIT-2" => socket.unsent == 0 && !self.has_peer(socket),
            _ => false,
        })
    }

    /// What is still open, in one phrase: connections by both their ends, then the ports that are listened on.
    pub(super) fn describe(&self, hosts: &Hosts) -> String {
        let open = self.0.iter().filter(|socket| !matches!(socket.state, "LISTEN" | "TIME-WAIT" | "CLOSED"));
        let mut phrases: Vec<_> = open
            .map(|Socket { local, remote, state, .. }| {
                let (from, to) = (hosts.name(*local.ip()), hosts.name(*remote.ip()));
                format!("{from} holds a connection to {to} ({local} to {remote}, {state})")
            })
            .collect();
        let listening = self.0.iter().filter(|socket| socket.state == "LISTEN");
        phrases
            .extend(listening.map(|it| format!("{} listens on port {}", hosts.name(*it.local.ip()), it.local.port())));
        if phrases.is_empty() { "no connection is open".to_owned() } else { phrases.join("; ") }
    }

    fn has_peer(&self, socket: &Socket) -> bool {
        self.0.iter().any(|other| (other.local, other.remote) == (socket.remote, socket.local))
    }
}

/// An address as the table has it: `0100000A:0050`, the address in the machine's own byte order.
fn address(text: &str) -> Option<SocketAddrV4> {
    let (address, port) = text.split_once(':')?;
    let address = u32::from_str_radix(address, 16).ok()?.to_ne_bytes();
    Some(SocketAddrV4::new(Ipv4Addr::from(address), u16::from_str_radix(port, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
    const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

    /// A line of the table, as this machine would write it.
    fn line(local: (Ipv4Addr, u16), remote: (Ipv4Addr, u16), state: u8, unsent: u32) -> String {
        let hex = |(address, port): (Ipv4Addr, u16)| format!("{:08X}:{port:04X}", u32::from_ne_bytes(address.octets()));
        format!("   0: {} {} {state:02X} {unsent:08X}:00000000 00:00000000 00000000  0  0 1\n", hex(local), hex(remote))
    }

    fn sockets(lines: &[String]) -> Sockets {
        Sockets::parse(&format!("  sl  local_address rem_address   st\n{}", lines.concat())).unwrap()
    }

    #[test]
    fn what_is_open_is_named_by_hosts_and_what_is_over_is_not() {
        let lines = [
            line((SERVER, 80), (Ipv4Addr::UNSPECIFIED, 0), 10, 0),
            line((CLIENT, 40_000), (SERVER, 80), 1, 7),
            line((CLIENT, 40_001), (SERVER, 80), 6, 0),
        ];
        let hosts = Hosts::new(&["client", "server"], 0);
        assert_eq!(
            sockets(&lines).describe(&hosts),
            "client holds a connection to server (10.0.0.1:40000 to 10.0.0.2:80, ESTABLISHED); server listens on port 80"
        );
        assert!(!sockets(&lines).are_quiet());
        assert!(sockets(&[lines[0].clone(), lines[2].clone()]).are_quiet());
    }

    #[test]
    fn an_end_whose_peer_is_gone_is_waited_for_only_while_it_has_something_to_send() {
        let end = |unsent| sockets(&[line((CLIENT, 40_000), (SERVER, 80), 1, unsent)]);
        assert!(end(0).are_quiet());
        assert!(!end(1).are_quiet());
    }

    #[test]
    fn a_table_in_another_form_is_not_misread() {
        assert!(Sockets::parse("heading\n 0: nonsense").is_none());
        assert!(Sockets::parse("heading\n 0: 0100000A:0050 0200000A:9C40 00 0:0").is_none());
    }
}
