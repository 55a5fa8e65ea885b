//! Reads the values of flags. An error says what to write instead.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use hyper::header::{HeaderName, HeaderValue};
use wire101::capture::{PacketName, Timestamp};
use wire101::commands::connect::Data;
use wire101::explain;
use wire101::filter::{Host, Point};
use wire101::inspect::Spoken;
use wire101::inspect::record::Direction;
use wire101::layers::application::websocket::close_code_is_valid;

/// Nanoseconds of a second.
const SECOND: u64 = 1_000_000_000;

pub fn exchange(text: &str) -> Result<(u64, u64), String> {
    let parts = text.split_once('.').and_then(|(c, i)| Some((c.parse().ok()?, i.parse().ok()?)));
    parts.ok_or_else(|| "write connection.index, both from 0: 0.0".to_owned())
}

pub fn packet(text: &str) -> Result<PacketName, &'static str> {
    text.parse()
}

pub fn body(text: &str) -> Result<((u64, u64), Direction), String> {
    let (name, direction) = match text.split_once(':') {
        None | Some((_, "response")) => (text.split(':').next().unwrap_or(text), Direction::Server),
        Some((name, "request")) => (name, Direction::Client),
        Some(_) => return Err("write the exchange and whose body you want: 0.0, 0.0:request".to_owned()),
    };
    Ok((exchange(name)?, direction))
}

pub fn host(text: &str) -> Result<Host, String> {
    let address = text.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => Ok(Host::Address(address)),
        Err(_) if text.is_empty() || text.contains(['/', ':', ' ']) => {
            Err("write an address or a name, without a port: 10.0.0.2, ::1, example.com, '*.example.com'".to_owned())
        }
        Err(_) => Ok(Host::Name(text.to_owned())),
    }
}

pub fn address(text: &str) -> Result<IpAddr, String> {
    let address = text.trim_start_matches('[').trim_end_matches(']').parse();
    address.map_err(|_| "write an address, not a name: 127.0.0.1, ::1, or 0.0.0.0 for all of them".to_owned())
}

pub fn origin(text: &str) -> Result<String, String> {
    let is_origin = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/');
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    if text == "null" || rest.is_some_and(is_origin) {
        return Ok(text.to_ascii_lowercase());
    }
    Err("write the scheme, name and port, as in the Origin header, without a path: http://lab.example:3000".to_owned())
}

/// A host's name.
pub fn host_name(text: &str) -> Result<String, String> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if !text.is_empty() && text.bytes().all(is_name) {
        return Ok(text.to_ascii_lowercase());
    }
    Err("write only a name, without scheme and port: lab.example".to_owned())
}

/// How long something goes on.
pub fn period(text: &str) -> Result<Duration, String> {
    let nanoseconds = nanoseconds(text).filter(|it| *it > 0);
    nanoseconds.map(Duration::from_nanos).ok_or_else(|| "write a number and a unit: 10s, 5m, 1h".to_owned())
}

/// So many nanoseconds, as a number and a unit.
fn nanoseconds(text: &str) -> Option<u64> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[number.len()..] {
        "ms" => 1_000_000,
        "s" => SECOND,
        "m" | "min" => 60 * SECOND,
        "h" => 3600 * SECOND,
        _ => return None,
    };
    let billionths = decimal(number, 9)?;
    let nanoseconds = (u128::from(billionths) * u128::from(unit)).checked_div(SECOND.into())?;
    u64::try_from(nanoseconds).ok()
}

/// A capture, and by how many nanoseconds its times are moved: none, if its clock is right.
pub fn clock(text: &str) -> Result<(String, i64), String> {
    let wrong = || {
        "write a capture's name, and by how much its times are moved: b.pcap=+1.2s, b.pcap=-1h, b.pcap=0s".to_owned()
    };
    let (name, moved) = text.rsplit_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(wrong)?;
    let (is_back, moved) = match (moved.strip_prefix('-'), moved.strip_prefix('+')) {
        (Some(moved), _) => (true, moved),
        (None, forward) => (false, forward.unwrap_or(moved)),
    };
    let moved = nanoseconds(moved).and_then(|it| i64::try_from(it).ok()).ok_or_else(wrong)?;
    Ok((name.to_owned(), if is_back { -moved } else { moved }))
}

