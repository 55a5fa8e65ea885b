//! What shells and readers of manuals get.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::{printed, wire101};

#[test]
fn every_shell_gets_a_script_that_completes_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for word in ["inspect", "tutorial", "problems", "loopback"] {
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
    }
    assert_eq!(wire101(&["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn bash_takes_its_script() {
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().expect("there is a bash");
    bash.stdin.take().unwrap().write_all(printed(&["completions", "bash"]).as_bytes()).unwrap();
    assert!(bash.wait().unwrap().success());
}

#[test]
fn a_manual_page_has_the_name_the_flags_and_the_words_of_its_command() {
    let page = printed(&["man", "inspect"]);
    assert!(page.contains(".TH wire101-inspect 1"), "{page}");
    assert!(page.contains("wire101\\-inspect \\- Explain a capture"), "{page}");
    assert!(page.contains("\\-\\-redact"), "{page}");
    assert!(printed(&["man"]).contains("wire101\\-lesson(1)"));
    assert!(printed(&["man", "lesson", "run"]).contains("\\-\\-seed"));
}

#[test]
fn there_is_a_page_for_each_command_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    printed(&["man", "--all", pages.to_str().unwrap()]);
    for page in ["wire101.1", "wire101-inspect.1", "wire101-lesson-run.1", "wire101-man.1"] {
        assert!(pages.join(page).is_file(), "{page}");
    }
    let refused = wire101(&["man", "lesson", "walk"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(said, "wire101: there is no command `lesson walk`; there are: list, show, run, help\n");
}
