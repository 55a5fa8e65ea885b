//! One connection that turns from HTTP into WebSocket: opened by TCP, asked and granted in HTTP, used for frames.

use super::canvas::{Anchor, Area, Fill, INNER, MARGIN, Safe, Svg};
use super::ladder::{RUNG, Rails};
use super::theme::Face;
use super::{Lacking, beginning};
use crate::inspect::record::{Direction, Exchange, Frame, HttpMessage};
use crate::layers::Layer;
use crate::layers::application::http::FieldName;
use crate::render::Look;
use crate::render::model::ladder::Row;
use crate::render::numbers::{self, Times};
use crate::render::story::Story;

/// How many rungs are drawn of each part.
const RUNGS: usize = 24;
const RAILS: Rails = Rails { client: MARGIN + 44.0, server: MARGIN + 340.0 };
/// How much of a field value is looked at, in bytes.
const VALUE: usize = 80;
/// Where the remarks beside the ladder begin.
const BESIDE: f64 = MARGIN + 424.0;

/// Draws a connection that was upgraded: that one, else the first.
///
/// # Errors
///
/// Where there is no such connection.
pub fn picture(story: &Story, connection: Option<u64>, source: &str) -> Result<String, Lacking> {
    let is_upgrade = |it: &&Exchange| it.upgraded.as_deref() == Some("websocket");
    let mut upgraded = story.exchanges.iter().filter(is_upgrade);
    let exchange = upgraded.find(|it| connection.is_none_or(|number| number == it.connection));
    let exchange = exchange.ok_or(connection.map_or(Lacking::Upgrade, Lacking::UpgradeOf))?;
    let number = exchange.connection;
    let rows = story.ladder(Some(number), false, None).rows;
    let (parts, times) = (Phases::of(&rows, exchange), Times::of(rows.iter().map(|row| row.at)));
    let frames: Vec<&Frame> = story.frames.iter().filter(|frame| frame.connection == number).collect();
    let notes = [opening(parts.opening), handshake(exchange), framing(&frames), closing(parts.closing)];
    let remark = format!(
        "Connection {number}, from its first packet to its last. Time runs down; nothing is opened anew at the 101."
    );
    let mut svg = Svg::new("upgrade", "One connection: HTTP first, then WebSocket", remark.as_str());
    RAILS.heads(&mut svg, ["client", "server"]);
    svg.y += 6.0;
    let names = ["TCP opens the connection", "HTTP asks and grants", "WebSocket frames, both ways", "TCP closes it"];
    // What an upgrade changes is the conversation, layer 5.
    let layers = [Layer::Transport, Layer::Application, Layer::Session, Layer::Transport];
    let mut words = vec![remark];
    for (((rows, note), name), layer) in
        [parts.opening, parts.http, parts.frames, parts.closing].into_iter().zip(notes).zip(names).zip(layers)
    {
        if !rows.is_empty() {
            part(&mut svg, rows, &times, layer, (name, &note));
            words.push(format!("{name}. {}", note.join(". ")));
        }
    }
    Ok(svg.finish(words, &format!("{source} · connection {number}")))
}

/// The rows of a ladder by what the connection speaks at the time.
struct Phases<'a> {
    opening: &'a [Row],
    http: &'a [Row],
    frames: &'a [Row],
    closing: &'a [Row],
}

impl<'a> Phases<'a> {
    fn of(rows: &'a [Row], exchange: &Exchange) -> Self {
        let switch = exchange.response.as_ref().map_or(0, |response| response.message.extent.last.packet);
        let is_message = |row: &&Row| row.layer == Layer::Application;
        let first = rows.iter().position(|row| is_message(&row)).unwrap_or(rows.len());
        // With the last byte of the 101 the server may send frames in the same packet: rows that follow.
        let switched = rows.iter().position(|row| is_message(&row) && row.packet >= switch && row.from > row.to);
        let switched = switched.map_or(rows.len(), |at| at + 1).max(first);
        let (before, after) = rows.split_at(switched);
        let last = after.iter().rposition(|row| is_message(&row)).map_or(0, |at| at + 1);
        let (frames, closing) = after.split_at(last);
        let (opening, http) = before.split_at(first);
        Self { opening, http, frames, closing }
    }
}

