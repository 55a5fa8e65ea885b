//! The TCP header (RFC 9293 §3.1). Knows one segment; what segments make together is not its subject.

mod annotate;
pub mod options;
pub(crate) mod udp;

pub(crate) use annotate::TCP;
pub use options::{Options, TcpOption, window_scale};

use crate::layers::headers::{Fault, Protocol, fixed};

/// FIN: the sender has no more data.
pub const FIN: u8 = 0x01;
/// SYN: opens the connection and tells the initial sequence number.
pub const SYN: u8 = 0x02;
/// RST: the connection is over at once.
pub const RST: u8 = 0x04;
/// PSH: hand the data to the program now.
pub const PSH: u8 = 0x08;
/// ACK: the acknowledgment number counts.
pub const ACK: u8 = 0x10;
/// URG: the urgent pointer counts.
pub const URG: u8 = 0x20;
/// ECE: a router on the way marked a packet (RFC 3168 §6.1).
pub const ECE: u8 = 0x40;
/// CWR: the sender slowed down because of such a mark (RFC 3168 §6.1).
pub const CWR: u8 = 0x80;

/// Bytes in a header without options.
const FIXED: usize = 20;
/// Bytes up to the flags: without these, nothing shows what a segment does.
const UP_TO_FLAGS: usize = 14;

/// The flags by name, in the usual order: "SYN, ACK", "PSH, ACK".
const FLAGS: [(u8, &str); 8] =
    [(SYN, "SYN"), (FIN, "FIN"), (RST, "RST"), (PSH, "PSH"), (ACK, "ACK"), (URG, "URG"), (ECE, "ECE"), (CWR, "CWR")];

/// A TCP segment's header, and the payload after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// The port of the program that sent it.
    pub source_port: u16,
    /// The port of the program it is for.
    pub destination_port: u16,
    /// The number of the first payload byte, or of the SYN.
    pub sequence: u32,
    /// The number of the next byte that the sender expects; counts only with [`ACK`].
    pub acknowledgment: u32,
    /// The flags octet: [`FIN`] to [`CWR`].
    pub flags: u8,
    /// How many bytes the sender has room for, before scaling.
    pub window: u16,
    /// The checksum, as it was sent.
    pub checksum: u16,
    /// The options, padding included.
    pub options: &'a [u8],
    /// Bytes in the header, 20 to 60; fewer only where a damaged segment has no more.
    pub header_length: usize,
    /// The captured part of the data after it.
    pub payload: &'a [u8],
}

impl<'a> Header<'a> {
    /// Reads the header that a segment starts with.
    ///
    /// # Errors
    ///
    /// A [`Fault`] if the header is not all there, or says that it is shorter than 20 bytes.
    #[expect(clippy::inline_always, reason = "once for every packet; what of it is not asked for is left out")]
    #[inline(always)]
    pub fn parse(segment: &'a [u8]) -> Result<Self, Fault> {
        let fixed = fixed::<FIXED>(Protocol::Tcp, segment)?;
        let words = fixed[12] >> 4;
        let header_length = usize::from(words) * 4;
        let Some((header, payload)) = segment.split_at_checked(header_length) else {
            return Err(Fault::Short {
                protocol: Protocol::Tcp,
                offset: 0,
                needed: header_length,
                found: segment.len(),
            });
        };
        let Some(options) = header.get(fixed.len()..) else {
            let rule = "the header has at least 5 words of 32 bits";
            return Err(Fault::impossible(Protocol::Tcp, "Data Offset", words, rule));
        };
        Ok(Self { options, header_length, payload, ..Self::of_fixed(fixed) })
    }

    /// What can be read of a header that [`parse`](Self::parse) refuses, and what the refusal becomes in view of `cut` bytes
    /// that weren't captured; `None` if it ends before its flags.
    ///
    /// Nothing after such a header can be trusted to be payload, so none is returned.
    #[cold]
    pub(crate) fn salvage(segment: &'a [u8], cut: usize, refusal: Fault) -> Option<(Self, Fault)> {
        let mut fixed = [0; FIXED];
        // A field that isn't complete is left out.
        let there = segment.len().min(FIXED) & !1;
        if there < UP_TO_FLAGS {
            return None;
        }
        fixed.get_mut(..there)?.copy_from_slice(segment.get(..there)?);
        let stated = usize::from(fixed[12] >> 4) * 4;
        let mut header = Self { header_length: there, ..Self::of_fixed(&fixed) };
        if stated < FIXED || stated <= segment.len() || stated > segment.len() + cut {
            return Some((header, refusal));
        }
        header.header_length = stated;
        header.options = segment.get(FIXED..).unwrap_or_default();
        let found = segment.len();
        Some((header, Fault::Cut { protocol: Protocol::Tcp, offset: 0, needed: stated, found }))
    }

