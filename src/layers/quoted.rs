//! What a sentence may have in it that was captured: in one form only, so that whoever redacts the sentence sees it.

use std::borrow::Cow;
use std::fmt;

/// Captured text, which displays in quotation marks. Whatever stands between the first and the last quotation mark of a sentence
/// may have been captured, and nothing else was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quoted(String);

impl Quoted {
    /// How many bytes are quoted.
    const ENOUGH: usize = 60;

    /// The beginning of some bytes; those that aren't UTF-8 are replaced.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut text = String::from_utf8_lossy(&bytes[..bytes.len().min(Self::ENOUGH)]).into_owned();
        if bytes.len() > Self::ENOUGH {
            text.push('…');
        }
        Self(text)
    }

    /// Whether it's in quotation marks already, as an entity tag is.
    fn has_quotes(&self) -> bool {
        let opaque = self.0.strip_prefix("W/").unwrap_or(&self.0);
        opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"')
    }
}

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.has_quotes() { f.write_str(&self.0) } else { write!(f, "\"{}\"", self.0) }
    }
}

/// A name that may have been captured: one that everybody knows displays as it is, and any other in quotation marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A name that this program has on a list.
    Known(&'static str),
    /// Any other.
    Other(Quoted),
}

impl Named {
    /// What was captured, and what it is called if it's on a list.
    #[must_use]
    pub fn of(captured: &[u8], known: Option<&'static str>) -> Self {
        known.map_or_else(|| Self::Other(Quoted::of(captured)), Self::Known)
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(name) => f.write_str(name),
            Self::Other(name) => name.fmt(f),
        }
    }
}

/// This program's own words. Nothing in them was captured, other than numbers and addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnWords(Cow<'static, str>);

impl OwnWords {
    /// These words.
    #[must_use]
    pub fn of(words: impl Into<Cow<'static, str>>) -> Self {
        Self(words.into())
    }
}

impl fmt::Display for OwnWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captured_text_begins_and_ends_with_a_quotation_mark_once() {
        for (text, shown) in [
            ("a", "\"a\""),
            ("", "\"\""),
            ("\"", "\"\"\""),
            ("\"a\"", "\"a\""),
            ("W/\"a\"", "W/\"a\""),
            ("W/a", "\"W/a\""),
            ("\"a\" b", "\"\"a\" b\""),
        ] {
            assert_eq!(Quoted::of(text.as_bytes()).to_string(), shown);
        }
        assert_eq!(Quoted::of(&[b'a'; 61]).to_string(), format!("\"{}…\"", "a".repeat(60)));
        assert_eq!(Named::of(b"get", None).to_string(), "\"get\"");
    }
}
