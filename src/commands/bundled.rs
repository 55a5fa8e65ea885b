//! Captures that the program brings along: those of its lessons, and of real programs. They can be named wherever a FILE can.
//!
//! A lesson's capture is made by running it, and is the same each time. A file of that name comes first.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;

use crate::lesson::{catalogue, run};
use crate::wire::Wire;

// `PEERS`: written by the build from the files in `captures/peers/`.
include!(concat!(env!("OUT_DIR"), "/peers.rs"));

/// The captures of real programs, by their names.
#[cfg(test)]
fn peers() -> impl Iterator<Item = &'static str> {
    PEERS.iter().map(|(name, _)| *name)
}

/// The capture of that name, in a file that has no name of its own; none if there's a file of that name, or no such capture.
///
/// # Errors
///
/// If there's no room for it.
pub(super) fn capture(path: &Path) -> io::Result<Option<File>> {
    let Some(name) = name(path).filter(|_| !path.exists()) else { return Ok(None) };
    if let Some((_, bytes)) = PEERS.iter().find(|(known, _)| *known == name) {
        return stored(|file| file.write_all(bytes)).map(Some);
    }
    let Some(lesson) = catalogue::all().iter().find(|lesson| lesson.name == name) else { return Ok(None) };
    let run = run(lesson, Wire::Virtual, lesson.settings(Wire::Virtual)).map_err(io::Error::other)?;
    stored(|file| run.write(BufWriter::new(file)).and_then(|mut out| out.flush())).map(Some)
}

/// What a path calls a capture: `captures/keep-alive.pcapng`, `keep-alive.pcapng` and `keep-alive` are the same.
fn name(path: &Path) -> Option<&str> {
    let path = path.to_str()?;
    let path = path.strip_prefix("captures/").unwrap_or(path);
    let path = path.strip_prefix("peers/").unwrap_or(path);
    Some(path.strip_suffix(".pcapng").unwrap_or(path))
}

fn stored(write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    write(&mut file)?;
    file.rewind()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn every_lesson_and_every_peer_can_be_named_in_three_ways() {
        for lesson in catalogue::all() {
            for path in [lesson.name.to_owned(), format!("{}.pcapng", lesson.name)] {
                let mut bytes = Vec::new();
                capture(Path::new(&path)).unwrap().unwrap().read_to_end(&mut bytes).unwrap();
                let kept =
                    Path::new(env!("CARGO_MANIFEST_DIR")).join("captures").join(format!("{}.pcapng", lesson.name));
                assert!(bytes == std::fs::read(kept).unwrap(), "{path}: as the project's folder has it");
            }
        }
        for peer in peers() {
            for path in [peer.to_owned(), format!("peers/{peer}.pcapng")] {
                assert!(capture(Path::new(&path)).unwrap().is_some(), "{path}");
            }
        }
        assert!(capture(Path::new("no-such-capture")).unwrap().is_none());
    }

    #[test]
    fn a_file_of_that_name_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keep-alive");
        std::fs::write(&path, b"a file").unwrap();
        assert!(capture(&path).unwrap().is_none());
    }

    #[test]
    fn no_peer_is_called_as_a_lesson_is() {
        assert!(peers().all(|peer| !catalogue::has(peer)));
    }
}
