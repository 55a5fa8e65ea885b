//! What is worth knowing about a proxy when the capture has both of its sides.

use crate::layers::problem::faults;
use crate::layers::quoted::OwnWords;

faults! {
    /// Something that a proxy did, with the facts.
    pub enum Fault {
        /// A handshake that came through without what makes it one.
        #[error(
            "the proxy at {proxy} {deeds} (it received packet {asked} and sent packet {passed}), so the server sees an \
             ordinary request and can't switch to WebSocket"
        )]
        UpgradeDropped {
            /// Where the proxy is.
            proxy: OwnWords,
            /// What it did: "dropped Upgrade and Connection: Upgrade".
            deeds: OwnWords,
            /// The packet with what it was asked.
            asked: u64,
            /// The packet with what it asked.
            passed: u64,
        } => note "proxy-drops-upgrade", "RFC 9110 §7.6.1";
        /// A response that came when the proxy had answered 504 in its place.
        #[error(
            "this response came {late} after the proxy at {proxy} had answered 504 in its place (packet {answered}): \
             the proxy gave up too soon for it"
        )]
        AnsweredTooLate {
            /// Where the proxy is.
            proxy: OwnWords,
            /// How long after.
            late: OwnWords,
            /// The packet with the 504.
            answered: u64,
        } => note "answered-too-late", "RFC 9110 §15.6.5";
        /// A response that the client got long after the proxy did.
        #[error(
            "the proxy at {proxy} held the response back for {held}: the server began to send it in packet {began}"
        )]
        ResponseHeldBack {
            /// Where the proxy is.
            proxy: OwnWords,
            /// For how long.
            held: OwnWords,
            /// The packet with its first byte.
            began: u64,
        } => note "proxy-holds-back", "";
    }
}
