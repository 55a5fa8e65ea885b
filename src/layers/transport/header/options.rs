//! TCP options (RFC 9293 §3.1, and the RFCs that added more).

/// One option, as far as its meaning is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TcpOption<'a> {
    /// Kind 0: no options follow.
    EndOfList,
    /// Kind 1: a filler.
    NoOperation,
    /// Kind 2: the longest segment the sender takes, in bytes of data.
    MaximumSegmentSize(u16),
    /// Kind 3: how many places to shift the window to the left (RFC 7323 §2.2).
    WindowScale(u8),
    /// Kind 4: selective acknowledgment is understood (RFC 2018 §2).
    SackPermitted,
    /// Kind 5: blocks received out of order, each a first sequence number and the one after its last (RFC 2018 §3).
    Sack(&'a [[u8; 8]]),
    /// Kind 8: the sender's clock, and the other's as last seen (RFC 7323 §3.2).
    Timestamps {
        /// `TSval`.
        value: u32,
        /// `TSecr`.
        echo: u32,
    },
    /// Kind 30: Multipath TCP (RFC 8684 §3).
    Multipath(&'a [u8]),
    /// Kind 34: the cookie of TCP Fast Open (RFC 7413 §4.1.1); empty if one is requested.
    FastOpen(&'a [u8]),
    /// Any other kind, or one of the above with a length it must not have.
    Other {
        /// Its number (IANA's TCP Option Kind Numbers).
        kind: u8,
        /// What follows its length octet.
        data: &'a [u8],
    },
    /// A length octet that points before the option's own two bytes or past the header; nothing after it can be read.
    Malformed {
        /// Its number.
        kind: u8,
    },
}

/// An option and the bytes it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// What it is.
    pub option: TcpOption<'a>,
    /// All of it: kind, length and data.
    pub bytes: &'a [u8],
}

/// The options of a header, in order, up to the end of the list.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    rest: &'a [u8],
}

impl<'a> Options<'a> {
    /// Options from the bytes between a header's fixed part and its end.
    #[must_use]
    pub fn new(options: &'a [u8]) -> Self {
        Self { rest: options }
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = Item<'a>;

    #[inline]
    fn next(&mut self) -> Option<Item<'a>> {
        let (&kind, after) = self.rest.split_first()?;
        let length = match kind {
            0 | 1 => 1,
            _ => usize::from(after.first().copied().unwrap_or_default()),
        };
        let split = if length == 0 { None } else { self.rest.split_at_checked(length) };
        let (bytes, rest, option) = match split {
            Some((bytes, _)) if kind == 0 => (bytes, &[][..], TcpOption::EndOfList),
            Some((bytes, rest)) if kind == 1 => (bytes, rest, TcpOption::NoOperation),
            Some((bytes @ [_, _, data @ ..], rest)) => (bytes, rest, decode(kind, data)),
            _ => (self.rest, &[][..], TcpOption::Malformed { kind }),
        };
        self.rest = rest;
        Some(Item { option, bytes })
    }
}

fn decode(kind: u8, data: &[u8]) -> TcpOption<'_> {
    match (kind, data) {
        (2, &[high, low]) => TcpOption::MaximumSegmentSize(u16::from_be_bytes([high, low])),
        (3, &[shift]) => TcpOption::WindowScale(shift),
        (4, []) => TcpOption::SackPermitted,
        (5, data) if !data.is_empty() && data.len().is_multiple_of(8) => TcpOption::Sack(data.as_chunks().0),
        (8, &[v1, v2, v3, v4, e1, e2, e3, e4]) => {
            let (value, echo) = (u32::from_be_bytes([v1, v2, v3, v4]), u32::from_be_bytes([e1, e2, e3, e4]));
            TcpOption::Timestamps { value, echo }
        }
        (30, data) => TcpOption::Multipath(data),
        (34, data) => TcpOption::FastOpen(data),
        (kind, data) => TcpOption::Other { kind, data },
    }
}

/// The shift of the window scale option, if there is one; at most 14, whatever it says (RFC 7323 §2.3).
#[must_use]
pub fn window_scale(options: &[u8]) -> Option<u8> {
    Options::new(options).find_map(|item| match item.option {
        TcpOption::WindowScale(shift) => Some(shift.min(14)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds(options: &[u8]) -> Vec<TcpOption<'_>> {
        Options::new(options).map(|item| item.option).collect()
    }

    #[test]
    fn the_options_of_a_linux_syn_are_all_read() {
        let options = [
            2, 4, 5, 180, // maximum segment size 1460
            4, 2, // SACK permitted
            8, 10, 0, 0, 0, 1, 0, 0, 0, 2, // timestamps
            1, // no operation
            3, 3, 7, // window scale
        ];
        assert_eq!(
            kinds(&options),
            [
                TcpOption::MaximumSegmentSize(1460),
                TcpOption::SackPermitted,
                TcpOption::Timestamps { value: 1, echo: 2 },
                TcpOption::NoOperation,
                TcpOption::WindowScale(7),
            ]
        );
        assert_eq!(window_scale(&options), Some(7));
    }

    #[test]
    fn a_window_scale_above_fourteen_counts_as_fourteen() {
        assert_eq!(window_scale(&[3, 3, 200]), Some(14));
        assert_eq!(window_scale(&[1, 1, 0, 3, 3, 7]), None, "behind the end of the list there are no options");
    }

    #[test]
    fn kinds_that_are_not_known_are_kept_by_number() {
        assert_eq!(kinds(&[253, 4, 1, 2]), [TcpOption::Other { kind: 253, data: &[1, 2] }]);
        assert_eq!(kinds(&[2, 3, 9]), [TcpOption::Other { kind: 2, data: &[9] }], "an MSS of one byte is none");
        assert_eq!(kinds(&[34, 2]), [TcpOption::FastOpen(&[])]);
        assert_eq!(kinds(&[5, 10, 0, 0, 0, 1, 0, 0, 0, 9]), [TcpOption::Sack(&[[0, 0, 0, 1, 0, 0, 0, 9]])]);
    }

    #[test]
    fn a_length_that_cannot_be_ends_the_list() {
        for options in [&[2, 0, 1][..], &[2, 1, 1], &[2, 9, 1], &[8]] {
            let items: Vec<_> = Options::new(options).collect();
            assert_eq!(items.len(), 1);
            assert_eq!(items[0].option, TcpOption::Malformed { kind: options[0] });
            assert_eq!(items[0].bytes, options);
        }
    }

    proptest! {
        #[test]
        fn options_follow_one_another_without_a_gap(options in proptest::collection::vec(any::<u8>(), 0..60)) {
            let mut at = 0;
            for item in Options::new(&options) {
                prop_assert!(!item.bytes.is_empty());
                prop_assert_eq!(&options[at..at + item.bytes.len()], item.bytes);
                at += item.bytes.len();
            }
            prop_assert!(at == options.len() || options[at - 1] == 0, "only the end of the list leaves bytes over");
        }
    }
}
