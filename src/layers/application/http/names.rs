//! The field names that something here asks for (RFC 9110 §16.3.1), and which of them a section has.
//!
//! A name is looked up once, when its line is taken apart. From then on it's a number. So asking a section for a field
//! that it doesn't have, which nearly every rule does with nearly every message, takes one look at a bit.

macro_rules! field_names {
    ($($variant:ident = $text:literal),* $(,)?) => {
        /// A field name that is asked for, by its place in the list of them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum FieldName {
            $(#[doc = concat!("`", $text, "`.")] $variant,)*
        }

        impl FieldName {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name as its specification writes it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

field_names! {
    Accept = "Accept",
    AcceptEncoding = "Accept-Encoding",
    AcceptLanguage = "Accept-Language",
    AccessControlAllowCredentials = "Access-Control-Allow-Credentials",
    AccessControlAllowHeaders = "Access-Control-Allow-Headers",
    AccessControlAllowMethods = "Access-Control-Allow-Methods",
    AccessControlAllowOrigin = "Access-Control-Allow-Origin",
    AccessControlRequestHeaders = "Access-Control-Request-Headers",
    AccessControlRequestMethod = "Access-Control-Request-Method",
    Age = "Age",
    Allow = "Allow",
    Authorization = "Authorization",
    CacheControl = "Cache-Control",
    Connection = "Connection",
    ContentDisposition = "Content-Disposition",
    ContentEncoding = "Content-Encoding",
    ContentLength = "Content-Length",
    ContentLocation = "Content-Location",
    ContentRange = "Content-Range",
    ContentType = "Content-Type",
    Cookie = "Cookie",
    Date = "Date",
    ETag = "ETag",
    Expect = "Expect",
    Expires = "Expires",
    Forwarded = "Forwarded",
    From = "From",
    Host = "Host",
    IfMatch = "If-Match",
    IfModifiedSince = "If-Modified-Since",
    IfNoneMatch = "If-None-Match",
    IfRange = "If-Range",
    IfUnmodifiedSince = "If-Unmodified-Since",
    KeepAlive = "Keep-Alive",
    LastModified = "Last-Modified",
    Location = "Location",
    MaxForwards = "Max-Forwards",
    Origin = "Origin",
    ProxyAuthenticate = "Proxy-Authenticate",
    ProxyAuthorization = "Proxy-Authorization",
    Range = "Range",
    Referer = "Referer",
    RetryAfter = "Retry-After",
    SecFetchDest = "Sec-Fetch-Dest",
    SecFetchMode = "Sec-Fetch-Mode",
    SecFetchSite = "Sec-Fetch-Site",
    SecWebSocketAccept = "Sec-WebSocket-Accept",
    SecWebSocketExtensions = "Sec-WebSocket-Extensions",
    SecWebSocketKey = "Sec-WebSocket-Key",
    SecWebSocketKey1 = "Sec-WebSocket-Key1",
    SecWebSocketKey2 = "Sec-WebSocket-Key2",
    SecWebSocketLocation = "Sec-WebSocket-Location",
    SecWebSocketProtocol = "Sec-WebSocket-Protocol",
    SecWebSocketVersion = "Sec-WebSocket-Version",
    Server = "Server",
    SetCookie = "Set-Cookie",
    Te = "TE",
    Traceparent = "Traceparent",
    Trailer = "Trailer",
    TransferEncoding = "Transfer-Encoding",
    Upgrade = "Upgrade",
    UserAgent = "User-Agent",
    Vary = "Vary",
    Via = "Via",
    WebSocketLocation = "WebSocket-Location",
    WebSocketOrigin = "WebSocket-Origin",
    WwwAuthenticate = "WWW-Authenticate",
    XContentTypeOptions = "X-Content-Type-Options",
    XForwardedFor = "X-Forwarded-For",
    XForwardedHost = "X-Forwarded-Host",
    XForwardedProto = "X-Forwarded-Proto",
    XRequestId = "X-Request-ID",
}

/// A name in the form in which it's compared: its length, and its first and last eight bytes. If the name is shorter,
/// both are all of its bytes, followed by zeros.
#[derive(Clone, Copy)]
struct Key {
    length: usize,
    first: u64,
    last: u64,
}

const WORD: usize = size_of::<u64>();

const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; WORD])
}

impl Key {
    const fn of(name: &[u8]) -> Self {
        if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
            return Self::long(name.len(), *first, *last);
        }
        let (mut first, mut at) = ([0; WORD], 0);
        while at < name.len() {
            first[at] = name[at];
            at += 1;
        }
        Self::short(name.len(), first)
    }

    const fn long(length: usize, first: [u8; WORD], last: [u8; WORD]) -> Self {
        Self { length, first: u64::from_le_bytes(first), last: u64::from_le_bytes(last) }
    }

    /// The key of the first `length` bytes of `name`, fewer than eight.
    const fn short(length: usize, name: [u8; WORD]) -> Self {
        let first = u64::from_le_bytes(name) & ((1 << (8 * length)) - 1);
        Self { length, first, last: first }
    }

    /// Where a name is looked for, which is the same for both cases of a letter.
    #[inline]
    const fn place(self) -> usize {
        let (first, last) = (self.first | each(0x20), self.last | each(0x20));
        let mixed = first.wrapping_add(last.rotate_left(29)).wrapping_add(self.length as u64);
        (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - PLACES.ilog2())) as usize
    }

    /// Whether a name may be `known`, case aside: only the bytes between the first and last eight aren't compared.
    #[inline]
    const fn fits(self, known: Self) -> bool {
        // Of letters, digits and "-" only letters have 0x40, and only letters come in two cases, which differ in 0x20.
        const fn differ(name: u64, known: u64) -> u64 {
            (name ^ known) & !((known & each(0x40)) >> 1)
        }
        self.length == known.length && differ(self.first, known.first) | differ(self.last, known.last) == 0
    }
}

