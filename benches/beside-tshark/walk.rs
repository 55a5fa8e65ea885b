//! The least that any program has to do: read the file a mebibyte at a time, look at every record's header, and at every word of
//! every packet.

use std::fs::File;
use std::io::{self, Read};

const AT_ONCE: usize = 1 << 20;

/// Walks over a pcap file, and prints how many packets it has, and the sum of all words.
pub fn print(path: &str) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 2 * AT_ONCE];
    let (mut start, mut end, mut packets, mut sum) = (24, 0, 0_u64, 0_u64);
    loop {
        let ahead = &buffer[start.min(end)..end];
        let length = ahead.first_chunk::<16>().map(|header| {
            let [_, _, captured, _] = *header.as_chunks::<4>().0 else { return usize::MAX };
            16 + u32::from_le_bytes(captured) as usize
        });
        if let Some(record) = length.and_then(|length| ahead.get(..length)) {
            let (words, rest) = record[16..].as_chunks::<8>();
            sum = words.iter().fold(sum, |sum, word| sum.wrapping_add(u64::from_le_bytes(*word)));
            sum = rest.iter().fold(sum, |sum, byte| sum.wrapping_add(u64::from(*byte)));
            packets += 1;
            start += record.len();
        } else {
            let left = end - start.min(end);
            if left > AT_ONCE {
                return Err(io::Error::other("a record longer than is read at once"));
            }
            buffer.copy_within(start.min(end)..end, 0);
            start -= end - left;
            let count = file.read(&mut buffer[left..left + AT_ONCE])?;
            if count == 0 {
                println!("{packets} {sum}");
                return Ok(());
            }
            end = left + count;
        }
    }
}
