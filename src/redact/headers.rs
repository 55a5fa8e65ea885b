//! What stays of a packet's headers: the numbers and addresses of those that are known, and nothing that could be text.

use crate::capture::Packet;
use crate::layers::network::checksum::{self, Checksum};
use crate::layers::stack::{self, Annotated, Outcome, Protocol};
use crate::layers::transport::header::{Header, options};
use crate::layers::{Field, Span};

/// TCP's protocol number (RFC 9293 §3.1).
const TCP: u8 = 6;

/// How long a TCP header is without its options, and where in it the checksum is.
const TCP_LENGTH: usize = 20;
const TCP_CHECKSUM: usize = 16;

/// How long an IPv4 header is without its options.
const IPV4_LENGTH: u64 = 20;

/// How many bytes of a payload may stay where it takes them to know what the payload is.
const MOST_NAMING: usize = 6;

/// The widest field that is taken for a number, in bits, and the widest address.
const NUMBER: u64 = 32;
const ADDRESS: u64 = 128;

/// Headers in which every field is a number or an address, but for those in [`TEXT`].
const NUMBERED: &[&str] = &[
    "ARCnet",
    "ARP",
    "BSD loopback",
    "Backbone service tag",
    "Cisco HDLC",
    "E-TAG",
    "ERSPAN type II",
    "ERSPAN type III",
    "Ethernet",
    "Ethernet with a switch tag",
    "FDDI",
    "FabricPath",
    "Fragment header",
    "GRE",
    "ICMP",
    "ICMPv6",
    "IEEE 802.11",
    "IPv4",
    "IPv6",
    "L2TP",
    "LLC",
    "Linux cooked capture",
    "Linux cooked capture v2",
    "MACsec",
    "MPLS",
    "OpenBSD ENC",
    "OpenBSD loopback",
    "PPP",
    "PPPoE",
    "Pseudowire control word",
    "SNAP",
    "Service VLAN tag",
    "Switch tag",
    "TCP",
    "Token Ring",
    "UDP",
    "VLAN tag",
    "VN-Tag",
    "VXLAN",
];

/// Fields of theirs that may be anything.
const TEXT: &[&str] = &["Data", "Offset Pad", "Padding", "Unused", "undecoded bytes"];

/// Fields that are numbers in whatever header they are.
const NUMBERS: &[&str] = &[
    "Action",
    "Address family",
    "AutMeth",
    "C",
    "E",
    "Epoch Time",
    "Extension Header Length",
    "Family",
    "Flags",
    "Hdr Ext Len",
    "Header length",
    "HshMeth",
    "IDLen",
    "IDType",
    "Length",
    "Link header length",
    "Link trailer length",
    "Link type",
    "Message Type",
    "N-PDU Number",
    "Next Extension Header Type",
    "Next Header",
    "O",
    "OpCode",
    "Opt Data Len",
    "Opt Len",
    "Option Class",
    "Option Type",
    "PN",
    "PT",
    "Pad1",
    "Payload Len",
    "Protocol Type",
    "Protocol family",
    "R",
    "Reason",
    "Record type",
    "Reserved",
    "Resource ID",
    "Routing Type",
    "Rsvd.",
    "S",
    "SMD",
    "Security Parameters Index",
    "Segments Left",
    "Sequence Number",
    "SigLen",
    "Spare",
    "TEID",
    "Type",
    "VNI",
    "Ver",
    "Version",
    "it_len",
    "it_pad",
    "it_present",
    "it_version",
    "length",
    "msgcode",
    "msglen",
    "pph_dlt",
    "pph_flags",
    "pph_len",
    "pph_version",
    "version",
];

/// A packet's headers, with zeros for all else. `is_headed` tells whether it is a fragment that begins with a TCP header.
pub(super) fn kept<'a>(packet: &Packet<'a>, is_headed: bool) -> (Vec<u8>, Annotated<'a>) {
    let mut data = vec![0; packet.data.len()];
    let annotated = stack::annotate(packet.link.0, packet.number, packet.data);
    for header in annotated.fields.iter().filter(|field| !field.parts.is_empty()) {
        let start = header.spans.first().map_or(0, |span| span.bits.start);
        header.leaves(&mut |leaf| {
            for span in leaf.spans.iter().filter(|span| stays(header, leaf, span.bits.start - start)) {
                copy(span, packet.data, &mut data);
            }
        });
    }
    let mut keep = |start: usize, parts: &[(usize, usize)]| {
        for (from, to) in parts {
            let part = start + from..packet.data.len().min(start + to);
            if let Some(bytes) = packet.data.get(part.clone()) {
                data[part].copy_from_slice(bytes);
            }
        }
    };
    match &annotated.outcome {
        // Ports, and what is wrong: where the header says it ends. One that was cut off is right as far as it goes.
        Outcome::Tcp(tcp) if tcp.damage().is_some() => keep(tcp.offset, &[(0, 4), (12, 14)]),
        Outcome::Tcp(tcp) if tcp.fault.is_some() => keep(tcp.offset, &[(0, TCP_LENGTH)]),
        Outcome::Fragment(it) if is_headed => {
            keep(it.position, &[(0, TCP_LENGTH)]);
            if let Ok(header) = Header::parse(it.data) {
                tcp_options(header.options, it.position + TCP_LENGTH, &mut keep);
            }
        }
        Outcome::Damaged(fault) => {
            let undecoded = annotated.fields.iter().find(|field| field.name == "undecoded bytes");
            let start = undecoded.and_then(|field| field.spans.first()).map_or(0, |span| span.bits.start as usize / 8);
            // What may be wrong with it: versions, and lengths that don't add up.
            keep(
                start,
                match fault.protocol() {
                    Protocol::Ipv4 => &[(0, 1), (2, 4), (9, 10)],
                    Protocol::Ipv6 => &[(0, 1), (4, 7)],
                    Protocol::Udp => &[(0, 6)],
                    Protocol::Tcp => &[(0, 4), (12, 14)],
                    _ => &[],
                },
            );
        }
        _ => {}
    }
    (data, annotated)
}

