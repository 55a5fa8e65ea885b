//! `wire101 tutorial` from a pipe: taken to its end, answered wrongly, stopped and resumed, with its file damaged.

#[path = "common/ran.rs"]
mod ran;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use ran::Ran;
use wire101::lesson::{Lesson, catalogue, run};
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

/// A whole lesson, answered rightly.
fn right(lesson: &'static Lesson) -> Vec<String> {
    let run = run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap();
    let measured = lesson.prediction.answer;
    let guess = run.sides[measured.side.index()].measures.get(measured.measure).unwrap().to_string();
    let on = String::new;
    let seen = lesson.see.iter().map(|_| on());
    let checks = lesson.checks.iter().map(|check| check.right(&run).unwrap().unwrap());
    let packet = lesson.packet.iter().map(|_| on());
    let change = lesson.change.iter().map(|check| {
        let other = check.other_run(lesson).unwrap().unwrap();
        check.right(&other).unwrap().unwrap()
    });
    [on(), guess].into_iter().chain(seen).chain(checks).chain(packet).chain(change).chain([on()]).collect()
}

/// What leads to the first question of a lesson.
fn to_questions(lesson: &Lesson) -> Vec<String> {
    let seen = lesson.see.iter().map(|_| String::new());
    [String::new(), "n".to_owned()].into_iter().chain(seen).collect()
}

