//! An entry: one thing that can be explained. All kinds have the same shape, and so have the files that hold them.
//!
//! The first line of a table names its columns, and the first column is the entry's key: a number, a range of numbers or a
//! name. `name`, `clause`, `meaning` and `names` (what else it's called) mean the same in every table. All others are details,
//! shown under the column's name if that begins with a capital. A `-` stands for nothing.

use std::cmp::Ordering;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use super::kind::Kind;
use super::table;
use super::words::normal;

/// One thing that can be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What kind of thing it is.
    pub kind: Kind,
    /// What to ask for it by, after the kind: "404", "105-199", "Upgrade", "nginx".
    pub key: &'static str,
    /// Its number, where it has one; more than one where a range of numbers has the same meaning, or none yet.
    pub numbers: Option<RangeInclusive<u16>>,
    /// Its name alone: "Switching Protocols", "ping". In parentheses if it's a note rather than a name: "(Unassigned)".
    pub name: &'static str,
    /// What else it is called.
    pub other_names: Vec<&'static str>,
    /// What defines it; "no standard" where nothing does.
    pub clause: &'static str,
    /// What it is, in a sentence; in a few for a problem or a word.
    pub meaning: &'static str,
    /// What only its kind has: labels and values.
    pub details: Vec<(&'static str, &'static str)>,
}

impl Entry {
    /// Everything there is.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        Kind::ALL.into_iter().flat_map(Kind::entries)
    }

    /// Its number, where it has exactly one.
    #[must_use]
    pub fn number(&self) -> Option<u16> {
        self.numbers.as_ref().filter(|range| range.start() == range.end()).map(|range| *range.start())
    }

    /// A detail by its label.
    #[must_use]
    pub fn detail(&self, label: &str) -> Option<&'static str> {
        self.details.iter().find(|(of, _)| *of == label).map(|(_, value)| *value)
    }

    /// Its number, if it has one, and its name: "101 Switching Protocols", "3–7 reserved", "Upgrade".
    #[must_use]
    pub fn title(&self) -> String {
        match self.numbers {
            Some(_) => format!("{} {}", self.key.replace('-', "–"), self.name),
            None => self.name.to_owned(),
        }
    }

    /// What to type to have it explained, whatever else has the same name: "status 101", "header Upgrade".
    #[must_use]
    pub fn asked(&self) -> String {
        let number = self.numbers.as_ref().map(|range| range.start().to_string());
        format!("{} {}", self.kind.words()[0], number.as_deref().unwrap_or(self.key))
    }

    /// What it is called among things of other kinds: "101 Switching Protocols", "close 1000 Normal Closure".
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}{}", self.kind.label(), self.title())
    }

    /// Whether it has been given a meaning: ranges that are reserved for later haven't.
    #[must_use]
    pub fn is_assigned(&self) -> bool {
        match self.kind {
            Kind::Opcode => self.name != "reserved",
            _ => !self.name.starts_with('(') || self.detail("Sent by").is_some_and(|by| by != "nobody"),
        }
    }

    /// The OSI layer that it belongs to.
    #[must_use]
    pub fn layer(&self) -> u16 {
        match self.kind {
            Kind::Layer => self.number().unwrap_or_default(),
            Kind::Word => self.detail("layer").and_then(|layer| layer.parse().ok()).unwrap_or(7),
            Kind::TcpFlag | Kind::TcpOption => 4,
            Kind::Problem if self.clause.starts_with("RFC 9293") => 4,
            _ => 7,
        }
    }

    /// Every name by which it is found, as [`normal`] writes them; numbers aside.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = vec![normal(self.name)];
        names.extend(self.numbers.as_ref().map(|_| normal(&self.title())));
        names.extend((self.kind == Kind::Server).then(|| normal(self.key)));
        names.extend(["Stands for", "In short"].into_iter().filter_map(|label| self.detail(label)).map(normal));
        names.extend(self.other_names.iter().copied().map(normal));
        names
    }
}

