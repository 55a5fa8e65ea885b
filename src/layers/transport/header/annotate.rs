//! The TCP header, field by field (RFC 9293 §3.1).

use super::options::{Item, Options, TcpOption};
use super::{ACK, FIN, Header, RST, SYN, UP_TO_FLAGS, URG, flag_names};
use crate::layers::headers::field::{CHECKSUM, FieldRow, bit, number, shown};
use crate::layers::headers::{self, Fault, Length, Next, Payload, Pen, Protocol, Step, count};

/// For the registry: the walk asks [`Header`] itself, and keeps it.
pub(crate) const TCP: headers::Header = headers::Header::irregular(Length::Found(parse), write);

fn parse(protocol: Protocol, data: &[u8]) -> Result<Step, Fault> {
    let header = Header::parse(data)?;
    Ok(Step::new(header.present(data), Next::Payload(Payload::Of(protocol))))
}

/// Bytes of options that a header has at most.
const MOST_OPTIONS: usize = 40;

fn write(pen: &mut Pen<'_>) -> String {
    // Even in a damaged header, everything up to the flags is there.
    let flags = pen.header().get(UP_TO_FLAGS - 1).copied().unwrap_or_default();
    let has = |flag| flags & flag == flag;
    let or = |flag, set: &'static str, unset: &'static str| if has(flag) { set } else { unset };
    port(pen, "Source Port", "sent");
    port(pen, "Destination Port", "is to receive");
    pen.rows(&[
        number(
            32,
            "Sequence Number",
            or(
                SYN,
                "Where this side starts counting; chosen at random so that strangers cannot guess it. Its data starts one \
                 later.",
                "The number of this segment's first byte; the receiver puts segments in order by it.",
            ),
        ),
        number(
            32,
            "Acknowledgment Number",
            or(
                ACK,
                "The number of the next byte this side waits for: everything before it has arrived.",
                "Not used here: without the ACK flag it means nothing.",
            ),
        ),
        shown(
            4,
            "Data Offset",
            |words| format!("{words} ({} bytes)", words * 4),
            "Header length in words of four bytes; data starts behind it. 5 means no options.",
        ),
        number(4, "Reserved", "Zero, but for experiments."),
    ]);
    pen.group(8, "Control bits", flags_meaning(flags), |pen| {
        pen.rows(CONTROL_BITS);
        flag_names(flags)
    });
    pen.rows(&[
        number(
            16,
            "Window",
            or(
                SYN,
                "How many bytes this side has room for; in a SYN the number is never multiplied.",
                "How many more bytes this side has room for, to be multiplied as agreed in the handshake.",
            ),
        ),
        CHECKSUM,
        number(
            16,
            "Urgent Pointer",
            or(URG, "Where urgent data ends.", "Not used here: without the URG flag it means nothing."),
        ),
    ]);
    if pen.left() > 0 {
        let bytes = pen.bytes(MOST_OPTIONS);
        let meaning = "What the two sides tell each other beyond the fixed header.";
        pen.group(bytes.len() as u64 * 8, "Options", meaning, |pen| {
            for item in Options::new(bytes) {
                option(pen, &item);
            }
            pen.rest("Padding", "Fills the header up to whole words of four bytes.");
            count(bytes.len())
        });
    }
    pen.sentence(&format!("{{Source Port}} → {{Destination Port}}, {}", flag_names(flags)))
}

fn port(pen: &mut Pen<'_>, name: &'static str, does: &str) {
    let port = pen.peek(16);
    pen.leaf(16, name, port.to_string(), port_meaning(port, does));
}

/// One line for a beginner: whose port it is.
fn port_meaning(port: u64, does: &str) -> String {
    let usual = match port {
        80 | 8080 => "the usual port of HTTP",
        443 => "the usual port of HTTPS",
        0..=1023 => "a port set aside for a well-known service",
        1024..=49151 => "a port that a service may have registered, or one the system picked",
        _ => "a port the system picked for this one connection",
    };
    format!("Which program on that host {does} this: {usual}.")
}

#[rustfmt::skip]
const CONTROL_BITS: &[FieldRow] = &[
    bit("CWR", "The sender slowed down because it was told that a router is busy.", "Nothing about busy routers."),
    bit("ECE", "A router on the way was busy, or (in a SYN) such marks are understood.",
        "No router reported to be busy."),
    bit("URG", "The urgent pointer counts; hardly anything uses it.", "No urgent data."),
    bit("ACK", "The acknowledgment number counts; set in every segment but the first.",
        "The acknowledgment number is unused."),
    bit("PSH", "Hand the data to the program now, do not wait for more.", "No hurry to hand the data over."),
    bit("RST", "The connection is over at once, and no reply is expected.", "The connection is not reset."),
    bit("SYN", "Opens the connection: synchronize the sequence numbers.", "Not an opening segment."),
    bit("FIN", "The sender has finished: it sends no more data, but still receives.", "The sender may send more."),
];

