//! GRE (RFC 2784, RFC 2890; version 1: RFC 2637), and ERSPAN, which mirrors Ethernet frames through it.

use crate::layers::headers::prelude::*;

const CHECKSUM: u16 = 0x8000;
/// Source routing, of which RFC 2784 kept only the bit.
const ROUTING: u16 = 0x4000;
const KEY: u16 = 0x2000;
const SEQUENCE: u16 = 0x1000;
/// Version 1 only.
const ACKNOWLEDGMENT: u16 = 0x0080;
const VERSION: u16 = 0x0007;
/// Aruba's protocol types, for each of its queues.
const ARUBA_FIRST: u16 = 0x8200;
const ARUBA_LAST: u16 = 0x83f0;

pub(crate) const GRE: Header = Header::irregular(Length::Found(parse), write);

fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let &[f1, f2, p1, p2] = fixed::<4>(protocol, data)?;
    let (flags, carried) = (u16::from_be_bytes([f1, f2]), u16::from_be_bytes([p1, p2]));
    let version = flags & VERSION;
    if version > 1 {
        return Err(Fault::impossible(protocol, "Version Number", version, "it is 0, or 1 for PPTP"));
    }
    let words = optional_words(flags);
    let length = whole(protocol, data, 4 + words * 4)?.len();
    if version == 1 {
        // The key's upper half is the payload length.
        let payload = data.get(4..).and_then(<[u8]>::first_chunk).map(|length| u16::from_be_bytes(*length).into());
        let payload = payload.filter(|_| flags & KEY != 0);
        let next = match carried {
            0x880b => Next::Header(Protocol::Ppp),
            _ => Next::Payload(Payload::GreProtocol(carried)),
        };
        return Ok(Step { length, payload, next });
    }
    let next = match carried {
        _ if flags & ROUTING != 0 => Next::Payload(Payload::GreProtocol(carried)),
        // Type I has neither a sequence number nor a header of its own.
        0x88be if flags & SEQUENCE == 0 => Next::Header(Protocol::Ethernet),
        0x88be => Next::Header(Protocol::Erspan2),
        0x880b => Next::Header(Protocol::Ppp),
        // An access point hands on its stations' frames as they were in the air.
        ARUBA_FIRST..=ARUBA_LAST if carried.is_multiple_of(16) => Next::Header(Protocol::Wifi),
        0x22eb => Next::Header(Protocol::Erspan3),
        _ => match ether_types::behind(carried) {
            Next::Payload(_) => Next::Payload(Payload::GreProtocol(carried)),
            next @ Next::Header(_) => next,
        },
    };
    Ok(Step::new(length, next))
}

/// Whether a UDP payload begins like GRE that leads on to a known protocol.
pub(crate) fn looks_like(payload: &[u8]) -> bool {
    matches!(parse(Protocol::Gre, payload), Ok(Step { next: Next::Header(_), .. }))
}

/// How many words of four bytes the flags say are there.
fn optional_words(flags: u16) -> usize {
    let acknowledgment = if flags & VERSION == 1 { ACKNOWLEDGMENT } else { 0 };
    // Checksum and source routing share a word.
    usize::from(flags & (CHECKSUM | ROUTING) != 0) + (flags & (KEY | SEQUENCE | acknowledgment)).count_ones() as usize
}

fn write(pen: &mut Pen<'_>) -> String {
    let flags = pen.peek(16) as u16;
    let version = flags & VERSION;
    pen.rows(&[
        bit("C", "A checksum follows.", "No checksum follows."),
        bit("R", "A source route follows.", "No source route follows."),
        bit("K", "A key follows.", "No key follows."),
        bit("S", "A sequence number follows.", "No sequence number follows."),
    ]);
    if version == 1 {
        pen.rows(&[
            number(4, "Flags", "Zero; nothing uses them."),
            bit("A", "An acknowledgment number follows.", "No acknowledgment number follows."),
            number(4, "Flags", "Zero; nothing uses them."),
        ]);
    } else {
        pen.rows(&[reserved(9, "Reserved0")]);
    }
    pen.rows(&[
        number(3, "Ver", "0, or 1 for PPTP."),
        ether_type("Protocol Type", "Which protocol the packet inside is of."),
    ]);
    pen.rows_if(
        flags & (CHECKSUM | ROUTING) != 0,
        &[hex(16, "Checksum", "Over this header and the packet inside."), reserved(16, "Reserved1")],
    );
    pen.rows_if(
        flags & KEY != 0 && version == 1,
        &[
            size(16, "Payload Length", "Bytes behind this header."),
            number(16, "Call ID", "Which call of the two machines it is."),
        ],
    );
    pen.rows_if(
        flags & KEY != 0 && version != 1,
        &[
            FieldRow::Clause("RFC 2890 §2.1"),
            hex(32, "Key", "Tells this tunnel from others between the same two machines."),
        ],
    );
    pen.rows_if(
        flags & SEQUENCE != 0,
        &[number(32, "Sequence Number", "Counts packets, so that they can be kept in order.")],
    );
    pen.rows_if(
        version == 1 && flags & ACKNOWLEDGMENT != 0,
        &[number(32, "Acknowledgment Number", "The last packet that arrived from the other side.")],
    );
    pen.sentence("carries {Protocol Type}")
}

const MIRRORED: &str = "session {Session ID}, VLAN {VLAN}";

#[rustfmt::skip]
pub(crate) const ERSPAN_2: Header = Header::of(Length::Then(8, Protocol::Ethernet), MIRRORED, &[
    ERSPAN,
    reserved(12, "Reserved"),
    number(20, "Index", "The switch's port and direction, in numbers of its own."),
]);

#[rustfmt::skip]
pub(crate) const ERSPAN_3: Header = Header::of(Length::Found(|protocol, data| {
    let header = fixed::<12>(protocol, data)?;
    // The last bit says whether eight more bytes, about the switch, follow.
    let length = if header[11] & 1 == 1 { fixed::<20>(protocol, data)?.len() } else { header.len() };
    Ok(Step::new(length, Next::Header(Protocol::Ethernet)))
}), MIRRORED, &[
    ERSPAN,
    number(32, "Timestamp", "When the switch saw the frame, by its own clock."),
    number(16, "SGT", "The security group that the frame was tagged with."),
    number(1, "P", "Whether this is an Ethernet frame."),
    number(5, "FT", "What kind of frame it is: 0 is Ethernet."),
    number(6, "Hw ID", "Which part of the switch saw it."),
    number(1, "D", "Whether the frame was coming in (0) or going out (1)."),
    number(2, "Gra", "The unit of the timestamp."),
    number(1, "O", "Whether eight bytes about the switch follow."),
    shown(64, "Platform Specific", |bytes| format!("0x{bytes:016x}"), "For the switch's maker."),
]);

/// What both types begin with.
const ERSPAN: FieldRow = FieldRow::Code(|pen| {
    pen.rows(&[
        number(4, "Ver", "1 in type II, 2 in type III."),
        number(12, "VLAN", "The VLAN on which the switch saw the frame."),
        number(3, "COS", "The frame's priority."),
        number(2, "En", "How the frame was tagged when the switch saw it."),
        number(1, "T", "Whether the copy is shorter than the frame."),
        number(10, "Session ID", "Which of the switch's mirrors sent it."),
    ]);
});
