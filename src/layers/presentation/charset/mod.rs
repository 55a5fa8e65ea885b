//! Character sets: which content is text (RFC 9110 §8.3), and how its bytes become characters.

mod media_type;
mod utf8;

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

pub use self::media_type::MediaType;
pub use self::utf8::{Utf8Check, whole_characters};

/// How much is looked at to tell whether content of no declared type is text.
const SNIFFED: usize = 1024;

/// Content as characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    /// The characters, with U+FFFD where the bytes mean nothing.
    pub text: Cow<'a, str>,
    /// The character set they were in, by the name the Encoding Standard gives it.
    pub charset: &'static str,
    /// Why it was that one.
    pub source: CharsetSource,
    /// Whether some bytes meant no character.
    pub malformed: bool,
}

/// What told the character set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharsetSource {
    /// The `charset` parameter of Content-Type.
    Parameter,
    /// The media type: JSON is UTF-8 (RFC 8259 §8.1), and so are forms.
    MediaType,
    /// A byte order mark, which outranks everything else (WHATWG Encoding §6).
    ByteOrderMark,
    /// Nothing said so: UTF-8 where the bytes are, else windows-1252, as browsers have it.
    Assumed,
}

/// Decodes content to characters if it's text, judging by its Content-Type, or by its looks if there is none.
#[must_use]
pub fn text<'a>(bytes: &'a [u8], content_type: Option<&[u8]>) -> Option<Text<'a>> {
    let media_type = content_type.and_then(MediaType::parse);
    if !is_text_of(media_type.as_ref(), bytes) {
        return None;
    }
    let (encoding, source) = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => (encoding, CharsetSource::ByteOrderMark),
        None => encoding(media_type.as_ref(), bytes),
    };
    let (text, malformed) = encoding.decode_with_bom_removal(bytes);
    Some(Text { text, charset: encoding.name(), source, malformed })
}

/// Whether content is text, judging by its Content-Type, or by its looks if there is none or it can't be read.
#[must_use]
pub fn is_text(content_type: Option<&[u8]>, bytes: &[u8]) -> bool {
    is_text_of(content_type.and_then(MediaType::parse).as_ref(), bytes)
}

fn is_text_of(media_type: Option<&MediaType>, bytes: &[u8]) -> bool {
    media_type.map_or_else(|| looks_like_text(bytes), MediaType::is_text)
}

/// The character set that is declared, or follows from the type, or fits.
fn encoding(media_type: Option<&MediaType>, bytes: &[u8]) -> (&'static Encoding, CharsetSource) {
    if media_type.is_some_and(MediaType::is_utf8) {
        return (UTF_8, CharsetSource::MediaType);
    }
    let declared = media_type.and_then(|media_type| media_type.parameter("charset"));
    match declared.and_then(|label| Encoding::for_label(label.as_bytes())) {
        Some(encoding) => (encoding, CharsetSource::Parameter),
        None if is_utf8_so_far(bytes) => (UTF_8, CharsetSource::Assumed),
        None => (WINDOWS_1252, CharsetSource::Assumed),
    }
}

/// Whether bytes are UTF-8, except that a character may be cut short at their end.
fn is_utf8_so_far(bytes: &[u8]) -> bool {
    Utf8Check::default().push(bytes).is_ok()
}

/// Whether the beginning is UTF-8 without control characters other than those that text has.
fn looks_like_text(bytes: &[u8]) -> bool {
    let start = bytes.get(..SNIFFED).unwrap_or(bytes);
    let control = |byte: &u8| matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    is_utf8_so_far(start) && !start.iter().any(control)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read<'a>(bytes: &'a [u8], content_type: &str) -> Text<'a> {
        text(bytes, Some(content_type.as_bytes())).expect(content_type)
    }

    #[test]
    fn a_declared_character_set_is_used() {
        let latin = read(b"gr\xfc\xdfe", "text/plain; charset=ISO-8859-1");
        assert_eq!((&*latin.text, latin.charset), ("grüße", "windows-1252"));
        assert_eq!(latin.source, CharsetSource::Parameter);
        let japanese = read(b"\x93\xfa\x96\x7b", "text/html;charset=\"shift_jis\"");
        assert_eq!((&*japanese.text, japanese.charset), ("日本", "Shift_JIS"));
    }

    #[test]
    fn text_that_declares_nothing_is_utf_8_if_it_can_be() {
        let utf8 = read("grüße".as_bytes(), "text/html");
        assert_eq!((&*utf8.text, utf8.charset, utf8.source), ("grüße", "UTF-8", CharsetSource::Assumed));
        assert_eq!(read(b"gr\xfc\xdfe", "text/html").text, "grüße");
        assert_eq!(read(b"gr\xfc\xdfe", "text/html; charset=unheard-of").text, "grüße");
    }

    #[test]
    fn json_is_utf_8_whatever_the_parameter_says() {
        let json = read("\"ü\"".as_bytes(), "application/problem+json; charset=latin1");
        assert_eq!((&*json.text, json.source, json.malformed), ("\"ü\"", CharsetSource::MediaType, false));
        assert!(read(b"\"\xff\"", "application/json").malformed);
    }

    #[test]
    fn a_byte_order_mark_outranks_the_parameter_and_is_no_character() {
        let marked = read(b"\xff\xfeh\0i\0", "text/plain; charset=utf-8");
        assert_eq!((&*marked.text, marked.charset), ("hi", "UTF-16LE"));
        assert_eq!(read(b"\xef\xbb\xbfhi", "text/css").text, "hi");
    }

    #[test]
    fn what_is_not_text_is_not_decoded() {
        assert_eq!(text(b"\x89PNG", Some(b"image/png")), None);
        assert_eq!(text(b"\x00\x01", None), None);
        assert!(is_text(None, "sieht aus wie Text: ä".as_bytes()));
        assert!(is_text(Some(b"not a media type"), b"looks decide"));
        assert!(!is_text(Some(b"application/octet-stream"), b"looks do not decide"));
    }

    #[test]
    fn a_preview_cut_inside_a_character_still_looks_like_text() {
        assert!(is_text(None, &"ä".as_bytes()[..1]));
        assert_eq!(read(b"na\xc3", "text/plain").charset, "UTF-8");
    }

    proptest! {
        #[test]
        fn any_bytes_of_any_type_are_read_without_panic(bytes: Vec<u8>, content_type: Option<Vec<u8>>) {
            let read = text(&bytes, content_type.as_deref());
            prop_assert_eq!(read.is_some(), is_text(content_type.as_deref(), &bytes));
        }

        #[test]
        fn utf_8_text_comes_out_as_it_is(content: String) {
            let read = read(content.as_bytes(), "text/plain; charset=utf-8");
            prop_assert_eq!(&*read.text, content.trim_start_matches('\u{feff}'));
        }
    }
}
