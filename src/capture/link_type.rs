//! The link types that are written or named here, by their numbers in the tcpdump group's registry
//! (<https://www.tcpdump.org/linktypes.html>); what each means, and what it is called, `layers` knows.

use super::LinkType;

impl LinkType {
    /// BSD loopback: a protocol family in the byte order of the machine that captured (LINKTYPE 0).
    pub const NULL: Self = Self(0);
    /// Ethernet, from the destination address on (LINKTYPE 1).
    pub const ETHERNET: Self = Self(1);
    /// The Point-to-Point Protocol (LINKTYPE 9).
    pub const PPP: Self = Self(9);
    /// IPv4 or IPv6, told apart by the version: BSD's own number for it, found in old files.
    pub const RAW_BSD: Self = Self(12);
    /// IPv4 or IPv6, told apart by the version: OpenBSD's own number for it, found in old files.
    pub const RAW_OPENBSD: Self = Self(14);
    /// IPv4 or IPv6, told apart by the version (LINKTYPE 101).
    pub const RAW: Self = Self(101);
    /// OpenBSD loopback: a protocol family in network byte order (LINKTYPE 108).
    pub const LOOP: Self = Self(108);
    /// Linux "cooked" capture (LINKTYPE 113).
    pub const LINUX_SLL: Self = Self(113);
    /// IPv4 (LINKTYPE 228).
    pub const IPV4: Self = Self(228);
    /// IPv6 (LINKTYPE 229).
    pub const IPV6: Self = Self(229);
    /// Linux "cooked" capture, version 2 (LINKTYPE 276).
    pub const LINUX_SLL2: Self = Self(276);
}
