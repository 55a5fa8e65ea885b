//! What's in a capture, and where. It takes one pass to make, and then any part can be read again without reading what's before
//! it.
//!
//! An [`Index`] keeps checkpoints in the file, thinned out so that their number doesn't grow with it, and the records that were
//! asked for. Whatever else a view needs, it gets by replaying the connection in question from the checkpoint before its first
//! packet. Knows no files: the caller says how to read the capture from a [`Mark`] on.

mod checkpoints;
mod packets;
#[cfg(test)]
mod tests;

use std::io::Read;

use self::checkpoints::Checkpoints;
pub use self::packets::Packets;
use crate::capture::{CaptureError, Interface, Layout, Mark, Reader};
use crate::inspect::record::{Connection, Moment, Summary};
use crate::inspect::{self, Event, Inspector, Lane, Options, PacketContent, PacketSeen, Sink};
use crate::limits::CHECKPOINT_INTERVAL;

/// What an index is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing but the checkpoints.
    Nothing,
    /// A connection, by number.
    Connection(u64),
    /// A packet, by number, and its connection.
    Packet(u64),
}

impl Wanted {
    /// The connection that is wanted.
    #[must_use]
    pub fn connection(self) -> Option<u64> {
        if let Self::Connection(number) = self { Some(number) } else { None }
    }
}

/// A capture that was read once.
pub struct Index {
    /// What it was asked for.
    pub wanted: Wanted,
    layout: Layout,
    checkpoints: Checkpoints,
    first: Option<Moment>,
    /// The counts, of all that could be read.
    pub summary: Summary,
    /// What stopped the reading early.
    pub error: Option<CaptureError>,
    /// The packet that was asked for.
    pub packet: Option<PacketSeen>,
    /// How many frames the connection that was asked for has.
    pub frames: u64,
    /// How many messages.
    pub messages: u64,
    followed: Option<Followed>,
}

/// A connection that was asked for, or whose packet was.
#[derive(Clone, Debug)]
struct Followed {
    lane: Lane,
    /// What it came to, and the moment of the capture at which that was known. Nothing, if it was over before its packet came.
    over: Option<(Connection, Moment)>,
}

impl Index {
    /// Reads a capture to its end, or to where it is damaged, or until the view has seen enough. Where [`Options::only`] names a
    /// connection, the view is told of that alone.
    pub fn read<R: Read>(reader: Reader<R>, wanted: Wanted, options: Options, sink: &mut dyn Sink) -> Self {
        let checkpoints = Checkpoints::new(reader.mark(), CHECKPOINT_INTERVAL);
        Self::read_with(checkpoints, reader, wanted, options, sink)
    }

    fn read_with<R: Read>(
        mut checkpoints: Checkpoints,
        mut reader: Reader<R>,
        wanted: Wanted,
        options: Options,
        sink: &mut dyn Sink,
    ) -> Self {
        let mut inspector = Inspector::new(options);
        let mut search = Search::new(wanted, sink);
        let (mut error, mut interfaces, mut first) = (None, 0, None);
        while !search.done() {
            inspect::name_interfaces(&reader, &mut interfaces, &mut inspector, &mut search);
            if reader.offset() >= checkpoints.due && inspector.is_between_datagrams() {
                checkpoints.add(reader.mark());
            }
            match reader.next_packet() {
                Ok(Some(packet)) => {
                    let moment = Moment { packet: packet.number, time: packet.time };
                    first.get_or_insert(moment);
                    search.begin(moment);
                    inspector.packet(&packet, &mut search);
                    search.end(&mut inspector);
                }
                Ok(None) => break,
                Err(damage) => {
                    error = Some(damage);
                    break;
                }
            }
        }
        inspect::name_interfaces(&reader, &mut interfaces, &mut inspector, &mut search);
        inspector.finish(&mut search);
        let Search { packet, followed, frames, messages, .. } = search;
        let summary = inspector.summary().clone();
        Self {
            wanted,
            layout: reader.into_layout(),
            checkpoints,
            first,
            summary,
            error,
            packet,
            frames,
            messages,
            followed,
        }
    }

    /// The capture's first packet.
    #[must_use]
    pub fn first(&self) -> Option<Moment> {
        self.first
    }

    /// The interfaces that the capture describes.
    #[must_use]
    pub fn interfaces(&self) -> &[Interface] {
        self.layout.interfaces()
    }

    /// The number of the connection that was asked for, or whose packet was.
    #[must_use]
    pub fn connection(&self) -> Option<u64> {
        self.followed.as_ref().map(|followed| followed.lane.connection)
    }

    /// From here on it's this connection that can be [read again](Self::replay): `record` is what it came to.
    pub fn follow(&mut self, record: &Connection) {
        self.followed = Some(Followed { lane: Lane::of(record), over: Some((record.clone(), record.extent.last)) });
    }

    /// Reads the capture again from before a packet. `open` reads it from a mark on.
    ///
    /// # Errors
    ///
    /// Those of `open`.
    pub fn before<R: Read, E>(
        &self,
        packet: u64,
        open: impl FnOnce(&Layout, Mark) -> Result<Reader<R>, E>,
    ) -> Result<Reader<R>, E> {
        open(&self.layout, self.checkpoints.before(packet))
    }

