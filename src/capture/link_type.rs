//! The tcpdump group's registry of link types (<https://www.tcpdump.org/linktypes.html>): numbers and names.

use std::fmt;

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

    /// The registry's name without its `LINKTYPE_`, for the types that are met with: `ETHERNET`, `LINUX_SLL`.
    #[must_use]
    #[rustfmt::skip]
    pub fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "NULL",
            1 => "ETHERNET",
            3 => "AX25",
            6 => "IEEE802_5",
            7 => "ARCNET_BSD",
            8 => "SLIP",
            9 => "PPP",
            10 => "FDDI",
            50 => "PPP_HDLC",
            51 => "PPP_ETHER",
            100 => "ATM_RFC1483",
            // 12 and 14 are what BSD systems call it; the registry has only 101.
            12 | 14 | 101 => "RAW",
            104 => "C_HDLC",
            105 => "IEEE802_11",
            107 => "FRELAY",
            108 => "LOOP",
            113 => "LINUX_SLL",
            117 => "PFLOG",
            119 => "IEEE802_11_PRISM",
            122 => "IP_OVER_FC",
            123 => "SUNATM",
            127 => "IEEE802_11_RADIOTAP",
            143 => "DOCSIS",
            144 => "LINUX_IRDA",
            147 => "USER0",
            148 => "USER1",
            149 => "USER2",
            150 => "USER3",
            151 => "USER4",
            152 => "USER5",
            153 => "USER6",
            154 => "USER7",
            155 => "USER8",
            156 => "USER9",
            157 => "USER10",
            158 => "USER11",
            159 => "USER12",
            160 => "USER13",
            161 => "USER14",
            162 => "USER15",
            163 => "IEEE802_11_AVS",
            166 => "PPP_PPPD",
            187 => "BLUETOOTH_HCI_H4",
            189 => "USB_LINUX",
            192 => "PPI",
            195 => "IEEE802_15_4_WITHFCS",
            197 => "ERF",
            201 => "BLUETOOTH_HCI_H4_WITH_PHDR",
            204 => "PPP_WITH_DIR",
            220 => "USB_LINUX_MMAPPED",
            226 => "IPNET",
            227 => "CAN_SOCKETCAN",
            228 => "IPV4",
            229 => "IPV6",
            230 => "IEEE802_15_4_NOFCS",
            231 => "DBUS",
            239 => "NFLOG",
            240 => "NETANALYZER",
            241 => "NETANALYZER_TRANSPARENT",
            242 => "IPOIB",
            243 => "MPEG_2_TS",
            247 => "INFINIBAND",
            248 => "SCTP",
            249 => "USBPCAP",
            251 => "BLUETOOTH_LE_LL",
            252 => "WIRESHARK_UPPER_PDU",
            253 => "NETLINK",
            254 => "BLUETOOTH_LINUX_MONITOR",
            256 => "BLUETOOTH_LE_LL_WITH_PHDR",
            258 => "PKTAP",
            259 => "EPON",
            266 => "USB_DARWIN",
            271 => "VSOCK",
            272 => "NORDIC_BLE",
            274 => "ETHERNET_MPACKET",
            276 => "LINUX_SLL2",
            283 => "IEEE802_15_4_TAP",
            288 => "USB_2_0",
            _ => return None,
        })
    }
}

impl fmt::Display for LinkType {
    /// Its name, or "link type 999" where it has none here.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "link type {}", self.0),
        }
    }
}
