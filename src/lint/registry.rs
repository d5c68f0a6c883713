//! Every rule that can be named.

use std::sync::LazyLock;

use crate::finding::Entry;
use crate::{rules, shellcheck};

/// Every rule that can be named: ours, which are [`rules::ALL`], and after them ShellCheck's codes, each as a rule of its
/// own (see [`shellcheck`] for why).
pub fn all() -> &'static [Entry] {
    static EVERY: LazyLock<Vec<Entry>> = LazyLock::new(|| {
        let own = |code: &str| rules::ALL.iter().any(|entry| entry.meta.aka.contains(&code));
        rules::ALL.iter().copied().chain(shellcheck::entries(own)).collect()
    });
    &EVERY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::foreign_codes;

    #[test]
    fn names_in_tables_are_rules() {
        let is_rule = |name: &str| rules::ALL.iter().any(|entry| entry.meta.name == name);
        for name in rules::ALL.iter().flat_map(|entry| entry.instead_of).chain(foreign_codes::rules()) {
            assert!(is_rule(name), "there is no rule `{name}`");
        }
    }
}
