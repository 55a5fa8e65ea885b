//! Exchanges of several captures, side by side: a column each, or a line each if there isn't enough room.
//!
//! Differences are marked, and explained below each table.

mod json;

pub use self::json::json;
use super::escape::beginning;
use super::model::{Block, Cell, Column, Form, List, Page, Prose, Table, Text};
use super::numbers;
use crate::compare::{Group, MAX_SPECIMENS, Row, Specimen, Verdict};

/// What captures are called in the columns.
const LETTERS: [&str; MAX_SPECIMENS] = ["A", "B", "C", "D", "E", "F", "G", "H"];

/// How much of a value is shown, in bytes.
const SHOWN_OF_VALUE: usize = 240;

/// The comparison.
#[must_use]
pub fn page(specimens: &[Specimen], rows: &[Row]) -> Page {
    let abreast = specimens.len();
    let mut legend = List::new(Form::Letters);
    LETTERS.iter().zip(specimens).for_each(|(letter, it)| legend.add(Text::words(*letter).bold(), about(it)));
    let mut page = Page::from(legend);
    for group in Group::ALL {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.group == group).collect();
        if rows.is_empty() {
            continue;
        }
        page.heading(title(group), "");
        let (wide, narrow) = (side_by_side(&rows, abreast).into(), stacked(&rows).into());
        page.add(Block::Either { abreast, wide, narrow });
        for (names, meaning) in meanings(&rows) {
            let meaning = Text::words(format!("{}: {meaning}", together(&names))).dim();
            page.add(Prose::new(meaning).under(1).hanging());
        }
    }
    page.space();
    let same = format!("{}; = means the same as in A", counts(rows));
    let (wide, narrow) = (Prose::new(same).into(), Prose::new(counts(rows)).into());
    page.add(Block::Either { abreast, wide, narrow });
    page
}

/// What the differences mean, once each.
fn meanings<'a>(rows: &[&'a Row]) -> Vec<(Vec<&'a str>, &'a str)> {
    let mut meanings: Vec<(Vec<&str>, &str)> = Vec::new();
    for row in rows.iter().filter(|row| row.verdict == Verdict::Differs) {
        let Some(meaning) = row.meaning.as_deref() else { continue };
        match meanings.iter_mut().find(|(_, known)| *known == meaning) {
            Some((names, _)) => names.push(&row.name),
            None => meanings.push((vec![&row.name], meaning)),
        }
    }
    meanings
}

/// The names of several rows; of rows that count, "frames 0 to 5".
fn together(names: &[&str]) -> String {
    let numbers: Option<Vec<u64>> = names.iter().map(|name| name.strip_prefix("frame ")?.parse().ok()).collect();
    match numbers.as_deref() {
        Some([first, .., last]) if (*first..=*last).count() == names.len() => format!("frames {first} to {last}"),
        _ => names.join(", "),
    }
}

fn about(specimen: &Specimen) -> String {
    let (exchange, connection) = (&specimen.exchange, &specimen.connection);
    format!(
        "{}, exchange {}.{}, {} → {}",
        specimen.source, exchange.connection, exchange.index, connection.client, connection.server
    )
}

fn title(group: Group) -> &'static str {
    match group {
        Group::Request => "What was asked",
        Group::Response => "What was answered",
        Group::Manner => "How it was said",
        Group::Connection => "The connection below",
        Group::WebSocket => "After the upgrade",
        Group::Problems => "What is wrong",
    }
}

/// A column for each capture.
fn side_by_side(rows: &[&Row], captures: usize) -> Table {
    let mut columns = vec![Column::text(""), Column::text("What").wrapped()];
    columns.extend(LETTERS.iter().take(captures).map(|letter| Column::text(letter).wrapped()));
    let mut table = Table::new(&columns);
    for row in rows {
        let values = row.values.iter().enumerate().map(|(at, value)| cell(row, at, value.as_deref()).into());
        table.row([mark(row), name(row)].into_iter().chain(values));
    }
    table
}

