//! Numbers as people read them: counts, sizes, durations and points in time.

use crate::moment::Timestamp;

/// A count, its thousands set apart: "1 980".
#[must_use]
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// A count with what is counted: "1 packet", "14 packets".
#[must_use]
pub fn counted(number: u64, singular: &str) -> String {
    format!("{} {singular}{}", count(number), if number == 1 { "" } else { "s" })
}

/// The packets from one to another: "packet 4", "packets 4 to 1 012".
#[must_use]
pub fn packets(first: u64, last: u64) -> String {
    if first == last {
        format!("packet {}", count(first))
    } else {
        format!("packets {} to {}", count(first), count(last))
    }
}

/// Several things, as a sentence has them: "a, b and c".
#[must_use]
pub fn listed(things: &[String]) -> String {
    match things {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => things.concat(),
    }
}

/// The same of things that may be many: those beyond the first are counted then: "a and 12 more captures".
#[must_use]
pub fn listed_in_short(things: &[String], plural: &str) -> String {
    /// How many are named one by one.
    const NAMED: usize = 4;
    match things {
        [first, more @ ..] if more.len() >= NAMED => format!("{first} and {} more {plural}", count(more.len() as u64)),
        _ => listed(things),
    }
}

/// A size in bytes: exact up to "9 999 B", then rounded to "64 KiB", "1.5 MiB".
#[must_use]
pub fn bytes(number: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if number < 10_000 {
        return format!("{} B", count(number));
    }
    let mut tenths = rounded(u128::from(number) * 10, 1024);
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        unit += 1;
        tenths = rounded(u128::from(number) * 10, 1 << (10 * (unit + 1)));
    }
    format!("{} {}", with_tenths(tenths), UNITS[unit])
}

/// A duration in nanoseconds: "350 µs", "40 ms", "3 320 ms", "12.5 s", "2 min 5 s". Milliseconds go up to 10 s, so that
/// what a page says can be found in the milliseconds of its ladder.
#[must_use]
pub fn duration(nanoseconds: u64) -> String {
    /// Each unit with how many tenths of it are too many.
    const UNITS: [(&str, u128, u128); 4] =
        [("ns", 1, 10_000), ("µs", 1_000, 10_000), ("ms", 1_000_000, 100_000), ("s", 1_000_000_000, 1_200)];
    // No time at all has no unit of its own: that of most times here.
    if nanoseconds == 0 {
        return "0 ms".to_owned();
    }
    let nanoseconds = u128::from(nanoseconds);
    for (name, unit, too_many) in UNITS {
        // As rounded: 999.96 µs is 1 ms, not 1 000 µs.
        let tenths = rounded(nanoseconds * 10, unit);
        if tenths < too_many {
            return format!("{} {name}", with_tenths(tenths));
        }
    }
    let seconds = rounded(nanoseconds, 1_000_000_000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{} h {minutes} min", count(hours as u64)) } else { format!("{minutes} min {seconds} s") }
}

/// How long nobody said anything, in nanoseconds, if that is worth a line between two things that were said: "7.2 s of
/// silence". It is read by itself, so that seconds need not be found in a ladder's milliseconds.
#[must_use]
pub fn silence(nanoseconds: u64) -> Option<String> {
    const NOTICEABLE: u64 = 1_000_000_000;
    const LONG: u64 = 120 * NOTICEABLE;
    match nanoseconds {
        0..=NOTICEABLE => None,
        LONG.. => Some(format!("{} of silence", duration(nanoseconds))),
        _ => Some(format!("{} s of silence", with_tenths(rounded(u128::from(nanoseconds) * 10, 1_000_000_000)))),
    }
}

/// How long after a beginning something was, in nanoseconds: seconds to the microsecond, "0.001500", so that the lines of a
/// conversation have them one below the other.
#[must_use]
pub fn clock(nanoseconds: u64) -> String {
    let microseconds = nanoseconds / 1000;
    format!("{}.{:06}", microseconds / 1_000_000, microseconds % 1_000_000)
}

/// A point in time, in UTC: "2023-11-14 22:13:20.000123 UTC"; nine decimals where the last three say something.
#[must_use]
pub fn time(time: Timestamp) -> String {
    let (seconds, nanoseconds) = (time.0 / 1_000_000_000, time.0 % 1_000_000_000);
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    let fraction =
        if nanoseconds % 1000 == 0 { format!("{:06}", nanoseconds / 1000) } else { format!("{nanoseconds:09}") };
    format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{fraction} UTC")
}

/// How the times of a ladder are written: milliseconds, with as many decimals as tell its rows apart.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    decimals: u32,
    columns: usize,
}