/// Whether a field of a header, so many bits behind its beginning, is known to be a number or an address.
fn stays(header: &Field, leaf: &Field, at: u64) -> bool {
    let width: u64 = leaf.spans.iter().map(|span| span.bits.end - span.bits.start).sum();
    let is_number = if NUMBERED.contains(&&*header.name) {
        !TEXT.contains(&&*leaf.name) && (header.name != "IPv4" || at < IPV4_LENGTH * 8)
    } else {
        NUMBERS.contains(&&*leaf.name)
    };
    is_number && width <= NUMBER || leaf.name.ends_with("ddress") && width <= ADDRESS
}

/// Copies bits.
fn copy(span: &Span, from: &[u8], into: &mut [u8]) {
    for at in span.bits.start / 8..span.bits.end.div_ceil(8) {
        let first = span.bits.start.saturating_sub(at * 8).min(8);
        let last = (span.bits.end - at * 8).min(8);
        let mask = (0xff_u16 >> first & !(0xff_u16 >> last)) as u8;
        if let (Some(into), Some(from)) = (into.get_mut(at as usize), from.get(at as usize)) {
            *into |= from & mask;
        }
    }
}

/// Keeps those options that are numbers; of others, what they are and how long.
fn tcp_options(of: &[u8], mut at: usize, keep: &mut impl FnMut(usize, &[(usize, usize)])) {
    for item in options::Options::new(of) {
        use options::TcpOption::{FastOpen, Malformed, Multipath, Other};
        let is_text = matches!(item.option, Multipath(_) | FastOpen(_) | Other { .. } | Malformed { .. });
        let length = if is_text { item.bytes.len().min(2) } else { item.bytes.len() };
        keep(at, &[(0, length)]);
        at += item.bytes.len();
    }
}

/// Gives back as much of the beginning of a payload as it takes to know again what it is.
pub(super) fn name_again(packet: &Packet<'_>, annotated: &Annotated<'_>, data: &mut [u8]) {
    let Outcome::Other(name) = &annotated.outcome else { return };
    let payload = annotated.fields.iter().find(|field| field.name == "payload").and_then(|field| field.spans.first());
    let Some(start) = payload.map(|span| span.bits.start as usize / 8) else { return };
    let is_named = |data: &[u8]| matches!(stack::walk(packet.link.0, data), Outcome::Other(now) if now == *name);
    let blank = data.to_vec();
    for at in start..data.len().min(start + MOST_NAMING) {
        if is_named(data) {
            return;
        }
        data[at] = packet.data[at];
    }
    if !is_named(data) {
        data.copy_from_slice(&blank);
    }
}

/// Corrects the checksums of what changed, innermost first, where they were right or there is no telling (RFC 1624).
pub(super) fn correct(packet: &Packet<'_>, annotated: &Annotated<'_>, data: &mut [u8]) {
    for (index, field) in annotated.fields.iter().enumerate().rev() {
        let Some(start) = field.spans.first().map(|span| span.bits.start as usize / 8) else { continue };
        let end = |field: &Field| field.spans.last().map_or(start, |span| span.bits.end as usize / 8);
        let behind = annotated.fields.get(index + 1).filter(|next| next.name == "payload").map(end);
        let (at, covered) = match &*field.name {
            _ if field.parts.is_empty() => continue,
            "IPv4" => (10, end(field)),
            "ICMP" | "ICMPv6" => (2, behind.unwrap_or(end(field))),
            "UDP" => {
                let stated = packet.data.get(start + 4..start + 6).map_or(0, |it| u16::from_be_bytes([it[0], it[1]]));
                let sum = packet.data.get(start + 6..start + 8);
                if sum == Some(&[0, 0]) {
                    continue;
                }
                (6, packet.data.len().min(start + usize::from(stated)))
            }
            "TCP" => {
                let Some(tcp) = annotated.tcp().filter(|tcp| tcp.fault.is_none() && tcp.offset == start) else {
                    continue;
                };
                let pseudo_header = checksum::pseudo_header(tcp.source, tcp.destination, TCP, tcp.segment.len());
                let verdict = checksum::judge(pseudo_header, tcp.segment, TCP_CHECKSUM);
                if tcp.cut == 0 && verdict != Checksum::Correct {
                    continue;
                }
                (TCP_CHECKSUM, start + tcp.segment.len())
            }
            _ => continue,
        };
        let sum = |bytes: &[u8]| {
            let covered = bytes.get(start..covered).unwrap_or_default();
            // The checksum itself is not part of what changed.
            let (before, after) = covered.split_at(at.min(covered.len()));
            checksum::fold(checksum::add(checksum::add(0, before), after.get(2..).unwrap_or_default()))
        };
        let (was, became) = (sum(packet.data), sum(data));
        if was == became {
            continue;
        }
        if let (Some(old), Some(field)) =
            (packet.data.get(start + at..start + at + 2), data.get_mut(start + at..start + at + 2))
        {
            let old = u16::from_be_bytes([old[0], old[1]]);
            let new = checksum::fold(u64::from(!old) + u64::from(!was) + u64::from(became));
            field.copy_from_slice(&(!new).to_be_bytes());
        }
    }
}
