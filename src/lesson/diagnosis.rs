//! A capture of something that went wrong, to be diagnosed at the end of the course, in the form of a run.

use std::io::Cursor;

use super::front_matter::Lesson;
use super::run::Run;
use crate::capture::{OwnedPacket, Reader};
use crate::wire::{Recording, Wire};

/// A browser, a proxy and a server: rebuilt from what users of socket.io behind nginx report.
const CAPTURE: &[u8] = include_bytes!("../../tests/cases/proxy-strips-upgrade.pcap");

/// Who is who in it.
const HOSTS: [(&str, [u8; 4]); 3] = [("browser", [10, 0, 0, 1]), ("proxy", [10, 0, 0, 2]), ("server", [10, 0, 0, 3])];

impl Run {
    /// The capture to diagnose, as side A of the lesson that it's the end of.
    #[must_use]
    pub fn to_diagnose(lesson: &'static Lesson) -> Self {
        let recording = Recording {
            packets: packets(),
            hosts: HOSTS.map(|(name, address)| (name.to_owned(), address.into())).into(),
            stack: String::new(),
            unmet: None,
            missed: 0,
        };
        let mut run = Self::of(lesson, Wire::Virtual, lesson.settings(Wire::Virtual), vec![recording]);
        if let Some(side) = run.sides.first_mut() {
            side.name = "what was captured";
        }
        run
    }
}

fn packets() -> Vec<OwnedPacket> {
    let mut packets = Vec::new();
    let Ok(mut reader) = Reader::new(Cursor::new(CAPTURE)) else { return packets };
    while let Ok(Some(packet)) = reader.next_packet() {
        let (time, data) = (packet.time, packet.data.to_vec());
        packets.push(OwnedPacket { time, interface: 0, data, comment: None });
    }
    packets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::catalogue;

    #[test]
    fn the_capture_to_diagnose_is_whole() {
        let run = Run::to_diagnose(catalogue::find("upgrade").unwrap());
        assert_eq!((run.packets.len(), run.sides.len()), (22, 1));
        assert_eq!(run.sides[0].measures.named("exchanges"), Ok(Some(2)));
        assert_eq!(run.sides[0].measures.named("connections"), Ok(Some(2)));
    }
}
