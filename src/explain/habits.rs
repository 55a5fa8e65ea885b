//! Recognizes a server that doesn't say its name by how it writes a response. Few habits belong to one program alone, so
//! several may be likely.

use std::sync::LazyLock;

use super::entry::Entry;
use super::kind::Kind;
use super::table;

const HABITS: &str = include_str!("data/server_habits.tsv");

static TABLE: LazyLock<Vec<Habits>> = LazyLock::new(|| table::rows(HABITS).filter_map(Habits::parse).collect());

/// What holds for a server's responses.
struct Habits {
    server: &'static Entry,
    conditions: Vec<Condition>,
    /// The same for people.
    told: &'static str,
}

enum Condition {
    Status(u16),
    /// Nothing stands after the status.
    NoReason,
    /// The first fields, in this order and spelling.
    Starts(Vec<&'static str>),
    Without(&'static str),
    /// A field, in this spelling, with that value.
    Says(&'static str, &'static str),
}

impl Habits {
    fn parse([key, conditions, told]: [&'static str; 3]) -> Option<Self> {
        let server = Kind::Server.entries().iter().find(|server| server.key == key)?;
        let conditions = conditions.split("; ").map(Condition::parse).collect::<Option<_>>()?;
        Some(Self { server, conditions, told })
    }
}

impl Condition {
    fn parse(text: &'static str) -> Option<Self> {
        if text == "no reason" {
            return Some(Self::NoReason);
        }
        let (kind, rest) = text.split_once(' ')?;
        match kind {
            "status" => rest.parse().ok().map(Self::Status),
            "starts" => Some(Self::Starts(rest.split(", ").collect())),
            "without" => Some(Self::Without(rest)),
            "says" => rest.split_once(": ").map(|(name, value)| Self::Says(name, value)),
            _ => None,
        }
    }

    fn holds(&self, status: u16, has_reason: bool, fields: &[(&[u8], &[u8])]) -> bool {
        match self {
            Self::Status(expected) => status == *expected,
            Self::NoReason => !has_reason,
            Self::Starts(names) => {
                fields.len() >= names.len()
                    && names.iter().zip(fields).all(|(name, (said, _))| name.as_bytes() == *said)
            }
            Self::Without(name) => !fields.iter().any(|(said, _)| said.eq_ignore_ascii_case(name.as_bytes())),
            Self::Says(name, value) => fields.contains(&(name.as_bytes(), value.as_bytes())),
        }
    }
}

/// The servers that write responses like this one, which doesn't name its server: those with the first habits in the table
/// that fit, and what these habits are. `fields` are names and values in their order and spelling, as sent.
#[must_use]
pub fn servers_with_such_habits(
    status: u16,
    has_reason: bool,
    fields: &[(&[u8], &[u8])],
) -> Vec<(&'static Entry, &'static str)> {
    let fits = |it: &&Habits| it.conditions.iter().all(|condition| condition.holds(status, has_reason, fields));
    let mut likely = TABLE.iter().filter(fits).map(|it| (it.server, it.told)).collect::<Vec<_>>();
    if let Some((_, first)) = likely.first().copied() {
        likely.retain(|(_, told)| *told == first);
    }
    likely
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likely(status: u16, reason: bool, fields: &[(&str, &str)]) -> Vec<&'static str> {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        servers_with_such_habits(status, reason, &fields).into_iter().map(|(server, _)| server.key).collect()
    }

    #[test]
    fn every_line_of_the_table_is_understood() {
        assert_eq!(TABLE.len(), table::lines(HABITS).count());
    }

    #[test]
    fn a_server_without_a_name_is_told_by_its_habits() {
        let handshake = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", "x")];
        assert_eq!(likely(101, true, &handshake), ["ws", "go"]);
        assert_eq!(likely(101, false, &[("X-Frame-Options", "DENY"), ("Date", "x")]), ["tomcat"]);
        assert_eq!(likely(200, true, &[("Connection", "keep-alive"), ("Keep-Alive", "timeout=5")]), ["node"]);
    }

    #[test]
    fn another_order_or_a_name_of_its_own_tells_of_none() {
        let turned = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Accept", "x")];
        assert_eq!(likely(101, true, &turned), [""; 0]);
        assert_eq!(likely(200, false, &[("server", "mine")]), [""; 0]);
        assert_eq!(likely(200, true, &[]), [""; 0]);
    }
}
