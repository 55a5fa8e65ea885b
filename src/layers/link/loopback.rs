//! The four bytes that BSD systems write before a packet on the loopback interface: its address family.

use crate::layers::stack::fault::{Fault, fixed};
use crate::layers::stack::next::{Next, Payload, Step};
use crate::layers::stack::pen::Pen;
use crate::layers::stack::protocol::Protocol;

const IPV4: u32 = 2;
/// `AF_INET6` has another number on every system: NetBSD and OpenBSD, FreeBSD, macOS, Linux, Windows.
const IPV6: [u32; 5] = [24, 28, 30, 10, 23];

#[inline]
pub(crate) fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let header = fixed::<4>(protocol, data)?;
    Ok(Step::new(header.len(), behind(family(*header))))
}

/// What an address family stands for.
pub(super) fn behind(family: u32) -> Next {
    match family {
        IPV4 => Next::Header(Protocol::Ipv4),
        family if IPV6.contains(&family) => Next::Header(Protocol::Ipv6),
        _ => Next::Payload(Payload::AddressFamily(family)),
    }
}

/// The family, in whichever byte order makes sense: the file does not tell whose machine wrote it. Families are small
/// numbers, so the right order is the one in which the number is small.
pub(super) fn family(bytes: [u8; 4]) -> u32 {
    u32::from_le_bytes(bytes).min(u32::from_be_bytes(bytes))
}

pub(crate) fn annotate(pen: &mut Pen<'_>) -> String {
    let value = family_value(family(pen.array()));
    pen.leaf(
        32,
        "Protocol family",
        value.clone(),
        "The operating system's own number for the protocol that follows, in its own byte order.",
    );
    format!("family {value}")
}

/// An address family with its name: "2 (IPv4)".
pub(super) fn family_value(family: u32) -> String {
    match family {
        IPV4 => format!("{family} (IPv4)"),
        _ if IPV6.contains(&family) => format!("{family} (IPv6)"),
        _ => family.to_string(),
    }
}