    /// The fields of fixed size; the header's length is still to be found.
    #[inline]
    fn of_fixed(fixed: &[u8; FIXED]) -> Self {
        let [s1, s2, d1, d2, q1, q2, q3, q4, a1, a2, a3, a4, _, flags, w1, w2, c1, c2, ..] = *fixed;
        Self {
            source_port: u16::from_be_bytes([s1, s2]),
            destination_port: u16::from_be_bytes([d1, d2]),
            sequence: u32::from_be_bytes([q1, q2, q3, q4]),
            acknowledgment: u32::from_be_bytes([a1, a2, a3, a4]),
            flags,
            window: u16::from_be_bytes([w1, w2]),
            checksum: u16::from_be_bytes([c1, c2]),
            options: &[],
            header_length: FIXED,
            payload: &[],
        }
    }

    /// How many bytes of `segment` are its header; of one that breaks off before byte 20, those of whole fields.
    #[inline]
    pub(crate) fn present(&self, segment: &[u8]) -> usize {
        let present = self.header_length.min(segment.len());
        if present < FIXED { present & !1 } else { present }
    }

    /// What the header says of the sum of its payload, as far as segments differ that have the same ports, sequence number and
    /// length: if this is the same for two of them, their checksums are of the same payload.
    #[must_use]
    #[inline]
    pub fn promise(&self) -> u16 {
        // Words of 32 bits come to the same as their halves (RFC 1071 §2). The length of the header counts twice: in the data
        // offset, and in the pseudo-header's length.
        let number = |word: &[u8; 4]| u64::from(u32::from_be_bytes(*word));
        let options: u64 = match self.options.as_chunks() {
            // Timestamps, as most segments have them: no loop.
            ([one, two, three], _) => number(one) + number(two) + number(three),
            (words, _) => words.iter().map(number).sum(),
        };
        let lengths = (self.header_length as u64) * ((1 << 10) + 1) + u64::from(self.flags);
        let fixed = u64::from(self.acknowledgment) + u64::from(self.window) + u64::from(self.checksum) + lengths;
        ((fixed + options) % 0xffff) as u16
    }

    /// Whether all of these flags are set.
    #[must_use]
    pub fn has(&self, flags: u8) -> bool {
        self.flags & flags == flags
    }

    /// The options, in order.
    #[must_use]
    pub fn options(&self) -> Options<'a> {
        Options::new(self.options)
    }
}

/// The names of the flags that are set: "SYN, ACK"; "none" where none is.
#[must_use]
pub fn flag_names(flags: u8) -> String {
    let names: Vec<&str> = FLAGS.iter().filter(|(flag, _)| flags & flag != 0).map(|(_, name)| *name).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEGMENT: [u8; 24] = [0, 80, 0xc0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0x60, 0x12, 1, 0, 0, 0, 0, 0, 3, 3, 7, b'!'];

    #[test]
    fn a_header_ends_where_its_data_offset_says() {
        let mut segment = SEGMENT;
        let header = Header::parse(&segment).unwrap();
        assert_eq!((header.source_port, header.destination_port, header.window), (80, 0xc000, 256));
        assert_eq!((header.header_length, header.options, header.payload), (24, &segment[20..], &[][..]));
        assert!(header.has(SYN | ACK) && !header.has(FIN));
        segment[12] = 0x50;
        let header = Header::parse(&segment).unwrap();
        assert_eq!((header.options, header.payload), (&[][..], &segment[20..]));
    }

    #[test]
    fn a_header_that_is_not_all_there_or_too_short_to_be_one_is_refused() {
        let mut segment = SEGMENT;
        assert!(matches!(Header::parse(&segment[..23]), Err(Fault::Short { needed: 24, found: 23, .. })));
        assert!(matches!(Header::parse(&segment[..7]), Err(Fault::Short { needed: 20, found: 7, .. })));
        segment[12] = 0x40;
        assert!(matches!(Header::parse(&segment), Err(Fault::Impossible { field: "Data Offset", found: 4, .. })));
    }

    #[test]
    fn two_headers_promise_the_same_if_their_checksums_are_of_the_same_payload() {
        let promise = |change: fn(&mut etherparse::TcpHeader), payload: &[u8]| {
            let mut header = etherparse::TcpHeader::new(40_000, 80, 7, 1000);
            change(&mut header);
            let mut packet = Vec::new();
            let builder = etherparse::PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64).tcp_header(header);
            builder.write(&mut packet, payload).unwrap();
            Header::parse(&packet[20..]).unwrap().promise()
        };
        let again: fn(&mut etherparse::TcpHeader) = |it| {
            (it.ack, it.psh, it.acknowledgment_number, it.window_size) = (true, true, 0xfedc_ba98, 3);
            it.set_options(&[etherparse::TcpOptionElement::Timestamp(0xffff_fff0, 77)]).unwrap();
        };
        for payload in [&b"hello"[..], b"", b"\xff\xff\xff\xff\xff\xff"] {
            assert_eq!(promise(|_| {}, payload), promise(again, payload));
        }
        assert_ne!(promise(|_| {}, b"hello"), promise(again, b"hallo"));
    }

    #[test]
    fn flags_go_by_their_usual_order() {
        assert_eq!(flag_names(SYN | ACK), "SYN, ACK");
        assert_eq!(flag_names(ACK | PSH | FIN), "FIN, PSH, ACK");
        assert_eq!(flag_names(0), "none");
    }
}
