//! The course as a whole, taken by lines: what every screen shows before an answer, and what every answer gets.

use std::collections::BTreeSet;
use std::io;

use super::{Streams, Tutorial, tutorial};
use crate::lesson::question::{Asks, Check, Kind};
use crate::lesson::view::View;
use crate::lesson::{Lesson, Run, catalogue, run};
use crate::render::lesson::shown::{How, packets_shown, shown};
use crate::render::style::Style;
use crate::tutorial::experiment::{self, Experiment, Trial};
use crate::wire::Wire;

/// Somebody who takes one lesson by lines, in lines of any length.
struct Taken(String);

impl Taken {
    fn of(lesson: &Lesson, lines: &[&str]) -> Self {
        let asked = Tutorial { start: Some(lesson.name.to_owned()), plain: true, ..Tutorial::default() };
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let typed = lines.iter().flat_map(|line| [*line, "\n"]).collect::<String>();
        let input = &mut io::Cursor::new(typed);
        tutorial(&asked, Streams { input, out: &mut out, notes: &mut notes, terminal: None }, &|| {
            Style::plain(100_000)
        })
        .unwrap();
        Self(String::from_utf8(out).unwrap().replace('\u{a0}', " "))
    }

    fn says(&self, text: &str) -> bool {
        let plain = |text: &str| text.replace('`', "").replace("**", "").replace('\u{a0}', " ");
        self.0.contains(plain(text).trim())
    }
}

fn run_of(lesson: &'static Lesson) -> Run {
    run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).unwrap()
}

/// What to type up to the question of that index: scene, guess, pieces, and the questions before it.
fn up_to(lesson: &Lesson, index: usize) -> Vec<&'static str> {
    let skipped = std::iter::repeat_n("n", index);
    ["", "n"].into_iter().chain(std::iter::repeat_n("", lesson.see.len())).chain(skipped).collect()
}

/// The run that judges a question.
fn judge(lesson: &'static Lesson, check: &Check) -> Run {
    check.other_run(lesson).unwrap().unwrap_or_else(|| run_of(lesson))
}

/// Every question, its lesson and its place; a change's place is behind the questions and the packet.
fn questions() -> impl Iterator<Item = (&'static Lesson, usize, &'static Check)> {
    catalogue::all().iter().flat_map(|lesson| {
        let checks = lesson.checks.iter().enumerate();
        let change = lesson.change.iter().map(|check| (lesson.checks.len(), check));
        checks.chain(change).map(move |(index, check)| (lesson, index, check))
    })
}

/// What to type up to a question, be it the change.
fn to(lesson: &Lesson, index: usize) -> Vec<&'static str> {
    let mut lines = up_to(lesson, index);
    if index == lesson.checks.len() && lesson.packet.is_some() {
        lines.push("");
    }
    lines
}

#[test]
fn every_lesson_has_a_whole_way_through() {
    for lesson in catalogue::all() {
        let name = lesson.name;
        assert!(!lesson.scene.parts.is_empty() && lesson.scene.values().next().is_none(), "{name}: its scene");
        assert!((2..=5).contains(&lesson.see.len()), "{name}: {} pieces to see", lesson.see.len());
        assert!((2..=4).contains(&lesson.checks.len()), "{name}: {} questions", lesson.checks.len());
        assert!(lesson.packet.is_some() && lesson.change.is_some(), "{name}");
        let packet = lesson.packet.as_ref().unwrap();
        assert!(packet.at.packet(&run_of(lesson)).is_some(), "{name}: there is no such packet to open");
    }
}

#[test]
fn at_least_half_of_the_questions_are_more_than_reading() {
    let all = catalogue::all().iter().flat_map(|lesson| lesson.checks);
    let (read, more): (Vec<&Check>, Vec<&Check>) = all.partition(|check| check.kind == Kind::Read);
    assert!(more.len() >= read.len(), "{} of {}", more.len(), read.len() + more.len());
    let kinds: BTreeSet<String> = more.iter().map(|check| format!("{:?}", check.kind)).collect();
    assert_eq!(kinds.len(), 5, "{kinds:?}");
}

