//! Things that happen on a server over time, whether anybody asks or not.

use std::sync::{Arc, Once};
use std::time::Duration;

use tokio::sync::watch;

use super::Stage;
use crate::wire::Network;

/// A series of events, which begins when somebody first looks.
pub struct Schedule {
    network: Network,
    /// How long each comes after the one before.
    waits: Vec<Duration>,
    happened: watch::Sender<usize>,
    begun: Once,
}

impl Schedule {
    /// A schedule that has not begun.
    #[must_use]
    pub fn new(stage: &Stage, waits: impl Into<Vec<Duration>>) -> Arc<Self> {
        let (network, waits) = (stage.network.clone(), waits.into());
        Arc::new(Self { network, waits, happened: watch::Sender::new(0), begun: Once::new() })
    }

    /// How many have happened, now and from now on.
    pub fn follow(&self) -> watch::Receiver<usize> {
        self.begun.call_once(|| {
            let (network, waits, happened) = (self.network.clone(), self.waits.clone(), self.happened.clone());
            tokio::spawn(async move {
                for wait in waits {
                    network.sleep(wait).await;
                    happened.send_modify(|happened| *happened += 1);
                }
            });
        });
        self.happened.subscribe()
    }
}
