//! Cookies (RFC 6265): what browsers send, and what they drop without a word.

use super::super::fault::{Fault, text};
use super::super::section::Head;

pub(super) fn of_request(head: &Head<'_>, faults: &mut Vec<Fault>) {
    let times = head.all("cookie").count();
    if times > 1 {
        faults.push(Fault::SeveralCookies(times));
    }
}

pub(super) fn of_response(head: &Head<'_>, faults: &mut Vec<Fault>) {
    for cookie in head.all("set-cookie") {
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
}
