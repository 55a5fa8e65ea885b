//! What packets are called where several captures are read as one: by their capture's name, and their number in it.
//!
//! A packet of the whole is known by its place in time order. People look for it in one of the files, so whoever merges them
//! notes which packet came from where, a byte each, and whoever writes a packet's number asks here what it's called.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use crate::limits::MAX_NAMED_PACKETS;

/// How many packets are between two counts of how many of each file came before.
const BLOCK: u64 = 4096;

/// A packet, as somebody names it: `12`, or `b.pcap:12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketName {
    /// The name of its file, where one is given.
    pub file: Option<String>,
    /// Its number in that file, from 1.
    pub number: u64,
}

impl PacketName {
    /// The packet with that number, of the only file there is.
    #[must_use]
    pub fn of(number: u64) -> Self {
        Self { file: None, number }
    }
}

impl FromStr for PacketName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (file, number) = match text.rsplit_once(':') {
            Some((file, number)) => (Some(file.to_owned()), number),
            None => (None, text),
        };
        match number.parse() {
            Ok(number) if number > 0 && file.as_ref().is_none_or(|file| !file.is_empty()) => Ok(Self { file, number }),
            _ => Err("write a packet's number, from 1; of several captures, the capture's name before it: b.pcap:12"),
        }
    }
}

impl fmt::Display for PacketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{file}:{}", self.number),
            None => write!(f, "{}", self.number),
        }
    }
}

/// The names of captures that are read as one, and which packet of the whole is which of theirs.
#[derive(Debug)]
pub struct Names {
    paths: Vec<PathBuf>,
    labels: Vec<String>,
    shifts: Vec<i64>,
    order: Mutex<Order>,
}

/// The file that each packet of the whole is of, in order.
#[derive(Debug, Default)]
struct Order {
    files: Vec<u8>,
    /// How many packets of each file came before each block.
    before: Vec<u64>,
    /// How many of each came.
    counts: Vec<u64>,
    /// How each is written, once it was opened.
    formats: Vec<Option<&'static str>>,
}

impl Names {
    /// The names of these captures: as much of each path as tells them apart.
    #[must_use]
    pub fn of<P: AsRef<Path>>(paths: &[P]) -> Self {
        let paths: Vec<PathBuf> = paths.iter().map(|path| path.as_ref().to_owned()).collect();
        let labels = paths.iter().map(|path| label(path, &paths)).collect();
        let order = Order { counts: vec![0; paths.len()], formats: vec![None; paths.len()], ..Order::default() };
        let shifts = vec![0; paths.len()];
        Self { paths, labels, shifts, order: Mutex::new(order) }
    }

    /// From here on, a capture's times are moved by so many nanoseconds.
    pub fn shift(&mut self, file: usize, nanoseconds: i64) {
        if let Some(shift) = self.shifts.get_mut(file) {
            *shift = nanoseconds;
        }
    }

    /// By how many nanoseconds the times of each capture are moved.
    #[must_use]
    pub fn shifts(&self) -> &[i64] {
        &self.shifts
    }

    /// What each capture is called, in the order in which they were given.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The paths, as given.
    #[must_use]
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Which of the captures is meant by a name: its label, or its path as given.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<usize> {
        let by_label = self.labels.iter().position(|label| label == name);
        by_label.or_else(|| self.paths.iter().position(|path| path == Path::new(name)))
    }

