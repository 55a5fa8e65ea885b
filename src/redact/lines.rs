//! Start lines, field lines and everything else that HTTP writes as text: blanks in place what isn't known to be safe.

use super::blank::{BLANK, NOT_A_TOKEN, blank};
use super::safe;
use super::uri;
use crate::explain;
use crate::inspect::record::{Direction, FieldLine, Fields};
use crate::layers::application::http::{Likeness, Parts, StartLine, is_token, likeness};

/// The most hexadecimal digits of a chunk size that stays: a terabyte has 11.
const LONGEST_SIZE: usize = 11;

/// Blanks a header section with its start line, of a request or a response.
pub(super) fn head(from: Direction, fields: &mut Fields) {
    let end = fields.block.iter().position(|byte| *byte == b'\n').map_or(fields.block.len(), |end| end + 1);
    // Where the start line is no part of the bytes, the first field line begins with them.
    let end = fields.lines.first().map_or(end, |first| end.min(first.whole.start as usize));
    start_line(from, &mut fields.block[..end]);
    section(fields, end);
}

/// Blanks a section's field lines, which begin at `at`.
pub(super) fn section(fields: &mut Fields, mut at: usize) {
    let Fields { block, lines, .. } = fields;
    for line in lines.iter() {
        let whole = line.whole.start as usize..line.whole.end as usize;
        // What lies between field lines is none.
        blank(&mut block[at.min(whole.start)..whole.start]);
        field_line(block, line);
        at = whole.end;
    }
    blank(&mut block[at..]);
}

fn field_line(block: &mut [u8], line: &FieldLine) {
    let (name, value) =
        (line.name.start as usize..line.name.end as usize, line.value.start as usize..line.value.end as usize);
    // Where there is no colon, a name ends where the line does.
    if name.end < value.start && block[name.clone()].iter().all(|byte| is_token(*byte)) && !name.is_empty() {
        let named = block[name.clone()].to_vec();
        safe::value(&named, &mut block[value]);
        safe::name(&mut block[name], is_token);
    } else {
        blank(&mut block[value]);
        if name.end < line.value.start as usize {
            safe::name(&mut block[name], is_token);
        } else {
            blank(&mut block[name]);
        }
    }
}