/// A line for each thing that is said, with those who say it; one for all, where they say the same.
fn stacked(rows: &[&Row]) -> Table {
    let columns =
        [Column::text(""), Column::text("What").wrapped(), Column::text("In"), Column::text("Says").wrapped()];
    let mut table = Table::new(&columns);
    for row in rows {
        for (at, (captures, said)) in sayings(row).into_iter().enumerate() {
            let (mark, name) = if at == 0 { (mark(row), name(row)) } else { (Cell::default(), Cell::default()) };
            let who = if captures.len() == row.values.len() {
                Text::words("all").dim()
            } else {
                let letters: Vec<&str> = captures.iter().map(|at| LETTERS[*at]).collect();
                Text::words(letters.join(" "))
            };
            let said = match said {
                Saying::This(said) => value(said),
                Saying::EachItsOwn => each_its_own(row),
            };
            table.row([mark, name, who.into(), said.into()]);
        }
    }
    table
}

/// What some captures say of a row.
enum Saying<'a> {
    /// This, or nothing.
    This(Option<&'a [u8]>),
    /// Something that is never the same twice.
    EachItsOwn,
}

/// The values in a row, and which captures have each. For something that's never the same twice, only which captures have it.
fn sayings(row: &Row) -> Vec<(Vec<usize>, Saying<'_>)> {
    let mut sayings: Vec<(Vec<usize>, Option<&[u8]>)> = Vec::new();
    for (at, said) in row.values.iter().enumerate() {
        let known = |it: &&mut (Vec<usize>, Option<&[u8]>)| {
            it.1 == said.as_deref() || (row.varying && it.1.is_some() && said.is_some())
        };
        match sayings.iter_mut().find(known) {
            Some((captures, _)) => captures.push(at),
            None => sayings.push((vec![at], said.as_deref())),
        }
    }
    let is_shared = |captures: &[usize]| captures.iter().all(|at| row.values[*at] == row.values[captures[0]]);
    let saying = |(captures, said): (Vec<usize>, _)| {
        let saying = if is_shared(&captures) { Saying::This(said) } else { Saying::EachItsOwn };
        (captures, saying)
    };
    sayings.into_iter().map(saying).collect()
}

/// What nobody reads line by line: values that chance or the time makes.
fn each_its_own(row: &Row) -> Text {
    let why = row.meaning.as_deref().filter(|_| row.verdict == Verdict::Varies);
    let why = why.map(|why| format!(" {why}")).unwrap_or_default();
    Text::words(format!("(each its own){why}")).dim()
}

fn mark(row: &Row) -> Cell {
    if row.verdict == Verdict::Differs { "≠".into() } else { Cell::default() }
}

fn name(row: &Row) -> Cell {
    let name = Text::words(row.name.clone());
    if row.verdict == Verdict::Differs { name.bold() } else { name.dim() }.into()
}

fn cell(row: &Row, at: usize, captured: Option<&[u8]>) -> Text {
    if at > 0 && captured.is_some() && row.values[at] == row.values[0] {
        return Text::words("=").dim();
    }
    if row.verdict == Verdict::Varies { value(captured).dim() } else { value(captured) }
}

fn value(captured: Option<&[u8]>) -> Text {
    match captured {
        None => Text::words("—").dim(),
        Some([]) => Text::words("(empty)").dim(),
        Some(bytes) if bytes.len() <= SHOWN_OF_VALUE => Text::captured(bytes),
        Some(bytes) => Text::captured(beginning(bytes, SHOWN_OF_VALUE)).and(" ..."),
    }
}

