//! ShellCheck's codes as rules.

use crate::finding::Level;
use crate::finding::{Entry, Fixable, Meta, Rule, is_shellcheck_code};

/// The rule for the codes that ShellCheck has and this table does not.
pub(super) const OTHER: &str = "shellcheck-other";

const OTHER_PAGE: &str = "# shellcheck-other

ShellCheck finds something that Plimsoll has no name for.

## Why

With `shellcheck = \"external\"`, ShellCheck itself reads the scripts. What it reports under a code that is not in Plimsoll's \
table is reported under this name, with the code at the start of the message.

## See

- [ShellCheck's codes](https://www.shellcheck.net/wiki/)
";

/// Codes that say nothing about a Dockerfile, or nothing that is true.
const LEFT_OUT: [u32; 15] = [
    1008, 1071, 1082, 1128, 2096, 2148, 2187, 2239, // The first line: a RUN does not have a shebang.
    1090, 1091, // What `source` brings: it is in the image.
    1011, 1133, 2089, 2090, 2215, // Found where they are not: see tests/oracle/README.md.
];

/// The codes of ShellCheck 0.11, as ranges from the first to the last.
#[rustfmt::skip]
const CODES: &[(u32, u32)] = &[
    (1000, 1001), (1003, 1004), (1007, 1012), (1014, 1021), (1026, 1029), (1033, 1147), (2000, 2084), (2086, 2133), (2135, 2335),
    (3000, 3057), (3059, 3063),
];

/// The codes that no rule has as an alias, as entries of the register, in order: only the program finds them.
pub fn entries(has_rule: impl Fn(&str) -> bool) -> Vec<Entry> {
    let rule = Rule::new(Level::Error, "0.1.0", &[]).fix(Fixable::Sometimes);
    let codes = CODES.iter().flat_map(|(first, last)| *first..=*last);
    let names = codes.filter(|code| !LEFT_OUT.contains(code)).map(|code| format!("SC{code}"));
    let mut entries: Vec<Entry> = names
        .filter(|name| !has_rule(name))
        .map(|name| {
            let page = format!(
                "# {name}\n\nFound only by `--shellcheck external`.\n\n## Why\n\nPlimsoll has no rule of its own for this code of \
                 ShellCheck. With `--shellcheck external` the program `shellcheck` reads the scripts, and reports it.\n\n## See\n\n- \
                 [ShellCheck: {name}](https://www.shellcheck.net/wiki/{name})\n"
            );
            // Made once and kept as long as the program runs, as those of our own rules are.
            Entry::new("shell", name.leak(), page.leak(), rule)
        })
        .collect();
    entries.push(Entry::new("shell", OTHER, OTHER_PAGE, rule));
    entries
}

/// Whether the code is in the table, or is not to be reported.
pub(super) fn is_listed(code: u32) -> bool {
    LEFT_OUT.contains(&code) || CODES.iter().any(|(first, last)| (*first..=*last).contains(&code))
}

/// Whether the rule stands for one or more of ShellCheck's codes.
pub fn is_one(rule: &Meta) -> bool {
    rule.name == OTHER || code(rule).is_some() || rule.aka.iter().any(|name| is_shellcheck_code(name))
}

/// `2086`, if the rule is the entry of SC2086.
pub fn code(rule: &Meta) -> Option<u32> {
    rule.name.strip_prefix("SC")?.parse().ok()
}

/// ShellCheck's own page on what the rule stands for, if it stands for one of its codes.
pub fn url(rule: &Meta) -> Option<String> {
    code(rule).map(|code| format!("https://www.shellcheck.net/wiki/SC{code}"))
}