#[test]
fn every_right_answer_is_measured_and_only_one_is_right() {
    for (lesson, index, check) in questions() {
        let (run, name) = (judge(lesson, check), format!("{}, question {}", lesson.name, index + 1));
        let right = check.right(&run).unwrap();
        assert!(right.is_some(), "{name}: nothing is right, or several things are");
        match &check.asks {
            Asks::Packet { answer, .. } => {
                let shown = packets_shown(&run, check.show);
                let all = answer.packets(&run);
                assert!(all.iter().all(|packet| shown.contains(packet)), "{name}: {all:?} of {shown:?}");
            }
            Asks::Order { events, .. } => {
                let packets: BTreeSet<_> = events.iter().map(|event| event.at.packet(&run)).collect();
                assert_eq!(packets.len(), events.len(), "{name}: {packets:?}");
            }
            Asks::Choice(choices) => assert!((3..=4).contains(&choices.len()), "{name}"),
            Asks::Number { .. } => {}
        }
        if let Some(given) = check.given {
            assert!(!given.flags().is_empty(), "{name}");
        }
    }
    for lesson in catalogue::all() {
        let (run, prediction) = (run_of(lesson), &lesson.prediction);
        let found = run.sides[prediction.answer.side.index()].measures.get(prediction.answer.measure);
        let right = prediction.choices.iter().filter(|choice| Some(choice.value) == found).count();
        assert_eq!(right, 1, "{}: {found:?} is to be one of the guesses", lesson.name);
    }
}

/// Wrong answers that have a reply of their own, as they're typed, and the reply.
fn wrong(check: &Check, run: &Run) -> Vec<(String, String)> {
    let fill = |say| run.fill(say).unwrap();
    let right = check.right(run).unwrap().unwrap();
    match &check.asks {
        Asks::Number { replies, .. } => {
            let typed = |given: u64| check.unit().typed(given);
            let given = |reply: &crate::lesson::question::Likely<_>| typed(amount(&reply.given, run));
            replies.iter().map(|reply| (given(reply), fill(&reply.say))).collect()
        }
        Asks::Packet { replies, answer } => {
            let rights = answer.packets(run);
            let first = |packets: Vec<u64>| packets.into_iter().find(|packet| !rights.contains(packet));
            let given = |spot: &crate::lesson::view::Spot| first(spot.packets(run)).unwrap_or(0).to_string();
            replies.iter().map(|reply| (given(&reply.given), fill(&reply.say))).collect()
        }
        Asks::Order { replies, .. } => replies.iter().map(|reply| (reply.given.to_owned(), fill(&reply.say))).collect(),
        Asks::Choice(choices) => {
            let numbered = (1..).zip(*choices).map(|(number, choice)| (number.to_string(), choice));
            let wrong = numbered.filter(|(number, _)| *number != right);
            wrong.map(|(number, choice)| (number, fill(choice.say.as_ref().expect("a reply")))).collect()
        }
    }
}

fn amount(given: &crate::lesson::text::template::Placeholder, run: &Run) -> u64 {
    given.value_of(&run.measures()).unwrap()
}

