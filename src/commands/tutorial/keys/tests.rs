use std::collections::VecDeque;
use std::path::PathBuf;

use proptest::prelude::*;

use super::super::{Streams, Tutorial, tutorial};
use super::*;
use crate::lesson::question::Check;
use crate::lesson::{Lesson, Run, catalogue, run};
use crate::render::writer::line::width;
use crate::tutorial::Progress;
use crate::wire::Wire;

/// Presses keys in windows of some sizes, and keeps every screen.
struct Fingers {
    keys: VecDeque<Key>,
    sizes: Vec<(usize, usize)>,
    pressed: usize,
    screens: Vec<Vec<String>>,
    is_open: bool,
}

impl Fingers {
    fn new(keys: impl IntoIterator<Item = Key>) -> Self {
        let keys = keys.into_iter().collect();
        Self { keys, sizes: vec![(80, 24)], pressed: 0, screens: Vec::new(), is_open: false }
    }
}

impl Terminal for Fingers {
    fn open(&mut self) -> io::Result<()> {
        self.is_open = true;
        Ok(())
    }

    fn size(&self) -> (usize, usize) {
        self.sizes[self.pressed % self.sizes.len()]
    }

    fn draw(&mut self, rows: &[String]) -> io::Result<()> {
        self.screens.push(rows.to_vec());
        Ok(())
    }

    fn key(&mut self) -> io::Result<Key> {
        self.pressed += 1;
        Ok(self.keys.pop_front().unwrap_or(Key::Leave))
    }

    fn close(&mut self) {
        self.is_open = false;
    }
}

struct Learner(tempfile::TempDir);

impl Learner {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("progress.json")
    }

    fn progress(&self) -> Progress {
        Progress::load(&self.file()).unwrap().progress
    }

    /// Presses keys; gives the screens, and what was printed after them.
    fn press(&self, start: Option<&str>, fingers: &mut Fingers) -> String {
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let asked = Tutorial { start: start.map(str::to_owned), progress: Some(self.file()), ..Tutorial::default() };
        let streams =
            Streams { input: &mut io::empty(), out: &mut out, notes: &mut notes, terminal: Some(&mut *fingers) };
        tutorial(&asked, streams, &|| Style::plain(100)).unwrap();
        assert!(!fingers.is_open);
        String::from_utf8(notes).unwrap() + &String::from_utf8(out).unwrap()
    }
}

fn typed(text: &str) -> Vec<Key> {
    text.chars().map(Key::Char).collect()
}

/// What leads on from whatever there is to see.
const ON: [Key; 2] = [Key::End, Key::Enter];

/// An answer, as it's typed, and what leads on from what's said of it.
fn answer(check: &Check, run: &Run) -> Vec<Key> {
    let mut keys = typed(&check.right(run).unwrap().unwrap());
    if !matches!(check.asks, Asks::Choice(_)) {
        keys.push(Key::Enter);
    }
    [keys, ON.to_vec()].concat()
}

/// A lesson answered rightly, step by step, as one types it.
fn right(lesson: &'static Lesson) -> Vec<Vec<Key>> {
    let run = run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap();
    let measured = lesson.prediction.answer;
    let found = run.sides[measured.side.index()].measures.get(measured.measure).unwrap();
    let guess = [typed(&found.to_string()), ON.to_vec()].concat();
    let seen = lesson.see.iter().map(|_| ON.to_vec());
    let answers = lesson.checks.iter().map(|check| answer(check, &run));
    let packet = lesson.packet.iter().map(|_| ON.to_vec());
    let change = lesson.change.iter().map(|check| {
        let other = check.other_run(lesson).unwrap().unwrap();
        answer(check, &other)
    });
    let steps = [ON.to_vec(), guess].into_iter().chain(seen).chain(answers).chain(packet).chain(change);
    steps.chain([vec![Key::Enter]]).collect()
}

/// What leads to the first question of the lesson.
fn to_questions(lesson: &str) -> Vec<Key> {
    let lesson = catalogue::find(lesson).unwrap();
    right(lesson).into_iter().take(2 + lesson.see.len()).flatten().collect()
}

#[test]
fn the_course_can_be_taken_to_its_end_by_keys_alone() {
    let learner = Learner::new();
    let keys = catalogue::all().iter().flat_map(right).flatten();
    let keys = keys.chain([Key::Char('9'), Key::Enter]).chain(ON).chain([Key::Enter]);
    let mut fingers = Fingers::new(keys);
    let out = learner.press(None, &mut fingers);
    let asked: usize = catalogue::all().iter().map(|lesson| lesson.checks.len()).sum();
    let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(out.contains(&format!("{asked} of {asked} questions were correct on the first try")), "{out}");
    assert!(fingers.screens.iter().flatten().any(|line| line.starts_with("You guessed it.")));
    for screen in &fingers.screens {
        assert_eq!(screen.len(), 24);
        let place = screen.iter().rev().find(|line| line.starts_with("── ")).unwrap();
        let is_place = place.starts_with("── Lesson ") || place.starts_with("── The end of the course");
        assert!(is_place, "where one is is always in view: {place}");
    }
}