/// The names' keys.
static KEYS: [Key; FieldName::ALL.len()] = {
    let (mut keys, mut at) = ([Key::of(b""); FieldName::ALL.len()], 0);
    while at < keys.len() {
        keys[at] = Key::of(FieldName::ALL[at].as_str().as_bytes());
        at += 1;
    }
    keys
};

/// Room for the look-up: so large that nearly every name has its own place, and that most other names find theirs
/// empty.
const PLACES: usize = 512;

/// Where each name is looked for: at its place, or at the next after it that is free.
static TABLE: [Option<FieldName>; PLACES] = {
    let (mut table, mut at) = ([None; PLACES], 0);
    while at < FieldName::ALL.len() {
        let mut place = Key::of(FieldName::ALL[at].as_str().as_bytes()).place();
        while table[place].is_some() {
            place = (place + 1) % PLACES;
        }
        table[place] = Some(FieldName::ALL[at]);
        at += 1;
    }
    table
};

impl FieldName {
    /// The name that `name` is, case aside (RFC 9110 §5.1), if it is one that is asked for.
    #[must_use]
    pub fn of(name: &[u8]) -> Option<Self> {
        Self::begins(name, name.len())
    }

    /// The same of the first `length` bytes of `line`, which is quicker where more follow them.
    #[inline]
    pub(super) fn begins(line: &[u8], length: usize) -> Option<Self> {
        let name = &line[..length];
        let key = match (name.first_chunk(), name.last_chunk(), line.first_chunk()) {
            (Some(first), Some(last), _) => Key::long(length, *first, *last),
            (_, _, Some(first)) => Key::short(length, *first),
            _ => Key::of(name),
        };
        let mut place = key.place();
        loop {
            let known = TABLE[place]?;
            if key.fits(KEYS[known as usize]) && (length <= 2 * WORD || known.is_long(name)) {
                return Some(known);
            }
            place = (place + 1) % PLACES;
        }
    }

    /// Whether a name that is too long for its key to tell is this one.
    #[cold]
    fn is_long(self, name: &[u8]) -> bool {
        name.eq_ignore_ascii_case(self.as_str().as_bytes())
    }
}

/// A set of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameSet([u64; 2]);

impl NameSet {
    /// The set of those names.
    #[must_use]
    pub const fn of(names: &[FieldName]) -> Self {
        let (mut set, mut at) = (Self([0; 2]), 0);
        while at < names.len() {
            set.add(names[at]);
            at += 1;
        }
        set
    }

    /// Whether the two have a name in common.
    #[must_use]
    #[inline]
    pub const fn meets(self, other: Self) -> bool {
        (self.0[0] & other.0[0]) | (self.0[1] & other.0[1]) != 0
    }

    /// Adds a name; says whether it was there already.
    #[inline]
    const fn add(&mut self, name: FieldName) -> bool {
        let (word, bit) = (name as usize / 64 % 2, 1 << (name as u32 % 64));
        let was = self.0[word] & bit != 0;
        self.0[word] |= bit;
        was
    }
}

/// Which names the lines of a section have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) once: NameSet,
    /// Those that more than one line has.
    pub(super) again: NameSet,
}

impl Names {
    #[inline]
    pub(super) fn add(&mut self, name: FieldName) {
        if self.once.add(name) {
            self.again.add(name);
        }
    }
}

// One bit for each name.
const _: () = assert!(FieldName::ALL.len() <= size_of::<NameSet>() * 8);

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &[u8]) -> Option<FieldName> {
        let one_by_one =
            FieldName::ALL.iter().copied().find(|known| name.eq_ignore_ascii_case(known.as_str().as_bytes()));
        assert_eq!(FieldName::of(name), one_by_one, "{}", name.escape_ascii());
        assert_eq!(FieldName::begins(&[name, b": value"].concat(), name.len()), one_by_one, "{}", name.escape_ascii());
        one_by_one
    }

    #[test]
    fn each_name_is_found_whatever_its_case() {
        for name in FieldName::ALL {
            let text = name.as_str();
            for written in [text.to_owned(), text.to_ascii_lowercase(), text.to_ascii_uppercase()] {
                assert_eq!(found(written.as_bytes()), Some(*name), "{written}");
            }
        }
    }

    #[test]
    fn no_other_name_is_taken_for_one_of_them() {
        for name in FieldName::ALL {
            let text = name.as_str();
            for at in 0..text.len() {
                for byte in (0..=u8::MAX).filter(|byte| !byte.eq_ignore_ascii_case(&text.as_bytes()[at])) {
                    let mut other = text.as_bytes().to_vec();
                    other[at] = byte;
                    assert_ne!(found(&other), Some(*name), "{}", other.escape_ascii());
                }
            }
            assert_ne!(found(&text.as_bytes()[1..]), Some(*name));
            assert_ne!(found(format!("{text}x").as_bytes()), Some(*name));
        }
        assert_eq!(found(b""), None);
    }

    #[test]
    fn most_names_have_a_place_of_their_own() {
        let own = FieldName::ALL.iter().filter(|name| TABLE[KEYS[**name as usize].place()] == Some(**name)).count();
        assert!(own * 10 >= FieldName::ALL.len() * 9, "{own} of {}", FieldName::ALL.len());
    }
}
