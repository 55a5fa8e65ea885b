//! Black-box tests of the program, of the lessons' captures and of what the project's documents say.
//!
//! What needs more than Rust stands behind a feature, which `tests/run` turns on: `peers` needs tshark, `shared` captures
//! recorded by others.

#[cfg(feature = "peers")]
mod against_tshark;
mod architecture;
mod captures;
// What the build makes of the lessons and stories, with tests of its own.
#[path = "../../build/data/mod.rs"]
mod data;
mod documents;
mod golden;
mod images;
mod lessons;
mod modules;
mod pages;
mod peer_captures;
mod rules;
#[cfg(feature = "shared")]
mod shared_captures;
mod shell;
#[cfg(unix)]
mod stopped;
#[cfg(feature = "peers")]
#[path = "../common/tshark.rs"]
mod tshark;

use std::process::{Command, Output};

/// The program, as it runs where nothing in the environment says how to draw.
fn wire101<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_wire101"));
    for variable in ["COLUMNS", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR"] {
        program.env_remove(variable);
    }
    program.args(arguments).output().expect("the program runs")
}

/// What the program prints when all goes well.
fn printed<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> String {
    let output = wire101(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("what is printed is UTF-8")
}
