//! One thing seen through all the layers: OSI's name, the TCP/IP model's name, and what the bytes say.

use crate::layers::Layer;

/// What the bytes say on one layer.
#[derive(Clone, Debug)]
pub struct LayerRow {
    /// The layer.
    pub layer: Layer,
    /// What they say there: one line, of any length.
    pub text: String,
}

impl LayerRow {
    /// A row.
    #[must_use]
    pub fn new(layer: Layer, text: impl Into<String>) -> Self {
        Self { layer, text: text.into() }
    }
}

/// Layers, in the order given.
#[derive(Clone, Debug)]
pub struct Layers {
    pub(in crate::render) rows: Vec<LayerRow>,
    /// Those that it is about; of others it is enough to see what would be there.
    pub(in crate::render) about: Vec<Layer>,
}

impl Layers {
    /// Layers that are all of interest.
    #[must_use]
    pub fn new(rows: Vec<LayerRow>) -> Self {
        Self { rows, about: Layer::TOP_DOWN.into() }
    }

    /// Layers, some of them of interest.
    #[must_use]
    pub fn about(rows: Vec<LayerRow>, about: &[Layer]) -> Self {
        Self { rows, about: about.into() }
    }
}
