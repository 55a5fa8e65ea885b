//! Exchanges that a proxy passed on, one side of it in one capture and the other in another.

use std::hash::BuildHasher;
use std::io::Read;
use std::net::IpAddr;

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use super::{Bounds, Evidence, Told, apart};
use crate::capture::{CaptureError, Reader};
use crate::inspect::record::{Connection, Exchange};
use crate::inspect::{Event, Inspector, Options, Sink};
use crate::layers::application::http::FieldName;
use crate::limits::MAX_COMPARED_EXCHANGES;
use crate::moment::Timestamp;

/// An exchange: when it was asked and answered, and between whom.
#[derive(Clone, Copy, Debug)]
struct Passed {
    asked: Timestamp,
    answered: Timestamp,
    client: IpAddr,
    server: IpAddr,
}

/// A capture's exchanges by what tells them from each other; nothing for what more than one has.
#[derive(Clone, Debug)]
pub(super) struct Exchanges {
    known: HashMap<u64, Option<Passed>, RandomState>,
    hasher: RandomState,
    /// Who has the connections that aren't over.
    open: HashMap<u64, [IpAddr; 2], RandomState>,
}

/// How far the second clock is ahead of the first, if exchanges tell.
pub(super) fn bounds(first: &Exchanges, second: &Exchanges) -> Option<Told> {
    let (mut all, mut count) = (None::<Bounds>, 0);
    for (hash, one) in &first.known {
        let (Some(one), Some(Some(other))) = (one, second.known.get(hash)) else { continue };
        let bounds = if one.server == other.client && one.client != other.client && one.server != other.server {
            Bounds { least: apart(one.answered, other.answered), most: apart(one.asked, other.asked) }
        } else if other.server == one.client && other.client != one.client && other.server != one.server {
            Bounds { least: apart(one.asked, other.asked), most: apart(one.answered, other.answered) }
        } else {
            continue;
        };
        // Where they contradict each other, they are not what they seem.
        all = Some(all.map_or(Some(bounds), |all| all.and(bounds))?);
        count += 1;
    }
    let bounds = all.filter(|it| it.least <= it.most)?;
    Some(Told { bounds, by: Evidence::Exchanges(count), travels: None })
}

impl Exchanges {
    /// Those of a capture, as far as it can be read.
    pub(super) fn of<R: Read>(hasher: &RandomState, reader: Option<Reader<R>>) -> Result<Self, CaptureError> {
        let mut all = Self { known: HashMap::default(), hasher: hasher.clone(), open: HashMap::default() };
        let Some(mut reader) = reader else { return Ok(all) };
        let mut inspector = Inspector::new(Options::default());
        loop {
            match reader.next_packet() {
                Ok(Some(packet)) => inspector.packet(&packet, &mut all),
                Err(stopped @ CaptureError::Stopped { .. }) => return Err(stopped),
                Ok(None) | Err(_) => break,
            }
        }
        inspector.finish(&mut all);
        Ok(all)
    }

    fn exchange(&mut self, it: &Exchange, [client, server]: [IpAddr; 2]) {
        let (Some(request), Some(response)) = (&it.request, &it.response) else { return };
        let fields = &request.message.headers;
        let unique = [FieldName::SecWebSocketKey, FieldName::XRequestId].into_iter().find_map(|name| fields.get(name));
        let hash = match unique {
            Some(value) => self.hasher.hash_one(value),
            None => self.hasher.hash_one((&request.method, &request.target, fields.get(FieldName::Host))),
        };
        let (asked, answered) = (request.message.extent.first.time, response.message.extent.first.time);
        if let Some(other) = self.known.get_mut(&hash) {
            // Which of them was passed on can't be told.
            *other = None;
        } else if self.known.len() < MAX_COMPARED_EXCHANGES {
            self.known.insert(hash, Some(Passed { asked, answered, client, server }));
        }
    }
}

impl Sink for Exchanges {
    fn event(&mut self, event: Event<'_>) {
        let ends = |it: &Connection| [it.client.ip(), it.server.ip()];
        match event {
            Event::Opened(it) => {
                self.open.insert(it.number, ends(it));
            }
            Event::Turned(number) => {
                if let Some(ends) = self.open.get_mut(&number) {
                    ends.reverse();
                }
            }
            Event::Exchange(it) => {
                if let Some(ends) = self.open.get(&it.connection).copied() {
                    self.exchange(it, ends);
                }
            }
            Event::Closed(it) => {
                self.open.remove(&it.number);
            }
            _ => {}
        }
    }
}
