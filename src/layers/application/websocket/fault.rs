//! What a WebSocket endpoint did that the specification forbids.

use thiserror::Error;

use super::draft::Draft;

/// A departure from RFC 6455 or RFC 7692, with the facts.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// A 101 without Sec-WebSocket-Accept.
    #[error(
        "the 101 has no Sec-WebSocket-Accept: a browser fails the connection, since nothing shows that the server understood"
    )]
    NoAccept,
    /// A Sec-WebSocket-Accept that does not belong to the key.
    #[error("Sec-WebSocket-Accept is {found:?}, but this key's answer is {expected:?}: a browser fails the connection")]
    WrongAccept {
        /// What the response says.
        found: String,
        /// What the key asks for.
        expected: String,
    },
    /// A WebSocket upgrade request without Sec-WebSocket-Key.
    #[error("the upgrade request has no Sec-WebSocket-Key, so the server has nothing to answer")]
    NoKey,
    /// A key that is not 16 bytes in Base64.
    #[error("Sec-WebSocket-Key must be 16 random bytes in Base64 (24 characters); it is {0:?}")]
    MalformedKey(String),
    /// A version other than 13 that was accepted all the same.
    #[error("the upgrade speaks version {0:?} of the protocol; RFC 6455 is version 13")]
    OtherVersion(String),
    /// A draft of the protocol that came before RFC 6455.
    #[error("this is {0}, a draft from before the standard: no browser of today speaks it{note}", note = .0.note())]
    OldDraft(Draft),
    /// An upgrade request with another method than GET.
    #[error("a WebSocket handshake is a GET; this one is a {0:?}")]
    NotGet(String),
    /// A subprotocol that was not offered.
    #[error("the server chose the subprotocol {0:?}, which the client had not offered")]
    SubprotocolNotOffered(String),
    /// An extension that was not offered.
    #[error("the server chose the extension {0:?}, which the client had not offered")]
    ExtensionNotOffered(String),
    /// A frame from the client that is not masked.
    #[error("a frame from the client is not masked; the server must fail the connection")]
    UnmaskedClientFrame,
    /// A frame from the server that is masked.
    #[error("a frame from the server is masked; the client must fail the connection")]
    MaskedServerFrame,
    /// Reserved bits that no negotiated extension gives a meaning.
    #[error("the reserved bits (RSV1 to RSV3) are {0:03b}, and no extension was agreed on that uses them")]
    ReservedBits(u8),
    /// An opcode that is not defined.
    #[error("opcode {0} is reserved: nobody knows what this frame is")]
    ReservedOpcode(u8),
    /// A control frame without FIN.
    #[error("a control frame (close, ping, pong) must not be fragmented; this one has no FIN")]
    FragmentedControl,
    /// A control frame of more than 125 bytes.
    #[error("a control frame carries at most 125 bytes; this one declares {0}")]
    LongControl(u64),
    /// A text or binary frame while a fragmented message is not finished.
    #[error("a new message begins before the fragmented one is finished")]
    DataInsideMessage,
    /// A continuation frame without a message to continue.
    #[error("a continuation frame, but there is no message to continue")]
    ContinuationOfNothing,
    /// A payload length in more bytes than it needs.
    #[error("the payload length {0} is written in more bytes than it needs")]
    NonMinimalLength(u64),
    /// A 64-bit length whose first bit is set.
    #[error("the payload length's first bit must be 0; it would be {0} bytes")]
    LengthTooLarge(u64),
    /// A text message that is not UTF-8.
    #[error("a text message must be UTF-8; this one is not, from its byte {0} on")]
    NotUtf8(u64),
    /// A close frame whose body is one byte.
    #[error("a close frame's body begins with a two-byte status code; this body is one byte")]
    OneByteClose,
    /// A status code that may not be sent.
    #[error("close code {0} must not be sent in a close frame")]
    InvalidCloseCode(u16),
    /// A close reason that is not UTF-8.
    #[error("the close reason is not UTF-8")]
    CloseReasonNotUtf8,
    /// A frame after the same side's close frame.
    #[error("a frame after the close frame: the sender had said it would send no more")]
    FrameAfterClose,
    /// RSV1 on a continuation or control frame.
    #[error("RSV1, which marks a compressed message, is set on a frame that is not a message's first")]
    CompressionBitMisplaced,
    /// A compressed message that does not inflate.
    #[error("the compressed message can not be decompressed: {0}")]
    DoesNotInflate(String),
    /// A stream that ended inside a frame.
    #[error("the stream ends inside a frame, {0} bytes early")]
    FrameCutShort(u64),
}

