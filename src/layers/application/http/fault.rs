//! What a sender of HTTP/1.x did that the specification forbids.

use crate::layers::fault::faults;

faults! {
    /// A departure from RFC 9110 or RFC 9112, with the facts.
    pub enum Fault {
        /// A field line without a colon.
        #[error("this header line has no colon, so it is no \"name: value\": \"{0}\"")]
        NoColon(String) => "malformed-header-line", "RFC 9112 §5";
        /// A field name that is not a token.
        #[error("a header's name may only be letters, digits and a few signs; this one is \"{0}\"")]
        InvalidName(String) => "malformed-header-line", "RFC 9112 §5";
        /// White space between field name and colon.
        #[error(
            "there is white space between the name \"{0}\" and its colon: readers disagree on what the header's \
             name is"
        )]
        SpaceBeforeColon(String) => "space-before-colon", "RFC 9112 §5.1";
        /// A NUL, a bare CR or another control character in a field value.
        #[error("the value of \"{0}\" has a control character in it")]
        InvalidValue(String) => "invalid-header-value", "RFC 9110 §5.5";
        /// A field value continued on a line that begins with white space.
        #[error(
            "the value of \"{0}\" goes on in the next line (line folding), which is obsolete: readers disagree on \
             where it ends"
        )]
        Folded(String) => "folded-header-line", "RFC 9112 §5.2";
        /// White space before the first field line.
        #[error("there is white space between the start line and the first header")]
        SpaceBeforeFields => "space-before-headers", "RFC 9112 §2.2";
        /// Lines that end in LF alone.
        #[error("its lines end in LF alone; HTTP's lines end in CR LF")]
        BareLineFeed => "bare-line-feed", "RFC 9112 §2.2";
        /// More than one space, or a tab, between the parts of a start line.
        #[error("the parts of a start line are separated by one space each; here it is other white space")]
        StartLineSpacing => "start-line-spacing", "RFC 9112 §3";
        /// A request line without a version.
        #[error("the request line must end in the version, such as HTTP/1.1; this one has none")]
        NoVersion => "missing-version", "RFC 9112 §3";
        /// A version that is not written as 1.1 and 1.0 are.
        #[error("the version must be written HTTP/1.1 or HTTP/1.0; here it is \"{0}\"")]
        MalformedVersion(String) => "malformed-version", "RFC 9112 §2.3";
        /// A version whose messages have no start line, or that doesn't exist.
        #[error("only HTTP/1.1 and HTTP/1.0 have such a line; here the version is \"{0}\"")]
        OtherVersion(String) => "malformed-version", "RFC 9112 §2.3";
        /// A status code that is not three digits.
        #[error("a status code is three digits, from 100 on; here it is \"{0}\"")]
        MalformedStatus(String) => "malformed-status-code", "RFC 9110 §15";
        /// A status code of three digits that has no class.
        #[error("status codes are from 100 to 599; here it is {0}, of which no client knows whether it means success")]
        StatusOutOfRange(u16) => "malformed-status-code", "RFC 9110 §15";
        /// A control character, such as a bare CR, in a start line.
        #[error("there is a control character in the start line: readers disagree on where it ends")]
        ControlInStartLine => "control-in-start-line", "RFC 9112 §2.2";
        /// A request line without a target.
        #[error("the request line does not say what is asked for: there is nothing between method and version")]
        NoTarget => "missing-target", "RFC 9112 §3";
        /// No Host field in an HTTP/1.1 request.
        #[error("an HTTP/1.1 request must say with Host which site it is for; this one does not")]
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
        #[error("Content-Length is given more than once, with different values: \"{0}\"")]
        ConflictingLengths(String) => "conflicting-content-length", "RFC 9112 §6.3";
        /// The same Content-Length several times.
        #[error("Content-Length is given more than once, with the same value")]
        RepeatedLength => "repeated-content-length", "RFC 9112 §6.3";
        /// A Content-Length that isn't a number.
        #[error("Content-Length must be a number; here it is \"{0}\"")]
        MalformedLength(String) => "malformed-content-length", "RFC 9112 §6.3";
        /// A Content-Length beyond 64 bits.
        #[error("Content-Length does not fit into 64 bits: readers that cut it down see another message; here it is {0}")]
        LengthOverflow(String) => "malformed-content-length", "RFC 9112 §6.3";
        /// A coding after chunked, or chunked again.
        #[error("Transfer-Encoding is \"{0}\": chunked may be there only once, and as the last coding")]
        ChunkedNotLast(String) => "unknown-transfer-coding", "RFC 9112 §6.1";
        /// An unknown transfer coding.
        #[error("Transfer-Encoding is \"{0}\": where the body ends can not be told from it")]
        UnknownTransferCoding(String) => "unknown-transfer-coding", "RFC 9112 §6.1";
        /// A Transfer-Encoding in an HTTP/1.0 message.
        #[error(
            "Transfer-Encoding in an HTTP/1.0 message: who sends that version does not know chunks, so its \
             framing is in doubt"
        )]
        TransferCodingInOldVersion => "transfer-coding-in-http-1-0", "RFC 9112 §6.1";
        /// A Transfer-Encoding in a response that can have no body.
        #[error("a {0} response has no body, and so no Transfer-Encoding")]
        TransferCodingWithoutBody(u16) => "transfer-coding-without-body", "RFC 9112 §6.1";
        /// A chunk size that isn't a hexadecimal number.
        #[error("a chunk begins with its size in hexadecimal; here it begins with \"{0}\"")]
        MalformedChunkSize(String) => "malformed-chunk-size", "RFC 9112 §7.1";
        /// A chunk size beyond 64 bits.
        #[error("the chunk size \"{0}\" does not fit into 64 bits: readers that cut it down see another message")]
        ChunkSizeOverflow(String) => "chunk-size-overflow", "RFC 9112 §7.1";
        /// Something other than CR LF after a chunk's data.
        #[error("a chunk's data must be followed by an empty line end; the chunk is longer or shorter than it says")]
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
            "the stream ends before the last chunk, the one of size 0: the reader can not know whether that was \
             all"
        )]
        ChunksCutShort => "body-too-short", "RFC 9112 §8";
        /// Bytes after the end of a message that do not begin another.
        #[error("after the message's end come bytes that begin no other message: its body is longer than promised")]
        BytesAfterMessage => "body-too-long", "RFC 9112 §6.3";
        /// Content after a response that can have none: a 1xx, a 204, a 304, or one to HEAD.
        #[error(
            "after a response that can have no body (a 1xx, a 204, a 304, or one to HEAD) come bytes that begin \
             no other message: the client takes them for the next response"
        )]
        BodyNotAllowed => "unexpected-body", "RFC 9110 §6.4.1";
        /// A Content-Length in a response that can have no body.
        #[error("this {0} response has no body, and so must not have a Content-Length either")]
        LengthWithoutBody(u16) => "content-length-without-body", "RFC 9110 §8.6";
        /// An Upgrade field that Connection does not name.
        #[error(
            "the Upgrade header only counts together with \"Connection: Upgrade\", which is missing: a proxy \
             would pass it on, to somebody it is not for"
        )]
        UpgradeWithoutConnection => "upgrade-without-connection", "RFC 9110 §7.8";
        /// A 101 to a protocol that the request did not offer.
        #[error("the server switches to \"{chosen}\"; the request offered {offered}")]
        UpgradeNotAsked {
            /// What the response switches to.
            chosen: String,
            /// What the request's Upgrade says: "nothing", or its value in quotes.
            offered: String,
        } => "upgrade-not-asked", "RFC 9110 §7.8";
        /// A 101 or 426 without an Upgrade field.
        #[error("a {0} response must say in an Upgrade header which protocol it means; this one has none")]
        NoUpgrade(u16) => "missing-upgrade", "RFC 9110 §7.8";
        /// A 405 without an Allow field.
        #[error("a 405 must list in an Allow header the methods that would be allowed; this one does not")]
        NoAllow => "missing-allow", "RFC 9110 §15.5.6";
        /// A 206 that does not say which part it is.
        #[error("a 206 must say in Content-Range which part of the whole it is; this one does not")]
        NoContentRange => "missing-content-range", "RFC 9110 §15.3.7";
        /// A 401 without a challenge.
        #[error(
            "a 401 must say in WWW-Authenticate how to log in; this one does not, so no client can know what to \
             send"
        )]
        NoChallenge => "missing-www-authenticate", "RFC 9110 §15.5.2";
        /// A 407 without a challenge.
        #[error("a 407 must say in Proxy-Authenticate how to log in to the proxy; this one does not")]
        NoProxyChallenge => "missing-proxy-authenticate", "RFC 9110 §15.5.8";
        /// A response without a request that it could answer.
        #[error("a response, but there was no request it could answer")]
        ResponseWithoutRequest => "response-without-request", "RFC 9112 §9.2";
        /// The client's bytes do not begin with a request line, yet the server answers in HTTP.
        #[error("what the client sent does not begin with a request line, and the server answered it")]
        MalformedRequestLine => "malformed-request-line", "RFC 9112 §3";
        /// The client's request is HTTP/1.x, and what the server answers does not begin with a status line.
        #[error("what the server sent does not begin with a status line: it is no response of HTTP/1")]
        MalformedStatusLine => "malformed-status-line", "RFC 9112 §4";
        /// A content or transfer coding that cannot be undone.
        #[error("the body's coding can not be undone: {0}")]
        CodingDoesNotDecode(String) => "coding-does-not-decode", "RFC 9110 §8.4";
    }
}

/// The beginning of some bytes, for a message.
pub(super) fn text(bytes: &[u8]) -> String {
    const ENOUGH: usize = 60;
    let mut text = String::from_utf8_lossy(&bytes[..bytes.len().min(ENOUGH)]).into_owned();
    if bytes.len() > ENOUGH {
        text.push('…');
    }
    text
}