/// Blanks a start line. What reads it again finds the same parts in it, and the same faults.
pub(super) fn start_line(from: Direction, line: &mut [u8]) {
    let text = line.trim_ascii_end().len();
    let Some(start) = StartLine::parse(from, line.strip_suffix(b"\n").map_or(&line[..], without_return)) else {
        return blank(line);
    };
    match start.parts {
        Parts::Request { method, target } => {
            let (method, target) = (range(&method), range(&target));
            let connects = line[method.clone()] == *b"CONNECT";
            if !safe::is_method(&line[method.clone()]) {
                blank(&mut line[method.clone()]);
            }
            version(&mut line[target.end.max(method.end)..text.max(target.end)]);
            request_target(&mut line[target], connects);
        }
        Parts::Status { status, reason: said } => {
            let said = range(&said);
            let before = said.start.min(line.len());
            let version_end = line[..before].iter().position(|byte| b" \t\r".contains(byte)).unwrap_or(before);
            let (said_version, code) = line[..before].split_at_mut(version_end);
            version(said_version);
            status_code(code);
            reason(status, &mut line[said]);
        }
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn range(range: &std::ops::Range<u32>) -> std::ops::Range<usize> {
    range.start as usize..range.end as usize
}

/// Blanks a request target, that of a CONNECT or of any other method.
pub(super) fn request_target(target: &mut [u8], connects: bool) {
    if connects {
        uri::authority(target);
    } else {
        uri::blank_uri(target);
    }
}

/// Blanks a reason phrase that isn't the one registered for its status code.
pub(super) fn reason(status: u16, phrase: &mut [u8]) {
    if explain::status(status).is_none_or(|known| known.name.as_bytes() != phrase) {
        blank(phrase);
    }
}

/// Blanks what is no version: of `HTTP/1.x` and the like, so much stays that it's still the same fault.
fn version(version: &mut [u8]) {
    const LONGEST: usize = 9;
    let start = version.len() - version.trim_ascii_start().len();
    let length = version.trim_ascii().len();
    let version = &mut version[start..start + length];
    let Some((name, number)) = version.split_at_mut_checked(5) else { return blank(version) };
    if !name.eq_ignore_ascii_case(b"HTTP/") {
        return blank(version);
    }
    let long = number.len() > LONGEST - name.len();
    for byte in number {
        if long && byte.is_ascii_digit() {
            *byte = b'9';
        } else if !byte.is_ascii_digit() && !b". \t\r".contains(byte) {
            *byte = BLANK;
        }
    }
}

/// Blanks what stands where a status code should: three digits stay.
fn status_code(code: &mut [u8]) {
    let digits = code.trim_ascii();
    if digits.len() > 3 || !digits.iter().all(u8::is_ascii_digit) {
        // As much of it stays as is read.
        let mut read = 0;
        let at = code.len() - code.trim_ascii_start().len();
        for byte in &mut code[at..] {
            read += usize::from(byte.is_ascii_digit());
            match byte {
                b'0'..=b'9' if read <= 3 => {}
                b'0'..=b'9' => *byte = b'0',
                _ => {
                    read += 3;
                    blank(std::slice::from_mut(byte));
                }
            }
        }
    }
}

/// Blanks what follows a chunk's size; the size stays.
pub(super) fn chunk_line(line: &mut [u8]) {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (size, extensions) = line.split_at_mut(digits);
    let zeros = size.iter().take_while(|digit| **digit == b'0').count();
    let size = &mut size[zeros..];
    if size.len() > LONGEST_SIZE {
        // It is too long to be followed by so much, or to fit into 64 bits.
        size.fill(if size.len() > 16 { b'f' } else { b'1' });
    }
    for extension in extensions.split_mut(|byte| b";=".contains(byte)) {
        blank(extension);
    }
}

/// Blanks bytes in which a message was looked for and none, or only a part of one, was found. What HTTP would make of
/// their lines, it makes of them afterwards.
pub(super) fn text(from: Direction, bytes: &mut [u8]) {
    for line in bytes.split_inclusive_mut(|byte| *byte == b'\n') {
        let was = likeness(from, line, usize::MAX);
        let size = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if was == Likeness::Yes {
            start_line(from, line);
        } else if size > 16 && line.get(size).is_none_or(|byte| b"; \r\n".contains(byte)) {
            chunk_line(line);
        } else {
            let mut fields = Fields::parse(line);
            section(&mut fields, 0);
            line.copy_from_slice(&fields.block);
        }
        if was == Likeness::No && likeness(from, line, usize::MAX) != Likeness::No {
            // Asterisks may begin a method, which the line did not.
            line[0] = NOT_A_TOKEN;
        }
    }
}

/// Blanks what a PROXY header says besides addresses and ports (PROXY protocol §2.1, §2.2).
pub(super) fn proxy(header: &mut [u8]) {
    /// Signature, version, family and length of the binary form.
    const BINARY: usize = 16;
    if header.starts_with(b"PROXY ") {
        for word in header.split_mut(|byte| b" \r\n".contains(byte)) {
            let text = String::from_utf8_lossy(word);
            let is_known = ["PROXY", "TCP4", "TCP6", "UNKNOWN"].contains(&&*text);
            if !is_known && text.parse::<std::net::IpAddr>().is_err() && text.parse::<u16>().is_err() {
                blank(word);
            }
        }
    } else if let Some(family) = header.get(13).map(|family| family >> 4) {
        let addresses = match family {
            1 => 12,
            2 => 36,
            _ => 0,
        };
        let end = header.len().min(BINARY + addresses);
        header[end..].fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_of(text: &str) -> String {
        let mut fields = Fields::parse(text.as_bytes());
        section(&mut fields, 0);
        String::from_utf8(fields.block).unwrap()
    }

    fn line_of(from: Direction, text: &str) -> String {
        let mut line = text.as_bytes().to_vec();
        start_line(from, &mut line);
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn only_values_that_are_known_to_be_safe_stay() {
        assert_eq!(
            block_of("Host: a\r\nauthorization: Basic dXNlcg==\r\nSet-Cookie:id=7; Path=/\r\n\r\n"),
            "Host: a\r\nauthorization: ***** ********\r\nSet-Cookie:**=*; Path=/\r\n\r\n"
        );
        assert_eq!(block_of("Cookie: a=1,\r\n  b=2\r\nX: y\r\n\r\n"), "Cookie: *=**\r\n  ***\r\nX: *\r\n\r\n");
    }

    #[test]
    fn a_line_that_is_no_field_line_may_be_a_secret() {
        assert_eq!(block_of("hunter2\r\nX: y\r\n\r\n"), "*******\r\nX: *\r\n\r\n");
        assert_eq!(block_of(" folded\r\nX: y\r\n\r\n"), " ******\r\nX: *\r\n\r\n");
        assert_eq!(block_of("my secret: y\r\n\r\n"), "** ******: *\r\n\r\n");
        assert_eq!(block_of("my:secret: y\r\n\r\n"), "my:******* *\r\n\r\n");
        assert_eq!(block_of("(secret): y\r\n\r\n"), "?******?: *\r\n\r\n");
        assert_eq!(block_of("Cookie : y\r\n\r\n"), "Cookie : *\r\n\r\n");
    }

    #[test]
    fn a_start_line_keeps_its_parts_and_its_faults() {
        for (from, line, blanked) in [
            (Direction::Client, "GET /a?key=7 HTTP/1.1\r\n", "GET /a?key=* HTTP/1.1\r\n"),
            (Direction::Client, "CONNECT me:pw@a.example:443 HTTP/1.1\r\n", "CONNECT *****@a.example:443 HTTP/1.1\r\n"),
            (Direction::Client, "s3cret / HTTP/1.1\r\n", "****** / HTTP/1.1\r\n"),
            (Direction::Client, "GET /s3cret\r\n", "GET /******\r\n"),
            (Direction::Client, "GET / HTTP/s3cret\n", "GET / HTTP/*9****\n"),
            (Direction::Client, "GET /a b HTTP/1.1\r\n", "GET /* * HTTP/1.1\r\n"),
            (Direction::Server, "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n"),
            (Direction::Server, "HTTP/1.1 200 s3cret\r\n", "HTTP/1.1 200 ******\r\n"),
            (Direction::Server, "HTTP/1.1 2x7 OK\r\n", "HTTP/1.1 2*0 **\r\n"),
            (Direction::Server, "HTTP/1.1 404\r\n", "HTTP/1.1 404\r\n"),
            (Direction::Server, "HTTP/1 200 OK\r\n", "HTTP/1 200 OK\r\n"),
        ] {
            assert_eq!(line_of(from, line), blanked, "{line:?}");
        }
    }

    #[test]
    fn a_chunk_keeps_its_size_and_that_it_has_extensions() {
        for (line, blanked) in [
            ("1a;token=s3cret\r\n", "1a;*****=******\r\n"),
            ("0\r\n", "0\r\n"),
            ("deadbeefdeadbeef\r\n", "1111111111111111\r\n"),
            ("deadbeefdeadbeef0\r\n", "fffffffffffffffff\r\n"),
        ] {
            let mut bytes = line.as_bytes().to_vec();
            chunk_line(&mut bytes);
            assert_eq!(String::from_utf8(bytes).unwrap(), blanked);
        }
    }

    #[test]
    fn a_proxy_header_keeps_addresses_alone() {
        let mut line = b"PROXY TCP4 192.0.2.1 192.0.2.2 56324 s3cret\r\n".to_vec();
        proxy(&mut line);
        assert_eq!(line, b"PROXY TCP4 192.0.2.1 192.0.2.2 56324 ******\r\n");
        let mut binary = [&b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x10"[..], &[7; 16]].concat();
        proxy(&mut binary);
        assert_eq!(binary[16..], [[7; 4], [7; 4], [7; 4], [0; 4]].concat());
    }

    #[test]
    fn text_that_was_no_message_is_none_afterwards() {
        let mut bytes = b"\r\npassword=hunter2\r\nGET /bot:s3cret HTTP/1.1\r\nHost: a.example\r\nX-A: b\r\n".to_vec();
        text(Direction::Client, &mut bytes);
        let expected = "\r\n****************\r\nGET /********** HTTP/1.1\r\nHost: a.example\r\nX-A: *\r\n";
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }
}
