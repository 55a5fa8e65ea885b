//! WebSocket frames as a table.

use super::{GLANCE, is_text, looks_like_text, opcode_name};
use crate::capture::Timestamp;
use crate::inspect::record::{Extent, Frame, Stray, StrayPlace};
use crate::render::model::{Cell, Column, Look, Table, Text};
use crate::render::numbers::{self, Times};

/// How much of a payload a table can show.
const SHOWN_OF_PAYLOAD: usize = 4 << 10;

/// What a row of the table is about.
#[derive(Clone, Debug)]
pub enum Framed {
    /// A frame.
    Frame(Frame),
    /// Something that isn't a frame, or is one that its receiver doesn't have to accept.
    Stray(Stray),
}

impl Framed {
    fn place(&self) -> (u64, Extent) {
        match self {
            Self::Frame(it) => (it.connection, it.extent),
            Self::Stray(it) => (it.connection, it.extent),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Frame(it) => format!("{}.{}", it.connection, it.index),
            Self::Stray(it) => format!("{}.—", it.connection),
        }
    }

    /// The cells of the columns that have to do with neither its name nor its time.
    fn cells(&self) -> [Cell; 6] {
        match self {
            Self::Frame(it) => cells(it, payload(it)),
            Self::Stray(Stray { frame: Some(it), what, .. }) => {
                cells(it, Text::words(format!("{what}: ")).and(payload(it)).look(Look::Bad))
            }
            Self::Stray(it) => {
                let what = if it.what.is_empty() { Text::default() } else { Text::words(format!("{}: ", it.what)) };
                [
                    Text::words(it.direction.name()).look(Look::From(it.direction)).into(),
                    Text::words("no frame").look(Look::Bad).into(),
                    Cell::default(),
                    Cell::default(),
                    Text::count(it.length).into(),
                    what.and(beginning(&it.bytes, looks_like_text(&it.bytes))).look(Look::Bad).into(),
                ]
            }
        }
    }
}

/// Whether the table has a row for what belongs to no frame: it stands among frames, or is one that came too early.
#[must_use]
pub fn is_listed(it: &Stray) -> bool {
    it.place == StrayPlace::Frames || it.frame.is_some()
}

/// The table. `left_out` says how many more rows to mention. Each row comes with what its time counts from, if it has one.
#[must_use]
pub fn table<'a>(rows: impl IntoIterator<Item = (&'a Framed, Option<Timestamp>)>, left_out: u64) -> Table {
    let rows: Vec<_> = rows.into_iter().collect();
    let passed = |it: &Framed, start: Option<Timestamp>| Some(it.place().1.first.time.since(start?));
    let times: Vec<u64> = rows.iter().filter_map(|(it, start)| passed(it, *start)).collect();
    let time = (!times.is_empty()).then_some(Column::number("Time"));
    let times = Times::of(times);
    let columns = [
        Column::text("From"),
        Column::text("Opcode"),
        Column::text("FIN"),
        Column::text("Masked").optional(),
        Column::number("Length"),
        Column::text("Payload"),
    ];
    let columns: Vec<Column> = std::iter::once(Column::number("#")).chain(time).chain(columns).collect();
    let mut table = Table::new(&columns);
    let mut before = None;
    for (it, start) in rows {
        if let Some(silence) = silence(before.replace((it, start)), (it, start)) {
            table.aside(silence);
        }
        let name = Text::words(it.name()).dim();
        let at = passed(it, start).map(|at| Text::words(format!("{} ms", times.number(at))).dim());
        table.row(std::iter::once(name).chain(at).map(Cell::from).chain(it.cells()));
    }
    table.but(left_out)
}

/// How long nobody said anything between two rows of one connection, if that was long.
fn silence(before: Option<(&Framed, Option<Timestamp>)>, after: (&Framed, Option<Timestamp>)) -> Option<String> {
    let (before, start) = before?;
    let ((of, said), (to, next)) = (before.place(), after.0.place());
    let same = (of, start) == (to, after.1) && start.is_some();
    if same { numbers::silence(next.first.time.since(said.last.time)) } else { None }
}

fn cells(it: &Frame, payload: Text) -> [Cell; 6] {
    let look = if it.opcode >= 8 { Look::Dim } else { Look::Plain };
    [
        Text::words(it.direction.name()).look(Look::From(it.direction)).into(),
        Cell::or(Text::words(opcode(it, " after")).look(look), Text::words(opcode(it, "")).look(look)),
        Text::words(if it.fin { "1" } else { "0" }).into(),
        Text::words(if it.mask_key.is_some() { "yes" } else { "no" }).into(),
        Text::count(it.payload_bytes).look(if it.complete { Look::Plain } else { Look::Bad }).into(),
        payload.into(),
    ]
}

