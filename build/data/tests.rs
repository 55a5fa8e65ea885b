use proptest::prelude::*;

use super::template::{Template, TemplateError};
use super::{lesson, stories};

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
choices = [{ value = 1, because = "so" }, { value = 2, because = "otherwise", say = "{b.packets}" }]
answer = { measure = "time_to_nth(3)", side = "b" }

[[checks]]
kind = "read"
question = "How many?"
show = "ladder a"
answer = "a.packets"
nudge = "Look."
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
fn error(from: &str, to: &str) -> (usize, String, String) {
    assert!(SOUND.contains(from), "{from}");
    match lesson::parse("x", &SOUND.replacen(from, to, 1)) {
        Err(error) => (error.line, error.key.unwrap_or_default(), error.problem),
        Ok(_) => panic!("nothing is wrong with {to}"),
    }
}

/// The source of the sound lesson with other lines before `take_away`.
fn source(more: &str) -> String {
    let lesson = lesson::parse("x", &SOUND.replacen("take_away", &format!("{more}\ntake_away"), 1));
    lesson.unwrap_or_else(|error| panic!("{error}")).source
}

#[test]
fn a_sound_lesson_becomes_source() {
    let lesson = lesson::parse("x", SOUND).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(lesson.number, 4);
    for part in [
        r##"Lesson { name: "x", text: Template { parts: &[TextPart::Literal("# Text\n\n"), TextPart::Value("##,
        "Placeholder { first: Operand::Measured { side: Side::A, measure: Measure::Packets }, rest: None }",
        r#", number: 4, title: "Title", question: "Why?", layers: &[Layer::Transport, Layer::Application], "#,
        r#"sides: &["one", "two"], about: (Side::B, ExchangeId { connection: 1, index: 2 }), said: [&[], &[], &[], &[]], "#,
        "accept: None, ",
        "usual: WireSettings { rtt_ms: None, loss_percent: None }, ",
        "answer: Answer { measure: Measure::TimeToNth(NonZeroU32::new(3).unwrap()), side: Side::B } }",
        "warnings: &[] }",
    ] {
        assert!(lesson.source.contains(part), "{part} is not in {}", lesson.source);
    }
}

