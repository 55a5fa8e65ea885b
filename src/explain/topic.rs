//! Everything that can be explained, under one type, and finding it by what people call it.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::words::{normal, number, other_word};
use super::{
    CloseCode, CloseSender, Header, Method, Opcode, OsiLayer, ProblemStory, Server, Status, TcpFlag, TcpOption,
    close_codes, headers, methods, opcodes, osi_layers, problems, servers, statuses, tcp_flags, tcp_options,
};

/// A sort of things that can be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// HTTP status codes.
    Status,
    /// HTTP fields.
    Header,
    /// HTTP methods.
    Method,
    /// WebSocket opcodes.
    Opcode,
    /// WebSocket close codes.
    CloseCode,
    /// OSI layers.
    Layer,
    /// TCP's control bits.
    TcpFlag,
    /// TCP options.
    TcpOption,
    /// Programs that answer HTTP.
    Server,
    /// What can be wrong with a capture.
    Problem,
}

impl Kind {
    /// All of them. Where one word means several things, the one that stands first here is likelier to be meant.
    pub const ALL: [Self; 10] = [
        Self::Status,
        Self::Header,
        Self::Method,
        Self::Opcode,
        Self::CloseCode,
        Self::Layer,
        Self::TcpFlag,
        Self::TcpOption,
        Self::Server,
        Self::Problem,
    ];

    /// What one of them is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Status => "status code",
            Self::Header => "header field",
            Self::Method => "method",
            Self::Opcode => "WebSocket opcode",
            Self::CloseCode => "WebSocket close code",
            Self::Layer => "OSI layer",
            Self::TcpFlag => "TCP flag",
            Self::TcpOption => "TCP option",
            Self::Server => "server",
            Self::Problem => "problem",
        }
    }

    /// The words that ask for all of them.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Status => "statuses",
            Self::Header => "headers",
            Self::Method => "methods",
            Self::Opcode => "opcodes",
            Self::CloseCode => "close codes",
            Self::Layer => "layers",
            Self::TcpFlag => "tcp flags",
            Self::TcpOption => "tcp options",
            Self::Server => "servers",
            Self::Problem => "problems",
        }
    }

    /// The words before a name that say which kind is meant, in small letters.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Status => &["status", "statuses", "status code", "status codes", "code", "codes"],
            Self::Header => &["header", "headers", "field", "fields", "header field", "header fields"],
            Self::Method => &["method", "methods"],
            Self::Opcode => &["opcode", "opcodes"],
            Self::CloseCode => &["close", "close code", "close codes"],
            Self::Layer => &["layer", "layers", "osi", "osi layer", "osi layers"],
            Self::TcpFlag => &["tcp", "flag", "flags", "tcp flag", "tcp flags"],
            Self::TcpOption => &["tcp", "option", "options", "tcp option", "tcp options"],
            Self::Server => &["server", "servers"],
            Self::Problem => &["problem", "problems", "problem code", "problem codes"],
        }
    }

    /// All there are, in the order of their table.
    #[must_use]
    pub fn topics(self) -> Vec<Topic> {
        match self {
            Self::Status => statuses().iter().map(Topic::Status).collect(),
            Self::Header => headers().iter().map(Topic::Header).collect(),
            Self::Method => methods().iter().map(Topic::Method).collect(),
            Self::Opcode => opcodes().iter().map(Topic::Opcode).collect(),
            Self::CloseCode => close_codes().iter().map(Topic::CloseCode).collect(),
            Self::Layer => osi_layers().iter().map(Topic::Layer).collect(),
            Self::TcpFlag => tcp_flags().iter().map(Topic::TcpFlag).collect(),
            Self::TcpOption => tcp_options().iter().map(Topic::TcpOption).collect(),
            Self::Server => servers().iter().map(Topic::Server).collect(),
            Self::Problem => problems().iter().map(Topic::Problem).collect(),
        }
    }
}

/// The kinds that some words ask for: "status codes"; several for "tcp", none for most words.
#[must_use]
pub fn kinds(words: &str) -> Vec<Kind> {
    let words = normal(words);
    Kind::ALL.into_iter().filter(|kind| kind.words().contains(&words.as_str())).collect()
}