/// The opcode's name, with RSV1, with which a compressed message begins (RFC 7692 §6), or how long after its ping a pong came.
fn opcode(frame: &Frame, after: &str) -> String {
    let name = opcode_name(frame.opcode);
    match frame.answers {
        Some(ping) => format!("{name}{after} {}", numbers::duration(ping.after)),
        None if frame.rsv & 4 == 0 => name.into_owned(),
        None => format!("{name} RSV1"),
    }
}

fn payload(frame: &Frame) -> Text {
    if let Some(code) = frame.close_code {
        let code = Text::words(code.to_string());
        let reason = frame.close_reason.as_ref().filter(|reason| !reason.is_empty());
        return reason.iter().fold(code, |code, reason| code.and(" ").and(Text::captured(reason.as_slice())));
    }
    beginning(&frame.payload, is_text(frame))
}

/// The beginning of some bytes: as text, or in hexadecimal.
fn beginning(bytes: &[u8], is_text: bool) -> Text {
    if is_text {
        return Text::captured(bytes.get(..SHOWN_OF_PAYLOAD).unwrap_or(bytes));
    }
    let bytes: Vec<String> = bytes.iter().take(GLANCE).map(|byte| format!("{byte:02x}")).collect();
    Text::words(bytes.join(" ")).dim()
}

#[cfg(test)]
pub(in crate::render) mod tests {
    use super::*;
    use crate::capture::Timestamp;
    use crate::inspect::record::{Answered, Direction, Moment};
    use crate::inspect::samples;
    use crate::render::Style;

    /// A whole frame, with the shortest form of its length.
    pub(in crate::render) fn frame(opcode: u8, payload: &[u8], masked: bool) -> Frame {
        let moment = Moment { packet: 9, time: Timestamp(1_700_000_000_000_123_456) };
        let extended = match payload.len() {
            0..126 => 0,
            126..65_536 => 2,
            _ => 8,
        };
        Frame {
            extent: Extent { first: moment, last: moment },
            header_bytes: 2 + extended + if masked { 4 } else { 0 },
            mask_key: masked.then_some([0x37, 0xfa, 0x21, 0x3d]),
            ..samples::frame(if masked { Direction::Client } else { Direction::Server }, opcode, payload)
        }
    }

    fn chat() -> Vec<Framed> {
        let pong = Frame { answers: Some(Answered { ping: 2, after: 40_000_000 }), ..frame(10, b"here", true) };
        let mut frames = vec![
            frame(1, "{\"say\": \"Grüße aus der Küche, und noch einiges mehr, das keiner liest\"}".as_bytes(), true),
            frame(2, &[0xca, 0xfe, 0, 1], false),
            frame(9, b"\x1b]0;owned\x07", false),
            pong,
            frame(8, b"", true),
        ];
        for (index, frame) in (0..).zip(&mut frames) {
            frame.index = index;
        }
        for frame in &mut frames[4..] {
            let silent = Moment { packet: 12, time: Timestamp(1_700_000_007_200_123_456) };
            frame.extent = Extent { first: silent, last: silent };
        }
        (frames[4].close_code, frames[4].close_reason) = (Some(1000), Some(b"bye\xff".to_vec()));
        frames.into_iter().map(Framed::Frame).collect()
    }

    /// The frames with what their times count from.
    fn timed(rows: &[Framed]) -> impl Iterator<Item = (&Framed, Option<Timestamp>)> {
        rows.iter().map(|it| (it, Some(Timestamp(1_700_000_000_000_000_000))))
    }

    #[test]
    fn frames_are_told_by_who_sent_them_and_what_they_are() {
        insta::assert_snapshot!(Style::plain(80).lines(table(timed(&chat()), 0)).join("\n"), @r#"
          #      Time  From    Opcode      FIN  Masked  Length  Payload
        ────────────────────────────────────────────────────────────────────────────────
        0.0      0 ms  client  text        1    yes         74  {"say": "Grüße aus der …
        0.1      0 ms  server  binary      1    no           4  ca fe 00 01
        0.2      0 ms  server  ping        1    no          10  \x1b]0;owned\x07
        0.3      0 ms  client  pong 40 ms  1    yes          4  here
        7.2 s of silence
        0.4  7 200 ms  client  close       1    yes          0  1000 bye\xff
        "#);
    }

    #[test]
    fn a_wide_screen_shows_more_of_the_payload() {
        insta::assert_snapshot!(Style::plain(120).lines(table(timed(&chat()), 12)).join("\n"), @r#"
          #      Time  From    Opcode            FIN  Masked  Length  Payload
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        0.0      0 ms  client  text              1    yes         74  {"say": "Grüße aus der Küche, und noch einiges mehr, das …
        0.1      0 ms  server  binary            1    no           4  ca fe 00 01
        0.2      0 ms  server  ping              1    no          10  \x1b]0;owned\x07
        0.3      0 ms  client  pong after 40 ms  1    yes          4  here
        7.2 s of silence
        0.4  7 200 ms  client  close             1    yes          0  1000 bye\xff
        ⋮ 12 more
        "#);
    }
}
