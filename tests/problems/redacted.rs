//! What redaction leaves of the sentences: wherever a secret is planted in a case, no sentence has it.

use wire101::explain;
use wire101::inspect::record::Problem;
use wire101::inspect::{Event, Options, Sink};
use wire101::redact::Redacted;

use super::File;
use super::script::Script;

/// What is planted: a word, one that ends a quotation, and a longer one than is quoted. No sentence has such letters by itself.
const SECRETS: [&str; 3] =
    ["zqhunter", "zqhu\"zqnter", "zqhunterzqhunterzqhunterzqhunterzqhunterzqhunterzqhunterzqhunter"];

#[derive(Default)]
struct Sentences(Vec<String>);

impl Sink for Sentences {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Problem(Problem { code, text, .. }) = event {
            self.0.push(format!("{code}: {text}"));
        }
    }
}

fn sentences(script: &Script) -> Vec<String> {
    let mut redacted = Redacted::new(Sentences::default());
    script.inspect(Options::default(), &mut redacted);
    redacted.into_inner().0
}

fn leak(sentences: &[String]) -> Option<&String> {
    sentences.iter().find(|text| text.contains("zq"))
}

/// A line with the secret behind each of its words in turn, and in the place of it.
fn planted(line: &str, secret: &str) -> Vec<String> {
    let Some((_, said)) = line.split_once(": ") else { return Vec::new() };
    let at = line.len() - said.len();
    let mut planted = Vec::new();
    let (mut word, mut braces, mut skip) = (None, false, 0);
    for (place, byte) in said.bytes().chain([b' ']).enumerate() {
        let is_word = !braces && skip == 0 && byte.is_ascii_alphanumeric();
        match word {
            None if is_word => word = Some(place),
            Some(start) if !is_word => {
                word = None;
                for kept in [place, start] {
                    planted.push([&line[..at + kept], secret, &line[at + place..]].concat());
                }
            }
            _ => {}
        }
        skip = match byte {
            _ if skip > 0 => {
                if byte == b'x' && said.as_bytes()[place - 1] == b'\\' {
                    2
                } else {
                    skip - 1
                }
            }
            b'\\' => 1,
            _ => 0,
        };
        braces = byte == b'{' || braces && byte != b'}';
    }
    planted
}

#[test]
fn a_secret_is_planted_behind_each_word_and_in_its_place() {
    assert_eq!(
        planted(r"client: ab\r{61}\xe9c", "Z"),
        [r"client: abZ\r{61}\xe9c", r"client: Z\r{61}\xe9c", r"client: ab\r{61}\xe9cZ", r"client: ab\r{61}\xe9Z"]
    );
}

#[test]
fn no_sentence_of_any_case_has_what_redaction_takes_away_elsewhere() {
    let (mut leaks, mut told) = (Vec::new(), 0);
    for (_, file) in File::all() {
        for case in &file.cases {
            let lines: Vec<String> = case.raise.iter().map(|line| file.spelled_out(line)).collect();
            for (at, line) in lines.iter().enumerate() {
                for planted in SECRETS.iter().flat_map(|secret| planted(line, secret)) {
                    let mut with = lines.clone();
                    with[at] = planted;
                    let sentences = sentences(&file.script(case, &with));
                    told += sentences.len();
                    leaks.extend(leak(&sentences).map(|text| format!("{}\n  {}", text, with[at])));
                }
            }
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    assert!(told > 10_000, "{told}");
}

#[test]
fn no_sentence_has_the_value_of_any_field() {
    const STATUSES: [u16; 12] = [101, 200, 204, 206, 302, 304, 400, 401, 405, 411, 426, 431];
    let values = |s: &str| {
        [
            s.to_owned(),
            format!("\"{s}\", W/\"{s}\""),
            format!("http://{s}:{s}@{s}/{s}?{s}={s}#{s}"),
            format!("{s}/{s};{s}=\"{s}\", {s}//{s}"),
            format!("bytes={s}-{s}"),
            format!("Sun, {s}"),
        ]
    };
    let mut leaks = Vec::new();
    for name in explain::Kind::Header.entries().iter().map(|entry| entry.key) {
        for (at, value) in values(SECRETS[0]).into_iter().enumerate() {
            for status in [STATUSES[at], STATUSES[at + 6]] {
                let mut script = Script::default();
                script.open();
                for method in ["GET", "OPTIONS", "HEAD"] {
                    script.line(&format!(r"client: {method} / HTTP/1.1\r\nHost: a\r\n{name}: {value}\r\n\r\n"));
                    script.line(&format!(
                        r"server: HTTP/1.1 {status} {value}\r\n{name}: {value}\r\n{name}: {value}1\r\nContent-Length: 0\r\n\r\n"
                    ));
                }
                script.close();
                leaks.extend(leak(&sentences(&script)).map(|text| format!("{text}\n  {name}: {value}")));
            }
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}