#[test]
fn what_a_lesson_need_not_say_stands_in_its_place() {
    for (line, part) in [
        (r#"said = { b = ["0.0"] }"#, "said: [&[], &[ExchangeId { connection: 0, index: 0 }], &[], &[]]"),
        (r#"frames = ["b"]"#, "frames: &[Side::B]"),
        (r#"accept = "b""#, "accept: Some(Side::B)"),
        ("diagrams = { a = [0, 2] }", "diagrams: [&[0, 2], &[], &[], &[]]"),
        (r#"chart = "bytes""#, "chart: Some(Chart::Bytes)"),
        ("usual = { loss_percent = 5 }", "usual: WireSettings { rtt_ms: None, loss_percent: Some(5.0) }"),
        ("fixed = { a = { rtt_ms = 5 } }", "fixed: [WireSettings { rtt_ms: Some(5), loss_percent: None }, "),
    ] {
        assert!(source(line).contains(part), "{line}");
    }
}

#[test]
fn an_unknown_key_is_an_error_that_says_which_there_are() {
    let (line, key, problem) = error("title =", "titel =");
    assert_eq!((line, key.as_str()), (3, "titel"));
    assert!(problem.contains("no such key") && problem.contains("`title`"), "{problem}");
    let (line, key, problem) = error("hint =", "hnit =");
    assert_eq!((line, key.as_str()), (22, "checks.hnit"));
    assert!(problem.contains("`explain`"), "{problem}");
}

#[test]
fn an_unknown_measure_is_an_error_that_says_which_there_are() {
    let (line, key, problem) = error("answer = \"a.packets\"", "answer = \"a.pakets\"");
    assert_eq!((line, key.as_str()), (20, "checks.answer"));
    assert!(problem.contains("`pakets`") && problem.contains(" packets,"), "{problem}");
    let (line, key, _) = error("time_to_nth(3)", "time_to_nth(0)");
    assert_eq!((line, key.as_str()), (14, "prediction.answer.measure"));
}

#[test]
fn values_that_are_none_are_errors_that_say_what_is_allowed() {
    for (from, to, line, allowed) in [
        ("number = 4", "number = 0", 2, "from 1"),
        ("number = 4", "number = 256", 2, "from 1"),
        ("number = 4", "number = \"four\"", 2, "a whole number"),
        ("number = 4", "number = -4", 2, "a whole number"),
        ("[4, 7]", "[4, 8]", 5, "1 to 7"),
        ("[4, 7]", "[4, 0]", 5, "1 to 7"),
        ("{ a = \"one\", b = \"two\" }", "{ a = \"one\" }", 6, "a and b"),
        ("{ a = \"one\", b = \"two\" }", "{ a = \"one\", c = \"two\" }", 6, "a and b"),
        ("{ a = \"one\", b = \"two\" }", "{ a = \"one\", b = \"two\", d = \"three\" }", 6, "a and b"),
        ("\"1.2\"", "\"1\"", 7, "0.2"),
        ("side = \"b\"", "side = \"z\"", 14, "`a`, `b`"),
        ("[\"{a.packets}\"]", "[\"{a.pakets}\"]", 9, "no measure `pakets`"),
        ("[\"{a.packets}\"]", "\"{a.packets}\"", 9, "an array"),
        ("take_away", "chart = \"pie\"\ntake_away", 9, "`bytes`, `arrivals`"),
        ("take_away", "usual = { rtt = 5 }\ntake_away", 9, "`rtt_ms`"),
        ("take_away", "usual = { rtt_ms = 0.5 }\ntake_away", 9, "a whole number"),
        ("title = \"Title\"", "title = ", 3, ""),
        ("title = \"Title\"\n", "", 2, "`title` is missing"),
    ] {
        let (found, _, problem) = error(from, to);
        assert!(problem.contains(allowed), "{to}: {problem}");
        assert_eq!(found, line, "{to}: {problem}");
    }
}

#[test]
fn a_lesson_speaks_only_of_sides_it_has() {
    for (from, to, line, key) in [
        ("answer = \"a.packets\"", "answer = \"c.packets\"", 20, "checks.answer"),
        ("[\"{a.packets}\"]", "[\"{d.packets}\"]", 9, "take_away"),
        ("{ b = \"1.2\"", "{ c = \"1.2\"", 7, "about.c"),
        ("take_away", "said = { c = [\"0.0\"] }\ntake_away", 9, "said.c"),
        ("take_away", "frames = [\"c\"]\ntake_away", 9, "frames"),
        ("take_away", "accept = \"c\"\ntake_away", 9, "accept"),
        ("take_away", "diagrams = { c = [0] }\ntake_away", 9, "diagrams.c"),
        ("take_away", "fixed = { d = {} }\ntake_away", 9, "fixed.d"),
        ("{a.packets} packets", "{c.packets} packets", 31, ""),
    ] {
        let (found, path, problem) = error(from, to);
        assert_eq!((found, path.as_str()), (line, key), "{to}: {problem}");
        assert!(problem.contains("which `sides` does not name"), "{to}: {problem}");
    }
}

#[test]
fn a_question_says_what_its_kind_needs() {
    for (from, to, line, allowed) in [
        ("kind = \"read\"", "kind = \"guess\"", 17, "`work-out`"),
        ("kind = \"read\"", "kind = \"find\"", 20, "`packet`"),
        ("kind = \"read\"", "kind = \"cause\"", 20, "`choices`"),
        ("nudge = \"Look.\"\n", "", 16, "`nudge` is missing"),
        ("show = \"ladder a\"", "show = \"stairs a\"", 19, "`ladder A`"),
        ("nudge =", "replies = [{ given = \"5\" }]\nnudge =", 21, "`say` is missing"),
    ] {
        let (found, _, problem) = error(from, to);
        assert!(problem.contains(allowed), "{to}: {problem}");
        assert_eq!(found, line, "{to}: {problem}");
    }
}

#[test]
fn the_text_is_told_in_pieces_where_markers_say_so() {
    let marked = "<!-- scene -->\nOnce\n<!-- see: ladder b -->\n{a.packets} packets\n<!-- end -->\nmore\n";
    let source = |text: &str| lesson::parse("x", &SOUND.replacen("{a.packets} packets\n", text, 1)).map(|it| it.source);
    let sound = source(marked).unwrap_or_else(|error| panic!("{error}"));
    for part in [
        r#"scene: Template { parts: &[TextPart::Literal("Once\n")] }"#,
        "see: &[See { show: View::Ladders(&[Side::B]), text: Template { parts: &[TextPart::Value(",
        r##"TextPart::Literal("# Text\n\n\nOnce\n\n")"##,
    ] {
        assert!(sound.contains(part), "{part} is not in {sound}");
    }
    let error = source(&marked.replace("ladder b", "stairs")).unwrap_err();
    assert_eq!(error.line, 33, "{error}");
}

#[test]
fn a_page_shows_one_exchange_layer_by_layer() {
    for about in ["{}", "{ a = \"0.0\", b = \"1.2\" }"] {
        let (line, key, problem) = error("{ b = \"1.2\" }", about);
        assert_eq!((line, key.as_str()), (7, "about"));
        assert!(problem.contains("one side"), "{problem}");
    }
}

#[test]
fn errors_in_the_text_have_the_line_of_the_file() {
    let (line, key, _) = error("{a.packets} packets", "{a.packets} {packets}");
    assert_eq!((line, key.as_str()), (31, ""));
}

#[test]
fn a_file_without_front_matter_is_told_how_one_begins() {
    let problem = |file| lesson::parse("x", file).map(|lesson| lesson.source).unwrap_err().problem;
    assert!(problem("").contains("+++"));
    assert!(problem("# Text\n").contains("+++"));
    assert!(problem("+++\nnumber = 1\n").contains("no second line"));
    assert!(problem("+++\n+++\n").contains("is missing"));
}

/// The source of a text's parts, and what is wrong with a text.
fn template(text: &str) -> Result<String, TemplateError> {
    Template::parse(text).map(|template| template.source())
}

#[test]
fn braces_in_code_are_literal() {
    let text = "`{a.packets}` is {a.packets}\n```js\nif (a) { b() }\n```\n{7 * b.packets}";
    let value = "TextPart::Value(Placeholder { first: Operand::";
    let expected = [
        "Template { parts: &[TextPart::Literal(\"`{a.packets}` is \"), ",
        value,
        "Measured { side: Side::A, measure: Measure::Packets }, rest: None }), ",
        "TextPart::Literal(\"\\n```js\\nif (a) { b() }\\n```\\n\"), ",
        value,
        "Number(7), rest: Some((Operator::Times, Operand::Measured { side: Side::B, measure: Measure::Packets })) })] }",
    ];
    assert_eq!(template(text), Ok(expected.concat()));
}

#[test]
fn a_placeholder_that_says_nothing_is_an_error_with_its_line() {
    assert_eq!(template("one\n```\n{\n```\n{a.oops}").unwrap_err().line, 4);
    let problem = |text: &str| template(text).unwrap_err().problem;
    assert!(problem("{a.roundtrips}").contains("no measure `roundtrips`"));
    for malformed in ["{}", "{7}", "{e.packets}", "{a packets}", "{a.packets + b.packets}", "{1 - 2}", "{a.packets -}"]
    {
        assert!(problem(malformed).contains("is no placeholder"), "{malformed}: {}", problem(malformed));
    }
    for lone in ["{a.packets", "a.packets}"] {
        assert!(problem(lone).contains("stands alone"), "{lone}");
    }
}

#[test]
fn unlike_units_are_not_reckoned_with_each_other() {
    for text in ["{a.packets - a.wire_bytes}", "{a.time_to_last % a.packets}", "{a.wire_bytes * b.wire_bytes}"] {
        assert!(template(text).unwrap_err().problem.contains("do not go together"), "{text}");
    }
    for text in ["{a.wire_bytes / a.packets}", "{b.packets * b.round_trip_time}", "{2 * b.wire_bytes}"] {
        assert!(template(text).is_ok(), "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_is_written_is_parsed_or_refused(text in "[a-d{}.`\n_ */%0-9-]{0,60}") {
        let _ = template(&text);
    }

    #[test]
    fn text_without_braces_is_left_alone(text in "[^{}]{1,80}") {
        prop_assert_eq!(template(&text), Ok(format!("Template {{ parts: &[TextPart::Literal({text:?})] }}")));
    }
}

const STORY: &str = r#"
[[problem]]
code = "all-is-well"
clause = "RFC 9110 §1"
title = "Nothing is wrong"
what = '''
Over two
lines.'''
when = "Always."
what_to_do = "Nothing."
"#;

#[test]
fn a_story_becomes_a_line() {
    let line = "all-is-well\tRFC 9110 §1\tOver two lines.\tNothing is wrong\tAlways.\tNothing.\n";
    assert_eq!(stories::lines(&STORY.repeat(2)), Ok(line.repeat(2)));
    assert_eq!(stories::COLUMNS.split('\t').count(), line.split('\t').count());
}

#[test]
fn a_story_that_is_not_whole_is_an_error_with_its_line() {
    for (from, to, line, problem) in [
        ("when = \"Always.\"\n", "", 2, "`when` is missing"),
        ("when =", "wehn =", 9, "no such key"),
        ("\"Always.\"", "3", 9, "a string"),
        ("[[problem]]", "[[problems]]", 2, "no such key"),
    ] {
        let error = stories::lines(&STORY.replacen(from, to, 1)).unwrap_err();
        assert!(error.line == line && error.problem.contains(problem), "{to}: {error}");
    }
}
