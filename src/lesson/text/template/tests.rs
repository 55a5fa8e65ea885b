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

fn fill(placeholder: Placeholder) -> Result<String, FillError> {
    let parts = vec![TextPart::Literal("<"), TextPart::Value(placeholder), TextPart::Literal(">")].leak();
    let filled = Template { parts }.fill(&[&measures(33), &measures(15)])?;
    Ok(filled.replace('\u{a0}', " "))
}

fn alone(first: Operand) -> Result<String, FillError> {
    fill(Placeholder { first, rest: None })
}

fn reckoned(first: Operand, operator: Operator, second: Operand) -> Result<String, FillError> {
    fill(Placeholder { first, rest: Some((operator, second)) })
}

fn a(measure: Measure) -> Operand {
    Operand::Measured { side: Side::A, measure }
}

fn b(measure: Measure) -> Operand {
    Operand::Measured { side: Side::B, measure }
}

#[test]
fn a_measure_stands_in_its_placeholder_with_its_unit() {
    for (measure, value) in
        [(Measure::Packets, "<15>"), (Measure::WireBytes, "<900 bytes>"), (Measure::RoundTripTime, "<40 ms>")]
    {
        assert_eq!(alone(b(measure)).as_deref(), Ok(value));
    }
}

#[test]
fn differences_products_ratios_and_shares_are_reckoned() {
    use Measure::{Packets, RoundTripTime, WireBytes};
    use Operator::{Minus, Per, Percent, Times};
    for (first, operator, second, value) in [
        (a(WireBytes), Minus, b(WireBytes), "<1 080 bytes>"),
        (b(Packets), Minus, a(Packets), "<-18>"),
        (a(Packets), Per, b(Packets), "<2.2>"),
        (a(Packets), Per, Operand::Number(11), "<3>"),
        (a(WireBytes), Per, a(Packets), "<60 bytes>"),
        (b(Packets), Percent, a(Packets), "<45 %>"),
        (b(Packets), Times, b(RoundTripTime), "<600 ms>"),
        (Operand::Number(2), Times, b(WireBytes), "<1 800 bytes>"),
    ] {
        assert_eq!(reckoned(first, operator, second).as_deref(), Ok(value));
    }
}

#[test]
fn what_was_not_captured_cannot_be_filled_in() {
    let nth = std::num::NonZeroU32::MIN.saturating_add(1);
    let measure = Measure::TimeToNth(nth);
    assert_eq!(alone(a(measure)), Err(FillError::NoMoment { side: Side::A, measure }));
    let of_c = Operand::Measured { side: Side::C, measure: Measure::Packets };
    assert_eq!(alone(of_c), Err(FillError::NoSide { side: Side::C }));
    let placeholder = "a.packets / b.frames".to_owned();
    let shared_out = reckoned(a(Measure::Packets), Operator::Per, b(Measure::Frames));
    assert_eq!(shared_out, Err(FillError::DivisionByZero { placeholder }));
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
