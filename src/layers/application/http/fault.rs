//! What a sender of HTTP/1.x did that the specification forbids.

use thiserror::Error;

/// A departure from RFC 9110 or RFC 9112, with the facts.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// A field line without a colon.
    #[error("this header line has no colon, so it is no \"name: value\": {0:?}")]
    NoColon(String),
    /// A field name that is not a token.
    #[error("a header's name may only be letters, digits and a few signs; this one is {0:?}")]
    InvalidName(String),
    /// White space between field name and colon.
    #[error("there is white space between the name {0:?} and its colon: readers disagree on what the header's name is")]
    SpaceBeforeColon(String),
    /// A NUL, a bare CR or another control character in a field value.
    #[error("the value of {0:?} has a control character in it")]
    InvalidValue(String),
    /// A field value continued on a line that begins with white space.
    #[error(
        "the value of {0:?} goes on in the next line (line folding), which is obsolete: readers disagree on where it ends"
    )]
    Folded(String),
    /// White space before the first field line.
    #[error("there is white space between the start line and the first header")]
    SpaceBeforeFields,
    /// Lines that end in LF alone.
    #[error("its lines end in LF alone; HTTP's lines end in CR LF")]
    BareLineFeed,
    /// More than one space, or a tab, between the parts of a start line.
    #[error("the parts of a start line are separated by one space each; here it is other white space")]
    StartLineSpacing,
    /// A request line without a version.
    #[error("the request line must end in the version, such as HTTP/1.1; this one has none")]
    NoVersion,
    /// A version that is not written as 1.1 and 1.0 are.
    #[error("the version must be written HTTP/1.1 or HTTP/1.0; here it is {0:?}")]
    MalformedVersion(String),
    /// A status code that is not three digits.
    #[error("a status code is three digits, from 100 on; here it is {0:?}")]
    MalformedStatus(String),
    /// A control character, such as a bare CR, in a start line.
    #[error("there is a control character in the start line: readers disagree on where it ends")]
    ControlInStartLine,
    /// A request line without a target.
    #[error("the request line does not say what is asked for: there is nothing between method and version")]
    NoTarget,
    /// No Host field in an HTTP/1.1 request.
    #[error("an HTTP/1.1 request must say with Host which site it is for; this one does not")]
    NoHost,
    /// Several Host fields in a request.
    #[error("the request has {0} Host headers: servers disagree on which site it is for")]
    RepeatedHost(usize),
    /// Content-Length together with Transfer-Encoding.
    #[error(
        "both Content-Length and Transfer-Encoding say where the body ends: readers that believe different ones see different messages (request smuggling)"
    )]
    BothLengths,
    /// Several Content-Length values that differ.
    #[error("Content-Length is given more than once, with different values: {0:?}")]
    ConflictingLengths(String),
    /// The same Content-Length several times.
    #[error("Content-Length is given more than once, with the same value")]
    RepeatedLength,
    /// A Content-Length that is no number.
    #[error("Content-Length must be a number; here it is {0:?}")]
    MalformedLength(String),
    /// A transfer coding that is not known, or one that comes after chunked.
    #[error("Transfer-Encoding is {0:?}: where the body ends can not be told from it")]
    UnknownTransferCoding(String),
    /// A Transfer-Encoding in an HTTP/1.0 message.
    #[error(
        "Transfer-Encoding in an HTTP/1.0 message: who sends that version does not know chunks, so its framing is in doubt"
    )]
    TransferCodingInOldVersion,
    /// A Transfer-Encoding in a response that can have no body.
    #[error("a {0} response has no body, and so no Transfer-Encoding")]
    TransferCodingWithoutBody(u16),
    /// A chunk size that is no hexadecimal number.
    #[error("a chunk begins with its size in hexadecimal; here it begins with {0:?}")]
    MalformedChunkSize(String),
    /// A chunk size beyond 64 bits.
    #[error("the chunk size {0:?} does not fit into 64 bits: readers that cut it down see another message")]
    ChunkSizeOverflow(String),
    /// Something else than CR LF after a chunk's data.
    #[error("a chunk's data must be followed by an empty line end; the chunk is longer or shorter than it says")]
    ChunkNotEnded,
    /// A header section, chunk line or trailer section beyond the cap.
    #[error("more than {0} bytes without the empty line that ends the headers: not read further")]
    SectionTooLong(usize),
    /// A stream that ended inside a header section.
    #[error("the stream ends in the middle of the headers")]
    HeadCutShort,
    /// A stream that ended inside a body.
    #[error("the body is shorter than promised: the stream ends {0} bytes early")]
    BodyCutShort(u64),
    /// A chunked body without its last chunk.
    #[error("the stream ends before the last chunk, the one of size 0: the reader can not know whether that was all")]
    ChunksCutShort,
    /// Bytes after the end of a message that do not begin another.
    #[error("after the message's end come bytes that begin no other message: its body is longer than promised")]
    BytesAfterMessage,
}

