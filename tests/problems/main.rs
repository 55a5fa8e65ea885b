//! Every problem there is: bytes that raise it, and bytes one step away that do not.
//!
//! The bytes stand in the `.toml` files beside this one, a case each; [`script`] says how they are written.

mod redacted;
mod script;
mod transcripts;

use std::collections::BTreeSet;

use script::Script;
use serde::Deserialize;
use wire101::explain;
use wire101::inspect::record::{Kind, Problem};
use wire101::inspect::{Event, Options, Sink, problems};

const FILES: [(&str, &str); 5] = [
    ("connection.toml", include_str!("connection.toml")),
    ("http.toml", include_str!("http.toml")),
    ("handshake.toml", include_str!("handshake.toml")),
    ("frames.toml", include_str!("frames.toml")),
    ("hop.toml", include_str!("hop.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What `$word` stands for.
    #[serde(default)]
    words: toml::Table,
    /// What is said before each case.
    #[serde(default)]
    before: Vec<String>,
    /// "open" where connections end only if the case says so.
    #[serde(default)]
    ends: String,
    #[serde(rename = "case")]
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    code: String,
    /// What tells it from the other cases of its code; docs/rules.md calls it by that.
    #[serde(default)]
    name: String,
    /// Without the handshake before and the FINs after it.
    #[serde(default)]
    bare: bool,
    /// What comes with it: its effects, or its cause.
    #[serde(default)]
    also: Vec<String>,
    /// Which of those are told as its effects.
    #[serde(default)]
    effects: Vec<String>,
    /// What its sentence says, among other things.
    #[serde(default)]
    says: String,
    raise: Vec<String>,
    spare: Vec<String>,
    /// What is told of `spare`, too, for a reason of its own.
    #[serde(default)]
    remains: Vec<String>,
    /// Like what raises it, but for bytes that the capture lacks: they may have been what is missed.
    #[serde(default)]
    lacking: Vec<String>,
}

impl File {
    fn all() -> impl Iterator<Item = (&'static str, Self)> {
        FILES.iter().map(|(name, text)| (*name, toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"))))
    }

    fn problems(&self, case: &Case, lines: &[String]) -> Vec<Problem> {
        let mut found = Problems::default();
        self.script(case, lines).inspect(Options::default(), &mut found);
        found.0
    }

    fn script(&self, case: &Case, lines: &[String]) -> Script {
        let mut script = Script::default();
        if !case.bare {
            script.open();
        }
        for line in self.before.iter().chain(lines) {
            script.line(&self.spelled_out(line));
        }
        if !case.bare && self.ends != "open" {
            script.close();
        }
        script
    }

    /// Puts words in; the longest first, should one begin with another.
    fn spelled_out(&self, line: &str) -> String {
        let mut words: Vec<_> = self.words.iter().collect();
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        words.iter().fold(line.to_owned(), |line, (word, text)| {
            line.replace(&format!("${word}"), text.as_str().expect("a word stands for text"))
        })
    }
}

#[derive(Default)]
struct Problems(Vec<Problem>);

impl Sink for Problems {
    fn event(&mut self, event: Event<'_>) {
        if let Event::Problem(problem) = event {
            self.0.push(problem.clone());
        }
    }
}

#[test]
fn every_case_raises_its_problem_and_nothing_else_and_one_step_away_nothing() {
    let mut wrong = Vec::new();
    for (name, file) in File::all() {
        for case in &file.cases {
            let raised = file.problems(case, &case.raise);
            let spared = file.problems(case, &case.spare);
            let codes: BTreeSet<&str> = raised.iter().map(|problem| problem.code).collect();
            let due: BTreeSet<&str> = case.also.iter().chain([&case.code]).map(String::as_str).collect();
            let left: Vec<&str> = spared.iter().map(|problem| problem.code).collect();
            if codes != due || raised.len() != due.len() || left != case.remains {
                wrong.push(format!(
                    "{name}: {}\n  {:?}\n  raised {raised:#?}\n  spared {spared:#?}",
                    case.code, case.raise
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_raised_says_what_is_known_and_leads_to_its_effects() {
    for (name, file) in File::all() {
        for case in &file.cases {
            let found = file.problems(case, &case.raise);
            let of = |code: &str| {
                found.iter().find(|problem| problem.code == code).unwrap_or_else(|| panic!("{name}: {code}"))
            };
            let cause = of(&case.code);
            assert!(cause.text.contains(&case.says), "{name}: {}: {}", case.code, cause.text);
            for effect in &case.effects {
                assert_eq!(of(effect).because, Some(cause.id), "{name}: {}: {effect}", case.code);
            }
        }
    }
}

#[test]
fn what_the_capture_lacks_is_all_that_is_told_where_it_may_have_been_what_is_missed() {
    let mut cases = 0;
    for (name, file) in File::all() {
        for case in file.cases.iter().filter(|case| !case.lacking.is_empty()) {
            let found = file.problems(case, &case.lacking);
            let codes: Vec<&str> = found.iter().map(|problem| problem.code).collect();
            assert_eq!(codes, ["missing-bytes"], "{name}: {}: {found:#?}", case.code);
            cases += 1;
        }
    }
    assert!(cases > 0);
}

#[test]
fn what_is_raised_is_what_the_story_is_about() {
    for (name, file) in File::all() {
        for case in &file.cases {
            for problem in file.problems(case, &case.raise) {
                let story = explain::problem(problem.code);
                let story = story.unwrap_or_else(|| panic!("{name}: {} has no story", problem.code));
                // A damaged header departs from its own specification.
                if case.code != "damaged-packet" {
                    assert_eq!(problem.clause, story.clause, "{}", problem.code);
                }
                // A note may rest on no clause.
                let is_clause = problem.clause.contains('§') || problem.kind == Kind::Note && problem.clause.is_empty();
                assert!(is_clause, "{}: {}", problem.code, problem.clause);
                assert!(problem.packet > 0, "{}", case.code);
                assert!(!problem.text.is_empty() && !problem.text.ends_with('.'), "{}", problem.text);
            }
        }
    }
}

#[test]
fn every_problem_has_a_story_and_a_case() {
    let rules: BTreeSet<(&str, &str)> = problems::rules().map(|rule| (rule.code, rule.clause)).collect();
    let stories: BTreeSet<(&str, &str)> = explain::Kind::Problem.entries().iter().map(|s| (s.key, s.clause)).collect();
    let apart: Vec<_> = stories.symmetric_difference(&rules).collect();
    assert!(apart.is_empty(), "in only one of src/explain/data/problem_stories and the faults: {apart:?}");
    let files: Vec<_> = File::all().map(|(_, file)| file).collect();
    let cases: BTreeSet<&str> = files.iter().flat_map(|file| &file.cases).map(|case| case.code.as_str()).collect();
    let codes: BTreeSet<&str> = rules.iter().map(|(code, _)| *code).collect();
    let apart: Vec<_> = cases.symmetric_difference(&codes).collect();
    assert!(apart.is_empty(), "without a case, or without a fault: {apart:?}");
}

#[test]
fn cases_of_one_code_in_one_file_are_told_apart_by_their_names() {
    for (file, File { cases, .. }) in File::all() {
        let mut names = BTreeSet::new();
        for Case { code, name, .. } in &cases {
            assert!(names.insert((code, name)), "{file}: {code} has two cases that are called {name:?}");
        }
    }
}
