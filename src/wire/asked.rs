//! A wire's settings as people write them. An error says what to write instead.

use std::time::Duration;

/// A time: "80ms", "1.5s"; a number alone is milliseconds. At most a minute.
///
/// # Errors
///
/// What to write instead.
pub fn duration(text: &str) -> Result<Duration, String> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == 'µ');
    let seconds = match &text[number.len()..] {
        "s" => 1.0,
        "ms" | "" => 1e-3,
        "us" | "µs" => 1e-6,
        unit => return Err(format!("{unit:?} isn't a unit of time; write 80ms or 1.5s")),
    };
    let number: f64 = number.parse().map_err(|_| "write a number and a unit: 80ms or 1.5s".to_owned())?;
    let duration = Duration::try_from_secs_f64(number * seconds)
        .map_err(|_| "a time must not be negative or endless".to_owned())?;
    if duration > Duration::from_mins(1) {
        return Err("more than a minute is farther than the Moon and back; choose at most 60s".to_owned());
    }
    Ok(duration)
}

/// How many of a hundred: "5", "0.5%". At most 90.
///
/// # Errors
///
/// What to write instead.
pub fn percent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').parse::<f64>() {
        Ok(percent) if (0.0..=90.0).contains(&percent) => Ok(percent),
        _ => Err("write a number from 0 to 90".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit_and_an_end() {
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("80"), Ok(Duration::from_millis(80)));
        for wrong in ["", "far", "1h", "-1s", "61s", "NaN", "1e99s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn losses_leave_something_to_arrive() {
        assert_eq!((percent("5"), percent("0.5%")), (Ok(5.0), Ok(0.5)));
        for wrong in ["", "-1", "91", "NaN"] {
            assert!(percent(wrong).is_err(), "{wrong}");
        }
    }
}
