//! The loopback interface of this thread's namespace, set up to be as much like Ethernet as it can be.

use std::net::Ipv4Addr;
use std::time::Duration;

use nix::errno::Errno;
use nix::net::if_::if_nametoindex;

use crate::kernel::netlink::Netlink;
use crate::kernel::{Refused, System};

/// The longest packet, in bytes: Ethernet's. With a loopback's own, 64 KiB, a receiver takes what is sent at once for half a
/// segment and waits 40 ms before it acknowledges; the sender, whose round trips take microseconds, sends it again.
const MTU: u32 = 1500;

/// The interface, up, with these addresses, and otherwise like an Ethernet interface.
///
/// # Errors
///
/// Where the system refuses it.
pub(super) fn loopback(system: System, addresses: impl Iterator<Item = Ipv4Addr>) -> Result<Loopback, Refused> {
    let netlink = Netlink::open().map_err(|error| system.refused("a netlink socket", error))?;
    let index = if_nametoindex("lo").map_err(|error| system.refused("looking for the interface lo", error))?;
    netlink.bring_up(index, Some(MTU)).map_err(|error| system.refused("bringing the interface lo up", error))?;
    netlink.send_one_by_one(index).map_err(|error| system.refused("setting up the interface lo", error))?;
    for address in addresses {
        netlink
            .add_address(index, address.into())
            .map_err(|error| system.refused("giving the interface lo an address", error))?;
    }
    Ok(Loopback { netlink, index })
}

/// The loopback interface of this namespace.
pub(super) struct Loopback {
    netlink: Netlink,
    index: u32,
}

impl Loopback {
    /// Has every packet take half the round trip, and a percentage of them get lost; says why, where the kernel cannot.
    pub(super) fn impair(&self, rtt: Duration, loss: f64) -> Option<String> {
        if rtt.is_zero() && loss <= 0.0 {
            return None;
        }
        let error = self.netlink.impair(self.index, rtt / 2, loss).err()?;
        let why = match error {
            Errno::ENOENT | Errno::EOPNOTSUPP => {
                "it has no netem (built without CONFIG_NET_SCH_NETEM, or the module sch_netem is not installed)"
                    .to_owned()
            }
            other => format!("netem was refused: {other}"),
        };
        Some(format!(
            "This kernel cannot delay or lose packets: {why}. They cross the loopback at once, and all of them."
        ))
    }
}
