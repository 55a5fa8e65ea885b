//! The walk and the annotation of whole packets.

use proptest::prelude::*;

use super::samples::{
    self, DESTINATION, PAYLOAD, SOURCE, carriers, ethernet, ipv4, ipv4_fragment, ipv6, joined, segment, udp,
};
use super::*;
use crate::layers::headers::checksum;
use crate::layers::network::fragments::Fragments;
use crate::layers::{Layer, Origin};

const LINK_TYPES: [u16; 32] = [
    0, 1, 6, 9, 10, 12, 14, 50, 51, 101, 104, 105, 108, 109, 113, 117, 119, 127, 147, 163, 192, 228, 229, 239, 258,
    274, 276, 281, 282, 283, 284, 285,
];

/// Fails unless the leaves and the payload cover every bit of the packet exactly once.
fn assert_tiled(link_type: u16, data: &[u8]) {
    let annotated = annotate(link_type, 1, data);
    assert_eq!(annotated.outcome, walk(link_type, data), "both depths find the same");
    let mut spans = Vec::new();
    for field in &annotated.fields {
        field.leaves(&mut |leaf| {
            assert!(leaf.spans.iter().all(|span| span.origin == Origin::Packet(1)));
            spans.extend(leaf.spans.iter().map(|span| span.bits.clone()));
        });
    }
    if let Some(payload) = &annotated.payload {
        spans.push(payload.start as u64 * 8..payload.end as u64 * 8);
    }
    let mut at = 0;
    spans.sort_by_key(|span| span.start);
    for span in spans {
        assert_eq!(span.start, at, "a gap or an overlap");
        assert!(span.end > span.start, "an empty span");
        at = span.end;
    }
    assert_eq!(at, data.len() as u64 * 8);
    for field in &annotated.fields {
        assert_parts_fill(field);
    }
}

fn assert_parts_fill(field: &crate::layers::Field) {
    let (Some(first), Some(last)) = (field.parts.first(), field.parts.last()) else { return };
    assert_eq!(field.spans[0].bits.start, first.spans[0].bits.start, "{}", field.name);
    assert_eq!(field.spans[0].bits.end, last.spans[0].bits.end, "{}", field.name);
    field.parts.iter().for_each(assert_parts_fill);
}

/// The names of a packet's top fields.
fn names(link_type: u16, data: &[u8]) -> Vec<String> {
    annotate(link_type, 1, data).fields.iter().map(|field| field.name.to_string()).collect()
}

/// The value of the first leaf of that name.
fn value(link_type: u16, data: &[u8], name: &str) -> String {
    let mut found = None;
    for field in annotate(link_type, 1, data).fields {
        field.leaves(&mut |leaf| {
            if leaf.name == name && found.is_none() {
                found = Some(leaf.value.clone());
            }
        });
    }
    found.unwrap_or_else(|| panic!("no field {name}"))
}

#[test]
fn every_header_has_a_value_as_a_whole_with_no_gap_where_a_field_should_stand() {
    for (name, link_type, data) in carriers() {
        for field in annotate(link_type, 1, &data).fields {
            let value = field.value.as_str();
            let has_gap =
                value.trim() != value || value.contains("  ") || value.starts_with('→') || value.ends_with('→');
            assert!(!value.is_empty() && !has_gap && !value.contains(['{', '}']), "{name}: {}: {value:?}", field.name);
        }
    }
}

#[test]
fn the_same_segment_is_found_behind_every_link_layer_and_tunnel() {
    for (name, link_type, data) in carriers() {
        let Outcome::Tcp(tcp) = walk(link_type, &data) else { panic!("{name}: {:?}", walk(link_type, &data)) };
        assert_eq!(tcp.segment, segment(), "{name}");
        assert_eq!(&data[tcp.offset..tcp.offset + tcp.segment.len()], segment(), "{name}");
        assert_eq!(tcp.header.payload, PAYLOAD, "{name}");
        assert_eq!((tcp.header.source_port, tcp.header.destination_port, tcp.cut), (49152, 80, 0), "{name}");
        if tcp.source.is_ipv4() {
            assert_eq!((tcp.source, tcp.destination), (SOURCE.into(), DESTINATION.into()), "{name}");
        }
        let annotated = annotate(link_type, 1, &data);
        assert_eq!(annotated.payload.map(|range| &data[range]), Some(PAYLOAD), "{name}");
    }
}

