use std::collections::VecDeque;
use std::path::PathBuf;

use proptest::prelude::*;

use super::super::{Streams, Tutorial, tutorial};
use super::*;
use crate::lesson::{Lesson, catalogue, run};
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

/// A lesson answered rightly, step by step, as one types it.
fn right(lesson: &'static Lesson) -> Vec<Vec<Key>> {
    let run = run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap();
    let value = |measure, side: crate::lesson::Side| {
        let unit = crate::lesson::Measure::unit(measure);
        unit.format(run.sides[side.index()].measures.get(measure).unwrap())
            .replace("\u{a0}bytes", "")
            .replace('\u{a0}', "")
    };
    let prediction = &lesson.prediction;
    let mut guess = typed(&value(prediction.answer.measure, prediction.answer.side));
    if prediction.choices.is_empty() {
        guess.push(Key::Enter);
    }
    // What is shown after the guess is looked at, and left.
    guess.extend([Key::PageDown, Key::Char(' '), Key::End, Key::Char('n')]);
    let answers = lesson.checks.iter().map(|check| {
        let mut answer = typed(&value(check.measure, check.side));
        answer.push(Key::Enter);
        answer
    });
    [guess].into_iter().chain(answers).chain([vec![Key::Char('n')]]).collect()
}

#[test]
fn the_course_can_be_taken_to_its_end_by_keys_alone() {
    let learner = Learner::new();
    let keys = catalogue::all().iter().flat_map(right).flatten();
    let mut fingers = Fingers::new(keys);
    let out = learner.press(None, &mut fingers);
    let asked: usize = catalogue::all().iter().map(|lesson| lesson.checks.len()).sum();
    let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(out.contains(&format!("{asked} of {asked} questions were answered rightly")), "{out}");
    assert!(fingers.screens.iter().flatten().any(|line| line.starts_with("You guessed it.")));
    for screen in &fingers.screens {
        assert_eq!(screen.len(), 24);
        let place = screen.iter().rev().find(|line| line.starts_with("── ")).unwrap();
        assert!(place.starts_with("── Lesson "), "where one is is always in view: {place}");
    }
}

#[test]
fn stopped_after_any_step_the_course_goes_on_where_it_was() {
    let steps: Vec<Vec<Key>> = catalogue::all().iter().take(3).flat_map(right).collect();
    let (in_one, in_pieces) = (Learner::new(), Learner::new());
    in_one.press(None, &mut Fingers::new(steps.concat()));
    for step in steps {
        // In the middle of an answer, too.
        let half: Vec<Key> = step.iter().copied().filter(|key| *key != Key::Enter).take(1).collect();
        if matches!(half.as_slice(), [Key::Char('0'..='9')]) && step.get(1).is_some_and(|key| *key != Key::PageDown) {
            in_pieces.press(None, &mut Fingers::new(half));
        }
        in_pieces.press(None, &mut Fingers::new(step));
    }
    assert_eq!(in_pieces.progress(), in_one.progress());
}

#[test]
fn a_wrong_answer_is_answered_with_the_packets_that_show_it() {
    let learner = Learner::new();
    let mut fingers = Fingers::new([typed("1n9"), vec![Key::Enter]].concat());
    learner.press(Some("keep-alive"), &mut fingers);
    insta::assert_snapshot!(fingers.screens.last().unwrap().join("\n"));
}

#[test]
fn a_wrong_guess_is_answered_with_its_packets_before_the_page() {
    let learner = Learner::new();
    let mut fingers = Fingers::new(typed("3"));
    learner.press(Some("keep-alive"), &mut fingers);
    insta::assert_snapshot!(fingers.screens.last().unwrap().join("\n"));
}

#[test]
fn enter_leaves_nothing_unseen() {
    let learner = Learner::new();
    let mut fingers = Fingers::new([Key::Char('1'), Key::Enter, Key::Enter, Key::End, Key::Enter]);
    learner.press(Some("keep-alive"), &mut fingers);
    let [guess, found, still, further, end, question] = fingers.screens.as_slice() else {
        panic!("{:?}", fingers.screens)
    };
    assert!(guess != found && found == still, "a digit is enough, and the Enter that follows by habit belongs to it");
    assert!(still != further && further != end);
    let looks = |screen: &[String]| screen.iter().any(|line| line.contains("see: what crossed the wire"));
    assert!(looks(further) && looks(end) && !looks(question));
}

#[test]
fn what_is_tried_stands_beside_what_was() {
    let learner = Learner::new();
    let keys = [typed("1ne"), typed("rtt 200ms seed 3"), vec![Key::Enter]].concat();
    let mut fingers = Fingers::new(keys);
    learner.press(Some("keep-alive"), &mut fingers);
    insta::assert_snapshot!(fingers.screens.last().unwrap().join("\n"));
}

#[test]
fn a_window_that_is_too_small_says_what_it_takes_and_nothing_is_lost() {
    let learner = Learner::new();
    let mut fingers = Fingers::new([Key::Char('1'), Key::Resized, Key::Resized]);
    fingers.sizes = vec![(80, 24), (20, 6), (120, 40), (60, 12)];
    learner.press(Some("keep-alive"), &mut fingers);
    let small = fingers.screens[1].join(" ");
    assert!(small.contains("needs 40 and 12"), "{small}");
    assert_eq!((fingers.screens[2].len(), fingers.screens[3].len()), (40, 12));
    assert_eq!(fingers.screens[2][0], "You guessed it.");
}

#[test]
fn what_cannot_be_written_is_said_once_and_the_tutorial_goes_on() {
    let learner = Learner::new();
    std::fs::create_dir(learner.file()).unwrap();
    let mut fingers = Fingers::new(typed("1nh?"));
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
    let letters = "nbhptdlxfe?123".chars().map(Key::Char).collect::<Vec<_>>();
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
            let done = |progress: &Progress| progress.lessons.values().map(|done| done.steps).sum::<usize>();
            let now = (progress.lessons.len(), done(&progress));
            prop_assert!(now >= before);
            before = now;
        }
    }
}
