//! The request target in its four forms (RFC 9112 §3.2), and the parts of a URI in it (RFC 3986 §3).

use super::{lossy, take, with_clause};
use crate::layers::headers::pen::Pen;

/// Names the next `length` bytes, the target of a request with that method.
pub(super) fn annotate(pen: &mut Pen<'_>, length: usize, method: &str) {
    let target = pen.bytes(length);
    let value = lossy(target);
    let scheme = target.windows(3).position(|bytes| bytes == b"://");
    let (clause, meaning) = match (target, scheme) {
        _ if method == "CONNECT" => {
            ("RFC 9112 §3.2.3", "authority-form: the host and port that the tunnel shall lead to.")
        }
        (b"*", _) => ("RFC 9112 §3.2.4", "asterisk-form: the server as a whole."),
        ([b'/', ..], _) => ("RFC 9112 §3.2.1", "origin-form: path and query; the Host field says of which site."),
        (_, Some(_)) => ("RFC 9112 §3.2.2", "absolute-form: the whole address, as proxies are asked."),
        _ => ("RFC 9112 §3.2", "What the request is about; none of the four forms that it may have."),
    };
    let absolute = scheme.filter(|_| clause == "RFC 9112 §3.2.2");
    let divided = absolute.is_some() || target.starts_with(b"/") && target.contains(&b'?');
    with_clause(pen, clause, |pen| {
        if !divided {
            pen.leaf(length as u64 * 8, "request target", value, meaning);
            return;
        }
        pen.group(length as u64 * 8, "request target", meaning, |pen| {
            pen.clause("RFC 3986 §3");
            if let Some(scheme) = absolute {
                take(pen, scheme, "scheme", "Which protocol the address is of.");
                take(pen, 3, "://", "Ends the scheme.");
                let end = until(pen, b"/?#");
                take(pen, end, "authority", "Host, and port where it is not the usual one.");
            }
            let end = until(pen, b"?");
            take(pen, end, "path", "Which resource of the site.");
            take(pen, 1, "?", "Begins the query.");
            let rest = pen.left();
            take(pen, rest, "query", "Parameters: what forms and scripts add to the path.");
            value
        });
    });
}

/// How many bytes there are before the first of `marks`.
fn until(pen: &Pen<'_>, marks: &[u8]) -> usize {
    let rest = pen.bytes(pen.left());
    rest.iter().position(|byte| marks.contains(byte)).unwrap_or(rest.len())
}
