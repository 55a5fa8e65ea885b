use proptest::prelude::*;

use super::*;
use crate::lesson::catalogue;

fn session(progress: Progress) -> Session {
    Session::new(catalogue::all(), progress, None).unwrap()
}

fn at(lesson: &str) -> Session {
    Session::new(catalogue::all(), Progress::default(), Some(catalogue::find(lesson).unwrap())).unwrap()
}

fn take(session: &mut Session, lines: &[&str]) {
    for line in lines {
        session.take(line).unwrap();
    }
}

/// Goes on to the first question.
fn to_questions(session: &mut Session) {
    take(session, &["", "n"]);
    while matches!(session.step(), Step::See(_)) {
        take(session, &[""]);
    }
    assert_eq!(session.step(), Step::Check(0));
}

fn verdict(reply: Reply) -> Verdict {
    match reply {
        Reply::Answered { verdict, .. } => verdict,
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_is_shown_before_the_guess() {
    let mut session = session(Progress::default());
    for step in [Step::Scene, Step::Guess] {
        assert_eq!(session.step(), step);
        for line in ["l", "d", "f", "hex", "e --rtt 1ms", "p", "t", "h"] {
            assert!(matches!(session.take(line).unwrap(), Reply::Misunderstood(_)), "{line}");
        }
        take(&mut session, &[""]);
    }
    assert_eq!(session.take("b").unwrap(), Reply::Look(Look::Before));
    assert_eq!(session.step(), Step::Guess);
}

#[test]
fn a_first_wrong_answer_gets_a_nudge_a_second_a_hint_and_a_third_the_answer() {
    let mut session = at("keep-alive");
    to_questions(&mut session);
    let wrong = |session: &mut Session| verdict(session.take("29").unwrap());
    assert!(matches!(wrong(&mut session), Verdict::Wrong { hint: None, .. }));
    assert!(matches!(wrong(&mut session), Verdict::Wrong { hint: Some(_), .. }));
    assert!(matches!(wrong(&mut session), Verdict::Told { .. }));
    assert_eq!(session.done().answers, [Outcome::Told]);
    assert_eq!(session.step(), Step::Check(1));
}

#[test]
fn a_second_attempt_is_right_and_does_not_count_as_the_first() {
    let mut session = at("keep-alive");
    to_questions(&mut session);
    take(&mut session, &["29"]);
    assert_eq!(verdict(session.take("34").unwrap()), Verdict::Right);
    assert_eq!(session.done().answers, [Outcome::Later]);
}

#[test]
fn what_is_skipped_is_not_answered_and_the_lesson_is_not_done() {
    let mut session = at("keep-alive");
    to_questions(&mut session);
    take(&mut session, &["34", "n", "3", "", "2"]);
    assert_eq!(session.step(), Step::After);
    assert_eq!(session.done().answers, [Outcome::First, Outcome::Skipped, Outcome::First]);
    assert!(!session.progress().is_complete(session.lesson()));
    let mut again = at("keep-alive");
    to_questions(&mut again);
    take(&mut again, &["34", "240 ms", "3", "", "n"]);
    assert!(again.progress().is_complete(again.lesson()));
}

#[test]
fn an_empty_line_skips_no_question() {
    let mut session = at("keep-alive");
    to_questions(&mut session);
    assert!(matches!(session.take("").unwrap(), Reply::Misunderstood(_)));
    assert_eq!(session.step(), Step::Check(0));
}

#[test]
fn what_was_missed_comes_back_at_the_end_and_only_that() {
    let lessons = catalogue::all();
    let mut progress = Progress { at: lessons.last().map(|lesson| lesson.name.to_owned()), ..Progress::default() };
    for lesson in lessons {
        let answers = vec![Outcome::First; lesson.checks.len()];
        let done = Done { place: usize::MAX, answers, complete: true, ..Done::default() };
        progress.lessons.insert(lesson.name.to_owned(), done);
    }
    progress.lessons.get_mut("keep-alive").unwrap().answers[1] = Outcome::Skipped;
    progress.lessons.get_mut("keep-alive").unwrap().answers[2] = Outcome::Skipped;
    progress.lessons.get_mut("frames").unwrap().answers[0] = Outcome::Told;
    let mut session = session(progress);
    take(&mut session, &[""]);
    assert_eq!((session.lesson().name, session.step()), ("keep-alive", Step::Review(1)));
    assert_eq!(verdict(session.take("240 ms").unwrap()), Verdict::Right);
    assert_eq!((session.lesson().name, session.step()), ("keep-alive", Step::Review(2)));
    assert_eq!(verdict(session.take("3").unwrap()), Verdict::Right);
    // It goes on where it was, also after a break.
    let mut session = Session::new(lessons, session.progress().clone(), None).unwrap();
    assert_eq!((session.lesson().name, session.step()), ("frames", Step::Review(0)));
    assert_eq!(verdict(session.take("7e").unwrap()), Verdict::Right);
    assert_eq!((session.lesson().name, session.step()), ("upgrade", Step::Diagnose));
    let mut session = Session::new(lessons, session.progress().clone(), None).unwrap();
    assert_eq!((session.step(), session.run().packets.len()), (Step::Diagnose, 22));
    assert_eq!(verdict(session.take("9").unwrap()), Verdict::Right);
    assert_eq!(session.step(), Step::Own);
    take(&mut session, &[""]);
    assert_eq!(session.step(), Step::End);
    let outcome = |lesson: &str, at: usize| session.progress().lessons[lesson].answers[at];
    assert_eq!((outcome("keep-alive", 1), outcome("frames", 0)), (Outcome::Later, Outcome::Later));
}

fn line() -> impl Strategy<Value = String> {
    const KNOWN: [&str; 14] = ["n", "b", "", "2", "987", "h", "l", "d", "e", "e --rtt 1ms", "t", "?", "two", "c b a d"];
    prop_oneof![8 => prop::sample::select(&KNOWN[..]).prop_map(str::to_owned), 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_is_typed_leads_on_and_never_back(lines in prop::collection::vec(line(), 0..40), stop in 0_usize..40) {
        let mut through = session(Progress::default());
        let mut stopped = session(Progress::default());
        let mut before = (1, 0);
        for (at, line) in lines.iter().enumerate() {
            if at == stop {
                stopped = session(stopped.progress().clone());
            }
            let reply = through.take(line).unwrap();
            prop_assert_eq!(stopped.take(line).unwrap(), reply);
            let now = (through.lesson().number, through.done().place);
            prop_assert!(now >= before);
            before = now;
        }
        prop_assert_eq!(stopped.progress(), through.progress());
    }
}
