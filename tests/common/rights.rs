//! A program without the rights of root: as an ordinary user has it, it takes a user namespace to make a network's.

use std::process::Command;

/// The same program with the same arguments, without any right.
pub fn without_rights(program: &Command) -> Command {
    // A process that has root's number and maps it must have had the right to set capabilities (user_namespaces(7)).
    let mut without = Command::new("setpriv");
    without
        .args(["--bounding-set=-all,+setfcap", "--inh-caps=-all"])
        .arg(program.get_program())
        .args(program.get_args());
    without
}
