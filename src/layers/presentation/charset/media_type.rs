//! Media types (RFC 9110 §8.3.1): `type/subtype; parameter=value`.

/// A media type, its names in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType {
    /// `text` of `text/html`.
    pub type_name: String,
    /// `html` of `text/html`.
    pub subtype: String,
    /// Names in lower case, and values with quotes removed, in order.
    pub parameters: Vec<(String, String)>,
}

impl MediaType {
    /// Reads a `Content-Type` value. Parameters that cannot be read are left out; `None` if type or subtype cannot be.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        let end = memchr::memchr(b';', value).unwrap_or(value.len());
        let (essence, mut rest) = value.split_at(end);
        let slash = memchr::memchr(b'/', essence)?;
        let type_name = token(essence.get(..slash)?)?;
        let subtype = token(essence.get(slash + 1..)?)?;
        let mut parameters = Vec::new();
        while let Some(after) = rest.strip_prefix(b";") {
            let parameter;
            (parameter, rest) = next_parameter(after);
            parameters.extend(parameter);
        }
        Some(Self { type_name, subtype, parameters })
    }

    /// The value of the first parameter of that name, given in lower case.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether content of this type is meant to be read as characters.
    #[must_use]
    pub fn is_text(&self) -> bool {
        const TEXT: [&str; 9] = [
            "ecmascript",
            "graphql",
            "javascript",
            "json",
            "sql",
            "x-javascript",
            "x-ndjson",
            "x-www-form-urlencoded",
            "xml",
        ];
        match self.type_name.as_str() {
            "text" => true,
            "application" => TEXT.contains(&self.subtype.as_str()) || self.has_text_suffix(),
            _ => self.has_text_suffix(),
        }
    }

    /// Whether the type itself says that its content is UTF-8.
    pub(super) fn is_utf8(&self) -> bool {
        let json = ["json", "x-ndjson", "x-www-form-urlencoded"].contains(&self.subtype.as_str());
        self.type_name == "application" && json || self.subtype.ends_with("+json")
    }

    /// RFC 6839: a structured syntax suffix names the syntax underneath.
    fn has_text_suffix(&self) -> bool {
        self.subtype.ends_with("+json") || self.subtype.ends_with("+xml")
    }
}

/// A token (RFC 9110 §5.6.2) in lower case, without the white space around it.
fn token(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.trim_ascii();
    let valid = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    (!bytes.is_empty() && bytes.iter().all(valid))
        .then(|| bytes.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect())
}

/// Reads a parameter up to the next semicolon outside quotes; what remains begins with that semicolon, or is empty.
fn next_parameter(bytes: &[u8]) -> (Option<(String, String)>, &[u8]) {
    let at = memchr::memchr2(b'=', b';', bytes).unwrap_or(bytes.len());
    let (name, rest) = bytes.split_at(at);
    let Some(value) = rest.strip_prefix(b"=") else { return (None, rest) };
    let (value, rest) = if let Some(quoted) = value.trim_ascii_start().strip_prefix(b"\"") {
        quoted_string(quoted)
    } else {
        let (value, rest) = value.split_at(memchr::memchr(b';', value).unwrap_or(value.len()));
        (value.trim_ascii().to_vec(), rest)
    };
    let parameter = token(name).map(|name| (name, String::from_utf8_lossy(&value).into_owned()));
    (parameter, rest)
}

/// Reads a quoted string (RFC 9110 §5.6.4) after its opening quote; one that does not end, ends with the value.
fn quoted_string(bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut content = Vec::new();
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => {
                let semicolon = memchr::memchr(b';', rest).unwrap_or(rest.len());
                return (content, &rest[semicolon..]);
            }
            b'\\' => {
                if let Some((&escaped, after)) = rest.split_first() {
                    content.push(escaped);
                    rest = after;
                }
            }
            _ => content.push(byte),
        }
    }
    (content, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(value: &str) -> MediaType {
        MediaType::parse(value.as_bytes()).expect(value)
    }

    #[test]
    fn names_are_lowered_and_quotes_removed() {
        let media_type = parsed(" Text/HTML ; Charset=\"utf-8\";q=1 ; note=\"a; \\\"b\\\"\" ;level = 2");
        assert_eq!((media_type.type_name.as_str(), media_type.subtype.as_str()), ("text", "html"));
        assert_eq!(media_type.parameter("charset"), Some("utf-8"));
        assert_eq!(media_type.parameter("note"), Some("a; \"b\""));
        assert_eq!(media_type.parameter("level"), Some("2"));
        assert_eq!(media_type.parameter("missing"), None);
    }

    #[test]
    fn a_value_without_type_and_subtype_is_not_a_media_type() {
        for value in ["", "text", "text/", "/html", "te xt/html", "text/ht ml; charset=utf-8"] {
            assert_eq!(MediaType::parse(value.as_bytes()), None, "{value}");
        }
    }

    #[test]
    fn parameters_that_cannot_be_read_are_left_out() {
        assert_eq!(parsed("text/plain;").parameters, []);
        let media_type = parsed("text/plain; ; flag; =no; bad name=1; open=\"to the end; charset=x");
        assert_eq!(media_type.parameters, [("open".into(), "to the end; charset=x".into())]);
    }

    #[test]
    fn text_types_are_told_from_binary_ones() {
        for text in ["text/css", "application/json", "application/ld+json", "image/svg+xml", "application/javascript"] {
            assert!(parsed(text).is_text(), "{text}");
        }
        for binary in ["image/png", "application/octet-stream", "application/grpc", "multipart/form-data; boundary=x"] {
            assert!(!parsed(binary).is_text(), "{binary}");
        }
    }
}