    /// How each capture is written, by the format's name, as far as they were opened.
    #[must_use]
    pub fn formats(&self) -> Vec<Option<&'static str>> {
        self.order().formats.clone()
    }

    /// Notes how a capture is written.
    pub fn note_format(&self, file: usize, format: &'static str) {
        if let Some(of_file) = self.order().formats.get_mut(file) {
            *of_file = Some(format);
        }
    }

    /// Notes which capture a packet of the whole is of. A reading that begins again says the same again.
    pub fn note(&self, number: u64, file: usize) {
        let mut order = self.order();
        let known = order.files.len() as u64;
        if number != known + 1 || known >= MAX_NAMED_PACKETS {
            return;
        }
        let Order { files, before, counts, .. } = &mut *order;
        if known.is_multiple_of(BLOCK) {
            before.extend_from_slice(counts);
        }
        files.push(file as u8);
        if let Some(count) = counts.get_mut(file) {
            *count += 1;
        }
    }

    /// Which capture a packet of the whole is of, and its number there. Nothing, where more packets came than are remembered.
    #[must_use]
    pub fn place(&self, number: u64) -> Option<(usize, u64)> {
        let order = self.order();
        let at = number.checked_sub(1)?;
        let file = *order.files.get(at as usize)?;
        let block = at / BLOCK;
        let before = *order.before.get(block as usize * self.labels.len() + usize::from(file))?;
        let within = order.files.get((block * BLOCK) as usize..=at as usize)?;
        Some((usize::from(file), before + within.iter().map(|of| u64::from(*of == file)).sum::<u64>()))
    }

    /// The number in the whole of a capture's packet, as far as it was read.
    #[must_use]
    pub fn number(&self, file: usize, own: u64) -> Option<u64> {
        let order = self.order();
        let of_file = order.before.iter().skip(file).step_by(self.labels.len());
        let block = of_file.take_while(|before| **before < own).count().checked_sub(1)?;
        let before = *order.before.get(block * self.labels.len() + file)?;
        let start = block as u64 * BLOCK;
        let within = order.files.iter().skip(start as usize).take(BLOCK as usize).enumerate();
        let mut of_file = within.filter(|(_, of)| usize::from(**of) == file);
        of_file.nth((own - before) as usize - 1).map(|(at, _)| start + at as u64 + 1)
    }

    /// How many packets of a capture came.
    #[must_use]
    pub fn count(&self, file: usize) -> u64 {
        self.order().counts.get(file).copied().unwrap_or_default()
    }

    /// What a packet of the whole is called: "b.pcap:12".
    #[must_use]
    pub fn name(&self, number: u64) -> String {
        match self.place(number) {
            Some((file, own)) => format!("{}:{own}", self.labels[file]),
            None => format!("{number} of all"),
        }
    }

    /// A sentence of ours, with each packet that it names ("packet 4", "packets 4 to 12", "packets 3, 5") called by its name.
    /// What stands in quotes is not ours, and stays.
    #[must_use]
    pub fn in_words(&self, words: &str) -> String {
        let (mut out, mut end) = (String::with_capacity(words.len()), 0);
        for Mention { at, length, number } in mentions(words) {
            out.push_str(&words[end..at]);
            out.push_str(&self.name(number));
            end = at + length;
        }
        out.push_str(&words[end..]);
        out
    }

    fn order(&self) -> std::sync::MutexGuard<'_, Order> {
        // Every change leaves it as it has to be.
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The numbers of the packets that a sentence of ours names, in the order in which it does.
#[must_use]
pub fn mentioned(words: &str) -> Vec<u64> {
    mentions(words).into_iter().map(|mention| mention.number).collect()
}

/// A packet's number in a sentence.
struct Mention {
    /// Where it stands, and how many bytes it has.
    at: usize,
    length: usize,
    number: u64,
}

/// Where a sentence names packets: after the word, outside of quotes.
fn mentions(words: &str) -> Vec<Mention> {
    let (mut found, mut quoted, mut end) = (Vec::new(), false, 0);
    for (at, character) in words.char_indices() {
        quoted ^= character == '"';
        if quoted || at < end || !matches!(character, 'p' | 'P') {
            continue;
        }
        let Some(behind) = words[at + 1..].strip_prefix("acket") else { continue };
        let singular = behind.strip_prefix(' ');
        let Some(list) = singular.or_else(|| behind.strip_prefix("s ")) else { continue };
        end = words.len() - list.len();
        while let Some((length, number)) = number(&words[end..]) {
            found.push(Mention { at: end, length, number });
            end += length;
            let next = [" to ", ", ", "–", " and "].iter().find(|between| words[end..].starts_with(**between));
            match next {
                Some(between) if singular.is_none() => end += between.len(),
                _ => break,
            }
        }
    }
    found
}

/// The number that `words` begin with, its thousands set apart or not, and how long it is.
fn number(words: &str) -> Option<(usize, u64)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut length = digits(words);
    while (1..=3).contains(&digits(words)) && words[length..].starts_with(' ') && digits(&words[length + 1..]) == 3 {
        length += 4;
    }
    let number = words[..length].replace(' ', "").parse().ok()?;
    let ends = words[length..].chars().next().is_none_or(|next| !next.is_alphanumeric());
    ends.then_some((length, number))
}