pub fn port(text: &str) -> Result<RangeInclusive<u16>, String> {
    range(text).ok_or_else(|| "write a port or a range of ports: 80, 8000-8999".to_owned())
}

pub fn status(text: &str) -> Result<RangeInclusive<u16>, String> {
    let class = text.to_ascii_lowercase();
    let class =
        class.strip_suffix("xx").and_then(|digit| digit.parse::<u16>().ok()).filter(|digit| (1..=9).contains(digit));
    let range = class.map(|digit| digit * 100..=digit * 100 + 99).or_else(|| range(text));
    range
        .filter(|range| *range.start() >= 100 && *range.end() <= 999)
        .ok_or_else(|| "write a status, a class or a range: 404, 4xx, 400-499".to_owned())
}

/// "80", or "8000-8999".
fn range<T: FromStr + PartialOrd>(text: &str) -> Option<RangeInclusive<T>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = first.parse().ok()?..=last.parse().ok()?;
    (!range.is_empty()).then_some(range)
}

pub fn opcode(text: &str) -> Result<u8, String> {
    let known = |opcode: &u8| {
        let entry = explain::opcode(*opcode).filter(|entry| entry.number().is_some());
        entry.is_some_and(|entry| entry.name.eq_ignore_ascii_case(text))
    };
    let opcode = (0..=15).find(known).or_else(|| text.parse().ok());
    opcode
        .filter(|opcode| *opcode <= 15)
        .ok_or_else(|| "write continuation, text, binary, close, ping, pong, or a number from 0 to 15".to_owned())
}

pub fn direction(text: &str) -> Result<Direction, String> {
    match text {
        "client" => Ok(Direction::Client),
        "server" => Ok(Direction::Server),
        _ => Err("write client or server".to_owned()),
    }
}

pub fn text(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("write some text: error".to_owned()) } else { Ok(text.to_owned()) }
}

pub fn decode_as(text: &str) -> Result<(u16, Spoken), String> {
    let wrong = || "write a port and its protocol: 8080=websocket, 8000=http".to_owned();
    let (port, spoken) = text.split_once('=').ok_or_else(wrong)?;
    let spoken = match spoken {
        "websocket" => Spoken::WebSocket,
        "http" => Spoken::Http,
        _ => return Err(wrong()),
    };
    Ok((port.parse().map_err(|_| wrong())?, spoken))
}

pub fn point(text: &str) -> Result<Point, String> {
    let wrong = || "write a packet ('#120'), seconds from the start (2.5s), or a time in UTC (2023-11-14T22:13:20Z)";
    if let Some(number) = text.strip_prefix('#') {
        let number = number.parse().ok().filter(|number| *number > 0);
        return number.map(Point::Packet).ok_or_else(|| wrong().to_owned());
    }
    let after = text.strip_suffix("ms").map(|number| (number, 6)).or(text.strip_suffix('s').map(|number| (number, 9)));
    let point = match after {
        Some((number, decimals)) => decimal(number, decimals).map(Point::After),
        None => time(text).map(|time| Point::At(Timestamp(time))),
    };
    point.ok_or_else(|| wrong().to_owned())
}

pub fn time_span(text: &str) -> Result<Duration, String> {
    match point(text) {
        Ok(Point::After(nanoseconds)) => Ok(Duration::from_nanos(nanoseconds)),
        _ => Err("write a number and a unit: 500ms or 2.5s".to_owned()),
    }
}

pub fn field(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text.split_once(':').ok_or_else(|| "write name and value: 'Accept: text/html'".to_owned())?;
    let name = HeaderName::from_str(name).map_err(|_| format!("{name:?} can't be the name of a header"))?;
    let value =
        HeaderValue::from_str(value.trim()).map_err(|_| "a value can't contain control characters".to_owned())?;
    Ok((name, value))
}

