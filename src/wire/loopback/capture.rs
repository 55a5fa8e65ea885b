//! What crosses the loopback during a demonstration. A thread of its own gathers it until the demonstration is over.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};

use crate::capture::OwnedPacket;
use crate::kernel::System;
use crate::kernel::packets::{Batch, QUEUE, Socket, Stopper, Stream};
use crate::wire::WireError;

/// A capture that goes on until it is finished.
pub(super) struct Capture {
    stream: Stream,
    gatherer: JoinHandle<Vec<OwnedPacket>>,
    seen: Arc<AtomicU64>,
}

/// What was captured.
#[derive(Debug, Default)]
pub(super) struct Captured {
    /// The packets, in the order received.
    pub(super) packets: Vec<OwnedPacket>,
    /// How many the kernel had no room for.
    pub(super) lost: u64,
}

impl Capture {
    /// Starts to capture what crosses the loopback, which is up, for the interface of that index in the recording.
    pub(super) fn start(system: System, interface: usize) -> Result<Self, WireError> {
        let (sender, receiver) = sync_channel(QUEUE);
        let socket = Socket::loopback().map_err(|error| system.refused("a packet socket (AF_PACKET)", error))?;
        let stream = Stream::start(socket, sender, Stopper::default())?;
        let seen = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&seen);
        let gatherer = thread::Builder::new().name("gatherer".to_owned());
        let gatherer = gatherer.spawn(move || gather(&receiver, interface, &counter))?;
        Ok(Self { stream, gatherer, seen })
    }

    /// How many packets there have been.
    pub(super) fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }

    /// Ends it: everything that has crossed the loopback is in the result.
    pub(super) fn finish(self) -> io::Result<Captured> {
        self.stream.stopper().stop();
        let packets = self.gatherer.join().map_err(|_| io::Error::other("the capture broke off"))?;
        Ok(Captured { packets, lost: self.stream.finish()? })
    }
}

fn gather(receiver: &Receiver<Batch>, interface: usize, seen: &AtomicU64) -> Vec<OwnedPacket> {
    let mut packets = Vec::new();
    for batch in receiver {
        let owned =
            |(time, _, data): (_, _, &[u8])| OwnedPacket { time, interface, data: data.to_vec(), comment: None };
        packets.extend(batch.packets().map(owned));
        seen.store(packets.len() as u64, Ordering::Relaxed);
    }
    packets
}
