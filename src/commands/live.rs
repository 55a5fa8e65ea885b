//! What commands that talk over a real network share: a runtime, and a way to be told to end.

use std::io;

use tokio::runtime::{Builder, Runtime};

use super::Failure;

/// What asynchronous code runs on: this thread alone.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::Run(format!("the system can't wait for the network: {error}")))
}

/// Waits for Ctrl-C, or for a request to end (SIGTERM). From now on neither ends the program by itself, unless it comes again:
/// whatever the program is at then, even a write that nobody reads, that ends it.
///
/// # Errors
///
/// If the system does not let signals be caught.
#[cfg(unix)]
pub(super) fn interrupted() -> io::Result<impl Future<Output = ()>> {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::flag::{register, register_conditional_default};
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let asked = Arc::new(AtomicBool::new(false));
    for it in [SIGINT, SIGTERM] {
        // In this order: only what was interrupted before is ended by the second.
        register_conditional_default(it, Arc::clone(&asked))?;
        register(it, Arc::clone(&asked))?;
    }
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Waits for Ctrl-C.
///
/// # Errors
///
/// If the system does not let it be caught.
#[cfg(not(unix))]
pub(super) fn interrupted() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Where it cannot be waited for, it ends the program.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
