//! A lesson's file: TOML between two `+++` lines, then the text. Here it becomes the source of a `Lesson`.

use super::document::{Document, Error, Node};
use super::measure::Measure;
use super::question;
use super::side::Side;
use super::template::{Placeholder, Template, measure_source};
use super::view;

/// A lesson whose file is sound.
pub struct Lesson {
    /// Its place in the course, from 1.
    pub number: u64,
    /// The source of it.
    pub source: String,
}

/// A struct of the program, as front matter writes it: the keys are the fields' names.
struct Struct {
    name: &'static str,
    fields: &'static [(&'static str, Presence, Kind)],
}

enum Presence {
    Needed,
    Optional,
}

/// What a value is in the program.
enum Kind {
    Text,
    /// Text with placeholders.
    Template,
    /// Its place in the course.
    Place,
    /// A whole number.
    Number,
    /// A number with or without decimals.
    Decimal,
    /// A measure's name.
    Measure,
    /// A side's letter.
    Side,
    /// "0.2", the third exchange of the first connection.
    Exchange,
    /// An OSI layer's number.
    Layer,
    /// What can be drawn to scale.
    Chart,
    /// What each side is called.
    Sides,
    /// A value, `None` where there is no key.
    Maybe(&'static Kind),
    /// Any number of values.
    List(&'static Kind),
    /// A value for each side: `{ a = …, c = … }`.
    BySide(&'static Kind),
    /// A value for one side: `{ b = … }`.
    OfOneSide(&'static Kind),
    /// Packets that a measure was counted from.
    Spot,
    /// A question.
    Check,
    Struct(&'static Struct),
}

use Presence::{Needed, Optional};

const LESSON: Struct = Struct {
    name: "Lesson",
    fields: &[
        ("number", Needed, Kind::Place),
        ("title", Needed, Kind::Text),
        ("question", Needed, Kind::Text),
        ("layers", Needed, Kind::List(&Kind::Layer)),
        ("sides", Needed, Kind::Sides),
        ("about", Needed, Kind::OfOneSide(&Kind::Exchange)),
        ("said", Optional, Kind::BySide(&Kind::List(&Kind::Exchange))),
        ("frames", Optional, Kind::List(&Kind::Side)),
        ("accept", Optional, Kind::Maybe(&Kind::Side)),
        ("diagrams", Optional, Kind::BySide(&Kind::List(&Kind::Number))),
        ("chart", Optional, Kind::Maybe(&Kind::Chart)),
        ("usual", Optional, Kind::Struct(&WIRE)),
        ("fixed", Optional, Kind::BySide(&Kind::Struct(&WIRE))),
        ("prediction", Needed, Kind::Struct(&PREDICTION)),
        ("checks", Needed, Kind::List(&Kind::Check)),
        ("packet", Optional, Kind::Maybe(&Kind::Struct(&OPENED))),
        ("change", Optional, Kind::Maybe(&Kind::Check)),
        ("diagnosis", Optional, Kind::Maybe(&Kind::Struct(&DIAGNOSIS))),
        ("compare", Needed, Kind::List(&Kind::Struct(&ROW))),
        ("take_away", Needed, Kind::List(&Kind::Template)),
        ("try_next", Needed, Kind::List(&Kind::Struct(&STEP))),
        ("warnings", Optional, Kind::List(&Kind::Struct(&WARNING))),
    ],
};

const WIRE: Struct = Struct {
    name: "WireSettings",
    fields: &[
        ("rtt_ms", Optional, Kind::Maybe(&Kind::Number)),
        ("loss_percent", Optional, Kind::Maybe(&Kind::Decimal)),
    ],
};

const PREDICTION: Struct = Struct {
    name: "Prediction",
    fields: &[
        ("ask", Needed, Kind::Text),
        ("choices", Needed, Kind::List(&Kind::Struct(&GUESS))),
        ("answer", Needed, Kind::Struct(&ANSWER)),
    ],
};

const GUESS: Struct = Struct {
    name: "Guess",
    fields: &[
        ("value", Needed, Kind::Number),
        ("because", Needed, Kind::Text),
        ("say", Optional, Kind::Maybe(&Kind::Template)),
    ],
};

const DIAGNOSIS: Struct =
    Struct { name: "Diagnosis", fields: &[("report", Needed, Kind::Template), ("check", Needed, Kind::Check)] };

const OPENED: Struct =
    Struct { name: "Opened", fields: &[("at", Needed, Kind::Spot), ("text", Needed, Kind::Template)] };

const ANSWER: Struct =
    Struct { name: "Answer", fields: &[("measure", Needed, Kind::Measure), ("side", Needed, Kind::Side)] };

const ROW: Struct = Struct {
    name: "Row",
    fields: &[
        ("measure", Needed, Kind::Measure),
        ("label", Needed, Kind::Text),
        ("note", Optional, Kind::Maybe(&Kind::Template)),
    ],
};

const STEP: Struct =
    Struct { name: "Step", fields: &[("command", Needed, Kind::Text), ("look_for", Needed, Kind::Text)] };

const WARNING: Struct =
    Struct { name: "Warning", fields: &[("tshark", Needed, Kind::Text), ("reason", Needed, Kind::Text)] };

/// The letters that sides have as keys.
const LETTERS: [&str; 4] = ["a", "b", "c", "d"];

/// OSI layers, from 1.
const LAYERS: [&str; 7] = ["Physical", "DataLink", "Network", "Transport", "Session", "Presentation", "Application"];

const CHARTS: [(&str, &str); 3] = [("bytes", "Bytes"), ("arrivals", "Arrivals"), ("connections", "Connections")];

/// Reads a lesson's file.
pub fn parse(name: &str, file: &str) -> Result<Lesson, Error> {
    let (front_matter, text) = divide(file)?;
    let document = Document::parse(front_matter, 2)?;
    let mut reader = Reader::default();
    let fields = reader.fields(&document.root(), &LESSON)?;
    // The front matter's lines, and the two around it.
    let first_line = front_matter.lines().count() + 3;
    let template = |reader: &mut Reader, from: usize, text: &str| {
        reader.template(text, |line, problem| Error::at(first_line + from + line, problem))
    };
    // Markers are whole lines, so the text's lines stay those of the file.
    let told = view::without_markers(text);
    let (whole, scene) = (template(&mut reader, 0, &told)?, view::scene(text));
    let scene = template(&mut reader, scene.line, scene.text)?;
    let mut pieces = Vec::new();
    for piece in view::pieces(text) {
        let text = template(&mut reader, piece.line, piece.text)?;
        let wrong = |problem: String| Error::at(first_line + piece.line.saturating_sub(1), problem);
        let shown = view::view(piece.shows).map_err(wrong)?;
        for side in shown.sides {
            reader.mention(side, wrong);
        }
        pieces.push(format!("See {{ show: {}, text: {text} }}", shown.source));
    }
    let number = reader.finish()?;
    let see = pieces.join(", ");
    Ok(Lesson {
        number,
        source: format!("Lesson {{ name: {name:?}, text: {whole}, scene: {scene}, see: &[{see}], {fields} }}"),
    })
}

/// The front matter, and the text after it.
fn divide(file: &str) -> Result<(&str, &str), Error> {
    let after = file
        .strip_prefix("+++\n")
        .ok_or_else(|| Error::at(1, "a lesson begins with a line `+++`, its front matter in TOML and another `+++`"))?;
    let end = if after.starts_with("+++\n") { Some(0) } else { after.find("\n+++\n").map(|end| end + 1) };
    let end = end.ok_or_else(|| Error::at(file.lines().count(), "the front matter has no second line `+++`"))?;
    Ok((&after[..end], &after[end + "+++\n".len()..]))
}

/// Makes values into source, and remembers what they have to agree on.
#[derive(Default)]
pub(super) struct Reader {
    number: u64,
    /// How many sides the lesson has.
    sides: usize,
    /// Every side that something speaks of, and what is wrong should the lesson not have it.
    mentions: Vec<(Side, Error)>,
}

impl Reader {
    /// A struct's fields with their values.
    fn fields(&mut self, table: &Node<'_>, of: &Struct) -> Result<String, Error> {
        let keys: Vec<&str> = of.fields.iter().map(|(key, ..)| *key).collect();
        let mut fields = Vec::new();
        for ((key, presence, kind), value) in of.fields.iter().zip(table.table(&keys)?) {
            let source = match (value, presence) {
                (Some(value), _) => self.source(&value, kind)?,
                (None, Optional) => absent(kind),
                (None, Needed) => return Err(table.lacks(key)),
            };
            fields.push(format!("{key}: {source}"));
        }
        Ok(fields.join(", "))
    }

    fn source(&mut self, value: &Node<'_>, kind: &Kind) -> Result<String, Error> {
        Ok(match kind {
            Kind::Text => format!("{:?}", value.text()?),
            Kind::Template => self.template(value.text()?, |_, problem| value.error(problem))?,
            Kind::Place => {
                self.number = value.whole_number()?;
                let is_place = (1..=u64::from(u8::MAX)).contains(&self.number);
                is_place.then(|| self.number.to_string()).ok_or_else(|| value.error("lessons are numbered from 1"))?
            }
            Kind::Number => value.whole_number()?.to_string(),
            Kind::Decimal => format!("{:?}", value.number()?),
            Kind::Measure => {
                let measure: Measure = value.text()?.parse().map_err(|unknown| value.error(unknown))?;
                measure_source(measure)
            }
            Kind::Side => {
                let side = Side::from_letter(value.text()?);
                let side = side.ok_or_else(|| value.error("sides are `a`, `b`, `c` and `d`"))?;
                self.mention(side, |problem| value.error(problem));
                format!("Side::{side:?}")
            }
            Kind::Exchange => exchange(value)?,
            Kind::Layer => {
                let number = value.whole_number()?;
                let layer = usize::try_from(number).ok().and_then(|number| LAYERS.get(number.checked_sub(1)?));
                let none = || value.error(format_args!("there is no OSI layer {number}: they are 1 to 7"));
                format!("Layer::{}", layer.ok_or_else(none)?)
            }
            Kind::Chart => {
                let name = value.text()?;
                let chart = CHARTS.into_iter().find(|(known, _)| *known == name);
                let none = || {
                    value.error(format_args!(
                        "there is no chart `{name}`; there are `bytes`, `arrivals` and `connections`"
                    ))
                };
                format!("Chart::{}", chart.ok_or_else(none)?.1)
            }
            Kind::Sides => self.sides(value)?,
            Kind::Maybe(kind) => format!("Some({})", self.source(value, kind)?),
            Kind::List(kind) => {
                let items: Result<Vec<_>, _> = value.list()?.map(|item| self.source(&item, kind)).collect();
                format!("&[{}]", items?.join(", "))
            }
            Kind::BySide(kind) => {
                let sides: Result<Vec<_>, _> = value
                    .table(&LETTERS)?
                    .zip(Side::ALL)
                    .map(|(value, side)| match value {
                        Some(value) => {
                            self.mention(side, |problem| value.error(problem));
                            self.source(&value, kind)
                        }
                        None => Ok(absent(kind)),
                    })
                    .collect();
                format!("[{}]", sides?.join(", "))
            }
            Kind::OfOneSide(kind) => {
                let mut sides = value.table(&LETTERS)?.zip(Side::ALL).filter_map(|(value, side)| Some((value?, side)));
                let (Some((of_side, side)), None) = (sides.next(), sides.next()) else {
                    return Err(value.error("this is for one side"));
                };
                self.mention(side, |problem| of_side.error(problem));
                format!("(Side::{side:?}, {})", self.source(&of_side, kind)?)
            }
            Kind::Spot => self.spot(value)?,
            Kind::Check => question::check(self, value)?,
            Kind::Struct(of) => format!("{} {{ {} }}", of.name, self.fields(value, of)?),
        })
    }

    /// Packets that a measure was counted from.
    pub(super) fn spot(&mut self, value: &Node<'_>) -> Result<String, Error> {
        let spot = view::spot(value.text()?).map_err(|problem| value.error(problem))?;
        spot.sides.iter().for_each(|side| self.mention(*side, |problem| value.error(problem)));
        Ok(spot.source)
    }

    /// What is to be looked at.
    pub(super) fn view(&mut self, value: &Node<'_>) -> Result<String, Error> {
        let view = view::view(value.text()?).map_err(|problem| value.error(problem))?;
        view.sides.iter().for_each(|side| self.mention(*side, |problem| value.error(problem)));
        Ok(view.source)
    }

    /// Something to be worked out from measures; `measured` if it has to be.
    pub(super) fn amount(&mut self, value: &Node<'_>, text: &str, measured: bool) -> Result<String, Error> {
        let parse = if measured { Placeholder::parse } else { Placeholder::parse_any };
        let amount = parse(text).map_err(|problem| value.error(problem))?;
        amount.sides().for_each(|side| self.mention(side, |problem| value.error(problem)));
        Ok(amount.source())
    }

    /// A text with placeholders.
    pub(super) fn told(&mut self, value: &Node<'_>) -> Result<String, Error> {
        self.template(value.text()?, |_, problem| value.error(problem))
    }

    /// What each side is called, A first.
    fn sides(&mut self, value: &Node<'_>) -> Result<String, Error> {
        let mut names = Vec::new();
        let mut given = value.table(&LETTERS)?;
        for name in given.by_ref().map_while(|name| name) {
            names.push(format!("{:?}", name.text()?));
        }
        if names.len() < 2 || given.any(|name| name.is_some()) {
            return Err(value.error("a lesson names sides a and b, then c and d if it has more"));
        }
        self.sides = names.len();
        Ok(format!("&[{}]", names.join(", ")))
    }

    /// `wrong` makes an error of a problem and the line that it is on, from 0.
    fn template(&mut self, text: &str, wrong: impl Fn(usize, String) -> Error) -> Result<String, Error> {
        let template = Template::parse(text).map_err(|error| wrong(error.line, error.problem))?;
        for (line, side) in &template.sides {
            self.mention(*side, |problem| wrong(*line, problem));
        }
        Ok(template.source())
    }

    fn mention(&mut self, side: Side, wrong: impl FnOnce(String) -> Error) {
        let problem = format!("this speaks of side {}, which `sides` does not name", side.letter());
        self.mentions.push((side, wrong(problem)));
    }

    /// The lesson's number, if it has every side that it speaks of.
    fn finish(self) -> Result<u64, Error> {
        let missing = self.mentions.into_iter().find(|(side, _)| side.index() >= self.sides);
        missing.map_or(Ok(self.number), |(_, error)| Err(error))
    }
}

/// What stands for a key that isn't there.
fn absent(kind: &Kind) -> String {
    match kind {
        Kind::List(_) => "&[]".to_owned(),
        Kind::BySide(kind) => format!("[{}]", Side::ALL.map(|_| absent(kind)).join(", ")),
        Kind::Struct(of) => {
            let fields: Vec<String> =
                of.fields.iter().map(|(key, _, kind)| format!("{key}: {}", absent(kind))).collect();
            format!("{} {{ {} }}", of.name, fields.join(", "))
        }
        _ => "None".to_owned(),
    }
}

fn exchange(value: &Node<'_>) -> Result<String, Error> {
    let text = value.text()?;
    let parse = || {
        let (connection, index) = text.split_once('.')?;
        Some((connection.parse::<u64>().ok()?, index.parse::<u64>().ok()?))
    };
    let none = || {
        let form = "write \"0.2\" for the third exchange (2) of the first connection (0)";
        value.error(format_args!("`{text}` names no exchange: {form}"))
    };
    let (connection, index) = parse().ok_or_else(none)?;
    Ok(format!("ExchangeId {{ connection: {connection}, index: {index} }}"))
}
