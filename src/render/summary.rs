//! The counts of a capture, one a line.

use super::numbers;
use super::style::Style;
use crate::inspect::record::Summary;

/// Draws them.
#[must_use]
pub fn lines(summary: &Summary, style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = |name: &str, value: String| lines.push(format!("{name:<22} {value}"));
    line("packets", numbers::count(summary.packets));
    line("bytes", numbers::count(summary.bytes));
    line("TCP connections", numbers::count(summary.tcp_connections));
    line("HTTP requests", numbers::count(summary.http_requests));
    line("HTTP responses", numbers::count(summary.http_responses));
    line("interim responses", numbers::count(summary.http_interim));
    line("upgrades", numbers::count(summary.upgrades));
    line("WebSocket upgrades", numbers::count(summary.websocket_upgrades));
    line("WebSocket frames", numbers::count(summary.websocket_frames));
    line("WebSocket messages", numbers::count(summary.websocket_messages));
    line("problems", numbers::count(summary.problems));
    for (name, count) in &summary.other_packets {
        lines.push(format!("{:<22} {}", style.text(name), numbers::count(*count)));
    }
    lines
}
