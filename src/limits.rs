//! Every cap on the engine's memory and work, in one place: whatever a capture holds, this is the most that it can cost.
//!
//! What happens when a cap is reached stands beside it. Nothing is left out in silence: the program reports a problem, a
//! count or an error. What stays elsewhere is what a format itself says (a record's length, a window), how much is read at a
//! time, and what a view keeps for itself. This module knows nothing else.

// Capture files.

/// The longest packet of a pcap file, in bytes, whatever the snapshot length: beyond it the file is damaged, an error.
pub const LONGEST_PACKET: u32 = 16 << 20;

/// The longest pcapng block that is held in memory, in bytes: beyond it, the same. Blocks that are skipped may be longer.
pub const LONGEST_BLOCK: u32 = 16 << 20;

/// How much memory the descriptions of all interfaces may take, in bytes: beyond it, the same.
pub const MAX_INTERFACE_BYTES: usize = 16 << 20;

/// How many captures may be read as one: more are refused. Their order needs a byte for each packet.
pub const MAX_CAPTURES: usize = 256;

/// How many of them may be open while nothing is read from them: of more, those that can be opened again are, when their time
/// comes.
pub const MAX_OPEN_CAPTURES: usize = 16;

/// How many packets of captures that are read as one are remembered by the capture that each is of, a byte each: those beyond it
/// have their numbers in the whole alone, which says so.
pub const MAX_NAMED_PACKETS: u64 = 64 << 20;

/// How many packets of captures that are read as one are compared, to find out whether their clocks differ: of more, those that
/// hash to certain values.
pub const MAX_COMPARED_PACKETS: usize = 1 << 18;

/// How many exchanges of each are compared: later ones are not.
pub const MAX_COMPARED_EXCHANGES: usize = 4096;

// Packets.

/// How many headers may stand inside one another, twice what the deepest tunnels in use come to: problem `damaged-packet`.
pub const MOST_HEADERS: usize = 32;

/// How many attributes of NFLOG are looked at for the packet; the kernel has under thirty kinds. Beyond it there is none.
pub const MAX_NFLOG_ATTRIBUTES: usize = 64;

/// How many incomplete datagrams are kept; beyond it the oldest is forgotten, and its packets stay fragments in the counts.
pub const MAX_DATAGRAMS: usize = 1024;

/// How many bytes of them are kept, the bookkeeping included: beyond it, the same.
pub const MAX_FRAGMENT_BYTES: usize = 4 << 20;

/// How long the fragments of a datagram may be apart, in nanoseconds: 60 seconds (RFC 8200 §4.5). After that, senders may
/// use its identification again.
pub const FRAGMENT_TIMEOUT: u64 = 60_000_000_000;

// Streams.

/// How many packets of a connection may pass before a hole is given up whose bytes its receiver has acknowledged: problem
/// `missing-bytes`. Captures from several queues shuffle neighbours, rarely anything farther apart.
pub const HOLE_PATIENCE: u32 = 32;

/// The most bytes that may wait out of order on one connection, both sides together: beyond it what they wait for is given
/// up, the same problem.
pub const MAX_WAITING_BYTES: usize = 1 << 20;

/// The most segments that may wait on one side; bounds the work of keeping them sorted. Beyond it, the same.
pub const MAX_WAITING_SEGMENTS: usize = 1024;

/// How many waiting segments before a position are looked at for one that reaches over it. An overlap with an earlier one
/// isn't noticed.
pub const MAX_LOOK_BACK: usize = 16;

/// How far a segment's numbers may be from what is known of a connection's streams, in bytes, if it comes on another VLAN or
/// through another tunnel: farther, and it's of another connection between the same addresses.
pub const MAX_SEQUENCE_DISTANCE: i64 = 16 << 20;

/// How many segments of each stream are remembered, to compare repetitions with. Repetitions of earlier ones are taken for
/// what they were.
pub const MAX_REMEMBERED_SEGMENTS: usize = 16;

