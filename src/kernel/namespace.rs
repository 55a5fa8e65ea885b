//! Gives this thread a network namespace: an empty network with nothing but a loopback, and full rights over it.
//!
//! With `CAP_SYS_ADMIN` that's all it takes. Anybody else gets a user namespace as well, in which they keep their own user and
//! group and have every right over what's inside; Linux allows that unless it's configured not to. A user namespace belongs to the
//! whole process, so it can only be made before a second thread starts. There's no way back.

use std::fs;

use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};

use super::refusal::{Refused, System};

/// The capabilities it takes to do without a user namespace: to configure a network, to capture, and to make a
/// namespace (`CAP_NET_ADMIN`, `CAP_NET_RAW`, `CAP_SYS_ADMIN`).
const NEEDED: u64 = 1 << 12 | 1 << 13 | 1 << 21;

/// Enters a new network namespace.
///
/// # Errors
///
/// If the system refuses.
pub fn enter(system: System) -> Result<(), Refused> {
    if capabilities() & NEEDED == NEEDED {
        return unshare(CloneFlags::CLONE_NEWNET).map_err(|error| system.refused("unshare(CLONE_NEWNET)", error));
    }
    // Ask now: inside, until the maps are written, everybody is nobody.
    let (user, group) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET)
        .map_err(|error| system.refused("unshare(CLONE_NEWUSER | CLONE_NEWNET)", error))?;
    // Unless setgroups is denied, an ordinary user may not map a group (user_namespaces(7)).
    write(system, "/proc/self/setgroups", "deny")?;
    write(system, "/proc/self/uid_map", &format!("{user} {user} 1"))?;
    write(system, "/proc/self/gid_map", &format!("{group} {group} 1"))
}

/// The capabilities in effect, a bit each; none if they can't be read.
fn capabilities() -> u64 {
    let status = fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    effective.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

fn write(system: System, path: &'static str, text: &str) -> Result<(), Refused> {
    fs::write(path, text).map_err(|error| {
        system.refused(&format!("writing {text:?} to {path}"), Errno::try_from(error).unwrap_or(Errno::EIO))
    })
}
