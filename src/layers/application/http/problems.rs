//! What a sender of HTTP/1.x did that the specification forbids: of how messages are written and framed, and of their order.

use crate::layers::Direction;
use crate::layers::problem::{Fact, faults};
use crate::layers::quoted::{OwnWords, Quoted};
use crate::limits::MAX_INTERIM;
use crate::numbers;

faults! {
    /// A departure from RFC 9110 or RFC 9112, with the facts.
    pub enum Fault {
        /// A field line without a colon.
        #[error("this header line has no colon, so it isn't \"name: value\": {0}")]
        NoColon(Quoted) => "malformed-header-line", "RFC 9112 §5";
        /// A field name that is not a token.
        #[error("a header's name may contain only letters, digits and a few signs; this one is {0}")]
        InvalidName(Quoted) => "malformed-header-line", "RFC 9112 §5";
        /// White space between field name and colon.
        #[error(
            "there is white space between the name {0} and its colon: readers disagree on the header's name"
        )]
        SpaceBeforeColon(Quoted) => "space-before-colon", "RFC 9112 §5.1";
        /// A NUL, a bare CR or another control character in a field value.
        #[error("the value of {0} contains a control character")]
        InvalidValue(Quoted) => "invalid-header-value", "RFC 9110 §5.5";
        /// A field value continued on a line that begins with white space.
        #[error(
            "the value of {0} continues on the next line (line folding), which is obsolete: readers disagree on \
             where it ends"
        )]
        Folded(Quoted) => "folded-header-line", "RFC 9112 §5.2";
        /// Empty lines before a request line, or after a request.
        #[error(
            "the client sends an empty line before or after a request: servers ignore it, but it belongs to no message, and a \
             body may be longer than its Content-Length says"
        )]
        StrayEmptyLine => "stray-empty-line", "RFC 9112 §2.2";
        /// White space before the first field line.
        #[error("there is white space between the start line and the first header")]
        SpaceBeforeFields => "space-before-headers", "RFC 9112 §2.2";
        /// Lines that end in LF alone.
        #[error("its lines end in LF alone, but HTTP lines end in CR LF")]
        BareLineFeed => "bare-line-feed", "RFC 9112 §2.2";
        /// More than one space, or a tab, between the parts of a start line.
        #[error("exactly one space must separate the parts of a start line; here it is other white space")]
        StartLineSpacing => "start-line-spacing", "RFC 9112 §3";
        /// A status line that ends with its code.
        #[error("a space must follow the status code, even if there is no reason phrase; here the line just ends")]
        NoSpaceAfterStatus => "no-space-after-status", "RFC 9112 §4";
        /// A request line without a version.
        #[error("the request line must end with the version, such as HTTP/1.1; this one has none")]
        NoVersion => "missing-version", "RFC 9112 §3";
        /// A version that is not written as 1.1 and 1.0 are.
        #[error("the version must be written HTTP/1.1 or HTTP/1.0; here it is {0}")]
        MalformedVersion(Quoted) => "malformed-version", "RFC 9112 §2.3";
        /// A version whose messages have no start line, or that doesn't exist.
        #[error("only HTTP/1.1 and HTTP/1.0 have such a line; here the version is {0}")]
        OtherVersion(Quoted) => "malformed-version", "RFC 9112 §2.3";
        /// A status code that is not three digits.
        #[error("a status code is a three-digit number from 100 up; here it is {0}")]
        MalformedStatus(Quoted) => "malformed-status-code", "RFC 9110 §15";
        /// A status code of three digits that has no class.
        #[error("status codes range from 100 to 599; here it is {0}, so no client can tell whether it means success")]
        StatusOutOfRange(u16) => "malformed-status-code", "RFC 9110 §15";
        /// A control character, such as a bare CR, in a start line.
        #[error("there is a control character in the start line: readers disagree on where it ends")]
        ControlInStartLine => "control-in-start-line", "RFC 9112 §2.2";
        /// A request line without a target.
        #[error("the request line does not say what it asks for: there is nothing between the method and the version")]
        NoTarget => "missing-target", "RFC 9112 §3";
        /// No Host field in an HTTP/1.1 request.
        #[error("an HTTP/1.1 request must say in Host which site it is for; this one does not")]
        NoHost => "missing-host", "RFC 9112 §3.2";
        /// Several Host fields in a request.
        #[error("the request has {0} Host headers: servers disagree on which site it is for")]
        RepeatedHost(usize) => "repeated-host", "RFC 9112 §3.2";
        /// Content-Length together with Transfer-Encoding.
        #[error(
            "both Content-Length and Transfer-Encoding say where the body ends: readers that believe different \
             ones see different messages (request smuggling)"
        )]
        BothLengths => "both-lengths", "RFC 9112 §6.3";
        /// Several Content-Length values that differ.
        #[error("Content-Length is given more than once, with different values: {0}")]
        ConflictingLengths(Quoted) => "conflicting-content-length", "RFC 9112 §6.3";
        /// The same Content-Length several times.
        #[error("Content-Length is given more than once, with the same value")]
        RepeatedLength => "repeated-content-length", "RFC 9112 §6.3";
        /// A Content-Length that isn't a number.
        #[error("Content-Length must be a number; here it is {0}")]
        MalformedLength(Quoted) => "malformed-content-length", "RFC 9112 §6.3";
        /// A Content-Length beyond 64 bits.
        #[error(
            "Content-Length does not fit into 64 bits: readers that truncate it see a different message; here it is \
             {0}"
        )]
        LengthOverflow(Quoted) => "malformed-content-length", "RFC 9112 §6.3";
        /// A request whose codings do not end in chunked.
        #[error("Transfer-Encoding is {0}: in a request, chunked has to be the last coding, or nobody knows where the body ends")]
        ChunkedMissing(Quoted) => "unknown-transfer-coding", "RFC 9112 §6.1";
        /// A coding after chunked, or chunked again.
        #[error("Transfer-Encoding is {0}: chunked may appear only once, and only as the last coding")]
        ChunkedNotLast(Quoted) => "unknown-transfer-coding", "RFC 9112 §6.1";
        /// An unknown transfer coding.
        #[error("Transfer-Encoding is {0}, which doesn't tell where the body ends")]
        UnknownTransferCoding(Quoted) => "unknown-transfer-coding", "RFC 9112 §6.1";
        /// A Transfer-Encoding in an HTTP/1.0 message.
        #[error(
            "Transfer-Encoding in an HTTP/1.0 message: a sender of that version does not know chunks, so its framing \
             is in doubt"
        )]
        TransferCodingInOldVersion => "transfer-coding-in-http-1-0", "RFC 9112 §6.1";
        /// A Transfer-Encoding in a response that can have no body.
        #[error("this {0} response has no body, so it must not have a Transfer-Encoding either")]
        TransferCodingWithoutBody(u16) => "transfer-coding-without-body", "RFC 9112 §6.1";
        /// A chunk size that isn't a hexadecimal number.
        #[error("a chunk begins with its size in hexadecimal; here it begins with {0}")]
        MalformedChunkSize(Quoted) => "malformed-chunk-size", "RFC 9112 §7.1";
        /// White space after a chunk size.
        #[error(
            "there is white space after the chunk size {0}: some readers refuse it, and others read a different \
             size"
        )]
        BlankAfterChunkSize(Quoted) => "malformed-chunk-size", "RFC 9112 §7.1";
        /// A chunk size beyond 64 bits.
        #[error("the chunk size {0} does not fit into 64 bits: readers that truncate it see a different message")]
        ChunkSizeOverflow(Quoted) => "chunk-size-overflow", "RFC 9112 §7.1";
        /// Something other than CR LF after a chunk's data.
        #[error("a line break must follow a chunk's data; here the chunk is longer or shorter than it says")]
        ChunkNotEnded => "chunk-not-ended", "RFC 9112 §7.1";
        /// A header section, chunk line or trailer section beyond the cap.
        #[error("more than {0} bytes without the empty line that ends the headers: not read further")]
        SectionTooLong(usize) => "headers-too-long", "RFC 9110 §5.4";
        /// A stream that ended inside a header section.
        #[error("the stream ends in the middle of the headers")]
        HeadCutShort => "headers-cut-short", "RFC 9112 §8";
        /// A stream that ended inside a body.
        #[error("the body is shorter than promised: the stream ends {0} bytes early")]
        BodyCutShort(u64) => "body-too-short", "RFC 9112 §8";
        /// A chunked body without its last chunk.
        #[error(
            "the stream ends before the last chunk, the one of size 0: the reader can't know whether that was \
             all"
        )]
        ChunksCutShort => "body-too-short", "RFC 9112 §8";
        /// A body whose rest the client waited for in vain.
        #[error(
            "the body is shorter than promised: {} had not come when the client closed the connection (FIN in packet {fin}), after {} \
             without another byte", missing.map_or_else(|| "the last chunk, the one of size 0,".to_owned(), |it| numbers::counted(it, "byte")),
            numbers::duration(*waited)
        )]
        BodyNeverCame {
            /// How many bytes were missing, if that's known.
            missing: Option<u64>,
            /// How long the client waited, in nanoseconds.
            waited: u64,
            /// The packet with its FIN.
            fin: u64,
        } => "body-too-short", "RFC 9112 §8";
        /// Bytes after the end of a message that do not begin another.
        #[error("the bytes after the message's end begin no other message: its body is longer than promised")]
        BytesAfterMessage => "body-too-long", "RFC 9112 §6.3";
        /// Content after a response that can have none: a 1xx, a 204, a 304, or one to HEAD.
        #[error(
            "after a response that can have no body (a 1xx, a 204, a 304, or one to HEAD) come bytes that begin \
             no other message: the client takes them for the next response"
        )]
        BodyNotAllowed => "unexpected-body", "RFC 9110 §6.4.1";
        /// A Content-Length in a response that can have no body.
        #[error("this {0} response has no body, so it must not have a Content-Length either")]
        LengthWithoutBody(u16) => "content-length-without-body", "RFC 9110 §8.6";
        /// A response without a request that it could answer.
        #[error("this is a response, but there was no request that it could answer")]
        ResponseWithoutRequest => "response-without-request", "RFC 9112 §9.2";
        /// The client's bytes do not begin with a request line, yet the server answers in HTTP.
        #[error("what the client sent does not begin with a request line, but the server answered it")]
        MalformedRequestLine => "malformed-request-line", "RFC 9112 §3";
        /// The client's request is HTTP/1.x, and what the server answers does not begin with a status line.
        #[error("what the server sent does not begin with a status line, so it is not an HTTP/1 response")]
        MalformedStatusLine => "malformed-status-line", "RFC 9112 §4";
        /// A content or transfer coding that cannot be undone.
        #[error("the body's coding can't be undone: {0}")]
        CodingDoesNotDecode(OwnWords) => "coding-does-not-decode", "RFC 9110 §8.4";
        /// White space inside the request target.
        #[error("there is white space inside the request target {0}: readers disagree on where it ends")]
        SpaceInTarget(Quoted) => "space-in-target", "RFC 9112 §3.2";
        /// "identity" as a transfer coding.
        #[error("Transfer-Encoding is \"identity\", which is no longer a transfer coding: readers refuse the message")]
        IdentityCoding => "identity-transfer-coding", "RFC 9112 §7";
        /// HEAD and GET of one target with different lengths.
        #[error(
            "HEAD of {target} says Content-Length: {head} (packet {packet}), but GET of the same target has {get} \
             bytes: unless it changed in between, a HEAD must give GET's length or none"
        )]
        HeadUnlikeGet {
            /// The request target.
            target: Quoted,
            /// What HEAD's response says.
            head: u64,
            /// The packet with that.
            packet: u64,
            /// What GET's response has.
            get: u64,
        } => note "head-unlike-get", "RFC 9110 §9.3.2";
        /// A request after the client's own Connection: close.
        #[error("the client said Connection: close in packet {0}, but sends another request anyway")]
        RequestAfterOwnClose(u64) => "request-after-close", "RFC 9112 §9.6";
        /// A request after the server's FIN.
        #[error(
            "the server had closed the connection (FIN in packet {fin}) {} before this request, so the request is not \
             answered. {}",
            numbers::duration(*before),
            if *idempotent { "It may be sent again on a new connection" } else { "Only an idempotent request may be sent again" }
        )]
        RequestAfterFin {
            /// The packet with the server's FIN.
            fin: u64,
            /// How long before, in nanoseconds.
            before: u64,
            /// Whether the method is idempotent (RFC 9110 §9.2.2).
            idempotent: bool,
        } => note "request-after-fin", "RFC 9112 §9.3.1";
        /// A side that promised to close, or has to, and did not.
        #[error("{why}, yet the server held the connection open for {}, until the client closed it", numbers::duration(*held))]
        CloseNotDone {
            /// Why it has to.
            why: &'static str,
            /// How long it did not, in nanoseconds.
            held: u64,
        } => note "close-not-done", "RFC 9112 §9.6";
        /// A 408 that answers nothing.
        #[error(
            "nobody had asked anything: with this 408 the server ends an idle connection. Clients log it as an \
             unsolicited response"
        )]
        IdleTimeout => note "idle-408", "RFC 9110 §15.5.9";
        /// A request that wasn't completed.
        #[error("no more of this request came for {}; then the server {}", numbers::duration(*waited), did(*then, *packet))]
        RequestStalled {
            /// How long, in nanoseconds.
            waited: u64,
            /// What the server did then.
            then: Then,
            /// In which packet.
            packet: u64,
        } => note "request-stalled", "RFC 9110 §15.5.9";
        /// A 504 from a server that had to ask another (not if the client asked for what is stored alone, RFC 9111 §5.2.1.7).
        #[error("{}", gateway_timeout(*waited))]
        GatewayTimeout {
            /// How long it took, in nanoseconds.
            waited: u64,
        } => note "gateway-timeout", "RFC 9110 §15.6.5";
        /// A body that waited for a 100 which had not come when it was sent.
        #[error(
            "the client waited {} for 100 Continue, and then sent the body without it{}",
            numbers::duration(*waited),
            later.map_or(String::new(), |packet| format!(": it came later (packet {packet})"))
        )]
        WaitedForContinue {
            /// How long, in nanoseconds.
            waited: u64,
            /// The packet with the 100, if it came after all.
            later: Option<u64>,
        } => note "waited-for-100", "RFC 9110 §10.1.1";
        /// A refusal before the whole request was there, after which the connection was reset.
        #[error(
            "the server answered {status} (packet {answered}) before it had the whole request, and reset the connection \
             because the client was still sending: the client may lose the answer"
        )]
        AnsweredWhileSending {
            /// The response's status.
            status: u16,
            /// The packet with its head.
            answered: u64,
        } => note "answered-while-sending", "RFC 9112 §9.6";
        /// A refusal before the whole request was there, after which the client stopped.
        #[error(
            "the server answered {status} (packet {answered}) before it had the whole request, and the client did not \
             send the rest"
        )]
        RefusedWhileSending {
            /// The response's status.
            status: u16,
            /// The packet with its head.
            answered: u64,
        } => note "refused-while-sending", "RFC 9112 §9.5";
        /// More interim responses than are kept.
        #[error(
            "{0} interim responses answer this one request: the first {kept} and the last are shown, the others are \
             only counted",
            kept = MAX_INTERIM - 1
        )]
        ManyInterim(u64) => note "many-interim-responses", "RFC 9110 §15.2";
        /// A reset instead of a response.
        #[error("{}: the request was complete, and nobody knows what became of it", reset_before_response(*by, *waited))]
        ResetBeforeResponse {
            /// Who sent the reset.
            by: Direction,
            /// How long after the request, in nanoseconds.
            waited: u64,
        } => "reset-before-response", "RFC 9112 §9.5";
        /// A FIN from the client in the middle of a response.
        #[error("{}", client_left(*missing, *after, *more))]
        ClientLeft {
            /// What of it never came.
            missing: Missing,
            /// How long after the latest byte, in nanoseconds, if that's known.
            after: Option<u64>,
            /// Whether the server sent more of the response after that.
            more: bool,
        } => note "client-left", "RFC 9112 §9.5";
        /// A FIN from the client, which had waited for a response.
        #[error(
            "the client closed the connection (FIN) {} after its request, and not a byte of a response had come",
            numbers::duration(*waited)
        )]
        ClientGaveUp {
            /// How long it waited, in nanoseconds.
            waited: u64,
        } => note "client-gave-up", "RFC 9112 §9.5";
        /// A FIN in place of a response.
        #[error("the server closed the connection (FIN) {}", closed_without_response(*crosses, *interim, *inside))]
        ClosedWithoutResponse {
            /// Whether the request was on its way when the server closed.
            crosses: bool,
            /// Whether interim responses had come.
            interim: bool,
            /// Whether the request wasn't complete.
            inside: bool,
        } => note "closed-without-response", "RFC 9112 §9.5";
        /// A TLS alert in answer to HTTP.
        #[error("the answer is a TLS alert ({0}): this port speaks TLS, but the client speaks plain HTTP. Use https:// or wss:// instead")]
        TlsAlertInAnswer(OwnWords) => note "plain-at-tls-port", "RFC 8446 §6";
        /// HTTP/2 in answer to HTTP/1.
        #[error("the answer is an HTTP/2 frame: this port speaks HTTP/2, but the client speaks HTTP/1")]
        Http2InAnswer => note "http-1-at-http-2-port", "RFC 9113 §3.4";
        /// Another protocol's greeting in answer to HTTP.
        #[error("the answer isn't HTTP; it begins {0}: a server for another protocol listens on this port")]
        OtherProtocolInAnswer(Quoted) => note "http-at-another-port", "RFC 9112 §4";
        /// A chunk's size before the status line.
        #[error(
            "a chunk size comes before the status line, which follows on the next line: the server sent its status \
             line and headers as a chunk of the body"
        )]
        ChunkBeforeHead => "chunk-before-head", "RFC 9112 §4";
        /// TLS spoken to a server that answers in plain text.
        #[error("the client speaks TLS, and the server answers in plain text ({0}): this port doesn't speak TLS. Use http:// or ws:// instead")]
        TlsAtPlainPort(Quoted) => note "tls-at-plain-port", "RFC 9110 §4.2.2";
        /// HTTP/2 spoken to a server that answers in HTTP/1, or in HTTP/0.9.
        #[error("the client speaks HTTP/2, and the server answers in plain text ({0}): this server doesn't know HTTP/2 without TLS")]
        Http2AtHttp1Port(Quoted) => note "http-2-at-http-1-port", "RFC 9113 §3.3";
        /// A PROXY line that the server does not take.
        #[error("the server does not expect the PROXY line before the request, and answers it with {0}")]
        ProxyLineRefused(u16) => note "proxy-line-refused", "RFC 9112 §3";
        /// In a tunnel, a Host that is not the tunnel's.
        #[error(
            "the tunnel leads to {tunnel}, but the Host inside it is {host}: the server behind it is asked for \
             another site"
        )]
        OtherHostInTunnel {
            /// Where the tunnel leads.
            tunnel: Quoted,
            /// What Host says.
            host: Quoted,
        } => note "other-host-in-tunnel", "RFC 9112 §3.2";
        /// A Content-Length that is the length before the coding.
        #[error(
            "Content-Length is {0}, but the coded body goes on after that: it may be the length before compression. \
             The stream is cut there, and the rest counts as part of no message"
        )]
        LengthBeforeCoding(u64) => "length-before-coding", "RFC 9110 §8.6";
        /// The same where the coding makes the content shorter.
        #[error(
            "Content-Length is {said}, which is the length before compression: the compressed body has {came} bytes, and the \
             client waits for the rest until the connection closes"
        )]
        DecodedLength {
            /// What the field says.
            said: u64,
            /// How many bytes came.
            came: u64,
        } => "length-before-coding", "RFC 9110 §8.6";
    }
}