/// How many bytes a segment may have to be compared whole, as requests and messages are.
pub const MAX_COMPARED_WHOLE: usize = 512;

/// How many bytes at each end of a longer segment are compared, so that bulk data costs no more than a request does.
pub const MAX_COMPARED_ENDS: usize = 128;

/// The most of a stream's first bytes that it takes to tell what they open; then they are named "unknown".
pub const MAX_OPENING: usize = 1024;

/// The most of a side's TLS handshake that is kept to find its hello in; what lies beyond is not named.
pub const MAX_HELLO: usize = 16 << 10;

/// The most protocols (ALPN) of a TLS offer that are named; the others are left out.
pub const MAX_OFFERED_PROTOCOLS: usize = 8;

/// The most protocols inside one another that are named.
pub const MAX_NESTED: usize = 8;

// Messages.

/// The longest header section, trailer section or chunk line that is read, in bytes; servers stop at 8 to 100 KiB. Beyond it:
/// problem `headers-too-long`.
pub const MAX_SECTION: usize = 256 << 10;

/// The longest head of a message, in bytes, that is kept to compare the next one with.
pub const MAX_REPEATED_HEAD: usize = 4 << 10;

/// How far a line is looked into for a start line where the middle of a stream has to tell what it is. A longer line is
/// taken for something else.
pub const MAX_START_LINE: usize = 8 << 10;

/// How much of what follows a WebSocket close frame is searched for the end of an HTTP start line, in bytes. Beyond it, it
/// counts as data that isn't a frame.
pub const MAX_LINE_AFTER_CLOSE: usize = 1000;

/// The most bytes of a stream that a view keeps until it is told what they are: all that the decoders wait for, and a
/// packet's worth. What is older is named nothing.
pub const MAX_UNNAMED: usize = MAX_SECTION + (128 << 10);

/// How many of the first bytes of what belongs to no message are told; the rest is counted.
pub const MAX_STRAY_BYTES: usize = 2 << 10;

/// The most requests that may wait for their responses; the oldest is given up beyond that, and shown without one.
pub const MAX_UNANSWERED: usize = 1024;

/// The most interim responses of an exchange that are kept, two of which are a rarity. Beyond it the latest takes the place of
/// the one before it: note `many-interim-responses`, which counts them.
pub const MAX_INTERIM: usize = 32;

/// The most bytes that an exchange or message which is over may hold and leave as room for the next; what holds more is
/// freed.
pub const MAX_SPARE_BYTES: usize = 16 << 10;

/// The most bytes that each coding of a content may decode to: 1 GiB. A body that is honestly larger is rare; one that
/// is a bomb would decode for hours. Beyond it: problem `coding-does-not-decode`.
pub const MAX_DECODED_BYTES: u64 = 1 << 30;

/// The most codings that may be stacked, and two are a curiosity already. Beyond it, the same.
pub const MAX_CODINGS: usize = 4;

/// The largest window of zstd that the content coding allows: 8 MiB (RFC 9659 §3). Beyond it, the same.
pub const MAX_ZSTD_WINDOW: u64 = 8 << 20;

/// The most bytes that one WebSocket message may inflate to: 256 MiB, four times what common libraries accept. Beyond it:
/// problem `message-does-not-inflate`.
pub const MAX_INFLATED_BYTES: u64 = 256 << 20;

/// The same for a message that somebody pasted: 1 MiB.
pub const MAX_PASTED_BYTES: u64 = 1 << 20;

/// The most name and value pairs that are read out of one body or field; the others are left out.
pub const MAX_PAIRS: usize = 200;

// State.

/// The most memory that all connections together may take, in bytes, roughly; beyond it the one that has been idle for
/// longest is forgotten: closed "evicted", and counted as such.
pub const MAX_STATE_BYTES: usize = 24 << 20;