impl Times {
    /// For these, in nanoseconds.
    #[must_use]
    pub fn of(times: impl IntoIterator<Item = u64>) -> Self {
        let times: Vec<u64> = times.into_iter().collect();
        let last = times.iter().max().copied().unwrap_or(0);
        let whole = times.iter().all(|at| at % 1_000_000 == 0);
        let decimals = match last {
            _ if whole => 0,
            0..10_000_000 => 3,
            10_000_000..1_000_000_000 => 1,
            _ => 0,
        };
        let this = Self { decimals, columns: 0 };
        Self { columns: times.iter().map(|at| this.number(*at).len()).max().unwrap_or(0).max(3), ..this }
    }

    /// One of them, without its unit.
    #[must_use]
    pub fn number(self, at: u64) -> String {
        let step = 10_u64.pow(6 - self.decimals);
        let steps = at / step + u64::from(at % step >= step / 2);
        let one = 10_u64.pow(self.decimals);
        let whole = count(steps / one);
        if self.decimals == 0 { whole } else { format!("{whole}.{:0d$}", steps % one, d = self.decimals as usize) }
    }

    /// One of them, aligned on the right; the unit stands on the first only.
    #[must_use]
    pub fn text(self, at: u64, first: bool) -> String {
        let unit = if first { " ms" } else { "" };
        format!("{:>columns$}{unit}", self.number(at), columns = self.columns)
    }

    /// How many columns they take, the unit aside.
    #[must_use]
    pub fn columns(self) -> usize {
        self.columns
    }
}

fn rounded(number: u128, unit: u128) -> u128 {
    (number + unit / 2) / unit
}

/// One decimal where it is not 0 and the number is short enough for it to matter.
fn with_tenths(tenths: u128) -> String {
    match (tenths / 10, tenths % 10) {
        (whole, tenth) if whole < 100 && tenth > 0 => format!("{whole}.{tenth}"),
        _ => count(rounded(tenths, 10) as u64),
    }
}

/// Year, month and day of a number of days after 1970-01-01. Time stamps end in 2554, so walking the years is cheap.
fn date(mut days: u64) -> (u64, u64, u64) {
    let is_leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1980, 1_000_000].map(count), ["0", "999", "1 980", "1 000 000"]);
        assert_eq!(counted(1, "packet"), "1 packet");
        assert_eq!(counted(1400, "packet"), "1 400 packets");
    }

    #[test]
    fn sizes_are_exact_while_they_are_small() {
        assert_eq!(
            [0, 1980, 9_999, 65_536, 10_000, 1_572_864, u64::MAX].map(bytes),
            ["0 B", "1 980 B", "9 999 B", "64 KiB", "9.8 KiB", "1.5 MiB", "16 EiB"]
        );
        assert_eq!(bytes(1_048_575), "1 MiB");
    }

    #[test]
    fn durations_take_the_unit_that_suits_them() {
        let cases: [(u64, &str); 13] = [
            (0, "0 ms"),
            (350_000, "350 µs"),
            (40_000_000, "40 ms"),
            (12_345_678, "12.3 ms"),
            (999_960, "1 ms"),
            (999_960_000, "1 000 ms"),
            (3_320_000_000, "3 320 ms"),
            (9_999_960_000, "10 s"),
            (12_340_000_000, "12.3 s"),
            (119_000_000_000, "119 s"),
            (125_000_000_000, "2 min 5 s"),
            (7_384_000_000_000, "2 h 3 min"),
            (u64::MAX, "5 124 095 h 34 min"),
        ];
        for (nanoseconds, text) in cases {
            assert_eq!(duration(nanoseconds), text);
        }
    }

    #[test]
    fn a_silence_is_told_from_a_second_on() {
        let told = [1_000_000_000, 1_040_000_000, 7_200_000_000, 12_340_000_000, 125_000_000_000].map(silence);
        let told = told.map(Option::unwrap_or_default);
        let of = |time: &str| format!("{time} of silence");
        assert_eq!(told, [String::new(), of("1 s"), of("7.2 s"), of("12.3 s"), of("2 min 5 s")]);
    }

    #[test]
    fn clocks_line_up() {
        assert_eq!([0, 1_500_999, 12_000_000_000].map(clock), ["0.000000", "0.001500", "12.000000"]);
    }

    #[test]
    fn times_are_read_as_utc_dates() {
        let cases: [(u64, &str); 5] = [
            (0, "1970-01-01 00:00:00.000000 UTC"),
            (1_700_000_000_000_123_000, "2023-11-14 22:13:20.000123 UTC"),
            (1_700_000_000_000_123_456, "2023-11-14 22:13:20.000123456 UTC"),
            (1_709_164_800_000_000_000, "2024-02-29 00:00:00.000000 UTC"),
            (u64::MAX, "2554-07-21 23:34:33.709551615 UTC"),
        ];
        for (nanoseconds, text) in cases {
            assert_eq!(time(Timestamp(nanoseconds)), text);
        }
    }
}
