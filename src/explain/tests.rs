//! What holds for every table: it parses whole, its keys are unique and in order, its clauses and sentences have form.

use std::collections::HashSet;

use super::*;

/// The most characters of a sentence: it stands beside the bytes, on one line of a wide terminal.
const LONGEST: usize = 140;

/// A table as the tests see it: its name, its text, and the key, clause and sentence of every entry.
struct Table {
    name: &'static str,
    data: &'static str,
    entries: Vec<(String, &'static str, &'static str)>,
}

fn tables() -> Vec<Table> {
    macro_rules! table {
        ($name:literal, $data:expr, $entries:expr, $key:expr) => {
            Table {
                name: $name,
                data: $data,
                entries: $entries.iter().map(|entry| ($key(entry), entry.clause, entry.meaning)).collect(),
            }
        };
    }
    vec![
        table!("status", status::DATA, statuses(), |entry: &Status| format!("{:?}", entry.codes)),
        table!("method", method::DATA, methods(), |entry: &Method| entry.name.to_owned()),
        table!("header", header::DATA, headers(), |entry: &Header| entry.name.to_ascii_lowercase()),
        table!("opcode", websocket::OPCODE_DATA, opcodes(), |entry: &Opcode| format!("{:?}", entry.opcodes)),
        table!("close", websocket::CLOSE_CODE_DATA, close_codes(), |entry: &CloseCode| format!("{:?}", entry.codes)),
        table!("flag", tcp::FLAG_DATA, tcp_flags(), |entry: &TcpFlag| entry.bit.to_string()),
        table!("option", tcp::OPTION_DATA, tcp_options(), |entry: &TcpOption| entry.kind.to_string()),
        table!("layer", osi::DATA, osi_layers(), |entry: &OsiLayer| entry.number.to_string()),
    ]
}

/// "RFC 9110 §15.3.1", "RFC 9112 Appendix C.2.2", or the name of a standard, or of the lack of one.
fn is_clause(clause: &str) -> bool {
    const ELSEWHERE: [&str; 9] =
        ["W3C ", "WHATWG ", "WICG ", "IANA ", "IETF draft-", "ISO/IEC ", "ECMA-", "no standard", "the header's own"];
    let Some(rfc) = clause.strip_prefix("RFC ") else {
        return ELSEWHERE.iter().any(|standard| clause.starts_with(standard));
    };
    let Some((number, place)) = rfc.split_once(' ') else { return false };
    let place = place.strip_prefix('§').or_else(|| place.strip_prefix("Appendix ")).unwrap_or_default();
    let part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    number.parse::<u16>().is_ok() && place.split('.').all(part)
}

#[test]
fn every_line_of_every_table_is_an_entry() {
    for Table { name, data, entries } in tables() {
        assert!(!entries.is_empty(), "{name}");
        assert_eq!(entries.len(), table::lines(data).count(), "{name}");
    }
}

#[test]
fn no_key_is_there_twice() {
    for Table { name, entries, .. } in tables() {
        let mut seen = HashSet::new();
        for (key, ..) in entries {
            assert!(seen.insert(key.clone()), "{name}: {key}");
        }
    }
}

#[test]
fn every_clause_names_its_standard() {
    for Table { name, entries, .. } in tables() {
        for (key, clause, _) in entries {
            assert!(is_clause(clause), "{name}: {key}: {clause}");
        }
    }
}

#[test]
fn every_sentence_is_one_and_fits_a_line() {
    for Table { name, entries, .. } in tables() {
        for (key, _, meaning) in entries {
            assert!(meaning.chars().count() <= LONGEST, "{name}: {key}: {} characters", meaning.chars().count());
            assert!(meaning.ends_with(['.', '?']), "{name}: {key}: {meaning}");
            assert_eq!(meaning, meaning.trim(), "{name}: {key}");
        }
    }
}

#[test]
fn ranges_follow_each_other_without_gap() {
    let follow = |ranges: Vec<(u32, u32)>| ranges.windows(2).all(|pair| pair[0].1 + 1 == pair[1].0);
    let range = |codes: &std::ops::RangeInclusive<u16>| (u32::from(*codes.start()), u32::from(*codes.end()));
    assert!(follow(statuses().iter().map(|entry| range(&entry.codes)).collect()));
    assert!(follow(close_codes().iter().map(|entry| range(&entry.codes)).collect()));
    assert!(follow(
        opcodes().iter().map(|entry| (u32::from(*entry.opcodes.start()), u32::from(*entry.opcodes.end()))).collect()
    ));
}

