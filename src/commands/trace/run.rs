//! Traces a command: makes its network, lets a packet socket read all of it, and then runs the command.

use std::env;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::process::Command;
use std::sync::mpsc::sync_channel;
use std::thread;

use nix::net::if_::if_nametoindex;
use nix::sys::prctl;

use super::super::feed::{Feed, Save, missed};
use super::super::log::Log;
use super::super::{Failure, inspect};
use super::Trace;
use super::family::{self, Family};
use super::tried::{Tried, now};
use crate::capture::{Interface, LinkType};
use crate::kernel::netlink::Netlink;
use crate::kernel::outside::{self, Outside};
use crate::kernel::packets::{QUEUE, Socket, Stopper, Stream};
use crate::kernel::{Refused, System, namespace};
use crate::render::style::Style;

pub(super) fn trace(asked: &Trace, log: &Log, remarks: &Log, style: Style<'static>) -> Result<u8, Failure> {
    let save = asked.save.as_deref().map(|path| Save::begin(path, asked.asked.redact, remarks)).transpose()?;
    let (socket, outside) = network().map_err(elsewhere)?;
    let own = |what: &str, error: io::Error| Failure::Run(format!("{what}: {error}"));
    let unread = |error| own("the packets couldn't be read to the end", error);
    let (sender, receiver) = sync_channel(QUEUE);
    let tried = Tried::new(remarks, now(), style);
    let watcher = tried.clone();
    let watch = move |packet: &[u8]| {
        if let Some(attempt) = outside::unanswered(packet) {
            watcher.tell(attempt);
        }
        if let Some((port, listens)) = outside::listens(packet) {
            watcher.answered(port, listens);
        }
    };
    let feed = Feed::new(receiver, interface(), save, Box::new(watch))?;
    let stream =
        Stream::start(socket, sender, Stopper::default()).map_err(|error| own("no thread can be started", error))?;
    let family = Family::expect(remarks).map_err(|error| own("can't handle signals", error))?;
    prctl::set_child_subreaper(true).map_err(|error| own("cannot become a subreaper", error.into()))?;
    if let Some(outside) = outside {
        let tried = tried.clone();
        let answering = thread::Builder::new().name("outside".to_owned());
        answering
            .spawn(move || outside.answer(|it| tried.tell(it)))
            .map_err(|error| own("no thread can be started", error))?;
    }
    let start = now();
    let stopper = stream.stopper();
    let started = start_command(asked).and_then(|command| {
        let waiter = family.wait(command, remarks.clone(), move || stopper.stop());
        waiter.map_err(|error| (super::OWN_FAILURE, format!("no thread can be started: {error}")))
    });
    let waiter = match started {
        Ok(waiter) => waiter,
        Err((status, message)) => {
            stream.stopper().stop();
            remarks.remark(&message);
            feed.drain();
            let lost = stream.finish().map_err(unread)?;
            feed.close(lost)?;
            return Ok(status);
        }
    };
    let mut out = log.lines();
    let shown = inspect::live(&asked.asked, Box::new(feed.clone()), Some(start), &mut out, style);
    let shown = shown.and_then(|()| out.flush().map_err(Failure::from));
    // Nobody may look any more, but the command runs to its end, and all of it is saved.
    feed.drain();
    let status = waiter.join().unwrap_or(super::OWN_FAILURE);
    let lost = stream.finish().map_err(unread)?;
    let saved = feed.close(lost);
    if let Some(remark) = missed(lost) {
        remarks.remark(&remark);
    }
    for remark in [tried.remark_on_ports(), tried.remark()].into_iter().flatten() {
        remarks.say(&remark);
    }
    saved?;
    match shown {
        // What was asked for is not there: that is no failure of ours, and the command's status says more.
        Err(Failure::Input(message)) => remarks.remark(&message),
        Err(failure) if failure.message().is_some() => return Err(failure),
        _ => {}
    }
    Ok(status)
}

/// A network with nothing in it but a loopback, as the kernel makes it, and a socket that hears all of it. And a way out
/// that leads nowhere, if the kernel has what it takes: without it, what is tried outside is refused as well, but unnamed.
fn network() -> Result<(Socket, Option<Outside>), Refused> {
    let system = System::look();
    namespace::enter(system)?;
    let netlink = Netlink::open().map_err(|error| system.refused("a netlink socket", error))?;
    let up = if_nametoindex("lo").and_then(|index| netlink.bring_up(index, None));
    up.map_err(|error| system.refused("bringing the interface lo up", error))?;
    let socket = Socket::loopback().map_err(|error| system.refused("a packet socket (AF_PACKET)", error))?;
    Ok((socket, Outside::open(&netlink).ok()))
}

fn interface() -> Interface {
    Interface { name: Some("lo".to_owned()), link: LinkType::ETHERNET, snap_length: 0, fcs_length: None, comment: None }
}

fn elsewhere(refused: Refused) -> Failure {
    let refused = refused.or("capture on the machine's own network, with the right to: `wire101 capture -i lo`");
    Failure::Refused(format!("trace runs a command in its own network namespace, and {refused}"))
}

/// Starts the command; returns its process, or the exit status and the reason if it cannot be started.
fn start_command(asked: &Trace) -> Result<u32, (u8, String)> {
    let Some((program, arguments)) = asked.command.split_first() else {
        return Err((127, "there is no command to run".to_owned()));
    };
    let child = Command::new(program).args(arguments).spawn();
    child.map(|child| child.id()).map_err(|error| {
        let name = program.to_string_lossy();
        let status = family::status_of(&error);
        if status == 126 && !name.contains('/') && !is_in(asked.path.as_deref(), program) {
            // The system names the first obstacle: a folder that may not be looked into.
            let why = "no folder in PATH that you can look into has such a command; is it installed?";
            return (127, format!("cannot run {name}: {why}"));
        }
        let advice = match status {
            127 if name.contains(' ') => "; to run a line for a shell, write: -- sh -c 'LINE'",
            127 if name.contains('/') => "; is it, or the interpreter it names, somewhere else?",
            127 => "; is it installed, and in a folder of PATH?",
            _ => "",
        };
        (status, format!("cannot run {name}: {error}{advice}"))
    })
}

/// Whether a folder of PATH has a program of that name, as far as one may look.
fn is_in(path: Option<&OsStr>, program: &OsStr) -> bool {
    env::split_paths(path.unwrap_or_default()).any(|folder| folder.join(program).exists())
}