/// A thing that can be explained: an entry of one of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A status code, or unassigned ones.
    Status(&'static Status),
    /// A field.
    Header(&'static Header),
    /// A method.
    Method(&'static Method),
    /// An opcode, or reserved ones.
    Opcode(&'static Opcode),
    /// A close code, or a range of them.
    CloseCode(&'static CloseCode),
    /// A layer.
    Layer(&'static OsiLayer),
    /// A control bit.
    TcpFlag(&'static TcpFlag),
    /// An option.
    TcpOption(&'static TcpOption),
    /// A server.
    Server(&'static Server),
    /// A problem.
    Problem(&'static ProblemStory),
}

impl Topic {
    /// Every topic there is.
    pub fn all() -> impl Iterator<Item = Self> {
        Kind::ALL.into_iter().flat_map(Kind::topics)
    }

    /// What sort of thing it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Status(_) => Kind::Status,
            Self::Header(_) => Kind::Header,
            Self::Method(_) => Kind::Method,
            Self::Opcode(_) => Kind::Opcode,
            Self::CloseCode(_) => Kind::CloseCode,
            Self::Layer(_) => Kind::Layer,
            Self::TcpFlag(_) => Kind::TcpFlag,
            Self::TcpOption(_) => Kind::TcpOption,
            Self::Server(_) => Kind::Server,
            Self::Problem(_) => Kind::Problem,
        }
    }

    /// Its number, where it has one; the first and last of a range.
    fn numbers(self) -> Option<(u16, u16)> {
        match self {
            Self::Status(it) => Some((*it.codes.start(), *it.codes.end())),
            Self::CloseCode(it) => Some((*it.codes.start(), *it.codes.end())),
            Self::Opcode(it) => Some((u16::from(*it.opcodes.start()), u16::from(*it.opcodes.end()))),
            Self::Layer(it) => Some((u16::from(it.number), u16::from(it.number))),
            Self::TcpOption(it) => Some((u16::from(it.kind), u16::from(it.kind))),
            Self::Header(_) | Self::Method(_) | Self::TcpFlag(_) | Self::Server(_) | Self::Problem(_) => None,
        }
    }

    /// Its number, where it is one: ranges have none.
    #[must_use]
    pub fn number(self) -> Option<u16> {
        self.numbers().filter(|(first, last)| first == last).map(|(first, _)| first)
    }

    /// Its name alone: "Switching Protocols", "ping".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Status(it) => it.reason,
            Self::Header(it) => it.name,
            Self::Method(it) => it.name,
            Self::Opcode(it) => it.name,
            Self::CloseCode(it) => it.name,
            Self::Layer(it) => it.name,
            Self::TcpFlag(it) => it.name,
            Self::TcpOption(it) => it.name,
            Self::Server(it) => it.name,
            Self::Problem(it) => &it.code,
        }
    }

    /// Its number, if it has one, and its name: "101 Switching Protocols", "3–7 reserved", "Upgrade".
    #[must_use]
    pub fn title(self) -> String {
        match self.numbers() {
            None => self.name().to_owned(),
            Some((first, last)) if first == last => format!("{first} {}", self.name()),
            Some((first, last)) => format!("{first}–{last} {}", self.name()),
        }
    }

    /// What to type to have it explained, whatever else has the same name: "status 101", "header Upgrade".
    #[must_use]
    pub fn asked(self) -> String {
        let kind = match self.kind() {
            Kind::TcpFlag => "flag",
            kind => kind.words().first().copied().unwrap_or_default(),
        };
        let kind = if self.kind() == Kind::TcpOption { "option" } else { kind };
        match (self, self.numbers()) {
            (Self::Server(it), _) => format!("{kind} {}", it.key),
            (_, Some((first, _))) => format!("{kind} {first}"),
            (_, None) => format!("{kind} {}", self.name()),
        }
    }

    /// What it is called among things of other kinds: "101 Switching Protocols", "close 1000 Normal Closure".
    #[must_use]
    pub fn label(self) -> String {
        match self.kind() {
            Kind::Opcode => format!("opcode {}", self.title()),
            Kind::CloseCode => format!("close {}", self.title()),
            Kind::Layer => format!("layer {}", self.title()),
            Kind::TcpOption => format!("TCP option {}", self.title()),
            _ => self.title(),
        }
    }

    /// Whether it has been given a meaning: not so ranges that are kept for later.
    #[must_use]
    pub fn is_assigned(self) -> bool {
        match self {
            Self::Status(it) => it.is_assigned(),
            Self::CloseCode(it) => !it.name.starts_with('(') || it.sender != CloseSender::Nobody,
            Self::Opcode(it) => it.name != "reserved",
            _ => true,
        }
    }

    /// The OSI layer whose thing it is.
    #[must_use]
    pub fn layer(self) -> u8 {
        match self {
            Self::Layer(it) => it.number,
            Self::TcpFlag(_) | Self::TcpOption(_) => 4,
            Self::Problem(it) if it.clause.starts_with("RFC 9293") => 4,
            _ => 7,
        }
    }

    /// What defines it.
    #[must_use]
    pub fn clause(self) -> &'static str {
        match self {
            Self::Status(it) => it.clause,
            Self::Header(it) => it.clause,
            Self::Method(it) => it.clause,
            Self::Opcode(it) => it.clause,
            Self::CloseCode(it) => it.clause,
            Self::Layer(it) => it.clause,
            Self::TcpFlag(it) => it.clause,
            Self::TcpOption(it) => it.clause,
            Self::Server(_) => "RFC 9110 §10.2.4",
            Self::Problem(it) => &it.clause,
        }
    }

    /// What it is, in a sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Status(it) => it.meaning,
            Self::Header(it) => it.meaning,
            Self::Method(it) => it.meaning,
            Self::Opcode(it) => it.meaning,
            Self::CloseCode(it) => it.meaning,
            Self::Layer(it) => it.meaning,
            Self::TcpFlag(it) => it.meaning,
            Self::TcpOption(it) => it.meaning,
            Self::Server(it) => it.meaning,
            Self::Problem(it) => &it.what,
        }
    }

    /// Every name by which it is found, as [`normal`] writes them; numbers aside.
    pub(super) fn names(self) -> Vec<String> {
        let mut names = vec![normal(self.name())];
        if self.numbers().is_some() {
            names.push(normal(&self.title()));
        }
        match self {
            Self::TcpFlag(it) => names.push(normal(it.full_name)),
            Self::Server(it) => {
                names.push(normal(it.key));
                names.extend(it.other_names.iter().map(|name| normal(name)));
            }
            Self::Problem(it) => names.push(normal(&it.title)),
            _ => {}
        }
        names
    }
}

/// Every topic with its names: written out once, for there are many to compare with.
static NAMES: LazyLock<Vec<(Topic, Vec<String>)>> =
    LazyLock::new(|| Topic::all().map(|topic| (topic, topic.names())).collect());

/// The same by name: a screen names some hundred topics, each of which has to be found.
static BY_NAME: LazyLock<HashMap<&'static str, Vec<Topic>>> = LazyLock::new(|| {
    let mut by_name: HashMap<&str, Vec<Topic>> = HashMap::new();
    for (topic, names) in NAMES.iter() {
        for name in names {
            let topics = by_name.entry(name).or_default();
            if topics.last() != Some(topic) {
                topics.push(*topic);
            }
        }
    }
    by_name
});