#[test]
fn what_is_searched_by_halves_is_in_order() {
    assert!(methods().is_sorted_by_key(|method| method.name));
    assert!(tcp_options().is_sorted_by_key(|option| option.kind));
    assert!(headers().is_sorted_by(|one, other| header::order(one.name, other.name).is_lt()));
}

#[test]
fn every_status_from_100_to_599_is_known_and_no_other() {
    assert!((100..=599).all(|code| status(code).is_some()));
    assert!([0, 99, 600, u16::MAX].into_iter().all(|code| status(code).is_none()));
    assert_eq!(status(101).map(|status| status.reason), Some("Switching Protocols"));
    assert_eq!(status(418).map(|status| (status.reason, status.is_assigned())), Some(("(Unused)", false)));
    assert_eq!(status(299).map(|status| status.codes.clone()), Some(227..=299));
}

#[test]
fn methods_are_found_by_exact_name() {
    assert!(method("GET").is_some_and(|method| method.safe && method.idempotent));
    assert!(method("POST").is_some_and(|method| !method.safe && !method.idempotent));
    assert!(method("DELETE").is_some_and(|method| !method.safe && method.idempotent));
    assert_eq!(method("get"), None);
    assert!(methods().iter().all(|method| method.idempotent || !method.safe), "what is safe is idempotent");
}

#[test]
fn headers_are_found_whatever_their_case() {
    for name in ["HOST", "sec-websocket-accept", "etag", "TraceParent", "te", "Te"] {
        assert!(header(name).is_some_and(|header| header.name.eq_ignore_ascii_case(name)), "{name}");
    }
    for header_of_the_table in headers() {
        assert_eq!(header(header_of_the_table.name), Some(header_of_the_table));
    }
    assert_eq!(header("X-Nobody-Sends-This"), None);
    assert_eq!(header(""), None);
}

#[test]
fn opcodes_are_four_bits() {
    assert!((0..=15).all(|code| opcode(code).is_some_and(|opcode| opcode.control == (code >= 8))));
    assert_eq!(opcode(16), None);
    assert_eq!(opcode(9).map(|opcode| opcode.name), Some("ping"));
}

#[test]
fn every_close_code_says_who_may_send_it() {
    assert!((0..=u16::MAX).all(|code| close_code(code).is_some()));
    for never in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000] {
        assert!(close_code(never).is_some_and(|code| code.sender == CloseSender::Nobody), "{never}");
    }
    for sent in [1000, 1001, 1009, 1011, 3000, 3500, 4000, 4999] {
        assert!(close_code(sent).is_some_and(|code| code.sender == CloseSender::Either), "{sent}");
    }
}

#[test]
fn every_bit_of_the_flags_octet_is_a_flag() {
    let bits: u8 = tcp_flags().iter().map(|flag| flag.bit).fold(0, |all, bit| all | bit);
    assert_eq!((tcp_flags().len(), bits), (8, 0xff));
    assert_eq!(tcp_flags()[1].name, "SYN");
    assert_eq!(tcp_option(2).map(|option| option.length), Some(Some(4)));
}

/// The topic that a line of data names.
fn named(asked: &str) -> Topic {
    *find(asked).first().unwrap_or_else(|| panic!("nothing is called {asked}"))
}

#[test]
fn what_is_asked_for_a_topic_finds_it_first() {
    for topic in Topic::all() {
        assert_eq!(find(&topic.asked()).first(), Some(&topic), "{}", topic.asked());
        assert!(find(&topic.label()).contains(&topic), "{}", topic.label());
    }
}

#[test]
fn every_note_is_of_one_topic_and_short() {
    let mut seen = Vec::new();
    for line in table::lines(card::NOTES) {
        let (asked, note) = line.split_once('\t').unwrap();
        let topic = named(asked);
        assert!(!seen.contains(&topic), "{asked}");
        assert!(note.chars().count() <= 200 && note.ends_with(['.', '"']), "{asked}: {note}");
        seen.push(topic);
    }
    let told = |topic: &Topic| seen.contains(topic);
    for kind in [Kind::Status, Kind::CloseCode, Kind::Opcode, Kind::Layer, Kind::TcpFlag] {
        let of_registry = |topic: &Topic| topic.number().is_some() && topic.is_assigned();
        assert!(kind.topics().iter().filter(|topic| of_registry(topic)).all(told), "{kind:?}");
    }
}

