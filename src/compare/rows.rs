//! The rows of the comparison, and what a difference in each of them means.

use std::collections::{BTreeMap, BTreeSet};

use super::specimen::{FRAMES, Specimen};
use super::{frames, marks};
use crate::explain;
use crate::inspect::record::{Closed, Connection, Fields, HttpMessage};
use crate::layers::application::http::FieldName;

/// What rows are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What the client said.
    Request,
    /// What the server said.
    Response,
    /// How it was said, and what that gives away.
    Manner,
    /// The connection below.
    Connection,
    /// What came after the upgrade.
    WebSocket,
    /// What a specification forbids, or a capture lacks.
    Problems,
}

impl Group {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Request, Self::Response, Self::Manner, Self::Connection, Self::WebSocket, Self::Problems];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Manner => "manner",
            Self::Connection => "connection",
            Self::WebSocket => "websocket",
            Self::Problems => "problems",
        }
    }
}

/// The result of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All say the same.
    Same,
    /// Not all do.
    Differs,
    /// Not all do, but that was to be expected: it depends on chance, on the time, or on who asks.
    Varies,
}

impl Verdict {
    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs => "differs",
            Self::Varies => "varies",
        }
    }
}

/// One thing, as each capture has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it is about.
    pub group: Group,
    /// What it is.
    pub name: String,
    /// What each capture says, as captured; `None` if it has no such thing.
    pub values: Vec<Option<Vec<u8>>>,
    /// Whether they say the same.
    pub verdict: Verdict,
    /// Whether it's never the same twice, because of chance or time.
    pub varying: bool,
    /// What it means if they don't.
    pub meaning: Option<String>,
}

/// Fields that are never the same twice, and why.
const VARYING: [(&str, &str); 6] = [
    ("sec-websocket-key", "Random for each handshake."),
    ("sec-websocket-accept", "Follows from the key."),
    ("date", "When it was sent."),
    ("host", "Where the client went."),
    ("origin", "Where the page that asked came from."),
    ("age", "How long a cache has had it."),
];

/// Specimens, side by side.
#[must_use]
pub fn rows(specimens: &[Specimen]) -> Vec<Row> {
    let mut rows = Rows { specimens, rows: Vec::new() };
    rows.request();
    rows.response();
    rows.manner();
    rows.connection();
    rows.websocket();
    rows.problems();
    rows.rows
}

struct Rows<'a> {
    specimens: &'a [Specimen],
    rows: Vec<Row>,
}

