//! What one screen says of a topic: what it is, when one meets it, how it is written, what is like it, what shows it.

use std::fmt::Write;
use std::sync::LazyLock;

use super::topic::{Kind, Topic, find};
use super::{CloseSender, Header, SentIn, Status, table};

pub(super) const NOTES: &str = include_str!("data/notes.tsv");
pub(super) const KIN: &str = include_str!("data/kin.tsv");
pub(super) const EXAMPLES: &str = include_str!("data/examples.txt");

/// How many kindred topics are named, of each bond.
const KINDRED: usize = 5;

/// The bonds that are named.
const BONDS: usize = 3;

struct Bond {
    what: &'static str,
    lesson: Option<&'static str>,
    topics: Vec<Topic>,
}

static BOUND: LazyLock<Vec<Bond>> = LazyLock::new(|| {
    table::load(KIN, |[what, lesson, topics]| {
        let topics = topics.split(", ").filter_map(|asked| find(asked).first().copied()).collect();
        Some(Bond { what, lesson: Some(lesson).filter(|lesson| *lesson != "-"), topics })
    })
});

/// What is said of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The topic itself: its title, clause and sentence.
    pub topic: Topic,
    /// What else there is to know, each with a label.
    pub facts: Vec<(&'static str, String)>,
    /// What is like it: what binds them, and a few of the others.
    pub alike: Vec<(&'static str, Vec<Topic>)>,
    /// Names of the lessons that show it, the best first.
    pub lessons: Vec<&'static str>,
    /// Another command that shows it: what to type after `wire101`.
    pub command: String,
}

/// All that is known of a topic.
#[must_use]
pub fn card(topic: Topic) -> Card {
    let mut facts = Vec::new();
    match topic {
        Topic::Layer(_) => facts.extend(note(topic).map(|note| ("Here", note))),
        _ => facts.extend(note(topic).map(|note| ("When", note))),
    }
    facts.extend(own_facts(topic));
    let bonds = BOUND.iter().filter(|bond| bond.topics.contains(&topic));
    let alike: Vec<_> = bonds.clone().take(BONDS).map(|bond| (bond.what, kindred(topic, &bond.topics))).collect();
    let mut lessons: Vec<&'static str> = Vec::new();
    for lesson in bonds.filter_map(|bond| bond.lesson).chain(usual_lesson(topic)) {
        if !lessons.contains(&lesson) {
            lessons.push(lesson);
        }
    }
    let alike = if alike.is_empty() { family(topic) } else { alike };
    Card { topic, facts, alike, lessons, command: command(topic) }
}

fn note(topic: Topic) -> Option<String> {
    static TABLE: LazyLock<Vec<(Topic, &'static str)>> =
        LazyLock::new(|| table::load(NOTES, |[asked, note]| Some((*find(asked).first()?, note))));
    TABLE.iter().find(|(of, _)| *of == topic).map(|(_, note)| (*note).to_owned())
}

fn own_facts(topic: Topic) -> Vec<(&'static str, String)> {
    let yes_or_no = |yes: bool, because: [&str; 2]| {
        if yes { format!("yes: {}", because[0]) } else { format!("no: {}", because[1]) }
    };
    match topic {
        Topic::Status(status) => status_facts(status),
        Topic::Header(header) => {
            let by = match header.sent_in {
                SentIn::Requests => "clients, in requests",
                SentIn::Responses => "servers, in responses",
                SentIn::Both => "either side",
            };
            let mut facts = vec![("Sent by", by.to_owned())];
            facts.extend(example(header).map(|line| ("Example", line.to_owned())));
            facts
        }
        Topic::Method(method) => vec![
            ("Safe", yes_or_no(method.safe, ["it asks for nothing to be changed", "it may change something"])),
            (
                "Idempotent",
                yes_or_no(method.idempotent, ["doing it twice is as doing it once", "sent twice, it may do it twice"]),
            ),
            ("On the wire", format!("{} {} HTTP/1.1", method.name, target(method.name))),
        ],
        Topic::Opcode(opcode) => {
            let kind = if opcode.control {
                "control frame: at most 125 bytes of payload, never divided, and allowed between the frames of a message"
            } else {
                "data frame: a message, or a part of one"
            };
            let byte = topic.number().map(|number| {
                format!(
                    "{:02x} is its first byte if it is the last of its message (FIN), {number:02x} if not",
                    0x80 | number
                )
            });
            let byte = if opcode.control {
                topic.number().map(|number| format!("{:02x} is its first byte", 0x80 | number))
            } else {
                byte
            };
            [Some(("Kind", kind.to_owned())), byte.map(|byte| ("On the wire", byte))].into_iter().flatten().collect()
        }
        Topic::CloseCode(code) => {
            let by = match code.sender {
                CloseSender::Either => "either side",
                CloseSender::Client => "clients",
                CloseSender::Server => "servers",
                CloseSender::Nobody => "nobody: it must not be in a close frame",
            };
            let mut facts = vec![("Sent by", by.to_owned())];
            if let (Some([high, low]), true) =
                (topic.number().map(u16::to_be_bytes), code.sender != CloseSender::Nobody)
            {
                facts.push((
                    "On the wire",
                    format!("{high:02x} {low:02x} begin a close frame's payload; a reason may follow"),
                ));
            }
            facts
        }
        Topic::Layer(layer) => vec![("TCP/IP", format!("{} layer", layer.tcp_ip)), ("Unit", layer.unit.to_owned())],
        Topic::TcpFlag(flag) => vec![
            ("Stands for", flag.full_name.to_owned()),
            ("On the wire", format!("bit {:#04x} of the TCP header's byte 13, counted from 0", flag.bit)),
        ],
        Topic::TcpOption(option) => {
            let mut wire = format!("{:02x}", option.kind);
            match option.length {
                Some(1) => wire += ", alone",
                // Writing to a string cannot fail.
                Some(length) => drop(write!(
                    wire,
                    " {length:02x}: kind, length in bytes{}",
                    if length > 2 { "; then what it says" } else { "" }
                )),
                None => wire += " and a byte of length; then what it says",
            }
            vec![("On the wire", wire)]
        }
        Topic::Problem(story) => {
            vec![("In short", story.title.clone()), ("When", story.when.clone()), ("To do", story.what_to_do.clone())]
        }
        Topic::Server(server) => vec![
            ("Server", server.field.strip_prefix("Server: ").unwrap_or(server.field).to_owned()),
            ("Also", server.marks.to_owned()),
            ("ETag", server.etag.to_owned()),
            (
                "Beware",
                "all of this can be hidden or faked, and a proxy in front puts its own in place of it".to_owned(),
            ),
        ],
    }
}

fn status_facts(status: &Status) -> Vec<(&'static str, String)> {
    let first = *status.codes.start();
    let class = match first / 100 {
        1 => "1xx, informational: an interim answer, without a body; the final one is still to come",
        2 => "2xx, successful: it was received, understood and done",
        3 => "3xx, redirection: something more is to be done, which the client may do by itself",
        4 => "4xx, client error: something is wrong with the request",
        _ => "5xx, server error: the request may be right, but the server failed",
    };
    let mut facts = vec![("Class", class.to_owned())];
    if status.is_assigned() {
        facts.push(("On the wire", format!("HTTP/1.1 {first} {}", status.reason)));
    } else {
        let hundreds = first / 100 * 100;
        facts.push(("In doubt", format!("a client that gets one treats it as {hundreds} (RFC 9110 §15)")));
    }
    facts
}

/// A field line that shows how the field is written.
#[must_use]
pub fn example(header: &Header) -> Option<&'static str> {
    let is_it = |line: &&str| line.split_once(':').is_some_and(|(name, _)| name == header.name);
    table::lines(EXAMPLES).find(is_it)
}

/// A target that suits the method.
fn target(method: &str) -> &'static str {
    match method {
        "CONNECT" => "www.example.com:443",
        "OPTIONS" | "PRI" | "*" => "*",
        _ => "/notes/7",
    }
}

