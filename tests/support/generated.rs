//! Files of the repository that are generated from the code.

use std::path::Path;

/// Fails if a file is not what it would be generated as; with `INSTA_UPDATE=always`, writes it first.
pub fn assert_up_to_date(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        std::fs::write(&path, text).expect("the file can be written");
    }
    let known = std::fs::read_to_string(&path).expect("the file can be read");
    assert!(known == text, "{} is out of date; run this test with INSTA_UPDATE=always", path.display());
}
