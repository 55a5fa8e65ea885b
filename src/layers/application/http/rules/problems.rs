//! What a message says that the specification forbids: of what its fields mean, and of what it answers.

use crate::layers::problem::faults;
use crate::layers::quoted::{Named, Quoted};

faults! {
    /// A rule that a message breaks, with the facts.
    pub enum Fault {
        /// An Upgrade field that Connection does not name.
        #[error(
            "the Upgrade header only counts together with \"Connection: Upgrade\", which is missing: a proxy \
             would pass it on, to somebody it is not for"
        )]
        UpgradeWithoutConnection => "upgrade-without-connection", "RFC 9110 §7.8";
        /// A 101 to a protocol that the request did not offer.
        #[error(
            "the server switches to {chosen}; the request offered {}",
            offered.as_ref().map_or_else(|| "nothing".to_owned(), Quoted::to_string)
        )]
        UpgradeNotAsked {
            /// What the response switches to.
            chosen: Quoted,
            /// What the request's Upgrade says, if there is one.
            offered: Option<Quoted>,
        } => "upgrade-not-asked", "RFC 9110 §7.8";
        /// A 101 or 426 without an Upgrade field.
        #[error("a {0} response must name the protocol in an Upgrade header; this one has none")]
        NoUpgrade(u16) => "missing-upgrade", "RFC 9110 §7.8";
        /// A 405 without an Allow field.
        #[error("a 405 must list the allowed methods in an Allow header; this one does not")]
        NoAllow => "missing-allow", "RFC 9110 §15.5.6";
        /// A 206 that does not say which part it is.
        #[error("a 206 must say in Content-Range which part of the whole it holds; this one does not")]
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
        /// A byte beyond US-ASCII in the request target.
        #[error("the request target {0} contains bytes beyond US-ASCII: they have to be percent-encoded")]
        TargetNotAscii(Quoted) => "target-not-ascii", "RFC 9112 §3.2";
        /// A fragment in the request target.
        #[error("the request target {0} has a fragment (#…), which is for the client alone and must not be sent")]
        FragmentInTarget(Quoted) => "fragment-in-target", "RFC 9110 §7.1";
        /// `*` as the target of another method than OPTIONS.
        #[error("the target * is only for OPTIONS; this method is {0}")]
        AsteriskNotOptions(Named) => "asterisk-target", "RFC 9112 §3.2.4";
        /// User name or password in a URI.
        #[error("{0} contains a user name (user@host), which must not be sent: readers show it to everybody")]
        UserInfo(&'static str) => "userinfo-in-uri", "RFC 9110 §4.2.4";
        /// A Host that isn't a host and port.
        #[error("Host must be a name and a port, nothing else; here it is {0}")]
        MalformedHost(Quoted) => "malformed-host", "RFC 9110 §7.2";
        /// A field that may appear only once, but appears more often.
        #[error(
            "{name} may appear only once, but appears more often{}",
            differing.as_ref().map_or_else(
                || ", with the same value".to_owned(),
                |differing| format!(", with different values, {first} and {differing}: readers disagree on which one counts")
            )
        )]
        RepeatedField {
            /// Which.
            name: &'static str,
            /// Its first value.
            first: Quoted,
            /// The second, if it's another.
            differing: Option<Quoted>,
        } => "repeated-field", "RFC 9110 §5.3";
        /// Several Cookie fields in an HTTP/1.1 request.
        #[error(
            "the request has {0} Cookie headers, but one has to hold all the cookies: many servers read only the first"
        )]
        SeveralCookies(usize) => "several-cookie-fields", "RFC 6265 §5.4";
        /// A field value with bytes beyond US-ASCII.
        #[error(
            "the value of {0} contains bytes beyond US-ASCII: some readers take them for UTF-8, others for \
             Latin-1, and some refuse the message"
        )]
        ValueNotAscii(Quoted) => note "value-not-ascii", "RFC 9110 §5.5";
        /// A date that is not in GMT.
        #[error("dates must be in GMT and end with \"GMT\"; {name} is {value}")]
        DateNotGmt {
            /// Which field.
            name: &'static str,
            /// Its value.
            value: Quoted,
        } => "date-not-gmt", "RFC 9110 §5.6.7";
        /// An entity tag without its quotes.
        #[error("an entity tag must be in double quotes; {name} says {value}")]
        MalformedEntityTag {
            /// Which field.
            name: &'static str,
            /// What stands there in its place.
            value: Quoted,
        } => "malformed-etag", "RFC 9110 §8.8.3";
        /// TE without the connection option.
        #[error("TE is for the next hop only, so Connection has to list it; here it doesn't")]
        TeWithoutConnection => "te-without-connection", "RFC 9110 §10.1.4";
        /// If-Range with a weak entity tag.
        #[error(
            "If-Range holds a weak entity tag (W/…): two versions that share one can differ in their bytes, so parts \
             of them must not be joined"
        )]
        WeakIfRange => "weak-if-range", "RFC 9110 §13.1.5";
        /// If-Range without Range.
        #[error("If-Range counts only together with Range, and there is no Range")]
        IfRangeWithoutRange => "if-range-without-range", "RFC 9110 §13.1.5";
        /// A 304 whose entity tag is none of those asked about.
        #[error(
            "304 says that the copy with the ETag {held} (If-None-Match) is still good, but names {tag} as the current \
             ETag: the client keeps an old copy"
        )]
        OtherEntityTag {
            /// What If-None-Match says.
            held: Quoted,
            /// What the `ETag` says.
            tag: Quoted,
        } => "other-etag-in-304", "RFC 9110 §15.4.5";
        /// A 200 where the client's copy is still good.
        #[error(
            "the client already has the version with the ETag {0} (If-None-Match), and the server sends the same one \
             again: a 304 without a body would do"
        )]
        NotModifiedUnsaid(Quoted) => note "not-modified-unsaid", "RFC 9110 §13.1.2";
        /// Several ranges in one Content-Range.
        #[error(
            "Content-Range names several ranges, {0}, but can hold only one: several ranges go into a \
             multipart/byteranges body"
        )]
        SeveralContentRanges(Quoted) => "malformed-content-range", "RFC 9110 §14.4";
        /// A Content-Range that cannot be.
        #[error(
            "Content-Range is \"bytes first-last/whole\", where first is at most last and last is less than whole; \
             here it is {0}"
        )]
        MalformedContentRange(Quoted) => "malformed-content-range", "RFC 9110 §14.4";
        /// A body that is not as long as its Content-Range says.
        #[error("Content-Range says {said}, which is {length} bytes, but the body has {body}")]
        ContentRangeLength {
            /// What the field says.
            said: Quoted,
            /// How many bytes that are.
            length: u64,
            /// How many the body has.
            body: u64,
        } => "content-range-length", "RFC 9110 §14.4";
        /// A 206 with another part than was asked for.
        #[error(
            "the client asked for {asked} and got {got}: if it puts that where the other part belongs, its file \
             is corrupted"
        )]
        OtherRange {
            /// What Range says.
            asked: Quoted,
            /// What Content-Range says.
            got: Quoted,
        } => "other-range-than-asked", "RFC 9110 §15.3.7";
        /// A redirection without Location.
        #[error("a {0} must say in Location where to go, but this one has none: the client stays where it is")]
        NoLocation(u16) => note "redirect-without-location", "RFC 9110 §15.4";
        /// A redirection to the URL that was asked for.
        #[error(
            "the redirect leads to the same URL that the client asked for, {0}: a loop, unless something else \
             changes"
        )]
        RedirectToItself(Quoted) => note "redirect-to-itself", "RFC 9110 §15.4";
        /// A request without a length, answered with 411.
        #[error(
            "the server requires the body's length: this {0} has no Content-Length, not even 0, and no \
             Transfer-Encoding"
        )]
        LengthWanted(Named) => note "length-wanted", "RFC 9110 §15.5.12";
        /// A refusal of a request with a very long field.
        #[error("the request's largest header is {name}, with {length} bytes: that may be the reason for the {status}")]
        FieldTooLarge {
            /// The status.
            status: u16,
            /// The field's name.
            name: Named,
            /// The length of name and value.
            length: usize,
        } => note "header-too-large", "RFC 6585 §5";
        /// A 414, and how long the target was.
        #[error("the request target has {0} bytes, which is more than this server takes")]
        TargetTooLong(usize) => note "target-too-long", "RFC 9110 §15.5.15";
        /// A client that wants an event stream, and gets something else.
        #[error(
            "the client asked for text/event-stream and got {0}: a browser's EventSource gives up here, and does not try again"
        )]
        NoEventStream(Quoted) => note "not-an-event-stream", "WHATWG HTML §9.2.2";
        /// An event stream with a length.
        #[error(
            "this event stream has a Content-Length ({0}), so it ends there: a browser's EventSource reconnects each \
             time, and the page polls"
        )]
        EventStreamEnds(Quoted) => note "event-stream-ends", "WHATWG HTML §9.2.3";
        /// A page in place of what the client can use.
        #[error("the client asked for {0} and got an HTML page: it fails at the page's first character, \"<\"")]
        HtmlInstead(&'static str) => note "html-instead", "RFC 9110 §12.5.1";
        /// A type that the client did not ask for.
        #[error("the response is {kind}, which the client did not ask for (Accept: {accepted})")]
        TypeNotAccepted {
            /// The response's media type.
            kind: Quoted,
            /// What Accept says.
            accepted: Quoted,
        } => note "type-not-accepted", "RFC 9110 §12.5.1";
        /// A type that a browser must not use for that.
        #[error("the type is {kind}, and X-Content-Type-Options forbids guessing (nosniff): a browser doesn't take it for {purpose}")]
        BlockedByType {
            /// The response's media type.
            kind: Quoted,
            /// What the browser wants it for.
            purpose: &'static str,
        } => note "blocked-by-type", "WHATWG Fetch §3.6";
        /// A cookie for a domain that its host isn't in.
        #[error("the cookie {name} is for {domain}, and the response came from {host}: a browser that asked for that drops it")]
        CookieForOtherDomain {
            /// The cookie's name.
            name: Quoted,
            /// Its Domain.
            domain: Quoted,
            /// What Host says, without a port.
            host: Quoted,
        } => note "cookie-for-another-domain", "RFC 6265 §5.3";
        /// A redirection to https of a request that came by https.
        #[error(
            "the proxy says that its client speaks https (X-Forwarded-Proto), and the server redirects it to https again, to \
             {0}: a loop"
        )]
        RedirectToHttpsAgain(Quoted) => note "redirect-to-itself", "RFC 9110 §15.4";
        /// A Range of a video or a sound that got all of it.
        #[error(
            "the client asked for a part ({0}) and got the whole: a player can't jump to another place, and Safari plays \
             nothing at all"
        )]
        RangeIgnored(Quoted) => note "range-ignored", "RFC 9110 §14.2";
        /// A tunnel that wasn't opened.
        #[error("the proxy doesn't open the tunnel to {target}: it answers with {status}")]
        TunnelRefused {
            /// The response's status.
            status: u16,
            /// Where the tunnel was to lead.
            target: Quoted,
        } => note "tunnel-refused", "RFC 9110 §9.3.6";
        /// A request that offers HTTP/2, and is refused.
        #[error(
            "the request offers HTTP/2 in clear text (Upgrade: h2c), which a server may ignore; this one answers with {0}, \
             perhaps because of it"
        )]
        HttpTwoOfferRefused(u16) => note "h2c-refused", "RFC 9110 §7.8";
        /// Credentials that don't do.
        #[error("the request has credentials ({name}: {scheme} …), and the server asks for some again: these aren't accepted")]
        CredentialsRefused {
            /// The authentication scheme.
            scheme: &'static str,
            /// The field that they're in.
            name: &'static str,
        } => note "credentials-refused", "RFC 9110 §11.4";
        /// A 415, and what the content was said to be.
        #[error(
            "the server doesn't take {}",
            kind.as_ref().map_or_else(
                || "content without a Content-Type".to_owned(),
                |kind| format!("content of the type {kind}")
            )
        )]
        TypeRefused {
            /// The request's media type, if it says one.
            kind: Option<Quoted>,
        } => note "type-refused", "RFC 9110 §15.5.16";
        /// A 417 in answer to Expect.
        #[error("the server doesn't meet what the request expects (Expect), and refuses it for that alone")]
        ExpectationRefused => note "expectation-refused", "RFC 9110 §15.5.18";
        /// A preflight that was redirected.
        #[error(
            "a CORS preflight must not be redirected, but this one was, to {0}: the browser gives up. Call that \
             URL directly"
        )]
        PreflightRedirected(Quoted) => note "preflight-redirected", "WHATWG Fetch §4.8";
        /// A preflight that was refused.
        #[error("a CORS preflight needs a status from 200 to 299, but got {0}: the browser does not send the actual request")]
        PreflightRefused(u16) => note "preflight-refused", "WHATWG Fetch §4.8";
        /// A preflight's response that doesn't allow what the browser asked for.
        #[error(
            "the response to the CORS preflight does not allow {wanted} ({field}): the browser does not send the \
             actual request"
        )]
        PreflightLacks {
            /// The field that would say so.
            field: &'static str,
            /// What the browser asked for.
            wanted: Quoted,
        } => note "preflight-not-allowed", "WHATWG Fetch §4.8";
        /// A response that another origin may read.
        #[error(
            "the page's origin is {origin}, and Access-Control-Allow-Origin allows {allowed}: the browser (CORS) keeps \
             the response from the page{}",
            age.as_ref().map_or(String::new(), |age| {
                format!(". It comes from a cache (Age: {age}), which can't know better: Vary: Origin is missing")
            })
        )]
        OtherOriginAllowed {
            /// What Origin says.
            origin: Quoted,
            /// What Access-Control-Allow-Origin says.
            allowed: Quoted,
            /// What Age says, where Vary does not name Origin.
            age: Option<Quoted>,
        } => note "origin-not-allowed", "WHATWG Fetch §4.10";
        /// A cross-origin request whose response no page may read.
        #[error("no Access-Control-Allow-Origin allows {0}: the browser (CORS) keeps the response from the page")]
        OriginNotAllowed(Quoted) => note "origin-not-allowed", "WHATWG Fetch §4.10";
        /// Credentials together with `*`.
        #[error(
            "Access-Control-Allow-Origin is *, together with Access-Control-Allow-Credentials: a browser that sent \
             cookies keeps the response from the page unless its origin is named"
        )]
        CredentialsForAll => note "credentials-for-all", "WHATWG Fetch §4.10";
        /// A cookie with SameSite=None that is not Secure.
        #[error("the cookie {0} has SameSite=None but not Secure: browsers drop it silently")]
        SameSiteWithoutSecure(Quoted) => note "samesite-none-without-secure", "IETF draft-ietf-httpbis-rfc6265bis §5.7";
        /// A cookie whose name's prefix demands Secure.
        #[error("a cookie whose name begins with __Secure- or __Host- has to be Secure; {0} is not, and browsers drop it")]
        PrefixWithoutSecure(Quoted) => note "cookie-prefix-without-secure", "IETF draft-ietf-httpbis-rfc6265bis §4.1.3";
        /// A multipart type without its boundary.
        #[error("the body is {0}, which needs the boundary parameter: without it nobody can tell the parts apart")]
        NoBoundary(Quoted) => "multipart-without-boundary", "RFC 2046 §5.1.1";
        /// Content in a TRACE request.
        #[error("a TRACE request must not have content, but this one does")]
        ContentInTrace => "content-in-trace", "RFC 9110 §9.3.8";
        /// Transfer-Encoding in the answer to a request in HTTP/1.0.
        #[error(
            "the request is in HTTP/1.0, whose clients do not know Transfer-Encoding, but the response uses it: the \
             chunk sizes end up in the page"
        )]
        TransferCodingToOldVersion => "transfer-coding-to-http-1-0", "RFC 9112 §6.1";
        /// Content in a 205.
        #[error("a 205 tells the client to reset its form, so it must not have content")]
        ContentIn205 => "content-in-205", "RFC 9110 §15.3.6";
        /// A content coding that the client did not accept.
        #[error(
            "the body's coding is {coding}, which the client did not ask for (Accept-Encoding: {accepted}){}",
            if *by_cache { ". It comes from a cache: Vary: Accept-Encoding keeps such copies apart" } else { "" }
        )]
        CodingNotAccepted {
            /// The coding.
            coding: Named,
            /// What the request accepts.
            accepted: Quoted,
            /// Whether the response has been in a cache.
            by_cache: bool,
        } => note "coding-not-accepted", "RFC 9110 §12.5.3";
        /// Gzip that no Content-Encoding says.
        #[error(
            "the body begins with 1f 8b, as gzip does, but there is no Content-Encoding that says so: the reader sees \
             garbage"
        )]
        GzipUndeclared => note "gzip-undeclared", "RFC 9110 §8.4";
        /// JSON that begins with a byte order mark.
        #[error("this JSON begins with a byte order mark (EF BB BF), which JSON must not have: some parsers refuse it")]
        JsonWithMark => "json-with-byte-order-mark", "RFC 8259 §8.1";
        /// A type of JSON, and no JSON.
        #[error("no JSON begins like this body, {0}: a parser stops there")]
        NotJson(Quoted) => "not-json", "RFC 8259 §2";
        /// A type of JSON, and nothing.
        #[error("the type is JSON, and the body is empty, which is no JSON: a parser reports its unexpected end")]
        EmptyJson => "not-json", "RFC 8259 §2";
        /// JSON that isn't UTF-8.
        #[error("JSON must be UTF-8; this body is not, from byte {0} on")]
        JsonNotUtf8(usize) => "json-not-utf8", "RFC 8259 §8.1";
        /// Text that isn't the UTF-8 that it's said to be.
        #[error("the type says charset=utf-8, and the body is not UTF-8 from byte {0} on: readers see \u{fffd} there")]
        TextNotUtf8(usize) => note "body-not-utf8", "RFC 9110 §8.3.2";
        /// A content coding that was applied twice and is said once.
        #[error("undone once, the body's coding, {0}, leaves bytes that begin with 1f 8b, as gzip does: it was compressed twice")]
        CodedTwice(Quoted) => note "coded-twice", "RFC 9110 §8.4";
        /// An event stream whose events never end.
        #[error(
            "{0} lines of data came, but no empty line, which ends an event: a browser's EventSource dispatches none \
             of them"
        )]
        NeverDispatched(u32) => note "events-never-dispatched", "WHATWG HTML §9.2.6";
        /// A chunked body in chunks.
        #[error(
            "the body is in chunks, and inside them it is in chunks again: two programs applied the coding, and the \
             inner sizes end up in the page"
        )]
        ChunkedTwice => note "chunked-twice", "RFC 9112 §6.1";
        /// Both lengths in a response to HEAD, which has no body to be framed.
        #[error("the response to a HEAD has both Content-Length and Transfer-Encoding, but may have only one of them")]
        BothLengthsForHead => "both-lengths-for-head", "RFC 9112 §6.2";
        /// A target of none of the forms that there are.
        #[error(
            "the request target is {0}: it has to be a path that begins with a slash, a whole URI, host:port for CONNECT, or * \
             for OPTIONS"
        )]
        MalformedTarget(Quoted) => "malformed-target", "RFC 9112 §3.2";
        /// A Host other than the one in the target.
        #[error("the target's host is {target}, and Host says {host}: servers disagree on which site is meant")]
        HostUnlikeTarget {
            /// The target's authority.
            target: Quoted,
            /// What Host says.
            host: Quoted,
        } => "host-unlike-target", "RFC 9112 §3.2";
        /// TE that names chunked.
        #[error("TE lists chunked, which every HTTP/1.1 client accepts: it must not be listed there")]
        ChunkedInTe => "chunked-in-te", "RFC 9112 §7.4";
        /// A date in an obsolete form, or in one that never was.
        #[error("dates must have the form \"Sun, 06 Nov 1994 08:49:37 GMT\"; {name} is {value}")]
        DateForm {
            /// Which field.
            name: &'static str,
            /// Its value.
            value: Quoted,
        } => "date-form", "RFC 9110 §5.6.7";
        /// A field for everybody among the connection options.
        #[error("Connection names {0}, which is meant for everybody: a proxy removes it, so the other end never sees it")]
        EndToEndOption(&'static str) => "end-to-end-connection-option", "RFC 9110 §7.6.1";
        /// A Last-Modified later than Date.
        #[error("Last-Modified is {modified}, which is later than the response itself (Date: {date})")]
        ModifiedLater {
            /// What Last-Modified says.
            modified: Quoted,
            /// What Date says.
            date: Quoted,
        } => "last-modified-after-date", "RFC 9110 §8.8.2.1";
        /// OPTIONS with content that isn't said to be anything.
        #[error("an OPTIONS request with content must say in Content-Type what the content is; this one does not")]
        OptionsWithoutType => "options-without-content-type", "RFC 9110 §9.3.7";
        /// A TRACE request with credentials.
        #[error("a TRACE request must not contain secrets, since its response repeats them; this one has {0}")]
        SecretInTrace(&'static str) => "secret-in-trace", "RFC 9110 §9.3.8";
        /// An expectation of 100 without content.
        #[error("the request expects 100 Continue before its content, but has no content")]
        ExpectWithoutContent => "expect-without-content", "RFC 9110 §10.1.1";
        /// A fragment in Referer.
        #[error("Referer has a fragment (#…), which is for the client alone and must not be sent: {0}")]
        FragmentInReferer(Quoted) => "fragment-in-referer", "RFC 9110 §10.1.3";
        /// A challenge whose realm has no quotes.
        #[error("the realm in {0} must be in double quotes, but isn't: clients disagree on where it ends")]
        RealmNotQuoted(&'static str) => "realm-not-quoted", "RFC 9110 §11.5";
        /// A part of another version than the one that If-Range asks for.
        #[error(
            "the client asks for a part only if the version is still {held} (If-Range), but gets a part of {got}: if \
             it joins them, its file is corrupted"
        )]
        IfRangeIgnored {
            /// What If-Range says.
            held: Quoted,
            /// What the response says of the version.
            got: Quoted,
        } => "if-range-ignored", "RFC 9110 §13.1.5";
        /// A 206 that answers something other than GET.
        #[error("the response to this {0} is a part (206), but Range counts only for GET")]
        RangeForOtherMethod(Named) => "range-for-other-method", "RFC 9110 §14.2";
        /// An interim response to HTTP/1.0.
        #[error("the request is in HTTP/1.0, whose clients know no interim responses: they take this {0} for the final response")]
        InterimToOldVersion(u16) => "interim-to-http-1-0", "RFC 9110 §15.2";
        /// A Content-Range in the header section of several parts.
        #[error("the body has several parts, each with its own Content-Range, but there is a Content-Range in the headers as well")]
        RangeBesideParts => "content-range-beside-parts", "RFC 9110 §15.3.7.2";
        /// Several parts in answer to one range.
        #[error("the client asked for one range ({0}) and gets a multipart body, which it may not be able to read")]
        PartsForOneRange(Quoted) => "parts-for-one-range", "RFC 9110 §15.3.7.2";
        /// A trailer that only counts as a header.
        #[error("{0} comes after the body, as a trailer, where it does not count: it has to be known earlier")]
        NotForTrailers(&'static str) => "field-not-for-trailers", "RFC 9110 §6.5.1";
        /// A URI with an empty host.
        #[error("{0} is an http URI without a host: some programs take the first part of its path for the host")]
        UriWithoutHost(&'static str) => "uri-without-host", "RFC 9110 §4.2.1";
        /// Several cookies in one field.
        #[error(
            "this Set-Cookie holds several cookies, joined with a comma: browsers take them for one, so {0} is \
             lost or becomes an attribute"
        )]
        FoldedSetCookie(Quoted) => note "folded-set-cookie", "RFC 6265 §3";
        /// A cookie without a name.
        #[error("a cookie is name=value, but this one has no name: {0}")]
        CookieWithoutName(Quoted) => note "cookie-without-name", "IETF draft-ietf-httpbis-rfc6265bis §4.1.1";
        /// A __Host- cookie that isn't its host's own.
        #[error("a cookie whose name begins with __Host- has to have Path=/ and no Domain; browsers drop {0}")]
        HostCookieElsewhere(Quoted) => note "host-cookie-elsewhere", "IETF draft-ietf-httpbis-rfc6265bis §4.1.3";
        /// Access-Control-Allow-Credentials in another case.
        #[error("browsers require Access-Control-Allow-Credentials to be \"true\", and take {0} for no")]
        CredentialsNotTrue(Quoted) => note "credentials-not-true", "WHATWG Fetch §3.3.4";
        /// The coding deflate without the header of zlib.
        #[error(
            "the body's coding is deflate, which is DEFLATE data between zlib's header and checksum; here it is raw: \
             some readers refuse it"
        )]
        RawDeflate => "raw-deflate", "RFC 9110 §8.4.1.2";
    }
}
