//! What a pcapng time stamp counts: the interface's resolution and offset (`if_tsresol`, `if_tsoffset`).

use super::Timestamp;

const NANOSECONDS: u128 = 1_000_000_000;

/// How an interface's time stamps become nanoseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    unit: Unit,
    /// Nanoseconds to add.
    offset: i128,
}

/// How long a tick is.
#[derive(Clone, Copy, Debug)]
enum Unit {
    /// So many nanoseconds.
    Nanoseconds(u128),
    /// A nanosecond is so many ticks.
    PerNanosecond(u128),
    /// 2 to the minus so many seconds.
    Binary(u8),
}

impl Clock {
    /// `resolution` as `if_tsresol` has it: the negative power of 10, or with the highest bit set of 2, that a tick is of a
    /// second; microseconds by default. `offset` is in seconds.
    pub(super) fn new(resolution: Option<u8>, offset: i64) -> Self {
        let unit = match resolution.unwrap_or(6) {
            power @ 0..=9 => Unit::Nanoseconds(10_u128.pow(9 - u32::from(power))),
            // Where the power saturates, no time stamp reaches a nanosecond.
            power @ 10..=0x7f => Unit::PerNanosecond(10_u128.saturating_pow(u32::from(power) - 9)),
            power => Unit::Binary(power & 0x7f),
        };
        Self { unit, offset: i128::from(offset) * NANOSECONDS.cast_signed() }
    }

    /// The moment `ticks` stands for; the nearest there is where it lies before 1970 or beyond 64 bits.
    #[inline]
    pub(super) fn time(self, ticks: u64) -> Timestamp {
        let ticks = u128::from(ticks);
        // 64 bits times the 30 of 10^9 stay below 2^94, so the sum cannot overflow.
        let nanoseconds = match self.unit {
            Unit::Nanoseconds(factor) => ticks * factor,
            Unit::PerNanosecond(divisor) => ticks / divisor,
            Unit::Binary(power) => (ticks * NANOSECONDS) >> power,
        };
        let moment = nanoseconds.cast_signed() + self.offset;
        Timestamp(u64::try_from(moment.max(0)).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(resolution: Option<u8>, offset: i64, ticks: u64) -> u64 {
        Clock::new(resolution, offset).time(ticks).0
    }

    #[test]
    fn a_tick_is_a_microsecond_unless_told_otherwise() {
        assert_eq!(time(None, 0, 5), 5_000);
        assert_eq!(time(Some(9), 0, 5), 5);
        assert_eq!(time(Some(0), 0, 5), 5_000_000_000);
        assert_eq!(time(Some(12), 0, 5_999), 5);
    }

    #[test]
    fn a_tick_may_be_a_negative_power_of_two_of_a_second() {
        assert_eq!(time(Some(0x80), 0, 3), 3_000_000_000);
        assert_eq!(time(Some(0x81), 0, 3), 1_500_000_000);
        assert_eq!(time(Some(0x8a), 0, 1), 976_562);
    }

    #[test]
    fn an_offset_moves_the_moment_by_whole_seconds() {
        assert_eq!(time(Some(9), 2, 5), 2_000_000_005);
        assert_eq!(time(Some(9), -1, 1_000_000_005), 5);
    }

    #[test]
    fn moments_out_of_range_saturate_at_every_resolution() {
        assert_eq!(time(Some(9), -1, 5), 0);
        for resolution in 0..=255 {
            for offset in [i64::MIN, 0, i64::MAX] {
                let _ = time(Some(resolution), offset, u64::MAX);
            }
        }
        assert_eq!(time(Some(0), 0, u64::MAX), u64::MAX);
        assert_eq!(time(Some(127), 0, u64::MAX), 0);
        assert_eq!(time(Some(0xff), 0, u64::MAX), 0);
    }
}
