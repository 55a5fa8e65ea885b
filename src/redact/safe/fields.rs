//! The list of what is known to carry no secret: field names, and the values that each may have.
//!
//! A value stays only if its field is in [`FIELDS`], and only as far as it fits the form that's given there. Everything else
//! becomes asterisks, one for each byte. To let more stay, add it here.

/// What a field's value may be.
pub(super) enum Value {
    /// Words from a list, separated by commas, each with parameters that are blanked unless they are weights.
    List(&'static [&'static str]),
    /// The same, separated by semicolons.
    Settings(&'static [&'static str]),
    /// Names of fields.
    Names,
    /// Registered methods.
    Methods,
    /// Lengths: their digits stay, however many there are, for they say where messages end.
    Lengths,
    /// A number.
    Number,
    /// A date as HTTP has it, or a number.
    Date,
    /// Media types.
    MediaTypes,
    /// Language tags.
    Languages,
    /// A range of bytes, asked for or sent.
    Range,
    /// A host, with a port or without.
    Host,
    /// A URI.
    Uri,
    /// The origin of a page: a scheme, a host and a port.
    Origin,
    /// Entity tags: their shape stays.
    EntityTags,
    /// `name=value` pairs, of which the shape stays.
    Cookies,
    /// The same, and behind it attributes, of which the known ones stay.
    SetCookie,
    /// Challenges: the name of the scheme stays.
    Challenge,
    /// WebSocket extensions, and the parameters of the one that is known.
    Extensions,
    /// Names and versions of servers.
    Server,
}

const CODINGS: &[&str] =
    &["gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd", "identity", "chunked", "trailers", "*"];
const CACHING: &[&str] = &[
    "no-cache",
    "no-store",
    "no-transform",
    "only-if-cached",
    "must-revalidate",
    "must-understand",
    "private",
    "public",
    "proxy-revalidate",
    "immutable",
    "max-age=#",
    "s-maxage=#",
    "max-stale",
    "max-stale=#",
    "min-fresh=#",
    "stale-while-revalidate=#",
    "stale-if-error=#",
];
const POLICIES: &[&str] = &[
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];
const SWITCH: &[&str] = &["0", "1", "?0", "?1", "on", "off", "yes", "no", "true", "false"];
const RESOURCES: &[&str] = &[
    "same-site",
    "same-origin",
    "cross-origin",
    "unsafe-none",
    "require-corp",
    "credentialless",
    "noopener-allow-popups",
    "same-origin-allow-popups",
];

/// IANA, WebSocket Subprotocol Name Registry: those that are told by a name of their own. Others may be anything, and
/// bearer tokens travel here.
const SUBPROTOCOLS: &[&str] = &[
    "amqp",
    "bfcp",
    "coap",
    "dc.bsc.bacnet.org",
    "hub.bsc.bacnet.org",
    "jmap",
    "jsflow",
    "mqtt",
    "msrp",
    "ocpp1.2",
    "ocpp1.5",
    "ocpp1.6",
    "ocpp2.0",
    "ocpp2.0.1",
    "ocpp2.1",
    "opcua+uacp",
    "opcua+uajson",
    "rfb",
    "sip",
    "soap",
    "t140",
    "v10.stomp",
    "v11.stomp",
    "v12.stomp",
    "wamp",
    "wamp.2.json",
    "wamp.2.msgpack",
    "xmpp",
];

