//! What a Content-Type says (RFC 9110 §8.3), read from the value as it was sent. Most values are asked only one question, and
//! taking them apart would cost more than that.

/// What tells a client that more may come for ever: neither the length nor the end of such content means anything.
const STREAMS: [&[u8]; 2] = [EVENT_STREAM, b"multipart/x-mixed-replace"];

/// Server-sent events (WHATWG HTML §9.2).
const EVENT_STREAM: &[u8] = b"text/event-stream";

/// The media type without its parameters.
#[must_use]
pub fn media_type(value: &[u8]) -> &[u8] {
    value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii()
}

/// Whether the media type of a Content-Type or the like is `wanted`, parameters and case aside.
pub(super) fn is_media_type(value: &[u8], wanted: &[u8]) -> bool {
    let (kind, rest) = value.trim_ascii_start().split_at_checked(wanted.len()).unwrap_or_default();
    kind.eq_ignore_ascii_case(wanted) && matches!(rest.trim_ascii_start(), [] | [b';', ..])
}

/// Whether it's a stream of server-sent events.
#[must_use]
pub fn is_event_stream(value: &[u8]) -> bool {
    is_media_type(value, EVENT_STREAM)
}

/// Whether it's a stream that doesn't end by itself.
#[must_use]
pub fn is_endless(value: &[u8]) -> bool {
    STREAMS.iter().any(|stream| is_media_type(value, stream))
}

/// The value of a parameter: `name=value` or `name="value"`, after a semicolon.
pub(super) fn parameter<'a>(value: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    value.split(|byte| *byte == b';').skip(1).find_map(|parameter| {
        let at = parameter.iter().position(|byte| *byte == b'=')?;
        let (of_it, rest) = (parameter[..at].trim_ascii(), parameter[at + 1..].trim_ascii());
        of_it
            .eq_ignore_ascii_case(name)
            .then(|| rest.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_told_by_what_stands_before_its_parameters() {
        let same = ["text/event-stream", " Text/Event-Stream ; a=b", "text/event-stream;", "text/event-stream\t"];
        assert!(same.iter().all(|value| is_event_stream(value.as_bytes())));
        let others =
            ["", "text/event-streams", "text/event", "text/event-stream a", ";text/event-stream", "text/plain"];
        assert!(!others.iter().any(|value| is_event_stream(value.as_bytes())));
    }
}
