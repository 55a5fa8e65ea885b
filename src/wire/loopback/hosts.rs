//! The hosts' names and addresses. They are one machine here; each name has an address of its own on the loopback.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

/// The hosts of one wire, in the order in which they were named.
#[derive(Clone, Debug)]
pub(super) struct Hosts(Vec<(String, Ipv4Addr)>);

impl Hosts {
    /// The same addresses as on the virtual wire: on side 0, `10.0.0.1`, and so on; on side 1, `10.0.1.1`.
    pub(super) fn new(names: &[&str], side: u8) -> Self {
        Self((1..).zip(names).map(|(host, name)| ((*name).to_owned(), Ipv4Addr::new(10, 0, side, host))).collect())
    }

    pub(super) fn addresses(&self) -> impl Iterator<Item = Ipv4Addr> {
        self.0.iter().map(|(_, address)| *address)
    }

    /// The names and addresses, as a recording has them.
    pub(super) fn list(&self) -> Vec<(String, IpAddr)> {
        self.0.iter().map(|(name, address)| (name.clone(), (*address).into())).collect()
    }

    pub(super) fn address(&self, name: &str) -> io::Result<Ipv4Addr> {
        let unknown = || io::Error::new(io::ErrorKind::NotFound, format!("there is no host named {name} on this wire"));
        self.0.iter().find(|(host, _)| host == name).map(|(_, address)| *address).ok_or_else(unknown)
    }

    /// Who has an address; "somebody" where no host does.
    pub(super) fn name(&self, address: Ipv4Addr) -> &str {
        self.0.iter().find(|(_, host)| *host == address).map_or("somebody", |(name, _)| name)
    }
}
