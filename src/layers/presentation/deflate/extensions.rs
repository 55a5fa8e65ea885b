//! `Sec-WebSocket-Extensions` (RFC 6455 §9.1): the list, and what it says about permessage-deflate (RFC 7692 §7.1).
//!
//! The parser takes whatever it is given: what does not fit is reported beside what does.

use super::Inflater;

/// The extension's name (RFC 7692 §7).
const NAME: &str = "permessage-deflate";

/// What old Safari has in its place (draft-tyoshino-hybi-websocket-perframe-deflate): the same for messages of one frame.
const WEBKIT: &str = "x-webkit-deflate-frame";

/// The parameters that limit a window (§7.1.2).
const SERVER_WINDOW: &str = "server_max_window_bits";
const CLIENT_WINDOW: &str = "client_max_window_bits";

/// An extension with its parameters, as a list names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its token, as sent.
    pub name: String,
    /// Its parameters, in order.
    pub parameters: Vec<Parameter>,
}

impl Extension {
    /// Whether it is permessage-deflate, in whatever case: neither RFC 6455 §9.1 nor RFC 7692 §7 says that case counts,
    /// and ABNF's strings have none (RFC 5234 §2.3).
    #[must_use]
    pub fn is_deflate(&self) -> bool {
        self.name.eq_ignore_ascii_case(NAME)
    }
}

/// A parameter of an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its token, as sent.
    pub name: String,
    /// Its value, quotes removed; `None` without an equals sign.
    pub value: Option<String>,
}

/// Something in a list of extensions that the specifications do not allow. A client must fail the connection for it
/// (RFC 6455 §9.1, RFC 7692 §7.1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionFault {
    /// An element of the list, or a parameter, has no name.
    #[error("an extension or a parameter without a name")]
    Unnamed,
    /// A quoted string does not end.
    #[error("a quoted string without its closing quote")]
    Unquoted,
    /// permessage-deflate was accepted more than once.
    #[error("permessage-deflate is accepted more than once")]
    RepeatedExtension,
    /// permessage-deflate has no parameter of that name (RFC 7692 §7.1).
    #[error("permessage-deflate has no parameter {name:?}")]
    UnknownParameter {
        /// Its name.
        name: String,
    },
    /// The parameter is there twice.
    #[error("the parameter {name} is repeated")]
    RepeatedParameter {
        /// Its name.
        name: String,
    },
    /// The parameter's value is not one it may have: none for a `no_context_takeover`, 8 to 15 for a `max_window_bits`.
    #[error("the parameter {name} cannot have the value {value:?}")]
    InvalidValue {
        /// The parameter's name.
        name: String,
        /// Its value; empty if it has none.
        value: String,
    },
}

/// What the server accepted of permessage-deflate, RFC 7692 §7.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deflate {
    /// The server compresses every message afresh.
    pub server_no_context_takeover: bool,
    /// The client compresses every message afresh.
    pub client_no_context_takeover: bool,
    /// The base-2 logarithm of the server's largest window, 8 to 15.
    pub server_max_window_bits: u8,
    /// The base-2 logarithm of the client's largest window, 8 to 15.
    pub client_max_window_bits: u8,
}

impl Default for Deflate {
    fn default() -> Self {
        Self {
            server_no_context_takeover: false,
            client_no_context_takeover: false,
            server_max_window_bits: 15,
            client_max_window_bits: 15,
        }
    }
}

impl Deflate {
    /// Reads the response's `Sec-WebSocket-Extensions`, where several field lines are joined by commas.
    #[must_use]
    pub fn negotiated(response_value: &[u8]) -> Negotiated {
        let (extensions, mut faults) = extensions(response_value);
        let (mut deflate, mut others) = (None, false);
        for extension in extensions {
            if !extension.is_deflate() {
                others = true;
                if extension.name.eq_ignore_ascii_case(WEBKIT) && deflate.is_none() {
                    deflate = Some(Self::default());
                }
            } else if deflate.is_some() {
                faults.push(ExtensionFault::RepeatedExtension);
            } else {
                deflate = Some(Self::of_parameters(extension.parameters, &mut faults));
            }
        }
        Negotiated { deflate, others, faults }
    }