pub fn data(text: &str) -> Result<Data, String> {
    Ok(match text.strip_prefix('@') {
        Some("") => return Err("write the file's name: @FILE".to_owned()),
        Some("-") => Data::Stdin,
        Some(path) => Data::File(path.into()),
        None if text == "-" => Data::Stdin,
        None => Data::Text(text.to_owned()),
    })
}

/// A token of HTTP (RFC 9110 §5.6.2), as names of fields are.
pub fn token(text: &str) -> Result<String, String> {
    match HeaderName::from_str(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("write letters, digits and hyphens, without spaces or commas: chat.v2".to_owned()),
    }
}

/// What a client may close with (RFC 6455 §7.4).
pub fn close_code(text: &str) -> Result<u16, String> {
    let code = text.parse().ok().filter(|code| close_code_is_valid(*code));
    code.ok_or_else(|| "write a code that can be sent: 1000, 1001, or 3000 to 4999 for your own".to_owned())
}

/// A decimal number, in units of so many decimals: "2.5" with 9 of them is 2 500 000 000.
fn decimal(text: &str, decimals: u32) -> Option<u64> {
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if is_number(fraction) && fraction.len() <= decimals as usize => {
            (whole, fraction.parse::<u64>().ok()? * 10_u64.pow(decimals - fraction.len() as u32))
        }
        Some(_) => return None,
        None => (text, 0),
    };
    if !is_number(whole) {
        return None;
    }
    whole.parse::<u64>().ok()?.checked_mul(10_u64.pow(decimals))?.checked_add(fraction)
}

/// Nanoseconds since 1970 of "2023-11-14T22:13:20.5Z" (RFC 3339), of a time with a space in place of the T, without seconds, or
/// of a date alone. All are in UTC.
fn time(text: &str) -> Option<u64> {
    let text = text.trim_end_matches(" UTC").trim_end_matches(['Z', 'z']);
    let (date, clock) = text.split_once(['T', 't', ' ']).unwrap_or((text, "00:00"));
    let [year, month, day] = numbers(date, '-')?;
    let (minutes, seconds) = match clock.match_indices(':').nth(1) {
        Some((second_colon, _)) => (&clock[..second_colon], decimal(&clock[second_colon + 1..], 9)?),
        None => (clock, 0),
    };
    let [hour, minute] = numbers(minutes, ':')?;
    let in_range = (1970..=2554).contains(&year) && (1..=12).contains(&month) && hour < 24 && minute < 60;
    if !in_range || !(1..=days_of(year, month)).contains(&day) || seconds >= 61 * SECOND {
        return None;
    }
    let years: u64 = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let months: u64 = (1..month).map(|month| days_of(year, month)).sum();
    let minutes = ((years + months + day - 1) * 24 + hour) * 60 + minute;
    minutes.checked_mul(60 * SECOND)?.checked_add(seconds)
}

