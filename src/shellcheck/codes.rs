//! ShellCheck's codes as rules.

use crate::finding::Level;
use crate::finding::{Entry, Fixable, Meta, Rule, is_shellcheck_code};

/// The rule for the codes that only the real ShellCheck finds.
pub(super) const OTHER: &str = "shellcheck-other";

const OTHER_PAGE: &str = "# shellcheck-other

ShellCheck finds something that plimsoll has no rule for, or a script is too long to be read.

## Why

The linter that is built in knows most of ShellCheck's codes, and each of them is a rule. With `shellcheck = \"external\"` \
ShellCheck itself reads the scripts; what it says under a code of which plimsoll has no page is reported under this name, \
with the code at the start of the message.

Scripts above 64 KiB, more than 1 MiB of scripts in one file, and the quotes of more than 256 variables in one script are not \
looked at: no person wrote them, and the time it takes grows faster than they do.

## See

- [ShellCheck's codes](https://www.shellcheck.net/wiki/)
";

/// Codes that say nothing about a Dockerfile, or nothing that is true.
const LEFT_OUT: [u32; 15] = [
    1008, 1071, 1082, 1128, 2096, 2148, 2187, 2239, // The first line: a RUN has none.
    1090, 1091, // What `source` brings: it is in the image.
    1011, 1133, 2089, 2090, 2215, // Found where they are not: see tests/oracle/README.md.
];

/// The codes as entries of the register, in order.
pub fn entries() -> Vec<Entry> {
    let mut entries = Vec::new();
    #[cfg(feature = "shellcheck")]
    {
        entries.extend(super::builtin::CODES.iter().filter_map(|(code, rule)| built_in::entry(*code, *rule)));
        // Should a later version of the linter know them, its own are kept.
        let own = super::extra::CODES.iter().filter(|own| !super::builtin::CODES.contains_key(&own.code));
        entries.extend(own.map(built_in::own));
        entries.sort_by_key(|entry| code(&entry.meta));
    }
    let rule = Rule::new(Level::Error, "0.1.0", &[]).fix(Fixable::Sometimes);
    entries.push(Entry::new("shell", OTHER, OTHER_PAGE, rule));
    entries
}

/// Whether the code has a rule of its own, or is not to have any.
pub(super) fn is_listed(code: u32) -> bool {
    #[cfg(feature = "shellcheck")]
    if super::builtin::CODES.contains_key(&code) || super::extra::CODES.iter().any(|own| own.code == code) {
        return true;
    }
    LEFT_OUT.contains(&code)
}

/// Whether the rule is one of ShellCheck's.
pub fn is_one(rule: &Meta) -> bool {
    rule.name == OTHER || code(rule).is_some() || rule.aka.iter().any(|name| is_shellcheck_code(name))
}

/// `2086`, if the rule stands for SC2086.
pub fn code(rule: &Meta) -> Option<u32> {
    rule.name.strip_prefix("SC")?.parse().ok()
}

/// ShellCheck's own page on what the rule stands for, if it stands for one of its codes.
pub fn url(rule: &Meta) -> Option<String> {
    code(rule).map(wiki)
}

fn wiki(code: u32) -> String {
    format!("https://www.shellcheck.net/wiki/SC{code}")
}

#[cfg(feature = "shellcheck")]
mod built_in {
    use shuck_linter::{Rule as Source, ShellCheckLevel, rule_metadata};

    use super::{LEFT_OUT, wiki};
    use crate::finding::Level;
    use crate::finding::{Entry, Fixable, Rule};

    /// Codes that ShellCheck itself has switched off.
    const OPTIONAL: [u32; 12] = [2002, 2230, 2244, 2248, 2249, 2250, 2292, 2310, 2311, 2312, 2335, 2352];

    /// Codes that are louder in ShellCheck: most of what they find in Dockerfiles is meant so. `A= B= cmd`, `echo done`,
    /// `else if`, `%{url}`, `make -j$(nproc)`, a list of one, `./installer-*.run`; `rm -rf "$DIR"/*` of a variable that `ENV` sets, and
    /// `export GNUPGHOME="$(mktemp -d)"` (a failure that matters is `masked-failure`).
    const CALMER: [u32; 9] = [1007, 1010, 1075, 1083, 2043, 2046, 2115, 2155, 2211];

    /// With its full stop.
    fn sentence(text: &str) -> String {
        let text = text.trim_end();
        if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
    }

    /// The entry of a code that is looked for by ourselves.
    pub(super) fn own(own: &super::super::extra::Code) -> Entry {
        let code = own.code;
        let see = format!("\n\n## See\n\n- [ShellCheck's page on SC{code}]({})\n", wiki(code));
        let page = format!("# SC{code}\n\n{}{see}", own.page);
        let fixable = if own.fixable { Fixable::Always } else { Fixable::Never };
        let rule = Rule::new(own.level, "0.1.0", &[]).fix(fixable);
        Entry::new("shell", format!("SC{code}").leak(), page.leak(), rule)
    }

    /// `None`: the code is left out.
    pub(super) fn entry(code: u32, source: Source) -> Option<Entry> {
        let about = rule_metadata(source)?;
        if LEFT_OUT.contains(&code) {
            return None;
        }
        let level = match about.shellcheck_level {
            _ if OPTIONAL.contains(&code) => Level::Off,
            _ if CALMER.contains(&code) => Level::Note,
            Some(ShellCheckLevel::Error) => Level::Error,
            Some(ShellCheckLevel::Warning) => Level::Warn,
            Some(ShellCheckLevel::Info | ShellCheckLevel::Style) | None => Level::Note,
        };
        let mut page = format!("# SC{code}\n\n{}\n\n## Why\n\n{}\n", sentence(about.description), about.rationale);
        if let Some(repair) = about.fix_description {
            page += &format!("\n## Repair\n\n{repair}\n");
        }
        page += &format!("\n## See\n\n- [ShellCheck's page on SC{code}]({})\n", wiki(code));
        let fixable = if about.fix_description.is_some() { Fixable::Sometimes } else { Fixable::Never };
        let rule = Rule::new(level, "0.1.0", &[]).fix(fixable);
        // Made once and kept as long as the program runs, as those of our own rules are.
        Some(Entry::new("shell", format!("SC{code}").leak(), page.leak(), rule))
    }
}