#[test]
fn every_carrier_is_tiled_by_its_fields_wherever_it_is_cut() {
    for (_, link_type, data) in carriers() {
        for length in 0..=data.len() {
            assert_tiled(link_type, &data[..length]);
        }
    }
}

#[test]
fn the_shortcut_leads_where_every_step_does() {
    let same = |link_type, data: &[u8], name| assert_eq!(walk(link_type, data), every_step(link_type, data), "{name}");
    for (name, link_type, data) in carriers() {
        for at in 0..data.len() {
            same(link_type, &data[..at], name);
            let mut data = data.clone();
            for bit in 0..8 {
                data[at] ^= 1 << bit;
                same(link_type, &data, name);
            }
            // Thirty-two bytes with all bits set are two addresses that nobody has.
            data[at..].iter_mut().take(32).for_each(|byte| *byte = 0xff);
            same(link_type, &data, name);
        }
    }
}

#[test]
fn ethernet_padding_is_not_taken_for_payload() {
    let mut acknowledgment = segment()[..20].to_vec();
    acknowledgment[12] = 0x50;
    let data = joined(&[&ethernet(0x0800, &ipv4(6, &acknowledgment)), &[0; 6]]);
    let annotated = annotate(1, 1, &data);
    assert_eq!(annotated.payload, None);
    let padding = annotated.fields.last().unwrap();
    assert_eq!(
        (padding.name.as_ref(), padding.value.as_str(), padding.layer),
        ("Ethernet padding", "6 bytes", Layer::DataLink)
    );
}

#[test]
fn bytes_behind_a_long_packet_are_a_trailer() {
    let data = joined(&[&ethernet(0x0800, &ipv4(6, &segment())), &[1, 2, 3, 4]]);
    assert_eq!(names(1, &data), ["Ethernet", "IPv4", "TCP", "trailer"]);
    assert_tiled(1, &data);
}

#[test]
fn what_a_short_snap_length_cut_off_is_counted() {
    let data = ethernet(0x0800, &ipv4(6, &segment()));
    let Outcome::Tcp(tcp) = walk(1, &data[..data.len() - 7]) else { panic!("still a segment") };
    assert_eq!((tcp.cut, tcp.header.payload.len()), (7, PAYLOAD.len() - 7));
}

#[test]
fn a_length_of_zero_leaves_all_that_was_captured() {
    let mut data = ethernet(0x0800, &ipv4(6, &segment()));
    data[16..18].fill(0);
    let Outcome::Tcp(tcp) = walk(1, &data) else { panic!("still a segment") };
    assert_eq!(tcp.header.payload, PAYLOAD);
    let mut data = ipv6(6, &segment());
    data[4..6].fill(0);
    assert!(matches!(walk(229, &data), Outcome::Tcp(tcp) if tcp.header.payload == PAYLOAD));
}

#[test]
fn damage_is_named_with_the_layer_and_the_byte_where_it_stands() {
    let mut data = ethernet(0x0800, &ipv4(6, &segment()));
    data[14] = 0x43;
    let Outcome::Damaged(fault) = walk(1, &data) else { panic!("a header of three words") };
    assert_eq!((fault.layer(), fault.offset()), (Layer::Network, 14));
    let sentence = "the IHL of the IPv4 header at byte 14 is 3; the header has at least 5 words of 32 bits";
    assert_eq!(fault.to_string(), sentence);
    let annotated = annotate(1, 1, &data);
    assert_eq!(annotated.stopped(), Some(fault));
    assert_eq!(names(1, &data), ["Ethernet", "undecoded bytes"]);

    let whole = ethernet(0x0800, &ipv4(6, &segment()));
    let Outcome::Damaged(fault) = walk(1, &whole[..34 + 13]) else { panic!("a header without flags") };
    assert_eq!(fault.to_string(), "the TCP header at byte 34 takes 20 bytes, and only 13 are there");
}