#[test]
fn a_question_stays_in_view_with_what_it_is_about() {
    for lesson in catalogue::all() {
        let learner = Learner::new();
        let steps = right(lesson);
        let mut pressed: Vec<Key> = Vec::new();
        let run = run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap();
        for (index, step) in steps.iter().enumerate() {
            let asks = index.checked_sub(2 + lesson.see.len()).and_then(|index| lesson.checks.get(index));
            if let Some(check) = asks {
                let mut fingers = Fingers::new(pressed.iter().copied());
                Learner::new().press(Some(lesson.name), &mut fingers);
                let screen = fingers.screens.last().unwrap();
                let question = run.fill(&check.question).unwrap().replace('\u{a0}', " ").replace(['`', '*'], "");
                let first: Vec<&str> = question.split(' ').take(4).collect();
                let text = screen.join("\n").replace('\u{a0}', " ");
                assert!(text.contains(&first.join(" ")), "{}:\n{text}", lesson.name);
                let last = question.split_whitespace().last().unwrap();
                assert!(text.contains(last), "{}: all of the question is in view\n{text}", lesson.name);
                // Something to see is above it.
                assert!(!screen[0].starts_with(&first.join(" ")), "{}:\n{text}", lesson.name);
            }
            pressed.extend(step);
        }
        drop(learner);
    }
}

#[test]
fn stopped_after_any_step_the_course_goes_on_where_it_was() {
    let steps: Vec<Vec<Key>> = catalogue::all().iter().take(2).flat_map(right).collect();
    let (in_one, in_pieces) = (Learner::new(), Learner::new());
    in_one.press(None, &mut Fingers::new(steps.concat()));
    for step in steps {
        // What is only looked at after an answer isn't there again after a break.
        let step: Vec<Key> = if step.len() > ON.len() {
            step.into_iter().rev().skip(ON.len()).collect::<Vec<_>>().into_iter().rev().collect()
        } else {
            step
        };
        in_pieces.press(None, &mut Fingers::new(step));
    }
    assert_eq!(in_pieces.progress(), in_one.progress());
}

#[test]
fn a_packet_is_pointed_at_and_chosen() {
    let learner = Learner::new();
    let keys = [to_questions("keep-alive"), vec![Key::Down, Key::Down, Key::Enter]].concat();
    let mut fingers = Fingers::new(keys);
    learner.press(Some("keep-alive"), &mut fingers);
    insta::assert_snapshot!(fingers.screens.last().unwrap().join("\n"));
    let right = [to_questions("keep-alive"), vec![Key::Down; 4], vec![Key::Enter]].concat();
    let mut fingers = Fingers::new(right);
    learner.press(Some("keep-alive"), &mut fingers);
    assert!(fingers.screens.last().unwrap().iter().any(|line| line == "Right."));
}

#[test]
fn a_wrong_guess_is_answered_with_its_packets() {
    let learner = Learner::new();
    let mut fingers = Fingers::new([ON.to_vec(), typed("3")].concat());
    learner.press(Some("keep-alive"), &mut fingers);
    insta::assert_snapshot!(fingers.screens.last().unwrap().join("\n"));
}

#[test]
fn a_second_wrong_answer_gets_a_hint_beside_the_question() {
    let learner = Learner::new();
    let keys = [to_questions("keep-alive"), typed("nn12")].concat();
    let mut fingers = Fingers::new(keys);
    learner.press(Some("keep-alive"), &mut fingers);
    // The skipped questions' answers are looked at, and left.
    let keys = [to_questions("keep-alive"), typed("n"), ON.to_vec(), typed("n"), ON.to_vec(), typed("12")].concat();
    let mut fingers = Fingers::new(keys);
    Learner::new().press(Some("keep-alive"), &mut fingers);
    insta::assert_snapshot!(fingers.screens.last().unwrap().join("\n"));
}

#[test]
fn enter_leaves_nothing_unseen() {
    let learner = Learner::new();
    let keys = [ON.to_vec(), vec![Key::Char('1'), Key::Enter, Key::Enter, Key::Enter, Key::End, Key::Enter]].concat();
    let mut fingers = Fingers::new(keys);
    learner.press(Some("keep-alive"), &mut fingers);
    let [.., found, still, piece, further, end, next] = fingers.screens.as_slice() else {
        panic!("{:?}", fingers.screens)
    };
    assert!(found == still, "a digit is enough, and the Enter that follows by habit belongs to it");
    let is_first = |screen: &[String]| screen.iter().any(|line| line.contains("see 1 of"));
    assert!(is_first(piece) && piece != further && is_first(further), "{}", further.join("\n"));
    assert!(is_first(end) && !is_first(next), "{}\n{}", end.join("\n"), next.join("\n"));
}