fn counts(rows: &[Row]) -> String {
    let of = |verdict| rows.iter().filter(|row| row.verdict == verdict).count() as u64;
    let (same, differ, vary) = (of(Verdict::Same), of(Verdict::Differs), of(Verdict::Varies));
    format!(
        "{} the same, {} different, {} that no two exchanges share",
        numbers::count(same),
        numbers::count(differ),
        numbers::count(vary)
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::compare::Talk;
    use crate::render::Style;
    use crate::render::connection::columns::tests::connection;
    use crate::render::exchange::columns::tests::exchange;
    use crate::render::writer::line::width;

    fn specimens(count: usize) -> Vec<Specimen> {
        let specimen = || Specimen {
            source: "captures/\u{1b}[2J.pcapng".to_owned(),
            exchange: exchange(),
            connection: connection(),
            talk: Talk::default(),
            problems: Vec::new(),
            options: [Vec::new(), Vec::new()],
        };
        std::iter::repeat_with(specimen).take(count).collect()
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked_and_nothing_steers_the_terminal(
            values: [Option<Vec<u8>>; MAX_SPECIMENS],
            name: String,
            meaning: String,
            captures in 2..=MAX_SPECIMENS,
            columns in 20_usize..140,
            verdict in 0_usize..3,
            varying: bool,
        ) {
            let verdict = [Verdict::Same, Verdict::Differs, Verdict::Varies][verdict];
            let values = values[..captures].to_vec();
            let row = |group| Row {
                group,
                name: name.clone(),
                values: values.clone(),
                verdict,
                varying,
                meaning: Some(meaning.clone()),
            };
            let drawn = Style::plain(columns).lines(page(&specimens(captures), &Group::ALL.map(row))).join("\n");
            for line in drawn.lines() {
                prop_assert!(width(line) <= columns, "{line}");
            }
            prop_assert!(!drawn.contains('\x1b'));
        }
    }

    #[test]
    fn rows_that_follow_one_another_are_named_together() {
        assert_eq!(together(&["frame 2", "frame 3", "frame 4"]), "frames 2 to 4");
        assert_eq!(together(&["frame 2", "frame 4"]), "frame 2, frame 4");
        assert_eq!(together(&["frame 2"]), "frame 2");
        assert_eq!(together(&["Date", "frame 2"]), "Date, frame 2");
    }

    #[test]
    fn of_many_captures_each_thing_said_has_one_line() {
        let row = |name: &str, values: [Option<&str>; 5], varying| Row {
            group: Group::Response,
            name: name.to_owned(),
            values: values.map(|value| value.map(|value| value.as_bytes().to_vec())).to_vec(),
            verdict: Verdict::Differs,
            varying,
            meaning: None,
        };
        let rows = [
            row("Server", [Some("a"), Some("b"), None, Some("a"), None], false),
            row("Date", [Some("Mon"), Some("Tue"), None, Some("Wed"), Some("Thu")], true),
        ];
        let page = Style::plain(80).lines(page(&specimens(5), &rows)).join("\n");
        let lines: Vec<&str> = page.lines().skip_while(|line| !line.starts_with("What was")).skip(3).take(5).collect();
        insta::assert_snapshot!(lines.join("\n"), @"
        ≠  Server  A D      a
                   B        b
                   C E      —
        ≠  Date    A B D E  (each its own)
                   C        —
        ");
    }

    #[test]
    fn every_line_of_json_is_json() {
        let row = Row {
            group: Group::Response,
            name: "Server".to_owned(),
            values: vec![Some(b"a".to_vec()), None, Some(vec![0xff])],
            verdict: Verdict::Differs,
            varying: false,
            meaning: None,
        };
        let mut out = Vec::new();
        json(&specimens(3), &[row], &mut out).unwrap();
        let lines: Vec<serde_json::Value> =
            String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(
            lines.iter().map(|line| line["type"].as_str().unwrap()).collect::<Vec<_>>(),
            ["begin", "specimen", "specimen", "specimen", "aspect", "summary"]
        );
        assert_eq!(lines[4]["data"]["values"], serde_json::json!(["a", null, null]));
        assert_eq!(lines[4]["data"]["values_hex"], serde_json::json!([null, null, "ff"]));
    }
}
