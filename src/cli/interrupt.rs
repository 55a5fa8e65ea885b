//! Ctrl-C where it ends what is being read, not the program: what was read is still counted and shown.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_default};
use wire101::commands::Failure;

/// What somebody at the terminal sends. All else ends the program as usual.
pub const CTRL_C: &[i32] = &[SIGINT];

/// Whatever asks a program to end: for one that has no end of its own.
#[cfg(unix)]
pub const ALL: &[i32] = &[SIGINT, SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
pub const ALL: &[i32] = &[SIGINT, SIGTERM];

/// Has each of the signals set the flag; sent a second time, it ends the program at once.
///
/// # Errors
///
/// If the system lets nobody know of signals.
pub fn sets(flag: &Arc<AtomicBool>, signals: &[i32]) -> Result<(), Failure> {
    let set = |signal| -> io::Result<()> {
        // In this order: only what was interrupted before is ended by the second.
        register_conditional_default(signal, Arc::clone(flag))?;
        register(signal, Arc::clone(flag))?;
        Ok(())
    };
    let set = signals.iter().try_for_each(|&signal| set(signal));
    set.map_err(|error| Failure::Run(format!("cannot wait for Ctrl-C: {error}")))
}