impl Rows<'_> {
    /// Adds a row, unless no capture has such a thing.
    fn add<V: Into<Vec<u8>>>(
        &mut self,
        group: Group,
        name: impl Into<String>,
        value: impl Fn(&Specimen) -> Option<V>,
        meaning: &str,
    ) {
        let values = self.specimens.iter().map(|it| value(it).map(Into::into)).collect();
        self.add_values(group, name, values, meaning);
    }

    fn add_values(&mut self, group: Group, name: impl Into<String>, values: Vec<Option<Vec<u8>>>, meaning: &str) {
        if values.iter().all(Option::is_none) {
            return;
        }
        let is_same = values.iter().all(|value| *value == values[0]);
        let verdict = if is_same { Verdict::Same } else { Verdict::Differs };
        let meaning = (!is_same && !meaning.is_empty()).then(|| meaning.to_owned());
        self.rows.push(Row { group, name: name.into(), values, verdict, varying: false, meaning });
    }

    fn request(&mut self) {
        let line = |it: &Specimen| {
            let request = it.exchange.request.as_ref()?;
            Some([&request.method[..], b" ", &request.target, version(&request.message).as_bytes()].concat())
        };
        self.add(
            Group::Request,
            "request line",
            line,
            "The clients asked for different things, or in different versions of HTTP.",
        );
        self.fields(Group::Request, request);
    }

    fn response(&mut self) {
        let line = |it: &Specimen| {
            let response = it.exchange.response.as_ref()?;
            let start =
                format!("HTTP/{}.{} {} ", response.message.version.0, response.message.version.1, response.status);
            Some([start.as_bytes(), &response.reason].concat().trim_ascii_end().to_vec())
        };
        let statuses: Vec<u16> =
            self.specimens.iter().filter_map(|it| Some(it.exchange.response.as_ref()?.status)).collect();
        let meaning = if statuses.len() < self.specimens.len() {
            "As far as the captures show, not all requests were answered.".to_owned()
        } else if statuses.windows(2).all(|pair| pair[0] == pair[1]) {
            "The status is the same. The phrase after it means nothing and may be left out (RFC 9112 §4).".to_owned()
        } else {
            let distinct: BTreeSet<u16> = statuses.into_iter().collect();
            let said = distinct.iter().filter_map(|code| Some(format!("{code}: {}", explain::status(*code)?.meaning)));
            said.collect::<Vec<_>>().join(" ")
        };
        self.add(Group::Response, "status line", line, &meaning);
        self.fields(Group::Response, response);
    }

    /// A row for each field that any of the messages has, in the order of the first that has it.
    fn fields(&mut self, group: Group, message: fn(&Specimen) -> Option<&HttpMessage>) {
        let mut names: Vec<&[u8]> = Vec::new();
        let mut by_name: BTreeMap<Vec<u8>, Vec<Vec<&[u8]>>> = BTreeMap::new();
        for (at, message) in self.specimens.iter().map(message).enumerate() {
            for (name, value) in message.into_iter().flat_map(|it| it.headers.iter()) {
                let values = by_name.entry(name.to_ascii_lowercase()).or_insert_with(|| {
                    names.push(name);
                    vec![Vec::new(); self.specimens.len()]
                });
                values[at].push(value);
            }
        }
        for name in names {
            let values = by_name.remove(&name.to_ascii_lowercase()).unwrap_or_default();
            let name = String::from_utf8_lossy(name).into_owned();
            let joined = |values: Vec<&[u8]>| (!values.is_empty()).then(|| values.join(&b", "[..]));
            let values = values.into_iter().map(joined).collect();
            let meaning = explain::header(&name).map(|header| header.meaning).unwrap_or_default();
            self.add_values(group, &name, values, meaning);
            let varying = VARYING.iter().find(|(varying, _)| varying.eq_ignore_ascii_case(&name)).map(|(_, why)| *why);
            let Some(row) = self.rows.last_mut().filter(|row| row.verdict == Verdict::Differs) else { continue };
            if ["Connection", "Upgrade"].iter().any(|it| it.eq_ignore_ascii_case(&name))
                && differ_in_case_only(&row.values)
            {
                row.meaning = Some("Upper and lower case mean the same here (RFC 9110 §7.6.1, §7.8).".to_owned());
            }
            if let Some(why) = varying {
                row.varying = true;
                // If one has it and another doesn't, that's still a difference.
                if row.values.iter().all(Option::is_some) {
                    (row.verdict, row.meaning) = (Verdict::Varies, Some(why.to_owned()));
                }
            }
        }
    }

    fn manner(&mut self) {
        let server = |it: &Specimen| marks::server(it.exchange.response.as_ref()?);
        let meaning = "Judging by Server and X-Powered-By, or by habits that few servers share. All of these can be hidden or faked.";
        self.add(Group::Manner, "likely server", server, meaning);
        let tag = |it: &Specimen| response(it)?.headers.get(FieldName::ETag).map(marks::tag_form);
        self.add(Group::Manner, "form of ETag", tag, "Each server makes its tags in its own way.");
        for (who, message) in [("request", request as fn(&Specimen) -> Option<&HttpMessage>), ("response", response)] {
            let order = |it: &Specimen| Some(order(&message(it)?.headers)).filter(|order| !order.is_empty());
            let meaning = "The order of fields with different names means nothing (RFC 9110 §5.3), but each program has its own order, \
                           and its own choice of fields.";
            self.add(Group::Manner, format!("order of the {who}"), order, meaning);
            let casing = |it: &Specimen| marks::casing(&message(it)?.headers);
            let meaning =
                "Upper and lower case make no difference in names (RFC 9110 §5.1), but each program has its habit.";
            self.add(Group::Manner, format!("names in the {who}"), casing, meaning);
        }
        let framing = |it: &Specimen| Some(marks::framing(&it.exchange, it.exchange.response.as_ref()?));
        let meaning = "How the receiver knows where the body ends (RFC 9112 §6.3).";
        self.add(Group::Manner, "end of the body", framing, meaning);
        let kept = |it: &Specimen| it.exchange.response.as_deref().map(marks::persistence);
        self.add(Group::Manner, "connection", kept, "Whether another request can follow on it (RFC 9112 §9.3).");
    }

    fn connection(&mut self) {
        let opened = |it: &Specimen| Some(if it.connection.handshake { "handshake" } else { "before the capture" });
        self.add(Group::Connection, "opened", opened, "Not every capture has the beginning of the connection.");
        for (side, who) in ["client", "server"].into_iter().enumerate() {
            let mut names: Vec<&str> = Vec::new();
            for (name, _) in self.specimens.iter().flat_map(|it| &it.options[side]) {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
            for name in names {
                let value = |it: &Specimen| {
                    let option = it.options[side].iter().find(|(option, _)| option == name);
                    let is_clock = name == "Timestamps";
                    option.map(|(_, value)| if is_clock || value.is_empty() { "yes".to_owned() } else { value.clone() })
                };
                let meaning = "A TCP option in the SYN: set by the operating system, not by the program.";
                self.add(Group::Connection, format!("{who}'s {name}"), value, meaning);
            }
        }
        self.add(
            Group::Connection,
            "exchanges on it",
            |it| Some(it.connection.exchanges.to_string()),
            "How many times it was used before it was closed or upgraded.",
        );
        let meaning = "Who ended it, and how. After close frames the server should go first, so that the client isn't the one \
                       that has to wait for stragglers (RFC 6455 §7.1.1).";
        self.add(Group::Connection, "closed", |it| Some(closed(&it.connection)), meaning);
        self.add(
            Group::Connection,
            "segments sent again",
            |it| Some(it.connection.retransmitted_segments.to_string()),
            "TCP sends again what the network lost or delayed, and the programs don't notice.",
        );
    }

    fn websocket(&mut self) {
        for at in 0..FRAMES {
            let said: Vec<_> = self.specimens.iter().map(|it| it.talk.frames.get(at)).collect();
            let value = |it: &Specimen| it.talk.frames.get(at).map(frames::line);
            self.add(Group::WebSocket, format!("frame {at}"), value, &frames::meaning(&said));
        }
        let counts = |it: &Specimen| {
            let [client, server] = it.talk.counts;
            (client + server > 0).then(|| format!("{client} from the client, {server} from the server"))
        };
        self.add(Group::WebSocket, "frames in all", counts, "How much was said.");
    }

    /// A row for each kind of problem that any of the connections has.
    fn problems(&mut self) {
        let mut codes: Vec<&str> = Vec::new();
        for (problem, _) in self.specimens.iter().flat_map(|it| &it.problems) {
            if !codes.contains(&problem.code) {
                codes.push(problem.code);
            }
        }
        for code in codes {
            let value = |it: &Specimen| {
                let (problem, count) = it.problems.iter().find(|(problem, _)| problem.code == code)?;
                let often = if *count == 1 { String::new() } else { format!("{count} times, first in ") };
                Some(format!("{often}packet {} ({})", problem.packet, problem.clause))
            };
            self.add(Group::Problems, code, value, explain::problem(code).map_or("", |story| story.meaning));
        }
    }
}

