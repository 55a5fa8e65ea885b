//! Facts, each with its label: what a reader wants to know of a thing before its details.

use super::style::Style;
use super::text;

/// Columns of the labels.
const LABEL: usize = 11;

/// Lines of facts that are being written.
#[derive(Clone, Debug)]
pub struct Facts {
    style: Style,
    out: String,
}

impl Facts {
    /// Begins with what the facts are about, and an empty line.
    #[must_use]
    pub fn about(title: &str, remark: &str, style: Style) -> Self {
        let mut facts = Self { style, out: String::new() };
        let title = style.text(title);
        let remark = style.text(remark);
        if !remark.is_empty() && text::width(&title) + 2 + text::width(&remark) <= style.width {
            facts.line(&format!("{}  {}", style.bold(&title), style.dim(&remark)));
        } else {
            for line in text::wrap(&title, style.width) {
                facts.line(&style.bold(&line));
            }
            for line in text::wrap(&remark, style.width).iter().filter(|line| !line.is_empty()) {
                facts.line(&style.dim(line));
            }
        }
        facts.out.push('\n');
        facts
    }

    /// Adds a fact, which may go on over several lines. Its text may come from a capture: it is escaped.
    pub fn add(&mut self, label: &str, fact: &str) {
        let style = self.style;
        let label_columns = LABEL.min(style.width / 3);
        for (at, line) in text::wrap(&style.text(fact), style.width.saturating_sub(label_columns)).iter().enumerate() {
            let label = text::pad(&style.cut(if at == 0 { label } else { "" }, label_columns), label_columns);
            self.line(&format!("{}{line}", style.dim(&label)));
        }
    }

    /// The lines, each ended by a line feed.
    #[must_use]
    pub fn draw(self) -> String {
        self.out
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }
}

/// The title of a section after an empty line, and in a few words what it lists.
#[must_use]
pub fn heading(title: &str, remark: &str, style: Style) -> String {
    let title = style.cut(&style.text(title), style.width);
    let room = style.width.saturating_sub(text::width(&title) + 2);
    let remark = match style.text(remark) {
        // A word or two of it would only puzzle.
        remark if room < 16 || remark.is_empty() => String::new(),
        remark => format!("  {}", style.dim(&style.cut(&remark, room))),
    };
    format!("\n{}{remark}\n", style.bold(&title))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_fact_stays_in_its_column() {
        let mut facts = Facts::about("chat.pcap", "a chat", Style::plain(40));
        facts.add("Packets", "33 in 4 123 bytes, of which the last was cut");
        facts.add("Time", "\x1b[31m");
        insta::assert_snapshot!(facts.draw(), @r"
        chat.pcap  a chat

        Packets    33 in 4 123 bytes, of which
                   the last was cut
        Time       \x1b[31m
        ");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(said: String, width in 8_usize..130) {
            let style = Style::plain(width);
            let mut facts = Facts::about(&said, &said, style);
            facts.add("Captured", &said);
            for line in facts.draw().lines().chain(heading(&said, &said, style).lines()) {
                prop_assert!(text::width(line) <= width, "{line}");
            }
        }
    }
}