/// Fields that carry no secret as long as their values are what they should be, by name in small letters; sorted.
pub(super) const FIELDS: &[(&str, Value)] = &[
    ("accept", Value::MediaTypes),
    ("accept-charset", Value::List(&["utf-8", "iso-8859-1", "us-ascii", "*"])),
    ("accept-encoding", Value::List(CODINGS)),
    ("accept-language", Value::Languages),
    ("accept-ranges", Value::List(&["bytes", "none"])),
    ("access-control-allow-credentials", Value::List(SWITCH)),
    ("access-control-allow-headers", Value::Names),
    ("access-control-allow-methods", Value::Methods),
    ("access-control-allow-origin", Value::Origin),
    ("access-control-expose-headers", Value::Names),
    ("access-control-max-age", Value::Number),
    ("access-control-request-headers", Value::Names),
    ("access-control-request-method", Value::Methods),
    ("age", Value::Number),
    ("allow", Value::Methods),
    ("cache-control", Value::List(CACHING)),
    ("connection", Value::Names),
    ("content-disposition", Value::Settings(&["inline", "attachment", "form-data"])),
    ("content-encoding", Value::List(CODINGS)),
    ("content-language", Value::Languages),
    ("content-length", Value::Lengths),
    ("content-location", Value::Uri),
    ("content-range", Value::Range),
    ("content-type", Value::MediaTypes),
    ("cookie", Value::Cookies),
    ("cross-origin-embedder-policy", Value::List(RESOURCES)),
    ("cross-origin-opener-policy", Value::List(RESOURCES)),
    ("cross-origin-resource-policy", Value::List(RESOURCES)),
    ("date", Value::Date),
    ("dav", Value::List(&["1", "2", "3"])),
    ("depth", Value::List(&["0", "1", "infinity"])),
    ("destination", Value::Uri),
    ("dnt", Value::List(SWITCH)),
    ("early-data", Value::List(SWITCH)),
    ("etag", Value::EntityTags),
    ("expect", Value::List(&["100-continue"])),
    ("expires", Value::Date),
    ("host", Value::Host),
    ("if-match", Value::EntityTags),
    ("if-modified-since", Value::Date),
    ("if-none-match", Value::EntityTags),
    ("if-unmodified-since", Value::Date),
    ("keep-alive", Value::List(&["timeout=#", "max=#"])),
    ("last-modified", Value::Date),
    ("location", Value::Uri),
    ("max-forwards", Value::Number),
    ("origin", Value::Origin),
    ("overwrite", Value::List(&["t", "f"])),
    ("pragma", Value::List(&["no-cache"])),
    ("proxy-authenticate", Value::Challenge),
    ("proxy-connection", Value::Names),
    ("range", Value::Range),
    ("referer", Value::Uri),
    ("referrer-policy", Value::List(POLICIES)),
    ("retry-after", Value::Date),
    ("save-data", Value::List(SWITCH)),
    ("sec-ch-ua-mobile", Value::List(SWITCH)),
    (
        "sec-fetch-dest",
        Value::List(&[
            "document",
            "empty",
            "font",
            "iframe",
            "image",
            "manifest",
            "script",
            "style",
            "video",
            "websocket",
            "worker",
        ]),
    ),
    ("sec-fetch-mode", Value::List(&["cors", "navigate", "no-cors", "same-origin", "websocket"])),
    ("sec-fetch-site", Value::List(&["cross-site", "none", "same-origin", "same-site"])),
    ("sec-fetch-user", Value::List(SWITCH)),
    ("sec-gpc", Value::List(SWITCH)),
    ("sec-websocket-extensions", Value::Extensions),
    ("sec-websocket-protocol", Value::List(SUBPROTOCOLS)),
    ("sec-websocket-version", Value::Lengths),
    ("server", Value::Server),
    ("set-cookie", Value::SetCookie),
    ("strict-transport-security", Value::Settings(&["max-age=#", "includesubdomains", "preload"])),
    ("te", Value::List(CODINGS)),
    ("trailer", Value::Names),
    ("transfer-encoding", Value::List(CODINGS)),
    (
        "upgrade",
        Value::List(&["websocket", "h2c", "http/2.0", "tls/1.0", "tls/1.1", "tls/1.2", "connect-udp", "connect-ip"]),
    ),
    ("upgrade-insecure-requests", Value::List(SWITCH)),
    ("vary", Value::Names),
    ("www-authenticate", Value::Challenge),
    ("x-accel-buffering", Value::List(SWITCH)),
    ("x-content-type-options", Value::List(&["nosniff"])),
    ("x-dns-prefetch-control", Value::List(SWITCH)),
    ("x-forwarded-proto", Value::List(&["http", "https", "ws", "wss"])),
    ("x-frame-options", Value::List(&["deny", "sameorigin"])),
    ("x-requested-with", Value::List(&["xmlhttprequest"])),
    ("x-xss-protection", Value::Settings(&["0", "1", "mode=block"])),
];

/// Media types that are in wide use: the rest may be names that somebody made up.
pub(super) const MEDIA_TYPES: &[&str] = &[
    "*/*",
    "application/*",
    "application/dns-message",
    "application/javascript",
    "application/json",
    "application/ld+json",
    "application/manifest+json",
    "application/octet-stream",
    "application/pdf",
    "application/problem+json",
    "application/wasm",
    "application/x-ndjson",
    "application/x-www-form-urlencoded",
    "application/xhtml+xml",
    "application/xml",
    "application/zip",
    "audio/*",
    "audio/mpeg",
    "audio/ogg",
    "font/*",
    "font/woff",
    "font/woff2",
    "image/*",
    "image/apng",
    "image/avif",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/svg+xml",
    "image/webp",
    "image/x-icon",
    "message/http",
    "multipart/byteranges",
    "multipart/form-data",
    "multipart/mixed",
    "text/*",
    "text/css",
    "text/csv",
    "text/event-stream",
    "text/html",
    "text/javascript",
    "text/markdown",
    "text/plain",
    "text/xml",
    "video/*",
    "video/mp4",
    "video/webm",
];
pub(super) const CHARSETS: &[&str] = &[
    "utf-8",
    "utf8",
    "utf-16",
    "us-ascii",
    "ascii",
    "iso-8859-1",
    "iso-8859-15",
    "windows-1252",
    "shift_jis",
    "euc-jp",
    "gb2312",
    "gbk",
    "big5",
    "koi8-r",
];
pub(super) const SCHEMES: &[&str] = &[
    "basic",
    "bearer",
    "digest",
    "dpop",
    "hoba",
    "mutual",
    "negotiate",
    "ntlm",
    "scram-sha-1",
    "scram-sha-256",
    "vapid",
];
pub(super) const ATTRIBUTES: &[&str] =
    &["expires", "httponly", "max-age", "partitioned", "path", "domain", "samesite", "secure"];
pub(super) const SAME_SITE: &[&str] = &["lax", "none", "strict"];
pub(super) const EXTENSION: &str = "permessage-deflate";
pub(super) const PARAMETERS: &[&str] =
    &["server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits", "client_max_window_bits"];