/// Who reset the connection in place of a response.
fn reset_before_response(by: Direction, waited: u64) -> String {
    match by {
        Direction::Client => {
            format!(
                "the client reset the connection {} after its request, before any response",
                numbers::duration(waited)
            )
        }
        Direction::Server => "the server reset the connection where its response was expected".to_owned(),
    }
}

/// What a 504 says that comes so long after the request. One that comes at once can't be from a wait that began with it.
fn gateway_timeout(waited: u64) -> String {
    const WORTH_WAITING: u64 = 1_000_000_000;
    let took = numbers::duration(waited);
    if waited >= WORTH_WAITING {
        format!("the gateway waited {took} for the server behind it, and gave up")
    } else {
        format!(
            "the gateway says that the server behind it didn't answer in time, and says so {took} after the request"
        )
    }
}

/// What of a response never came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// So many bytes of its body.
    Bytes(u64),
    /// Something.
    Some,
    /// Nobody knows: its body lasts until the server closes.
    Unknown,
}

impl Fact for Missing {}

/// How the client left a response.
fn client_left(missing: Missing, after: Option<u64>, more: bool) -> String {
    let when = match after {
        _ if more => ", and the server was still sending".to_owned(),
        Some(after) => format!(", {} after its latest byte", numbers::duration(after)),
        None => String::new(),
    };
    let missing = match missing {
        Missing::Bytes(missing) => format!("{} of its body never came", numbers::counted(missing, "byte")),
        Missing::Some => "not all of it came".to_owned(),
        Missing::Unknown => {
            "its body lasts until the server closes, so nobody can tell whether all of it came".to_owned()
        }
    };
    format!("the client closed the connection (FIN) in the middle of this response{when}: {missing}")
}

/// What a FIN in place of a response says.
fn closed_without_response(crosses: bool, interim: bool, inside: bool) -> &'static str {
    match (crosses, interim, inside) {
        (true, ..) => "while this request was on its way: the two crossed, and no response came",
        (_, true, _) => "after an interim response to this request, without a final one",
        (.., true) => "in the middle of this request, without a byte of response",
        _ => "without a byte of response to this request",
    }
}

/// What the server did when no more of a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// It answered with that status.
    Answered(u16),
    /// It sent its FIN.
    Closed,
    /// It sent a reset.
    Reset,
}

impl Fact for Then {}

fn did(then: Then, packet: u64) -> String {
    match then {
        Then::Answered(status) => format!("answered {status} (packet {packet})"),
        Then::Closed => format!("closed the connection (FIN in packet {packet})"),
        Then::Reset => format!("reset the connection (packet {packet})"),
    }
}
