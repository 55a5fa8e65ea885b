//! What holds for every table: it parses whole, its keys are unique and in order, its clauses and sentences have form.

use std::collections::HashSet;

use super::*;

/// The most characters of a sentence: it stands beside the bytes, on one line of a wide terminal.
const LONGEST_SENTENCE: usize = 140;

/// The registries: what they say stands beside bytes.
const REGISTRIES: [Kind; 8] = [
    Kind::Status,
    Kind::Header,
    Kind::Method,
    Kind::Opcode,
    Kind::CloseCode,
    Kind::Layer,
    Kind::TcpFlag,
    Kind::TcpOption,
];

fn registered() -> impl Iterator<Item = &'static Entry> {
    REGISTRIES.into_iter().flat_map(Kind::entries)
}

/// "RFC 9110 §15.3.1", "RFC 9112 Appendix C.2.2", or the name of a standard, or of the lack of one.
fn is_clause(clause: &str) -> bool {
    const ELSEWHERE: [&str; 10] = [
        "IEEE ",
        "W3C ",
        "WHATWG ",
        "WICG ",
        "IANA ",
        "IETF draft-",
        "ISO/IEC ",
        "ECMA-",
        "no standard",
        "the header's own",
    ];
    let Some(rfc) = clause.strip_prefix("RFC ") else {
        return ELSEWHERE.iter().any(|standard| clause.starts_with(standard));
    };
    let Some((number, place)) = rfc.split_once(' ') else { return rfc.parse::<u16>().is_ok() };
    let place = place.strip_prefix('§').or_else(|| place.strip_prefix("Appendix ")).unwrap_or_default();
    let part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    number.parse::<u16>().is_ok() && place.split('.').all(part)
}

#[test]
fn every_line_of_every_table_is_an_entry() {
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Problem) {
        let lines = table::lines(kind.data()).count();
        assert!(lines > 1, "{kind:?}");
        assert_eq!(kind.entries().len(), lines - 1, "{kind:?}");
        assert!(kind.entries().iter().all(|entry| entry.kind == kind), "{kind:?}");
    }
}

#[test]
fn every_column_that_is_no_detail_is_known() {
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Problem) {
        let details: HashSet<&str> =
            kind.entries().iter().flat_map(|entry| &entry.details).map(|(it, _)| *it).collect();
        let mut hidden: Vec<_> =
            details.into_iter().filter(|it| it.starts_with(|c: char| c.is_ascii_lowercase())).collect();
        hidden.sort_unstable();
        match kind {
            Kind::TcpFlag => assert_eq!(hidden, ["bit"]),
            Kind::TcpOption => assert_eq!(hidden, ["length"]),
            Kind::Word => assert_eq!(hidden, ["command", "group", "layer", "lesson", "see"]),
            _ => assert_eq!(hidden, [""; 0], "{kind:?}"),
        }
    }
}

#[test]
fn no_key_is_there_twice() {
    for kind in Kind::ALL {
        let mut seen = HashSet::new();
        for entry in kind.entries() {
            assert!(seen.insert(entry.key.to_ascii_lowercase()), "{kind:?}: {}", entry.key);
        }
    }
}

#[test]
fn every_clause_names_its_standard() {
    for entry in Entry::all() {
        // A note may rest on no clause.
        assert!(
            is_clause(entry.clause)
                || entry.kind == Kind::Word && entry.clause.is_empty()
                || ["one-direction", "proxy-holds-back"].contains(&entry.key),
            "{}: {}",
            entry.asked(),
            entry.clause
        );
    }
}

#[test]
fn every_sentence_is_one_and_fits_a_line() {
    for entry in registered() {
        let (asked, meaning) = (entry.asked(), entry.meaning);
        assert!(meaning.chars().count() <= LONGEST_SENTENCE, "{asked}: {} characters", meaning.chars().count());
        assert!(meaning.ends_with(['.', '?']), "{asked}: {meaning}");
        assert_eq!(meaning, meaning.trim(), "{asked}");
    }
}

#[test]
fn ranges_follow_each_other_without_gap() {
    for kind in [Kind::Status, Kind::Opcode, Kind::CloseCode, Kind::Layer] {
        let numbers: Vec<_> = kind.entries().iter().map(|entry| entry.numbers.clone().unwrap()).collect();
        assert!(numbers.windows(2).all(|pair| *pair[0].end() + 1 == *pair[1].start()), "{kind:?}");
    }
}

