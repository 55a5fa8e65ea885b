//! A transcript tells every byte that was said, however much is wrong with it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use wire101::capture::Reader;
use wire101::inspect::{Event, Options, Sink, inspect};
use wire101::render::connection::transcript::Transcript;

use super::File as Cases;

/// Transcripts of all connections; and of those that tell more or less than was said, how much each side did, and how much of it
/// they tell.
#[derive(Default)]
struct Told {
    transcripts: BTreeMap<u64, Transcript>,
    wrong: Vec<([u64; 2], [u64; 2])>,
    all: u64,
}

impl Sink for Told {
    fn event(&mut self, event: Event<'_>) {
        let Some(connection) = event.connection() else { return };
        let transcript = self.transcripts.entry(connection).or_default();
        let page = match event {
            Event::Opened(it) => return transcript.opened(it),
            Event::Request(_) => return transcript.request(),
            Event::Exchange(it) => transcript.exchange(it),
            Event::Frame(it) => transcript.frame(it),
            Event::Message(it) => transcript.message(it),
            Event::Stray(it) => transcript.stray(it),
            Event::Closed(it) => {
                let page = transcript.closed(it, true);
                let (said, told) = ([it.client_bytes, it.server_bytes], transcript.told());
                self.wrong.extend(Some((said, told)).filter(|_| said != told));
                self.all += said.iter().sum::<u64>();
                page
            }
            _ => return,
        };
        drop(page);
    }
}

fn options() -> Options {
    Options { keep: 512, strays: true, ..Options::default() }
}

#[test]
fn nothing_is_missing_where_something_is_wrong() {
    for (name, file) in Cases::all() {
        for case in &file.cases {
            for lines in [&case.raise, &case.spare] {
                let mut told = Told::default();
                file.script(case, lines).inspect(options(), &mut told);
                // Of interim responses that nobody can want all of, not all are kept: the transcript says how many bytes.
                if case.code != "many-interim-responses" {
                    assert!(told.wrong.is_empty(), "{name}: {}: {:?} in {lines:#?}", case.code, told.wrong);
                }
            }
        }
    }
}

#[test]
fn nothing_is_missing_of_any_capture() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["captures", "captures/peers", "tests/cases"];
    let paths = folders.iter().flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let is_capture = |path: &PathBuf| path.extension().is_some_and(|it| it == "pcap" || it == "pcapng");
    let mut all = 0;
    for path in paths.map(|entry| entry.unwrap().path()).filter(is_capture) {
        let mut reader = Reader::new(BufReader::new(File::open(&path).unwrap())).unwrap();
        let mut told = Told::default();
        inspect(&mut reader, options(), &mut told);
        assert!(told.wrong.is_empty(), "{}: {:?}", path.display(), told.wrong);
        all += told.all;
    }
    assert!(all > 200_000, "{all} bytes is not much");
}
