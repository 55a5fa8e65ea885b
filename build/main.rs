//! Reads the lessons and the stories of problems, so that the program contains them ready to use, and lists the lessons and
//! their demonstrations, so that a new lesson touches two files and no list.
//!
//! `lessons/NAME.md` is the text and `src/lesson/demos/NAME.rs`, with `_` for `-`, its traffic. Into `OUT_DIR` go
//! `lessons.rs`, every lesson in the order of the course, `demos.rs`, the modules and a look-up by the lesson's name,
//! `problems.tsv`, the stories, and `peers.rs`, the captures of real programs.

mod data;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use data::{lesson, stories};

const LESSONS: &str = "lessons";
const DEMOS: &str = "src/lesson/demos";
const PEERS: &str = "captures/peers";
const STORIES: &str = "src/explain/data/problem_stories";

fn main() {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(variable("OUT_DIR"));
    for read in [LESSONS, STORIES, PEERS] {
        println!("cargo::rerun-if-changed={read}");
    }
    let lessons = names(&root, LESSONS, "md", &["README"]);
    check_spelling(LESSONS, "md", &lessons, '-');
    write(&out.join("lessons.rs"), &lessons_source(&root, &lessons));
    write(&out.join("problems.tsv"), &stories_table(&root));
    write(&out.join("peers.rs"), &peers_source(&root));

    if root.join(DEMOS).is_dir() {
        println!("cargo::rerun-if-changed={DEMOS}");
        let demos = names(&root, DEMOS, "rs", &["mod", "tests"]);
        check_spelling(DEMOS, "rs", &demos, '_');
        check_pairs(&lessons, &demos);
        write(&out.join("demos.rs"), &demos_source(&root, &demos));
    } else {
        println!("cargo::rerun-if-changed=src/lesson");
    }
}

/// The stems of a folder's files with that extension, sorted.
fn names(root: &Path, folder: &str, extension: &str, apart_from: &[&str]) -> BTreeSet<String> {
    let list = || -> io::Result<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(root.join(folder))? {
            let path = entry?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            if path.extension().is_some_and(|e| e == extension) && !apart_from.contains(&stem) {
                names.insert(stem.to_owned());
            }
        }
        Ok(names)
    };
    list().unwrap_or_else(|error| {
        fail(&format!("{folder} cannot be listed: {error}"));
        BTreeSet::new()
    })
}

/// Names are typed by people and become module names: lower-case words, joined by one character.
fn check_spelling(folder: &str, extension: &str, names: &BTreeSet<String>, joint: char) {
    for name in names {
        let is_word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        if !name.split(joint).all(is_word) {
            fail(&format!("{folder}/{name}.{extension}: a name is made of lower-case words joined by `{joint}`"));
        }
    }
}

fn check_pairs(lessons: &BTreeSet<String>, demos: &BTreeSet<String>) {
    for lesson in lessons {
        if !demos.contains(&module(lesson)) {
            fail(&format!("{LESSONS}/{lesson}.md has no demonstration: write {DEMOS}/{}.rs", module(lesson)));
        }
    }
    for demo in demos {
        if !lessons.contains(&lesson_of(demo)) {
            fail(&format!("{DEMOS}/{demo}.rs has no lesson: write {LESSONS}/{}.md", lesson_of(demo)));
        }
    }
}

/// Every lesson, in the order of the course.
fn lessons_source(root: &Path, names: &BTreeSet<String>) -> String {
    let mut lessons = Vec::new();
    for name in names {
        let file = format!("{LESSONS}/{name}.md");
        match lesson::parse(name, &read(root, &file)) {
            Ok(lesson) => lessons.push((lesson.number, file, lesson.source)),
            Err(error) => fail(&format!("{file}:{error}")),
        }
    }
    lessons.sort();
    let mut source = String::from("/// Every lesson, in the order of the course.\nstatic LESSONS: &[Lesson] = &[\n");
    for (place, (number, file, lesson)) in (1..).zip(&lessons) {
        if *number != place {
            fail(&format!("{file} has number {number}, and is lesson {place} of the course"));
        }
        let _ = writeln!(source, "    {lesson},");
    }
    source + "];\n"
}

/// The captures of real programs.
fn peers_source(root: &Path) -> String {
    let peers = names(root, PEERS, "pcapng", &[]);
    check_spelling(PEERS, "pcapng", &peers, '-');
    let mut source =
        String::from("/// The captures of real programs, by their names.\nstatic PEERS: &[(&str, &[u8])] = &[\n");
    for peer in peers {
        let path = root.join(PEERS).join(format!("{peer}.pcapng"));
        let _ = writeln!(source, "    ({peer:?}, include_bytes!({:?})),", path.to_string_lossy());
    }
    source + "];\n"
}

/// The stories of all problems.
fn stories_table(root: &Path) -> String {
    let mut table = stories::COLUMNS.to_owned() + "\n";
    for name in names(root, STORIES, "toml", &[]) {
        let file = format!("{STORIES}/{name}.toml");
        match stories::lines(&read(root, &file)) {
            Ok(lines) => table += &lines,
            Err(error) => fail(&format!("{file}:{error}")),
        }
    }
    table
}

/// Modules by absolute path: relative ones would be looked for beside the generated file.
fn demos_source(root: &Path, demos: &BTreeSet<String>) -> String {
    let mut source = String::new();
    for demo in demos {
        let path = root.join(DEMOS).join(format!("{demo}.rs"));
        let _ = writeln!(source, "#[path = {:?}]\npub mod {demo};", path.to_string_lossy());
    }
    source.push_str("\n/// Every demonstration, by its lesson's name.\npub const ALL: &[(&str, Demo)] = &[\n");
    for demo in demos {
        let _ = writeln!(source, "    ({:?}, {demo}::DEMO),", lesson_of(demo));
    }
    source.push_str("];\n\n/// The demonstration of the lesson of that name.\n#[must_use]\n");
    source.push_str("pub fn demo(lesson: &str) -> Option<&'static Demo> {\n");
    source + "    ALL.iter().find(|(name, _)| *name == lesson).map(|(_, demo)| demo)\n}\n"
}

fn module(lesson: &str) -> String {
    lesson.replace('-', "_")
}

fn lesson_of(module: &str) -> String {
    module.replace('_', "-")
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|error| {
        fail(&format!("{name}: {error}"));
        String::new()
    })
}

fn read(root: &Path, file: &str) -> String {
    fs::read_to_string(root.join(file)).unwrap_or_else(|error| {
        fail(&format!("{file} cannot be read: {error}"));
        String::new()
    })
}

fn write(path: &Path, source: &str) {
    if let Err(error) = fs::write(path, source) {
        fail(&format!("{} cannot be written: {error}", path.display()));
    }
}

/// Fails the build, after everything else that is wrong was said too.
fn fail(message: &str) {
    println!("cargo::error={message}");
}