#[test]
fn what_is_searched_by_halves_is_in_order() {
    assert!(Kind::Method.entries().is_sorted_by_key(|method| method.name));
    assert!(Kind::TcpOption.entries().is_sorted_by_key(|option| option.number().unwrap()));
    assert!(Kind::Header.entries().is_sorted_by(|one, other| entry::without_case(one.name, other.name).is_lt()));
}

#[test]
fn every_status_from_100_to_599_is_known_and_no_other() {
    assert!((100..=599).all(|code| status(code).is_some()));
    assert!([0, 99, 600, u16::MAX].into_iter().all(|code| status(code).is_none()));
    assert_eq!(status(101).map(|status| status.name), Some("Switching Protocols"));
    assert_eq!(status(418).map(|status| (status.name, status.is_assigned())), Some(("(Unused)", false)));
    assert_eq!(status(299).and_then(|status| status.numbers.clone()), Some(227..=299));
}

#[test]
fn methods_are_found_by_exact_name() {
    let yes = |name: &str, what: &str| match method(name).and_then(|method| method.detail(what)) {
        Some("yes") => true,
        Some("no") => false,
        other => panic!("{name}: {what}: {other:?}"),
    };
    assert!(yes("GET", "Safe") && yes("GET", "Idempotent"));
    assert!(!yes("POST", "Safe") && !yes("POST", "Idempotent"));
    assert!(!yes("DELETE", "Safe") && yes("DELETE", "Idempotent"));
    assert_eq!(method("get"), None);
    let names = Kind::Method.entries().iter().map(|method| method.name);
    assert!({ names }.all(|name| yes(name, "Idempotent") || !yes(name, "Safe")), "what is safe is idempotent");
}

#[test]
fn headers_are_found_whatever_their_case() {
    for name in ["HOST", "sec-websocket-accept", "etag", "TraceParent", "te", "Te"] {
        assert!(header(name).is_some_and(|header| header.name.eq_ignore_ascii_case(name)), "{name}");
    }
    for header_of_the_table in Kind::Header.entries() {
        assert_eq!(header(header_of_the_table.name), Some(header_of_the_table));
        let by = header_of_the_table.detail("Sent by").unwrap();
        assert!(["request", "response", "both"].contains(&by), "{}: {by}", header_of_the_table.name);
        if let Some(line) = header_of_the_table.detail("Example") {
            let (name, value) = line.split_once(": ").unwrap();
            assert_eq!((name, value), (header_of_the_table.name, value.trim()));
        }
    }
    assert_eq!(header("X-Nobody-Sends-This"), None);
    assert_eq!(header(""), None);
}

#[test]
fn opcodes_are_four_bits() {
    assert!((0..=15).all(|code| opcode(code).is_some()));
    assert_eq!(opcode(16), None);
    assert_eq!(opcode(9).map(|opcode| opcode.name), Some("ping"));
    for code in 0..=15 {
        let card = card(opcode(code).unwrap());
        let (_, kind) = card.facts.iter().find(|(label, _)| *label == "Kind").unwrap();
        assert_eq!(kind.starts_with("control frame"), code >= 8, "{code}: {kind}");
    }
}

#[test]
fn every_close_code_says_who_may_send_it() {
    let sender = |code: u16| close_code(code).and_then(|code| code.detail("Sent by")).unwrap();
    assert!((0..=u16::MAX).all(|code| ["either", "client", "server", "nobody"].contains(&sender(code))));
    for never in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000] {
        assert_eq!(sender(never), "nobody", "{never}");
    }
    for sent in [1000, 1001, 1009, 1011, 3000, 3500, 4000, 4999] {
        assert_eq!(sender(sent), "either", "{sent}");
    }
}

#[test]
fn every_bit_of_the_flags_octet_is_a_flag() {
    let flags = Kind::TcpFlag.entries();
    let bits: Vec<u8> = flags.iter().map(|flag| flag.detail("bit").unwrap().parse().unwrap()).collect();
    assert_eq!(bits, [1, 2, 4, 8, 16, 32, 64, 128]);
    assert_eq!(flags[1].name, "SYN");
    assert_eq!(tcp_option(2).map(|option| option.detail("length")), Some(Some("4")));
    for option in Kind::TcpOption.entries() {
        let length = option.detail("length").unwrap();
        assert!(
            length == "variable" || length.parse::<u8>().is_ok_and(|length| length > 0),
            "{}: {length}",
            option.name
        );
    }
}

/// The entry that a line of data names.
fn named(asked: &str) -> &'static Entry {
    find(asked).first().unwrap_or_else(|| panic!("nothing is called {asked}"))
}

#[test]
fn what_is_asked_for_an_entry_finds_it_first() {
    for entry in Entry::all() {
        assert_eq!(find(&entry.asked()).first(), Some(&entry), "{}", entry.asked());
        assert!(find(&entry.label()).contains(&entry), "{}", entry.label());
    }
}

