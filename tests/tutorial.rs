//! `wire101 tutorial` from a pipe: taken to its end, answered wrongly, stopped and resumed, with its file damaged.

#[path = "common/ran.rs"]
mod ran;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use ran::Ran;
use wire101::lesson::{Lesson, Measure, Run, Side, catalogue, run};
use wire101::wire::Wire;

/// Somebody who takes the course, with a place of their own for what is done.
struct Learner(tempfile::TempDir);

impl Learner {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wire101"));
        command.arg("tutorial").args(arguments).env("XDG_STATE_HOME", self.0.path());
        command.env_remove("COLUMNS").env_remove("NO_COLOR").env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn tutorial(&self, arguments: &[&str], lines: &[String]) -> Ran {
        let mut child = self.command(arguments).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let said = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>();
        // All of it at once, beside what is read: a pipe holds only so much. It may end without reading all.
        let writer = std::thread::spawn(move || drop(input.write_all(said.as_bytes())));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ran::new(output)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join("wire101").join(name)
    }

    fn progress(&self) -> String {
        std::fs::read_to_string(self.file("progress.json")).unwrap_or_default()
    }
}

/// The right answer, in the unit of the question.
fn answer(run: &Run, measure: Measure, side: Side) -> String {
    measure.unit().format(run.sides[side.index()].measures.get(measure).unwrap())
}

/// A whole lesson, answered rightly.
fn right(lesson: &'static Lesson) -> Vec<String> {
    let run = run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap();
    let guess = lesson.prediction.answer;
    let checks = lesson.checks.iter().map(|check| answer(&run, check.measure, check.side));
    let guess = answer(&run, guess.measure, guess.side).replace("\u{a0}bytes", "");
    [guess].into_iter().chain(checks).chain([String::new()]).collect()
}

