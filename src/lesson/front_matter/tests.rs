use std::time::Duration;

use super::*;

const SOUND: &str = r#"+++
number = 4
title = "Title"
question = "Why?"
layers = [4, 7]
sides = { a = "one", b = "two" }
about = { b = "1.2" }
compare = [{ measure = "packets", label = "Packets" }]
take_away = ["{a.packets}"]

[prediction]
ask = "How many?"
answer = { measure = "time_to_nth(3)", side = "b" }

[[checks]]
question = "How many?"
measure = "packets"
side = "a"
hint = "Look."
explain = "{a.packets}"

[[try_next]]
command = "wire101 explain 200"
look_for = "that"
+++
# Text

{a.packets} packets
"#;

/// The error for the sound lesson with something put in another's place: line, key and problem.
fn error(from: &str, to: &str) -> (usize, Option<String>, String) {
    assert!(SOUND.contains(from), "{from}");
    let error = Lesson::parse("x", &SOUND.replacen(from, to, 1)).unwrap_err();
    assert_eq!(error.file, "lessons/x.md");
    (error.line, error.key, error.problem)
}

#[test]
fn a_sound_lesson_is_read() {
    let lesson = Lesson::parse("x", SOUND).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((lesson.name.as_str(), lesson.number), ("x", 4));
    assert_eq!(lesson.layers, [Layer::Transport, Layer::Application]);
    assert_eq!(lesson.sides, ["one", "two"]);
    assert_eq!(lesson.about[&Side::B], ExchangeId { connection: 1, index: 2 });
    assert_eq!(lesson.prediction.answer.measure.to_string(), "time_to_nth(3)");
    assert!(lesson.warnings.is_empty());
    assert_eq!(lesson.text, Template::parse("# Text\n\n{a.packets} packets\n").unwrap());
}

#[test]
fn an_unknown_key_is_an_error_that_says_which_there_are() {
    let (line, key, problem) = error("title =", "titel =");
    assert_eq!((line, key.as_deref()), (3, Some("titel")));
    assert!(problem.contains("unknown field `titel`") && problem.contains("`title`"), "{problem}");
    let (line, key, problem) = error("hint =", "hnit =");
    assert_eq!((line, key.as_deref()), (19, Some("checks.hnit")));
    assert!(problem.contains("`explain`"), "{problem}");
}

#[test]
fn an_unknown_measure_is_an_error_that_names_the_nearest() {
    let (line, key, problem) = error("measure = \"packets\"\n", "measure = \"pakets\"\n");
    assert_eq!((line, key.as_deref()), (17, Some("checks.measure")));
    assert!(problem.contains("did you mean `packets`?"), "{problem}");
    let (line, key, _) = error("time_to_nth(3)", "time_to_nth(0)");
    assert_eq!((line, key.as_deref()), (13, Some("prediction.answer.measure")));
}

#[test]
fn values_that_are_none_are_errors_that_say_what_is_allowed() {
    for (from, to, line, allowed) in [
        ("number = 4", "number = 0", 2, "from 1"),
        ("number = 4", "number = \"four\"", 2, "u8"),
        ("[4, 7]", "[4, 8]", 5, "1 to 7"),
        ("{ a = \"one\", b = \"two\" }", "{ a = \"one\" }", 6, "a and b"),
        ("{ a = \"one\", b = \"two\" }", "{ a = \"one\", c = \"two\" }", 6, "a and b"),
        ("\"1.2\"", "\"1\"", 7, "0.2"),
        ("side = \"a\"", "side = \"z\"", 18, "`a`, `b`"),
        ("[\"{a.packets}\"]", "[\"{a.pakets}\"]", 9, "did you mean"),
        ("title = \"Title\"", "title = ", 3, ""),
        ("title = \"Title\"\n", "", 2, "missing field `title`"),
    ] {
        let (found, _, problem) = error(from, to);
        assert!(problem.contains(allowed), "{to}: {problem}");
        assert_eq!(found, line, "{to}: {problem}");
    }
}

