//! Which rules' fixes are offered, and as how safe they count.

use std::collections::HashMap;

use super::select::Selector;
use crate::finding::{Diagnostic, Entry, Safety};

/// What one place, the configuration or the command line, says about fixes.
#[derive(Clone, Debug, Default)]
pub struct FixSelection {
    /// Only the fixes of these rules.
    pub fixable: Option<Vec<Selector>>,
    /// Not the fixes of these rules.
    pub unfixable: Vec<Selector>,
    /// The unsafe fixes of these rules count as safe.
    pub extend_safe: Vec<Selector>,
    /// The safe fixes of these rules count as unsafe.
    pub extend_unsafe: Vec<Selector>,
}

/// What becomes of the fixes of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixPolicy {
    Never,
    /// They count as this safe, except those that are only shown.
    As(Safety),
}

impl FixSelection {
    /// These settings where they are set, else those of `base`.
    #[must_use]
    pub fn merge(self, base: Self) -> Self {
        let or = |own: Vec<Selector>, base: Vec<Selector>| if own.is_empty() { base } else { own };
        Self {
            fixable: self.fixable.or(base.fixable),
            unfixable: or(self.unfixable, base.unfixable),
            extend_safe: or(self.extend_safe, base.extend_safe),
            extend_unsafe: or(self.extend_unsafe, base.extend_unsafe),
        }
    }

    /// What it says about a rule, if anything. Of two lists that fit, the more specific selector counts.
    pub fn policy(&self, entry: &Entry) -> Option<FixPolicy> {
        let closest = |selectors: &[Selector]| selectors.iter().filter_map(|selector| selector.fits(entry)).max();
        let on = self.fixable.as_deref().map(closest);
        let off = closest(&self.unfixable);
        if on == Some(None) || off.is_some() && off >= on.flatten() {
            return Some(FixPolicy::Never);
        }
        let (safe, doubtful) = (closest(&self.extend_safe), closest(&self.extend_unsafe));
        match doubtful >= safe {
            true => doubtful.map(|_| FixPolicy::As(Safety::Unsafe)),
            false => Some(FixPolicy::As(Safety::Safe)),
        }
    }
}

/// Takes fixes away, or changes how safe they count as. A fix that is only shown stays so.
pub(super) fn apply(policies: &HashMap<&'static str, FixPolicy>, found: &mut [Diagnostic]) {
    if policies.is_empty() {
        return;
    }
    for diagnostic in found {
        let Some(policy) = policies.get(diagnostic.rule.name) else { continue };
        let change = |safety: &mut Safety| match policy {
            FixPolicy::As(other) if *safety != Safety::Display => *safety = *other,
            _ => {}
        };
        match policy {
            FixPolicy::Never => (diagnostic.fix, diagnostic.plan) = (None, None),
            FixPolicy::As(_) => {
                diagnostic.fix.iter_mut().for_each(|fix| change(&mut fix.safety));
                diagnostic.plan.iter_mut().for_each(|plan| change(&mut plan.safety));
            }
        }
    }
}