#[test]
fn every_reply_can_be_got_and_every_wrong_choice_has_its_own() {
    let mut said = BTreeSet::new();
    for (lesson, index, check) in questions() {
        let run = judge(lesson, check);
        let replies = wrong(check, &run);
        assert!(!replies.is_empty(), "{}, question {}: no wrong answer is replied to", lesson.name, index + 1);
        for (typed, reply) in replies {
            let name = format!("{}, question {}, {typed:?}", lesson.name, index + 1);
            assert!(said.insert((lesson.name, index, reply.clone())), "{name}: another answer gets this, too: {reply}");
            let lines: Vec<&str> = to(lesson, index).into_iter().chain([typed.as_str()]).collect();
            let taken = Taken::of(lesson, &lines);
            assert!(taken.says(&reply), "{name} doesn't get {reply}\n{}", taken.0);
        }
    }
    for lesson in catalogue::all() {
        let run = run_of(lesson);
        for choice in lesson.prediction.choices {
            let typed = choice.value.to_string();
            let taken = Taken::of(lesson, &["", &typed]);
            match &choice.say {
                Some(say) => {
                    assert!(taken.says(&run.fill(say).unwrap()), "{}, guess {typed}\n{}", lesson.name, taken.0);
                }
                None => assert!(taken.says("You guessed it."), "{}: {typed} is wrong, and has no reply", lesson.name),
            }
        }
    }
}

#[test]
fn a_wrong_answer_gets_a_nudge_then_a_hint_then_the_answer() {
    for (lesson, index, check) in questions().filter(|(lesson, index, _)| *index < lesson.checks.len()) {
        let run = judge(lesson, check);
        let (typed, _) = wrong(check, &run).into_iter().next().unwrap();
        let (hint, explain) = (run.fill(&check.hint).unwrap(), run.fill(&check.explain).unwrap());
        for (times, hinted, told) in [(1, false, false), (2, true, false), (3, true, true)] {
            let lines: Vec<&str> =
                to(lesson, index).into_iter().chain(std::iter::repeat_n(typed.as_str(), times)).collect();
            let taken = Taken::of(lesson, &lines);
            let name = format!("{}, question {}, {times} times {typed:?}", lesson.name, index + 1);
            assert_eq!((taken.says(&hint), taken.says(&explain)), (hinted, told), "{name}\n{}", taken.0);
        }
    }
}

/// Everything that can be seen before a question of a lesson is answered, key by key.
fn before(lesson: &Lesson, index: usize) -> Taken {
    let looks = ["?", "b", "d", "l", "x", "f", "t", "p", "e 1"];
    let mut lines = vec!["?", "b", "t", ""];
    lines.extend(looks);
    lines.push("n");
    for _ in lesson.see {
        lines.extend(looks);
        lines.push("");
    }
    lines.extend(std::iter::repeat_n("n", index));
    // Where letters are typed, they are no keys.
    let letters = lesson.checks.get(index).is_some_and(crate::tutorial::types_letters);
    lines.extend(looks.iter().filter(|look| !letters || ["?", "l", "x", "t", "p"].contains(look)));
    Taken::of(lesson, &lines)
}

#[test]
fn no_screen_before_an_answer_has_the_answer() {
    for (lesson, index, check) in questions().filter(|(lesson, index, _)| *index < lesson.checks.len()) {
        let (run, name) = (judge(lesson, check), format!("{}, question {}", lesson.name, index + 1));
        let seen = before(lesson, index);
        let explain = run.fill(&check.explain).unwrap();
        assert!(!seen.says(&explain), "{name}: {explain}");
        let secret = check.right(&run).unwrap().unwrap();
        match &check.asks {
            // A number that is no count is unlikely to be there for another reason.
            Asks::Number { answer, .. } => {
                // A large number of bytes is hardly there for another reason.
                let (unit, value) = (check.unit(), amount(answer, &run));
                if unit == crate::lesson::measure::Unit::Bytes && value >= 100 {
                    let word = unit.format(value).replace('\u{a0}', " ");
                    assert!(!seen.0.contains(&format!(" {word}")), "{name}: {word}");
                }
                let told = lesson.see.iter().map(|piece| &piece.text);
                let earlier = lesson.checks.iter().take(index).map(|check| &check.explain);
                let own = [&check.question, &check.hint].into_iter().chain(&check.nudge);
                for template in told.chain(own).chain(earlier) {
                    let gives_away = template.values().any(|value| value == answer);
                    assert!(!gives_away, "{name}: {}", run.fill(template).unwrap());
                }
            }
            Asks::Choice(_) => {}
            Asks::Packet { .. } => assert!(!seen.0.contains("▸"), "{name}"),
            Asks::Order { .. } => assert!(!seen.0.contains(&format!(" {secret}.")), "{name}"),
        }
    }
}

