//! What the command tried to reach and couldn't. Destinations outside its network are reported once when they're tried, and all
//! together at the end. Ports inside it on which nobody listened are reported, too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::super::log::Log;
use crate::capture::Timestamp;
use crate::kernel::outside::Attempt;
use crate::render::escape::escape;
use crate::render::live::Live;
use crate::render::model::{Page, Prose};
use crate::render::numbers::counted;
use crate::render::style::Style;

/// How many are remembered.
const MOST_DESTINATIONS: usize = 1000;

/// How many are named at the end.
const NAMED: usize = 8;

/// Takes what was tried, from whatever thread, and tells of it.
#[derive(Clone)]
pub(super) struct Tried {
    seen: Arc<Mutex<Seen>>,
    log: Log,
    start: Timestamp,
    style: Style<'static>,
}

#[derive(Default)]
struct Seen {
    /// The names asked for, by whom they were asked of; none, where no name was asked for.
    attempts: BTreeMap<String, BTreeSet<String>>,
    known: BTreeSet<Attempt>,
    more: u64,
    /// The ports whose answers were seen, and whether somebody listened there at last.
    ports: BTreeMap<u16, bool>,
}

impl Tried {
    pub(super) fn new(log: &Log, start: Timestamp, style: Style<'static>) -> Self {
        Self { seen: Arc::default(), log: log.clone(), start, style }
    }

    /// Tells of it, the first time.
    pub(super) fn tell(&self, attempt: Attempt) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.known.contains(&attempt) {
            return;
        }
        if seen.known.len() >= MOST_DESTINATIONS {
            seen.more += 1;
            return;
        }
        let place = place(&attempt);
        let name = attempt.name.as_deref().map(escape);
        let said = match &name {
            Some(name) => format!("it asked {place} for the name {name}: unreachable"),
            None => format!("{place} was tried: unreachable"),
        };
        seen.attempts.entry(place).or_default().extend(name);
        seen.known.insert(attempt);
        drop(seen);
        self.log.say(&self.told(Live::new(Some(self.start)).note(now(), "outside", said)));
    }

    /// Remembers whether somebody listens on a port.
    fn told(&self, it: impl Into<Page>) -> String {
        self.style.lines(it).join("\n")
    }

    pub(super) fn answered(&self, port: u16, listens: bool) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        *seen.ports.entry(port).or_default() |= listens;
    }

    /// What to say of ports on which nobody ever listened: whoever asked may think of a server that runs elsewhere.
    pub(super) fn remark_on_ports(&self) -> Option<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let silent: Vec<u16> = seen.ports.iter().filter(|(_, listens)| !**listens).map(|(port, _)| *port).collect();
        let mut named: Vec<String> = silent.iter().take(NAMED).map(ToString::to_string).collect();
        if silent.len() > NAMED {
            named.push(format!("{} more", silent.len() - NAMED));
        }
        let ports = if silent.len() == 1 { "port" } else { "ports" };
        let said = format!(
            "Nobody listened on {ports} {} of the command's network, which is its own: a server that was started elsewhere is \
             not in it. Start it in the same command: -- sh -c 'SERVER & sleep 1; CLIENT; kill $!'.",
            named.join(", ")
        );
        (!silent.is_empty()).then(|| self.told(Prose::new(said)))
    }

    /// All of it in a few sentences; nothing where nothing was tried.
    pub(super) fn remark(&self) -> Option<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.attempts.is_empty() {
            return None;
        }
        let one = |(place, names): (&String, &BTreeSet<String>)| match names.len() {
            0 => place.clone(),
            1..=NAMED => format!("{place} for {}", names.iter().cloned().collect::<Vec<_>>().join(", ")),
            many => format!("{place} for {}", counted(many as u64, "name")),
        };
        let mut places: Vec<String> = seen.attempts.iter().map(one).take(NAMED).collect();
        let more = (seen.attempts.len() - places.len()) as u64 + seen.more;
        if more > 0 {
            places.push(format!("and {more} more"));
        }
        let said = format!(
            "The command tried to reach something outside its network, where there's nothing: {}. Let the same command start \
             what it should talk to, or watch this machine's network with `wire101 capture`.",
            places.join("; ")
        );
        Some(self.told(Prose::new(said)))
    }
}

fn place(attempt: &Attempt) -> String {
    let Attempt { destination, port, protocol, .. } = attempt;
    match port {
        Some(port) => format!("{} ({protocol})", std::net::SocketAddr::new(*destination, *port)),
        None => format!("{destination} ({protocol})"),
    }
}

pub(super) fn now() -> Timestamp {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(passed.as_nanos()).unwrap_or(u64::MAX))
}
