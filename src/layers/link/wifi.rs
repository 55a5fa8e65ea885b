//! IEEE 802.11, the frames of Wi-Fi (§9.2 to §9.3). Frames that carry data in the clear are read; all others go by name.

use crate::layers::headers::prelude::*;

pub(crate) const WIFI: Header = Header::irregular(Length::Found(parse), write);

/// Frame control, duration and first address: what every frame has.
const LEAST_FRAME: usize = 10;
/// What every data frame has: three addresses and the sequence control.
const DATA: usize = 24;

/// In the subtype of a data frame.
const QUALITY_OF_SERVICE: u8 = 0x80;
const WITHOUT_DATA: u8 = 0x40;
/// In the second byte of the frame control.
const BETWEEN_ACCESS_POINTS: u8 = 0x03;
const MORE_FRAGMENTS: u8 = 0x04;
const PROTECTED: u8 = 0x40;
const HIGH_THROUGHPUT: u8 = 0x80;
/// In the `QoS` control: the frame holds several (an A-MSDU, §9.3.2.2.2).
const AGGREGATED: u8 = 0x80;

/// How an LLC header with SNAP begins.
const SNAP: [u8; 3] = [0xaa, 0xaa, 0x03];

fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let &[control, flags, ..] = fixed::<LEAST_FRAME>(protocol, data)?;
    if control & 0b11 != 0 {
        return Err(Fault::impossible(protocol, "Protocol Version", control & 0b11, "it is 0"));
    }
    match kind(control) {
        FrameKind::Data => parse_data(data, control, flags),
        kind => Ok(Step::new(LEAST_FRAME, Next::Payload(Payload::Frame(kind.name())))),
    }
}

fn parse_data(data: &[u8], control: u8, flags: u8) -> Result<Step, Fault> {
    let header = whole(Protocol::Wifi, data, data_header_length(control, flags))?;
    let length = header.len();
    let named = |name| Ok(Step::new(length, Next::Payload(Payload::Frame(name))));
    let is_fragment = flags & MORE_FRAGMENTS != 0 || header.get(22).is_some_and(|sequence| sequence & 0x0f != 0);
    if control & WITHOUT_DATA != 0 {
        return named("802.11 without data");
    }
    let has_snap_at = |at| data.get(at..).is_some_and(|payload| payload.starts_with(&SNAP));
    // Some drivers pad the header to whole words, and some decrypt the frame and leave the bit that says otherwise: what
    // is plainly there counts for more.
    if !is_fragment
        && let Some(start) = [length, length.next_multiple_of(4)].into_iter().find(|start| has_snap_at(*start))
    {
        return Ok(Step::new(start, Next::Header(Protocol::Llc)));
    }
    if flags & PROTECTED != 0 {
        return named("802.11 encrypted");
    }
    if is_fragment {
        return named("802.11 fragment");
    }
    let aggregated = quality_of_service(control, header).is_some_and(|quality| quality & AGGREGATED != 0);
    // The frames of an aggregate have headers like Ethernet's. The first one is followed, and the others come after its
    // end.
    let next = if aggregated { Protocol::Ethernet } else { Protocol::Llc };
    Ok(Step::new(length, Next::Header(next)))
}

fn data_header_length(control: u8, flags: u8) -> usize {
    let (address, quality, throughput) = optional_parts(control, flags);
    DATA + if address { 6 } else { 0 } + if quality { 2 } else { 0 } + if throughput { 4 } else { 0 }
}

/// Whether a data frame has a fourth address, a `QoS` control and an HT control.
fn optional_parts(control: u8, flags: u8) -> (bool, bool, bool) {
    let quality = control & QUALITY_OF_SERVICE != 0;
    (flags & BETWEEN_ACCESS_POINTS == BETWEEN_ACCESS_POINTS, quality, quality && flags & HIGH_THROUGHPUT != 0)
}

/// The first byte of the `QoS` control, which comes after the addresses.
fn quality_of_service(control: u8, header: &[u8]) -> Option<u8> {
    let (address, quality, _) = optional_parts(control, *header.get(1)?);
    let at = DATA + if address { 6 } else { 0 };
    header.get(at).copied().filter(|_| quality)
}

enum FrameKind {
    Management,
    Control,
    Data,
    Extension,
}

fn kind(control: u8) -> FrameKind {
    match control >> 2 & 0b11 {
        0 => FrameKind::Management,
        1 => FrameKind::Control,
        2 => FrameKind::Data,
        _ => FrameKind::Extension,
    }
}

