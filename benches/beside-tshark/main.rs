//! `inspect` beside tshark, and beside a bare walk over the same records: processor time, peak memory, exactness.
//!
//! Captures with exactly known contents are made one at a time in a temporary folder, and removed again. Each program is run
//! as a process of its own; of several runs the fastest counts. The result is a Markdown table.
//!
//! ```text
//! cargo bench --bench beside-tshark -- --sizes 10,100,1000 --tshark-up-to 100 --runs 3
//! cargo bench --bench beside-tshark -- --write 0 200 chatter.pcap # only make the first kind of capture
//! cargo bench --bench beside-tshark -- --instructions target/captures [PROGRAM] # what valgrind counts
//! ```

mod answers;
mod instructions;
mod measure;
#[path = "../../tests/common/segments.rs"]
mod segments;
#[path = "../../tests/common/traffic.rs"]
mod traffic;
mod walk;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use answers::Answer;
use measure::{Cost, measure};
use traffic::{Kind, Known};

/// tshark's questions: what is asked of it is what the summary answers.
const FIELDS: [&str; 8] =
    ["-T", "fields", "-e", "http.request.method", "-e", "http.response.code", "-e", "websocket.opcode"];

/// The exchange that is looked at closely: one that all captures have.
const EXCHANGE: &str = "5.0";

/// The captures.
const KINDS: [(&str, Kind); 5] = [
    ("WebSocket chatter", Kind::Chatter),
    ("HTTP, keep-alive", Kind::KeepAlive),
    ("4 MiB bodies", Kind::Bodies),
    ("10,000 open", Kind::Open),
    ("shuffled, repeated", Kind::Shuffled),
];

struct Asked {
    /// Sizes of the captures, in units of 1,000,000 bytes.
    sizes: Vec<u64>,
    /// tshark is left out for larger ones: it takes minutes, and gigabytes.
    tshark_up_to: u64,
    runs: u32,
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--walk", file] => walk::print(file),
        ["--write", kind, size, file, ..] => {
            let (_, kind) = KINDS[number(kind) as usize];
            write(Path::new(file), kind, number(size) * 1_000_000).map(|known| println!("{known:?}"))
        }
        ["--instructions", folder] | ["--instructions", folder, "--bench"] => {
            instructions::table(folder, env!("CARGO_BIN_EXE_wire101"))
        }
        ["--instructions", folder, program, ..] => instructions::table(folder, program),
        ["--measured", into, program, ref arguments @ ..] => measure::run(into, program, arguments),
        _ => compare(&asked(&arguments)),
    }
}

fn asked(arguments: &[String]) -> Asked {
    let mut asked = Asked { sizes: vec![10], tshark_up_to: 100, runs: 3 };
    // Cargo adds `--bench`.
    let mut arguments = arguments.iter().filter(|argument| *argument != "--bench");
    while let Some(name) = arguments.next() {
        let value = arguments.next().unwrap_or_else(|| panic!("{name} needs a value"));
        match name.as_str() {
            "--sizes" => asked.sizes = value.split(',').map(number).collect(),
            "--tshark-up-to" => asked.tshark_up_to = number(value),
            "--runs" => asked.runs = number(value) as u32,
            _ => panic!("there is no {name}; there are --sizes, --tshark-up-to and --runs"),
        }
    }
    asked
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

fn compare(asked: &Asked) -> io::Result<()> {
    println!(
        "| capture | MB | bare walk | `--summary` | of the walk | `--exchange --layers` | of `--summary` | `--json` | tshark fields | of `--summary` | tshark ek | of `--json` |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    let folder = tempfile::tempdir()?;
    for size in &asked.sizes {
        for (name, kind) in KINDS {
            let file = folder.path().join("capture.pcap");
            let known = write(&file, kind, size * 1_000_000)?;
            row(asked, (name, *size), &file, &known)?;
            std::fs::remove_file(&file)?;
        }
    }
    Ok(())
}

fn row(asked: &Asked, (name, size): (&str, u64), file: &Path, known: &Known) -> io::Result<()> {
    let file = file.to_str().expect("temporary folders have names in UTF-8");
    let wire101 = env!("CARGO_BIN_EXE_wire101");
    let this = std::env::current_exe()?;
    let this = this.to_str().expect("programs have names in UTF-8");
    let (walk, ()) = measure(asked.runs, this, &["--walk", file], answers::nothing)?;
    let (summary, found) = measure(asked.runs, wire101, &["inspect", file, "--summary"], answers::summary)?;
    let summary_is_exact = found == Answer::of(known);
    let view = ["inspect", file, "--exchange", EXCHANGE, "--layers"];
    let (exchange, ()) = measure(asked.runs, wire101, &view, answers::nothing)?;
    let (json, found) = measure(asked.runs, wire101, &["inspect", file, "--json"], answers::json)?;
    let json_is_exact = found == Answer::of(known);
    let mut cells = vec![
        name.to_owned(),
        size.to_string(),
        time(walk),
        cell(summary, summary_is_exact),
        times(summary, walk),
        format!("{}, {} MiB", time(exchange), exchange.peak_mib),
        times(exchange, summary),
        cell(json, json_is_exact),
    ];
    if size <= asked.tshark_up_to {
        let (fields, found) = measure(1, "tshark", &[&["-r", file][..], &FIELDS].concat(), answers::fields)?;
        cells.extend([cell(fields, found == Answer::of(known)), times(fields, summary)]);
        let (ek, found) = measure(1, "tshark", &["-r", file, "-T", "ek"], answers::ek)?;
        cells.extend([cell(ek, found == Answer::of(known).without_opcodes()), times(ek, json)]);
    } else {
        cells.extend(["", "", "", ""].map(str::to_owned));
    }
    println!("| {} |", cells.join(" | "));
    io::stdout().flush()
}

fn cell(cost: Cost, exact: bool) -> String {
    let exact = if exact { "exact" } else { "**not exact**" };
    format!("{}, {} MiB, {exact}", time(cost), cost.peak_mib)
}

/// To two digits and more, so that ratios can be taken.
fn time(Cost { seconds, .. }: Cost) -> String {
    if seconds < 0.1 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

fn times(cost: Cost, than: Cost) -> String {
    let ratio = cost.seconds / than.seconds;
    if ratio < 20.0 { format!("× {ratio:.1}") } else { format!("× {ratio:.0}") }
}

/// Writes a capture as pcap, packets 20 µs apart.
fn write(path: &Path, kind: Kind, bytes: u64) -> io::Result<Known> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    file.write_all(b"\x4d\x3c\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x01\0\0\0")?;
    let (mut time, mut result) = (1_700_000_000_000_000_000_u64, Ok(()));
    let known = kind.make(bytes, &mut |packet| {
        time += 20_000;
        let length = (packet.len() as u32).to_le_bytes();
        let seconds = ((time / 1_000_000_000) as u32).to_le_bytes();
        let rest = ((time % 1_000_000_000) as u32).to_le_bytes();
        let header = [seconds, rest, length, length];
        let written = file.write_all(header.as_flattened()).and_then(|()| file.write_all(packet));
        result = std::mem::replace(&mut result, Ok(())).and(written);
    });
    result?;
    file.flush()?;
    Ok(known)
}