impl Fault {
    /// The stable short name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoAccept => "missing-accept",
            Self::WrongAccept { .. } => "wrong-accept",
            Self::NoKey => "missing-websocket-key",
            Self::MalformedKey(_) => "malformed-websocket-key",
            Self::OtherVersion(_) => "other-websocket-version",
            Self::OldDraft(_) => "old-websocket-draft",
            Self::NotGet(_) => "upgrade-not-get",
            Self::SubprotocolNotOffered(_) => "subprotocol-not-offered",
            Self::ExtensionNotOffered(_) => "extension-not-offered",
            Self::UnmaskedClientFrame => "unmasked-client-frame",
            Self::MaskedServerFrame => "masked-server-frame",
            Self::ReservedBits(_) => "reserved-bits",
            Self::ReservedOpcode(_) => "reserved-opcode",
            Self::FragmentedControl => "fragmented-control-frame",
            Self::LongControl(_) => "long-control-frame",
            Self::DataInsideMessage => "data-inside-message",
            Self::ContinuationOfNothing => "continuation-of-nothing",
            Self::NonMinimalLength(_) => "non-minimal-length",
            Self::LengthTooLarge(_) => "length-too-large",
            Self::NotUtf8(_) => "text-not-utf8",
            Self::OneByteClose => "one-byte-close",
            Self::InvalidCloseCode(_) => "invalid-close-code",
            Self::CloseReasonNotUtf8 => "close-reason-not-utf8",
            Self::FrameAfterClose => "frame-after-close",
            Self::CompressionBitMisplaced => "misplaced-compression-bit",
            Self::DoesNotInflate(_) => "message-does-not-inflate",
            Self::FrameCutShort(_) => "frame-cut-short",
        }
    }

    /// The clause it departs from.
    #[must_use]
    pub fn clause(&self) -> &'static str {
        match self {
            Self::NoAccept | Self::WrongAccept { .. } => "RFC 6455 §4.2.2",
            Self::NoKey | Self::MalformedKey(_) | Self::NotGet(_) | Self::OtherVersion(_) => "RFC 6455 §4.2.1",
            Self::OldDraft(_) => "RFC 6455 §11.6",
            Self::SubprotocolNotOffered(_) => "RFC 6455 §4.1",
            Self::ExtensionNotOffered(_) => "RFC 6455 §9.1",
            Self::UnmaskedClientFrame | Self::MaskedServerFrame => "RFC 6455 §5.1",
            Self::ReservedBits(_) | Self::ReservedOpcode(_) | Self::NonMinimalLength(_) | Self::LengthTooLarge(_) => {
                "RFC 6455 §5.2"
            }
            Self::FragmentedControl | Self::LongControl(_) => "RFC 6455 §5.5",
            Self::DataInsideMessage | Self::ContinuationOfNothing => "RFC 6455 §5.4",
            Self::NotUtf8(_) => "RFC 6455 §8.1",
            Self::OneByteClose | Self::CloseReasonNotUtf8 | Self::FrameAfterClose => "RFC 6455 §5.5.1",
            Self::InvalidCloseCode(_) => "RFC 6455 §7.4",
            Self::CompressionBitMisplaced => "RFC 7692 §6.1",
            Self::DoesNotInflate(_) => "RFC 7692 §7.2.2",
            Self::FrameCutShort(_) => "RFC 6455 §7.1.7",
        }
    }
}
