//! How many instructions a program takes for the captures, as valgrind counts them: the same on a busy machine as on an idle one.

use std::io;
use std::path::Path;
use std::process::Command;

use super::KINDS;

/// How long the captures are, in units of 1,000,000 bytes.
const SIZE: u64 = 20;

const VIEWS: [&str; 2] = ["--summary", "--json"];

/// Prints a table of the program's instructions, in millions. The captures are made in the folder, unless they're there already.
pub fn table(folder: &str, program: &str) -> io::Result<()> {
    println!("| capture | `--summary` | `--json` |");
    println!("|---|--:|--:|");
    std::fs::create_dir_all(folder)?;
    for (index, (name, kind)) in KINDS.into_iter().enumerate() {
        let file = Path::new(folder).join(format!("{SIZE}mb-{index}.pcap"));
        if !file.exists() {
            super::write(&file, kind, SIZE * 1_000_000)?;
        }
        let [summary, json] = VIEWS.map(|view| counted(program, &file, view));
        println!("| {name} | {} | {} |", summary? / 1_000_000, json? / 1_000_000);
    }
    Ok(())
}

fn counted(program: &str, file: &Path, view: &str) -> io::Result<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", program, "inspect"]).arg(file).arg(view);
    let output = valgrind.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    // "==1234== Collected : 108765432"
    let count = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    count.filter(|_| output.status.success()).ok_or_else(|| io::Error::other(format!("{valgrind:?}: {said}")))
}