#[test]
fn every_note_is_short_and_what_is_registered_has_one() {
    let note = |entry: &Entry| entry.detail(if entry.kind == Kind::Layer { "Here" } else { "When" });
    for entry in registered() {
        if let Some(note) = note(entry) {
            assert!(note.chars().count() <= 200 && note.ends_with(['.', '"']), "{}: {note}", entry.asked());
        }
    }
    let registered = |entry: &&Entry| entry.number().is_some() && entry.is_assigned() || entry.kind == Kind::TcpFlag;
    for kind in [Kind::Status, Kind::CloseCode, Kind::Opcode, Kind::Layer, Kind::TcpFlag] {
        assert!(kind.entries().iter().filter(registered).all(|entry| note(entry).is_some()), "{kind:?}");
    }
}

#[test]
fn whatever_is_bound_together_is_there() {
    for line in table::lines(card::KIN) {
        let [what, _, topics] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let bound: Vec<&Entry> = topics.split(", ").map(named).collect();
        assert!(bound.len() > 1, "{what}");
        assert!(bound.iter().enumerate().all(|(at, entry)| !bound[..at].contains(entry)), "{what}");
    }
    let may_be_alone = |entry: &Entry| matches!(entry.kind, Kind::Header | Kind::Problem);
    for entry in Entry::all().filter(|entry| !may_be_alone(entry)) {
        assert!(!card(entry).alike.is_empty(), "{}", entry.asked());
    }
}

#[test]
fn other_words_name_what_is_there() {
    for line in table::lines(find::ALIASES) {
        let (word, asked) = line.split_once('\t').unwrap();
        assert_eq!(word, words::normal(word));
        assert!(find(word).contains(&named(asked)), "{word}");
    }
}

#[test]
fn words_of_several_meanings_find_the_likeliest_first() {
    let first = |words: &str| find(words).first().map(|entry| entry.asked()).unwrap_or_default();
    for (words, asked) in [
        ("100", "status 100"),
        ("1000", "close 1000"),
        ("close", "opcode 8"),
        ("connection", "word connection"),
        ("Connection", "header Connection"),
        ("accept", "header Accept"),
        ("fin", "flag FIN"),
        ("web-socket", "word WebSocket"),
        ("WebSockets", "word WebSocket"),
        ("what is a proxy?", "word proxy"),
        ("host header", "header Host"),
        ("404 error", "status 404"),
        ("http 404", "status 404"),
        ("http get", "method GET"),
        ("syn packet", "flag SYN"),
        ("websocket ping", "opcode 9"),
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
fn every_word_is_defined_in_a_few_sentences_and_leads_on() {
    let words = Kind::Word.entries();
    assert!(words.is_sorted_by(|one, other| entry::without_case(one.name, other.name).is_lt()));
    for word in words {
        let (name, text) = (word.name, word.meaning);
        assert!((100..=450).contains(&text.chars().count()), "{name}: {} characters", text.chars().count());
        assert!(text.ends_with(['.', '?']) && text.matches(". ").count() >= 1, "{name}: {text}");
        // A shell takes it as it stands.
        assert!(name.chars().all(|c| c.is_alphanumeric() || " -_/.".contains(c)), "{name}");
        for asked in word.detail("see").unwrap().split(", ") {
            assert_ne!(named(asked), word, "{name} leads to itself");
        }
        assert!(word.detail("group").is_some() && (1..=7).contains(&word.layer()), "{name}");
        assert!(word.other_names.iter().all(|other| find(other).contains(&word)), "{name}");
    }
}

#[test]
fn every_problem_has_a_whole_story() {
    for story in Kind::Problem.entries() {
        let code = story.key;
        assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{code}");
        let title = story.detail("In short").unwrap();
        assert!((1..=60).contains(&title.chars().count()) && !title.ends_with('.'), "{code}: {title}");
        for text in [story.meaning, story.detail("When").unwrap(), story.detail("To do").unwrap()] {
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
        ("Server", "wire101", "wire101"),
        ("X-Powered-By", "Express", "express"),
        ("X-Powered-By", "PHP/8.2.7", "php"),
        ("X-Powered-By", "ASP.NET", "iis"),
    ] {
        assert_eq!(super::server_telling(name, value).map(|server| server.key), Some(key), "{name}: {value}");
    }
    for nobody in ["", "wire102", "Python/3.11", "(Unix)"] {
        assert_eq!(super::server_telling("Server", nobody), None, "{nobody}");
    }
}
