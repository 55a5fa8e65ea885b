//! Cookies (RFC 6265): what browsers send, and what they drop without a word.

use super::super::fault::{Fault, text};
use super::super::names::{FieldName, NameSet};
use super::super::section::Head;

pub(super) fn of_request(head: &Head<'_>, faults: &mut Vec<Fault>) {
    if head.repeats(NameSet::of(&[FieldName::Cookie])) {
        faults.push(Fault::SeveralCookies(head.all(FieldName::Cookie).count()));
    }
}

/// Judges the value of a Set-Cookie field.
pub(super) fn set_cookie(cookie: &[u8], faults: &mut Vec<Fault>) {
    let name = || text(cookie.split(|byte| matches!(byte, b'=' | b';')).next().unwrap_or_default());
    let mut attributes = cookie.split(|byte| *byte == b';').skip(1).map(<[u8]>::trim_ascii);
    let secure = attributes.clone().any(|attribute| attribute.eq_ignore_ascii_case(b"secure"));
    if attributes.any(|attribute| attribute.eq_ignore_ascii_case(b"samesite=none")) && !secure {
        faults.push(Fault::SameSiteWithoutSecure(name()));
    }
    if !secure && (cookie.starts_with(b"__Secure-") || cookie.starts_with(b"__Host-")) {
        faults.push(Fault::PrefixWithoutSecure(name()));
    }
}
