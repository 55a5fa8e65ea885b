//! Dates (RFC 9110 §5.6.7): how they are written, and which of two is the later.

use std::cmp::Ordering;

use super::super::names::FieldName;
use super::super::section::Head;
use super::problems::Fault;
use crate::layers::quoted::Quoted;

const DAYS: [&[u8; 3]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];

/// Judges the value of a field that holds a date. Anything that doesn't begin with the name of a day isn't a date.
#[inline]
pub(super) fn judge(name: FieldName, value: &[u8], faults: &mut Vec<Fault>) {
    if is_fixdate(value) || !begins_with_day(value) {
        return;
    }
    // asctime's form has no zone, and means GMT.
    let is_gmt = value.get(3) == Some(&b' ') || value.ends_with(b" GMT");
    let (name, value) = (name.as_str(), Quoted::of(value));
    faults.push(if is_gmt { Fault::DateForm { name, value } } else { Fault::DateNotGmt { name, value } });
}

/// Last-Modified is not later than Date (RFC 9110 §8.8.2.1), where both are there.
#[inline]
pub(super) fn in_order(head: &Head<'_>, faults: &mut Vec<Fault>) {
    let Some(modified) = head.get(FieldName::LastModified) else { return };
    let Some(date) = head.get(FieldName::Date) else { return };
    if is_later(modified, date) {
        faults.push(Fault::ModifiedLater { modified: Quoted::of(modified), date: Quoted::of(date) });
    }
}

/// Whether it begins as all dates do.
pub(super) fn begins_with_day(value: &[u8]) -> bool {
    value.first_chunk().is_some_and(|day| DAYS.contains(&day))
}

/// `day-name "," SP date1 SP time-of-day SP GMT`, going by its length and by where its signs are.
#[inline]
fn is_fixdate(value: &[u8]) -> bool {
    matches!(
        value,
        [
            _,
            _,
            _,
            b',',
            b' ',
            _,
            _,
            b' ',
            _,
            _,
            _,
            b' ',
            _,
            _,
            _,
            _,
            b' ',
            _,
            _,
            b':',
            _,
            _,
            b':',
            _,
            _,
            b' ',
            b'G',
            b'M',
            b'T'
        ]
    )
}

/// Whether one date is later than another. The year mostly tells.
fn is_later(one: &[u8], other: &[u8]) -> bool {
    if !is_fixdate(one) || !is_fixdate(other) {
        return false;
    }
    let (year, month, day, time) = (12..16, 8..11, 5..7, 17..25);
    match one[year.clone()].cmp(&other[year]) {
        Ordering::Equal if one[month.clone()] == other[month.clone()] => {
            (&one[day.clone()], &one[time.clone()]) > (&other[day], &other[time])
        }
        Ordering::Equal => {
            number(&one[month.clone()]).zip(number(&other[month])).is_some_and(|(one, other)| one > other)
        }
        years => years == Ordering::Greater,
    }
}

/// A month's place in the year.
fn number(month: &[u8]) -> Option<u8> {
    Some(match month {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" => 10,
        b"Nov" => 11,
        b"Dec" => 12,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(value: &str) -> Option<&'static str> {
        let mut faults = Vec::new();
        judge(FieldName::Date, value.as_bytes(), &mut faults);
        faults.first().map(Fault::code)
    }

    #[test]
    fn a_date_in_another_zone_or_form_is_told() {
        for good in ["Sun, 06 Nov 1994 08:49:37 GMT", "0", "-1"] {
            assert_eq!(code(good), None, "{good}");
        }
        for old in [
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994  08:49:37 GMT",
        ] {
            assert_eq!(code(old), Some("date-form"), "{old}");
        }
        for elsewhere in
            ["Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 09:49:37 +0100", "Sun, 06 Nov 1994 08:49:37"]
        {
            assert_eq!(code(elsewhere), Some("date-not-gmt"), "{elsewhere}");
        }
    }

    #[test]
    fn the_year_counts_first_and_the_second_last() {
        let dates = [
            "Sat, 31 Dec 1994 23:59:59 GMT",
            "Sun, 01 Jan 1995 00:00:00 GMT",
            "Sun, 01 Jan 1995 00:00:01 GMT",
            "Wed, 01 Feb 1995 00:00:00 GMT",
            "Sat, 01 Apr 1995 00:00:00 GMT",
        ];
        for pair in dates.windows(2) {
            assert!(is_later(pair[1].as_bytes(), pair[0].as_bytes()), "{pair:?}");
            assert!(!is_later(pair[0].as_bytes(), pair[1].as_bytes()), "{pair:?}");
        }
        assert!(!is_later(dates[0].as_bytes(), dates[0].as_bytes()));
    }
}