/// The others, those of the same kind first.
fn kindred(topic: Topic, bound: &[Topic]) -> Vec<Topic> {
    let (same, other): (Vec<Topic>, Vec<Topic>) =
        bound.iter().copied().filter(|one| *one != topic).partition(|one| one.kind() == topic.kind());
    same.into_iter().chain(other).take(KINDRED).collect()
}

/// For what nothing was written down: what stands near it.
fn family(topic: Topic) -> Vec<(&'static str, Vec<Topic>)> {
    let (what, family) = match topic {
        Topic::Status(status) => {
            let of_class =
                |it: &Topic| matches!(it, Topic::Status(it) if it.codes.start() / 100 == status.codes.start() / 100);
            ("of its class", Kind::Status.topics().into_iter().filter(|it| of_class(it) && it.is_assigned()).collect())
        }
        Topic::Header(header) => {
            // Names of one family begin alike: Sec-Fetch-Mode, Sec-Fetch-Site; X- is no family.
            let stem = header.name.rsplit_once('-').map_or(header.name, |(stem, _)| stem);
            let alike = |it: &Topic| stem != "X" && it.name().starts_with(stem);
            ("of its family", Kind::Header.topics().into_iter().filter(alike).collect())
        }
        Topic::Problem(story) => {
            let document = |clause: &str| clause.split(" §").next().unwrap_or_default().to_owned();
            let chapter = |clause: &str| clause.split('.').next().unwrap_or_default().to_owned();
            let of = |same: &dyn Fn(&str) -> String| -> Vec<Topic> {
                let alike = |it: &Topic| same(it.clause()) == same(&story.clause);
                Kind::Problem.topics().into_iter().filter(alike).collect()
            };
            let near = of(&chapter);
            if near.len() > 1 { ("of the same chapter", near) } else { ("of the same document", of(&document)) }
        }
        _ => ("", Vec::new()),
    };
    let others = kindred(topic, &family);
    if others.is_empty() { Vec::new() } else { vec![(what, others)] }
}

