//! What the project's documents name is there, and what they quote is said. `pages` holds those that users read to the program.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::pages::pages;

/// Those for people who change the code, each of which names some of its files.
const DOCUMENTS: &[&str] = &["ARCHITECTURE.md", "CONTRIBUTING.md", "lessons/README.md"];

/// What the course teaches, and where.
const TAUGHT: &str = "docs/taught.md";

pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(super) fn read(document: &str) -> String {
    fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"))
}

/// The paths of this project that a text names.
fn paths(text: &str) -> Vec<PathBuf> {
    let folders = ["src/", "tests/", "lessons/", "captures/", "images/", "docs/", "benches/", ".ci/"];
    let words = text.split(|c: char| c.is_whitespace() || "`()|,;".contains(c));
    let words = words.map(|word| word.trim_end_matches(['.', ':']));
    let is_path = |word: &&str| folders.iter().any(|folder| word.starts_with(folder)) && !word.contains('*');
    // NAME stands for any.
    words.filter(is_path).filter(|word| !word.contains("NAME")).map(PathBuf::from).collect()
}

#[test]
fn every_file_that_a_document_names_is_there() {
    for document in DOCUMENTS.iter().map(ToString::to_string).chain(pages()) {
        let paths = paths(&read(&document));
        assert!(paths.len() > 1 || !DOCUMENTS.contains(&document.as_str()), "{document} names {paths:?}");
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