#[test]
fn a_segment_whose_header_does_not_add_up_is_one_without_payload() {
    for (offset, sentence) in [
        (4, "the Data Offset of the TCP header at byte 34 is 4; the header has at least 5 words of 32 bits"),
        (15, "the TCP header at byte 34 takes 60 bytes, and only 50 are there"),
    ] {
        let mut segment = segment();
        segment[12] = offset << 4;
        let data = ethernet(0x0800, &ipv4(6, &segment));
        let Outcome::Tcp(tcp) = walk(1, &data) else { panic!("still a segment") };
        assert_eq!((tcp.header.source_port, tcp.header.sequence, tcp.header.payload), (49152, 1, &[][..]));
        assert_eq!(tcp.damage().map(|fault| fault.to_string()), Some(sentence.to_owned()));
        assert_eq!(annotate(1, 1, &data).stopped(), tcp.fault);
        assert_eq!(names(1, &data), ["Ethernet", "IPv4", "TCP", "undecoded bytes"]);
        assert_tiled(1, &data);
    }
}

#[test]
fn a_header_that_the_capture_cut_off_is_as_right_as_any() {
    let data = ethernet(0x0800, &ipv4(6, &segment()));
    for captured in 14..32 {
        let Outcome::Tcp(tcp) = walk(1, &data[..34 + captured]) else { panic!("still a segment") };
        assert_eq!(tcp.fault, Some(Fault::Cut { protocol: Protocol::Tcp, offset: 34, needed: 32, found: captured }));
        assert_eq!((tcp.damage(), tcp.cut, tcp.header.payload), (None, PAYLOAD.len(), &[][..]));
        assert_eq!((tcp.header.acknowledgment, tcp.header.flags), (2, 0x18));
    }
}

#[test]
fn a_connection_goes_by_the_last_hop_of_a_source_route() {
    let behind = |option: &[u8]| {
        let mut data = ipv4(6, &segment());
        data.splice(20..20, option.iter().copied());
        data[0] = 0x45 + option.len() as u8 / 4;
        data[3] += option.len() as u8;
        data[16..20].copy_from_slice(&[198, 51, 100, 1]);
        data
    };
    for kind in [131, 137] {
        let data = behind(&[1, kind, 11, 4, 198, 51, 100, 2, 192, 0, 2, 2]);
        assert!(matches!(walk(228, &data), Outcome::Tcp(tcp) if tcp.destination == IpAddr::from(DESTINATION)));
        assert!(value(228, &data, "Checksum").ends_with("(correct)"));
        let followed = behind(&[1, kind, 11, 12, 198, 51, 100, 2, 192, 0, 2, 2]);
        assert!(
            matches!(walk(228, &followed), Outcome::Tcp(tcp) if tcp.destination == IpAddr::from([198, 51, 100, 1]))
        );
    }
    let last: [u8; 16] = [9; 16];
    for (kind, hops) in [(0, joined(&[&[7; 16], &last])), (4, joined(&[&last, &[7; 16]])), (2, last.to_vec())] {
        let routing = joined(&[&[6, hops.len() as u8 / 8, kind, 1, 0, 0, 0, 0], &hops, &segment()]);
        assert!(matches!(walk(229, &ipv6(43, &routing)), Outcome::Tcp(tcp) if tcp.destination == IpAddr::from(last)));
    }
    let home: [u8; 16] = [5; 16];
    let options = joined(&[&[6, 2, 1, 2, 0, 0, 0xc9, 16], &home, &segment()]);
    assert!(matches!(walk(229, &ipv6(60, &options)), Outcome::Tcp(tcp) if tcp.source == IpAddr::from(home)));
}

