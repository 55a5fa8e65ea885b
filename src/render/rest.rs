//! What of a capture was not read, in words.

use super::numbers;
use crate::capture::CaptureError;

/// What was not read of a capture, or of several that are read as one, by what stopped the reading. Nothing, if all was read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rest<'a>(pub Option<&'a CaptureError>);

/// Why something was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Empty,
    /// Its bytes make no sense.
    Damaged,
    /// It ends too early.
    Cut,
    Stopped,
}

impl Why {
    fn of(error: &CaptureError) -> Self {
        match error {
            CaptureError::Empty => Self::Empty,
            CaptureError::Stopped { .. } | CaptureError::Moved { .. } => Self::Stopped,
            error if error.ends_early() => Self::Cut,
            _ => Self::Damaged,
        }
    }
}

impl Rest<'_> {
    /// Whether there is none.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.0.is_none()
    }

    /// What is true of it, a sentence for each reason.
    #[must_use]
    pub fn sentences(self) -> Vec<String> {
        let said = |(why, what, are): (Why, String, &str)| match why {
            Why::Empty => format!("{what} {are} empty."),
            Why::Damaged => format!("The rest of {what} is damaged."),
            Why::Cut => {
                format!("{} cut short: what came after that isn't there.", capitalised(&format!("{what} {are}")))
            }
            Why::Stopped => format!("The rest of {what} was not read."),
        };
        self.reasons().into_iter().map(said).collect()
    }

    /// The same as remarks on the packets that were read.
    #[must_use]
    pub fn remarks(self) -> Vec<String> {
        let said = |(why, what, are): (Why, String, &str)| match why {
            Why::Empty => format!("{what} {are} empty"),
            Why::Damaged => format!("{what} {are} damaged after them"),
            Why::Cut => format!("{what} {are} cut short after them"),
            Why::Stopped => format!("{what} {are} not read further"),
        };
        self.reasons().into_iter().map(said).collect()
    }

    /// The reasons, what each is of, and the verb that goes with it.
    fn reasons(self) -> Vec<(Why, String, &'static str)> {
        let Some(error) = self.0 else { return Vec::new() };
        let CaptureError::Parts(parts) = error else { return vec![(Why::of(error), "the file".to_owned(), "is")] };
        let of = |why: Why| {
            let captures = parts.captures().filter(|(_, error)| Why::of(error) == why);
            let names: Vec<String> = captures.map(|(name, _)| name.to_owned()).collect();
            let are = if names.len() == 1 { "is" } else { "are" };
            (!names.is_empty()).then(|| (why, numbers::listed_in_short(&names, "captures"), are))
        };
        [Why::Damaged, Why::Cut, Why::Stopped, Why::Empty].into_iter().filter_map(of).collect()
    }
}

/// Captures' names stay as they are; "the file" begins a sentence.
fn capitalised(what: &str) -> String {
    what.strip_prefix("the ").map_or_else(|| what.to_owned(), |rest| format!("The {rest}"))
}
