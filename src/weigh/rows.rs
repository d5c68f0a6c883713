//! The packages that databases of text list: those of dpkg and apk.

/// A package in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub name: String,
    pub version: String,
    /// Installed bytes, as the database says.
    pub bytes: u64,
}

/// Name, version and installed size of each package in a database of text.
pub(super) fn rows(text: &str, is_dpkg: bool) -> Vec<Row> {
    let (name, version, size, unit) =
        if is_dpkg { ("Package: ", "Version: ", "Installed-Size: ", 1024) } else { ("P:", "V:", "I:", 1) };
    let mut rows = Vec::new();
    for paragraph in text.split("\n\n") {
        let field = |key: &str| paragraph.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
        let is_installed = !is_dpkg || field("Status: ").is_some_and(|status| status.ends_with(" installed"));
        let Some(package) = field(name).filter(|_| is_installed) else { continue };
        let bytes = field(size).and_then(|size| size.parse::<u64>().ok()).unwrap_or(0).saturating_mul(unit);
        let version = field(version).unwrap_or_default().to_owned();
        rows.push(Row { name: package.to_owned(), version, bytes });
    }
    rows
}
