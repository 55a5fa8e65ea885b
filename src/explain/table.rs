//! Reads a table: one entry a line, columns between tabs. A line that begins with # is a comment.

use std::ops::RangeInclusive;
use std::str::FromStr;

/// The lines that are not comments.
pub(super) fn lines(data: &'static str) -> impl Iterator<Item = &'static str> {
    data.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The lines of a table of `N` columns. A line of any other shape is left out; a test checks that there is none.
pub(super) fn rows<const N: usize>(data: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    lines(data).filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}

/// Reads "404" or "105-199".
pub(super) fn range<T: FromStr + Copy>(text: &str) -> Option<RangeInclusive<T>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.parse().ok()?..=last.parse().ok()?)
}
