//! docs/rules.md against the program: what it says is checked is, by the case that it names, and its counts are right.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use wire101::inspect::problems;
use wire101::inspect::record::Kind;

/// The files in tests/problems/ with a case for each problem.
const CASES: [&str; 4] = ["connection", "frames", "handshake", "http"];

/// Why a rule has no problem.
const REASONS: [&str; 3] = ["*A definition*", NOT_YET, "*Not on the wire:* "];
const NOT_YET: &str = "*Not yet*";

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A row of a table about a specification.
#[derive(Debug)]
struct Row {
    /// How many sentences it stands for.
    times: usize,
    /// The problems that are raised where the rule is broken.
    codes: Vec<String>,
    /// The case of each, or why there is none.
    cases: String,
}

impl Row {
    fn parse(cells: &[&str]) -> Self {
        let [clause, _, codes, cases] = cells else { panic!("four cells, and not {cells:?}") };
        Self {
            times: clause.split_once(" ×").map_or(1, |(_, times)| times.parse().expect("a number after ×")),
            codes: codes.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
            cases: (*cases).to_owned(),
        }
    }

    fn is_checked(&self) -> bool {
        !self.codes.is_empty()
    }

    /// Each of its problems with the file of its case, and the case's name.
    fn cases(&self) -> Vec<(&str, &str, &str)> {
        let cases: Vec<_> = self.cases.split("; ").map(|case| case.split_once(": ").unwrap_or((case, ""))).collect();
        assert_eq!(cases.len(), self.codes.len(), "a case for each code: {self:?}");
        self.codes.iter().zip(cases).map(|(code, (file, name))| (code.as_str(), file, name)).collect()
    }
}

/// The rows of the first table in some text, as cells.
fn table(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().skip_while(|line| !line.starts_with("|---")).skip(1).map_while(|line| {
        let cells = line.strip_prefix("| ")?.strip_suffix(" |")?;
        Some(cells.split(" | ").collect())
    })
}

/// The sections about specifications, each with its rows.
fn sections(document: &str) -> Vec<(&str, Vec<Row>)> {
    let section = |text| {
        let (title, rest) = str::split_once(text, '\n').expect("a heading has a line of its own");
        (title, table(rest).map(|cells| Row::parse(&cells)).collect())
    };
    document.split("\n## ").skip(1).map(section).collect()
}

/// How many rules there are, how many bytes can show, and how many are checked.
fn counts(rows: &[Row]) -> [usize; 3] {
    let count = |those: fn(&&Row) -> bool| rows.iter().filter(those).map(|row| row.times).sum();
    [count(|_| true), count(|row| row.is_checked() || row.cases == NOT_YET), count(|row| row.is_checked())]
}

/// Every case there is: its code, its file, its name.
fn all_cases() -> BTreeSet<(String, &'static str, String)> {
    let of_file = |file: &'static str| {
        let cases: toml::Table = read(&format!("tests/problems/{file}.toml")).parse().unwrap();
        let text = |case: &toml::Value, key| case.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let cases = cases["case"].as_array().expect("cases are a list").clone();
        cases.into_iter().map(move |case| (text(&case, "code"), file, text(&case, "name")))
    };
    CASES.into_iter().flat_map(of_file).collect()
}

#[test]
fn every_rule_that_is_checked_names_the_case_that_breaks_it() {
    let (document, cases) = (read("docs/rules.md"), all_cases());
    let known: BTreeMap<&str, Kind> = problems::rules().map(|rule| (rule.code, rule.kind)).collect();
    for (title, rows) in sections(&document) {
        assert!(!rows.is_empty(), "{title} has no table");
        for row in rows {
            if !row.is_checked() {
                assert!(REASONS.iter().any(|reason| row.cases.starts_with(reason)), "{title}: {row:?}");
                continue;
            }
            for (code, file, name) in row.cases() {
                assert!(known.contains_key(code), "{title}: there is no problem {code}");
                let is_there =
                    cases.iter().any(|case| (case.0.as_str(), case.1, case.2.as_str()) == (code, file, name));
                assert!(is_there, "{title}: tests/problems/{file}.toml has no case {code} with the name {name:?}");
            }
        }
    }
}

#[test]
fn every_problem_breaks_a_rule_that_the_document_has() {
    let document = read("docs/rules.md");
    let sections = sections(&document);
    let said: BTreeSet<&str> =
        sections.iter().flat_map(|(_, rows)| rows).flat_map(|row| &row.codes).map(String::as_str).collect();
    let problems = problems::rules().filter(|rule| rule.kind == Kind::Problem);
    let missing: BTreeSet<&str> = problems.map(|rule| rule.code).filter(|code| !said.contains(code)).collect();
    assert!(missing.is_empty(), "docs/rules.md has no rule for {missing:?}");
}

#[test]
fn the_counts_at_its_head_are_those_of_its_tables() {
    let document = read("docs/rules.md");
    let head = document.split("\n## ").next().unwrap_or_default();
    let said: Vec<String> = table(head).map(|cells| cells.join(" ")).collect();
    let mut due: Vec<(&str, [usize; 3])> =
        sections(&document).iter().map(|(title, rows)| (*title, counts(rows))).collect();
    let together = due.iter().fold([0; 3], |sum, (_, counts)| std::array::from_fn(|at| sum[at] + counts[at]));
    due.push(("Together", together));
    let due: Vec<String> =
        due.iter().map(|(title, [rules, shown, checked])| format!("{title} {rules} {shown} {checked}")).collect();
    assert_eq!(said, due);
}