    fn of_parameters(parameters: Vec<Parameter>, faults: &mut Vec<ExtensionFault>) -> Self {
        let mut deflate = Self::default();
        let mut seen: u8 = 0;
        for Parameter { name, value } in parameters {
            let (bit, valid) = match name.as_str() {
                "server_no_context_takeover" => (1, set(&mut deflate.server_no_context_takeover, value.is_none())),
                "client_no_context_takeover" => (2, set(&mut deflate.client_no_context_takeover, value.is_none())),
                SERVER_WINDOW => (4, bits(&mut deflate.server_max_window_bits, value.as_deref())),
                CLIENT_WINDOW => (8, bits(&mut deflate.client_max_window_bits, value.as_deref())),
                _ => {
                    faults.push(ExtensionFault::UnknownParameter { name });
                    continue;
                }
            };
            if seen & bit != 0 {
                faults.push(ExtensionFault::RepeatedParameter { name });
            } else if !valid {
                faults.push(ExtensionFault::InvalidValue { name, value: value.unwrap_or_default() });
            }
            seen |= bit;
        }
        deflate
    }

    /// An inflater for the messages that the client sends.
    #[must_use]
    pub fn client_inflater(&self) -> Inflater {
        Inflater::new(!self.client_no_context_takeover).within(self.client_max_window_bits)
    }

    /// An inflater for the messages that the server sends.
    #[must_use]
    pub fn server_inflater(&self) -> Inflater {
        Inflater::new(!self.server_no_context_takeover).within(self.server_max_window_bits)
    }
}

/// What is wrong with a client's offers: with their grammar, and with permessage-deflate's parameters in them. Extensions
/// that are not known are somebody else's.
#[must_use]
pub fn offer_faults(request_value: &[u8]) -> Vec<ExtensionFault> {
    let (offers, mut faults) = extensions(request_value);
    for offer in offers.into_iter().filter(|offer| offer.name.eq_ignore_ascii_case(NAME)) {
        // In an offer, a client's window need not have a size (RFC 7692 §7.1.2.2).
        let sized = |it: &Parameter| it.name != CLIENT_WINDOW || it.value.is_some();
        Deflate::of_parameters(offer.parameters.into_iter().filter(sized).collect(), &mut faults);
    }
    faults
}

/// What a server's answer takes that none of the client's offers of permessage-deflate gives, in words (RFC 7692 §7.1.2).
#[must_use]
pub fn beyond_the_offer(request_value: &[u8], response_value: &[u8]) -> Vec<String> {
    let of = |value| extensions(value).0.into_iter().filter(|it| it.name.eq_ignore_ascii_case(NAME));
    let Some(answer) = of(response_value).next() else { return Vec::new() };
    let offers: Vec<Extension> = of(request_value).collect();
    let size = |value: &Option<String>| value.as_deref().and_then(|value| value.parse::<u8>().ok());
    let largest_of = |name| {
        let offered = offers.iter().flat_map(|offer| offer.parameters.iter().filter(|it| it.name == name));
        offered.map(|it| size(&it.value).unwrap_or(15)).max()
    };
    let of_windows = [CLIENT_WINDOW, SERVER_WINDOW].map(|name| (name, largest_of(name)));
    let mut beyond = Vec::new();
    for Parameter { name, value } in answer.parameters {
        let largest = of_windows.iter().find(|(of, _)| *of == name).and_then(|(_, largest)| *largest);
        match (name.as_str(), largest, size(&value)) {
            (CLIENT_WINDOW, None, _) if !offers.is_empty() => beyond.push(format!("{name} was not offered")),
            (CLIENT_WINDOW | SERVER_WINDOW, Some(most), Some(chosen)) if chosen > most => {
                beyond.push(format!("{name} is {chosen}, and was offered as {most} at most"));
            }
            _ => {}
        }
    }
    beyond
}

