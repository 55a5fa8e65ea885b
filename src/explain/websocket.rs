//! Opcodes and close codes (IANA, WebSocket Opcode Registry and WebSocket Close Code Number Registry).

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use super::{method::yes_or_no, table};

pub(super) const OPCODE_DATA: &str = include_str!("data/opcodes.tsv");
pub(super) const CLOSE_CODE_DATA: &str = include_str!("data/close_codes.tsv");

static OPCODES: LazyLock<Vec<Opcode>> = LazyLock::new(|| table::load(OPCODE_DATA, Opcode::parse));
static CLOSE_CODES: LazyLock<Vec<CloseCode>> = LazyLock::new(|| table::load(CLOSE_CODE_DATA, CloseCode::parse));

/// An opcode, or a range of reserved ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opcode {
    /// The opcode; more than one where they are reserved.
    pub opcodes: RangeInclusive<u8>,
    /// What such a frame is called: "text", "ping".
    pub name: &'static str,
    /// Whether it is a control frame's (RFC 6455 §5.5).
    pub control: bool,
    /// What defines it.
    pub clause: &'static str,
    /// What it is for.
    pub meaning: &'static str,
}

impl Opcode {
    fn parse([opcodes, name, control, clause, meaning]: [&'static str; 5]) -> Option<Self> {
        Some(Self { opcodes: table::range(opcodes)?, name, control: yes_or_no(control)?, clause, meaning })
    }
}

/// What the registry says of an opcode; `None` above 15, which four bits cannot say.
#[must_use]
pub fn opcode(opcode: u8) -> Option<&'static Opcode> {
    table::find(&OPCODES, opcode, |entry| &entry.opcodes)
}

/// All opcodes, in ascending order.
#[must_use]
pub fn opcodes() -> &'static [Opcode] {
    &OPCODES
}

/// A close code, or a range of codes kept for one use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseCode {
    /// The code; more than one where the range has one use.
    pub codes: RangeInclusive<u16>,
    /// Its name; in parentheses where it is not one but a note: "(Private use)".
    pub name: &'static str,
    /// Who may send it in a close frame.
    pub sender: CloseSender,
    /// What defines it.
    pub clause: &'static str,
    /// What it says.
    pub meaning: &'static str,
}

/// Who may send a close code in a close frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloseSender {
    /// Client and server.
    Either,
    /// Only clients have a use for it.
    Client,
    /// Only servers have a use for it.
    Server,
    /// It must not be on the wire.
    Nobody,
}

impl CloseCode {
    fn parse([codes, name, sender, clause, meaning]: [&'static str; 5]) -> Option<Self> {
        let sender = match sender {
            "either" => CloseSender::Either,
            "client" => CloseSender::Client,
            "server" => CloseSender::Server,
            "nobody" => CloseSender::Nobody,
            _ => return None,
        };
        Some(Self { codes: table::range(codes)?, name, sender, clause, meaning })
    }
}

/// What the registry says of a close code. Every number is in some range, so there is always an answer in practice.
#[must_use]
pub fn close_code(code: u16) -> Option<&'static CloseCode> {
    table::find(&CLOSE_CODES, code, |entry| &entry.codes)
}

/// All close codes, in ascending order.
#[must_use]
pub fn close_codes() -> &'static [CloseCode] {
    &CLOSE_CODES
}
