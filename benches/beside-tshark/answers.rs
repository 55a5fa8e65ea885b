//! What each program answered, read from what it prints.

use std::io::{self, BufRead, BufReader, Read};

use super::traffic::Known;

/// The counts that everybody is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    requests: u64,
    responses: u64,
    frames: u64,
    /// Frames by opcode.
    opcodes: [u64; 16],
}

impl Answer {
    /// The right one.
    pub fn of(known: &Known) -> Self {
        let Known { requests, responses, opcodes, .. } = *known;
        Self { requests, responses, frames: opcodes.iter().sum(), opcodes }
    }

    /// The same, where it was only counted how many frames there are.
    pub fn without_opcodes(self) -> Self {
        Self { opcodes: [0; 16], ..self }
    }

    fn frame(&mut self, opcode: u64) {
        self.frames += 1;
        if let Some(count) = self.opcodes.get_mut(opcode as usize) {
            *count += 1;
        }
    }
}

/// Of a program that is asked nothing.
pub fn nothing(mut out: impl Read) -> io::Result<()> {
    io::copy(&mut out, &mut io::sink()).map(|_| ())
}

/// Of `inspect --summary`.
pub fn summary(mut out: impl Read) -> io::Result<Answer> {
    let mut text = String::new();
    out.read_to_string(&mut text)?;
    let mut answer = Answer::default();
    for line in text.lines() {
        let Some((name, count)) = line.trim().split_once("  ") else { continue };
        let digits: String = count.chars().filter(char::is_ascii_digit).collect();
        let count = digits.parse().unwrap_or(0);
        let opcode = ["continuation", "text", "binary"].iter().position(|known| *known == name);
        let opcode =
            opcode.or_else(|| ["close", "ping", "pong"].iter().position(|known| *known == name).map(|i| i + 8));
        match (name, opcode) {
            (_, Some(opcode)) => answer.opcodes[opcode] = count,
            ("HTTP requests", _) => answer.requests = count,
            ("HTTP responses", _) => answer.responses = count,
            ("WebSocket frames", _) => answer.frames = count,
            _ => {}
        }
    }
    Ok(answer)
}

/// Of `inspect --json`: records, not the summary after them.
pub fn json(out: impl Read) -> io::Result<Answer> {
    #[derive(serde::Deserialize)]
    struct Line<'a> {
        r#type: &'a str,
        #[serde(borrow)]
        data: &'a serde_json::value::RawValue,
    }
    #[derive(serde::Deserialize)]
    struct Frame {
        opcode: u64,
    }
    #[derive(serde::Deserialize)]
    struct Exchange {
        request: Option<serde::de::IgnoredAny>,
        response: Option<serde::de::IgnoredAny>,
    }
    let mut answer = Answer::default();
    each_line(out, |line| {
        let line: Line<'_> = serde_json::from_slice(line)?;
        match line.r#type {
            "frame" => answer.frame(serde_json::from_str::<Frame>(line.data.get())?.opcode),
            "exchange" => {
                let exchange: Exchange = serde_json::from_str(line.data.get())?;
                answer.requests += u64::from(exchange.request.is_some());
                answer.responses += u64::from(exchange.response.is_some());
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(answer)
}

/// Of `tshark -T fields`, a line a packet: methods, status codes, opcodes.
pub fn fields(out: impl Read) -> io::Result<Answer> {
    let mut answer = Answer::default();
    each_line(out, |line| {
        let line = str::from_utf8(line).map_err(io::Error::other)?;
        let mut columns = line.split('\t').map(|values| values.split(',').filter(|value| !value.is_empty()));
        answer.requests += columns.next().map_or(0, Iterator::count) as u64;
        answer.responses += columns.next().map_or(0, Iterator::count) as u64;
        for opcode in columns.next().into_iter().flatten() {
            answer.frame(opcode.parse().map_err(io::Error::other)?);
        }
        Ok(())
    })?;
    Ok(answer)
}

/// Of `tshark -T ek`: how often each key is there. In this traffic, no packet has two of a thing.
pub fn ek(out: impl Read) -> io::Result<Answer> {
    let keys = ["\"http_http_request_method\":", "\"http_http_response_code\":", "\"websocket_websocket_opcode\":"];
    let keys = keys.map(memchr::memmem::Finder::new);
    let mut counts = [0; 3];
    each_line(out, |line| {
        for (key, count) in keys.iter().zip(&mut counts) {
            *count += key.find_iter(line).count() as u64;
        }
        Ok(())
    })?;
    let [requests, responses, frames] = counts;
    Ok(Answer { requests, responses, frames, ..Answer::default() })
}

fn each_line(out: impl Read, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufReader::with_capacity(1 << 20, out);
    let mut line = Vec::new();
    while out.read_until(b'\n', &mut line)? > 0 {
        take(line.trim_ascii_end())?;
        line.clear();
    }
    Ok(())
}