#[test]
fn a_lesson_speaks_only_of_sides_it_has() {
    assert_eq!(error("side = \"a\"", "side = \"c\"").0, 15);
    assert_eq!(error("[\"{a.packets}\"]", "[\"{d.packets}\"]").1.as_deref(), Some("take_away"));
    assert_eq!(error("{ b = \"1.2\"", "{ c = \"1.2\"").1.as_deref(), Some("about"));
    for more in ["said = { c = [\"0.0\"] }", "frames = [\"c\"]", "accept = \"c\"", "diagrams = { c = [0] }"] {
        let key = more.split(' ').next();
        assert_eq!(error("take_away", &format!("{more}\ntake_away")).1.as_deref(), key);
    }
}

#[test]
fn a_page_shows_one_exchange_layer_by_layer() {
    for about in ["{}", "{ a = \"0.0\", b = \"1.2\" }"] {
        let (line, key, problem) = error("{ b = \"1.2\" }", about);
        assert_eq!((line, key.as_deref()), (7, Some("about")));
        assert!(problem.contains("the one exchange"), "{problem}");
    }
}

#[test]
fn an_unknown_chart_is_an_error_that_says_which_there_are() {
    let (line, key, problem) = error("take_away", "chart = \"pie\"\ntake_away");
    assert_eq!((line, key.as_deref()), (9, Some("chart")));
    assert!(problem.contains("`pie`") && problem.contains("`bytes`, `arrivals`, `connections`"), "{problem}");
}

#[test]
fn errors_in_the_text_have_the_line_of_the_file() {
    let (line, key, _) = error("{a.packets} packets", "{a.packets} {packets}");
    assert_eq!((line, key), (28, None));
}

#[test]
fn a_file_without_front_matter_is_told_how_one_begins() {
    let problem = |source| Lesson::parse("x", source).unwrap_err().problem;
    assert!(problem("").contains("+++"));
    assert!(problem("# Text\n").contains("+++"));
    assert!(problem("+++\nnumber = 1\n").contains("no second line"));
    assert!(problem("+++\n+++\n").contains("missing field"));
}

#[test]
fn a_lesson_says_what_its_wires_are_like_and_one_side_may_keep_to_its_own() {
    let wires = "usual = { rtt_ms = 150, loss_percent = 5 }\nfixed = { a = { rtt_ms = 5 } }\ntake_away";
    let lesson = Lesson::parse("x", &SOUND.replacen("take_away", wires, 1)).unwrap_or_else(|error| panic!("{error}"));
    let settings = |rtt, loss| Settings { rtt: Duration::from_millis(rtt), loss, seed: 1 };
    assert_eq!(lesson.settings(Wire::Virtual), settings(150, 5.0));
    assert_eq!(lesson.settings_of(Side::A, settings(300, 1.0)), settings(5, 1.0));
    assert_eq!(lesson.settings_of(Side::B, settings(300, 1.0)), settings(300, 1.0));
    assert_eq!(error("take_away", "fixed = { d = {} }\ntake_away").1.as_deref(), Some("fixed"));
    assert!(error("take_away", "usual = { rtt = 5 }\ntake_away").2.contains("`rtt_ms`"));
}

#[test]
fn a_loopback_has_distance_only_where_the_lesson_is_about_it() {
    let near = Wire::Loopback.settings();
    let lesson = |wires: &str| {
        let source = SOUND.replacen("take_away", &format!("{wires}\ntake_away"), 1);
        Lesson::parse("x", &source).unwrap_or_else(|error| panic!("{error}"))
    };
    assert_eq!(lesson("usual = { rtt_ms = 150 }").settings(Wire::Loopback), near);
    let about_loss = lesson("usual = { loss_percent = 5 }\nfixed = { a = { loss_percent = 0 } }");
    assert_eq!(about_loss.settings(Wire::Loopback), Settings { loss: 5.0, ..near });
}
