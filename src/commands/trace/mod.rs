//! `wire101 trace`: runs a command in its own network, and explains what crosses that network meanwhile.
//!
//! The command keeps its own input, output and exit status; the explanation goes elsewhere.

#[cfg(target_os = "linux")]
mod family;
#[cfg(target_os = "linux")]
mod run;
#[cfg(target_os = "linux")]
mod tried;

use std::ffi::OsString;
use std::path::PathBuf;

use super::Failure;
use super::inspect::Inspect;
use super::log::Log;
use crate::render::style::Style;

/// The exit status for a failure of our own: no status of the command's, if it keeps to what is usual.
pub const OWN_FAILURE: u8 = 125;

/// What `trace` was asked for.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The command and its arguments.
    pub command: Vec<OsString>,
    /// Where it is looked for, as PATH has it, to tell why it is not found.
    pub path: Option<OsString>,
    /// Where to write every packet.
    pub save: Option<PathBuf>,
    /// What to show; its `file` is what to call it.
    pub asked: Inspect,
}

/// Runs the command to its end, and says what crossed its network meanwhile; returns the exit status to end with.
///
/// Explanations go to the log; remarks about the run itself, too, unless the log is for programs to read: then to `remarks`.
///
/// # Errors
///
/// If there can be no such network, or what crossed it cannot be shown or saved. Whatever went wrong once the command
/// ran, it ran to its end. The exit status for that is [`OWN_FAILURE`].
#[cfg(target_os = "linux")]
pub fn trace(asked: &Trace, log: &Log, remarks: &Log, style: Style<'static>) -> Result<u8, Failure> {
    run::trace(asked, log, remarks, style)
}

/// There are no network namespaces but Linux's.
///
/// # Errors
///
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn trace(_: &Trace, _: &Log, _: &Log, _: Style) -> Result<u8, Failure> {
    let why = "trace needs Linux's network namespaces. What works: capture with `tcpdump -i any -w FILE`, and then \
               `wire101 inspect FILE`; or run wire101 and the command in a Linux container or virtual machine";
    Err(Failure::Run(why.to_owned()))
}
