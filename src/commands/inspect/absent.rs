//! What was asked for but isn't in the capture, and what's there instead.

use thiserror::Error;

use crate::inspect::record::Summary;
use crate::render::numbers::{count, counted};

/// Something that the capture does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(in crate::commands) enum Absent {
    /// A connection.
    #[error("connection {asked} is not in this capture: it has {}", range("connection", *.there, 0))]
    Connection {
        /// Its number.
        asked: u64,
        /// How many there are.
        there: u64,
    },
    /// An exchange on a connection that is not there.
    #[error("exchange {connection}.{index} is not in this capture: it has {}", range("connection", *.there, 0))]
    ExchangeAndConnection {
        /// The connection's number.
        connection: u64,
        /// The exchange's index on it.
        index: u64,
        /// How many connections there are.
        there: u64,
    },
    /// An exchange on a connection that is there.
    #[error("exchange {connection}.{index} is not in this capture: connection {connection} has {}", exchanges(*.connection, *.there))]
    Exchange {
        /// The connection's number.
        connection: u64,
        /// The exchange's index on it.
        index: u64,
        /// How many the connection has.
        there: u64,
    },
    /// Anything that matches.
    #[error("nothing in this capture matches; it has {}", counted(*.of, "connection"))]
    Match {
        /// How many connections there are.
        of: u64,
    },
    /// Anything that matches on a connection that is there.
    #[error("nothing on connection {connection} matches")]
    MatchOn {
        /// Its number.
        connection: u64,
    },
    /// One of the two messages of an exchange that is there.
    #[error("exchange {connection}.{index} has no {what} in this capture")]
    Half {
        /// The connection's number.
        connection: u64,
        /// The exchange's index on it.
        index: u64,
        /// Which of the two.
        what: &'static str,
    },
    /// A packet.
    #[error("packet {} is not in this capture: it has {}", count(*.asked), range("packet", *.there, 1))]
    Packet {
        /// Its number.
        asked: u64,
        /// How many there are.
        there: u64,
    },
}

impl Absent {
    /// The connection, if one was asked for that isn't among those that there are.
    pub(in crate::commands) fn connection(asked: Option<u64>, there: u64) -> Option<Self> {
        asked.filter(|asked| *asked >= there).map(|asked| Self::Connection { asked, there })
    }

    /// What to say of an exchange that was not found; `there` is how many its connection has, if there is such a one.
    pub(in crate::commands) fn exchange(
        (connection, index): (u64, u64),
        there: Option<u64>,
        summary: &Summary,
    ) -> Self {
        match there {
            Some(there) => Self::Exchange { connection, index, there },
            None => Self::ExchangeAndConnection { connection, index, there: summary.tcp_connections },
        }
    }
}

fn range(what: &str, there: u64, first: u64) -> String {
    match there {
        0 => format!("no {what}s"),
        1 => format!("only {what} {first}"),
        _ => format!("{what}s {first} to {}", count(there - 1 + first)),
    }
}

fn exchanges(connection: u64, there: u64) -> String {
    match there {
        0 => "no exchanges".to_owned(),
        1 => format!("only exchange {connection}.0"),
        _ => format!("{}, {connection}.0 to {connection}.{}", counted(there, "exchange"), there - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_which_there_are() {
        let text = |absent: Absent| absent.to_string();
        assert_eq!(
            text(Absent::Connection { asked: 7, there: 3 }),
            "connection 7 is not in this capture: it has connections 0 to 2"
        );
        assert_eq!(
            text(Absent::Connection { asked: 7, there: 0 }),
            "connection 7 is not in this capture: it has no connections"
        );
        assert_eq!(
            text(Absent::ExchangeAndConnection { connection: 2, index: 5, there: 1 }),
            "exchange 2.5 is not in this capture: it has only connection 0"
        );
        assert_eq!(
            text(Absent::Exchange { connection: 2, index: 5, there: 2 }),
            "exchange 2.5 is not in this capture: connection 2 has 2 exchanges, 2.0 to 2.1"
        );
        assert_eq!(
            text(Absent::Packet { asked: 9999, there: 1200 }),
            "packet 9 999 is not in this capture: it has packets 1 to 1 200"
        );
        assert_eq!(
            text(Absent::Packet { asked: 2, there: 1 }),
            "packet 2 is not in this capture: it has only packet 1"
        );
    }
}
