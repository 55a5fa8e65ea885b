//! Request lines and status lines (RFC 9112 §3, §4), and telling them from anything else.

use std::ops::Range;

use memchr::memchr;

use super::decoder::Role;
use super::fault::Fault;

/// The longest method looked for; the registry's longest has 17 letters.
const MAX_METHOD: usize = 64;

/// What stands for the version of a request line that has none: HTTP/0.9 had no versions yet.
const NO_VERSION: (u8, u8) = (0, 9);

/// Methods by which a request line is known that lacks its version or target: the registry's that servers meet, and
/// UPnP's and Exchange's.
const METHODS: &str = "GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH LINK UNLINK PROPFIND \
    PROPPATCH MKCOL COPY MOVE LOCK UNLOCK VERSION-CONTROL REPORT CHECKOUT CHECKIN UNCHECKOUT MKWORKSPACE \
    UPDATE LABEL MERGE BASELINE-CONTROL MKACTIVITY ORDERPATCH ACL SEARCH BIND REBIND UNBIND QUERY \
    M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE CCM_POST RPC_IN_DATA RPC_OUT_DATA";

/// A start line's parts, as ranges of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartLine {
    /// `method SP request-target SP HTTP-version`; version (0, 9) where there is none.
    Request {
        /// The method.
        method: Range<u32>,
        /// The request target.
        target: Range<u32>,
        /// Major and minor version digit.
        version: (u8, u8),
    },
    /// `HTTP-version SP status-code SP [reason-phrase]`.
    Status {
        /// Major and minor version digit.
        version: (u8, u8),
        /// The status code.
        status: u16,
        /// The reason phrase.
        reason: Range<u32>,
    },
}

/// How much some bytes look like the beginning of a start line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// They begin with a whole start line.
    Yes,
    /// They are not long enough to tell.
    Maybe,
    /// They do not.
    No,
}

/// Tells whether `bytes` begin with a start line of that role; `limit` caps how long a line is waited for.
#[must_use]
pub fn likeness(role: Role, bytes: &[u8], limit: usize) -> Likeness {
    matched(role, bytes, limit, |_| true)
}

/// The same where anything may come: only a start line that lacks nothing is one.
#[must_use]
pub fn strict_likeness(role: Role, bytes: &[u8], limit: usize) -> Likeness {
    matched(role, bytes, limit, |start| start.lack().is_none())
}

fn matched(role: Role, bytes: &[u8], limit: usize, accept: fn(&StartLine) -> bool) -> Likeness {
    if !may_begin(role, bytes) {
        return Likeness::No;
    }
    match memchr(b'\n', &bytes[..bytes.len().min(limit)]) {
        Some(end) => match StartLine::parse(role, trim_line_end(&bytes[..=end])) {
            Some(start) if accept(&start) => Likeness::Yes,
            _ => Likeness::No,
        },
        None if bytes.len() >= limit || has_control(bytes) => Likeness::No,
        None => Likeness::Maybe,
    }
}

/// Which role the sender of some bytes has, if one of their lines is a start line, or the last may well become one.
#[must_use]
pub fn role(bytes: &[u8], limit: usize) -> Option<Role> {
    let mut rest = bytes;
    loop {
        if strict_likeness(Role::Request, rest, limit) == Likeness::Yes {
            return Some(Role::Request);
        }
        if rest.len() >= 7 && strict_likeness(Role::Response, rest, limit) != Likeness::No {
            return Some(Role::Response);
        }
        match memchr(b'\n', rest) {
            Some(end) => rest = &rest[end + 1..],
            None => break,
        }
    }
    let method = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let likely = (3..=7).contains(&method) && bytes[method..].starts_with(b" /") && !has_control(bytes);
    likely.then_some(Role::Request)
}

/// A cheap look at the first bytes, before a line end is searched for.
fn may_begin(role: Role, bytes: &[u8]) -> bool {
    match role {
        Role::Response => {
            let length = bytes.len().min(7);
            bytes[..length].eq_ignore_ascii_case(&b"HTTP/1."[..length])
        }
        Role::Request => {
            let method = bytes.iter().take(MAX_METHOD + 1).take_while(|b| is_token(**b)).count();
            method <= MAX_METHOD
                && match bytes.get(method) {
                    Some(b' ' | b'\t' | b'\r' | b'\n') => method > 0,
                    Some(_) => false,
                    None => true,
                }
        }
    }
}

