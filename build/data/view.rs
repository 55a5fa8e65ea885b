//! What a lesson shows, as its file writes it: views, packets, and the pieces of its text that are told beside them.
//!
//! A line `<!-- scene -->` begins what is told before the guess, `<!-- see: ladder b -->` what is told beside B's ladder,
//! and `<!-- end -->` ends either; so does the next of them.

use super::measure::Measure;
use super::side::Side;
use super::template::measure_source;

/// Source, and the sides that it speaks of.
pub struct Source {
    pub source: String,
    pub sides: Vec<Side>,
}

/// A part of a text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Piece<'a> {
    /// What it is told beside.
    pub shows: &'a str,
    /// Its first line in the text, from 0.
    pub line: usize,
    /// What is told.
    pub text: &'a str,
}

/// The views by their names; `A` stands for a side.
const VIEWS: &str = "`ladder`, `ladder A`, `ladder A B`, `packets A`, `compare`, `chart`, `said A 0.1`, `frames A`, `accept`, \
                     `frame A 1`, `layers`, `bytes A.MEASURE[1]`, `mask A` and `problems`";

/// Reads a view.
pub fn view(text: &str) -> Result<Source, String> {
    let unknown = || format!("there is no view `{text}`; there are {VIEWS}");
    let words: Vec<&str> = text.split_whitespace().collect();
    let side = |letter: &str| Side::from_letter(letter).ok_or_else(unknown);
    let of = |name: &str, letter: &str| {
        let side = side(letter)?;
        Ok(Source { source: format!("View::{name}(Side::{side:?})"), sides: vec![side] })
    };
    let plain = |name: &str| Ok(Source { source: format!("View::{name}"), sides: Vec::new() });
    match words.as_slice() {
        ["ladder", letters @ ..] => {
            let sides = letters.iter().map(|letter| side(letter)).collect::<Result<Vec<_>, _>>()?;
            let named: Vec<String> = sides.iter().map(|side| format!("Side::{side:?}")).collect();
            Ok(Source { source: format!("View::Ladders(&[{}])", named.join(", ")), sides })
        }
        ["packets", letter] => of("Packets", letter),
        ["frames", letter] => of("Frames", letter),
        ["mask", letter] => of("Mask", letter),
        ["compare"] => plain("Compare"),
        ["chart"] => plain("Chart"),
        ["accept"] => plain("Accept"),
        ["layers"] => plain("Layers"),
        ["problems"] => plain("Problems"),
        ["said", letter, exchange] => {
            let side = side(letter)?;
            let (connection, index) = exchange.split_once('.').ok_or_else(unknown)?;
            let number = |digits: &str| digits.parse::<u64>().map_err(|_| unknown());
            let (connection, index) = (number(connection)?, number(index)?);
            let exchange = format!("ExchangeId {{ connection: {connection}, index: {index} }}");
            Ok(Source { source: format!("View::Said(Side::{side:?}, {exchange})"), sides: vec![side] })
        }
        ["frame", letter, place] => {
            let (side, place) = (side(letter)?, place.parse::<usize>().map_err(|_| unknown())?);
            Ok(Source { source: format!("View::Diagram(Side::{side:?}, {place})"), sides: vec![side] })
        }
        ["bytes", at] => {
            let spot = spot(at)?;
            Ok(Source { source: format!("View::Bytes({})", spot.source), sides: spot.sides })
        }
        _ => Err(unknown()),
    }
}

/// Reads which packets are meant: `b.round_trips`, `b.round_trips[2]`, `b.round_trips[2].first`.
pub fn spot(text: &str) -> Result<Source, String> {
    let malformed =
        || format!("`{text}` names no packets: write `b.frames`, `b.frames[2]` or `b.frames[2].first`, from 1 on");
    let (text, end) = match (text.strip_suffix(".first"), text.strip_suffix(".last")) {
        (Some(text), _) => (text, "First"),
        (_, Some(text)) => (text, "Last"),
        _ => (text, "Last"),
    };
    let (name, nth) = match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        Some((name, nth)) => {
            let nth = nth.parse::<usize>().ok().filter(|nth| *nth > 0).ok_or_else(malformed)?;
            (name, format!("Some({nth})"))
        }
        None => (text, "None".to_owned()),
    };
    let (letter, measure) = name.split_once('.').ok_or_else(malformed)?;
    let side = Side::from_letter(letter).ok_or_else(malformed)?;
    let measure: Measure = measure.parse().map_err(|unknown| format!("{unknown}"))?;
    let measure = measure_source(measure);
    let source = format!("Spot {{ side: Side::{side:?}, measure: {measure}, nth: {nth}, end: End::{end} }}");
    Ok(Source { source, sides: vec![side] })
}

/// What a marker says, if a line is one.
fn marker(line: &str) -> Option<&str> {
    let said = line.trim_end().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    (said == "scene" || said == "end" || said.starts_with("see:")).then_some(said)
}

/// The text without its markers, whose lines stay empty; where that leaves several empty lines, Markdown sees one.
pub fn without_markers(text: &str) -> String {
    text.split_inclusive('\n').map(|line| if marker(line).is_some() { "\n" } else { line }).collect()
}

/// What is told before the guess; nothing if there is no such piece.
pub fn scene(text: &str) -> Piece<'_> {
    marked(text).find(|piece| piece.shows == "scene").unwrap_or_default()
}

/// What is told beside something, in order.
pub fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    marked(text).filter_map(|piece| Some(Piece { shows: piece.shows.strip_prefix("see:")?.trim(), ..piece }))
}

fn marked(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let (mut start, mut open) = (0, None::<(usize, usize, &str)>);
    let lines = text.split_inclusive('\n').enumerate();
    for (number, line) in lines {
        let next = start + line.len();
        if let Some(said) = marker(line) {
            if let Some((from, first, shows)) = open.take() {
                pieces.push(Piece { shows, line: first, text: &text[from..start] });
            }
            open = (said != "end").then_some((next, number + 1, said));
        }
        start = next;
    }
    if let Some((from, first, shows)) = open {
        pieces.push(Piece { shows, line: first, text: &text[from..] });
    }
    pieces.into_iter()
}
