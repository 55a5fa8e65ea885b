//! README.md and the pages in `docs/` are true: their samples are what the program prints, their commands work, their links
//! lead somewhere, and no command or flag is missing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::documents::{read, root};

/// Stands, alone on a line of a sample, for lines that were left out.
const LEFT_OUT: &str = "[...]";

/// How long README.md may get: two screens.
const TWO_SCREENS: usize = 100;

/// Commands that end only when they're told to, that need the network, the kernel's help or somebody's input, and so are
/// parsed but not run.
const PARSED_ONLY: &[&str] = &["capture", "connect", "serve", "trace"];

/// README.md and the pages, as paths from the root.
pub(super) fn pages() -> Vec<String> {
    let entries = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().file_name());
    let names = entries.map(|name| name.into_string().expect("pages have plain names"));
    let pages = names.filter_map(|name| Some(format!("docs/{}.md", name.strip_suffix(".md")?)));
    let mut pages: Vec<String> = pages.chain(["README.md".to_owned()]).collect();
    pages.sort_unstable();
    pages
}

/// A folder for programs to run in, with copies of the captures that the pages name. What the programs write stays in it.
fn workplace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for captures in ["captures", "captures/peers", "tests/cases"] {
        fs::create_dir_all(folder.path().join(captures)).unwrap();
        for entry in fs::read_dir(root().join(captures)).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_file() {
                let copy = folder.path().join(captures).join(entry.file_name().unwrap());
                fs::copy(&entry, copy).unwrap();
            }
        }
    }
    folder
}

/// The program in a folder, in a terminal of 80 columns, and with no progress but that folder's.
fn run(folder: &Path, arguments: &[String]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_wire101"));
    for variable in ["LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR"] {
        program.env_remove(variable);
    }
    program.env("COLUMNS", "80").env("XDG_STATE_HOME", folder.join("state"));
    program.current_dir(folder).args(arguments).output().expect("the program runs")
}

/// The words of a shell's command line, up to a comment, a pipe or a redirection.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None if "#|>".contains(c) && word.is_none() => return words,
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The program's arguments, if it is what a command line runs, be it by sudo or behind a pipe.
fn arguments(line: &str) -> Option<Vec<String>> {
    let line = line.trim_start().trim_start_matches("$ ");
    let command = line.strip_prefix("sudo ").unwrap_or(line).strip_prefix("wire101 ");
    Some(words(command.or_else(|| line.split_once("| wire101 ").map(|(_, command)| command))?))
}

/// The command lines of a page that run the program: those in code of their own, and those between backquotes.
fn commands(page: &str) -> (Vec<String>, Vec<String>) {
    let (mut blocks, mut inline, mut fence) = (Vec::new(), Vec::new(), None);
    let text = read(page);
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(language) => fence = fence.is_none().then_some(language),
            None => match fence {
                Some("text" | "console") if !line.starts_with("$ ") => {}
                None if !line.starts_with("    ") => {
                    let code = line.split('`').skip(1).step_by(2);
                    inline.extend(code.filter(|code| arguments(code).is_some()).map(str::to_owned));
                }
                _ => blocks.extend(arguments(line).is_some().then(|| line.to_owned())),
            },
        }
    }
    (blocks, inline)
}

/// The same arguments, asking for help: whatever stands before that is parsed, and nothing is done.
fn asking_for_help(mut arguments: Vec<String>) -> Vec<String> {
    let at = arguments.iter().position(|word| word == "--").unwrap_or(arguments.len());
    arguments.insert(at, "--help".to_owned());
    arguments
}