fn has_control(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.iter().any(|b| matches!(b, 0..=8 | 10..=31 | 127))
}

/// A line without its CR LF, or bare LF.
#[must_use]
pub(super) fn trim_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

impl StartLine {
    /// Parses a line without its line end; `None` if it is no start line of that role.
    ///
    /// White space is taken leniently, as RFC 9112 §3 allows; [`StartLine::is_strict`] tells.
    #[must_use]
    pub fn parse(role: Role, line: &[u8]) -> Option<Self> {
        if has_control(line) {
            return None;
        }
        match role {
            Role::Request => Self::request(line),
            Role::Response => Self::status(line),
        }
    }

    fn request(line: &[u8]) -> Option<Self> {
        let method_end = line.iter().position(|b| is_space(*b)).unwrap_or(line.len());
        if method_end == 0 || !line[..method_end].iter().all(|b| is_token(*b)) {
            return None;
        }
        let line_end = line.len() - line.iter().rev().take_while(|b| is_space(**b)).count();
        let target_start = method_end + line[method_end..].iter().take_while(|b| is_space(**b)).count();
        if target_start >= line_end {
            let nothing = method_end as u32..method_end as u32;
            let alone = Self::Request { method: 0..nothing.start, target: nothing, version: NO_VERSION };
            return is_known(&line[..method_end]).then_some(alone);
        }
        let rest = &line[target_start..line_end];
        // The version is what follows the last white space: targets with spaces in them are sent, if wrongly.
        let last = rest.iter().rposition(|b| is_space(*b)).map_or(0, |at| at + 1);
        let before = rest[..last].trim_ascii_end().len();
        let (target_length, version) = match version(&rest[last..]) {
            Some(version) if before > 0 => (before, version),
            // Anything may be a method; without a whole request line around it, it must be a known one.
            _ if !is_known(&line[..method_end]) => return None,
            Some(version) => (0, version),
            None if rest[last..].starts_with(b"HTTP/") => (before, NO_VERSION),
            None if matches!(rest[0], b'/' | b'*' | b'h') => (rest.len(), NO_VERSION),
            None => return None,
        };
        Some(Self::Request {
            method: 0..method_end as u32,
            target: target_start as u32..(target_start + target_length) as u32,
            version,
        })
    }

    fn status(line: &[u8]) -> Option<Self> {
        let version = version(line.get(..8)?)?;
        let digits_at = 8 + line[8..].iter().take_while(|b| is_space(**b)).count();
        let digits = line.get(digits_at..digits_at + 3)?;
        if digits_at == 8 || !digits.iter().all(u8::is_ascii_digit) || digits[0] == b'0' {
            return None;
        }
        let status = digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
        let reason = match line.get(digits_at + 3) {
            None => line.len(),
            Some(b' ' | b'\t') => digits_at + 4,
            Some(_) => return None,
        };
        Some(Self::Status { version, status, reason: reason as u32..line.len() as u32 })
    }

    /// Whether the parts of `line` are separated by one space each, as the grammar has it.
    #[must_use]
    pub fn is_strict(&self, line: &[u8]) -> bool {
        match self {
            Self::Request { version: NO_VERSION, .. } => true,
            Self::Request { method, target, .. } => {
                target.start == method.end + 1
                    && target.end as usize + 9 == line.len()
                    && !line[target.start as usize..target.end as usize].iter().any(|b| is_space(*b))
                    && line[method.end as usize] == b' '
                    && line[target.end as usize] == b' '
            }
            Self::Status { .. } => line.get(8) == Some(&b' ') && line.get(9).is_some_and(u8::is_ascii_digit),
        }
    }

    /// What a request line lacks: its target, or a version that is one.
    #[must_use]
    pub fn lack(&self) -> Option<Fault> {
        match self {
            Self::Request { version: NO_VERSION, .. } => Some(Fault::NoVersion),
            Self::Request { target, .. } if target.is_empty() => Some(Fault::NoTarget),
            _ => None,
        }
    }

    /// The version in it.
    #[must_use]
    pub fn version(&self) -> (u8, u8) {
        match self {
            Self::Request { version, .. } | Self::Status { version, .. } => *version,
        }
    }
}

/// `HTTP/` digit `.` digit, of major version 1 (RFC 9112 §2.3); others frame their messages otherwise.
fn version(text: &[u8]) -> Option<(u8, u8)> {
    match text {
        [h, t, t2, p, b'/', b'1', b'.', minor @ b'0'..=b'9'] if [*h, *t, *t2, *p].eq_ignore_ascii_case(b"HTTP") => {
            Some((1, minor - b'0'))
        }
        _ => None,
    }
}

