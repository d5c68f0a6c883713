//! Finds versions that the shell reads as a redirection: `pip install a>=1`.

use crate::commands::packages::installs;
use crate::finding::prelude::*;
use crate::shell::{Arg, Redirect};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&[], check)])
    .fix(Fixable::Sometimes)
    // The version is there, and the redirection is not meant.
    .instead_of(&[
        "competing-redirects", "unpinned-apk-package", "unpinned-apt-package", "unpinned-dnf-package", "unpinned-gem",
        "unpinned-npm-package", "unpinned-pip-package", "unpinned-yum-package", "unpinned-zypper-package",
    ]);

fn check(command: &Command, _: &Step<'_>, cx: &Cx<'_>) {
    if command.redirects.is_empty() || installs(command).is_none() {
        return;
    }
    for redirect in &command.redirects {
        let Some(version) = version(redirect) else { continue };
        let before = command.args.iter().rfind(|arg| arg.span.end() <= redirect.span.start());
        let Some(package) = before.filter(|arg| is_package(arg)) else { continue };
        let glued = package.span.end() == redirect.span.start();
        // `a >=1` and `a>1`; `a > 1` is a redirection.
        if !glued && !version.starts_with('=') {
            continue;
        }
        let written = cx.text(package.span.cover(redirect.span)).replace('`', "'");
        let message = match redirect.operator.as_str() {
            "<" => format!("`{written}` reads from a file named `{version}`: the shell treats `<` as a redirection"),
            _ => format!("`{written}` writes to a file named `{version}` and installs any version"),
        };
        let mut found = cx.report(package.span.cover(redirect.span), message);
        found.help(format!("quote it: `\"{}\"`", written.replace(' ', "")));
        if glued && !written.contains(['"', '\'', '$', '\\']) {
            let quotes = [Edit::insert(package.span.start(), "\""), Edit::insert(redirect.span.end(), "\"")];
            found.fix(Fix::new(Safety::Unsafe, "quote the requirement", quotes));
        }
    }
}

/// The target of a redirection that looks like a version: `=1.0`, `2.1`.
fn version(redirect: &Redirect) -> Option<&str> {
    if !matches!(redirect.operator.as_str(), ">" | "<") {
        return None;
    }
    let target = redirect.target.as_ref()?.text.as_deref()?;
    let number = target.strip_prefix('=').unwrap_or(target);
    let number = number.split(',').next().unwrap_or_default();
    let is_number = number.starts_with(|char: char| char.is_ascii_digit())
        && number.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".*+-~:".contains(&byte))
        && !number.rsplit('.').next().is_some_and(|end| end.starts_with(|char: char| char.is_ascii_alphabetic()));
    is_number.then_some(target)
}

fn is_package(arg: &Arg) -> bool {
    arg.raw.starts_with(|char: char| char.is_ascii_alphabetic() || matches!(char, '@' | '"' | '\''))
}
