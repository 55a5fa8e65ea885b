//! The packets that a measure was counted from: what shows that an answer is right, or wrong.
//!
//! It arranges what a ladder draws. How much of the measure each packet has stands beside it.

use std::collections::{BTreeMap, BTreeSet};

use super::stories;
use crate::lesson::front_matter::Answer;
use crate::lesson::measure::{Measure, Share, Unit};
use crate::lesson::{Run, run::SideRun};
use crate::render::model::ladder::Row;
use crate::render::model::{Ladder, Page, Prose, Text};
use crate::render::numbers;

/// How many rows are shown; of more, the first and the last.
const ROWS: usize = 13;
/// How many rows are shown of a side that has nothing of what was asked for.
const INSTEAD: usize = 9;

/// The packets, and what they are.
#[must_use]
pub fn evidence(run: &Run, measured: Answer) -> Page {
    let mut page = Page::default();
    if let Some((heading, mut found)) = found(run, measured) {
        found.side = Some(measured.side.letter());
        page.add(Prose::new(Text::words(heading).bold()));
        page.add(found);
    }
    page
}

/// The packets as a ladder, and what they are.
fn found(run: &Run, measured: Answer) -> Option<(String, Ladder)> {
    let at = measured.side.index();
    let side = run.sides.get(at)?;
    let story = stories(run).into_iter().nth(at)?;
    let shares = side.measures.evidence(measured.measure);
    let letter = side.side.letter();
    if shares.is_empty() {
        let instead = story.ladder(None, false, Some(INSTEAD));
        return Some((format!("Side {letter} has none. What crossed its wire instead:"), instead));
    }
    let mut all = story.ladder(None, true, Some(ROWS));
    let rows = std::mem::take(&mut all.rows);
    let mut notes = Notes::of(&shares, measured.measure.unit(), &rows);
    // A caption that announces another connection comes before its first packet here.
    let (mut caption, mut latest) = (None, String::new());
    for row in rows {
        if row.packet == 0 {
            caption = Some(row);
        } else if notes.packets.contains(&row.packet) {
            if let Some(row) = caption.take_if(|row: &mut Row| row.label != latest) {
                latest.clone_from(&row.label);
                all.rows.push(row);
            }
            let note = notes.next(&row);
            all.rows.push(Row { note, ..row });
        }
    }
    Some((heading(side, measured, notes.packets.len()), all))
}

fn heading(side: &SideRun, measured: Answer, packets: usize) -> String {
    let letter = side.side.letter();
    // ARP is counted apart, as in every figure of a lesson.
    let all = if measured.measure == Measure::ArpPackets { Measure::ArpPackets } else { Measure::Packets };
    let all = side.measures.get(all).unwrap_or(0);
    let of = format!("{packets} of its {}", numbers::counted(all, "packet"));
    match measured.measure.unit() {
        Unit::Count => format!("Side {letter}, what was counted: {of}"),
        Unit::Bytes | Unit::Octet => format!("Side {letter}, where these bytes are: {of}"),
        Unit::Nanoseconds => format!("Side {letter}, from when to when: {of}"),
    }
}

/// What stands beside the packets.
struct Notes {
    packets: BTreeSet<u64>,
    of: BTreeMap<u64, Vec<Note>>,
    /// How many rows each packet has yet to come.
    rows: BTreeMap<u64, usize>,
}

/// What a packet has of a measure.
enum Note {
    /// The thing of that number.
    Whole(u64),
    /// Its beginning.
    Begins(u64),
    /// Its end.
    Ends(u64),
    /// So much, in words.
    Amount(String),
}

impl Notes {
    fn of(shares: &[Share], unit: Unit, rows: &[Row]) -> Self {
        let mut notes = Self { packets: BTreeSet::new(), of: BTreeMap::new(), rows: BTreeMap::new() };
        for (number, share) in (1..).zip(shares) {
            let is_one = share.first == share.last;
            let (begins, ends) = match unit {
                Unit::Count if is_one => (None, Note::Whole(number)),
                Unit::Count => (Some(Note::Begins(number)), Note::Ends(number)),
                Unit::Octet => (None, Note::Amount("here".to_owned())),
                Unit::Bytes => (Some(Note::Amount("begins".to_owned())), Note::Amount(numbers::bytes(share.amount))),
                Unit::Nanoseconds => {
                    let time = unit.format(share.amount).replace('\u{a0}', " ");
                    (Some(Note::Amount("from here".to_owned())), Note::Amount(time))
                }
            };
            if let Some(begins) = begins.filter(|_| !is_one) {
                notes.add(share.first, begins);
            }
            notes.add(share.last, ends);
        }
        for row in rows {
            *notes.rows.entry(row.packet).or_default() += 1;
        }
        notes
    }

