//! Numbers as people type them: "2", "1 980", "120 ms", "1.5 KiB", "three".

use crate::lesson::measure::Unit;

/// Words for small numbers, from 0.
const WORDS: [&str; 13] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// Why some text answers no question about such a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// It is no number.
    #[error("That isn't a number.")]
    NoNumber,
    /// A number of something else.
    #[error("{}", match .0 {
        Unit::Count => "The question is how many: a number, such as 3.",
        Unit::Bytes => "The question is how many bytes: a number, such as 126 or 1 980 B.",
        Unit::Nanoseconds => "The question is how long: a number and a unit, such as 120 ms or 1.5 s.",
        Unit::Octet => "The question is which byte: two hexadecimal digits, such as 1f.",
    })]
    OtherUnit(Unit),
    /// It isn't hexadecimal.
    #[error("Type a hexadecimal number: two digits of 0-9 and a-f, such as 1f.")]
    NoHexadecimal,
    /// There are no such numbers here.
    #[error("Please give a whole number that isn't negative or impossibly large.")]
    OutOfRange,
}

/// Reads an answer, in the unit's own measure: things, bytes, nanoseconds. A number of things may have any word after it.
///
/// # Errors
///
/// Where it is no such number.
pub fn parse(text: &str, unit: Unit) -> Result<u64, NoAnswer> {
    if unit == Unit::Octet {
        return parse_hex(text);
    }
    let text = text.trim().trim_end_matches(['.', '!']).to_lowercase();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c.is_whitespace() || ".,'_+-".contains(c)));
    let (number, word) = text.split_at(end.unwrap_or(text.len()));
    if number.trim().is_empty() {
        let (first, rest) = word.split_once(char::is_whitespace).unwrap_or((word, ""));
        let value = WORDS.iter().position(|known| *known == first).ok_or(NoAnswer::NoNumber)?;
        return scale(value as f64, rest.trim(), unit);
    }
    scale(decimal(number)?, word.trim(), unit)
}

/// Reads a number in hexadecimal: "1f", "0x1f", "1F".
fn parse_hex(text: &str) -> Result<u64, NoAnswer> {
    let text = text.trim().trim_end_matches('.').to_lowercase();
    let digits: String = text.strip_prefix("0x").unwrap_or(&text).split_whitespace().collect();
    // A sign is no digit.
    let is_number = digits.chars().all(|digit| digit.is_ascii_hexdigit());
    u64::from_str_radix(&digits, 16).ok().filter(|_| is_number).ok_or(NoAnswer::NoHexadecimal)
}

/// Whether two values answer alike. Times do where they read alike, or are a hundredth apart: nobody reads nanoseconds.
#[must_use]
pub fn same(given: u64, found: u64, unit: Unit) -> bool {
    match unit {
        Unit::Count | Unit::Bytes | Unit::Octet => given == found,
        Unit::Nanoseconds => given.abs_diff(found) <= found / 100 || unit.format(given) == unit.format(found),
    }
}

/// A number with its digits in groups, or not.
fn decimal(text: &str) -> Result<f64, NoAnswer> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && !"'_".contains(*c)).collect();
    let groups: Vec<&str> = text.split(',').collect();
    let in_groups = groups.iter().skip(1).all(|group| group.split('.').next().is_some_and(|digits| digits.len() == 3));
    let text = if in_groups { groups.concat() } else { text.replace(',', ".") };
    text.parse().map_err(|_| NoAnswer::NoNumber)
}

fn scale(number: f64, word: &str, unit: Unit) -> Result<u64, NoAnswer> {
    let of_time = match word {
        "ns" => Some(1.0),
        "us" | "µs" | "μs" => Some(1e3),
        "ms" | "milliseconds" | "millisecond" => Some(1e6),
        "s" | "sec" | "second" | "seconds" => Some(1e9),
        _ => None,
    };
    let of_bytes = match word {
        "b" | "byte" | "bytes" => Some(1.0),
        "kb" => Some(1e3),
        "kib" => Some(1024.0),
        "mb" => Some(1e6),
        "mib" => Some(1024.0 * 1024.0),
        _ => None,
    };
    let factor = match unit {
        Unit::Count if of_time.is_none() && of_bytes.is_none() => Some(1.0),
        Unit::Bytes if word.is_empty() => Some(1.0),
        Unit::Bytes => of_bytes,
        Unit::Nanoseconds => of_time,
        Unit::Count | Unit::Octet => None,
    };
    let value = number * factor.ok_or(NoAnswer::OtherUnit(unit))?;
    // Of a time, what is below a nanosecond does not matter; half a connection does.
    let is_whole = unit == Unit::Nanoseconds || value.fract() == 0.0;
    if !is_whole || !(0.0..1e18).contains(&value) {
        return Err(NoAnswer::OutOfRange);
    }
    Ok(value.round() as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_however_they_are_grouped() {
        for text in ["1980", "1 980", "1\u{a0}980", "1,980", "1_980", "1'980", " 1980. ", "1 980 packets"] {
            assert_eq!(parse(text, Unit::Count), Ok(1980), "{text:?}");
        }
        assert_eq!(parse("three", Unit::Count), Ok(3));
        assert_eq!(parse("Two connections", Unit::Count), Ok(2));
    }

    #[test]
    fn units_are_those_of_the_question() {
        assert_eq!(parse("126 B", Unit::Bytes), Ok(126));
        assert_eq!(parse("1.5 KiB", Unit::Bytes), Ok(1536));
        assert_eq!(parse("120 ms", Unit::Nanoseconds), Ok(120_000_000));
        assert_eq!(parse("0,12s", Unit::Nanoseconds), Ok(120_000_000));
        assert_eq!(parse("3 ms", Unit::Count), Err(NoAnswer::OtherUnit(Unit::Count)));
        assert_eq!(parse("3 ms", Unit::Bytes), Err(NoAnswer::OtherUnit(Unit::Bytes)));
        assert_eq!(parse("3", Unit::Nanoseconds), Err(NoAnswer::OtherUnit(Unit::Nanoseconds)));
    }

    #[test]
    fn hexadecimal_is_read_with_and_without_its_prefix() {
        for text in ["e3", "0xE3", " E3. "] {
            assert_eq!(parse_hex(text), Ok(0xe3), "{text:?}");
        }
        for text in ["", "xyz", "+3", "-3", "0x", "e3 B!"] {
            assert_eq!(parse_hex(text), Err(NoAnswer::NoHexadecimal), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "many", ".", "1.2.3", "-", "--3", "é"] {
            assert_eq!(parse(text, Unit::Count), Err(NoAnswer::NoNumber), "{text:?}");
        }
        for text in ["-3", "2.5", "99999999999999999999"] {
            assert_eq!(parse(text, Unit::Count), Err(NoAnswer::OutOfRange), "{text:?}");
        }
    }

    #[test]
    fn times_need_not_be_right_to_the_nanosecond() {
        assert!(same(120_000_000, 120_400_000, Unit::Nanoseconds));
        assert!(!same(120_000_000, 140_000_000, Unit::Nanoseconds));
        assert!(!same(199, 200, Unit::Bytes));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_breaks_nothing(text: String) {
            for unit in [Unit::Count, Unit::Bytes, Unit::Nanoseconds, Unit::Octet] {
                let _ = parse(&text, unit);
            }
        }

        #[test]
        fn what_is_printed_can_be_typed(value in 0_u64..1_000_000_000) {
            for unit in [Unit::Count, Unit::Bytes] {
                prop_assert_eq!(parse(&unit.format(value), unit), Ok(value));
            }
        }
    }
}