fn part(svg: &mut Svg, rows: &[Row], times: &Times, layer: Layer, (name, notes): (&str, &[String])) {
    let shown = if rows.len() > RUNGS { RUNGS - 1 } else { rows.len() };
    let face = if name.starts_with("HTTP") { Face::MonoSmall } else { Face::Small };
    let lines: Vec<Safe> =
        notes.iter().flat_map(|note| Safe::from(note.as_str()).wrap(face, MARGIN + INNER - BESIDE - 4.0, 3)).collect();
    let more = usize::from(shown < rows.len());
    let height = ((shown + more) as f64 * RUNG + 18.0).max(lines.len() as f64 * 17.0 + 42.0);
    svg.area(Area { x: MARGIN, y: svg.y, width: INNER, height }, Fill::Tint(layer), 8.0);
    RAILS.lifelines(svg, svg.y, svg.y + height);
    let mut y = svg.y + 27.0;
    for row in &rows[..shown] {
        RAILS.rung(svg, row, y, &format!("{} ms", times.number(row.at)), layer);
        y += RUNG;
    }
    if more > 0 {
        RAILS.more(svg, y, rows.len() - shown, layer);
    }
    svg.text((BESIDE, svg.y + 24.0), Anchor::Start, Face::Body, Look::Strong(layer), name);
    svg.lines((BESIDE, svg.y + 46.0), 17.0, (face, Look::Plain), lines);
    svg.y += height + 6.0;
}

fn opening(rows: &[Row]) -> Vec<String> {
    let [first, .., last] = rows else { return Vec::new() };
    vec![format!("SYN to SYN, ACK: {}", numbers::duration(last.at.saturating_sub(first.at)))]
}

fn closing(rows: &[Row]) -> Vec<String> {
    rows.first().map(|row| format!("{} after the first packet", numbers::duration(row.at))).into_iter().collect()
}

/// The fields that make the handshake (RFC 6455 §4).
fn handshake(exchange: &Exchange) -> Vec<String> {
    const FIELDS: [FieldName; 7] = [
        FieldName::Connection,
        FieldName::Upgrade,
        FieldName::SecWebSocketVersion,
        FieldName::SecWebSocketKey,
        FieldName::SecWebSocketAccept,
        FieldName::SecWebSocketProtocol,
        FieldName::SecWebSocketExtensions,
    ];
    let lines = |sign, message: Option<&HttpMessage>| -> Vec<String> {
        let line = |name: FieldName| {
            let value = beginning(message?.headers.get(name)?, VALUE);
            Some(format!("{sign} {}: {value}", name.as_str()))
        };
        FIELDS.into_iter().filter_map(line).collect()
    };
    let mut both = lines(">", exchange.request.as_ref().map(|request| &request.message));
    both.extend(lines("<", exchange.response.as_ref().map(|response| &response.message)));
    both
}

fn framing(frames: &[&Frame]) -> Vec<String> {
    let of = |direction: Direction| {
        let sent = || frames.iter().filter(move |frame| frame.direction == direction);
        let masked = sent().filter(|frame| frame.mask_key.is_some()).count();
        let (headers, payload) = sent().fold((0, 0_u64), |(headers, payload), frame| {
            (headers + u64::from(frame.header_bytes), payload.saturating_add(frame.payload_bytes))
        });
        let count = numbers::counted(sent().count() as u64, "frame");
        format!(
            "{}: {count}, {masked} masked; headers {headers} B, payload {}",
            direction.name(),
            numbers::bytes(payload)
        )
    };
    vec![
        of(Direction::Client),
        of(Direction::Server),
        "No request, no response: whoever has something to say sends it.".to_owned(),
    ]
}
