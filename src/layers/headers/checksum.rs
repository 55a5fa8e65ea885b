//! The internet checksum (RFC 1071): what it should be, and what it means if it's wrong.
//!
//! A wrong checksum is shown, never a reason to drop a packet: where the network card fills it in, the capture is
//! taken before it does.

use std::fmt;
use std::net::IpAddr;

/// What a checksum field says about the bytes it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// It fits the bytes.
    Correct,
    /// The kernel left it to the network card, and the capture was taken before the card filled it in.
    Offloaded,
    /// UDP over IPv4 only: zero, the sender computed none (RFC 768).
    NotUsed,
    /// It doesn't fit the bytes; `expected` would.
    Wrong {
        /// The checksum that fits.
        expected: u16,
    },
    /// Some of the bytes that it covers are missing or unknown.
    Unverifiable,
}

impl fmt::Display for Checksum {
    /// "correct", "wrong, should be 0x1c46", and so on.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Correct => f.write_str("correct"),
            Self::Offloaded => f.write_str("left to the network card (offload)"),
            Self::NotUsed => f.write_str("not used"),
            Self::Wrong { expected } => write!(f, "wrong, should be 0x{expected:04x}"),
            Self::Unverifiable => f.write_str("cannot be checked here"),
        }
    }
}

impl Checksum {
    /// One line for a beginner.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Correct => "The bytes arrived as they were sent: added up, they give this sum.",
            Self::Offloaded => {
                "This machine was the sender, and its network card adds the sum after the capture: no damage."
            }
            Self::NotUsed => "The sender left it out, which UDP over IPv4 may do.",
            Self::Wrong { .. } => {
                "Some bit changed on the way, or a program rewrote the packet and left the sum as it was."
            }
            Self::Unverifiable => "It covers bytes that are not in this packet, so it cannot be recomputed.",
        }
    }
}

/// The 16-bit words of `bytes` added to `sum`, an odd last byte padded with zero.
#[must_use]
pub fn add(sum: u64, bytes: &[u8]) -> u64 {
    let (pairs, last) = bytes.as_chunks::<2>();
    let words = pairs.iter().fold(0_u64, |sum, pair| sum + u64::from(u16::from_be_bytes(*pair)));
    let last = last.first().map_or(0, |byte| u64::from(*byte) << 8);
    // Folded on the way in, so that no number of bytes can overflow it.
    u64::from(fold(sum)) + words + last
}

/// The ones' complement sum as 16 bits, not yet complemented.
#[must_use]
pub fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    sum as u16
}

/// The sum of the pseudo-header that TCP, UDP and `ICMPv6` check with their own bytes (RFC 9293 §3.1, RFC 8200 §8.1).
#[must_use]
pub fn pseudo_header(source: IpAddr, destination: IpAddr, protocol: u8, length: usize) -> u64 {
    let sum = [source, destination].into_iter().fold(0, |sum, address| match address {
        IpAddr::V4(address) => add(sum, &address.octets()),
        IpAddr::V6(address) => add(sum, &address.octets()),
    });
    let length = length as u32;
    sum + u64::from(protocol) + u64::from(length >> 16) + u64::from(length & 0xffff)
}

/// What the checksum at byte `at` of `covered` says about it, given the sum of everything else that it covers.
#[must_use]
pub fn judge(pseudo_header: u64, covered: &[u8], at: usize) -> Checksum {
    let Some(&[high, low]) = covered.get(at..).and_then(<[u8]>::first_chunk) else { return Checksum::Unverifiable };
    let found = u16::from_be_bytes([high, low]);
    let sum = add(pseudo_header, covered);
    if fold(sum) == 0xffff {
        return Checksum::Correct;
    }
    // Linux leaves the sum of the pseudo-header in the field for the card to continue from; others leave zero.
    if found == 0 || (pseudo_header != 0 && found == fold(pseudo_header)) {
        return Checksum::Offloaded;
    }
    let without = fold(sum + u64::from(!found));
    Checksum::Wrong { expected: !without }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_rfc_1071_adds_up() {
        assert_eq!(fold(add(0, &[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7])), 0xddf2);
    }

    proptest! {
        #[test]
        fn the_checksum_that_is_expected_is_the_one_that_is_correct(
            mut bytes in proptest::collection::vec(any::<u8>(), 4..80),
            pseudo_header in 1_u64..0x2_ffff,
        ) {
            match judge(pseudo_header, &bytes, 2) {
                Checksum::Wrong { expected } => {
                    bytes[2..4].copy_from_slice(&expected.to_be_bytes());
                    prop_assert_eq!(judge(pseudo_header, &bytes, 2), Checksum::Correct);
                }
                verdict => prop_assert!(matches!(verdict, Checksum::Correct | Checksum::Offloaded)),
            }
        }
    }
}
