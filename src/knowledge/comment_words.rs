//! Words of comments in Dockerfiles, by what they tell.

/// Beginnings of words in comments on the step that installs a project's dependencies.
pub const DEPENDENCIES: &[&str] = &["install", "dependenc", "requirement", "package", "librar"];

/// Words that say why a connection is not verified.
pub const UNVERIFIED: &[&str] =
    &["cert", "certificate", "certificates", "certs", "expired", "insecure", "insecurely", "ssl", "tls", "verification", "verify"];

/// Words that say that something has to be written to.
pub const WRITABLE: &[&str] = &["writable", "writeable", "write", "writes"];
