//! Finds out, as far as possible, why a system refuses a namespace, and which command makes it work.

use std::fs;
use std::path::Path;

use nix::errno::Errno;
use nix::unistd::geteuid;

/// What the system didn't allow, why, and what would work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system refused {step}: {error}\n  why: {why}\n  what works: {}", .remedies.join("; or "))]
pub struct Refused {
    /// What was refused.
    pub step: String,
    /// The system's error.
    pub error: String,
    /// The reason, as far as it's known.
    pub why: String,
    /// What to do about it, one way each.
    pub remedies: Vec<String>,
}

impl Refused {
    /// The same, with one more way.
    #[must_use]
    pub fn or(mut self, remedy: &str) -> Self {
        self.remedies.push(remedy.to_owned());
        self
    }
}

/// What the system says about namespaces. It has to be read before one is made: inside, everybody looks like root, or nobody.
#[derive(Clone, Copy, Debug)]
pub struct System {
    root: bool,
    /// The sysctl `kernel.unprivileged_userns_clone` (Debian and its kin) is 0.
    only_root: bool,
    /// The sysctl `kernel.apparmor_restrict_unprivileged_userns` (Ubuntu from 23.10 on) is 1.
    app_armor: bool,
    /// The sysctl `user.max_user_namespaces` or `user.max_net_namespaces` is 0.
    no_more: Option<&'static str>,
    /// The kernel has user namespaces.
    has_them: bool,
    /// More than one thread is running.
    threads: bool,
    /// Some system calls are filtered (seccomp): containers do that.
    filtered: bool,
}

impl System {
    /// Reads the system's settings.
    #[must_use]
    pub fn look() -> Self {
        let sysctl = |name: &str| fs::read_to_string(Path::new("/proc/sys").join(name));
        let is = |name: &str, value: &str| sysctl(name).is_ok_and(|text| text.trim() == value);
        let none = |name: &&str| is(&name.replace('.', "/"), "0");
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let of_status = |name: &str| {
            let value = status.lines().find_map(|line| line.strip_prefix(name));
            value.and_then(|value| value.trim().parse::<u32>().ok()).unwrap_or(0)
        };
        Self {
            root: geteuid().is_root(),
            only_root: is("kernel/unprivileged_userns_clone", "0"),
            app_armor: is("kernel/apparmor_restrict_unprivileged_userns", "1"),
            no_more: ["user.max_user_namespaces", "user.max_net_namespaces"].into_iter().find(none),
            has_them: Path::new("/proc/self/ns/user").exists(),
            threads: of_status("Threads:") > 1,
            filtered: of_status("Seccomp:") == 2,
        }
    }

    /// The error that says what was refused, why, and what works.
    #[must_use]
    pub fn refused(self, step: &str, error: Errno) -> Refused {
        let (why, remedies) = self.explain(error);
        Refused { step: step.to_owned(), error: error.to_string(), why, remedies }
    }

    /// Why, and what to do about it.
    fn explain(self, error: Errno) -> (String, Vec<String>) {
        let set = |name: &str, value: &str| format!("allow it with `sudo sysctl {name}={value}`");
        let (why, remedy) = match error {
            Errno::EINVAL if self.threads => {
                return (
                    "a user namespace can be made only before a program's second thread starts".to_owned(),
                    vec!["do it in a separate process".to_owned()],
                );
            }
            Errno::EINVAL | Errno::ENOSYS if !self.has_them => {
                ("this kernel was built without user namespaces".to_owned(), None)
            }
            Errno::ENOSPC | Errno::EUSERS => {
                let name = self.no_more.unwrap_or("user.max_user_namespaces");
                let why = format!("no more namespaces are allowed, or none at all: see the sysctl {name}");
                (why, Some(set(name, "10000")))
            }
            Errno::EPERM | Errno::EACCES if self.only_root && !self.root => {
                let name = "kernel.unprivileged_userns_clone";
                (format!("only root may make namespaces here: the sysctl {name} is 0"), Some(set(name, "1")))
            }
            Errno::EPERM | Errno::EACCES if self.filtered => {
                let remedy = "allow it with `docker run --cap-add SYS_ADMIN ...`, or with `--security-opt \
                              seccomp=unconfined` (podman: the same)"
                    .to_owned();
                ("system calls are filtered (seccomp), as in a container".to_owned(), Some(remedy))
            }
            Errno::EPERM | Errno::EACCES if self.app_armor && !self.root => {
                let name = "kernel.apparmor_restrict_unprivileged_userns";
                let why = format!("AppArmor allows this only to programs that it knows: the sysctl {name} is 1");
                (why, Some(set(name, "0")))
            }
            _ => ("a security policy of this system forbids it, or a chroot or a container does".to_owned(), None),
        };
        let root = (!self.root).then(|| "run it as root, with `sudo`".to_owned());
        (why, remedy.into_iter().chain(root).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: System = System {
        root: false,
        only_root: false,
        app_armor: false,
        no_more: None,
        has_them: true,
        threads: false,
        filtered: false,
    };

    #[test]
    fn each_switch_of_the_system_is_named_with_the_command_that_turns_it() {
        let cases = [
            (System { only_root: true, ..USUAL }, Errno::EPERM, "sudo sysctl kernel.unprivileged_userns_clone=1"),
            (System { app_armor: true, ..USUAL }, Errno::EACCES, "apparmor_restrict_unprivileged_userns=0"),
            (System { filtered: true, root: true, ..USUAL }, Errno::EPERM, "docker run --cap-add SYS_ADMIN"),
            (
                System { no_more: Some("user.max_net_namespaces"), ..USUAL },
                Errno::ENOSPC,
                "sysctl user.max_net_namespaces=",
            ),
            (System { threads: true, ..USUAL }, Errno::EINVAL, "a separate process"),
        ];
        for (system, error, expected) in cases {
            let (why, remedies) = system.explain(error);
            assert!(remedies.concat().contains(expected), "{why}: {remedies:?}");
        }
    }

    #[test]
    fn nobody_who_is_root_is_told_to_become_it() {
        for error in [Errno::EPERM, Errno::ENOSPC, Errno::EINVAL] {
            assert!(!System { root: true, ..USUAL }.explain(error).1.concat().contains("as root"));
            assert!(USUAL.explain(error).1.concat().contains("as root"));
        }
    }
}
