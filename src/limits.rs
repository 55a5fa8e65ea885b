//! Every cap on memory and work, in one place: whatever a capture holds, this is the most that it can cost.
//!
//! What happens when a cap is reached stands beside it. Nothing is left out in silence: it is a problem, a count or an error
//! that says so. What a view keeps of bodies and payloads for itself is the view's own constant. Knows nothing else.

// Capture files.

/// The longest packet of a pcap file, in bytes, whatever the snapshot length: beyond it the file is damaged, an error.
pub const LONGEST_PACKET: u32 = 16 << 20;

/// The longest pcapng block that is held in memory, in bytes: beyond it, the same. Blocks that are skipped may be longer.
pub const LONGEST_BLOCK: u32 = 16 << 20;

/// How much memory the descriptions of all interfaces may take, in bytes: beyond it, the same.
pub const INTERFACES_LIMIT: usize = 16 << 20;

// Packets.

/// How many headers may stand inside one another, twice what the deepest tunnels in use come to: problem `damaged-packet`.
pub const MOST_HEADERS: usize = 32;

/// How many incomplete datagrams are kept; beyond it the oldest is forgotten, and its packets stay fragments in the counts.
pub const MOST_DATAGRAMS: usize = 1024;

/// How many bytes of them are kept, the bookkeeping included: beyond it, the same.
pub const MOST_BYTES: usize = 4 << 20;

/// How long the fragments of a datagram may be apart, in nanoseconds: 60 seconds (RFC 8200 §4.5). Identifications are
/// used again after that.
pub const LONGEST_WAIT: u64 = 60_000_000_000;

// Streams.

/// The most bytes that may wait out of order on one connection, both sides together: beyond it what they wait for is given
/// up, problem `missing-bytes`.
pub const MAX_WAITING_BYTES: usize = 1 << 20;

/// The most segments that may wait on one side; bounds the work of keeping them sorted. Beyond it, the same.
pub const MAX_WAITING_SEGMENTS: usize = 1024;

/// The most of a stream's first bytes that it takes to tell what they open; then they are named "unknown".
pub const MAX_OPENING: usize = 1024;

/// The most of a side's TLS handshake that is kept to find its hello in; what lies beyond is not named.
pub const MAX_HELLO: usize = 16 << 10;

/// The most protocols inside one another that are named.
pub const MAX_NESTED: usize = 8;

// Messages.

/// The longest header section, trailer section or chunk line that is read, in bytes; servers stop at 8 to 100 KiB. Beyond it:
/// problem `headers-too-long`.
pub const MAX_SECTION: usize = 256 << 10;

/// The most bytes of a stream that a view keeps until it is told what they are: all that the decoders wait for, and a
/// packet's worth. What is older is named nothing.
pub const MAX_UNNAMED: usize = MAX_SECTION + (128 << 10);

/// The most requests that may wait for their responses; the oldest is given up beyond that, and shown without one.
pub const MAX_UNANSWERED: usize = 1024;

/// The most bytes that an exchange which is over may hold and leave as room for the next; what holds more is freed.
pub const MAX_ROOM: usize = 16 << 10;

/// The most bytes that each coding of a content may decode to: 1 GiB. A body that is honestly larger is rare; one that
/// is a bomb would decode for hours. Beyond it: problem `coding-does-not-decode`.
pub const OUTPUT_LIMIT: u64 = 1 << 30;

/// The most codings that may be stacked, and two are a curiosity already. Beyond it, the same.
pub const STACK_LIMIT: usize = 4;

/// The largest window of zstd that the content coding allows: 8 MiB (RFC 9659 §3). Beyond it, the same.
pub const WINDOW_LIMIT: u64 = 8 << 20;

/// The most bytes that one WebSocket message may inflate to: 256 MiB, four times what common libraries accept. Beyond it:
/// problem `message-does-not-inflate`.
pub const MESSAGE_LIMIT: u64 = 256 << 20;

// State.

/// The most memory that all connections together may take, in bytes, roughly; beyond it the one that has been idle for
/// longest is forgotten: closed "evicted", and counted as such.
pub const BUDGET: usize = 24 << 20;

/// How long after its end a connection takes in stragglers (last acknowledgments, repeated FINs), in nanoseconds.
pub const LINGER: u64 = 30_000_000_000;

/// How many ended connections are remembered, so that what comes even later opens no new one.
pub const MAX_ENDED: usize = 4096;

// Views.

/// How many problems wait for their connections to match a filter. With more, those that come are passed on: too much is
/// shown then, never too little.
pub const MOST_PROBLEMS: usize = 4096;

/// How many bytes of frames wait for their messages to match a filter. Beyond that, messages alone are passed on.
pub const MOST_WAITING_FRAMES: usize = 4 << 20;

/// How much annotation remembers, in bytes. Beyond it payload is left without names, which is said.
pub const MOST_ANNOTATED: usize = 64 << 20;

/// How much a plan of what to blank may take, in bytes, roughly; what does not fit is blanked.
pub const MOST_PLANNED: usize = 64 << 20;
