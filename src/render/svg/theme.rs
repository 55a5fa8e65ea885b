//! How a picture looks: its colours, on light paper and on dark, and its type. One table, from which the style sheet is made.
//!
//! The sheet names every colour twice, in plain rules and in rules for dark screens, rather than through variables: viewers
//! that know no variables would draw all of it black.

use std::fmt::Write as _;

use crate::inspect::record::Direction;
use crate::layers::Layer;
use crate::render::Look;

/// A type: for what a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// What the picture is of.
    Title,
    /// What a part of it is of.
    Heading,
    /// Sentences.
    Body,
    /// Remarks.
    Small,
    /// Captured text, bits and names of the specifications.
    Mono,
    /// The same where there is little room.
    MonoSmall,
}

impl Face {
    const ALL: [Self; 6] = [Self::Title, Self::Heading, Self::Body, Self::Small, Self::Mono, Self::MonoSmall];

    /// Its size, in pixels.
    #[must_use]
    pub fn size(self) -> f64 {
        match self {
            Self::Title => 20.0,
            Self::Heading => 14.0,
            Self::Body => 13.0,
            Self::Small | Self::Mono => 12.0,
            Self::MonoSmall => 11.0,
        }
    }

    /// From one line to the next, in pixels.
    #[must_use]
    pub fn line(self) -> f64 {
        (self.size() * 1.4).round()
    }

    /// Whether all its characters are of one width.
    #[must_use]
    pub fn is_mono(self) -> bool {
        matches!(self, Self::Mono | Self::MonoSmall)
    }

    /// Whether it is bold.
    #[must_use]
    pub fn is_bold(self) -> bool {
        matches!(self, Self::Title | Self::Heading)
    }

    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Heading => "head",
            Self::Body => "body",
            Self::Small => "small",
            Self::Mono => "mono",
            Self::MonoSmall => "tiny",
        }
    }
}

/// A colour on light paper, and the same on dark.
type Colour = (&'static str, &'static str);

const PAPER: Colour = ("#ffffff", "#0d1117");
const PANEL: Colour = ("#f6f8fa", "#151b23");
const RULE: Colour = ("#d1d9e0", "#3d444d");
const INK: Colour = ("#1f2328", "#f0f6fc");
const DIM: Colour = ("#59636e", "#9198a1");
const GOOD: Colour = ("#116329", "#56d364");
const BAD: Colour = ("#cf222e", "#ff7b72");

/// A layer's ink, and its tint for what stands below ink. The hues are those of the terminal's views.
fn layer(layer: Layer) -> (Colour, Colour) {
    match layer {
        Layer::Physical => (DIM, PANEL),
        Layer::DataLink => (("#7a5200", "#e3b341"), ("#fff6d6", "#2b210a")),
        Layer::Network => (("#116329", "#56d364"), ("#e1f9e6", "#0c2714")),
        Layer::Transport => (("#0a6375", "#56d4e4"), ("#dcf6fa", "#07282f")),
        Layer::Session => (("#a0306f", "#ff8fc7"), ("#ffebf5", "#33172a")),
        Layer::Presentation => (("#6f3fc4", "#c9a2ff"), ("#f4edff", "#251a3e")),
        Layer::Application => (("#0a54b8", "#79c0ff"), ("#e4f1ff", "#0c2440")),
    }
}

/// The end of a look's class names.
pub(super) fn look_class(look: Look) -> String {
    match look {
        Look::Plain | Look::Bold | Look::Note => "ink".to_owned(),
        Look::Dim => "dim".to_owned(),
        Look::From(Direction::Client) => look_class(Look::Layer(Layer::Application)),
        Look::From(Direction::Server) => look_class(Look::Layer(Layer::Presentation)),
        Look::Good => "good".to_owned(),
        Look::Bad => "bad".to_owned(),
        Look::Layer(layer) | Look::Strong(layer) => format!("l{}", layer.number()),
    }
}

/// The picture's style sheet.
#[must_use]
pub(super) fn style_sheet() -> String {
    let mut sheet = String::new();
    let mut line = |text: String| {
        sheet.push_str(&text);
        sheet.push('\n');
    };
    line(
        "text{font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif}".to_owned(),
    );
    for face in Face::ALL {
        let weight = if face.is_bold() { ";font-weight:600" } else { "" };
        line(format!(".{}{{font-size:{}px{weight}}}", face.class(), face.size()));
    }
    line(
        ".mono,.tiny{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,\"DejaVu Sans Mono\",monospace;white-space:pre}"
            .to_owned(),
    );
    line(".strong{font-weight:600}".to_owned());
    line(".line{fill:none;stroke-width:1.5}.thin{fill:none;stroke-width:1}.box{stroke-width:1}".to_owned());
    line(".dash{stroke-dasharray:2 4}.halo{paint-order:stroke;stroke-width:5px;stroke-linejoin:round}".to_owned());
    line(rules(|colour| colour.0));
    line(format!("@media (prefers-color-scheme:dark){{\n{}\n}}", rules(|colour| colour.1)));
    sheet
}

/// The rules that have colours in them: `f-` fills, `s-` strokes, `b-` is a box of a layer's tint.
fn rules(of: impl Fn(Colour) -> &'static str) -> String {
    let mut rules = format!(
        ".paper{{fill:{paper};stroke:{rule}}}.panel{{fill:{panel};stroke:{rule}}}.halo{{stroke:{paper}}}.s-rule{{stroke:{rule}}}",
        paper = of(PAPER),
        panel = of(PANEL),
        rule = of(RULE),
    );
    for (name, colour) in [("ink", INK), ("dim", DIM), ("good", GOOD), ("bad", BAD)] {
        // Writing to a string cannot fail.
        let _ = write!(rules, "\n.f-{name}{{fill:{0}}}.s-{name}{{stroke:{0}}}", of(colour));
    }
    for one in Layer::TOP_DOWN {
        let ((ink, tint), number) = (layer(one), one.number());
        let _ = write!(
            rules,
            "\n.f-l{number}{{fill:{ink}}}.s-l{number}{{stroke:{ink}}}.b-l{number}{{fill:{tint};stroke:{ink}}}.h-l{number}{{stroke:{tint}}}",
            ink = of(ink),
            tint = of(tint),
        );
    }
    rules
}