    fn add(&mut self, packet: u64, note: Note) {
        self.packets.insert(packet);
        self.of.entry(packet).or_default().push(note);
    }

    /// The note for a packet's next row, after what the row itself says. If a packet has as many things as rows, each
    /// row gets its own; otherwise the first row gets them all.
    fn next(&mut self, row: &Row) -> Option<String> {
        let left = self.rows.get_mut(&row.packet);
        let rows = left.map_or(1, |left| std::mem::replace(left, left.saturating_sub(1)));
        let mut said = self.of.remove(&row.packet).unwrap_or_default();
        if said.len() == rows && rows > 1 {
            self.of.insert(row.packet, said.split_off(1));
        }
        let parts: Vec<String> = row.note.iter().cloned().chain([words(&said)]).filter(|it| !it.is_empty()).collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }
}

/// "3", "1 ends, 2 begins", "1–4 end".
fn words(notes: &[Note]) -> String {
    let numbers_of = |which: fn(&Note) -> Option<u64>| notes.iter().filter_map(which).collect::<Vec<_>>();
    let whole = numbers_of(|note| if let Note::Whole(number) = note { Some(*number) } else { None });
    let ends = numbers_of(|note| if let Note::Ends(number) = note { Some(*number) } else { None });
    let begins = numbers_of(|note| if let Note::Begins(number) = note { Some(*number) } else { None });
    let told = |numbers: &[u64], one: &str, many: &str| match numbers {
        [] => None,
        [only] => Some(format!("{only}{one}")),
        [first, .., last] if last - first + 1 == numbers.len() as u64 => Some(format!("{first}–{last}{many}")),
        _ => Some(format!("{}{many}", numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(", "))),
    };
    let counted = [told(&whole, "", ""), told(&ends, " ends", " end"), told(&begins, " begins", " begin")];
    let amounts =
        notes.iter().filter_map(|note| if let Note::Amount(words) = note { Some(words.clone()) } else { None });
    counted.into_iter().flatten().chain(amounts).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::{Side, catalogue, run};
    use crate::render::Style;
    use crate::render::writer::Line;
    use crate::render::writer::line::width;
    use crate::wire::Wire;

    fn keep_alive() -> Run {
        let lesson = catalogue::find("keep-alive").unwrap();
        run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap()
    }

    fn drawn(measure: Measure, side: Side) -> String {
        Style::plain(80).lines(evidence(&keep_alive(), Answer { measure, side })).join("\n")
    }

    fn said(run: &Run, measured: Answer, columns: usize) -> Vec<String> {
        Style::plain(columns).say(&evidence(run, measured)).iter().map(Line::text).collect()
    }

    #[test]
    fn connections_are_shown_by_their_syns() {
        insta::assert_snapshot!(drawn(Measure::Connections, Side::A));
    }

    #[test]
    fn round_trips_are_shown_from_the_question_to_the_answer() {
        insta::assert_snapshot!(drawn(Measure::HandshakeRoundTrips, Side::A));
    }

    #[test]
    fn bytes_are_shown_packet_by_packet() {
        insta::assert_snapshot!(drawn(Measure::UsefulBytes, Side::B));
    }

    #[test]
    fn where_there_is_none_one_sees_what_there_is() {
        insta::assert_snapshot!(drawn(Measure::Frames, Side::B));
    }

    #[test]
    fn the_rows_that_are_drawn_are_those_that_are_said() {
        let measured = Answer { measure: Measure::Frames, side: Side::B };
        let said = said(&keep_alive(), measured, 120);
        let drawn = Style::plain(120).lines(evidence(&keep_alive(), measured));
        // The drawing has the hosts' names in a line of its own.
        assert_eq!(said.len(), drawn.len() - 1, "{said:#?}\n{drawn:#?}");
        let more = drawn.iter().position(|line| line.contains("2 more packets")).unwrap();
        assert_eq!(said[more - 1], "Then 2 more packets.");
    }

    #[test]
    fn whatever_is_asked_no_line_is_too_wide() {
        for lesson in catalogue::all() {
            let run = run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap();
            for row in lesson.compare {
                let measured = Answer { measure: row.measure, side: Side::B };
                for columns in [80, 120] {
                    let drawn = Style::plain(columns).lines(evidence(&run, measured));
                    let said = said(&run, measured, columns);
                    assert!(said.iter().all(|line| width(line) <= columns));
                    assert!(drawn.iter().all(|line| width(line) <= columns), "{drawn:#?}");
                }
            }
        }
    }
}
