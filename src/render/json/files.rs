//! Several captures in one output: packets have the numbers that they have in their own captures, and beside each is which capture
//! that is.
//!
//! A record is written as it is. So in a copy of it, the numbers say both: the capture is in bits that no packet number reaches. If
//! there's only one capture, these bits are 0, and nothing is copied.

use super::values::Shown;
use super::write::{Map, Value, array, key, object};
use crate::capture::Names;
use crate::inspect::event::Event;
use crate::inspect::hops::Hop;
use crate::inspect::record::{Connection, Exchange, Extent, Frame, Message, Problem};

/// The first bit that says which capture a packet is of: one more than its number.
const FILE: u32 = 48;

/// A packet's number in its capture.
pub(super) struct Number(pub u64);

impl Value for Number {
    fn write(&self, out: &mut Vec<u8>) {
        (self.0 & ((1 << FILE) - 1)).write(out);
    }
}

/// The number of the capture that a packet is of, from 0.
pub(super) fn file(packet: u64) -> u64 {
    (packet >> FILE).saturating_sub(1)
}

/// Which captures the first and the last packet are of, if there are several.
pub(super) struct Between(pub Extent);

impl Between {
    /// Writes the keys and their values.
    pub(super) fn keys(&self, map: &mut Map<'_>) {
        let [first, last] = [self.0.first.packet, self.0.last.packet];
        if first >> FILE > 0 {
            map.entry(key!("first_file"), &file(first));
            map.entry(key!("last_file"), &file(last));
        }
    }
}

/// Which capture a packet is of, if there are several.
pub(super) struct Of(pub u64);

impl Of {
    /// Writes the keys and their values.
    pub(super) fn keys(&self, map: &mut Map<'_>) {
        if self.0 >> FILE > 0 {
            map.entry(key!("file"), &file(self.0));
        }
    }
}

/// The captures, if there are several.
pub(super) struct Files<'a>(pub Option<&'a Names>);

impl Files<'_> {
    /// Writes the keys and their values.
    pub(super) fn keys(&self, map: &mut Map<'_>) {
        if let Some(names) = self.0 {
            map.entry(key!("files"), &List(names));
        }
    }
}

struct List<'a>(&'a Names);

impl Value for List<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        array(
            out,
            self.0.paths().iter().zip(self.0.shifts()).map(|(path, shift)| File(path.display().to_string(), *shift)),
        );
    }
}

/// Its name as given, and by how many nanoseconds its times are moved.
struct File(String, i64);

impl Value for File {
    fn write(&self, out: &mut Vec<u8>) {
        object(out, |map| {
            map.entry(key!("name"), &self.0);
            map.entry(key!("moved"), &Shown(self.1));
        });
    }
}

/// What `take` does with an event whose packets have their captures' numbers.
pub(super) fn filed(names: &Names, event: Event<'_>, take: impl FnOnce(Event<'_>)) {
    match event {
        Event::Closed(it) => {
            take(Event::Closed(&Connection { extent: extent(names, it.extent), ..it.clone() }));
        }
        Event::Exchange(it) => take(Event::Exchange(&exchange(names, it))),
        Event::Frame(it) => take(Event::Frame(&Frame { extent: extent(names, it.extent), ..it.clone() })),
        Event::Message(it) => take(Event::Message(&Message { extent: extent(names, it.extent), ..it.clone() })),
        Event::Problem(it) => {
            let text = names.in_words(&it.text).into();
            take(Event::Problem(&Problem { packet: number(names, it.packet), text, ..it.clone() }));
        }
        Event::Hop(it) => {
            let mut hop = Hop::clone(it);
            for leg in [&mut hop.from, &mut hop.to] {
                leg.exchange = exchange(names, &leg.exchange);
            }
            take(Event::Hop(&hop));
        }
        _ => take(event),
    }
}

fn number(names: &Names, packet: u64) -> u64 {
    names.place(packet).map_or(packet, |(file, own)| (file as u64 + 1) << FILE | own)
}

fn extent(names: &Names, mut it: Extent) -> Extent {
    it.first.packet = number(names, it.first.packet);
    it.last.packet = number(names, it.last.packet);
    it
}

fn exchange(names: &Names, it: &Exchange) -> Exchange {
    let mut it = it.clone();
    for message in it.messages_mut() {
        message.extent = extent(names, message.extent);
    }
    it
}