#[test]
fn every_command_is_understood() {
    let folder = workplace();
    for page in pages() {
        let (blocks, inline) = commands(&page);
        for line in blocks.iter().chain(&inline) {
            let output = run(folder.path(), &asking_for_help(arguments(line).unwrap()));
            assert!(output.status.success(), "{page}: {line}\n{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

#[test]
fn every_command_that_can_be_run_runs() {
    let folder = workplace();
    let mut ran = 0;
    for page in pages() {
        for line in commands(&page).0 {
            let mut arguments = arguments(&line).unwrap();
            let live = ["-", "--watch", "loopback"].iter().any(|live| arguments.iter().any(|word| word == live));
            if live || PARSED_ONLY.contains(&arguments[0].as_str()) || page == "docs/https.md" {
                continue;
            }
            // FILE stands for anybody's.
            for word in arguments.iter_mut().filter(|word| *word == "FILE") {
                "captures/upgrade.pcapng".clone_into(word);
            }
            let output = run(folder.path(), &arguments);
            assert!(output.status.success(), "{page}: {line}\n{}", String::from_utf8_lossy(&output.stderr));
            let silent = output.stdout.is_empty() && output.stderr.is_empty();
            let writes = ["--out", "--all"].iter().any(|flag| arguments.iter().any(|word| word == flag));
            assert!(!silent || writes, "{page}: {line} prints nothing");
            ran += 1;
        }
    }
    assert!(ran > 60, "only {ran} commands were run");
}

#[test]
fn samples_are_what_the_program_prints() {
    let folder = workplace();
    let mut samples = 0;
    for page in pages() {
        for sample in read(&page).split("\n```console\n").skip(1) {
            let sample = sample.split("\n```").next().unwrap();
            let (command, sample) = sample.split_once('\n').unwrap_or_else(|| panic!("{page}: {sample}: no output"));
            let output = run(folder.path(), &arguments(command).unwrap_or_else(|| panic!("{page}: {command}")));
            let printed = [output.stdout, output.stderr].concat();
            let printed = String::from_utf8(printed).expect("what is printed is UTF-8");
            let lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
            let mut rest = &lines[..];
            let sample: Vec<&str> = sample.lines().collect();
            for part in sample.split(|line| *line == LEFT_OUT).filter(|part| !part.is_empty()) {
                let at = rest.windows(part.len()).position(|window| window == part);
                let shown = part.join("\n");
                let at = at.unwrap_or_else(|| panic!("{page}: {command}\nprints\n{printed}\nand not\n{shown}"));
                rest = &rest[at + part.len()..];
            }
            let cut = sample.first() == Some(&LEFT_OUT) || sample.last() == Some(&LEFT_OUT);
            assert!(cut || rest.iter().all(|line| line.is_empty()), "{page}: {command} prints more than is shown");
            samples += 1;
        }
    }
    assert!(samples > 10, "only {samples} samples");
}

#[test]
fn every_link_leads_to_a_file() {
    for page in pages() {
        let text = read(&page);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if !target.contains("://") {
                let path = root().join(&page).with_file_name("").join(target.split('#').next().unwrap());
                assert!(path.exists(), "{page} links to {target}");
            }
        }
    }
}

#[test]
fn the_index_has_every_page_and_the_readme_fits_two_screens() {
    let index = read("docs/README.md");
    for page in pages() {
        let name = page.trim_start_matches("docs/");
        assert!(name == "README.md" || index.contains(&format!("]({name})")), "docs/README.md lacks {name}");
    }
    let lines = read("README.md").lines().count();
    assert!(lines <= TWO_SCREENS, "README.md has {lines} lines; it's the pages that have room");
}

/// What stands in a help text before two spaces, for each line of a section.
fn entries(help: &str, heading: &str) -> Vec<String> {
    let section = help.split_once(heading).map_or("", |(_, rest)| rest);
    let lines = section.lines().skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// The flags that a help text begins lines with.
fn flags(help: &str) -> BTreeSet<String> {
    let lines = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let words = lines.filter_map(|line| line.split([' ', ',']).find(|word| word.starts_with("--")));
    words.map(str::to_owned).collect()
}

#[test]
fn every_command_has_a_page_and_every_flag_is_on_one() {
    let folder = workplace();
    let help = |words: &[&str]| {
        let words: Vec<String> = words.iter().chain(&["--help"]).map(|&word| word.to_owned()).collect();
        String::from_utf8(run(folder.path(), &words).stdout).unwrap()
    };
    let text: String = pages().iter().map(|page| read(page)).collect();
    let commands = entries(&help(&[]), "Commands:");
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands.iter().filter(|command| *command != "help") {
        let page = match command.as_str() {
            "completions" | "man" => "docs/install.md".to_owned(),
            command => format!("docs/{command}.md"),
        };
        assert!(read(&page).contains(&format!("wire101 {command}")), "{page} doesn't name wire101 {command}");
        let below = entries(&help(&[command]), "Commands:");
        let helps = below.iter().map(|sub| help(&[command, sub])).chain([help(&[command])]);
        for flag in helps.flat_map(|help| flags(&help)).filter(|flag| flag != "--help" && flag != "--version") {
            assert!(text.contains(&flag), "no page has {flag} of wire101 {command}");
        }
    }
}