fn is_known(method: &[u8]) -> bool {
    METHODS.split(' ').any(|known| known.as_bytes() == method)
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// tchar (RFC 9110 §5.6.2).
#[must_use]
pub(super) fn is_token(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+'
        | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &str) -> Option<(String, String, (u8, u8))> {
        match StartLine::parse(Role::Request, line.as_bytes())? {
            StartLine::Request { method, target, version } => Some((
                line[method.start as usize..method.end as usize].into(),
                line[target.start as usize..target.end as usize].into(),
                version,
            )),
            StartLine::Status { .. } => None,
        }
    }

    #[test]
    fn request_lines_are_taken_apart() {
        let parts = |m: &str, t: &str, v| Some((m.to_string(), t.to_string(), v));
        assert_eq!(request("GET /a?b HTTP/1.1"), parts("GET", "/a?b", (1, 1)));
        assert_eq!(request("get / HTTP/1.0"), parts("get", "/", (1, 0)));
        assert_eq!(request("M-SEARCH * HTTP/1.1"), parts("M-SEARCH", "*", (1, 1)));
        assert_eq!(request("CONNECT example.com:443 HTTP/1.1"), parts("CONNECT", "example.com:443", (1, 1)));
        assert_eq!(request("GET  /a b  HTTP/1.1 "), parts("GET", "/a b", (1, 1)));
        assert_eq!(request("GET /old"), parts("GET", "/old", (0, 9)));
        assert_eq!(request("OPTIONS HTTP/1.1"), parts("OPTIONS", "", (1, 1)));
        assert_eq!(request("OPTIONS"), parts("OPTIONS", "", (0, 9)));
        assert_eq!(request("PUT / HTTP/1."), parts("PUT", "/", (0, 9)));
        assert_eq!(request("PUT /HTTP/1.1"), parts("PUT", "/HTTP/1.1", (0, 9)));
    }

    #[test]
    fn other_lines_are_not_requests() {
        for line in
            ["", "GETS", "GETS ", "EHLO example.com", "NICK me", "PRI * HTTP/2.0", "GETS / HTTP/2.0", " GET / HTTP/1.1"]
        {
            assert_eq!(request(line), None, "{line:?}");
        }
        assert_eq!(request("GET /\u{1} HTTP/1.1"), None);
    }

    #[test]
    fn status_lines_are_taken_apart() {
        for (line, status, reason) in [
            ("HTTP/1.1 200 OK", 200, "OK"),
            ("HTTP/1.0 404 Not Found", 404, "Not Found"),
            ("HTTP/1.1 204 ", 204, ""),
            ("HTTP/1.1 500", 500, ""),
        ] {
            let Some(StartLine::Status { status: s, reason: r, .. }) =
                StartLine::parse(Role::Response, line.as_bytes())
            else {
                panic!("{line}")
            };
            assert_eq!((s, &line[r.start as usize..r.end as usize]), (status, reason));
        }
        for line in ["HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/2 200 OK", "HTTP/1.1200 OK", "ICY 200 OK", "HTTP/1.1 099 No"]
        {
            assert_eq!(StartLine::parse(Role::Response, line.as_bytes()), None, "{line:?}");
        }
    }

    #[test]
    fn a_beginning_may_still_become_a_start_line() {
        let is = |role, bytes: &[u8]| likeness(role, bytes, 100);
        assert_eq!(is(Role::Request, b""), Likeness::Maybe);
        assert_eq!(is(Role::Request, b"GE"), Likeness::Maybe);
        assert_eq!(is(Role::Request, b"GET / HTTP/1.1\r"), Likeness::Maybe);
        assert_eq!(is(Role::Request, b"GET / HTTP/1.1\r\nHost"), Likeness::Yes);
        assert_eq!(is(Role::Request, b"\x16\x03\x01"), Likeness::No);
        assert_eq!(is(Role::Request, b"GET \x00"), Likeness::No);
        assert_eq!(is(Role::Request, &[b'a'; 200]), Likeness::No);
        assert_eq!(is(Role::Response, b"HTTP/1.1 2"), Likeness::Maybe);
        assert_eq!(is(Role::Response, b"SSH-2.0"), Likeness::No);
    }
}