/// What came of reading a response's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// What was agreed, if permessage-deflate was accepted; parameters that are at fault count as absent.
    pub deflate: Option<Deflate>,
    /// Whether other extensions were accepted: the reserved bits may be theirs.
    pub others: bool,
    /// What the list should not have had.
    pub faults: Vec<ExtensionFault>,
}

/// A flag parameter: it is meant whether or not it wrongly has a value.
fn set(flag: &mut bool, valid: bool) -> bool {
    *flag = true;
    valid
}

/// A window size: 8 to 15 in decimal, without leading zeros (RFC 7692 §7.1.2). In a response it must be there.
fn bits(bits: &mut u8, value: Option<&str>) -> bool {
    let parsed = value.filter(|value| !value.starts_with(['0', '+'])).and_then(|value| value.parse().ok());
    match parsed {
        Some(parsed @ 8..=15) => {
            *bits = parsed;
            true
        }
        _ => false,
    }
}

/// Splits a `Sec-WebSocket-Extensions` value, of a request or a response, into extensions and what is wrong with it.
/// Bytes that are not UTF-8 are replaced.
#[must_use]
pub fn extensions(value: &[u8]) -> (Vec<Extension>, Vec<ExtensionFault>) {
    let mut faults = Vec::new();
    let mut extensions = Vec::new();
    for element in split(value, b',') {
        if element.trim_ascii().is_empty() {
            continue; // RFC 9110 §5.6.1.2: empty list elements are ignored.
        }
        let mut parts = split(element, b';');
        let name = text(parts.next().unwrap_or_default());
        if name.is_empty() {
            faults.push(ExtensionFault::Unnamed);
            continue;
        }
        let parameters = parts.filter_map(|part| parameter(part, &mut faults)).collect();
        extensions.push(Extension { name, parameters });
    }
    (extensions, faults)
}

fn parameter(part: &[u8], faults: &mut Vec<ExtensionFault>) -> Option<Parameter> {
    let (name, value) = match split_once(part, b'=') {
        Some((name, value)) => (text(name), Some(value.trim_ascii())),
        None => (text(part), None),
    };
    if name.is_empty() {
        faults.push(ExtensionFault::Unnamed);
        return None;
    }
    let value = value.map(|value| match value.strip_prefix(b"\"") {
        None => text(value),
        Some(quoted) => {
            let (text, closed) = unquote(quoted);
            if !closed {
                faults.push(ExtensionFault::Unquoted);
            }
            text
        }
    });
    Some(Parameter { name, value })
}

/// The content of a quoted string after its opening quote (RFC 9110 §5.6.4), and whether it has a closing one.
fn unquote(quoted: &[u8]) -> (String, bool) {
    let mut content = Vec::new();
    let mut bytes = quoted.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return (text(&content), true),
            b'\\' => content.extend(bytes.next()),
            other => content.push(*other),
        }
    }
    (text(&content), false)
}

/// Splits at a separator that is not inside a quoted string.
fn split(value: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    let mut escaped = false;
    value.split(move |byte| {
        let inside = quoted;
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        !inside && *byte == separator
    })
}