#[test]
fn whatever_is_bound_together_is_there() {
    for line in table::lines(card::KIN) {
        let [what, _, topics] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let bound: Vec<Topic> = topics.split(", ").map(named).collect();
        assert!(bound.len() > 1, "{what}");
        assert!(bound.iter().enumerate().all(|(at, topic)| !bound[..at].contains(topic)), "{what}");
    }
    let may_be_alone = |topic: &Topic| matches!(topic.kind(), Kind::Header | Kind::Problem);
    for topic in Topic::all().filter(|topic| !may_be_alone(topic)) {
        assert!(!card(topic).alike.is_empty(), "{}", topic.asked());
    }
}

#[test]
fn other_words_and_examples_name_what_is_there() {
    for line in table::lines(words::DATA) {
        let (word, asked) = line.split_once('\t').unwrap();
        assert_eq!(word, words::normal(word));
        match asked.strip_prefix("lesson ") {
            Some(lesson) => assert!(find(word).is_empty() && lesson_about(word) == Some(lesson), "{word}"),
            None => assert!(find(word).contains(&named(asked)), "{word}"),
        }
    }
    for line in table::lines(card::EXAMPLES) {
        let (name, _) = line.split_once(": ").unwrap();
        assert_eq!(header(name).and_then(example), Some(line));
    }
    assert_eq!(servers().len(), table::lines(server::DATA).count());
}

#[test]
fn words_of_several_meanings_find_the_likeliest_first() {
    let first = |words: &str| find(words).first().map(|topic| topic.asked()).unwrap_or_default();
    for (words, asked) in [
        ("100", "status 100"),
        ("1000", "close 1000"),
        ("close", "opcode 8"),
        ("connection", "header Connection"),
        ("upgrade", "header Upgrade"),
        ("2", "opcode 2"),
        ("4", "layer 4"),
        ("0x9", "opcode 9"),
        ("link", "header Link"),
        ("LINK", "method LINK"),
        ("get", "method GET"),
        ("not-found", "status 404"),
        ("404 Not Found", "status 404"),
        ("close going away", "close 1001"),
        ("tcp syn", "flag SYN"),
        ("tcp mss", "option 2"),
        ("osi layer 3", "layer 3"),
        ("forbidden", "status 403"),
        ("server node", "server node"),
        ("status 299", "status 227"),
    ] {
        assert_eq!(first(words), asked, "{words}");
    }
    assert_eq!(find("forbidden").len(), 2);
    assert!(find("").is_empty() && find("nothing of the kind").is_empty());
}

#[test]
fn every_problem_has_a_whole_story() {
    for data in problem::DATA {
        assert_eq!(problem::load(data).len(), data.matches("[[problem]]").count(), "{}", data.lines().next().unwrap());
    }
    let mut seen = HashSet::new();
    for story in problems() {
        let code = &story.code;
        assert!(seen.insert(code), "{code} is there twice");
        assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{code}");
        assert!(is_clause(&story.clause), "{code}: {}", story.clause);
        assert!(
            (1..=60).contains(&story.title.chars().count()) && !story.title.ends_with('.'),
            "{code}: {}",
            story.title
        );
        for text in [&story.what, &story.when, &story.what_to_do] {
            assert!(text.len() > 20 && text.ends_with(['.', '?']), "{code}: {text}");
        }
        assert_eq!(problem(code), Some(story));
    }
    assert_eq!(problem("all-is-well"), None);
}

#[test]
fn a_server_is_told_by_what_it_says_of_itself() {
    for (name, value, key) in [
        ("Server", "Apache/2.4.57 (Debian)", "apache"),
        ("server", "nginx", "nginx"),
        ("Server", "Microsoft-IIS/10.0", "iis"),
        ("Server", "Apache-Coyote/1.1", "tomcat"),
        ("Server", "Jetty(9.4.51.v20230217)", "jetty"),
        ("Server", "TornadoServer/6.5", "tornado"),
        ("Server", "Python/3.11 websockets/12.0", "websockets"),
        ("Server", "Python/3.11 aiohttp/3.9.1", "aiohttp"),
        ("Server", "SimpleHTTP/0.6 Python/3.11.2", "http.server"),
        ("Server", "uvicorn", "uvicorn"),
        ("X-Powered-By", "Express", "express"),
        ("X-Powered-By", "PHP/8.2.7", "php"),
        ("X-Powered-By", "ASP.NET", "iis"),
    ] {
        assert_eq!(super::server_telling(name, value).map(|server| server.key), Some(key), "{name}: {value}");
    }
    for nobody in ["", "wire101", "Python/3.11", "(Unix)"] {
        assert_eq!(super::server_telling("Server", nobody), None, "{nobody}");
    }
}
