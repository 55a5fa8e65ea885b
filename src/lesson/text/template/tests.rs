use proptest::prelude::*;

use super::*;
use crate::capture::Timestamp;
use crate::inspect::event::{Event, Novelty, PacketContent, PacketSeen, SegmentSeen, Sink};
use crate::inspect::record::{Direction, Moment};
use crate::lesson::measure::Measurer;

/// A capture of so many packets of 60 bytes.
fn measures(packets: u64) -> Measures {
    let mut measurer = Measurer::new();
    for number in 1..=packets {
        measurer.event(Event::Packet(&PacketSeen {
            moment: Moment { packet: number, time: Timestamp(number * 40_000_000) },
            interface: 0,
            original_length: 60,
            captured_length: 60,
            content: PacketContent::Tcp(SegmentSeen {
                connection: 0,
                direction: Direction::Client,
                flags: if number == 1 { 2 } else { 16 },
                stream_offset: 0,
                acknowledged: 0,
                window: 0,
                payload_length: 0,
                novelty: Novelty::Empty,
            }),
        }));
    }
    measurer.finish()
}

fn fill(text: &str) -> Result<String, FillError> {
    let template = Template::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    template.fill(&[&measures(33), &measures(15)]).map(|text| text.replace('\u{a0}', " "))
}

fn filled(text: &str) -> String {
    fill(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn problem(text: &str) -> String {
    Template::parse(text).unwrap_err().to_string()
}

#[test]
fn a_measure_stands_in_its_placeholder_with_its_unit() {
    assert_eq!(filled("{a.packets} packets, {b.wire_bytes}, {b.round_trip_time}."), "33 packets, 900 bytes, 40 ms.");
}

#[test]
fn differences_products_ratios_and_shares_are_reckoned() {
    assert_eq!(filled("{a.wire_bytes - b.wire_bytes}"), "1 080 bytes");
    assert_eq!(filled("{b.packets - a.packets}"), "-18");
    assert_eq!(filled("{a.packets / b.packets}"), "2.2");
    assert_eq!(filled("{a.packets / 11}"), "3");
    assert_eq!(filled("{a.wire_bytes / a.packets}"), "60 bytes");
    assert_eq!(filled("{b.packets % a.packets}"), "45 %");
    assert_eq!(filled("{b.packets * b.round_trip_time}"), "600 ms");
    assert_eq!(filled("{2 * b.wire_bytes}"), "1 800 bytes");
}

#[test]
fn braces_in_code_are_literal() {
    let text = "`{a.packets}` is {a.packets}\n```js\nif (a) { b() }\n```\n{b.packets}";
    assert_eq!(filled(text), "`{a.packets}` is 33\n```js\nif (a) { b() }\n```\n15");
}

#[test]
fn a_placeholder_that_says_nothing_is_an_error_with_its_line() {
    assert_eq!(Template::parse("one\n```\n{\n```\n{a.oops}").unwrap_err().line, 5);
    assert!(problem("{a.roundtrips}").contains("did you mean `round_trips`?"));
    for malformed in ["{}", "{7}", "{e.packets}", "{a packets}", "{a.packets + b.packets}", "{1 - 2}", "{a.packets -}"]
    {
        assert!(problem(malformed).contains("is no placeholder"), "{malformed}: {}", problem(malformed));
    }
    for lone in ["{a.packets", "a.packets}"] {
        assert!(problem(lone).contains("stands alone"), "{lone}");
    }
}

#[test]
fn unlike_units_are_not_reckoned_with_each_other() {
    for text in ["{a.packets - a.wire_bytes}", "{a.time_to_last % a.packets}", "{a.wire_bytes * b.wire_bytes}"] {
        assert!(problem(text).contains("do not go together"), "{text}");
    }
}

#[test]
fn what_was_not_captured_cannot_be_filled_in() {
    let nth = std::num::NonZeroU32::MIN.saturating_add(1);
    let measure = Measure::TimeToNth(nth);
    assert_eq!(fill("{a.time_to_nth(2)}"), Err(FillError::NoMoment { side: Side::A, measure }));
    assert_eq!(fill("{c.packets}"), Err(FillError::NoSide { side: Side::C }));
    let placeholder = "a.packets / b.frames".to_owned();
    assert_eq!(fill("{a.packets / b.frames}"), Err(FillError::DivisionByZero { placeholder }));
}

#[test]
fn values_are_written_for_people() {
    let format = |unit: Unit, value| unit.format(value).replace('\u{a0}', " ");
    assert_eq!(format(Unit::Count, 9_999), "9 999");
    assert_eq!(format(Unit::Count, 1_234_567), "1 234 567");
    assert_eq!(format(Unit::Bytes, 1), "1 byte");
    assert_eq!(format(Unit::Bytes, 65_536), "65 536 bytes");
    assert_eq!(format(Unit::Nanoseconds, 0), "0 ms");
    assert_eq!(format(Unit::Nanoseconds, 1_500), "1.5 µs");
    assert_eq!(format(Unit::Nanoseconds, 240_000_000), "240 ms");
    assert_eq!(format(Unit::Nanoseconds, 3_040_500_000), "3 041 ms");
    assert_eq!(format(Unit::Nanoseconds, 40_500_000), "40.5 ms");
    assert_eq!(format(Unit::Nanoseconds, 12_000_000_000), "12 s");
}

proptest! {
    #[test]
    fn whatever_is_written_is_parsed_or_refused(text in "[a-d{}.`\n_ */%0-9-]{0,60}") {
        if let Ok(template) = Template::parse(&text) {
            let _ = template.fill(&[&Measures::default(), &Measures::default()]);
        }
    }

    #[test]
    fn what_is_put_together_of_placeholders_is_filled_or_says_what_cannot_be(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "{a.packets}", "{b.packets - 1}", "{a.wire_bytes / b.packets}", "{b.time_to_nth(2)}", "`{a.packets}`", " and ", "\n",
        ]), 0..8),
        counts in (0_u64..3, 0_u64..3),
    ) {
        let template = Template::parse(&pieces.concat()).unwrap();
        let filled = template.fill(&[&measures(counts.0), &measures(counts.1)]);
        let is = |piece: &str| pieces.contains(&piece);
        let divides_by_zero = counts.1 == 0 && is("{a.wire_bytes / b.packets}");
        let impossible = divides_by_zero || is("{b.time_to_nth(2)}");
        prop_assert_eq!(filled.is_err(), impossible, "{:?}", filled);
        prop_assert!(!filled.unwrap_or_default().contains("{b."), "a placeholder is left");
    }

    #[test]
    fn text_without_braces_is_left_alone(text in "[^{}]{0,80}") {
        prop_assert_eq!(fill(&text), Ok(text.replace('\u{a0}', " ")));
    }
}
