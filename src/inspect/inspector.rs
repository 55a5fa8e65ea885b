//! Packets in, events out.

use std::io::Read;

use super::connections::{Connections, Lane};
use super::event::{Arrived, Event, How, Made, Map, PacketContent, Sink};
use super::mark::is_marked;
use super::output::{About, Options, Output, Scratch};
use super::problems::Fault;
use super::record::{Connection, Moment, Summary};
use super::strays::{Listener, Strays};
use crate::capture::{CaptureError, Interface, Packet, Reader};
use crate::layers::Source;
use crate::layers::network::fragments::{Datagram, Fragments};
use crate::layers::quoted::OwnWords;
use crate::layers::stack::{self, Outcome, TcpPacket};
use crate::layers::transport::Tap;

/// The pipeline: takes packets, one after the other, and tells a [`Sink`] what is in them.
#[derive(Debug, Default)]
pub struct Inspector {
    options: Options,
    redacted: bool,
    summary: Summary,
    connections: Connections,
    fragments: Fragments,
    last: Moment,
    scratch: Scratch,
    strays: Strays,
}

impl Inspector {
    /// An inspector that looks as deep as `options` say.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self { options, ..Self::default() }
    }

    /// An inspector of one connection whose place in the capture is known. From the packets of all other connections it
    /// takes only the fragments, because nothing says yet what they belong to. It begins anywhere before
    /// [`Lane::first`] where no datagram [waits](Self::is_between_datagrams) for its fragments, and finds what an
    /// inspector of the whole capture would.
    #[must_use]
    pub fn of(lane: &Lane, options: Options) -> Self {
        Self { options, connections: Connections::of(lane), ..Self::default() }
    }

    /// From here on, reports only on this connection: see [`Options::only`].
    pub fn tell_only(&mut self, connection: u64) {
        self.options.only = Some(connection);
    }

    /// From here on, reports [pieces](Options::pieces), too.
    pub fn tell_pieces(&mut self) {
        self.options.pieces = true;
    }

    /// What is known of a connection that was not forgotten yet.
    #[must_use]
    pub fn connection(&self, number: u64) -> Option<&Connection> {
        self.connections.record(number)
    }

    /// Whether no fragment that was read waits for the rest of its datagram.
    #[must_use]
    pub fn is_between_datagrams(&self) -> bool {
        self.fragments.is_empty()
    }

    /// Takes the description of an interface that packets will be of, which may say that they were redacted.
    pub fn interface(&mut self, interface: &Interface) {
        self.redacted |= is_marked(interface);
    }

    /// The counts so far.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Takes the next packet.
    pub fn packet(&mut self, packet: &Packet<'_>, sink: &mut dyn Sink) {
        if self.options.strays {
            self.listening(sink, |this, sink| this.read(packet, sink));
        } else {
            self.read(packet, sink);
        }
    }

    /// Reads on, and if strays are to be told of, listens to what is found.
    #[inline]
    fn listening(&mut self, sink: &mut dyn Sink, read: impl FnOnce(&mut Self, &mut dyn Sink)) {
        if !self.options.strays {
            return read(self, sink);
        }
        let mut strays = std::mem::take(&mut self.strays);
        read(self, &mut Listener { strays: &mut strays, sink, pieces: self.options.pieces });
        self.strays = strays;
    }

    fn read(&mut self, packet: &Packet<'_>, sink: &mut dyn Sink) {
        let summary = &mut self.summary;
        summary.packets += 1;
        summary.bytes += u64::from(packet.original_length);
        summary.first_time = Some(summary.first_time.map_or(packet.time, |first| first.min(packet.time)));
        summary.last_time = summary.last_time.max(Some(packet.time));
        self.last = Moment { packet: packet.number, time: packet.time };
        let source = Source::of(self.last);
        let mut out = Output::new(sink, summary, (&self.options, self.redacted), &mut self.scratch);
        out.tap = Tap::new(packet.interface, self.options.reach);
        if (self.options.only.is_some() || out.sink.counts_only())
            && let Some(plain) = stack::plain(packet.link.0, packet.data)
            && self.connections.plain(&plain, source, &mut out)
        {
            return;
        }
        let arrived = Arrived {
            moment: self.last,
            interface: packet.interface,
            original_length: packet.original_length,
            captured_length: packet.data.len() as u32,
        };
        match stack::walk(packet.link.0, packet.data) {
            Outcome::Tcp(tcp) => {
                let source = Source { offset: (tcp.offset + tcp.header.header_length) as u64, ..source };
                self.connections.packet(&tcp, arrived, &[], source, &mut out);
            }
            Outcome::Fragment(fragment) => {
                let added = self.fragments.add(packet.number, packet.time.0, &fragment);
                if let Some(irregular) = added.irregular {
                    out.problem(
                        source,
                        About::default(),
                        &Fault::IrregularFragment(OwnWords::of(irregular.to_string())),
                    );
                }
                match added.whole {
                    Some(datagram) => self.datagram(&datagram, arrived, source, sink),
                    None => other(PacketContent::Fragment, "IP fragment", arrived, &mut out),
                }
            }
            Outcome::Arp => other(PacketContent::Arp, "ARP", arrived, &mut out),
            Outcome::Other(name) => {
                if name.starts_with("ICMP")
                    && let Some(complaint) = stack::complaint(packet.link.0, packet.data)
                {
                    self.connections.complaint(&complaint, source, &mut out);
                }
                other(PacketContent::Other(name.clone()), &name, arrived, &mut out);
            }
            Outcome::Damaged(fault) => {
                out.emit(Event::Packet(&arrived.seen(PacketContent::Damaged(fault.to_string().into()))));
                count(&mut out, "damaged");
                out.problem(source, About::default(), &fault);
            }
        }
    }

    /// The capture is over, or what is of interest in it; `at` is where, unless that's where the last packet was.
    pub fn finish_at(&mut self, at: Moment, sink: &mut dyn Sink) {
        self.last = at;
        self.finish(sink);
    }

    /// The capture is over.
    pub fn finish(&mut self, sink: &mut dyn Sink) -> &Summary {
        self.listening(sink, |this, sink| {
            let mut out = Output::new(sink, &mut this.summary, (&this.options, this.redacted), &mut this.scratch);
            this.connections.finish(Source::of(this.last), &mut out);
        });
        &self.summary
    }

    /// Takes a datagram that a packet's fragment made whole.
    fn datagram(&mut self, datagram: &Datagram, arrived: Arrived, source: Source, sink: &mut dyn Sink) {
        let mut out = Output::new(sink, &mut self.summary, (&self.options, self.redacted), &mut self.scratch);
        out.tap = Tap::new(arrived.interface, self.options.reach);
        if self.options.pieces {
            tell(datagram, &mut out);
        }
        match stack::walk_datagram(datagram) {
            Outcome::Tcp(tcp) => {
                let pieces = pieces(datagram, &tcp, source);
                self.connections.packet(&tcp, arrived, &pieces, source, &mut out);
            }
            Outcome::Other(name) => other(PacketContent::Other(name.clone()), &name, arrived, &mut out),
            // Fragments of fragments aren't reassembled: no network makes them.
            _ => other(PacketContent::Fragment, "IP fragment", arrived, &mut out),
        }
    }
}

