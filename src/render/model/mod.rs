//! What a view returns: titled blocks of plain values, for a writer to draw, to say, or to hand on.
//!
//! A model says what there is and how it is meant. It knows neither colours nor widths, and holds captured text as it was
//! captured.

pub mod chart;
pub mod event;
pub mod frame;
pub mod hex;
pub mod ladder;
pub mod layers;
pub mod list;
pub mod prose;
pub mod quote;
pub mod table;
pub mod text;

pub use chart::Chart;
pub use event::Happening;
pub use hex::Hex;
pub use ladder::Ladder;
pub use layers::Layers;
pub use list::{Form, List};
pub use prose::{Heading, Prose};
pub use quote::Quote;
pub use table::{Cell, Column, Table};
pub use text::{Look, Text};

use crate::inspect::record::Frame;
use crate::layers::Field;

/// One thing on a page.
#[derive(Clone, Debug)]
pub enum Block {
    /// An empty line.
    Space,
    /// What the blocks below are about.
    Heading(Heading),
    /// A paragraph.
    Prose(Prose),
    /// Facts, commands or keys, each with its label.
    List(List),
    /// What one end said, as it was said.
    Quote(Quote),
    /// A table.
    Table(Table),
    /// Hosts, and what they sent each other; several are comparable.
    Ladders(Vec<Ladder>),
    /// What each OSI layer says.
    Layers(Layers),
    /// Fields and their parts.
    Fields(Vec<Field>),
    /// Bytes, and the fields that they are.
    Hex(Hex),
    /// A frame, bit by bit.
    Frame(Box<Frame>),
    /// Amounts or moments, to scale.
    Chart(Chart),
    /// What has just happened.
    Happening(Happening),
    /// Short things, one after another.
    Flow(Vec<Text>),
    /// Names of about one length.
    Names(Vec<Text>),
    /// Two things to be read side by side, or one after the other.
    Beside(Page, Page),
    /// One thing, both for readers and for listeners.
    Told {
        /// What is to be seen.
        seen: Page,
        /// What is to be heard.
        said: Page,
    },
    /// Something in two forms: for output that can show many things side by side, and for output that can't.
    Either {
        /// How many.
        abreast: usize,
        /// What there is where they can.
        wide: Page,
        /// What there is where they cannot.
        narrow: Page,
    },
}

impl Block {
    /// Whether an empty line comes before what it shows.
    #[must_use]
    pub fn begins_with_space(&self) -> bool {
        matches!(self, Self::Space) || matches!(self, Self::Heading(it) if it.place == prose::Place::Section)
    }
}

/// Blocks, one below another.
#[derive(Clone, Debug, Default)]
pub struct Page(pub Vec<Block>);

impl Page {
    /// Adds a block.
    pub fn add(&mut self, block: impl Into<Block>) {
        self.0.push(block.into());
    }

    /// Adds an empty line.
    pub fn space(&mut self) {
        self.add(Block::Space);
    }

    /// Adds a heading after an empty line.
    pub fn heading(&mut self, title: impl Into<Text>, aside: impl Into<Text>) {
        self.add(Heading::section(title, aside));
    }

    /// Adds a paragraph.
    pub fn say(&mut self, text: impl Into<Text>) {
        self.add(Prose::new(text));
    }

    /// Adds a paragraph that is to be seen last.
    pub fn remark(&mut self, text: impl Into<Text>) {
        self.add(Prose::new(text.into().dim()));
    }

    /// A page of facts on one thing.
    #[must_use]
    pub fn about(title: impl Into<Text>, aside: impl Into<Text>, facts: List) -> Self {
        let heading = Heading::new(title.into().bold(), aside, prose::Place::After);
        Self(vec![heading.into(), Block::Space, facts.into()])
    }

    /// The same, with its paragraphs indented by this many spaces.
    #[must_use]
    pub fn under(mut self, spaces: &'static str) -> Self {
        for block in &mut self.0 {
            if let Block::Prose(prose) = block {
                prose.mark = Text::words(spaces).and(std::mem::take(&mut prose.mark));
            }
        }
        self
    }

    /// Adds another page's blocks.
    pub fn append(&mut self, page: impl Into<Self>) {
        self.0.extend(page.into().0);
    }

    /// Adds something under a heading, if there is anything.
    pub fn section(&mut self, title: &'static str, aside: &'static str, page: impl Into<Self>) {
        let page = page.into();
        if !page.is_empty() {
            self.heading(title, aside);
            self.append(page);
        }
    }

    /// Whether there is nothing on it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|block| matches!(block, Block::Table(table) if table.is_empty()))
    }
}

impl<B: Into<Block>> FromIterator<B> for Page {
    fn from_iter<I: IntoIterator<Item = B>>(blocks: I) -> Self {
        Self(blocks.into_iter().map(Into::into).collect())
    }
}

impl<B: Into<Block>> From<B> for Page {
    fn from(block: B) -> Self {
        Self(vec![block.into()])
    }
}

macro_rules! blocks {
    ($($kind:ident($of:ty)),+ $(,)?) => {
        $(impl From<$of> for Block {
            fn from(it: $of) -> Self {
                Self::$kind(it)
            }
        })+
    };
}

blocks!(Heading(Heading), Prose(Prose), List(List), Quote(Quote), Table(Table), Layers(Layers), Hex(Hex), Chart(Chart));
blocks!(Happening(Happening), Ladders(Vec<Ladder>), Fields(Vec<Field>));

impl From<Ladder> for Block {
    fn from(ladder: Ladder) -> Self {
        Self::Ladders(vec![ladder])
    }
}
