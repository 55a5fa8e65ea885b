//! `wire101 capture`: explains the packets of one of this machine's interfaces as they arrive.

use std::io::Write;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::Failure;
use super::inspect::Inspect;
use super::log::Log;
use crate::render::style::Style;

/// What `capture` was asked for.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The interface's name; "any" for all of them.
    pub interface: String,
    /// Only what has one of these ports; all, if there are none.
    pub ports: Vec<u16>,
    /// Only what has one of these addresses; all, if there are none.
    pub hosts: Vec<IpAddr>,
    /// Where to write every packet.
    pub save: Option<PathBuf>,
    /// For how long; until Ctrl-C, if not asked for.
    pub period: Option<Duration>,
    /// What to show; its `file` is what to call it.
    pub asked: Inspect,
}

/// Captures for as long as was asked for, or until somebody sets `end`, and explains what comes; remarks about the capture
/// go to the log.
///
/// # Errors
///
/// If there is no such interface, or no right to it; if what comes cannot be shown or saved.
#[cfg(target_os = "linux")]
pub fn capture(
    asked: &Capture,
    out: &mut dyn Write,
    remarks: &Log,
    style: Style,
    end: Arc<AtomicBool>,
) -> Result<(), Failure> {
    linux::capture(asked, out, remarks, style, &end.into())
}

/// Other systems hand over packets in other ways.
///
/// # Errors
///
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn capture(_: &Capture, _: &mut dyn Write, _: &Log, _: Style, _: Arc<AtomicBool>) -> Result<(), Failure> {
    let why = "capture needs Linux's packet sockets. What works: `tcpdump -U -w - | wire101 inspect -`, or \
               `tcpdump -U -w FILE` and `wire101 inspect --watch FILE`";
    Err(Failure::Run(why.to_owned()))
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, Write};
    use std::sync::mpsc::sync_channel;
    use std::thread;

    use nix::errno::Errno;

    use super::super::feed::{Feed, Save, missed};
    use super::super::log::Log;
    use super::super::{Failure, apart, inspect};
    use super::Capture;
    use crate::capture::Interface;
    use crate::explain::nearest;
    use crate::kernel::filter::Filter;
    use crate::kernel::packets::{ANY, QUEUE, Socket, Stopper, Stream, interfaces};
    use crate::render::style::Style;

    pub(super) fn capture(
        asked: &Capture,
        out: &mut dyn Write,
        remarks: &Log,
        style: Style,
        stopper: &Stopper,
    ) -> Result<(), Failure> {
        apart(&[("--save", asked.save.as_deref()), ("--out", asked.asked.out.as_deref())])?;
        let name = asked.interface.as_str();
        let filter = Filter { hosts: asked.hosts.clone(), ports: asked.ports.clone(), only_ip: false };
        let socket = Socket::open(name, filter).map_err(|error| refused(name, error))?;
        let link = socket.link();
        let save = asked.save.as_deref().map(|path| Save::begin(path, asked.asked.redact, remarks)).transpose()?;
        let (sender, receiver) = sync_channel(QUEUE);
        let interface =
            Interface { name: Some(name.to_owned()), link, snap_length: 0, fcs_length: None, comment: None };
        let feed = Feed::new(receiver, interface, save, Box::new(|_| {}))?;
        let own = |error: io::Error| Failure::Run(format!("the capture on {name} failed: {error}"));
        let stream = Stream::start(socket, sender, stopper.clone()).map_err(own)?;
        let until = match asked.period {
            None => "Ctrl-C ends it".to_owned(),
            Some(period) => {
                let stopper = stopper.clone();
                thread::Builder::new().name("clock".to_owned()).spawn(move || {
                    thread::sleep(period);
                    stopper.stop();
                })?;
                format!("for {} s, or until Ctrl-C", period.as_secs_f64())
            }
        };
        let is_down = interfaces().is_ok_and(|all| all.iter().any(|it| it.name == name && !it.is_up));
        let state = if is_down { ", which is down: no packets arrive until it's up" } else { "" };
        remarks.remark(&format!("capturing on {name}{state}; {until}"));
        let shown = inspect::live(&asked.asked, Box::new(feed.clone()), None, out, style);
        // Whoever has seen enough, or can see no more, wants no more saved.
        stopper.stop();
        feed.drain();
        let lost = stream.finish().map_err(own)?;
        let saved = feed.close(lost);
        if let Some(remark) = missed(lost) {
            out.flush()?;
            remarks.remark(&remark);
        }
        shown.and(saved)
    }

    fn refused(name: &str, error: Errno) -> Failure {
        match error {
            Errno::ENODEV | Errno::ENXIO => no_such(name),
            Errno::EPERM | Errno::EACCES => Failure::Refused(
                "capturing from an interface needs the right CAP_NET_RAW, which this process doesn't have; what works:\n  \
                 run it with `sudo`\n  \
                 give the program the right, once: `sudo setcap cap_net_raw=ep \"$(command -v wire101)\"`\n  \
                 in a container: start it with `docker run --cap-add NET_RAW --network host ...`\n  \
                 without any right: trace a command, `wire101 trace -- COMMAND`"
                    .to_owned(),
            ),
            error => Failure::Run(format!("cannot capture on {name}: {error}")),
        }
    }

    fn no_such(name: &str) -> Failure {
        let mut names: Vec<String> = interfaces().unwrap_or_default().into_iter().map(|it| it.name).collect();
        names.sort();
        names.dedup();
        names.push(ANY.to_owned());
        let near = nearest(name, names.iter().map(String::as_str));
        let meant = near.first().map(|it| format!("; did you mean {it}?")).unwrap_or_default();
        Failure::Usage(format!("there is no interface {name}{meant} (there are {})", names.join(", ")))
    }
}