/// A whole lesson, every question answered wrongly and then left.
fn wrong(lesson: &Lesson) -> Vec<String> {
    let skip = |line: &str| line.to_owned();
    let checks = lesson.checks.iter().flat_map(|_| [skip("987 654"), skip("")]);
    [skip("s")].into_iter().chain(checks).chain([String::new()]).collect()
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn the_course_can_be_taken_to_its_end_with_right_answers() {
    let learner = Learner::new();
    let all: Vec<String> = catalogue::all().iter().flat_map(right).collect();
    let out = learner.tutorial(&[], &all).ok();
    let asked: usize = catalogue::all().iter().map(|lesson| lesson.checks.len()).sum();
    assert_eq!(out.matches("\nRight.\n").count(), asked);
    assert_eq!(out.matches("\nYou guessed it.\n").count(), catalogue::all().len());
    let end = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(end.contains(&format!("{asked} of {asked} questions were answered rightly")), "{end}");
    assert!(!out.contains("Here's what the capture says"), "no answer was wrong");
    assert!(!out.contains('\x1b') && !out.contains('│'), "a pipe gets neither colours nor drawings");
    // Who has taken it all is told so, and may take a lesson again.
    assert!(learner.tutorial(&[], &[]).ok().contains("That was the last lesson."));
    assert!(learner.tutorial(&["--start", "frames"], &[]).ok().contains("Lesson 7 of 18"));
    assert!(learner.tutorial(&["--list"], &[]).ok().contains("18 of 18 lessons done."));
}

#[test]
fn wrong_answers_are_explained_and_the_course_goes_on() {
    let learner = Learner::new();
    let all: Vec<String> = catalogue::all().iter().flat_map(wrong).collect();
    let out = learner.tutorial(&["--width", "1000"], &all).ok();
    let asked: usize = catalogue::all().iter().map(|lesson| lesson.checks.len()).sum();
    assert!(out.contains(&format!("0 of {asked} questions were answered rightly")));
    for lesson in catalogue::all() {
        let run = run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap();
        for check in lesson.checks {
            let explained = run.fill(&check.explain).unwrap().replace('`', "").replace('\u{a0}', " ");
            assert!(out.contains(&explained), "{}: {explained}", lesson.name);
        }
    }
}

#[test]
fn a_second_attempt_may_be_right() {
    let learner = Learner::new();
    let out = learner.tutorial(&["--start", "keep-alive"], &lines("1\nh\nmany\n9\n3\n2 of them")).ok();
    for part in
        ["Hint: Count the SYNs", "That isn't a number.", "Not 9.", "3: one for each", "Right.", "question 3 of 3"]
    {
        assert!(out.contains(part), "{part}\n{out}");
    }
    let progress = learner.progress();
    assert!(progress.contains("\"steps\": 3") && progress.contains("\"right\": 1"), "{progress}");
}

#[test]
fn stopped_after_any_line_the_course_goes_on_where_it_was() {
    let course: Vec<String> = catalogue::all()
        .iter()
        .take(3)
        .flat_map(|lesson| {
            let wrong_once = right(lesson).into_iter().enumerate();
            wrong_once.flat_map(|(at, line)| if at == 1 { vec!["h".into(), "987".into(), line] } else { vec![line] })
        })
        .collect();
    let (in_one, in_pieces) = (Learner::new(), Learner::new());
    in_one.tutorial(&[], &course).ok();
    for line in &course {
        in_pieces.tutorial(&[], std::slice::from_ref(line)).ok();
    }
    assert_eq!(in_pieces.progress(), in_one.progress());
    assert!(in_one.progress().contains("\"at\": \"keep-alive\""), "{}", in_one.progress());
}

#[test]
fn whoever_says_nothing_leaves_nothing() {
    let learner = Learner::new();
    let out = learner.tutorial(&[], &[]).ok();
    assert!(out.contains("Lesson 1 of 18 · ") && out.contains("your guess") && out.contains("q quit"), "{out}");
    assert!(!learner.file("progress.json").exists());
    learner.tutorial(&[], &lines("q\nnot read")).ok();
    assert!(!learner.file("progress.json").exists());
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let learner = Learner::new();
    let mut child = learner.command(&[]).spawn().unwrap();
    drop(child.stdout.take());
    let _ = child.stdin.take().unwrap().write_all(b"s\nt\nl\nx\n");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn what_is_done_is_in_the_file_before_the_next_line_is_typed() {
    let learner = Learner::new();
    let mut child = learner.command(&[]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"s\n").unwrap();
    let saved = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        learner.progress().contains("\"steps\": 1")
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(saved);
    assert!(learner.tutorial(&[], &[]).ok().contains("question 1 of"));
}

#[test]
fn a_damaged_file_is_kept_aside_and_the_course_begins() {
    let learner = Learner::new();
    std::fs::create_dir_all(learner.file("")).unwrap();
    std::fs::write(learner.file("progress.json"), b"at = [\xff").unwrap();
    let ran = learner.tutorial(&[], &lines("s"));
    assert_eq!(ran.status, Some(0));
    assert!(ran.err.contains("damaged") && ran.err.lines().count() == 1, "{}", ran.err);
    assert!(ran.out.contains("Lesson 1 of 18") && ran.out.contains("question 1 of"));
    assert_eq!(std::fs::read(learner.file("progress.damaged")).unwrap(), b"at = [\xff");
    // What is in the form of a file of progress, and beyond what there is, breaks nothing either.
    let beyond = r#"{"at": "frames", "lessons": {"frames": {"steps": 999, "right": 9223372036854775807}, "none": {"steps": 1, "right": 1}}}"#;
    std::fs::write(learner.file("progress.json"), beyond).unwrap();
    assert!(learner.tutorial(&[], &lines("\ns\ns")).ok().contains("Lesson 8 of 18"));
    assert!(learner.progress().contains("\"none\""));
}

#[test]
fn a_place_where_nothing_can_be_written_ends_no_lesson() {
    let learner = Learner::new();
    std::fs::write(learner.0.path().join("wire101"), "a file where the folder should be").unwrap();
    let ran = learner.tutorial(&["--list"], &[]);
    assert_eq!((ran.status, ran.err.matches("not saved").count()), (Some(0), 1), "{}", ran.err);
    let elsewhere = |place: &str| {
        let mut command = learner.command(&[]);
        command.env_remove("HOME").env("XDG_STATE_HOME", place);
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(b"s\n9\n\ns\n").unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{place}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("question 3 of"), "{place}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((said.lines().count(), said.matches("not saved").count()), (1, 1), "{place}: {said}");
        said
    };
    assert!(elsewhere(learner.0.path().to_str().unwrap()).contains("cannot read"));
    assert!(elsewhere("relative/paths/do/not/count").contains("neither XDG_STATE_HOME nor HOME"));
    // There is nothing to read yet, and nothing can be made there.
    if cfg!(target_os = "linux") {
        assert!(elsewhere("/proc/none").contains("can't write"));
    }
}

#[test]
fn the_list_says_what_is_done() {
    let learner = Learner::new();
    assert!(learner.tutorial(&["--list"], &[]).ok().contains("1. request-response: not begun."));
    learner.tutorial(&[], &lines("s\ns")).ok();
    let out = learner.tutorial(&["--list"], &[]).ok();
    assert!(out.contains("1. request-response: 2 of 4 questions done."), "{out}");
    assert!(out.contains("0 of 18 lessons done. wire101 tutorial continues with request-response."), "{out}");
}

#[test]
fn one_may_start_anywhere_by_name_or_number() {
    let learner = Learner::new();
    assert!(learner.tutorial(&["--start", "4"], &[]).ok().contains("Lesson 4 of 18 · Keep-alive · your guess"));
    // That is where it goes on.
    assert!(learner.tutorial(&[], &[]).ok().contains("Lesson 4 of 18"));
    let ran = learner.tutorial(&["--start", "keepalive"], &[]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("did you mean `keep-alive`?"), "{}", ran.err);
}

#[test]
fn a_reset_forgets_and_keeps_a_copy() {
    let learner = Learner::new();
    assert!(learner.tutorial(&["--reset"], &[]).ok().contains("You haven't done anything yet"));
    learner.tutorial(&["--start", "frames"], &lines("s")).ok();
    let before = learner.progress();
    assert!(learner.tutorial(&["--reset"], &[]).ok().contains("progress.old"));
    assert_eq!(std::fs::read_to_string(learner.file("progress.old")).unwrap(), before);
    assert!(learner.tutorial(&[], &[]).ok().contains("Lesson 1 of 18"));
}

#[test]
fn one_may_look_closer_and_try_something_at_once() {
    let learner = Learner::new();
    let asked = "l\n1\nd\nl\nf\nx\np\nt\nb\ne --rtt 200ms --loss 5 --seed 3\ne 3\ne --wire loopback\ne --rtt far";
    let out = learner.tutorial(&["--start", "keep-alive"], &lines(asked)).ok();
    for part in [
        "Guess first. Then the lesson runs",
        "Side A, packet 1, 42 bytes.",
        "bytes 0 to 5, layer 2, Destination",
        "Layer 5, Session (TCP/IP: Application)",
        "No WebSocket frame crossed the wire",
        "ARP",
        "Three things people believe",
        "virtual wire, rtt 200 ms, loss 5 %, seed 3",
        "What changed:",
        "side B: 280 ms, now ",
        "Connection",
        "`--wire` can't be changed here.",
        "--rtt: \"far\" isn't a unit of time",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    assert!(!out.contains("0000  "), "bytes are said, not drawn");
    assert_eq!(out.matches("question 1 of 3").count(), 10, "one is told where one is after each look");
}

#[test]
fn a_frame_is_said_field_by_field() {
    let out = Learner::new().tutorial(&["--start", "frames", "--width", "300"], &lines("s\nf")).ok();
    for part in ["Side A, frame", ", layer 7, FIN: 1", "masked with"] {
        assert!(out.contains(part), "{part}\n{out}");
    }
}

#[test]
fn a_wrong_answer_is_followed_by_the_packets_that_were_counted() {
    let learner = Learner::new();
    let out = learner.tutorial(&["--start", "keep-alive"], &lines("3\n9")).ok();
    for part in [
        "You guessed 3. The capture says otherwise.",
        "Side B, what was counted: 1 of its 13 packets\nB, packet 29, at 0 ms, client to server: SYN (1)",
        "Not 9. Here's what the capture says:",
        "Side A, what was counted: 6 of its 24 packets\nA, packet 3, at 0 ms, client to server: SYN (1 begins)\n",
        "A, packet 4, at 40 ms, server to client: SYN, ACK (1 ends)",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
}

#[test]
fn lines_of_any_length_and_any_bytes_are_only_misunderstood() {
    let learner = Learner::new();
    let long = "9".repeat(100_000);
    let out = learner.tutorial(&[], &[long, "\u{1b}[2J".into(), "\0".into(), "s".into()]).ok();
    assert!(out.contains("question 1 of"), "{out}");
    assert!(!out.contains('\x1b'));
}
