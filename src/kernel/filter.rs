//! Which packets the kernel hands over at all: a program of the classic Berkeley Packet Filter that it runs on each.

use socket2::SockFilter;

/// Loads a word from this offset, into the accumulator (`BPF_LD | BPF_W | BPF_ABS`).
const LOAD_WORD: u16 = 0x20;
/// Jumps by whether the accumulator is this number (`BPF_JMP | BPF_JEQ | BPF_K`).
const IS: u16 = 0x15;
/// Ends it, with how many bytes of the packet are handed over (`BPF_RET | BPF_K`).
const RETURN: u16 = 0x06;

/// Where the kernel has whether a packet comes or goes (`SKF_AD_OFF + SKF_AD_PKTTYPE`).
const DIRECTION: u32 = 0xffff_f000 + 4;
/// It goes out (`PACKET_OUTGOING`).
const OUTGOING: u32 = 4;

/// What is handed over.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    incoming: bool,
}

impl Filter {
    /// What the interface receives, not what it sends: on a loopback that is the same, once more.
    #[must_use]
    pub fn incoming() -> Self {
        Self { incoming: true }
    }

    /// The program.
    pub(super) fn program(&self) -> Vec<SockFilter> {
        let mut program = Vec::new();
        if self.incoming {
            program.push(SockFilter::new(LOAD_WORD, 0, 0, DIRECTION));
            program.push(SockFilter::new(IS, 0, 1, OUTGOING));
            program.push(SockFilter::new(RETURN, 0, 0, 0));
        }
        program.push(SockFilter::new(RETURN, 0, 0, u32::MAX));
        program
    }
}