fn request(it: &Specimen) -> Option<&HttpMessage> {
    it.exchange.request.as_ref().map(|request| &request.message)
}

fn response(it: &Specimen) -> Option<&HttpMessage> {
    it.exchange.response.as_ref().map(|response| &response.message)
}

fn version(message: &HttpMessage) -> String {
    if message.version.0 == 0 { String::new() } else { format!(" HTTP/{}.{}", message.version.0, message.version.1) }
}

fn differ_in_case_only(values: &[Option<Vec<u8>>]) -> bool {
    let lowered = |value: &Option<Vec<u8>>| value.as_ref().map(|value| value.to_ascii_lowercase());
    values.windows(2).all(|pair| lowered(&pair[0]) == lowered(&pair[1]))
}

/// The names of the fields in lower case, in the order sent.
fn order(fields: &Fields) -> Vec<u8> {
    let names: Vec<Vec<u8>> = fields.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.join(&b", "[..])
}

fn closed(connection: &Connection) -> String {
    let by = connection.closed_by.map(|by| format!(", the {} first", by.name())).unwrap_or_default();
    match connection.closed {
        Closed::Fin => format!("FIN{by}"),
        Closed::Reset => format!("RST{by}"),
        Closed::Open => "still open".to_owned(),
        Closed::Evicted => "forgotten".to_owned(),
    }
}