fn numbers<const N: usize>(text: &str, separator: char) -> Option<[u64; N]> {
    let numbers: Vec<u64> = text.split(separator).map(|number| decimal(number, 0)).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of(year: u64, month: u64) -> u64 {
    match month {
        2 => 28 + u64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_one_a_class_or_a_range() {
        assert_eq!(status("404"), Ok(404..=404));
        assert_eq!(status("4xx"), Ok(400..=499));
        assert_eq!(status("5XX"), Ok(500..=599));
        assert_eq!(status("400-418"), Ok(400..=418));
        for wrong in ["", "xx", "0xx", "44xx", "99", "1000", "499-400", "4x", "-"] {
            assert!(status(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_point_is_a_packet_a_time_after_the_start_or_a_date() {
        const DAY: u64 = 86_400 * SECOND;
        assert_eq!(point("#120"), Ok(Point::Packet(120)));
        assert_eq!(point("2.5s"), Ok(Point::After(2_500_000_000)));
        assert_eq!(point("80ms"), Ok(Point::After(80_000_000)));
        let at = |text| match point(text) {
            Ok(Point::At(time)) => Some(time.0),
            _ => None,
        };
        assert_eq!(at("1970-01-02"), Some(DAY));
        assert_eq!(at("2023-11-14T22:13:20Z"), Some(1_700_000_000 * SECOND));
        assert_eq!(at("2023-11-14 22:13:20.000123456 UTC"), Some(1_700_000_000_000_123_456));
        assert_eq!(at("2024-02-29T00:00Z"), Some(1_709_164_800 * SECOND));
        for wrong in [
            "",
            "#0",
            "#",
            "-1s",
            "1.s",
            "2023-02-29",
            "2023-11-14T24:00Z",
            "2023-11-14T22:61",
            "2023-13-01",
            "12:00",
            "9999-01-01",
            "99999999999999s",
            "é",
        ] {
            assert!(point(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_host_is_an_address_or_a_name() {
        assert_eq!(host("10.0.0.2"), Ok(Host::Address("10.0.0.2".parse().unwrap())));
        assert_eq!(host("[::1]"), Ok(Host::Address("::1".parse().unwrap())));
        assert_eq!(host("*.example.com"), Ok(Host::Name("*.example.com".into())));
        assert!(host("example.com:80").is_err() && host("http://example.com").is_err());
    }

    #[test]
    fn a_close_code_is_one_that_may_be_sent() {
        assert_eq!(["1000", "1011", "4999"].map(|text| close_code(text).ok()), [Some(1000), Some(1011), Some(4999)]);
        for wrong in ["", "999", "1004", "1005", "1006", "1015", "2999", "5000"] {
            assert!(close_code(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_body_is_text_a_file_or_what_comes_in() {
        assert_eq!(data("a@b"), Ok(Data::Text("a@b".to_owned())));
        assert_eq!(data("@a"), Ok(Data::File("a".into())));
        assert_eq!((data("-"), data("@-")), (Ok(Data::Stdin), Ok(Data::Stdin)));
        assert!(data("@").is_err());
    }

    #[test]
    fn a_field_has_a_name_and_a_value() {
        assert_eq!(
            field("X-A:  b: c ").map(|(name, value)| (name.to_string(), value)),
            Ok(("x-a".to_owned(), HeaderValue::from_static("b: c")))
        );
        for wrong in ["", "a", "a b: c", "a: b\nc", ": b"] {
            assert!(field(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(origin("http://Lab.example:3000"), Ok("http://lab.example:3000".to_owned()));
        assert_eq!(origin("null"), Ok("null".to_owned()));
        for wrong in ["", "lab.example", "http://", "http://lab.example/", "ftp://lab.example", "http://a b"] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_period_has_a_unit() {
        assert_eq!(period("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(period("1.5m"), Ok(Duration::from_secs(90)));
        assert_eq!(period("250ms"), Ok(Duration::from_millis(250)));
        assert!(["", "10", "s", "0s", "-1s", "1d", "99999999999h"].iter().all(|wrong| period(wrong).is_err()));
    }

    #[test]
    fn opcodes_go_by_name_or_number() {
        assert_eq!(["text", "Ping", "11"].map(|text| opcode(text).ok()), [Some(1), Some(9), Some(11)]);
        assert!(opcode("16").is_err() && opcode("reserved").is_err());
    }

    #[test]
    fn a_body_is_the_responses_unless_it_is_said_otherwise() {
        assert_eq!(body("1.2"), Ok(((1, 2), Direction::Server)));
        assert_eq!(body("1.2:response"), Ok(((1, 2), Direction::Server)));
        assert_eq!(body("1.2:request"), Ok(((1, 2), Direction::Client)));
        assert!(body("1.2:both").is_err() && body("1").is_err());
    }

    #[test]
    fn what_is_decoded_as_what_needs_a_port() {
        assert_eq!(decode_as("8080=websocket"), Ok((8080, Spoken::WebSocket)));
        assert_eq!(decode_as("1=http"), Ok((1, Spoken::Http)));
        assert!(decode_as("websocket").is_err() && decode_as("x=http").is_err() && decode_as("1=tls").is_err());
    }
}
