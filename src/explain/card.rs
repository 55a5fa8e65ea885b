//! What one screen says about an entry: what it is, when you meet it, how it is written, what is like it, what shows it.

use std::sync::LazyLock;

use super::entry::Entry;
use super::find::find;
use super::kind::Kind;
use super::table;

pub(super) const KIN: &str = include_str!("data/kin.tsv");

/// How many kindred entries are named, of each bond.
const KINDRED: usize = 5;

/// The bonds that are named.
const BONDS: usize = 3;

struct Bond {
    what: &'static str,
    lesson: Option<&'static str>,
    entries: Vec<&'static Entry>,
}

static BOUND: LazyLock<Vec<Bond>> = LazyLock::new(|| {
    let bond = |[what, lesson, entries]: [&'static str; 3]| {
        let entries = entries.split(", ").filter_map(|asked| find(asked).first().copied()).collect();
        Bond { what, lesson: Some(lesson).filter(|lesson| *lesson != "-"), entries }
    };
    table::rows(KIN).map(bond).collect()
});

/// What is said about an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The entry itself: its title, clause and sentence.
    pub entry: &'static Entry,
    /// What else there is to know, each with a label.
    pub facts: Vec<(&'static str, String)>,
    /// What is like it: what binds them, and a few of the others. Nothing binds what's worth seeing after a word.
    pub alike: Vec<(&'static str, Vec<&'static Entry>)>,
    /// Names of the lessons that show it, the best first.
    pub lessons: Vec<&'static str>,
    /// Another command that shows it, and not just anything: what to type after `wire101`.
    pub command: Option<String>,
}

/// Everything that is known about an entry.
#[must_use]
pub fn card(entry: &'static Entry) -> Card {
    let is_shown = |(label, _): &&(&str, &str)| label.starts_with(|c: char| c.is_ascii_uppercase());
    let mut facts: Vec<(&str, String)> =
        entry.details.iter().filter(is_shown).map(|(label, value)| (*label, in_words(label, value))).collect();
    facts.extend(derived(entry));
    let bonds = BOUND.iter().filter(|bond| bond.entries.contains(&entry));
    let alike: Vec<_> = bonds.clone().take(BONDS).map(|bond| (bond.what, kindred(entry, &bond.entries))).collect();
    let mut lessons: Vec<&'static str> = Vec::new();
    for lesson in bonds.filter_map(|bond| bond.lesson).chain(usual_lesson(entry)) {
        if !lessons.contains(&lesson) {
            lessons.push(lesson);
        }
    }
    let alike = match entry.detail("see") {
        Some(see) => vec![("", see.split(", ").filter_map(|asked| find(asked).first().copied()).collect())],
        None if alike.is_empty() => family(entry),
        None => alike,
    };
    // Where there's nothing better, a capture of one's own may show it.
    let command = command(entry).or_else(|| lessons.is_empty().then(|| "inspect FILE --exchange 0.0".to_owned()));
    Card { entry, facts, alike, lessons, command }
}

/// A detail as a card says it.
fn in_words(label: &str, value: &str) -> String {
    let words = match (label, value) {
        ("Sent by", "client") => "clients",
        ("Sent by", "request") => "clients, in requests",
        ("Sent by", "response") => "servers, in responses",
        ("Sent by", "both" | "either") => "either side",
        ("Sent by", "server") => "servers",
        ("Sent by", "nobody") => "nobody: it must not be in a close frame",
        ("Safe", "yes") => "yes: it doesn't ask for any change",
        ("Safe", _) => "no: it may change something",
        ("Idempotent", "yes") => "yes: doing it twice has the same effect as doing it once",
        ("Idempotent", _) => "no: if sent twice, it may be done twice",
        ("TCP/IP", layer) => return format!("{layer} layer"),
        ("Server", field) => field.strip_prefix("Server: ").unwrap_or(field),
        _ => value,
    };
    words.to_owned()
}

/// What follows from an entry's number, name or kind.
fn derived(entry: &Entry) -> Vec<(&'static str, String)> {
    let first = entry.numbers.as_ref().map_or(0, |numbers| *numbers.start());
    let on_the_wire = |bytes: String| ("On the wire", bytes);
    match entry.kind {
        Kind::Status => {
            let class = match first / 100 {
                1 => "1xx, informational: an interim answer without a body; the final one is still to come",
                2 => "2xx, successful: it was received, understood and done",
                3 => "3xx, redirection: the client has to do something more, often by itself",
                4 => "4xx, client error: something is wrong with the request",
                _ => "5xx, server error: the request may be fine, but the server failed",
            };
            let hundreds = first / 100 * 100;
            let doubt = format!("a client that gets one treats it as {hundreds} (RFC 9110 §15)");
            let line = on_the_wire(format!("HTTP/1.1 {first} {}", entry.name));
            vec![("Class", class.to_owned()), if entry.is_assigned() { line } else { ("In doubt", doubt) }]
        }
        Kind::Method => vec![on_the_wire(request_line(entry))],
        Kind::Opcode => {
            let (kind, byte) = if first >= 8 {
                (
                    "control frame: at most 125 bytes of payload, never fragmented, and allowed between the frames of a message",
                    format!("{:02x} is its first byte", 0x80 | first),
                )
            } else {
                (
                    "data frame: a message, or a part of one",
                    format!(
                        "{:02x} is its first byte if it is the last of its message (FIN), {first:02x} if not",
                        0x80 | first
                    ),
                )
            };
            [("Kind", kind.to_owned())].into_iter().chain(entry.number().map(|_| on_the_wire(byte))).collect()
        }
        Kind::CloseCode => {
            let [high, low] = first.to_be_bytes();
            let is_sent = entry.number().is_some() && entry.detail("Sent by") != Some("nobody");
            let bytes = format!("{high:02x} {low:02x} begin a close frame's payload; a reason may follow");
            is_sent.then(|| on_the_wire(bytes)).into_iter().collect()
        }
        Kind::TcpFlag => {
            let bit: u8 = entry.detail("bit").and_then(|bit| bit.parse().ok()).unwrap_or_default();
            vec![on_the_wire(format!("bit {bit:#04x} of the TCP header's byte 13, counted from 0"))]
        }
        Kind::TcpOption => {
            let rest = match entry.detail("length").and_then(|length| length.parse::<u8>().ok()) {
                Some(1) => ", alone".to_owned(),
                Some(length @ ..=2) => format!(" {length:02x}: kind, length in bytes"),
                Some(length) => format!(" {length:02x}: kind, length in bytes; then what it says"),
                None => " and a byte of length; then what it says".to_owned(),
            };
            vec![on_the_wire(format!("{first:02x}{rest}"))]
        }
        Kind::Server => {
            let beware = "all of this can be hidden or faked, and a proxy in front may replace it with its own";
            vec![("Beware", beware.to_owned())]
        }
        Kind::Header | Kind::Layer | Kind::Problem | Kind::Word => Vec::new(),
    }
}

