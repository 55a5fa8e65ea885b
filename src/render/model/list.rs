//! Things with labels.

use super::{Look, Text};

/// What a list is of, which decides how far its labels reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Facts on a thing.
    Facts,
    /// Facts on a card of `explain`.
    Card,
    /// Facts below a frame's diagram.
    Frame,
    /// Steps, each with its result and a remark on it.
    Steps,
    /// Letters, and what they stand for.
    Letters,
    /// Keys or commands, and what they do.
    Keys,
    /// The same, a step from the edge.
    Commands,
    /// The same, each in one line.
    Hints,
    /// Names and amounts.
    Amounts,
    /// Layers, their names in both models, and what each is for.
    Layers,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Item {
    pub(in crate::render) label: Text,
    pub(in crate::render) text: Text,
    pub(in crate::render) remark: Text,
    /// How many things it is a part of.
    pub(in crate::render) depth: usize,
}

/// Things with labels, in order.
#[derive(Clone, Debug)]
pub struct List {
    pub(in crate::render) form: Form,
    pub(in crate::render) items: Vec<Item>,
}

impl List {
    /// None yet.
    #[must_use]
    pub fn new(form: Form) -> Self {
        Self { form, items: Vec::new() }
    }

    /// Adds one.
    pub fn add(&mut self, label: impl Into<Text>, text: impl Into<Text>) {
        self.part(0, label, text);
    }

    /// Adds an item that's a part of the one above it.
    pub fn part(&mut self, depth: usize, label: impl Into<Text>, text: impl Into<Text>) {
        self.items.push(Item { label: label.into(), text: text.into(), remark: Text::default(), depth });
    }

    /// Adds one, and a remark on it.
    pub fn remarked(&mut self, label: impl Into<Text>, text: impl Into<Text>, remark: impl Into<Text>) {
        self.items.push(Item { label: label.into(), text: text.into(), remark: remark.into(), depth: 0 });
    }

    /// Adds several under one label.
    pub fn several(&mut self, label: &'static str, texts: impl IntoIterator<Item = impl Into<Text>>) {
        for (at, text) in texts.into_iter().enumerate() {
            self.add(if at == 0 { label } else { "" }, text);
        }
    }
}

impl<L: Into<Text>, T: Into<Text>> FromIterator<(L, T)> for List {
    /// Keys or commands, and what they do.
    fn from_iter<I: IntoIterator<Item = (L, T)>>(items: I) -> Self {
        let mut list = Self::new(Form::Keys);
        items.into_iter().for_each(|(label, text)| list.add(label.into().look(Look::Bold), text));
        list
    }
}