#[test]
fn a_guess_is_made_before_anything_has_been_measured() {
    for lesson in catalogue::all() {
        let taken =
            Taken::of(lesson, &["?", "b", "t", "d", "x", "", "?", "b", "t", "p", "d", "l", "x", "f", "h", "e 1"]);
        let run = run_of(lesson);
        for text in lesson.see.iter().map(|piece| &piece.text).chain(lesson.take_away) {
            let told = run.fill(text).unwrap();
            let line = told.lines().find(|line| line.len() > 30).unwrap_or(&told);
            assert!(!taken.says(line), "{}: {line}", lesson.name);
        }
        assert!(taken.0.contains("your guess"), "{}", lesson.name);
    }
}

#[test]
fn everything_that_is_suggested_runs_inside_the_tutorial_and_changes_something() {
    for lesson in catalogue::all() {
        let usual = run_of(lesson);
        for (number, step) in (1..).zip(lesson.try_next) {
            let name = format!("{}: {}", lesson.name, step.command);
            match experiment::parse(&[&number.to_string()], lesson).unwrap() {
                Experiment::Run(trial) => {
                    let run = trial.run().unwrap_or_else(|error| panic!("{name}: {error}"));
                    let is_same = run.lesson.name == lesson.name;
                    let asks_for_another_wire = (trial.rtt, trial.loss, trial.seed) != (None, None, 1);
                    if is_same && asks_for_another_wire {
                        assert_ne!(run.packets, usual.packets, "{name}");
                    }
                    assert!(!is_same || trial != Trial::of(lesson), "{name}: that has just been run");
                }
                Experiment::Explain(words) => {
                    let explained = crate::commands::explain::page(&words);
                    assert!(explained.is_ok_and(|(_, outcome)| outcome.is_ok()), "{name}");
                }
            }
        }
        let change = lesson.change.as_ref().unwrap();
        let other = change.other_run(lesson).unwrap().expect("a change is of the wire");
        assert_ne!(other.packets, usual.packets, "{}: {}", lesson.name, change.given.unwrap().flags());
        if change.given.unwrap().loss_percent.is_some() {
            assert!(other.lost().next().is_some(), "{}: nothing is lost with this seed", lesson.name);
        }
    }
}

#[test]
fn the_capture_to_diagnose_goes_wrong_at_one_packet_and_says_so_of_each_other() {
    let lesson = catalogue::all().iter().find(|lesson| lesson.diagnosis.is_some()).unwrap();
    let (run, diagnosis) = (Run::to_diagnose(lesson), lesson.diagnosis.as_ref().unwrap());
    assert_eq!(diagnosis.check.right(&run), Ok(Some("9".to_owned())));
    let shown = packets_shown(&run, diagnosis.check.show);
    let replies = wrong(&diagnosis.check, &run);
    let packets: BTreeSet<u64> = replies.iter().map(|(typed, _)| typed.parse().unwrap()).collect();
    assert_eq!(packets, [4, 11, 17].into(), "{replies:?}");
    assert!(packets.iter().all(|packet| shown.contains(packet)), "{shown:?}");
}

#[test]
fn what_a_question_is_about_is_not_cut_off() {
    for (lesson, index, check) in questions() {
        if matches!(check.show, View::Ladders(_) | View::Packets(_)) {
            let run = run_of(lesson);
            let page =
                shown(&run, check.show, How { numbered: matches!(check.asks, Asks::Packet { .. }), ..How::default() })
                    .unwrap();
            let lines = Style::plain(80).lines(page);
            let cut = lines.iter().find(|line| line.contains("… ") && line.contains('│'));
            assert!(cut.is_none(), "{}, question {}: {}", lesson.name, index + 1, cut.unwrap());
        }
    }
}
