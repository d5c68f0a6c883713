//! Whether there is a terminal, and whether it is to be coloured.

use std::ffi::OsString;
use std::io::{IsTerminal, stderr, stdout};

use crate::command::options::{ColorChoice, GlobalOptions};
use crate::text::Variants;

pub(super) struct Terminal {
    /// Standard output is one.
    pub(super) out: bool,
    pub(super) color_out: bool,
    pub(super) color_err: bool,
}

impl Terminal {
    pub(super) fn new(global: &GlobalOptions) -> Self {
        let env = |name: &str| std::env::var(name).ok();
        let color = |tty| color(global.color, tty, env);
        Self {
            out: stdout().is_terminal(),
            color_out: color(stdout().is_terminal()),
            color_err: color(stderr().is_terminal()),
        }
    }
}

/// `--color`, then `NO_COLOR` (anything but empty: off), then `CLICOLOR_FORCE` and `FORCE_COLOR` (anything
/// but empty and `0`: on), then whether it is a terminal that can.
fn color(choice: ColorChoice, terminal: bool, env: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name| env(name).filter(|value| !value.is_empty());
    let forced = |name| set(name).is_some_and(|value| value != "0");
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR").is_some() => false,
        ColorChoice::Auto if forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") => true,
        ColorChoice::Auto => terminal && env("TERM").as_deref() != Some("dumb"),
    }
}

/// The same choice for help and usage errors, which are printed before the arguments are understood. `Auto`: as the
/// terminal allows.
pub(super) fn color_of_help(args: &[OsString]) -> ColorChoice {
    let mut choice = "auto";
    let args: Vec<_> = args.iter().map_while(|arg| arg.to_str().filter(|arg| *arg != "--")).collect();
    for (index, arg) in args.iter().enumerate() {
        choice = match arg.strip_prefix("--color") {
            Some("") => args.get(index + 1).copied().unwrap_or(choice),
            Some(value) => value.strip_prefix('=').unwrap_or(choice),
            None => choice,
        };
    }
    match ColorChoice::from_name(choice).unwrap_or_default() {
        // clap knows the variables except FORCE_COLOR.
        ColorChoice::Auto if color(ColorChoice::Auto, false, |name| std::env::var(name).ok()) => ColorChoice::Always,
        choice => choice,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence() {
        for (choice, terminal, env, expected) in [
            (ColorChoice::Auto, true, &[][..], true),
            (ColorChoice::Auto, false, &[], false),
            (ColorChoice::Auto, true, &[("TERM", "dumb")], false),
            (ColorChoice::Auto, true, &[("NO_COLOR", "1")], false),
            (ColorChoice::Auto, true, &[("NO_COLOR", "")], true),
            (ColorChoice::Auto, false, &[("FORCE_COLOR", "1")], true),
            (ColorChoice::Auto, false, &[("CLICOLOR_FORCE", "0")], false),
            (ColorChoice::Auto, false, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
            (ColorChoice::Always, false, &[("NO_COLOR", "1")], true),
            (ColorChoice::Never, true, &[("FORCE_COLOR", "1")], false),
        ] {
            let get = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(color(choice, terminal, get), expected, "{choice:?} {terminal} {env:?}");
        }
    }
}
