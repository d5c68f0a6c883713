//! File modes as `chmod` takes them, and the commands that set them.

use crate::shell::{Arg, Command};

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

/// Whether a mode lets the owner do what it does not let others: run or read a file.
pub fn is_for_owner(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|byte| matches!(byte, b'0'..=b'7')) {
        let mode = u32::from_str_radix(mode, 8).unwrap_or_default();
        return (mode >> 6) & 0o5 & !mode != 0;
    }
    let mut clauses = mode.split(',');
    clauses.any(|clause| {
        clause.strip_prefix('u').is_some_and(|rest| rest.starts_with('+') && rest.contains('x'))
            || clause.strip_prefix("go-").or(clause.strip_prefix("o-")).is_some_and(|rest| rest.contains(['r', 'x']))
    }) && !mode.contains("a+")
}

/// The same mode without the right of others to write, nor of the group where a mode gives it to everybody at once:
/// `777` → `755`, `a+rwX` → `u+rwX,go+rX-w`. `None` where nothing would be left, or it is not understood.
pub fn closed(mode: &str) -> Option<String> {
    if !mode.is_empty() && mode.bytes().all(|byte| matches!(byte, b'0'..=b'7')) {
        let bits = u32::from_str_radix(mode, 8).ok()? & !0o022;
        return Some(format!("{bits:0width$o}", width = mode.len()));
    }
    let clauses: Option<Vec<String>> = mode.split(',').map(closed_clause).collect();
    let clauses: Vec<String> = clauses?.into_iter().filter(|clause| !clause.is_empty()).collect();
    (!clauses.is_empty()).then(|| clauses.join(","))
}

/// The same mode without the right of others to write, if it lets the group write as well: `777` → `775`. `None` for modes
/// in letters, and for those with a setuid, setgid, or sticky bit.
pub fn closed_to_others(mode: &str) -> Option<String> {
    let octal = !mode.is_empty() && mode.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    let bits = u32::from_str_radix(mode, 8).ok().filter(|bits| octal && *bits <= 0o777 && bits & 0o020 != 0)?;
    Some(format!("{:0width$o}", bits & !0o002, width = mode.len()))
}

/// Whether a mode in letters gives the group the right to write.
pub fn is_group_writable(mode: &str) -> bool {
    mode.split(',').any(|clause| {
        clause.find(['+', '=']).is_some_and(|at| clause[..at].contains('g') && clause[at..].contains('w'))
    })
}

/// Empty where nothing is left of it.
fn closed_clause(clause: &str) -> Option<String> {
    let at = clause.find(['+', '-', '='])?;
    let (who, change) = clause.split_at(at);
    let (sign, rights) = change.split_at(1);
    if !rights.bytes().all(|byte| b"rwxXst".contains(&byte)) {
        return None;
    }
    if sign == "-" || !rights.contains('w') || !who.contains(['o', 'a']) {
        return Some(clause.to_owned());
    }
    let (may, may_not) = if who.contains('a') { ("u", "go".to_owned()) } else { (who, "o".to_owned()) };
    let may: String = may.chars().filter(|who| *who != 'o').collect();
    let less: String = rights.chars().filter(|right| *right != 'w').collect();
    let mut out = Vec::new();
    if !may.is_empty() {
        out.push(format!("{may}{sign}{rights}"));
    }
    // `o=` takes everything away, `+` leaves what was there.
    out.push(match sign {
        "=" => format!("{may_not}={less}"),
        _ if less.is_empty() => format!("{may_not}-w"),
        _ => format!("{may_not}{sign}{less}-w"),
    });
    Some(out.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_the_right_to_write() {
        for (mode, want) in [
            ("777", Some("755")),
            ("0777", Some("0755")),
            ("2777", Some("2755")),
            ("666", Some("644")),
            ("776", Some("754")),
            ("a+rwx", Some("u+rwx,go+rx-w")),
            ("a+rwX", Some("u+rwX,go+rX-w")),
            ("ugo+rwx", Some("ug+rwx,o+rx-w")),
            ("og+rwx", Some("g+rwx,o+rx-w")),
            ("a+w", Some("u+w,go-w")),
            ("a=rw", Some("u=rw,go=r")),
            ("u+x,o+w", Some("u+x,o-w")),
            ("o+w", Some("o-w")),
            ("a=u", None),
            ("u=rwx,go=w", Some("u=rwx,g=w,o=")),
        ] {
            assert_eq!(closed(mode).as_deref(), want, "{mode}");
            assert!(want.is_none_or(|want| !is_world_writable(want)), "{mode}");
        }
    }

    #[test]
    fn only_others_lose_it() {
        for (mode, want) in [
            ("777", Some("775")),
            ("0777", Some("0775")),
            ("666", Some("664")),
            ("757", None),
            ("2777", None),
            ("a+w", None),
            ("", None),
        ] {
            assert_eq!(closed_to_others(mode).as_deref(), want, "{mode}");
        }
        assert!(is_group_writable("g+rwx,o+rx") && is_group_writable("ug=rw,o=r"));
        assert!(!is_group_writable("u+rwx,go+rx") && !is_group_writable("755"));
    }

    #[test]
    fn who_may_write() {
        for mode in ["777", "0777", "666", "2777", "a+w", "o+w", "ugo+rwx", "a=rwx", "u+x,o+w", "go=rw", "a+rwX"] {
            assert!(is_world_writable(mode), "{mode}");
        }
        for mode in [
            "755", "1777", "0775", "+x", "+w", "+rwx", "go-w", "a+w,o-w", "a+rwxt", "u=rwx,go=rx", "g+w", "", "x",
            "o=u", "99999999999",
        ] {
            assert!(!is_world_writable(mode), "{mode}");
        }
    }
}