/// A request line with that method, and a target that suits it.
fn request_line(method: &Entry) -> String {
    let target = match method.name {
        "CONNECT" => "www.example.com:443",
        "OPTIONS" | "PRI" | "*" => "*",
        _ => "/notes/7",
    };
    format!("{} {target} HTTP/1.1", method.name)
}

/// The others, those of the same kind first.
fn kindred(entry: &Entry, bound: &[&'static Entry]) -> Vec<&'static Entry> {
    let (same, other): (Vec<&Entry>, Vec<&Entry>) =
        bound.iter().filter(|one| **one != entry).partition(|one| one.kind == entry.kind);
    same.into_iter().chain(other).take(KINDRED).collect()
}

/// What stands near an entry that nothing was written down as being like.
fn family(entry: &Entry) -> Vec<(&'static str, Vec<&'static Entry>)> {
    let alike = |is_alike: &dyn Fn(&Entry) -> bool| -> Vec<&'static Entry> {
        entry.kind.entries().iter().filter(|it| is_alike(it)).collect()
    };
    let (what, family) = match entry.kind {
        Kind::Status => {
            let class = |it: &Entry| it.numbers.as_ref().map(|codes| codes.start() / 100);
            ("of its class", alike(&|it| class(it) == class(entry) && it.is_assigned()))
        }
        Kind::Header => {
            // Names of one family begin alike, as Sec-Fetch-Mode and Sec-Fetch-Site do. X- isn't a family.
            let stem = entry.name.rsplit_once('-').map_or(entry.name, |(stem, _)| stem);
            ("of its family", alike(&|it| stem != "X" && it.name.starts_with(stem)))
        }
        _ => ("", Vec::new()),
    };
    let others = kindred(entry, &family);
    if others.is_empty() { Vec::new() } else { vec![(what, others)] }
}

/// The lesson in which such things are met, where none is about this one.
fn usual_lesson(entry: &Entry) -> Option<&'static str> {
    match entry.kind {
        Kind::Status | Kind::Header | Kind::TcpFlag | Kind::TcpOption => Some("request-response"),
        Kind::Method => Some("methods"),
        Kind::Opcode => Some("frames"),
        Kind::CloseCode => Some("closing"),
        Kind::Layer => Some("osi-layers"),
        Kind::Server => None,
        Kind::Word => entry.detail("lesson"),
        Kind::Problem => {
            let by_clause = [
                ("RFC 6455 §4", "upgrade"),
                ("RFC 6455 §5", "frames"),
                ("RFC 6455", "closing"),
                ("RFC 7692", "compression"),
                ("RFC 9112 §6", "body-framing"),
                ("RFC 9112 §7", "body-framing"),
                ("RFC 9293", "loss"),
            ];
            by_clause.iter().find(|(clause, _)| entry.clause.starts_with(clause)).map(|(_, lesson)| *lesson)
        }
    }
}

fn command(entry: &Entry) -> Option<String> {
    let first = entry.numbers.as_ref().map_or(0, |numbers| *numbers.start());
    Some(match (entry.kind, entry.detail("Example")) {
        (Kind::Status, _) if entry.is_assigned() => format!("explain \"HTTP/1.1 {first} {}\"", entry.name),
        (Kind::Method, _) => format!("explain \"{}\"", request_line(entry)),
        (Kind::Header, Some(line)) if line.contains('"') => format!("explain header '{line}'"),
        (Kind::Header, Some(line)) => format!("explain header \"{line}\""),
        (Kind::Opcode, _) => match first {
            0 => "explain frame 01 03 48 65 6c 80 02 6c 6f".to_owned(),
            1 => "explain frame 81 85 37 fa 21 3d 7f 9f 4d 51 58".to_owned(),
            8 => "explain frame 88 06 03 e8 64 6f 6e 65".to_owned(),
            first => format!("explain frame {:02x} 02 ca fe", 0x80 | first),
        },
        (Kind::CloseCode, _) => {
            let [high, low] = first.to_be_bytes();
            format!("explain frame 88 02 {high:02x} {low:02x}")
        }
        (Kind::Layer, _) => "inspect FILE --layers".to_owned(),
        (Kind::TcpFlag | Kind::TcpOption, _) => "inspect FILE --packet 1 --hex".to_owned(),
        (Kind::Word, _) => entry.detail("command")?.to_owned(),
        (Kind::Status | Kind::Problem | Kind::Server | Kind::Header, _) => return None,
    })
}