/// Reports what a datagram was put together from.
fn tell(datagram: &Datagram, out: &mut Output<'_>) {
    let Datagram { source, destination, protocol, ref payload, ref runs, .. } = *datagram;
    let made = Made { how: How::Reassembled { source, destination, protocol }, side: None, index: None };
    let (mut making, mut rest) = (None, &payload[..]);
    for run in runs {
        let (bytes, behind) = rest.split_at(rest.len().min(run.length as usize));
        out.derived(&mut making, made, bytes, *run, Map::Bytewise);
        rest = behind;
    }
}

/// Which packet each part of a reassembled segment's payload came from: its length, and where it lies.
fn pieces(datagram: &Datagram, tcp: &TcpPacket<'_>, source: Source) -> Vec<(usize, Source)> {
    let start = tcp.offset + tcp.header.header_length;
    let mut at = 0;
    let mut pieces = Vec::new();
    for run in &datagram.runs {
        let end = at + run.length as usize;
        if end > start {
            let skip = start.saturating_sub(at);
            let packet = run.origin.packet().unwrap_or(source.ready.packet);
            let ready = Moment { packet, ..source.ready };
            pieces.push((end - at - skip, Source { origin: run.origin, offset: run.offset + skip as u64, ready }));
        }
        at = end;
    }
    pieces
}

fn other(content: PacketContent, name: &str, arrived: Arrived, out: &mut Output<'_>) {
    out.emit(Event::Packet(&arrived.seen(content)));
    count(out, name);
}

fn count(out: &mut Output<'_>, name: &str) {
    match out.summary.other_packets.get_mut(name) {
        Some(count) => *count += 1,
        None => {
            out.summary.other_packets.insert(name.to_owned(), 1);
        }
    }
}

/// The result of reading a whole capture.
#[derive(Debug)]
pub struct Finding {
    /// The counts, of all that could be read.
    pub summary: Summary,
    /// What stopped the reading early.
    pub error: Option<CaptureError>,
    /// Whether the capture says that it was redacted.
    pub redacted: bool,
}

/// Reads a capture to its end, or to where it is damaged, or until the view has seen enough.
pub fn inspect<R: Read>(reader: &mut Reader<R>, options: Options, sink: &mut dyn Sink) -> Finding {
    let mut inspector = Inspector::new(options);
    let (mut error, mut interfaces) = (None, 0);
    while !sink.done() {
        name_interfaces(reader, &mut interfaces, &mut inspector, sink);
        match reader.next_packet() {
            Ok(Some(packet)) => inspector.packet(&packet, sink),
            Ok(None) => break,
            Err(damage) => {
                error = Some(damage);
                break;
            }
        }
    }
    name_interfaces(reader, &mut interfaces, &mut inspector, sink);
    inspector.finish(sink);
    Finding { summary: inspector.summary, error, redacted: inspector.redacted }
}

/// Tells of the interfaces that were described since.
#[inline]
pub(crate) fn name_interfaces<R: Read>(
    reader: &Reader<R>,
    named: &mut usize,
    inspector: &mut Inspector,
    sink: &mut dyn Sink,
) {
    while let Some(interface) = reader.interfaces().get(*named) {
        inspector.interface(interface);
        sink.event(Event::Interface(*named, interface.name.as_deref()));
        *named += 1;
    }
}
