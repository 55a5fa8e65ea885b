//! The only randomness a lesson has: numbers that follow from the seed, so that a run can be repeated byte for byte.

/// What a stream of random numbers is for; different purposes never share numbers.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// Which frames the medium loses.
    Loss,
    /// A host's own choices, such as initial sequence numbers.
    Host(u8),
    /// What the programs on the hosts draw: the how-manieth drawing of a demonstration.
    Program(u32),
}

/// A repeatable stream of random numbers: `SplitMix64`. Not for secrets.
#[derive(Clone, Debug)]
pub struct Seeded(u64);

impl Seeded {
    /// The stream of one purpose on one side of a lesson.
    #[must_use]
    pub fn new(seed: u64, side: u8, purpose: Purpose) -> Self {
        let purpose = match purpose {
            Purpose::Loss => 0,
            Purpose::Host(host) => 1 << 32 | u64::from(host),
            Purpose::Program(drawing) => 2 << 32 | u64::from(drawing),
        };
        Self(Self(seed).next_u64() ^ Self(u64::from(side) << 40 | purpose).next_u64())
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// The next `N` bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next_u64().to_be_bytes()[..chunk.len()]);
        }
        bytes
    }

    /// Whether something happens that happens `percent` times in a hundred.
    pub fn happens(&mut self, percent: f64) -> bool {
        let unit = (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        unit * 100.0 < percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_happen_never_does_and_what_must_always_does() {
        let mut random = Seeded::new(1, 0, Purpose::Loss);
        assert!((0..10_000).all(|_| !random.happens(0.0) && random.happens(100.0)));
    }

    #[test]
    fn five_percent_is_about_one_in_twenty() {
        let mut random = Seeded::new(1, 0, Purpose::Loss);
        let hits = (0..10_000).filter(|_| random.happens(5.0)).count();
        assert!((400..600).contains(&hits), "{hits}");
    }

    #[test]
    fn sides_seeds_and_purposes_draw_different_numbers() {
        let draw = |seed, side, purpose| Seeded::new(seed, side, purpose).next_u64();
        let mut drawn = vec![
            draw(1, 0, Purpose::Loss),
            draw(2, 0, Purpose::Loss),
            draw(1, 1, Purpose::Loss),
            draw(1, 0, Purpose::Host(0)),
            draw(1, 0, Purpose::Host(1)),
            draw(1, 0, Purpose::Program(0)),
        ];
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn.len(), 6);
    }
}
