//! What an image may weigh.

use serde::Deserialize;

use super::Weight;
use crate::text::units::Size;

/// Limits that a user sets: `[weigh]` in `plimsoll.toml`, and options of the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Budget {
    /// The whole image.
    pub max_size: Option<Size>,
    /// The wasted bytes.
    pub max_wasted: Option<Size>,
    /// What one instruction adds.
    pub max_layer: Option<Size>,
}

/// A limit that is exceeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excess {
    /// The line to report it at: an index of [`Weight::lines`].
    pub line: usize,
    /// One sentence, lower case, no full stop.
    pub message: String,
}

impl Budget {
    /// These limits where they are set, else those of `base`.
    #[must_use]
    pub fn merge(self, base: Self) -> Self {
        Self {
            max_size: self.max_size.or(base.max_size),
            max_wasted: self.max_wasted.or(base.max_wasted),
            max_layer: self.max_layer.or(base.max_layer),
        }
    }

    pub fn excesses(&self, weight: &Weight) -> Vec<Excess> {
        let mut found = Vec::new();
        let largest = |by: fn(&super::Line) -> u64| {
            let own = weight.lines.iter().enumerate().filter(|(_, line)| !line.origin.is_base);
            own.max_by_key(|(_, line)| by(line)).map_or(0, |(index, _)| index)
        };
        if let Some(most) = self.max_size.filter(|most| weight.bytes > most.0) {
            let message = format!("the image is {}, more than its budget of {most}", Size(weight.bytes));
            found.push(Excess { line: largest(|line| line.added), message });
        }
        if let Some(most) = self.max_wasted.filter(|most| weight.wasted > most.0) {
            let message = format!("{} are wasted, more than the budget of {most}", Size(weight.wasted));
            found.push(Excess { line: largest(|line| line.wasted), message });
        }
        if let Some(most) = self.max_layer {
            let own = weight.lines.iter().enumerate().filter(|(_, line)| !line.origin.is_base && line.added > most.0);
            found.extend(own.map(|(index, line)| Excess {
                line: index,
                message: format!("this step adds {}, more than its budget of {most}", Size(line.added)),
            }));
        }
        found
    }
}
