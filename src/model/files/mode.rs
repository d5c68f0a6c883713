//! Whether a mode lets a file be executed.

use crate::model::Tri;

/// Whether a mode, as `chmod` takes it, makes a file executable; `None` if it leaves that as it is.
pub(super) fn makes_executable(mode: &str) -> Option<Tri> {
    if !mode.is_empty() && mode.bytes().all(|byte| matches!(byte, b'0'..=b'7')) {
        let bits = u32::from_str_radix(mode, 8).unwrap_or_default();
        return Some(if bits & 0o111 == 0 { Tri::No } else { Tri::Yes });
    }
    let mut result = None;
    for clause in mode.split(',') {
        let Some(at) = clause.find(['+', '-', '=']) else { return Some(Tri::Unknown) };
        let (sign, rights) = clause[at..].split_at(1);
        match (sign, rights.contains('x'), rights.contains(['X', 'u', 'g', 'o'])) {
            ("+" | "=", true, _) => result = Some(Tri::Yes),
            ("+" | "=", false, true) | ("-", true, _) => result = Some(Tri::Unknown),
            ("=", false, false) if clause.starts_with(['a', '=']) => result = Some(Tri::No),
            ("=", false, false) => result = Some(Tri::Unknown),
            _ => {}
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes() {
        for (mode, want) in [
            ("755", Some(Tri::Yes)),
            ("0644", Some(Tri::No)),
            ("+x", Some(Tri::Yes)),
            ("u+rwx,g+rx", Some(Tri::Yes)),
            ("a+r", None),
            ("a-x", Some(Tri::Unknown)),
            ("a=r", Some(Tri::No)),
            ("a+rX", Some(Tri::Unknown)),
            ("what", Some(Tri::Unknown)),
        ] {
            assert_eq!(makes_executable(mode), want, "{mode}");
        }
    }
}
