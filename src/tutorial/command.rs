//! What can be typed in the course besides answers, in a letter or a word. What becomes of it, the session decides.

/// What to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are the page's parts")]
pub enum Look {
    Before,
    Page,
    Text,
    Ladder,
    Layers,
    Frame,
    Hex,
}

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command<'a> {
    Quit,
    Keys,
    Again,
    Next,
    Hint,
    Look(Look),
    /// To try something, in these words.
    Try(Vec<&'a str>),
    /// What these words mean.
    Explain(Vec<&'a str>),
    /// Nothing of these: it answers what is asked, or is empty.
    Answer,
}

impl<'a> Command<'a> {
    /// Reads a line. Upper or lower case is the same, and only what is to be tried or explained takes further words.
    pub fn read(line: &'a str) -> Self {
        let mut words = line.split_whitespace();
        let word = words.next().unwrap_or_default().to_lowercase();
        let rest: Vec<&str> = words.collect();
        match word.as_str() {
            "e" | "experiment" | "try" => Self::Try(rest),
            "w" | "word" | "words" | "explain" if !rest.is_empty() => Self::Explain(rest),
            _ if !rest.is_empty() => Self::Answer,
            "q" | "quit" | "exit" => Self::Quit,
            "?" | "help" | "keys" => Self::Keys,
            "again" => Self::Again,
            "b" | "back" => Self::Look(Look::Before),
            "n" | "next" | "s" | "skip" => Self::Next,
            "h" | "hint" => Self::Hint,
            "p" | "page" => Self::Look(Look::Page),
            "t" | "text" => Self::Look(Look::Text),
            "d" | "ladder" => Self::Look(Look::Ladder),
            "l" | "layers" => Self::Look(Look::Layers),
            "f" | "frame" => Self::Look(Look::Frame),
            "x" | "hex" => Self::Look(Look::Hex),
            _ => Self::Answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_and_its_first_letter_ask_for_the_same() {
        for word in ["quit", "back", "next", "hint", "page", "text", "layers", "frame", "experiment"] {
            assert_eq!(Command::read(word), Command::read(&word[..1]), "{word}");
            assert_ne!(Command::read(&word.to_uppercase()), Command::Answer, "{word}");
        }
    }

    #[test]
    fn only_what_is_to_be_tried_or_explained_takes_further_words() {
        assert_eq!(Command::read("e --rtt 1ms"), Command::Try(vec!["--rtt", "1ms"]));
        assert_eq!(Command::read("w round trip"), Command::Explain(vec!["round", "trip"]));
        assert_eq!([Command::read("hex 3"), Command::read("12"), Command::read("")], [const { Command::Answer }; 3]);
    }
}
