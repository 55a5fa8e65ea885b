//! A network namespace of this thread's own: an empty network, with nothing but a loopback, and full rights over it.
//!
//! Whoever may (`CAP_SYS_ADMIN`) makes just that. Anybody else makes a user namespace with it, in which they keep their
//! own user and group and have every right over what is inside; Linux allows that unless it was told not to. A user
//! namespace is the whole process's, so that it can be made only before a second thread starts. There is no way back.

use std::fs;
use std::net::Ipv4Addr;
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::net::if_::if_nametoindex;
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};

use super::netlink::Netlink;
use super::refusal::System;
use crate::wire::WireError;

/// The capabilities it takes to do without a user namespace: to configure a network, to capture, and to make a
/// namespace (`CAP_NET_ADMIN`, `CAP_NET_RAW`, `CAP_SYS_ADMIN`).
const NEEDED: u64 = 1 << 12 | 1 << 13 | 1 << 21;

/// The longest packet, in bytes: Ethernet's. With a loopback's own, 64 KiB, a receiver takes what is sent at once for half a
/// segment and waits 40 ms before it acknowledges; the sender, whose round trips take microseconds, sends it again.
const MTU: u32 = 1500;

/// Enters a new network namespace.
///
/// # Errors
///
/// Where the system refuses it.
pub(super) fn enter(system: System) -> Result<(), WireError> {
    if capabilities() & NEEDED == NEEDED {
        return unshare(CloneFlags::CLONE_NEWNET).map_err(|error| system.refused("unshare(CLONE_NEWNET)", error));
    }
    // Asked before: inside, until the maps are written, everybody is nobody.
    let (user, group) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET)
        .map_err(|error| system.refused("unshare(CLONE_NEWUSER | CLONE_NEWNET)", error))?;
    // Without setgroups denied, nobody may map a group unless they could change it (user_namespaces(7)).
    write(system, "/proc/self/setgroups", "deny")?;
    write(system, "/proc/self/uid_map", &format!("{user} {user} 1"))?;
    write(system, "/proc/self/gid_map", &format!("{group} {group} 1"))
}

/// The loopback interface of this namespace, up, with these addresses, and otherwise like an Ethernet interface.
///
/// # Errors
///
/// Where the system refuses it.
pub(super) fn loopback(system: System, addresses: impl Iterator<Item = Ipv4Addr>) -> Result<Loopback, WireError> {
    let netlink = Netlink::open().map_err(|error| system.refused("a netlink socket", error))?;
    let index = if_nametoindex("lo").map_err(|error| system.refused("looking for the interface lo", error))?;
    netlink.bring_up(index, MTU).map_err(|error| system.refused("bringing the interface lo up", error))?;
    netlink.send_one_by_one(index).map_err(|error| system.refused("setting up the interface lo", error))?;
    for address in addresses {
        netlink
            .add_address(index, address)
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

/// The capabilities in effect, a bit each; none where they cannot be read.
fn capabilities() -> u64 {
    let status = fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    effective.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

fn write(system: System, path: &'static str, text: &str) -> Result<(), WireError> {
    fs::write(path, text).map_err(|error| {
        let number = error.raw_os_error().unwrap_or(libc::EIO);
        system.refused(&format!("writing {text:?} to {path}"), Errno::from_raw(number))
    })
}