/// As much of a path's end as no other of them has.
fn label(path: &Path, all: &[PathBuf]) -> String {
    if path.as_os_str() == "-" {
        return "stdin".to_owned();
    }
    let end = |path: &Path, count: usize| {
        let parts: Vec<_> = path.components().rev().take(count).collect();
        parts.into_iter().rev().collect::<PathBuf>()
    };
    let most = path.components().count();
    let unique = (1..most).map(|count| (count, end(path, count)));
    let mut unique = unique.filter(|(count, it)| all.iter().filter(|other| end(other, *count) == *it).count() == 1);
    let shortest = unique.next().map_or_else(|| path.to_owned(), |(_, it)| it);
    let mut label = String::new();
    // Writing to a string cannot fail.
    let _ = write!(label, "{}", shortest.display());
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(order: &[usize]) -> Names {
        let names = Names::of(&["here/a.pcap", "here/b.pcap"]);
        for (at, file) in order.iter().enumerate() {
            names.note(at as u64 + 1, *file);
        }
        names
    }

    #[test]
    fn a_name_is_as_much_of_a_path_as_tells_it_apart() {
        let names = Names::of(&["x/a.pcap", "y/a.pcap", "y/b.pcap", "-", "c.pcap"]);
        assert_eq!(names.labels(), ["x/a.pcap", "y/a.pcap", "b.pcap", "stdin", "c.pcap"]);
        assert_eq!((names.file("b.pcap"), names.file("y/b.pcap"), names.file("a.pcap")), (Some(2), Some(2), None));
    }

    #[test]
    fn a_packet_of_the_whole_is_found_in_its_file_and_back() {
        let order: Vec<usize> = (0..20_000).map(|at| usize::from(at % 3 == 1)).collect();
        let names = names(&order);
        let mut own = [0, 0];
        for (at, file) in order.iter().enumerate() {
            own[*file] += 1;
            let number = at as u64 + 1;
            assert_eq!(names.place(number), Some((*file, own[*file])));
            assert_eq!(names.number(*file, own[*file]), Some(number));
        }
        assert_eq!((names.place(0), names.place(20_001), names.number(0, own[0] + 1)), (None, None, None));
        assert_eq!(names.number(1, 0), None);
    }

    #[test]
    fn what_is_noted_again_changes_nothing() {
        let names = names(&[0, 1, 1]);
        [0, 1, 1, 0].into_iter().zip(1..).for_each(|(file, number)| names.note(number, file));
        let called: Vec<String> = (1..=4).map(|number| names.name(number)).collect();
        assert_eq!(called, ["a.pcap:1", "b.pcap:1", "b.pcap:2", "a.pcap:2"]);
    }

    #[test]
    fn sentences_name_packets_by_their_files() {
        let names = names(&[0, 1, 0, 1, 1]);
        let said = |words: &str| names.in_words(words);
        assert_eq!(
            said("the proxy dropped it (packet 3 to packet 4)"),
            "the proxy dropped it (packet a.pcap:2 to packet b.pcap:2)"
        );
        assert_eq!(said("packets 1 to 5, then"), "packets a.pcap:1 to b.pcap:3, then");
        assert_eq!(said("and more (packets 1, 2, 5)"), "and more (packets a.pcap:1, b.pcap:1, b.pcap:3)");
        assert_eq!(said("Packet 2"), "Packet b.pcap:1");
        assert_eq!(said("--packet 2 --hex"), "--packet b.pcap:1 --hex");
        assert_eq!(
            said("it says \"packet 2\" in packet 1, 40 bytes"),
            "it says \"packet 2\" in packet a.pcap:1, 40 bytes"
        );
        assert_eq!(said("22 packets · 1 887 bytes"), "22 packets · 1 887 bytes");
        assert_eq!(said("packet 1 000 of many"), "packet 1000 of all of many");
    }

    #[test]
    fn numbers_in_a_sentence_are_found_with_their_thousands_set_apart() {
        assert_eq!(mentioned("packet 1 012 to packet 1 014, packets 5, 6"), [1012, 1014, 5, 6]);
        assert_eq!(mentioned("the packet is too big, packets of 5, \"packet 3\""), [0; 0]);
    }

    #[test]
    fn a_packet_is_named_by_number_or_by_file_and_number() {
        assert_eq!("12".parse(), Ok(PacketName::of(12)));
        assert_eq!("C:\\b.pcap:3".parse(), Ok(PacketName { file: Some("C:\\b.pcap".to_owned()), number: 3 }));
        assert!("0".parse::<PacketName>().is_err() && ":3".parse::<PacketName>().is_err());
        assert!("b.pcap".parse::<PacketName>().is_err());
    }
}
