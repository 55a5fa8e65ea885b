//! Where a message's body ends (RFC 9112 §6.3), and whether the connection goes on after it (§9.3).

use super::names::{FieldName, NameSet};
use super::problems::Fault;
use super::section::{Head, elements};
use super::start_line::Parts;
use crate::layers::presentation::coding::TransferCoding;
use crate::layers::presentation::trimmed;
use crate::layers::quoted::Quoted;

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// There is no body.
    None,
    /// As many bytes as Content-Length says.
    Length(u64),
    /// Chunks, the last one of size 0.
    Chunked,
    /// All that comes until the connection is closed; only responses.
    UntilClose,
    /// What follows isn't HTTP: a tunnel (CONNECT) or another protocol (101).
    Tunnel,
}

/// The framing of a request (RFC 9112 §6.3, cases 3 to 7); what is wrong goes to `faults`.
pub fn of_request(head: &Head<'_>, faults: &mut Vec<Fault>) -> Framing {
    hosts(head, faults);
    match declared(head, faults) {
        Declared::Chunked => Framing::Chunked,
        Declared::Length(length) => Framing::Length(length),
        Declared::Nothing => Framing::None,
        // If a request's codings don't end in chunked, its length can't be known.
        Declared::OtherCoding => {
            let is_told = |fault: &Fault| fault.code() == "unknown-transfer-coding" || *fault == Fault::IdentityCoding;
            if !faults.iter().any(is_told) {
                faults.push(Fault::ChunkedMissing(all_codings(head)));
            }
            Framing::None
        }
    }
}

/// The framing of a response to a request with `method` (RFC 9112 §6.3, cases 1 to 8).
pub fn of_response(head: &Head<'_>, method: Option<&[u8]>, faults: &mut Vec<Fault>) -> Framing {
    let Some(Parts::Status { status, .. }) = head.start.map(|start| &start.parts) else { return Framing::None };
    let method = method.unwrap_or_default();
    let bodiless = matches!(status, 100..=199 | 204);
    let tunnel = method == b"CONNECT" && matches!(status, 200..=299);
    if bodiless || tunnel {
        if head.get(FieldName::TransferEncoding).is_some() {
            faults.push(Fault::TransferCodingWithoutBody(*status));
        }
        if head.get(FieldName::ContentLength).is_some() {
            faults.push(Fault::LengthWithoutBody(*status));
        }
    }
    if *status == 101 || tunnel {
        return Framing::Tunnel;
    }
    if bodiless || *status == 304 || method == b"HEAD" {
        return Framing::None;
    }
    match declared(head, faults) {
        Declared::Chunked => Framing::Chunked,
        Declared::Length(length) => Framing::Length(length),
        Declared::OtherCoding | Declared::Nothing => Framing::UntilClose,
    }
}

fn hosts(head: &Head<'_>, faults: &mut Vec<Fault>) {
    match head.all(FieldName::Host).count() {
        0 if head.whole && head.start.is_some_and(|start| start.version >= (1, 1)) => faults.push(Fault::NoHost),
        0 | 1 => {}
        several => faults.push(Fault::RepeatedHost(several)),
    }
}

enum Declared {
    Nothing,
    Length(u64),
    Chunked,
    OtherCoding,
}

fn declared(head: &Head<'_>, faults: &mut Vec<Fault>) -> Declared {
    const DECLARING: NameSet = NameSet::of(&[FieldName::ContentLength, FieldName::TransferEncoding]);
    if !head.has(DECLARING) {
        return Declared::Nothing;
    }
    let length = content_length(head, faults);
    if head.get(FieldName::TransferEncoding).is_none() {
        return length.map_or(Declared::Nothing, Declared::Length);
    }
    let mut codings = head.list(FieldName::TransferEncoding).peekable();
    if codings.peek().is_none() {
        return length.map_or(Declared::Nothing, Declared::Length);
    }
    if head.get(FieldName::ContentLength).is_some() {
        faults.push(Fault::BothLengths);
    }
    if head.start.is_some_and(|start| start.version < (1, 1)) {
        faults.push(Fault::TransferCodingInOldVersion);
    }
    let (mut last, mut misplaced) = (Declared::OtherCoding, false);
    for coding in codings {
        let known = TransferCoding::of(coding);
        if known.is_none() {
            faults.push(Fault::UnknownTransferCoding(Quoted::of(coding)));
        } else if matches!(last, Declared::Chunked) && !std::mem::replace(&mut misplaced, true) {
            faults.push(Fault::ChunkedNotLast(all_codings(head)));
        }
        if matches!(known, Some(TransferCoding::Identity)) {
            faults.push(Fault::IdentityCoding);
        }
        last = match (known, last, length) {
            (Some(TransferCoding::Chunked), ..) => Declared::Chunked,
            (Some(TransferCoding::Identity), Declared::OtherCoding, Some(length)) => Declared::Length(length),
            (Some(TransferCoding::Identity), last, _) => last,
            _ => Declared::OtherCoding,
        };
    }
    last
}

fn all_codings(head: &Head<'_>) -> Quoted {
    Quoted::of(&head.all(FieldName::TransferEncoding).collect::<Vec<_>>().join(&b", "[..]))
}

fn content_length(head: &Head<'_>, faults: &mut Vec<Fault>) -> Option<u64> {
    let mut found: Option<u64> = None;
    let mut take = |element: &[u8]| match (number(element), found) {
        (None, _) if !element.is_empty() && element.iter().all(u8::is_ascii_digit) => {
            faults.push(Fault::LengthOverflow(Quoted::of(element)));
        }
        (None, _) => faults.push(Fault::MalformedLength(Quoted::of(element))),
        (Some(number), None) => found = Some(number),
        (Some(number), Some(first)) if number == first => faults.push(Fault::RepeatedLength),
        (Some(number), Some(first)) => {
            faults.push(Fault::ConflictingLengths(Quoted::of(format!("{first}, {number}").as_bytes())));
        }
    };
    for value in head.all(FieldName::ContentLength) {
        let value = trimmed(value);
        if value.contains(&b',') { elements(value).for_each(&mut take) } else { take(value) }
    }
    found
}

/// The value of 1*DIGIT, if it fits into 64 bits.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| digit - b'0')?;
        number.checked_mul(10)?.checked_add(u64::from(digit))
    })
}