/// The lesson in which such things are met, where none is about this one.
fn usual_lesson(topic: Topic) -> Option<&'static str> {
    match topic {
        Topic::Status(_) | Topic::Header(_) | Topic::TcpFlag(_) | Topic::TcpOption(_) => Some("request-response"),
        Topic::Method(_) => Some("methods"),
        Topic::Opcode(_) => Some("frames"),
        Topic::CloseCode(_) => Some("closing"),
        Topic::Layer(_) => Some("osi-layers"),
        Topic::Server(_) => None,
        Topic::Problem(story) => {
            let by_clause = [
                ("RFC 6455 §4", "upgrade"),
                ("RFC 6455 §5", "frames"),
                ("RFC 6455", "closing"),
                ("RFC 7692", "compression"),
                ("RFC 9112 §6", "body-framing"),
                ("RFC 9112 §7", "body-framing"),
                ("RFC 9293", "loss"),
            ];
            by_clause.iter().find(|(clause, _)| story.clause.starts_with(clause)).map(|(_, lesson)| *lesson)
        }
    }
}

fn command(topic: Topic) -> String {
    match topic {
        Topic::Status(status) if status.is_assigned() => {
            format!("explain \"HTTP/1.1 {} {}\"", status.codes.start(), status.reason)
        }
        Topic::Method(method) => format!("explain \"{} {} HTTP/1.1\"", method.name, target(method.name)),
        Topic::Header(header) => example(header).map_or_else(
            || "inspect FILE --exchange 0.0".to_owned(),
            |line| {
                if line.contains('"') {
                    format!("explain header '{line}'")
                } else {
                    format!("explain header \"{line}\"")
                }
            },
        ),
        Topic::Opcode(opcode) => match *opcode.opcodes.start() {
            0 => "explain frame 01 03 48 65 6c 80 02 6c 6f".to_owned(),
            1 => "explain frame 81 85 37 fa 21 3d 7f 9f 4d 51 58".to_owned(),
            8 => "explain frame 88 06 03 e8 64 6f 6e 65".to_owned(),
            first => format!("explain frame {:02x} 02 ca fe", 0x80 | first),
        },
        Topic::CloseCode(code) => {
            let [high, low] = code.codes.start().to_be_bytes();
            format!("explain frame 88 02 {high:02x} {low:02x}")
        }
        Topic::Layer(_) => "inspect FILE --layers".to_owned(),
        Topic::TcpFlag(_) | Topic::TcpOption(_) => "inspect FILE --packet 1 --hex".to_owned(),
        Topic::Status(_) | Topic::Problem(_) => "inspect FILE".to_owned(),
        Topic::Server(_) => "inspect FILE --exchange 0.0".to_owned(),
    }
}
