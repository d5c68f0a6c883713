//! File modes as `chmod` takes them, and the commands that set them.

use super::{Arg, Command};

/// The mode a command gives to files: the first operand of `chmod`, `-m` of `install` and `mkdir`.
pub fn mode(command: &Command) -> Option<Arg> {
    match command.name.as_str() {
        // `chmod -w` looks like a flag, and takes away anyhow.
        "chmod" if command.has_flag(&["--reference"]) => None,
        "chmod" => command.operands().next().cloned(),
        "install" | "mkdir" | "mkfifo" => command.flag_value(&["-m", "--mode"]),
        _ => None,
    }
}

/// The files that `chmod`, `chown` or `chgrp` is given.
pub fn targets(command: &Command) -> impl Iterator<Item = &Arg> {
    let by_reference = command.has_flag(&["--reference"]);
    let skip = match command.name.as_str() {
        "chmod" | "chown" | "chgrp" => usize::from(!by_reference),
        _ => usize::MAX,
    };
    command.operands().skip(skip)
}

/// Whether everybody may write afterwards, for sure, and no sticky bit keeps them from each other's files.
pub fn is_world_writable(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|byte| matches!(byte, b'0'..=b'7')) {
        let mode = u32::from_str_radix(mode, 8).unwrap_or_default();
        return mode & 0o1002 == 0o2;
    }
    let (mut write, mut sticky) = (false, false);
    for clause in mode.split(',') {
        let Some(at) = clause.find(['+', '-', '=']) else { return false };
        let (who, change) = clause.split_at(at);
        // Without `u`, `g`, `o`, `a` the umask decides, and it usually keeps others from writing.
        let others = who.contains(['o', 'a']);
        let mut sign = '+';
        for char in change.chars() {
            match char {
                '+' | '-' => sign = char,
                '=' => {
                    sign = char;
                    write &= !others;
                }
                'w' if others => write = sign != '-',
                't' => sticky = sign != '-',
                _ => {}
            }
        }
    }
    write && !sticky
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_write() {
        for mode in ["777", "0777", "666", "2777", "a+w", "o+w", "ugo+rwx", "a=rwx", "u+x,o+w", "go=rw", "a+rwX"] {
            assert!(is_world_writable(mode), "{mode}");
        }
        for mode in [
            "755",
            "1777",
            "0775",
            "+x",
            "+w",
            "+rwx",
            "go-w",
            "a+w,o-w",
            "a+rwxt",
            "u=rwx,go=rx",
            "g+w",
            "",
            "x",
            "o=u",
            "99999999999",
        ] {
            assert!(!is_world_writable(mode), "{mode}");
        }
    }
}