#[test]
fn frames_without_a_packet_go_by_their_name() {
    let name = |link_type, data: &[u8]| match walk(link_type, data) {
        Outcome::Other(name) => name.into_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(name(105, &[0x80; 40]), "802.11 management");
    assert_eq!(name(105, &[0xd4; 10]), "802.11 control");
    assert_eq!(name(105, &joined(&[&[0x48, 0x11], &[0; 22]])), "802.11 without data");
    assert_eq!(name(105, &joined(&[&[0x08, 0x41], &[0; 22], &[0, 1, 2, 3, 4, 5, 6, 7]])), "802.11 encrypted");
    assert_eq!(name(105, &joined(&[&[0x08, 0x05], &[0; 22], &[1, 2, 3]])), "802.11 fragment");
    assert_eq!(name(10, &[0x41; 20]), "FDDI");
    assert_eq!(name(6, &joined(&[&[0x10, 0], &[0; 20]])), "Token Ring");
    assert_eq!(name(7, &[1, 2, 0xdd, 0, 0, 9, 1]), "ARCnet");
    for piece in [[0xd4, 1, 0, 9, 0x45, 0, 0, 0], [0xd4, 2, 0, 9, 1, 2, 3, 4], [0xd4, 0xff, 0xff, 0xff, 0xd4, 1, 0, 9]]
    {
        assert_eq!(name(7, &joined(&[&[1, 2], &piece])), "fragment");
    }
    assert_eq!(name(252, &[0; 8]), "Wireshark upper PDU");
    assert_eq!(name(220, &[0; 8]), "USB");
    assert_eq!(name(1, &ethernet(0x88e5, &joined(&[&[0x0c, 0, 0, 0, 0, 1], &[7; 40]]))), "MACsec");
    let in_udp = |port, data: &[u8]| name(228, &ipv4(17, &udp(port, data)));
    assert_eq!(in_udp(4500, &[1; 20]), "ESP");
    assert_eq!(in_udp(4500, &[0; 20]), "UDP");
    assert_eq!(in_udp(1701, &[0xc8, 2, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0]), "L2TP");
    assert_eq!(in_udp(5072, &[0x41, 0x52, 0x10, 59, 0, 0, 0, 0, 1]), "UDP", "there is no room for the identity");
    assert_eq!(in_udp(5072, &joined(&[&[0x41, 0x52, 0x10, 59, 0, 0, 0, 0], &[1; 36]])), "AYIYA");
    assert_eq!(in_udp(5684, &[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]), "DTLS");
}

#[test]
fn headers_inside_headers_have_an_end() {
    let mut data = segment();
    for _ in 0..40 {
        data = ipv4(4, &data);
    }
    assert!(matches!(walk(228, &data), Outcome::Damaged(Fault::TooDeep { headers: MOST_HEADERS, .. })));
    assert_tiled(228, &data);
}

#[test]
fn what_is_not_tcp_goes_by_its_name() {
    let name = |link_type, data: &[u8]| match walk(link_type, data) {
        Outcome::Other(name) => name.into_owned(),
        Outcome::Arp => "ARP".to_owned(),
        other => panic!("{other:?}"),
    };
    let in_udp = |port, data: &[u8]| name(1, &ethernet(0x0800, &ipv4(17, &udp(port, data))));
    assert_eq!(in_udp(53, b"a question"), "UDP");
    assert_eq!(in_udp(443, &[0xc0, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8]), "QUIC");
    assert_eq!(in_udp(443, &[0x40, 0, 0, 0, 1, 8]), "UDP");
    assert_eq!(in_udp(4789, b"not a tunnel"), "UDP", "a port proves nothing");
    assert_eq!(name(1, &ethernet(0x0800, &ipv4(1, &[8, 0, 0, 0, 0, 0, 0, 0]))), "ICMP");
    assert_eq!(name(229, &ipv6(58, &[128, 0, 0, 0, 0, 0, 0, 0])), "ICMPv6");
    assert_eq!(name(228, &ipv4(50, &[0; 20])), "ESP");
    assert_eq!(name(228, &ipv4(253, &[0; 20])), "IP protocol 253");
    assert_eq!(name(228, &ipv4(47, &[0, 0, 0x12, 0x34])), "GRE (protocol 0x1234)");
    assert_eq!(name(1, &ethernet(0x88cc, &[0; 46])), "EtherType 0x88cc");
    assert_eq!(name(1, &ethernet(3, &[0x42, 0x42, 3])), "LLC (service access point 0x42)");
    assert_eq!(name(147, &[1, 2, 3]), "link type 147");
    let arp = joined(&[&[0, 1, 8, 0, 6, 4, 0, 1], &[2, 0, 0, 0, 0, 1], &SOURCE, &[0; 6], &DESTINATION, &[0; 18]]);
    assert_eq!(name(1, &ethernet(0x0806, &arp)), "ARP");
    assert_eq!(names(1, &ethernet(0x0806, &arp)), ["Ethernet", "ARP", "Ethernet padding"]);
    assert_eq!(annotate(1, 1, &ethernet(0x0806, &arp)).fields[1].value, "who has 192.0.2.2? tell 192.0.2.1");
    assert_tiled(1, &ethernet(0x0806, &arp));
}

#[test]
fn a_datagram_in_fragments_is_put_together_and_walked_on() {
    let segment = segment();
    let first = ethernet(0x0800, &ipv4_fragment(6, 0x2000, &segment[..32]));
    let second = joined(&[&ethernet(0x0800, &ipv4_fragment(6, 4, &segment[32..])), &[0; 8]]);
    let mut fragments = Fragments::new();
    let mut whole = None;
    for (number, data) in [(1, &second), (2, &first)] {
        let Outcome::Fragment(fragment) = walk(1, data) else { panic!("a fragment") };
        whole = fragments.add(number, 0, &fragment).whole;
        assert_tiled(1, data);
    }
    let whole = whole.expect("both fragments are there");
    let Outcome::Tcp(tcp) = walk_datagram(&whole) else { panic!("a segment") };
    assert_eq!((tcp.source, tcp.segment, tcp.offset), (SOURCE.into(), &segment[..], 0));
    let payload = crate::layers::Place::of_runs(whole.runs.clone()).bytes(tcp.header.header_length..segment.len());
    assert_eq!(payload.len(), 1, "the payload lies in the second fragment alone");
    assert_eq!((payload[0].origin, payload[0].bits.start), (Origin::Packet(1), 34 * 8));
}

#[test]
fn checksums_are_judged_and_never_obeyed() {
    let right = ethernet(0x0800, &ipv4(6, &segment()));
    assert!(value(1, &right, "Header Checksum").ends_with("(correct)"));
    assert!(value(1, &right, "Checksum").ends_with("(correct)"));
    let mut wrong = right.clone();
    let last = wrong.len() - 1;
    wrong[last] ^= 1;
    assert!(value(1, &wrong, "Checksum").contains("wrong, should be 0x"));
    assert!(matches!(walk(1, &wrong), Outcome::Tcp(_)));
    let mut offloaded = right.clone();
    let sum = checksum::pseudo_header(SOURCE.into(), DESTINATION.into(), 6, segment().len());
    offloaded[50..52].copy_from_slice(&checksum::fold(sum).to_be_bytes());
    assert!(value(1, &offloaded, "Checksum").contains("left to the network card"));
}

#[test]
fn packets_that_another_library_builds_are_read_as_it_meant_them() {
    let builder = etherparse::PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2])
        .single_vlan(etherparse::VlanId::try_new(42).unwrap())
        .ipv6([1; 16], [2; 16], 7)
        .tcp(1234, 80, 0x0102_0304, 5000)
        .syn()
        .ack(0x0506_0708)
        .options(&[
            etherparse::TcpOptionElement::MaximumSegmentSize(1460),
            etherparse::TcpOptionElement::WindowScale(9),
        ])
        .unwrap();
    let mut data = Vec::new();
    builder.write(&mut data, PAYLOAD).unwrap();
    let Outcome::Tcp(tcp) = walk(1, &data) else { panic!("a segment") };
    assert_eq!((tcp.source, tcp.destination), ([1; 16].into(), [2; 16].into()));
    assert_eq!((tcp.header.sequence, tcp.header.acknowledgment, tcp.header.window), (0x0102_0304, 0x0506_0708, 5000));
    assert_eq!(tcp.header.payload, PAYLOAD);
    assert_eq!(crate::layers::transport::header::window_scale(tcp.header.options), Some(9));
    assert_eq!(value(1, &data, "VID"), "42");
    assert!(value(1, &data, "Checksum").ends_with("(correct)"));
    assert_eq!(names(1, &data), ["Ethernet", "VLAN tag", "IPv6", "TCP"]);
    assert_tiled(1, &data);
}

proptest! {
    #[test]
    fn any_bytes_are_tiled_by_their_fields(
        link_type in proptest::sample::select(&LINK_TYPES[..]),
        data in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        assert_tiled(link_type, &data);
    }

    #[test]
    fn damaged_packets_are_tiled_by_their_fields(
        which in 0_usize..samples::carriers().len(),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        length in any::<proptest::sample::Index>(),
    ) {
        let (_, link_type, mut data) = samples::carriers().swap_remove(which);
        for (at, byte) in damage {
            *at.get_mut(&mut data) = byte;
        }
        data.truncate(length.index(data.len() + 1).max(data.len() / 2));
        assert_tiled(link_type, &data);
    }
}