/// The topics with that name, as [`normal`] writes it, or that number.
fn called(name: &str) -> Vec<Topic> {
    let Some(number) = number(name) else { return BY_NAME.get(name).cloned().unwrap_or_default() };
    let is_called = |(topic, names): &&(Topic, Vec<String>)| match topic.numbers() {
        Some((first, last)) => (first..=last).contains(&number),
        None => names.iter().any(|one| one == name),
    };
    NAMES.iter().filter(is_called).map(|(topic, _)| *topic).collect()
}

/// What some words may mean, the likeliest first: a name or number, perhaps with the kind before it.
#[must_use]
pub fn find(words: &str) -> Vec<Topic> {
    let name = normal(words);
    let mut found = called(&name);
    // A name typed as the specification writes it comes first (LINK is the method, Link the field); what means nothing
    // yet is only of interest where nothing else is meant.
    found.sort_by_key(|topic| (!topic.is_assigned(), topic.name() != words.trim()));
    let mut at = 0;
    found.retain(|topic| {
        at += 1;
        at == 1 || topic.is_assigned()
    });
    let mut more = other_word(&name);
    for kind in Kind::ALL {
        let names = kind.words().iter().filter_map(|word| name.strip_prefix(word)?.strip_prefix(' '));
        for name in names {
            more.extend(called(name).into_iter().filter(|topic| topic.kind() == kind));
            more.extend(other_word(name).into_iter().filter(|topic| topic.kind() == kind));
        }
    }
    for topic in more {
        if !found.contains(&topic) {
            found.push(topic);
        }
    }
    found
}
