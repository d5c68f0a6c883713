//! Every rule that can be named.

use std::sync::LazyLock;

use crate::finding::Entry;
use crate::{rules, shellcheck};

/// Every rule that can be named: ours, which are [`rules::ALL`], and behind them ShellCheck's codes, each as a rule of its
/// own (see [`shellcheck`] for why).
pub fn all() -> &'static [Entry] {
    static EVERY: LazyLock<Vec<Entry>> = LazyLock::new(|| {
        let own = |code: &str| rules::ALL.iter().any(|entry| entry.meta.aka.contains(&code));
        rules::ALL.iter().copied().chain(shellcheck::entries(own)).collect()
    });
    &EVERY
}
