//! Names that Windows keeps for devices.

/// Whether Windows takes a file of this name, with whatever extension, for a device.
pub(super) fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered = ["COM", "LPT"].iter().find_map(|device| stem.strip_prefix(device));
    matches!(&stem[..], "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$")
        || numbered.is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices() {
        for name in ["CON", "nul.txt", "com1", "Lpt9.tar.gz", "aux."] {
            assert!(is_device(name), "{name}");
        }
        for name in ["console", "com", "com10", "nul-1", "Dockerfile", ""] {
            assert!(!is_device(name), "{name}");
        }
    }
}
