//! The four bytes that BSD systems write before a packet on the loopback interface: its address family.

use crate::layers::headers::prelude::*;

const IPV4: u32 = 2;
/// `AF_INET6` has another number on every system: NetBSD and OpenBSD, FreeBSD, macOS, Linux, Windows.
const IPV6: [u32; 5] = [24, 28, 30, 10, 23];

#[rustfmt::skip]
pub(crate) const LOOPBACK: Header = Header::of(Length::Found(parse), "family {Protocol family}", &[
    family_in("Protocol family",
        "The operating system's own number for the protocol that follows, in its own byte order."),
]);

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

/// A field of four bytes that is an address family in either byte order.
pub(super) const fn family_in(name: &'static str, meaning: &'static str) -> FieldRow {
    FieldRow::Bits(32, name, Show::Of(|pen| family_value(family(pen.array()).into())), Meaning::Is(meaning))
}

/// An address family with its name: "2 (IPv4)".
pub(super) fn family_value(family: u64) -> String {
    match family as u32 {
        IPV4 => format!("{family} (IPv4)"),
        number if IPV6.contains(&number) => format!("{family} (IPv6)"),
        _ => family.to_string(),
    }
}