fn split_once(value: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(separator, value)?;
    Some((value.get(..at)?, value.get(at + 1..)?))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.trim_ascii()).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn agreed(value: &str) -> Deflate {
        let Negotiated { deflate, faults, .. } = Deflate::negotiated(value.as_bytes());
        assert_eq!(faults, [], "{value}");
        deflate.expect(value)
    }

    fn faults(value: &str) -> Vec<ExtensionFault> {
        Deflate::negotiated(value.as_bytes()).faults
    }

    #[test]
    fn without_parameters_both_sides_keep_their_context_and_a_window_of_32_kib() {
        assert_eq!(agreed("permessage-deflate"), Deflate::default());
        assert_eq!(agreed(" , permessage-deflate ,").server_max_window_bits, 15);
    }

    #[test]
    fn every_parameter_is_read_quoted_or_not() {
        let value = "permessage-deflate; server_no_context_takeover ;client_no_context_takeover; \
                     server_max_window_bits=\"10\"; client_max_window_bits = 9";
        assert_eq!(
            agreed(value),
            Deflate {
                server_no_context_takeover: true,
                client_no_context_takeover: true,
                server_max_window_bits: 10,
                client_max_window_bits: 9,
            }
        );
    }

    #[test]
    fn a_response_that_accepts_nothing_agrees_nothing() {
        assert_eq!(Deflate::negotiated(b""), Negotiated { deflate: None, others: false, faults: vec![] });
    }

    #[test]
    fn a_window_size_outside_8_to_15_is_a_fault() {
        for value in ["7", "16", "08", "+9", "", "nine", "\"1\\6\""] {
            let faults = faults(&format!("permessage-deflate; server_max_window_bits={value}"));
            assert!(matches!(faults.as_slice(), [ExtensionFault::InvalidValue { .. }]), "{value}: {faults:?}");
        }
        assert_eq!(
            faults("permessage-deflate; client_max_window_bits"),
            [ExtensionFault::InvalidValue { name: "client_max_window_bits".into(), value: String::new() }]
        );
    }

    #[test]
    fn what_is_unknown_or_repeated_is_reported_by_name() {
        assert_eq!(
            faults("x-other, permessage-deflate; level=9; level=9"),
            [
                ExtensionFault::UnknownParameter { name: "level".into() },
                ExtensionFault::UnknownParameter { name: "level".into() },
            ]
        );
        assert_eq!(
            faults("permessage-deflate; server_no_context_takeover; server_no_context_takeover, permessage-deflate"),
            [
                ExtensionFault::RepeatedParameter { name: "server_no_context_takeover".into() },
                ExtensionFault::RepeatedExtension,
            ]
        );
    }

    #[test]
    fn other_extensions_are_no_fault() {
        let Negotiated { deflate, others, faults } = Deflate::negotiated(b"x-other; a=1");
        assert_eq!((deflate, others, faults), (None, true, vec![]));
        let old = Deflate::negotiated(b"x-webkit-deflate-frame");
        assert_eq!((old.deflate, old.others), (Some(Deflate::default()), true));
    }

    #[test]
    fn an_answer_is_held_against_the_offer() {
        let beyond = |offer: &str, answer: &str| {
            let of = |parameters: &str| format!("permessage-deflate{parameters}");
            beyond_the_offer(of(offer).as_bytes(), of(answer).as_bytes()).len()
        };
        assert_eq!(beyond("; client_max_window_bits", "; client_max_window_bits=10"), 0);
        assert_eq!(beyond("", "; client_max_window_bits=10"), 1);
        assert_eq!(beyond("; client_max_window_bits=9", "; client_max_window_bits=10"), 1);
        assert_eq!(beyond("; server_max_window_bits=9", "; server_max_window_bits=10"), 1);
        // The server may limit itself unasked (RFC 7692 §7.1.1, §7.1.2.1).
        assert_eq!(
            beyond("", "; server_max_window_bits=10; server_no_context_takeover; client_no_context_takeover"),
            0
        );
    }

    #[test]
    fn separators_inside_a_quoted_string_do_not_separate() {
        let (extensions, faults) = extensions(br#"one; a="x, y; \"z\""; b, two; c="open"#);
        assert_eq!(faults, [ExtensionFault::Unquoted]);
        let names: Vec<_> = extensions.iter().map(|extension| extension.name.as_str()).collect();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(extensions[0].parameters[0].value.as_deref(), Some("x, y; \"z\""));
        assert_eq!(extensions[0].parameters[1], Parameter { name: "b".into(), value: None });
        assert_eq!(extensions[1].parameters[0].value.as_deref(), Some("open"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(value: Vec<u8>) {
            let _ = Deflate::negotiated(&value);
            let lively: Vec<u8> = value.iter().map(|byte| b"a,;=\"\\ 9"[usize::from(byte % 8)]).collect();
            let _ = Deflate::negotiated(&lively);
        }
    }
}
