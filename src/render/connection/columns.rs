//! TCP connections as a table.

use crate::inspect::record::{Closed, Connection, Kind, Protocol};
use crate::layers::Layer;
use crate::render::model::{Column, Look, Table, Text};
use crate::render::problems::numbered;

/// The table. `left_out` says how many more rows to mention, and `found` what was found about a connection.
#[must_use]
pub fn table<'a>(
    connections: impl IntoIterator<Item = &'a Connection>,
    left_out: u64,
    found: impl Fn(&Connection) -> Option<Kind>,
) -> Table {
    let mut table = Table::new(&[
        Column::number("#"),
        Column::text("Client"),
        Column::text("Server"),
        Column::text("Protocol"),
        Column::number("Exchanges"),
        Column::number("Packets").optional(),
        Column::number("Sent").optional(),
        Column::number("Received").optional(),
        Column::number("Time").optional(),
        Column::text("Ended"),
    ]);
    for it in connections {
        table.row([
            numbered(it.number.to_string(), found(it)).into(),
            it.client.to_string().into(),
            it.server.to_string().into(),
            protocol(it).into(),
            Text::count(it.exchanges).into(),
            Text::count(it.packets).into(),
            Text::bytes(it.client_bytes).into(),
            Text::bytes(it.server_bytes).into(),
            Text::duration(it.extent.last.time.since(it.extent.first.time)).into(),
            ended(it).into(),
        ]);
    }
    table.but(left_out)
}

fn protocol(it: &Connection) -> Text {
    let name = match &it.protocol_detail {
        Some(detail) => Text::words(detail.clone()),
        None => it.protocol.name().into(),
    };
    match it.protocol {
        Protocol::Http1 | Protocol::WebSocket => name.look(Layer::Application),
        Protocol::Tls => name.look(Layer::Presentation),
        Protocol::Http2 | Protocol::Unknown => name,
        Protocol::None => name.look(Look::Dim),
    }
}

fn ended(it: &Connection) -> Text {
    let by = it.closed_by.map(|side| format!(" by {}", side.name())).unwrap_or_default();
    let ended = Text::words(format!("{}{by}", it.closed.name()));
    match it.closed {
        Closed::Fin => ended,
        Closed::Reset => ended.look(Look::Bad),
        Closed::Open | Closed::Evicted => ended.look(Look::Dim),
    }
}

#[cfg(test)]
pub(in crate::render) mod tests {
    use super::*;
    use crate::capture::Timestamp;
    use crate::inspect::record::{Direction, Extent, Moment};
    use crate::render::Style;

    /// A connection like any other.
    pub(in crate::render) fn connection() -> Connection {
        let moment = |packet, time: u64| Moment { packet, time: Timestamp(1_700_000_000_000_000_000 + time) };
        Connection {
            number: 0,
            interface: 0,
            client: ([10, 0, 0, 1], 49152).into(),
            server: ([10, 0, 0, 2], 80).into(),
            extent: Extent { first: moment(1, 123_456), last: moment(33, 240_123_456) },
            packets: 33,
            protocol: Protocol::Http1,
            protocol_detail: None,
            exchanges: 3,
            handshake: true,
            closed: Closed::Fin,
            closed_by: Some(Direction::Client),
            client_bytes: 1980,
            server_bytes: 65_536,
            retransmitted_segments: 0,
            missing_bytes: 0,
        }
    }

    fn some() -> Vec<Connection> {
        let tls = Connection {
            number: 1,
            server: "[2001:db8::2]:443".parse().unwrap(),
            protocol: Protocol::Tls,
            protocol_detail: Some("TLS 1.3, SNI exa\u{202e}mple.com".into()),
            exchanges: 0,
            closed: Closed::Open,
            closed_by: None,
            ..connection()
        };
        vec![connection(), tls]
    }

    #[test]
    fn a_usual_screen_has_what_matters_most() {
        insta::assert_snapshot!(Style::plain(80).lines(table(&some(), 0, |_| None)).join("\n"), @r"
        #  Client          Server             Protocol          Exchanges  Ended
        ────────────────────────────────────────────────────────────────────────────────
        0  10.0.0.1:49152  10.0.0.2:80        http/1                    3  fin by client
        1  10.0.0.1:49152  [2001:db8::2]:443  TLS 1.3, SNI ex…          0  open
        ");
    }

    #[test]
    fn a_wide_screen_has_all() {
        insta::assert_snapshot!(Style::plain(120).lines(table(&some(), 1_200, |_| None)).join("\n"), @r"
        #  Client          Server             Protocol                      Exchanges  Packets     Sent  Received  Ended
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        0  10.0.0.1:49152  10.0.0.2:80        http/1                                3       33  1 980 B    64 KiB  fin by client
        1  10.0.0.1:49152  [2001:db8::2]:443  TLS 1.3, SNI exa\u{202e}mpl…          0       33  1 980 B    64 KiB  open
        ⋮ 1 200 more
        ");
    }
}
