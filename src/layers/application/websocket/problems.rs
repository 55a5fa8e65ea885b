//! What a WebSocket endpoint did that the specification forbids.

use super::draft::Draft;
use crate::layers::Direction;
use crate::layers::presentation::deflate::ExtensionFault;
use crate::layers::problem::{Fact, faults};
use crate::layers::quoted::{Named, OwnWords, Quoted};
use crate::numbers;

faults! {
    /// A departure from RFC 6455 or RFC 7692, with the facts.
    pub enum Fault {
        /// A 101 without Sec-WebSocket-Accept.
        #[error(
            "the 101 has no Sec-WebSocket-Accept: a browser fails the connection, since nothing shows that the \
             server understood"
        )]
        NoAccept => "missing-accept", "RFC 6455 §4.2.2";
        /// A Sec-WebSocket-Accept that does not belong to the key.
        #[error(
            "Sec-WebSocket-Accept is {found}, but this key's answer is {expected}: a browser fails the \
             connection"
        )]
        WrongAccept {
            /// What the response says.
            found: Quoted,
            /// What the key asks for.
            expected: Quoted,
        } => "wrong-accept", "RFC 6455 §4.2.2";
        /// A WebSocket upgrade request without Sec-WebSocket-Key.
        #[error("the upgrade request has no Sec-WebSocket-Key, so the server has nothing to answer")]
        NoKey => "missing-websocket-key", "RFC 6455 §4.2.1";
        /// A key that is not 16 bytes in Base64.
        #[error("Sec-WebSocket-Key must be 16 random bytes in Base64 (24 characters); it is {0}")]
        MalformedKey(Quoted) => "malformed-websocket-key", "RFC 6455 §4.2.1";
        /// A version other than 13 that was accepted anyway.
        #[error("the upgrade request asks for version {0} of the protocol; RFC 6455 is version 13")]
        OtherVersion(Quoted) => "other-websocket-version", "RFC 6455 §4.2.1";
        /// An upgrade without a version that was accepted anyway.
        #[error("the upgrade request has no Sec-WebSocket-Version; it must say 13, which is RFC 6455")]
        NoVersion => "other-websocket-version", "RFC 6455 §4.2.1";
        /// A field that may appear only once appears more often.
        #[error("{name} appears {times} times, but may appear only once: nobody can say which one counts")]
        RepeatedField {
            /// Which.
            name: &'static str,
            /// How often.
            times: usize,
        } => "repeated-websocket-field", "RFC 6455 §11.3";
        /// A draft of the protocol that came before RFC 6455.
        #[error("this is {draft}, a draft from before the standard: no current browser speaks it{}", draft.note())]
        OldDraft {
            /// Which one.
            draft: Draft,
        } => "old-websocket-draft", "RFC 6455 §11.6";
        /// An upgrade request whose method isn't GET.
        #[error("a WebSocket handshake must be a GET; this one is a {0}")]
        NotGet(Named) => "upgrade-not-get", "RFC 6455 §4.2.1";
        /// An offered subprotocol whose name isn't a token.
        #[error(
            "the client offers the subprotocol {0}: its name may contain only letters, digits and a few signs (a \
             token)"
        )]
        SubprotocolNotToken(Quoted) => "malformed-subprotocol-offer", "RFC 6455 §4.1";
        /// A subprotocol that is offered twice.
        #[error("the client offers the subprotocol {0} more than once")]
        SubprotocolRepeated(Quoted) => "malformed-subprotocol-offer", "RFC 6455 §4.1";
        /// A subprotocol that was not offered.
        #[error("the server chose the subprotocol {0}, which the client had not offered")]
        SubprotocolNotOffered(Quoted) => "subprotocol-not-offered", "RFC 6455 §4.1";
        /// More than one subprotocol in the response.
        #[error("the server names more than one subprotocol, {0}, but may choose only one: a browser fails the connection")]
        SeveralSubprotocols(Quoted) => "several-subprotocols", "RFC 6455 §11.3.4";
        /// An extension that was not offered.
        #[error("the server chose the extension {0}, which the client had not offered")]
        ExtensionNotOffered(Quoted) => "extension-not-offered", "RFC 6455 §9.1";
        /// A frame from the client that is not masked.
        #[error("a frame from the client is not masked; the server must fail the connection")]
        UnmaskedClientFrame => "unmasked-client-frame", "RFC 6455 §5.1";
        /// A frame from the server that is masked.
        #[error("a frame from the server is masked; the client must fail the connection")]
        MaskedServerFrame => "masked-server-frame", "RFC 6455 §5.1";
        /// Reserved bits that no negotiated extension gives a meaning.
        #[error("the reserved bits (RSV1 to RSV3) are {0:03b}, but no extension that uses them was agreed on")]
        ReservedBits(u8) => "reserved-bits", "RFC 6455 §5.2";
        /// An opcode that is not defined.
        #[error("opcode {0} is reserved: nobody knows what this frame is")]
        ReservedOpcode(u8) => "reserved-opcode", "RFC 6455 §5.2";
        /// A control frame without FIN.
        #[error("a control frame (close, ping, pong) must not be fragmented; this one has no FIN")]
        FragmentedControl => "fragmented-control-frame", "RFC 6455 §5.5";
        /// A control frame of more than 125 bytes.
        #[error("a control frame carries at most 125 bytes; this one declares {0}")]
        LongControl(u64) => "long-control-frame", "RFC 6455 §5.5";
        /// A close frame of more than 125 bytes.
        #[error(
            "the close frame's reason is {} bytes long; at most {} fit beside its code into a control frame's 125",
            payload.saturating_sub(2), 125 - 2
        )]
        LongCloseReason {
            /// How many bytes its payload declares: a status code and the reason.
            payload: u64,
        } => "long-control-frame", "RFC 6455 §5.5";
        /// A text or binary frame while a fragmented message is not finished.
        #[error("a new message begins before the fragmented one is finished")]
        DataInsideMessage => "data-inside-message", "RFC 6455 §5.4";
        /// A continuation frame without a message to continue.
        #[error("this is a continuation frame, but there is no message to continue")]
        ContinuationOfNothing => "continuation-of-nothing", "RFC 6455 §5.4";
        /// A payload length in more bytes than it needs.
        #[error("the payload length {0} takes more bytes than it needs")]
        NonMinimalLength(u64) => "non-minimal-length", "RFC 6455 §5.2";
        /// A 64-bit length whose first bit is set.
        #[error("the payload length's first bit must be 0; with it, the payload would be {0} bytes")]
        LengthTooLarge(u64) => "length-too-large", "RFC 6455 §5.2";
        /// A text message that is not UTF-8.
        #[error("a text message must be UTF-8; this one is not valid from byte {0} on")]
        NotUtf8(u64) => "text-not-utf8", "RFC 6455 §8.1";
        /// A close frame whose body is one byte.
        #[error("a close frame's body begins with a two-byte status code; this body has only one byte")]
        OneByteClose => "one-byte-close", "RFC 6455 §5.5.1";
        /// A status code that may not be sent.
        #[error("close code {0} must not be sent in a close frame")]
        InvalidCloseCode(u16) => "invalid-close-code", "RFC 6455 §7.4";
        /// A close reason that is not UTF-8.
        #[error("the close reason is not UTF-8")]
        CloseReasonNotUtf8 => "close-reason-not-utf8", "RFC 6455 §5.5.1";
        /// A frame of data after the same side's close frame.
        #[error("this frame comes after the close frame, with which the sender said that it would send no more data")]
        FrameAfterClose => "frame-after-close", "RFC 6455 §5.5.1";
        /// A close frame after the same side's close frame.
        #[error("this is the sender's second close frame: only the first one counts")]
        SecondClose => note "second-close", "RFC 6455 §7.1.5";
        /// Bytes after the same end's close frame that aren't a frame.
        #[error("{what} follows the close frame, after which nothing more may be sent: the receiver discards it")]
        DataAfterClose {
            /// What it is, as far as it is known.
            what: &'static str,
        } => "data-after-close", "RFC 6455 §1.4";
        /// RSV1 on a continuation or control frame.
        #[error("RSV1, which marks a compressed message, is set on a frame that isn't the first of its message")]
        CompressionBitMisplaced => "misplaced-compression-bit", "RFC 7692 §6.1";
        /// A compressed message that refers back beyond the window that was agreed on.
        #[error(
            "the compressed message refers back further than the {}'s window that the handshake agreed on: a receiver \
             that keeps no more than that fails here",
            from.name()
        )]
        WindowExceeded {
            /// Who sent the message.
            from: Direction,
        } => "window-exceeded", "RFC 7692 §7.1.2";
        /// A compressed message that does not inflate.
        #[error("the compressed message can't be decompressed: {0}")]
        DoesNotInflate(OwnWords) => "message-does-not-inflate", "RFC 7692 §7.2.2";
        /// A stream that ended inside a frame.
        #[error("the stream ends inside a frame, {missing} bytes early{}", after_other_side(*after))]
        FrameCutShort {
            /// How many bytes are missing.
            missing: u64,
            /// Whether the other side had closed its half before.
            after: bool,
        } => "frame-cut-short", "RFC 6455 §7.1.7";
        /// A stream that ended inside a frame's header.
        #[error("the stream ends inside a frame's header, after {came} bytes of it{}", after_other_side(*after))]
        HeaderCutShort {
            /// How many bytes of it came.
            came: usize,
            /// Whether the other side had closed its half before.
            after: bool,
        } => "frame-cut-short", "RFC 6455 §7.1.7";
        /// A Sec-WebSocket-Extensions value that isn't allowed in the 101.
        #[error("the server's Sec-WebSocket-Extensions is wrong: {0}")]
        MalformedExtension(ExtensionFault) => "malformed-websocket-extension", "RFC 7692 §5";
        /// A connection that ended without close frames from both sides.
        #[error("the connection ended, but {missing}")]
        NoCloseHandshake {
            /// Which side's close frame is missing, and who is told code 1006 for that: the side that didn't receive
            /// one.
            missing: &'static str,
        } => "no-close-handshake", "RFC 6455 §7.1.5";
        /// A handshake in HTTP/1.0.
        #[error("a WebSocket handshake needs HTTP/1.1; this request uses an older version, where Upgrade means nothing")]
        RequestInOldHttp => "handshake-in-http-1-0", "RFC 6455 §4.1";
        /// A 101 in HTTP/1.0.
        #[error("the 101 is in HTTP/1.0, but a handshake needs HTTP/1.1: clients fail the connection")]
        AnswerInOldHttp => "answer-in-http-1-0", "RFC 6455 §4.2.2";
        /// A request with Sec-WebSocket-Key and without Upgrade.
        #[error(
            "the request has what only a WebSocket handshake has (Sec-WebSocket-…), but {}: the server sees an \
             ordinary request. Proxies drop the two headers unless they are configured to pass them on",
            if *connection { "no Upgrade header" } else { "neither Upgrade nor Connection: Upgrade" }
        )]
        NoUpgradeField {
            /// Whether Connection names Upgrade all the same.
            connection: bool,
        } => "missing-upgrade-websocket", "RFC 6455 §4.2.1";
        /// An Upgrade that does not name WebSocket.
        #[error(
            "Upgrade says {0}, but Sec-WebSocket-Key belongs to a handshake, where it says \"websocket\": the \
             server sees an ordinary request"
        )]
        UpgradeNamesOther(Quoted) => "upgrade-not-websocket", "RFC 6455 §4.2.1";
        /// An offer of extensions that does not follow the grammar.
        #[error("the client's Sec-WebSocket-Extensions is wrong: {0}")]
        MalformedOffer(ExtensionFault) => "malformed-extension-offer", "RFC 6455 §9.1";
        /// An offer of permessage-deflate whose parameters cannot be.
        #[error(
            "the client's offer can't be accepted: {0}; the server has to decline it and go on without the \
             extension"
        )]
        OfferOutOfRange(ExtensionFault) => "extension-offer-out-of-range", "RFC 7692 §7.1";
        /// An answer of permessage-deflate that goes beyond the offer.
        #[error("the server's answer goes beyond the client's offer: {0}; the client must fail the connection")]
        BeyondTheOffer(OwnWords) => "extension-beyond-offer", "RFC 7692 §7.1.2";
        /// A refusal of a version that names no other.
        #[error(
            "the server refuses the request's version, but does not say in Sec-WebSocket-Version which versions it \
             speaks ({0})"
        )]
        NoVersionsNamed(u16) => "no-versions-named", "RFC 6455 §4.2.2";
        /// A subprotocol that was offered and not answered.
        #[error(
            "the client offered the subprotocol {0} and the server chose none: RFC 6455 allows that, but a browser that \
             offered one fails the connection"
        )]
        SubprotocolUnanswered(Quoted) => note "subprotocol-unanswered", "RFC 6455 §4.1";
        /// A handshake that was refused because it offers no subprotocol.
        #[error(
            "the handshake offers no subprotocol (Sec-WebSocket-Protocol), and that is why the server refuses it: \
             {status} {reason}"
        )]
        SubprotocolWanted {
            /// The response's status.
            status: u16,
            /// Its reason phrase.
            reason: Quoted,
        } => note "subprotocol-wanted", "RFC 6455 §4.2.2";
        /// A handshake that was refused.
        #[error(
            "the server refuses the handshake with {0}: a script sees that the connection failed (close code 1006), and \
             never the status"
        )]
        HandshakeRefused(u16) => note "handshake-refused", "RFC 6455 §4.2.2";
        /// A handshake that was answered with a redirection.
        #[error(
            "the server redirects the handshake ({status}{}): browsers don't follow, and most other clients don't either",
            location.as_ref().map_or_else(String::new, |location| format!(", to {location}"))
        )]
        HandshakeRedirected {
            /// The response's status.
            status: u16,
            /// What Location says.
            location: Option<Quoted>,
        } => note "handshake-redirected", "RFC 6455 §4.1";
        /// A handshake that was answered like any other request.
        #[error(
            "the server answers the handshake with {0}, as it would any request: what listens there does not speak \
             WebSocket, at least not at this path"
        )]
        UpgradeIgnored(u16) => note "upgrade-ignored", "RFC 9110 §7.8";
        /// An HTTP message where frames are due.
        #[error(
            "only frames may follow the 101, but the {} sends {} again: {line}. {}",
            from.name(),
            if *from == Direction::Client { "an HTTP request" } else { "an HTTP response" },
            if *from == Direction::Client {
                "Something replays the handshake, and the server reads it as frames"
            } else {
                "Two programs answer the same handshake, and the client reads the second answer as frames"
            }
        )]
        HttpAmongFrames {
            /// Who sent it.
            from: Direction,
            /// Its first line.
            line: Quoted,
        } => "http-among-frames", "RFC 6455 §4.1";
        /// A frame before the handshake is over.
        #[error(
            "the client sends a frame before the 101 has arrived: it has to wait, because the server may refuse, or \
             choose extensions that frames depend on"
        )]
        FrameBeforeAnswer => "frame-before-101", "RFC 6455 §4.1";
        /// A server that keeps the TCP connection after both close frames.
        #[error(
            "both sides had sent their close frames, after which the server should close the TCP connection: it kept \
             the connection open for {}, until the client closed it", numbers::duration(*held)
        )]
        TcpLeftOpen {
            /// How long, in nanoseconds.
            held: u64,
        } => note "tcp-left-open", "RFC 6455 §5.5.1";
        /// A ping that was not answered, and whose sender then ended the connection.
        #[error(
            "the {}'s ping still had no pong after {}, when its sender ended the connection",
            from.name(), numbers::duration(*waited)
        )]
        PingUnanswered {
            /// Who sent the ping.
            from: Direction,
            /// How long it waited, in nanoseconds.
            waited: u64,
        } => note "ping-unanswered", "RFC 6455 §5.5.2";
        /// The same, where the other side sent a pong that doesn't carry the ping's data.
        #[error(
            "the {}'s pong (packet {packet}) carries other data than the ping, so it doesn't answer it: {} after the ping, \
             its sender ended the connection",
            from.reverse().name(), numbers::duration(*waited)
        )]
        PongWithOtherData {
            /// Who sent the ping.
            from: Direction,
            /// The packet with the pong.
            packet: u64,
            /// How long the ping waited, in nanoseconds.
            waited: u64,
        } => note "pong-with-other-data", "RFC 6455 §5.5.3";
        /// A connection that one side ended without a close frame, after a long silence.
        #[error(
            "the {} ended the connection after {} in which nobody had sent anything: that's how idle time-outs end one, of a \
             program or of a proxy in between",
            from.name(), numbers::duration(*idle)
        )]
        ClosedAfterIdle {
            /// Who ended it.
            from: Direction,
            /// How long nobody had sent anything, in nanoseconds.
            idle: u64,
        } => note "closed-after-idle", "RFC 6455 §7.1.5";
        /// A close frame with a code for an error that isn't the other side's message.
        #[error(
            "the {} closes with {code} ({meaning}){}",
            from.name(), reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"))
        )]
        ClosedForError {
            /// Who sent the close frame.
            from: Direction,
            /// Its code.
            code: u16,
            /// What the code means.
            meaning: &'static str,
            /// What it gives as its reason.
            reason: Option<Quoted>,
        } => note "closed-for-error", "RFC 6455 §7.4.1";
        /// A close frame in the middle of a message.
        #[error("the message that begins in packet {began} has no last frame: this close frame comes in its middle, and it's lost")]
        MessageNotEnded {
            /// The packet in which the message begins.
            began: u64,
        } => note "message-not-ended", "RFC 6455 §5.4";
        /// A close frame that says why the other side's message was not taken.
        #[error(
            "the {} closes with {code} ({meaning}). The last message from the other side is {} of {bytes} bytes \
             (packet {packet})",
            from.name(), if *text { "a text" } else { "a binary message" }
        )]
        MessageRefused {
            /// Who sent the close frame.
            from: Direction,
            /// Its code.
            code: u16,
            /// What the code means.
            meaning: &'static str,
            /// Whether the message is text.
            text: bool,
            /// How many bytes of the message came.
            bytes: u64,
            /// The packet in which it begins.
            packet: u64,
        } => note "message-refused", "RFC 6455 §7.4.1";
    }
}

impl Fact for Draft {}

/// Names that it quotes stand in quotation marks; any others are permessage-deflate's own.
impl Fact for ExtensionFault {}

fn after_other_side(after: bool) -> &'static str {
    if after { ": the other side had closed the connection before (FIN)" } else { "" }
}
