//! What `--json` says of every capture and lesson, as files in `tests/golden/`: nothing it says changes unseen.
//!
//! Whoever changes it on purpose makes them again, with [`AGAIN`], and reads the difference before committing it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use wire101::lesson::catalogue;

/// Makes the golden files again.
const AGAIN: &str = "WIRE101_GOLDEN=write cargo test --test program golden";

/// How much of two lines is shown on either side of the first difference.
const AROUND: usize = 60;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The lines that the program prints in a folder. No line tells which version printed it.
fn lines(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_wire101"));
    let output = program.args(arguments).arg("--json").current_dir(folder).output().expect("the program runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && message.is_empty(), "{arguments:?}: {}: {message}", output.status);
    let text = String::from_utf8(output.stdout).expect("JSON Lines are UTF-8");
    let version = concat!("wire101 ", env!("CARGO_PKG_VERSION"));
    assert_eq!(text.matches(version).count(), 1, "{arguments:?}: the first line names the version");
    text.replace(version, "wire101").lines().map(str::to_owned).collect()
}

/// The lines of a golden file: none, if it is not there.
fn golden(name: &Path) -> Vec<String> {
    fs::read_to_string(root().join(name)).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// The captures in a folder and those below it, as paths in it.
fn captures(folder: &Path, within: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder.join(within)).unwrap() {
        let path = within.join(entry.unwrap().file_name());
        if folder.join(&path).is_dir() {
            captures(folder, &path, found);
        } else if path.extension().is_some_and(|it| it == "pcap" || it == "pcapng") {
            found.push(path);
        }
    }
}

/// A line, as far as it is like another, and a little more.
fn excerpt(line: Option<&String>, alike: usize) -> String {
    let Some(line) = line else { return "there is no such line".to_owned() };
    let characters = line.chars().skip(alike.saturating_sub(AROUND)).take(2 * AROUND);
    let (before, after) =
        (if alike > AROUND { "…" } else { "" }, if line.chars().count() > alike + AROUND { "…" } else { "" });
    format!("{before}{}{after}", characters.collect::<String>())
}

/// Where what is printed first differs from a golden file.
fn difference(name: &Path, kept: &[String], printed: &[String]) -> Option<String> {
    let longer = kept.len().max(printed.len());
    let at = (0..longer).find(|at| kept.get(*at) != printed.get(*at))?;
    let (kept, printed) = (kept.get(at), printed.get(at));
    let pairs = kept.into_iter().flat_map(|line| line.chars()).zip(printed.into_iter().flat_map(|line| line.chars()));
    let alike = pairs.take_while(|(one, other)| one == other).count();
    let [kept, printed] = [kept, printed].map(|line| excerpt(line, alike));
    Some(format!("{}, line {}:\n  kept:    {kept}\n  printed: {printed}", name.display(), at + 1))
}

/// Compares what is said of all captures in a folder with the golden files for it, or makes those again.
fn compare(folder: &Path, kept: &str) {
    let mut names = Vec::new();
    captures(folder, Path::new(""), &mut names);
    assert!(names.len() > 25, "{} has {} captures", folder.display(), names.len());
    let kept = Path::new("tests/golden").join(kept);
    let makes = env::var_os("WIRE101_GOLDEN").is_some_and(|word| word == "write");
    let (mut wrong, mut known) = (Vec::new(), BTreeSet::new());
    for name in names {
        let printed = lines(folder, &["inspect", name.to_str().expect("captures have plain names")]);
        let file = kept.join(&name).with_added_extension("jsonl");
        if makes {
            fs::create_dir_all(root().join(&file).parent().unwrap()).unwrap();
            fs::write(root().join(&file), printed.join("\n") + "\n").unwrap();
        }
        wrong.extend(difference(&file, &golden(&file), &printed));
        known.insert(file);
    }
    wrong.extend(strangers(&kept, &known));
    assert!(wrong.is_empty(), "{}\n\nIf that is meant: {AGAIN}\n", wrong.join("\n"));
}

/// Golden files of captures that are not there any more.
fn strangers(folder: &Path, known: &BTreeSet<PathBuf>) -> Vec<String> {
    let mut strangers = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let path = folder.join(entry.unwrap().file_name());
        if root().join(&path).is_dir() {
            strangers.extend(self::strangers(&path, known));
        } else if !known.contains(&path) {
            strangers.push(format!("{} is of no capture: remove it", path.display()));
        }
    }
    strangers
}

#[test]
fn of_every_capture_here_json_says_what_it_said() {
    compare(&root().join("captures"), "captures");
}

#[cfg(feature = "shared")]
#[test]
fn of_every_capture_by_others_json_says_what_it_said() {
    compare(&super::shared_captures::folder(), "shared");
}

#[test]
fn every_lesson_says_in_json_what_its_capture_does() {
    let mut wrong = Vec::new();
    for lesson in catalogue::all() {
        let name = Path::new("tests/golden/captures").join(format!("{}.pcapng.jsonl", lesson.name));
        let mut kept = golden(&name);
        // Only where it comes from differs.
        let source = |of: &str| format!("\"source\":\"{of}\"");
        let (capture, run) = (source(&format!("{}.pcapng", lesson.name)), source(&format!("lesson:{}", lesson.name)));
        if let Some(begin) = kept.first_mut() {
            *begin = begin.replace(&capture, &run);
        }
        let printed = lines(root(), &["lesson", "run", lesson.name]);
        wrong.extend(difference(&name, &kept, &printed).map(|it| format!("lesson {} and {it}", lesson.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
