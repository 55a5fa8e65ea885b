//! What a lesson says about its wires: what they're usually like, and which side's wire stays the same whatever is asked for.

use std::time::Duration;

use crate::wire::Settings;

/// Settings of a wire, as far as a lesson makes them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WireSettings {
    /// The time there and back, in milliseconds.
    pub rtt_ms: Option<u64>,
    /// How many frames in a hundred are lost.
    pub loss_percent: Option<f64>,
}

impl WireSettings {
    /// Whether it makes any.
    #[must_use]
    pub fn is_set(&self) -> bool {
        *self != Self::default()
    }

    /// These settings, and the others from `settings`.
    #[must_use]
    pub fn over(&self, settings: Settings) -> Settings {
        Settings {
            rtt: self.rtt_ms.map_or(settings.rtt, Duration::from_millis),
            loss: self.loss_percent.unwrap_or(settings.loss),
            ..settings
        }
    }
}
