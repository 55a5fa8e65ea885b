//! A frame bit by bit, as RFC 6455 §5.2 draws it.
//!
//! The specification draws every field a frame could have; here are those that this one has, where they are, each
//! with its name, its bits as sent, and what they mean. A masked payload is unmasked before the reader's eyes:
//! `7f^37=48 H`.

use crate::inspect::record::Frame;
use crate::layers::Layer;
use crate::render::numbers;

/// How many payload bytes are drawn.
const PAYLOAD: usize = 8;

/// How much of the payload is not drawn: "4 more payload bytes".
pub(in crate::render) fn not_drawn(frame: &Frame) -> Option<String> {
    let drawn = frame.payload.len().min(PAYLOAD) as u64;
    let rest = frame.payload_bytes.checked_sub(drawn).filter(|rest| *rest > 0)?;
    Some(numbers::counted(rest, "more payload byte"))
}

/// A field, or as much of it as fits in one row of 32 bits.
pub(in crate::render) struct Cell {
    pub(in crate::render) layer: Layer,
    /// Lines, for a cell too narrow for its name.
    pub(in crate::render) name: Vec<String>,
    pub(in crate::render) bits: String,
    /// What the bits mean; for bytes, one meaning each.
    pub(in crate::render) meanings: Vec<String>,
}

impl Cell {
    fn bit(name: &str, set: bool) -> Self {
        let name = name.chars().map(String::from).collect();
        Self { layer: Layer::Application, name, bits: u8::from(set).to_string(), meanings: Vec::new() }
    }

    fn number(name: &str, bits: String, meaning: String) -> Self {
        Self { layer: Layer::Application, name: vec![name.into()], bits, meanings: vec![meaning] }
    }
}

/// The fields of a frame, arranged in rows of 32 bits.
pub(in crate::render) fn rows(frame: &Frame) -> Vec<Vec<Cell>> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut column = 0;
    for cell in cells(frame) {
        if column % 32 == 0 {
            rows.push(Vec::new());
        }
        column += cell.bits.len();
        if let Some(row) = rows.last_mut() {
            row.push(cell);
        }
    }
    rows
}

fn cells(frame: &Frame) -> Vec<Cell> {
    let length = frame.payload_bytes;
    // The length form is the one that was sent, which need not be the shortest: the header's size tells.
    let extended = usize::from(frame.header_bytes).saturating_sub(2 + if frame.mask_key.is_some() { 4 } else { 0 });
    let (short, means) = match extended {
        0 => (length as u8 & 0x7f, length.to_string()),
        2 => (126, "126: 2 bytes".to_owned()),
        _ => (127, "127: 8 bytes".to_owned()),
    };
    let mut cells = vec![
        Cell::bit("FIN", frame.fin),
        Cell::bit("RSV1", frame.rsv & 4 != 0),
        Cell::bit("RSV2", frame.rsv & 2 != 0),
        Cell::bit("RSV3", frame.rsv & 1 != 0),
        Cell::number("opcode", format!("{:04b}", frame.opcode & 15), opcode_name(frame.opcode)),
        Cell::bit("MASK", frame.mask_key.is_some()),
        Cell::number("payload len", format!("{short:07b}"), means),
    ];
    let mut at = 16;
    match extended {
        0 => {}
        2 => push_bytes(
            &mut cells,
            &mut at,
            "extended payload length",
            Layer::Application,
            &(length as u16).to_be_bytes(),
            |_| String::new(),
        ),
        _ => push_bytes(
            &mut cells,
            &mut at,
            "extended payload length",
            Layer::Application,
            &length.to_be_bytes(),
            |_| String::new(),
        ),
    }
    if extended > 0
        && let Some(last) = cells.last_mut()
    {
        last.meanings = vec![numbers::count(length)];
    }
    if let Some(key) = frame.mask_key {
        push_bytes(&mut cells, &mut at, "masking key", Layer::Presentation, &key, |at| format!("{:02x}", key[at]));
    }
    let seen = &frame.payload[..frame.payload.len().min(PAYLOAD)];
    let sent: Vec<u8> = match frame.mask_key {
        Some(key) => seen.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect(),
        None => seen.to_vec(),
    };
    push_bytes(&mut cells, &mut at, "payload", Layer::Application, &sent, |at| {
        let character =
            if (b' '..=b'~').contains(&seen[at]) { format!(" {}", seen[at] as char) } else { String::new() };
        match frame.mask_key {
            Some(key) => format!("{:02x}^{:02x}={:02x}{character}", sent[at], key[at % 4], seen[at]),
            None => format!("{:02x}{character}", seen[at]),
        }
    });
    cells
}

/// Adds a field of whole bytes at bit `at`, divided where the rows of the diagram end.
fn push_bytes(
    cells: &mut Vec<Cell>,
    at: &mut usize,
    name: &str,
    layer: Layer,
    bytes: &[u8],
    meaning: impl Fn(usize) -> String,
) {
    let mut start = 0;
    while start < bytes.len() {
        let end = bytes.len().min(start + (32 - *at % 32) / 8);
        let name = if start == 0 { name.to_owned() } else { format!("{name} (cont.)") };
        let bits = bytes[start..end]
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| if byte >> bit & 1 == 1 { '1' } else { '0' }))
            .collect();
        cells.push(Cell { layer, name: vec![name], bits, meanings: (start..end).map(&meaning).collect() });
        *at += (end - start) * 8;
        start = end;
    }
}

fn opcode_name(opcode: u8) -> String {
    match opcode {
        0 => "contin.".to_owned(),
        1 => "text".to_owned(),
        2 => "binary".to_owned(),
        8 => "close".to_owned(),
        9 => "ping".to_owned(),
        10 => "pong".to_owned(),
        other => format!("{other}"),
    }
}
