//! Things with labels: the labels are below each other, and so are the things.

use super::Line;
use super::Style;
use super::prose::{READABLE, STEP, indented, lead};
use crate::render::model::list::Item;
use crate::render::model::{Form, List, Look};

/// The room that labels leave for the things.
const LEAST_FACT: usize = 8;
/// From this width on, what a layer is for stands beside its names, which take so many columns.
const WIDE: usize = 110;
const NAMES: usize = 47;

/// How the labels of a list stand.
struct Labels {
    /// How far they are from the edge.
    edge: usize,
    /// How far the things are from the edge.
    columns: usize,
    /// How wide a line may be.
    width: usize,
}

impl Style<'_> {
    pub(super) fn list(self, list: &List) -> Vec<Line> {
        let widest = list.items.iter().map(|item| self.label(item).width()).max().unwrap_or(0);
        let third = self.width / 3;
        let (edge, columns, width) = match list.form {
            Form::Facts => (0, 11.min(third), self.width),
            Form::Card => (STEP, 15.min(third), self.width.min(READABLE)),
            Form::Frame => (1, 11, self.width.min(READABLE)),
            Form::Steps => (STEP, 20, self.width),
            Form::Letters => (0, 3, self.width),
            Form::Keys | Form::Amounts => (0, widest + STEP, self.width),
            Form::Layers => (0, 17, self.width),
            Form::Commands | Form::Hints => (STEP, widest + 2 * STEP, self.width),
        };
        let columns = columns.min(self.width.saturating_sub(LEAST_FACT));
        let labels = Labels { edge, columns, width };
        match list.form {
            Form::Amounts => self.amounts(list, widest),
            Form::Layers => list.items.iter().flat_map(|item| self.layer(item, columns)).collect(),
            Form::Hints => list.items.iter().map(|item| self.hint(item, &labels)).collect(),
            form => list.items.iter().flat_map(|item| self.item(item, &labels, form)).collect(),
        }
    }

    /// A label, its parts' further from the edge.
    fn label(self, item: &Item) -> Line {
        Line::spaces(item.depth * STEP).and(self.line(&item.label))
    }

    fn item(self, item: &Item, labels: &Labels, form: Form) -> Vec<Line> {
        let Labels { edge, columns, width } = *labels;
        // Even if labels share the available room, the things are still set apart.
        let gap = usize::from(form == Form::Card);
        let label = self.cut_line(self.label(item), columns.saturating_sub(edge + gap));
        let is_aside = matches!(form, Form::Facts | Form::Card | Form::Frame);
        let label = if is_aside { label.look(Look::Dim) } else { label };
        let first = Line::spaces(edge).and(label).padded(columns);
        let room = width.saturating_sub(columns);
        let mut lines = lead(first, columns, self.line(&item.text).wrapped(room));
        let remark = self.line(&item.remark);
        match lines.last_mut() {
            _ if remark.is_empty() => {}
            Some(last) if last.width() + STEP + remark.width() <= width => {
                *last = std::mem::take(last).and(Line::spaces(STEP)).and(remark);
            }
            _ => lines.extend(lead(Line::spaces(columns), columns, remark.wrapped(room))),
        }
        lines
    }

    fn hint(self, item: &Item, labels: &Labels) -> Line {
        let label = Line::spaces(labels.edge).and(self.label(item)).padded(labels.columns);
        self.cut_line(label.and(self.line(&item.text)), labels.width)
    }

    /// A layer's names, and what it is for beside them where there is plenty of room, else below.
    fn layer(self, item: &Item, columns: usize) -> Vec<Line> {
        let names = self.label(item).padded(columns).and(self.line(&item.text));
        let remark = self.line(&item.remark);
        if self.width >= WIDE {
            return lead(names.padded(NAMES), NAMES, remark.wrapped(self.width - NAMES));
        }
        let below = if remark.is_empty() { Vec::new() } else { remark.wrapped(self.width.saturating_sub(STEP)) };
        [self.cut_line(names, self.width)].into_iter().chain(indented(STEP, below)).collect()
    }

    /// Names on the left, numbers aligned on the right.
    fn amounts(self, list: &List, widest: usize) -> Vec<Line> {
        let amounts = list.items.iter().map(|item| self.line(&item.text));
        let columns = amounts.clone().map(|amount| amount.width()).max().unwrap_or(0);
        let names = widest.min(self.width.saturating_sub(columns + STEP));
        let line = |(item, amount): (&Item, Line)| {
            let name = self.cut_line(self.label(item), names).padded(names);
            name.and(Line::spaces(STEP + columns - amount.width())).and(amount)
        };
        list.items.iter().zip(amounts).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::model::Page;
    use crate::render::writer::line::width;

    #[test]
    fn a_long_fact_stays_in_its_column() {
        let mut facts = List::new(Form::Facts);
        facts.add("Packets", "33 in 4 123 bytes, of which the last was cut");
        facts.add("Time", "\x1b[31m");
        insta::assert_snapshot!(Style::plain(40).lines(Page::about("chat.pcap", "a chat", facts)).join("\n"), @r"
        chat.pcap  a chat

        Packets    33 in 4 123 bytes, of which
                   the last was cut
        Time       \x1b[31m
        ");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(said: String, columns in 20_usize..130, form in 0_usize..10) {
            let forms = [
                Form::Facts, Form::Card, Form::Frame, Form::Steps, Form::Letters, Form::Keys, Form::Commands, Form::Hints,
                Form::Amounts, Form::Layers,
            ];
            let mut list = List::new(forms[form]);
            list.remarked("Captured", said.clone(), said.clone());
            let mut page = Page::about(said.clone(), said.clone(), list);
            page.heading(said.clone(), said.clone());
            for line in Style::plain(columns).lines(page) {
                prop_assert!(width(&line) <= columns, "{line}");
            }
        }
    }
}
