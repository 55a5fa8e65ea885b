//! wire101 shows what HTTP and WebSocket put on the wire.
//!
//! One pipeline runs through the crate, and every door (a lesson, a stranger's capture, the tutorial) enters it:
//!
//! ```text
//! packets ─▶ frames/IP ─▶ TCP segments ─▶ ordered streams ─▶ HTTP messages · WebSocket frames ─▶ exchanges ─▶ views
//! capture    layers::link  layers::        layers::           layers::application              inspect      render
//! wire       layers::network   transport       transport
//! ```
//!
//! The modules are the layers; arrows between them point one way:
//!
//! - [`capture`] moves packets in and out of files; [`wire`] makes them. Neither knows what is in them.
//! - `kernel` asks Linux for namespaces and for the packets of an interface.
//! - [`explain`] holds what the specifications' registries say: status codes, field names, opcodes. It knows nothing else.
//! - [`layers`] holds one module per OSI layer: what its bytes mean, and the state the layer keeps. It knows bytes only,
//!   and for naming them what is explained.
//! - [`inspect`] is the pipeline: packets in, events out. It knows the layers.
//! - [`annotate`], [`filter`] and [`redact`] stand between the pipeline and a view: they name bytes, pass on what matches, and
//!   take out what may be secret.
//! - [`clocks`] says by how much the clocks of several captures differ.
//! - [`index`] knows where in a capture things are, and reads them again.
//! - [`peer`] is real ends of connections: a server and a client of HTTP and WebSocket.
//! - [`compare`] lines up exchanges of several captures.
//! - [`lesson`] runs demonstrations on a wire and measures what the inspector found in them.
//! - [`tutorial`] leads through the lessons: it asks, and takes answers.
//! - [`render`] draws what was found.
//! - [`commands`] is what the program's subcommands do. They write to the writer they are given; nothing here prints, reads the
//!   environment or exits.
//! - [`limits`] has every cap on memory and work; [`moment`] is what a time is; [`numbers`] writes counts, sizes and times as
//!   people read them.

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