impl Kind {
    /// All there are, in the order of their table.
    #[must_use]
    pub fn entries(self) -> &'static [Entry] {
        static ENTRIES: [OnceLock<Vec<Entry>>; Kind::ALL.len()] = [const { OnceLock::new() }; Kind::ALL.len()];
        ENTRIES[self as usize].get_or_init(|| load(self, self.data()))
    }

    /// The table. The build makes that of problems from their stories, which are too long for the lines of one.
    pub(super) fn data(self) -> &'static str {
        match self {
            Self::Status => include_str!("data/status.tsv"),
            Self::Header => include_str!("data/headers.tsv"),
            Self::Method => include_str!("data/methods.tsv"),
            Self::Opcode => include_str!("data/opcodes.tsv"),
            Self::CloseCode => include_str!("data/close_codes.tsv"),
            Self::Layer => include_str!("data/osi_layers.tsv"),
            Self::TcpFlag => include_str!("data/tcp_flags.tsv"),
            Self::TcpOption => include_str!("data/tcp_options.tsv"),
            Self::Server => include_str!("data/servers.tsv"),
            Self::Word => include_str!("data/words.tsv"),
            Self::Problem => include_str!(concat!(env!("OUT_DIR"), "/problems.tsv")),
        }
    }

    /// The entry whose numbers include this one. Tables of numbers are in ascending order.
    fn numbered(self, number: u16) -> Option<&'static Entry> {
        let entries = self.entries();
        let is_below = |entry: &Entry| entry.numbers.as_ref().is_some_and(|numbers| *numbers.end() < number);
        let entry = entries.get(entries.partition_point(is_below))?;
        entry.numbers.as_ref()?.contains(&number).then_some(entry)
    }
}

/// The entries of a table. A line that lacks a column is left out; a test checks that there is none.
fn load(kind: Kind, data: &'static str) -> Vec<Entry> {
    let mut lines = table::lines(data);
    let columns: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let entry = |line: &'static str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let key = *cells.first().filter(|_| cells.len() == columns.len())?;
        let mut entry = Entry {
            kind,
            key,
            numbers: table::range(key),
            name: key,
            other_names: Vec::new(),
            clause: "",
            meaning: "",
            details: Vec::new(),
        };
        for (column, cell) in columns.iter().copied().zip(cells).filter(|(_, cell)| *cell != "-") {
            match column {
                "code" | "number" | "opcode" | "kind" | "key" => {}
                "name" => entry.name = cell,
                "clause" => entry.clause = cell,
                "meaning" => entry.meaning = cell,
                "names" => entry.other_names = cell.split(", ").collect(),
                _ => entry.details.push((column, cell)),
            }
        }
        Some(entry)
    };
    lines.filter_map(entry).collect()
}

/// What the registry says about a status code from 100 to 599; `None` outside (RFC 9110 §15: such codes are invalid).
#[must_use]
pub fn status(code: u16) -> Option<&'static Entry> {
    Kind::Status.numbered(code)
}

/// What the registry says about an opcode; `None` above 15, which is more than four bits can say.
#[must_use]
pub fn opcode(opcode: u8) -> Option<&'static Entry> {
    Kind::Opcode.numbered(opcode.into())
}

/// What the registry says about a close code. Every number is in some range, so there is always an answer in practice.
#[must_use]
pub fn close_code(code: u16) -> Option<&'static Entry> {
    Kind::CloseCode.numbered(code)
}

/// The TCP option of that kind, unless it is obsolete or unknown.
#[must_use]
pub fn tcp_option(kind: u8) -> Option<&'static Entry> {
    Kind::TcpOption.numbered(kind.into())
}

/// The registered method of exactly that name: methods are case-sensitive (RFC 9110 §9.1).
#[must_use]
pub fn method(name: &str) -> Option<&'static Entry> {
    let methods = Kind::Method.entries();
    methods.get(methods.binary_search_by(|method| method.name.cmp(name)).ok()?)
}

/// The field of that name, whatever the case (RFC 9110 §5.1).
#[must_use]
pub fn header(name: &str) -> Option<&'static Entry> {
    let headers = Kind::Header.entries();
    headers.get(headers.binary_search_by(|header| without_case(header.name, name)).ok()?)
}

pub(super) fn without_case(one: &str, other: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    one.bytes().map(lower).cmp(other.bytes().map(lower))
}

/// The story of a problem.
#[must_use]
pub fn problem(code: &str) -> Option<&'static Entry> {
    Kind::Problem.entries().iter().find(|story| story.key == code)
}