/// How long after its end a connection takes in stragglers (last acknowledgments, repeated FINs), in nanoseconds.
pub const ENDED_TIMEOUT: u64 = 30_000_000_000;

/// How many ended connections are remembered, so that what comes even later opens no new one.
pub const MAX_ENDED: usize = 4096;

// Reading again.

/// How far apart the checkpoints of an index are at first, in bytes of the capture.
pub const CHECKPOINT_INTERVAL: u64 = 1 << 20;

/// The most checkpoints that an index keeps, each of about 60 bytes. Beyond it every second is dropped: there is more to be read
/// again then.
pub const MAX_CHECKPOINTS: usize = 4096;

/// How much of what a compressed capture decompresses to is put aside, in bytes, to be read again from there. Beyond it, it's
/// decompressed again instead.
pub const MAX_SPOOLED: u64 = 4 << 30;

// What views ask for.

/// How many problems wait for their connections to match a filter. With more, those that come are passed on: too much is
/// shown then, never too little.
pub const MAX_WAITING_PROBLEMS: usize = 4096;

/// How many bytes of frames wait for their messages to match a filter. Beyond that, messages alone are passed on.
pub const MAX_WAITING_FRAME_BYTES: usize = 4 << 20;

/// How much of each body and payload a filter's condition on its text looks into, in bytes; the pipeline must be asked to
/// keep as much. Text beyond it doesn't match.
pub const MAX_SEARCHED_TEXT: usize = 64 << 10;

/// How many packets of a file get a comment; the others get none.
pub const MAX_COMMENTED_PACKETS: usize = 1 << 14;

/// How much annotation remembers, in bytes. Beyond it payload is left without names, which is said.
pub const MOST_ANNOTATED: usize = 64 << 20;

/// In how many places the bytes of a line or a header may lie whose parts are named in each of the packets: a section as long as
/// [`MAX_SECTION`] fills fewer. Beyond it a packet's bytes are named as a whole.
pub const MAX_NAMED_RUNS: usize = 256;

/// How many messages of an exchange, and how many elements of each, are named from its beginning, and as many from its end, where
/// it's shown as a whole. Those between them are counted.
pub const MAX_NAMED: usize = 32;

/// How much of a derived stream (a body with its codings undone, an inflated message) is kept to be shown, in bytes. Of a
/// longer one it's what came of the packets that are looked at. What is left out is counted.
pub const MAX_DERIVED: usize = 64 << 10;

/// In how many places the bytes may lie that a derived stream is made from, if it is to be kept whole. Beyond it, the same.
pub const MAX_PLACES: usize = 4096;

/// How much of all of them is kept, in bytes, roughly. Beyond it, the same.
pub const MOST_DERIVED: usize = 8 << 20;

/// How much a plan of what to blank may take, in bytes, roughly; what does not fit is blanked.
pub const MOST_PLANNED: usize = 64 << 20;

/// How many pings of a side are remembered that wait for their pongs: beyond it the oldest is forgotten, and its pong answers
/// nothing.
pub const MAX_WAITING_PINGS: usize = 64;

/// How many answers to HEAD are remembered on a connection, to compare with GET's: beyond it the oldest is forgotten.
pub const MAX_HEADS: usize = 16;

/// How many notes are remembered, to tell which say again what was said of the same server: beyond it each stands alone.
pub const MAX_NOTES_SAID: usize = 1024;

// Hops.

/// How many exchanges are remembered that wait for their ends, to tell which are the same on two connections: beyond it the
/// oldest is forgotten, and a copy of it stands alone.
pub const MAX_WAITING_REQUESTS: usize = 1024;

/// How many of them may ask for the same at the same time: which of so many was passed on isn't told.
pub const MAX_ALIKE: usize = 8;

/// How many bytes of exchanges wait for their copies to end, to be compared. Beyond it, nothing is told of them.
pub const MAX_HOP_BYTES: usize = 4 << 20;
