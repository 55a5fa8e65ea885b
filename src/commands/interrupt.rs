//! Ctrl-C where it ends what is being captured, not the program: what was captured is still counted and shown.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Has Ctrl-C, and whatever else asks the program to end, set the flag; asked a second time, it ends at once.
#[cfg(unix)]
pub(super) fn sets(flag: &Arc<AtomicBool>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::flag::{register, register_conditional_default};
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        register_conditional_default(signal, Arc::clone(flag))?;
        register(signal, Arc::clone(flag))?;
    }
    Ok(())
}

/// There, Ctrl-C ends the program.
#[cfg(not(unix))]
pub(super) fn sets(_: &Arc<AtomicBool>) -> io::Result<()> {
    Ok(())
}
