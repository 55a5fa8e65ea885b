//! The two endpoints that a connection is between, as what it is found by.

use std::net::{IpAddr, Ipv4Addr};

use crate::layers::stack::TcpPacket;
use crate::layers::transport::header::Header;

/// Two endpoints, the lower first, as numbers: they are compared and hashed for every packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Pair {
    /// Of each endpoint the address, and behind it the port.
    Ipv4([u64; 2]),
    /// The addresses, and the ports.
    Ipv6([u128; 2], [u16; 2]),
}

impl Pair {
    /// The endpoints of a packet, and whether the lower of them sent it.
    pub(super) fn of(tcp: &TcpPacket<'_>) -> (Self, bool) {
        if let (IpAddr::V4(from), IpAddr::V4(to)) = (tcp.source, tcp.destination) {
            return Self::of_ipv4((from, to), &tcp.header);
        }
        let number = |address: IpAddr| match address {
            IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
            IpAddr::V6(address) => address.to_bits(),
        };
        let from = (number(tcp.source), tcp.header.source_port);
        let to = (number(tcp.destination), tcp.header.destination_port);
        let (low, high) = if from <= to { (from, to) } else { (to, from) };
        (Self::Ipv6([low.0, high.0], [low.1, high.1]), from <= to)
    }

    #[inline]
    pub(super) fn of_ipv4((from, to): (Ipv4Addr, Ipv4Addr), header: &Header<'_>) -> (Self, bool) {
        let number = |address: Ipv4Addr, port: u16| u64::from(address.to_bits()) << 16 | u64::from(port);
        let (from, to) = (number(from, header.source_port), number(to, header.destination_port));
        (Self::Ipv4([from.min(to), from.max(to)]), from <= to)
    }
}
