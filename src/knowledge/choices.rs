//! What people often write in a place: offered while typing.

/// Values of `FROM --platform`.
pub const PLATFORMS: &[&str] =
    &["$BUILDPLATFORM", "$TARGETPLATFORM", "linux/amd64", "linux/arm64", "linux/arm/v7", "windows/amd64"];

/// The options of `RUN --mount` after its type.
pub const MOUNT_OPTIONS: &[&str] =
    &["target=", "source=", "from=", "id=", "sharing=locked", "readonly", "required", "mode=", "uid="];

/// Signals that a program may be stopped by.
pub const SIGNALS: &[&str] = &["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGWINCH"];

/// Values of a service's `restart`.
pub const RESTARTS: &[&str] = &["no", "always", "on-failure", "unless-stopped"];

/// Values of a service's `network_mode`, apart from other services.
pub const NETWORK_MODES: &[&str] = &["bridge", "host", "none"];
