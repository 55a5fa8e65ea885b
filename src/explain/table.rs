//! Reading a table: lines of columns between tabs; a line that begins with # is a comment.

use std::ops::RangeInclusive;
use std::str::FromStr;

/// The lines that are entries.
pub(super) fn lines(data: &'static str) -> impl Iterator<Item = &'static str> {
    data.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Every entry of a table of `N` columns. An entry that `parse` does not take is left out; a test sees that none is.
pub(super) fn load<T, const N: usize>(data: &'static str, parse: fn([&'static str; N]) -> Option<T>) -> Vec<T> {
    lines(data).filter_map(|line| parse(columns(line)?)).collect()
}

fn columns<const N: usize>(line: &'static str) -> Option<[&'static str; N]> {
    let mut cells = line.split('\t');
    let mut columns = [""; N];
    for column in &mut columns {
        *column = cells.next()?;
    }
    cells.next().is_none().then_some(columns)
}

/// Reads "404", or "105-199".
pub(super) fn range<T: FromStr + Copy>(text: &str) -> Option<RangeInclusive<T>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.parse().ok()?..=last.parse().ok()?)
}

/// The entry whose range has `number` in it; the table is in ascending order.
pub(super) fn find<T, N: Ord + Copy>(table: &[T], number: N, range: impl Fn(&T) -> &RangeInclusive<N>) -> Option<&T> {
    let at = table.partition_point(|entry| *range(entry).end() < number);
    table.get(at).filter(|entry| range(entry).contains(&number))
}
