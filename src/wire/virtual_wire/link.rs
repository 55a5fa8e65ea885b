//! The medium: frames in flight, which may be delayed or lost, and the record of all of them. Knows only addresses and times.

use std::collections::BTreeMap;

use smoltcp::wire::{EthernetAddress, EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, TcpPacket};

use crate::capture::{OwnedPacket, Timestamp};
use crate::wire::Settings;
use crate::wire::seeded::{Purpose, Seeded};

/// What the clock of every recording shows at its first SYN: 2023-11-14T22:13:20Z, in nanoseconds.
const EPOCH: u64 = 1_700_000_000 * 1_000_000_000;

const NANOSECONDS_PER_MILLISECOND: u64 = 1_000_000;

/// The address of a host's interface: locally administered, and readable: side, then host from 1.
pub(super) fn hardware_address(side: u8, host: usize) -> EthernetAddress {
    EthernetAddress([0x02, 0, 0, 0, side, host as u8 + 1])
}

/// A frame that arrives.
pub(super) struct Arrival {
    /// The index of the host it arrives at.
    pub(super) receiver: usize,
    /// The frame, from the destination address on.
    pub(super) frame: Vec<u8>,
}

/// One Ethernet segment.
pub(super) struct Link {
    side: u8,
    hosts: usize,
    rtt: u64,
    loss: f64,
    random: Seeded,
    /// By the millisecond of its arrival, then in the order sent.
    in_flight: BTreeMap<(u64, usize), Arrival>,
    launched: usize,
    records: Vec<Record>,
    first_syn: Option<u64>,
}

struct Record {
    sent: u64,
    frame: Vec<u8>,
    lost: bool,
}

impl Link {
    pub(super) fn new(settings: &Settings, side: u8, hosts: usize) -> Self {
        Self {
            side,
            hosts,
            rtt: (settings.rtt.as_micros().saturating_add(500) / 1000).try_into().unwrap_or(u64::MAX / 4),
            loss: settings.loss,
            random: Seeded::new(settings.seed, side, Purpose::Loss),
            in_flight: BTreeMap::new(),
            launched: 0,
            records: Vec::new(),
            first_syn: None,
        }
    }

    /// Sends a frame at a millisecond: it is recorded first, and then perhaps lost.
    pub(super) fn send(&mut self, sender: usize, frame: Vec<u8>, now: u64) {
        let lost = self.random.happens(self.loss) && !is_arp(&frame);
        if !lost {
            for receiver in 0..self.hosts {
                if receiver == sender || !self.reaches(receiver, &frame) {
                    continue;
                }
                let arrival = now.saturating_add(self.delay(sender, receiver));
                self.in_flight.insert((arrival, self.launched), Arrival { receiver, frame: frame.clone() });
                self.launched += 1;
            }
        }
        if self.first_syn.is_none() && is_syn(&frame) {
            self.first_syn = Some(now);
        }
        self.records.push(Record { sent: now, frame, lost });
    }

    /// The next frame that has arrived by a millisecond.
    pub(super) fn arrived(&mut self, now: u64) -> Option<Arrival> {
        let next = self.in_flight.first_entry()?;
        (next.key().0 <= now).then(|| next.remove())
    }

    /// When the next frame arrives.
    pub(super) fn next_arrival(&self) -> Option<u64> {
        self.in_flight.keys().next().map(|&(arrival, _)| arrival)
    }

    /// The record so far, in capture form; the link starts a new one.
    pub(super) fn take_packets(&mut self) -> Vec<OwnedPacket> {
        let base = self.first_syn.unwrap_or(0);
        let interface = usize::from(self.side);
        let packet = |record: Record| OwnedPacket {
            time: Timestamp(
                (EPOCH + record.sent * NANOSECONDS_PER_MILLISECOND).saturating_sub(base * NANOSECONDS_PER_MILLISECOND),
            ),
            interface,
            data: record.frame,
            comment: record.lost.then(|| "Lost on the way: it never arrives.".to_owned()),
        };
        std::mem::take(&mut self.records).into_iter().map(packet).collect()
    }

    /// Half a round trip. Where that is no whole number of milliseconds, the odd one falls to the way from the host
    /// named first, so that there and back is exact.
    fn delay(&self, sender: usize, receiver: usize) -> u64 {
        if sender < receiver { self.rtt.div_ceil(2) } else { self.rtt / 2 }
    }

    fn reaches(&self, host: usize, frame: &[u8]) -> bool {
        EthernetFrame::new_checked(frame)
            .is_ok_and(|frame| frame.dst_addr().is_broadcast() || frame.dst_addr() == hardware_address(self.side, host))
    }
}

fn is_arp(frame: &[u8]) -> bool {
    EthernetFrame::new_checked(frame).is_ok_and(|frame| frame.ethertype() == EthernetProtocol::Arp)
}

fn is_syn(frame: &[u8]) -> bool {
    let syn = || {
        let frame = EthernetFrame::new_checked(frame).ok()?;
        let packet = Ipv4Packet::new_checked(frame.payload()).ok()?;
        let segment = TcpPacket::new_checked(packet.payload()).ok()?;
        Some(frame.ethertype() == EthernetProtocol::Ipv4 && packet.next_header() == IpProtocol::Tcp && segment.syn())
    };
    syn().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(rtt_ms: u64, loss: f64) -> Link {
        Link::new(&Settings { rtt: std::time::Duration::from_millis(rtt_ms), loss, seed: 1 }, 0, 3)
    }

    fn frame(to: EthernetAddress, ethertype: [u8; 2]) -> Vec<u8> {
        [to.as_bytes(), hardware_address(0, 0).as_bytes(), &ethertype, b"payload"].concat()
    }

    const IPV4: [u8; 2] = [8, 0];
    const ARP: [u8; 2] = [8, 6];

    #[test]
    fn an_odd_round_trip_is_exact_there_and_back() {
        let mut link = link(5, 0.0);
        link.send(0, frame(hardware_address(0, 1), IPV4), 10);
        assert_eq!(link.next_arrival(), Some(13));
        assert!(link.arrived(12).is_none());
        assert_eq!(link.arrived(13).map(|arrival| arrival.receiver), Some(1));
        link.send(1, frame(hardware_address(0, 0), IPV4), 13);
        assert_eq!(link.next_arrival(), Some(15));
    }

    #[test]
    fn a_broadcast_reaches_everybody_else() {
        let mut link = link(2, 0.0);
        link.send(1, frame(EthernetAddress::BROADCAST, ARP), 0);
        let receivers: Vec<_> = std::iter::from_fn(|| link.arrived(5)).map(|arrival| arrival.receiver).collect();
        assert_eq!(receivers, [0, 2]);
    }

    #[test]
    fn a_lost_frame_is_on_record_and_arp_is_never_lost() {
        let mut link = link(2, 100.0);
        link.send(0, frame(hardware_address(0, 1), IPV4), 0);
        assert_eq!(link.next_arrival(), None);
        link.send(0, frame(EthernetAddress::BROADCAST, ARP), 0);
        assert_eq!(link.next_arrival(), Some(1));
        let comments: Vec<_> = link.take_packets().into_iter().map(|packet| packet.comment.is_some()).collect();
        assert_eq!(comments, [true, false]);
    }
}