/// A whole lesson, every question skipped.
fn skipped(lesson: &Lesson) -> Vec<String> {
    let skip = |_| "n".to_owned();
    let checks = lesson.checks.iter().map(skip);
    let rest = [String::new(), "n".to_owned(), String::new()];
    to_questions(lesson).into_iter().chain(checks).chain(rest).collect()
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn asked() -> usize {
    catalogue::all().iter().map(|lesson| lesson.checks.len()).sum()
}

#[test]
fn the_course_can_be_taken_to_its_end_with_right_answers() {
    let learner = Learner::new();
    let end = ["9".to_owned(), String::new()];
    let all: Vec<String> = catalogue::all().iter().flat_map(right).chain(end).collect();
    let out = learner.tutorial(&[], &all).ok();
    let lessons = catalogue::all().len();
    assert_eq!(out.matches("\nRight.\n").count(), asked() + lessons + 1, "and the changes, and the diagnosis");
    assert_eq!(out.matches("\nYou guessed it.\n").count(), lessons);
    let end = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(end.contains(&format!("{} of {} questions were correct on the first try", asked(), asked())), "{end}");
    assert!(end.contains("Now look at your own traffic."), "{end}");
    assert!(!out.contains("Here's the answer"), "no answer was wrong");
    assert!(!out.contains('\x1b') && !out.contains('│'), "a pipe gets neither colours nor drawings");
    // Who has taken it all is told so, and may take a lesson again.
    assert!(learner.tutorial(&[], &[]).ok().contains("That was the last lesson."));
    assert!(learner.tutorial(&["--start", "frames"], &[]).ok().contains("Lesson 7 of 20"));
    assert!(learner.tutorial(&["--list"], &[]).ok().contains("20 of 20 lessons done."));
}

#[test]
fn what_is_skipped_is_told_counted_and_asked_again() {
    let learner = Learner::new();
    let all: Vec<String> = catalogue::all().iter().flat_map(skipped).collect();
    let out = learner.tutorial(&["--width", "1000"], &all).ok();
    for lesson in catalogue::all() {
        let run = run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap();
        for check in lesson.checks {
            let explained = run.fill(&check.explain).unwrap().replace('`', "").replace("**", "").replace('\u{a0}', " ");
            assert!(out.contains(explained.trim()), "{}: {explained}", lesson.name);
        }
    }
    assert!(out.contains("Lesson 1 of 20 · Request and response · once more"), "what was missed comes back");
    let list = learner.tutorial(&["--list"], &[]).ok();
    assert!(list.contains("0 of 20 lessons done.") && list.contains("3 skipped"), "{list}");
    // It comes back once: then it's over.
    let rest: Vec<String> = (0..=asked()).map(|_| "n".to_owned()).chain([String::new()]).collect();
    let end = learner.tutorial(&["--width", "1000"], &rest).ok();
    assert!(end.contains(&format!("{} of them were skipped", asked())), "{end}");
}

#[test]
fn a_second_attempt_may_be_right() {
    let learner = Learner::new();
    let answers = [to_questions(catalogue::find("keep-alive").unwrap()), lines("h\nmany\n29\n34\n240 ms\n3")].concat();
    let out = learner.tutorial(&["--start", "keep-alive"], &answers).ok();
    for part in [
        "Hint: B has 3 GETs.",
        "Choose a packet: its number, such as 7.",
        "Not packet 29. That SYN opens B's only connection.",
        "Right.",
        "question 3 of 3",
        "one packet, opened",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    let progress = learner.progress();
    assert!(progress.contains("\"later\"") && progress.matches("\"first\"").count() == 2, "{progress}");
}

#[test]
fn stopped_after_any_line_the_course_goes_on_where_it_was() {
    let course: Vec<String> = catalogue::all()
        .iter()
        .take(3)
        .flat_map(|lesson| {
            let questions = to_questions(lesson).len();
            let wrong_once = right(lesson).into_iter().enumerate();
            wrong_once.flat_map(
                move |(at, line)| {
                    if at == questions { vec!["h".into(), "987".into(), line] } else { vec![line] }
                },
            )
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
fn a_session_resumes_at_the_evidence() {
    let learner = Learner::new();
    learner.tutorial(&["--start", "keep-alive"], &to_questions(catalogue::find("keep-alive").unwrap())).ok();
    let out = learner.tutorial(&[], &[]).ok();
    for part in ["Lesson 4 of 20 · Keep-alive · question 1 of 3", "B, packet 34, at 160 ms, client to server: GET /two"]
    {
        assert!(out.contains(part), "{part}\n{out}");
    }
}

#[test]
fn a_progress_file_of_the_former_version_is_read() {
    let learner = Learner::new();
    std::fs::create_dir_all(learner.file("")).unwrap();
    let former = r#"{"at": "frames", "lessons": {"upgrade": {"steps": 5, "right": 2, "complete": true},
        "frames": {"steps": 2, "right": 1, "tried": true}}}"#;
    std::fs::write(learner.file("progress.json"), former).unwrap();
    let ran = learner.tutorial(&[], &[]);
    assert!(ran.err.is_empty() && ran.out.contains("Lesson 7 of 20 · Frames · see 1 of"), "{}{}", ran.err, ran.out);
    let list = learner.tutorial(&["--list"], &[]).ok();
    assert!(list.contains("6. upgrade: done.") && list.contains("1 of 20 lessons done."), "{list}");
}

#[test]
fn whoever_says_nothing_leaves_nothing() {
    let learner = Learner::new();
    let out = learner.tutorial(&[], &[]).ok();
    assert!(out.contains("Lesson 1 of 20 · ") && out.contains("the scene") && out.contains("q quit"), "{out}");
    assert!(!learner.file("progress.json").exists());
    learner.tutorial(&[], &lines("q\nnot read")).ok();
    assert!(!learner.file("progress.json").exists());
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let learner = Learner::new();
    let mut child = learner.command(&[]).spawn().unwrap();
    drop(child.stdout.take());
    let _ = child.stdin.take().unwrap().write_all(b"\ns\nd\nl\nx\n");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn what_is_done_is_in_the_file_before_the_next_line_is_typed() {
    let learner = Learner::new();
    let mut child = learner.command(&[]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"\n").unwrap();
    let saved = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        learner.progress().contains("\"place\": 1")
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(saved);
    assert!(learner.tutorial(&[], &[]).ok().contains("your guess"));
}

#[test]
fn a_damaged_file_is_kept_aside_and_the_course_begins() {
    let learner = Learner::new();
    std::fs::create_dir_all(learner.file("")).unwrap();
    std::fs::write(learner.file("progress.json"), b"at = [\xff").unwrap();
    let ran = learner.tutorial(&[], &lines("\ns"));
    assert_eq!(ran.status, Some(0));
    assert!(ran.err.contains("damaged") && ran.err.lines().count() == 1, "{}", ran.err);
    assert!(ran.out.contains("Lesson 1 of 20") && ran.out.contains("see 1 of"));
    assert_eq!(std::fs::read(learner.file("progress.damaged")).unwrap(), b"at = [\xff");
    // What is in the form of a file of progress, and beyond what there is, breaks nothing either.
    let beyond = r#"{"at": "frames", "lessons": {"frames": {"steps": 999, "right": 9223372036854775807}, "none": {"steps": 1, "right": 1}}}"#;
    std::fs::write(learner.file("progress.json"), beyond).unwrap();
    let to_the_next = to_questions(catalogue::find("frames").unwrap()).into_iter().skip(2);
    let to_the_next: Vec<String> = to_the_next.chain(lines("n\nn\nn\n\nn")).chain([String::new()]).collect();
    assert!(learner.tutorial(&[], &to_the_next).ok().contains("Lesson 8 of 20"));
    assert!(learner.progress().contains("\"none\""));
    let beyond = r#"{"at": "frames", "ending": 99999, "lessons": {"frames": {"place": 999, "answers": ["told", "first", "first", "first", "later"]}}}"#;
    std::fs::write(learner.file("progress.json"), beyond).unwrap();
    assert!(learner.tutorial(&[], &[]).ok().contains("That was the last lesson."));
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
        child.stdin.take().unwrap().write_all(b"\ns\n\n\n\nn\nn\n").unwrap();
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
    let one_answered = [to_questions(&catalogue::all()[0]), lines("6")].concat();
    learner.tutorial(&[], &one_answered).ok();
    let out = learner.tutorial(&["--list"], &[]).ok();
    assert!(out.contains("1. request-response: 1 of 3 questions answered."), "{out}");
    assert!(out.contains("0 of 20 lessons done. wire101 tutorial continues with request-response."), "{out}");
}

#[test]
fn one_may_start_anywhere_by_name_or_number() {
    let learner = Learner::new();
    assert!(learner.tutorial(&["--start", "4"], &[]).ok().contains("Lesson 4 of 20 · Keep-alive · the scene"));
    // That is where it goes on.
    assert!(learner.tutorial(&[], &[]).ok().contains("Lesson 4 of 20"));
    let ran = learner.tutorial(&["--start", "keepalive"], &[]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("did you mean `keep-alive`?"), "{}", ran.err);
}

#[test]
fn a_reset_forgets_and_keeps_a_copy() {
    let learner = Learner::new();
    assert!(learner.tutorial(&["--reset"], &[]).ok().contains("You haven't done anything yet"));
    learner.tutorial(&["--start", "frames"], &lines("\ns")).ok();
    let before = learner.progress();
    assert!(learner.tutorial(&["--reset"], &[]).ok().contains("progress.old"));
    assert_eq!(std::fs::read_to_string(learner.file("progress.old")).unwrap(), before);
    assert!(learner.tutorial(&[], &[]).ok().contains("Lesson 1 of 20"));
}

#[test]
fn one_may_look_closer_and_try_something_at_once() {
    let learner = Learner::new();
    let keep_alive = catalogue::find("keep-alive").unwrap();
    let asked = lines("l\n1\nd\nl\nf\nx\nb\nt\nw round trip\nw flurble");
    let answered: Vec<String> = right(keep_alive).into_iter().skip(2 + keep_alive.see.len()).collect();
    let (last, answered) = answered.split_last().unwrap();
    let tried = lines("p\nt\ne --rtt 200ms --loss 5 --seed 3\ne 3\ne --wire loopback\ne --rtt far");
    let guessed = [vec![String::new()], to_questions(keep_alive).split_off(1)].concat();
    let all = [lines("d"), guessed, asked, answered.to_vec(), tried, vec![last.clone()]].concat();
    let out = learner.tutorial(&["--start", "keep-alive"], &all).ok();
    for part in [
        "Guess first. Then the lesson runs",
        "Side A, packet 1, 42 bytes.",
        "bytes 0 to 5, layer 2, Destination",
        "Layer 5, Session (TCP/IP: Application)",
        "Not here: ? says what you can do.",
        "ARP",
        "Three things people believe",
        "virtual wire, rtt 200 ms, loss 5 %, seed 3",
        "What changed:",
        "side B: 280 ms, now ",
        "Connection",
        "--wire can't be changed here.",
        "--rtt: \"far\" isn't a unit of time",
        "The lesson on",
        "flurble",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    assert!(!out.contains("0000  "), "bytes are said, not drawn");
    assert!(out.contains("Lesson 5 of 20"), "{out}");
}

#[test]
fn a_frame_is_said_field_by_field() {
    let frames = catalogue::find("frames").unwrap();
    let all = [to_questions(frames), lines("n\nf")].concat();
    let out = Learner::new().tutorial(&["--start", "frames", "--width", "300"], &all).ok();
    for part in ["Side A, frame", ", layer 7, FIN: 1", "not masked"] {
        assert!(out.contains(part), "{part}\n{out}");
    }
}

#[test]
fn a_wrong_guess_is_followed_by_the_packets_that_were_counted() {
    let learner = Learner::new();
    let out = learner.tutorial(&["--start", "keep-alive"], &lines("\n3")).ok();
    for part in [
        "You guessed 3. The capture says otherwise.",
        "That was HTTP/1.0, and it's what side A asks for",
        "Side B, what was counted: 1 of its 13 packets\nB, packet 29, at 0 ms, client to server: SYN (1)",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
}

#[test]
fn lines_of_any_length_and_any_bytes_are_only_misunderstood() {
    let learner = Learner::new();
    let long = "9".repeat(100_000);
    let out = learner.tutorial(&[], &[long, "\u{1b}[2J".into(), "\0".into(), String::new()]).ok();
    assert!(out.contains("your guess"), "{out}");
    assert!(!out.contains('\x1b'));
}
