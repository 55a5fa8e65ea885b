//! wire101 shows what HTTP and WebSocket put on the wire.
//!
//! Everything goes through one pipeline, whether it comes from a lesson, from the tutorial or from somebody's capture:
//!
//! ```text
//! packets ─▶ frames/IP ─▶ TCP segments ─▶ ordered streams ─▶ HTTP messages · WebSocket frames ─▶ exchanges ─▶ views
//! capture    layers::link  layers::        layers::           layers::application              inspect      render
//! wire       layers::network   transport       transport
//! ```
//!
//! Each module knows only the ones below it, so arrows between them point one way:
//!
//! - [`capture`] reads packets from files and writes them; [`wire`] makes them. Neither knows what's in them.
//! - `kernel` asks Linux for namespaces and for the packets of an interface.
//! - [`explain`] has what the specifications' registries say about status codes, field names, opcodes. It knows nothing else.
//! - [`layers`] has one module per OSI layer: what its bytes mean, and the state that it keeps. It knows only bytes, and what
//!   `explain` calls them.
//! - [`inspect`] is the pipeline: packets in, events out. It knows the layers.
//! - [`annotate`], [`filter`] and [`redact`] stand between the pipeline and a view: they name bytes, pass on what matches, and
//!   take out whatever may be secret.
//! - [`clocks`] finds out how far apart the clocks of several captures are.
//! - [`index`] knows where things are in a capture, and reads them again.
//! - [`peer`] has a real server and a real client for HTTP and WebSocket.
//! - [`compare`] lines up exchanges of several captures.
//! - [`lesson`] runs demonstrations on a wire and measures what the inspector found in them.
//! - [`tutorial`] leads people through the lessons: it asks questions and judges the answers.
//! - [`render`] draws what was found.
//! - [`commands`] has what the program's subcommands do. They write to a writer that they're given; nothing here prints, reads
//!   the environment or exits.
//! - [`limits`] has every cap on memory and work; [`moment`] defines what a time is; [`numbers`] writes counts, sizes and times
//!   for people.

pub mod annotate;
pub mod capture;
pub mod clocks;
pub mod commands;
pub mod compare;
pub mod explain;
pub mod filter;
pub mod index;
pub mod inspect;
#[cfg(target_os = "linux")]
mod kernel;
pub mod layers;
pub mod lesson;
pub mod limits;
pub mod moment;
pub mod numbers;
pub mod peer;
pub mod redact;
pub mod render;
pub mod tutorial;
pub mod wire;
