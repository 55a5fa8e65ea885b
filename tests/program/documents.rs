//! What the project's documents say is so: samples are what the program prints, and what they name is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::printed;

/// Stands, alone on a line of a sample, for lines that were left out.
const LEFT_OUT: &str = "[...]";

const DOCUMENTS: &[&str] = &["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/rules.md"];

/// What the course teaches, and where.
const TAUGHT: &str = "docs/taught.md";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"))
}

/// The samples of a document: the command of each, from `<!-- sample: COMMAND -->`, and the fenced lines that follow it.
fn samples(document: &str) -> Vec<(String, Vec<String>)> {
    let text = read(document);
    let mut lines = text.lines();
    let mut samples = Vec::new();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("<!-- sample: wire101").and_then(|rest| rest.strip_suffix("-->")) else {
            continue;
        };
        let fenced = lines.by_ref().skip_while(|line| !line.starts_with("```")).skip(1);
        let sample = fenced.take_while(|line| !line.starts_with("```")).map(str::to_owned).collect();
        samples.push((command.trim().to_owned(), sample));
    }
    samples
}

/// The paths of this project that a text names.
fn paths(text: &str) -> Vec<PathBuf> {
    let folders = ["src/", "tests/", "lessons/", "captures/", "images/", ".ci/"];
    let words = text.split(|c: char| c.is_whitespace() || "`()|,;".contains(c));
    let words = words.map(|word| word.trim_end_matches(['.', ':']));
    let is_path = |word: &&str| folders.iter().any(|folder| word.starts_with(folder)) && !word.contains('*');
    // NAME stands for any.
    words.filter(is_path).filter(|word| !word.contains("NAME")).map(PathBuf::from).collect()
}

#[test]
fn samples_are_what_the_program_prints() {
    let samples = samples("README.md");
    assert!(!samples.is_empty(), "README.md shows nothing");
    for (command, sample) in samples {
        assert!(sample.len() > 1, "the sample of `wire101 {command}` is empty");
        let text = printed(&command.split_whitespace().collect::<Vec<_>>());
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let mut rest = &lines[..];
        for part in sample.split(|line| line == LEFT_OUT).filter(|part| !part.is_empty()) {
            let at = rest.windows(part.len()).position(|window| window == part);
            let at = at.unwrap_or_else(|| panic!("`wire101 {command}` does not print:\n{}", part.join("\n")));
            rest = &rest[at + part.len()..];
        }
    }
}

#[test]
fn every_command_that_the_readme_gives_runs() {
    let folder = tempfile::tempdir().unwrap();
    let capture = folder.path().join("upgrade.pcapng");
    let capture = capture.to_str().expect("temporary folders have plain names");
    printed(&["lesson", "run", "upgrade", "--save", capture]);
    let readme = read("README.md");
    let commands: Vec<&str> = readme.lines().filter_map(|line| line.strip_prefix("    wire101 ")).collect();
    assert!(!commands.is_empty(), "README.md gives no command");
    for command in commands {
        let words = command.split_whitespace().take_while(|word| *word != "#");
        // What a command writes goes beside the capture that others read.
        let in_folder = |name: &str| folder.path().join(name).to_str().expect("as above").to_owned();
        // Hops are in a capture of a proxy alone.
        let proxied = root().join("tests/cases/proxy-strips-upgrade.pcap").to_str().expect("as above").to_owned();
        let argument = |word: &str| match word {
            "FILE" if command.contains("hops") => proxied.clone(),
            "OTHER" => proxied.clone(),
            "FILE" => capture.to_owned(),
            name if name.ends_with(".pcapng") => in_folder(name),
            other => other.to_owned(),
        };
        let arguments: Vec<String> = words.map(argument).collect();
        assert!(!printed(&arguments).is_empty(), "`wire101 {command}` prints nothing");
    }
}

#[test]
fn every_file_that_a_document_names_is_there() {
    for document in DOCUMENTS {
        let paths = paths(&read(document));
        assert!(paths.len() > 1, "{document} names {paths:?}");
        for path in paths {
            assert!(root().join(&path).exists(), "{document} names {}", path.display());
        }
    }
}

#[test]
fn every_lesson_says_what_the_table_of_what_is_taught_quotes() {
    let in_one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = read(TAUGHT);
    let rows = text.lines().filter(|line| line.starts_with("| ") && line.contains(" | `"));
    let mut quotes = 0;
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [_, lesson, quote] = cells[..] else { panic!("{TAUGHT}: {row}") };
        let lesson = in_one_line(&read(&format!("lessons/{}.md", lesson.trim_matches('`'))));
        assert!(!quote.is_empty() && lesson.contains(quote), "{TAUGHT}: no such words in its lesson: {row}");
        quotes += 1;
    }
    assert!(quotes > 30, "{TAUGHT} has {quotes} rows");
}

/// A section of ARCHITECTURE.md.
fn section(heading: &str) -> String {
    let text = read("ARCHITECTURE.md");
    let section = text.split("\n## ").find(|section| section.starts_with(heading));
    section.unwrap_or_else(|| panic!("ARCHITECTURE.md has no section {heading:?}")).to_owned()
}

/// What stands between backquotes in the first cells of tables.
fn named_in_tables(text: &str) -> BTreeSet<String> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// All tables of dependencies in a part of the manifest, those for single systems too.
fn dependencies(manifest: &toml::Table) -> Vec<String> {
    let of = |kind: &str| manifest.get(kind).and_then(toml::Value::as_table);
    let kinds = ["dependencies", "build-dependencies", "dev-dependencies"];
    let names = kinds.iter().filter_map(|kind| of(kind)).flat_map(toml::Table::keys).cloned();
    let targets = of("target").into_iter().flat_map(toml::Table::values).filter_map(toml::Value::as_table);
    names.chain(targets.flat_map(dependencies)).collect()
}

#[test]
fn the_architecture_says_what_every_dependency_is_for_and_names_no_other() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let dependencies = dependencies(&manifest);
    // Another table says how large some of them are, and not what for.
    let section = section("Dependencies");
    let said: String = section.split("\n\n").filter(|part| !part.starts_with("| crates |")).collect();
    for name in &dependencies {
        assert!(said.contains(&format!("`{name}`")), "ARCHITECTURE.md does not say what {name} is for");
    }
    for name in named_in_tables(&said) {
        assert!(dependencies.contains(&name), "ARCHITECTURE.md says what {name} is for, which is not used any more");
    }
}

#[test]
fn the_architecture_names_every_module_of_the_crate() {
    let map = named_in_tables(&section("Code map"));
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let entry = entry.unwrap();
        let (name, slash) = (entry.file_name(), if entry.path().is_dir() { "/" } else { "" });
        let path = format!("src/{}{slash}", name.to_str().expect("modules have plain names"));
        assert!(map.contains(&path), "the code map of ARCHITECTURE.md does not have {path}");
    }
}