    /// Reads the connection again, until the view has seen enough: it's told what it would be if the whole capture were read, but
    /// for the ids of problems, which count the whole capture's.
    /// `open` reads the capture from a mark on.
    ///
    /// # Errors
    ///
    /// Those of `open`. Damage ends it: [`error`](Self::error) is what tells of that.
    pub fn replay<R: Read, E>(
        &self,
        open: impl FnOnce(&Layout, Mark) -> Result<Reader<R>, E>,
        options: Options,
        sink: &mut dyn Sink,
    ) -> Result<(), E> {
        let Some(Followed { lane, over }) = &self.followed else { return Ok(()) };
        let end = over.as_ref().map_or(lane.last, |(_, moment)| moment.packet.max(lane.last));
        let mut reader = self.before(lane.first, open)?;
        let mut inspector = Inspector::of(lane, Options { only: None, ..options });
        for (number, interface) in self.interfaces().iter().enumerate() {
            inspector.interface(interface);
            sink.event(Event::Interface(number, interface.name.as_deref()));
        }
        while !sink.done()
            && let Ok(Some(packet)) = reader.next_packet()
        {
            inspector.packet(&packet, sink);
            if packet.number >= end {
                break;
            }
        }
        match over {
            // What it came to is known, and the view need not wait for it.
            Some((record, _)) if sink.done() => sink.event(Event::Closed(record)),
            Some((_, moment)) => inspector.finish_at(*moment, sink),
            None => {
                inspector.finish(sink);
            }
        }
        Ok(())
    }
}

/// A view of one connection: what is of others doesn't reach it.
#[derive(Clone, Debug)]
pub struct OfConnection<S> {
    /// The connection's number.
    pub connection: u64,
    /// The view.
    pub view: S,
}

impl<S: Sink> Sink for OfConnection<S> {
    fn event(&mut self, event: Event<'_>) {
        if event.connection() == Some(self.connection) || matches!(event, Event::Interface(..)) {
            self.view.event(event);
        }
    }

    fn done(&self) -> bool {
        self.view.done()
    }
}

/// A view, and beside it the search for what was asked for.
struct Search<'a> {
    wanted: Wanted,
    view: &'a mut dyn Sink,
    now: Moment,
    packet: Option<PacketSeen>,
    /// The connection that the packet is of.
    of: Option<u64>,
    frames: u64,
    messages: u64,
    followed: Option<Followed>,
}

impl<'a> Search<'a> {
    fn new(wanted: Wanted, view: &'a mut dyn Sink) -> Self {
        Self { wanted, view, now: Moment::default(), packet: None, of: None, frames: 0, messages: 0, followed: None }
    }

    /// The packet that is asked for is this one, or it's not known yet what it's of.
    fn is_near(&self) -> bool {
        matches!(self.wanted, Wanted::Packet(wanted) if self.of.is_none() && wanted <= self.now.packet)
            && !self.packet.as_ref().is_some_and(is_alone)
    }

    /// Before a packet's events.
    fn begin(&mut self, moment: Moment) {
        self.now = moment;
    }

    /// After a packet's events.
    fn end(&mut self, inspector: &mut Inspector) {
        if !matches!(self.wanted, Wanted::Packet(wanted) if wanted <= self.now.packet) || self.followed.is_some() {
            return;
        }
        if let Some(connection) = self.of {
            if let Some(record) = inspector.connection(connection) {
                let lane = Lane { last: self.now.packet, ..Lane::of(record) };
                self.followed = Some(Followed { lane, over: None });
            }
            if self.view.counts_only() {
                inspector.tell_only(connection);
            }
        } else if self.is_near() {
            // A fragment: what it's a part of is known once its bytes are read.
            inspector.tell_pieces();
        }
    }

    fn find(&mut self, event: Event<'_>) {
        match (self.wanted, event) {
            (Wanted::Packet(wanted), Event::Packet(it)) if it.moment.packet == wanted => {
                self.of = event.connection();
                self.packet = Some(it.clone());
            }
            (Wanted::Packet(wanted), Event::Bytes(it)) if it.run.origin.packet() == Some(wanted) => {
                self.of = Some(it.connection);
            }
            // What waited until its connection was over is read then.
            (Wanted::Packet(_), Event::Closed(it)) if self.of == Some(it.number) && self.followed.is_none() => {
                self.followed = Some(Followed { lane: Lane::of(it), over: None });
            }
            (Wanted::Connection(wanted), Event::Opened(it)) if it.number == wanted => {
                self.followed = Some(Followed { lane: Lane::of(it), over: None });
            }
            _ => {}
        }
        let Some(Followed { lane, over }) = &mut self.followed else { return };
        if event.connection() == Some(lane.connection) {
            match event {
                Event::Packet(it) => lane.last = it.moment.packet,
                Event::Frame(_) => self.frames += 1,
                Event::Message(_) => self.messages += 1,
                Event::Closed(it) => *over = Some((it.clone(), self.now)),
                _ => {}
            }
        }
    }
}

/// Whether nothing more can be found out of a packet: it's no fragment.
fn is_alone(packet: &PacketSeen) -> bool {
    packet.content != PacketContent::Fragment
}

impl Sink for Search<'_> {
    fn event(&mut self, event: Event<'_>) {
        self.find(event);
        self.view.event(event);
    }

    fn done(&self) -> bool {
        self.view.done()
    }

    fn counts_only(&self) -> bool {
        let is_followed = matches!(self.wanted, Wanted::Connection(_)) || self.followed.is_some();
        self.view.counts_only() && !is_followed && !self.is_near()
    }
}
