//! Programs that a command starts itself, and that have to be there as well.

use super::packages::{PackageKind, installs};
use crate::knowledge::command_lines::TAR_PACKERS;
use crate::knowledge::managers::Manager;
use crate::shell::{Arg, Command};
use crate::text::Span;

/// The programs, each with the place that asks for it. GNU's `tar` is meant; BusyBox's needs none.
pub fn helpers(command: &Command) -> Vec<(&'static str, Span)> {
    match command.name.as_str() {
        "tar" => packer(command).into_iter().collect(),
        "apt-key" if command.subcommand().is_some_and(|verb| verb.is("add") || verb.is("adv")) => {
            vec![("gpg", command.name_span)]
        }
        _ => {
            let of_language = |manager: Manager| {
                matches!(manager, Manager::Pip | Manager::Pipx | Manager::Uv | Manager::Npm | Manager::Yarn | Manager::Pnpm)
            };
            let Some(install) = installs(command).filter(|install| of_language(install.manager)) else { return Vec::new() };
            let repository = install.packages.iter().find(|package| package.kind == PackageKind::Vcs);
            repository.map(|package| ("git", package.span)).into_iter().collect()
        }
    }
}

fn packer(command: &Command) -> Option<(&'static str, Span)> {
    let letters = command.args.first().filter(|arg| is_cluster(arg));
    let unpacks = command.has_flag(&["-x", "--extract", "--get"]) || letters.is_some_and(|arg| arg.lexeme().contains('x'));
    let own = command.has_flag(&["-I", "--use-compress-program"]);
    
    TAR_PACKERS.iter().filter(|_| !own).find_map(|(flags, letter, ends, program)| {
        let asked = letters.filter(|arg| arg.lexeme().contains(*letter)).or_else(|| command.flag(flags));
        // What it unpacks, it looks at itself.
        let named = || {
            let is_named = |arg: &&Arg| unpacks && ends.iter().any(|end| arg.lexeme().ends_with(end));
            command.args.iter().find(is_named)
        };
        asked.or_else(named).map(|arg| (*program, arg.span))
    })
}

/// `xJf`: options as `tar` takes them without a dash.
fn is_cluster(arg: &Arg) -> bool {
    let letters = arg.lexeme();
    letters.len() < 8 && letters.starts_with(['x', 'c', 't']) && letters.bytes().all(|it| it.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::{Dialect, parse_script};

    #[test]
    fn programs_behind_programs() {
        for (text, want) in [
            ("tar -xJf a.tar", "xz"),
            ("tar xJf a.tar", "xz"),
            ("tar -xf a.tar.bz2", "bzip2"),
            ("tar --zstd -xf a", "zstd"),
            ("tar -xzf a.tgz", ""),
            ("tar -I zstd -xf a.zst", ""),
            ("tar -cf a.tar b.xz", ""),
            ("pip install git+https://example.com/a.git", "git"),
            ("pip install flask", ""),
            ("npm install git+https://example.com/a.git", "git"),
            ("apt-key add -", "gpg"),
            ("apt-key list", ""),
        ] {
            let commands = parse_script(text, 0, Dialect::Bash).commands;
            let found: Vec<&str> = helpers(&commands[0]).iter().map(|(program, _)| *program).collect();
            assert_eq!(found.join(" "), want, "{text}");
        }
    }
}