impl FrameKind {
    fn name(&self) -> &'static str {
        match self {
            Self::Management => "802.11 management",
            Self::Control => "802.11 control",
            Self::Data => "802.11 data",
            Self::Extension => "802.11 extension",
        }
    }
}

const FRAME_CONTROL: &[FieldRow] = &[
    number(4, "Subtype", "Which of its kind; for data, whether there is data and quality of service."),
    number(2, "Type", "0 runs the network, 1 the medium; 2 carries data."),
    number(2, "Protocol Version", "The version of 802.11: 0."),
    number(1, "+HTC", "Whether an HT Control follows."),
    number(1, "Protected Frame", "Whether the frame is encrypted."),
    number(1, "More Data", "Whether more is waiting for a station that sleeps."),
    number(1, "Power Management", "Whether the station is about to sleep."),
    number(1, "Retry", "Whether this is sent again because it was not acknowledged."),
    number(1, "More Fragments", "Whether more pieces of this frame follow."),
    number(1, "From DS", "Whether it comes from an access point."),
    number(1, "To DS", "Whether it goes to an access point."),
];

const DURATION: FieldRow =
    FieldRow::Bits(16, "Duration/ID", Show::Little, Meaning::Is("How long the medium will be busy, in microseconds."));

fn write(pen: &mut Pen<'_>) -> String {
    let [control, flags] = pen.array();
    let kind = kind(control);
    pen.group(16, "Frame Control", "What kind of frame this is.", |pen| {
        pen.rows(FRAME_CONTROL);
        kind.name().to_owned()
    });
    pen.rows(&[DURATION]);
    let FrameKind::Data = kind else {
        address(pen, "Address 1", "The station that is to receive this.");
        return kind.name().to_owned();
    };
    let (has_fourth, quality, throughput) = optional_parts(control, flags);
    let [first, second, third, fourth] = ADDRESSES[usize::from(flags & BETWEEN_ACCESS_POINTS)];
    let mut ends = [None, None];
    let mut write = |pen: &mut Pen<'_>, name, whose: Whose| {
        let address = address(pen, name, whose.meaning());
        match whose {
            Whose::Source => ends[0] = Some(address),
            Whose::Destination => ends[1] = Some(address),
            _ => {}
        }
    };
    write(pen, "Address 1", first);
    write(pen, "Address 2", second);
    write(pen, "Address 3", third);
    let sequence = pen.peek_little(2);
    let value = format!("{}, fragment {}", sequence >> 4, sequence & 0xf);
    pen.leaf(16, "Sequence Control", value, "Counts frames, so that one sent again is known for it.");
    if has_fourth {
        write(pen, "Address 4", fourth);
    }
    if quality {
        let meaning = "The frame's priority, and whether it holds several.";
        pen.leaf(16, "QoS Control", format!("0x{:04x}", pen.peek_little(2)), meaning);
    }
    if throughput {
        pen.leaf(32, "HT Control", format!("0x{:08x}", pen.peek_little(4)), "Tunes the radio.");
    }
    pen.rest("Padding", "Put in by the driver, to align what follows.");
    match ends {
        [Some(source), Some(destination)] => format!("{source} → {destination}"),
        _ => kind.name().to_owned(),
    }
}

/// Whose address it is.
#[derive(Clone, Copy)]
enum Whose {
    Destination,
    Source,
    AccessPoint,
    Receiver,
    Transmitter,
}

/// What the four addresses are, by the To DS and From DS bits (§9.3.2.1, Table 9-60).
const ADDRESSES: [[Whose; 4]; 4] = {
    use Whose::{AccessPoint, Destination, Receiver, Source, Transmitter};
    [
        [Destination, Source, AccessPoint, AccessPoint],
        [AccessPoint, Source, Destination, AccessPoint],
        [Destination, AccessPoint, Source, AccessPoint],
        [Receiver, Transmitter, Destination, Source],
    ]
};

impl Whose {
    fn meaning(self) -> &'static str {
        match self {
            Self::Destination => "The machine that the frame is for.",
            Self::Source => "The machine that the frame is from.",
            Self::AccessPoint => "The access point, or the network's own address.",
            Self::Receiver => "The access point that is to receive this.",
            Self::Transmitter => "The access point that sent this.",
        }
    }
}

fn address(pen: &mut Pen<'_>, name: &'static str, meaning: &'static str) -> String {
    let address = mac_address(pen.peek(48));
    pen.leaf(48, name, address.clone(), meaning);
    address
}
