//! Layer 2: frames between neighbours. Ethernet and its tags, rings, `ARCnet`, Wi-Fi, serial lines, what kernels and drivers
//! write before or instead of a link header, and ARP. Each file has a [`Header`](super::headers::Header) for each of
//! its headers.

pub(crate) mod arcnet;
pub(crate) mod arp;
pub(crate) mod cooked;
pub(crate) mod ethernet;
pub(crate) mod kernel;
pub(crate) mod loopback;
pub(crate) mod monitor;
pub(crate) mod mpls;
pub(crate) mod nflog;
pub(crate) mod ppp;
pub(crate) mod ring;
pub(crate) mod switch_tag;
pub(crate) mod tags;
pub(crate) mod vlan;
pub(crate) mod wifi;