/// One line for a beginner: what the flags together do to the connection.
fn flags_meaning(flags: u8) -> &'static str {
    let has = |flag| flags & flag == flag;
    if has(RST) {
        "Hanging up: the connection is over at once."
    } else if has(SYN | ACK) {
        "The second step of the handshake: agreed, and my numbers start here."
    } else if has(SYN) {
        "The first step of the handshake: let us talk, my numbers start here."
    } else if has(FIN) {
        "I have finished sending; you may go on."
    } else if has(ACK) {
        "An ordinary segment of an open connection."
    } else {
        "Without ACK, SYN or RST a segment should not exist."
    }
}

fn option(pen: &mut Pen<'_>, item: &Item<'_>) {
    let bits = item.bytes.len() as u64 * 8;
    let (name, clause, meaning): (&'static str, _, &'static str) = match item.option {
        TcpOption::EndOfList => return pen.leaf(bits, "End of Option List", "0", "No options follow."),
        TcpOption::NoOperation => {
            return pen.leaf(bits, "No-Operation", "1", "A filler, so that the next option starts on a round address.");
        }
        TcpOption::MaximumSegmentSize(_) => (
            "Maximum Segment Size",
            "RFC 9293 §3.7.1",
            "The most data this side takes in one segment: 1460 fills an Ethernet frame.",
        ),
        TcpOption::WindowScale(_) => (
            "Window Scale",
            "RFC 7323 §2.2",
            "Multiply this side's windows by two, this many times: 16 bits alone would stop at 64 KiB.",
        ),
        TcpOption::SackPermitted => (
            "SACK-Permitted",
            "RFC 2018 §2",
            "This side can be told which pieces arrived when one before them is missing.",
        ),
        TcpOption::Sack(_) => (
            "SACK",
            "RFC 2018 §3",
            "These pieces arrived although one before them is missing: only that one must be sent again.",
        ),
        TcpOption::Timestamps { .. } => (
            "Timestamps",
            "RFC 7323 §3.2",
            "The sender's clock and an echo of the other's: the difference is the round-trip time.",
        ),
        TcpOption::Multipath(_) => {
            ("Multipath TCP", "RFC 8684 §3", "One connection over several paths, such as Wi-Fi and mobile at once.")
        }
        TcpOption::FastOpen(_) => {
            ("Fast Open", "RFC 7413 §4.1.1", "A cookie that lets the next connection carry data in its first packet.")
        }
        TcpOption::Other { .. } => ("Option", "RFC 9293 §3.1", "An option this tool knows only by its number."),
        TcpOption::Malformed { .. } => {
            ("Malformed option", "RFC 9293 §3.1", "Its length cannot be, so nothing behind it can be read.")
        }
    };
    pen.clause(clause);
    pen.group(bits, name, meaning, |pen| {
        pen.number(8, "Kind", "Which option this is.");
        if let TcpOption::Malformed { kind } = item.option {
            pen.rest("undecoded bytes", "Not a possible option.");
            return format!("kind {kind}");
        }
        pen.number(8, "Length", "Bytes in this option, these two included.");
        option_data(pen, item.option)
    });
    pen.clause("RFC 9293 §3.1");
}

fn option_data(pen: &mut Pen<'_>, option: TcpOption<'_>) -> String {
    match option {
        TcpOption::MaximumSegmentSize(_) => {
            count(pen.number(16, "MSS", "Bytes of data in a segment, headers not counted.") as usize)
        }
        TcpOption::WindowScale(shift) => {
            pen.number(8, "shift.cnt", "How many times to double the window.");
            format!("× {}", 1_u32 << shift.min(14))
        }
        TcpOption::Timestamps { value, echo } => {
            pen.number(32, "TSval", "The sender's clock, in units of its own.");
            pen.number(32, "TSecr", "The last clock value received from the other side.");
            format!("{value}, echo {echo}")
        }
        TcpOption::Sack(blocks) => {
            for _ in blocks {
                pen.number(32, "Left Edge of Block", "The first sequence number that arrived.");
                pen.number(32, "Right Edge of Block", "The sequence number after the last that arrived.");
            }
            if blocks.len() == 1 { "1 block".to_owned() } else { format!("{} blocks", blocks.len()) }
        }
        TcpOption::Other { kind, .. } => {
            pen.rest("Data", "What the option says.");
            format!("kind {kind}")
        }
        TcpOption::SackPermitted => "permitted".to_owned(),
        _ => pen.rest("Data", "What the option says."),
    }
}