impl Fault {
    /// The stable short name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoColon(_) | Self::InvalidName(_) => "malformed-header-line",
            Self::SpaceBeforeColon(_) => "space-before-colon",
            Self::InvalidValue(_) => "invalid-header-value",
            Self::Folded(_) => "folded-header-line",
            Self::SpaceBeforeFields => "space-before-headers",
            Self::BareLineFeed => "bare-line-feed",
            Self::StartLineSpacing => "start-line-spacing",
            Self::NoVersion => "missing-version",
            Self::MalformedVersion(_) => "malformed-version",
            Self::MalformedStatus(_) => "malformed-status-code",
            Self::ControlInStartLine => "control-in-start-line",
            Self::NoTarget => "missing-target",
            Self::NoHost => "missing-host",
            Self::RepeatedHost(_) => "repeated-host",
            Self::BothLengths => "both-lengths",
            Self::ConflictingLengths(_) => "conflicting-content-length",
            Self::RepeatedLength => "repeated-content-length",
            Self::MalformedLength(_) => "malformed-content-length",
            Self::UnknownTransferCoding(_) => "unknown-transfer-coding",
            Self::TransferCodingInOldVersion => "transfer-coding-in-http-1-0",
            Self::TransferCodingWithoutBody(_) => "transfer-coding-without-body",
            Self::MalformedChunkSize(_) => "malformed-chunk-size",
            Self::ChunkSizeOverflow(_) => "chunk-size-overflow",
            Self::ChunkNotEnded => "chunk-not-ended",
            Self::SectionTooLong(_) => "headers-too-long",
            Self::HeadCutShort => "headers-cut-short",
            Self::BodyCutShort(_) | Self::ChunksCutShort => "body-too-short",
            Self::BytesAfterMessage => "body-too-long",
        }
    }

    /// The clause it departs from.
    #[must_use]
    pub fn clause(&self) -> &'static str {
        match self {
            Self::NoColon(_) => "RFC 9112 §5",
            Self::InvalidName(_) => "RFC 9110 §5.1",
            Self::SpaceBeforeColon(_) => "RFC 9112 §5.1",
            Self::InvalidValue(_) => "RFC 9110 §5.5",
            Self::Folded(_) => "RFC 9112 §5.2",
            Self::MalformedStatus(_) => "RFC 9110 §15",
            Self::SpaceBeforeFields | Self::ControlInStartLine | Self::BareLineFeed | Self::BytesAfterMessage => {
                "RFC 9112 §2.2"
            }
            Self::StartLineSpacing | Self::NoVersion | Self::NoTarget => "RFC 9112 §3",
            Self::MalformedVersion(_) => "RFC 9112 §2.3",
            Self::NoHost | Self::RepeatedHost(_) => "RFC 9112 §3.2",
            Self::BothLengths | Self::ConflictingLengths(_) | Self::RepeatedLength | Self::MalformedLength(_) => {
                "RFC 9112 §6.3"
            }
            Self::UnknownTransferCoding(_) | Self::TransferCodingInOldVersion | Self::TransferCodingWithoutBody(_) => {
                "RFC 9112 §6.1"
            }
            Self::MalformedChunkSize(_) | Self::ChunkSizeOverflow(_) | Self::ChunkNotEnded => "RFC 9112 §7.1",
            Self::SectionTooLong(_) => "RFC 9110 §5.4",
            Self::HeadCutShort | Self::BodyCutShort(_) | Self::ChunksCutShort => "RFC 9112 §8",
        }
    }
}
