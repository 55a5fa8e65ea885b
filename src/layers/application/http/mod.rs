//! HTTP/1.x (RFC 9112): start lines, field lines, message framing; a decoder for one direction of a connection.
//!
//! Bytes in, items out: knows no packet, no connection and no other direction. What a response's framing needs to know of
//! its request is handed in.

pub mod annotate;
mod chunked;
mod content_type;
mod decoder;
mod field_line;
mod framing;
mod item;
mod lines;
mod names;
mod previous;
mod problems;
pub mod rules;
mod section;
mod start_line;
#[cfg(test)]
mod tests;
mod words;

pub use content_type::{is_endless, is_event_stream, media_type};
pub use decoder::{Decoder, MAX_SECTION};
pub use field_line::FieldLine;
pub use framing::{Framing, of_request, of_response};
pub use item::{Input, Item};
pub use names::{FieldName, NameSet};
pub use problems::{Fault, Missing, Then};
pub use rules::{
    RequestHead, Sniffer, coded_twice, is_part, is_part_of, judge_part, judge_request, judge_response, judge_trailers,
};
pub use section::{Fields, Head, elements};
pub(crate) use start_line::named_method;
pub use start_line::{Likeness, Parts, StartLine, is_token, likeness, sender};
