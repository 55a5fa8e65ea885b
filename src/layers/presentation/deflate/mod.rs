//! permessage-deflate (RFC 7692): what the handshake agreed, and the inflating of the messages that follow.

mod extensions;
mod inflater;

pub use self::extensions::{
    Deflate, Extension, ExtensionFault, Negotiated, Parameter, beyond_the_offer, extensions, offer_faults,
};
pub use self::inflater::{DeflateError, Inflater, MAX_INFLATED_BYTES};