#[test]
fn keys_that_are_shown_work_and_no_others() {
    const LETTERS: &str = "abcdefghijklmnoprstuvwxyz";
    for lesson in ["request-response", "keep-alive", "frames", "upgrade", "masking"] {
        let lesson = catalogue::find(lesson).unwrap();
        let mut pressed: Vec<Key> = Vec::new();
        for step in right(lesson) {
            for letter in LETTERS.chars() {
                let keys = pressed.iter().copied().chain([Key::Char(letter)]);
                let mut fingers = Fingers::new(keys);
                Learner::new().press(Some(lesson.name), &mut fingers);
                let [.., before, after] = fingers.screens.as_slice() else { panic!() };
                let foot = before.iter().skip_while(|line| !line.starts_with("── ")).skip(1);
                let foot = foot.cloned().collect::<Vec<_>>().join("  ");
                let is_shown = foot.split("  ").any(|key| key.starts_with(&format!("{letter} ")))
                    || foot.contains("0-f answer") && letter.is_ascii_hexdigit()
                    || foot.contains("a-z order") && ('a'..='d').contains(&letter);
                let says_nothing = after.iter().any(|line| line.contains("does nothing here"));
                let works = !says_nothing && after != before;
                assert_eq!(is_shown, works, "{}: {letter}\n{}", lesson.name, before.join("\n"));
            }
            pressed.extend(step);
        }
    }
}

#[test]
fn what_is_tried_stands_beside_what_was() {
    let learner = Learner::new();
    let lesson = catalogue::find("keep-alive").unwrap();
    let mut steps = right(lesson);
    steps.pop();
    let keys = [steps.concat(), typed("ertt 200ms seed 3"), vec![Key::Enter]].concat();
    let mut fingers = Fingers::new(keys);
    learner.press(Some("keep-alive"), &mut fingers);
    insta::assert_snapshot!(fingers.screens.last().unwrap().join("\n"));
}

#[test]
fn a_window_that_is_too_small_says_what_it_takes_and_nothing_is_lost() {
    let learner = Learner::new();
    let mut fingers = Fingers::new([Key::Enter, Key::Char('1'), Key::Resized, Key::Resized, Key::Resized]);
    fingers.sizes = vec![(80, 24), (80, 24), (20, 6), (120, 40), (60, 12)];
    learner.press(Some("keep-alive"), &mut fingers);
    let small = fingers.screens[2].join(" ");
    assert!(small.contains("needs 40 and 12"), "{small}");
    assert_eq!((fingers.screens[3].len(), fingers.screens[4].len()), (40, 12));
    assert_eq!(fingers.screens[3][0], "You guessed it.");
}

#[test]
fn what_cannot_be_written_is_said_once_and_the_tutorial_goes_on() {
    let learner = Learner::new();
    std::fs::create_dir(learner.file()).unwrap();
    let mut fingers = Fingers::new([ON.to_vec(), typed("1?")].concat());
    let out = learner.press(Some("keep-alive"), &mut fingers);
    assert_eq!(out.matches("cannot read the progress").count(), 1, "{out}");
    assert!(out.contains("wire101 tutorial --start keep-alive"), "{out}");
    assert!(fingers.screens[0].iter().any(|line| line.contains("cannot read the progress")));
    assert!(fingers.screens.last().unwrap()[0].contains("What the keys do"));
}

fn key() -> impl Strategy<Value = Key> {
    const SOME: [Key; 12] = [
        Key::Enter,
        Key::Escape,
        Key::Backspace,
        Key::Up,
        Key::Down,
        Key::PageUp,
        Key::PageDown,
        Key::Home,
        Key::End,
        Key::Other,
        Key::Resized,
        Key::Char(' '),
    ];
    let letters = "nbhptdlxfew?123".chars().map(Key::Char).collect::<Vec<_>>();
    prop_oneof![
        3 => prop::sample::select(&SOME[..]),
        6 => prop::sample::select(letters),
        1 => any::<char>().prop_filter("q leaves", |key| *key != 'q').prop_map(Key::Char),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_pressed_in_whatever_window_leads_on_and_never_back(
        keys in prop::collection::vec(key(), 0..40),
        sizes in prop::collection::vec((1_usize..140, 1_usize..50), 1..5),
        cut in 0_usize..40,
    ) {
        let (first, then) = keys.split_at(cut.min(keys.len()));
        let learner = Learner::new();
        let mut before = (0, 0);
        for keys in [first, then] {
            let mut fingers = Fingers::new(keys.iter().copied());
            fingers.sizes.clone_from(&sizes);
            learner.press(None, &mut fingers);
            for (screen, (columns, rows)) in fingers.screens.iter().zip(sizes.iter().cycle()) {
                prop_assert!(screen.len() <= *rows);
                prop_assert!(screen.iter().all(|line| width(line) <= (*columns).max(2)));
            }
            let progress = learner.progress();
            let done = |progress: &Progress| progress.lessons.values().map(|done| done.place).sum::<usize>();
            let now = (progress.lessons.len(), done(&progress));
            prop_assert!(now >= before);
            before = now;
        }
    }
}
