//! Ctrl-C when it ends the reading and not the program: what was read is still counted and shown.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_default};
use wire101::commands::Failure;

/// The signal from somebody at the terminal. Any other ends the program as usual.
pub const CTRL_C: &[i32] = &[SIGINT];

/// All the signals that ask a program to end: for a command that would otherwise never end.
#[cfg(unix)]
pub const ALL: &[i32] = &[SIGINT, SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
pub const ALL: &[i32] = &[SIGINT, SIGTERM];

/// Makes each of the signals set the flag. A second signal ends the program at once.
///
/// # Errors
///
/// If the system doesn't let the program handle signals.
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
