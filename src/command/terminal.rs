//! Whether there is a terminal, and whether it is to be coloured.

use std::ffi::OsString;
use std::io::{IsTerminal, stderr, stdout};

use crate::command::args::{Color, Global};

pub(super) struct Terminal {
    /// Standard output is one.
    pub(super) out: bool,
    pub(super) color_out: bool,
    pub(super) color_err: bool,
}

impl Terminal {
    pub(super) fn new(global: &Global) -> Self {
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
fn color(choice: Color, terminal: bool, env: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name| env(name).filter(|value| !value.is_empty());
    let forced = |name| set(name).is_some_and(|value| value != "0");
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR").is_some() => false,
        Color::Auto if forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") => true,
        Color::Auto => terminal && env("TERM").as_deref() != Some("dumb"),
    }
}

/// The same choice for help and usage errors, which are printed before the arguments are understood.
pub(super) fn clap_color(args: &[OsString]) -> clap::ColorChoice {
    let mut choice = "auto";
    let args: Vec<_> = args.iter().map_while(|arg| arg.to_str().filter(|arg| *arg != "--")).collect();
    for (index, arg) in args.iter().enumerate() {
        choice = match arg.strip_prefix("--color") {
            Some("") => args.get(index + 1).copied().unwrap_or(choice),
            Some(value) => value.strip_prefix('=').unwrap_or(choice),
            None => choice,
        };
    }
    match choice {
        "always" => clap::ColorChoice::Always,
        "never" => clap::ColorChoice::Never,
        // clap knows the variables but FORCE_COLOR.
        _ if color(Color::Auto, false, |name| std::env::var(name).ok()) => clap::ColorChoice::Always,
        _ => clap::ColorChoice::Auto,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence() {
        for (choice, terminal, env, expected) in [
            (Color::Auto, true, &[][..], true),
            (Color::Auto, false, &[], false),
            (Color::Auto, true, &[("TERM", "dumb")], false),
            (Color::Auto, true, &[("NO_COLOR", "1")], false),
            (Color::Auto, true, &[("NO_COLOR", "")], true),
            (Color::Auto, false, &[("FORCE_COLOR", "1")], true),
            (Color::Auto, false, &[("CLICOLOR_FORCE", "0")], false),
            (Color::Auto, false, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
            (Color::Always, false, &[("NO_COLOR", "1")], true),
            (Color::Never, true, &[("FORCE_COLOR", "1")], false),
        ] {
            let get = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(color(choice, terminal, get), expected, "{choice:?} {terminal} {env:?}");
        }
    }
}
