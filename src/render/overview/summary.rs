//! The counts of a capture: one a line, or all in one.

use crate::inspect::record::Summary;
use crate::render::frame::opcode_name;
use crate::render::model::{Form, List, Prose, Text};
use crate::render::numbers;

/// The counts; what belongs to another count is a part of it.
#[must_use]
pub fn counts(summary: &Summary) -> List {
    let mut list = List::new(Form::Amounts);
    let mut row = |depth, name: &str, count| list.part(depth, name.to_owned(), Text::count(count));
    row(0, "Packets", summary.packets);
    for (name, count) in &summary.other_packets {
        row(1, name, *count);
    }
    row(0, "Bytes", summary.bytes);
    row(0, "TCP connections", summary.tcp_connections);
    if summary.evicted > 0 {
        row(1, "forgotten", summary.evicted);
    }
    row(0, "HTTP requests", summary.http_requests);
    row(0, "HTTP responses", summary.http_responses);
    row(1, "interim, besides", summary.http_interim);
    row(0, "Upgrades", summary.upgrades);
    row(1, "to WebSocket", summary.websocket_upgrades);
    row(0, "WebSocket frames", summary.websocket_frames);
    for (opcode, count) in &summary.websocket_opcodes {
        row(1, &opcode_name(*opcode), *count);
    }
    row(0, "WebSocket messages", summary.websocket_messages);
    row(0, "Problems", summary.problems);
    row(0, "Notes", summary.notes);
    list
}

/// What there was, in a line: what there wasn't isn't counted, except problems.
#[must_use]
pub fn in_a_line(summary: &Summary) -> Prose {
    let counts = [
        (summary.tcp_connections, "TCP connection"),
        (summary.http_requests, "request"),
        (summary.http_responses, "response"),
        (summary.websocket_frames, "WebSocket frame"),
        (summary.websocket_messages, "WebSocket message"),
        (summary.problems, "problem"),
        (summary.notes, "note"),
    ];
    let mut said = vec![numbers::counted(summary.packets, "packet")];
    said.extend(counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| numbers::counted(*count, what)));
    if summary.problems + summary.notes == 0 {
        said.push("no problems".to_owned());
    }
    Prose::new(said.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Style;

    #[test]
    fn a_line_counts_what_there_was_and_says_where_nothing_is_wrong() {
        let line = |summary: &Summary| Style::plain(120).lines(in_a_line(summary)).join("\n");
        let plain =
            Summary { packets: 10, tcp_connections: 1, http_requests: 2, http_responses: 1, ..Summary::default() };
        assert_eq!(line(&plain), "10 packets · 1 TCP connection · 2 requests · 1 response · no problems");
        let noted = Summary { packets: 1_234, notes: 1, ..Summary::default() };
        assert_eq!(line(&noted), "1 234 packets · 1 note");
    }

    #[test]
    fn counts_stand_below_each_other_and_opcodes_have_names() {
        let summary = Summary {
            packets: 1_234,
            bytes: 1_234_567,
            tcp_connections: 12,
            websocket_frames: 9,
            websocket_opcodes: [(1, 5), (3, 1), (8, 3)].into(),
            other_packets: [("UDP".to_owned(), 12), ("\x1b[31m".to_owned(), 3)].into(),
            ..Summary::default()
        };
        insta::assert_snapshot!(Style::plain(80).lines(counts(&summary)).join("\n"), @r"
        Packets                 1 234
          \x1b[31m                  3
          UDP                      12
        Bytes               1 234 567
        TCP connections            12
        HTTP requests               0
        HTTP responses              0
          interim, besides          0
        Upgrades                    0
          to WebSocket              0
        WebSocket frames            9
          text                      5
          reserved 3                1
          close                     3
        WebSocket messages          0
        Problems                    0
        Notes                       0
        ");
    }
}
