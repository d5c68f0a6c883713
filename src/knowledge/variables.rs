//! Environment variables and build arguments, by who sets or reads them.

/// What BuildKit knows without an `ARG`, in `FROM` only: `ARG TARGETARCH` brings it into a stage.
pub const PLATFORM: &[&str] = &[
    "BUILDPLATFORM", "BUILDOS", "BUILDOSVERSION", "BUILDARCH", "BUILDVARIANT", "TARGETPLATFORM", "TARGETOS",
    "TARGETOSVERSION", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE",
];

/// The proxies that BuildKit hands to every `RUN`.
pub const PROXIES: &[&str] = &[
    "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy",
    "ALL_PROXY", "all_proxy",
];

/// Build arguments whose values change with every build, or nearly.
pub const VOLATILE: &[&str] = &[
    "BUILD_DATE", "BUILDDATE", "BUILD_TIME", "BUILDTIME", "BUILD_TIMESTAMP", "BUILD_NUMBER", "BUILD_ID", "BUILD_NUM",
    "BUILDNUMBER", "GIT_SHA", "GIT_COMMIT", "GIT_REF", "GIT_HASH", "GIT_REV", "GITCOMMIT", "COMMIT", "COMMIT_SHA",
    "COMMIT_HASH", "SHA", "VCS_REF", "SOURCE_COMMIT", "REVISION", "CI_COMMIT_SHA", "GITHUB_SHA", "TIMESTAMP",
    "CACHEBUST",
];

/// They select the environment, such as development or production. Sorted.
pub const MODES: &[&str] = &[
    "APP_ENV", "ASPNETCORE_ENVIRONMENT", "DJANGO_ENV", "DOTNET_ENVIRONMENT", "FLASK_ENV", "MIX_ENV", "NODE_ENV",
    "RACK_ENV", "RAILS_ENV", "SPRING_PROFILES_ACTIVE",
];

/// They switch debugging on or off. Sorted.
pub const DEBUG_SWITCHES: &[&str] =
    &["APP_DEBUG", "DEBUG", "DJANGO_DEBUG", "FLASK_DEBUG", "PYTHONDEBUG", "XDEBUG_MODE"];

/// Values that switch on. In lower case.
pub const ON: &[&str] = &["1", "true", "yes", "on", "debug", "*"];

/// Starts of names that tools read by themselves.
pub const READ_BY_TOOLS: &[&str] = &["BUILDKIT_", "APT_", "LC_", "npm_config_", "CURL_", "SSL_"];

/// Names that programs read by themselves, or that only invalidate the build cache.
pub const READ_BY_PROGRAMS: &[&str] = &[
    "SOURCE_DATE_EPOCH", "DEBIAN_FRONTEND", "LANG", "LANGUAGE", "TZ", "HOME", "PATH", "CACHEBUST", "CACHE_BUST",
    "CACHE_BUSTER",
];

/// Set in every container, or commonly when one is started.
pub const SET_AT_START: &[&str] = &["HOME", "PATH", "HOSTNAME", "PORT", "PWD", "USER"];

/// Set by the shell itself.
pub const SET_BY_SHELLS: &[&str] =
    &["HOME", "PWD", "OLDPWD", "USER", "LOGNAME", "SHELL", "TMPDIR", "RANDOM", "HOSTNAME", "UID"];

/// Starts of names that only matter to a build of machine code.
pub const NATIVE_BUILD: &[&str] = &[
    "GO", "CGO_", "CARGO_", "RUST", "CMAKE_", "DEBIAN_FRONTEND", "CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS",
    "MAKEFLAGS",
];

/// A language tool's directory for packages, open to all as in the official images of Go, Ruby and Rust.
pub const PACKAGE_DIRECTORIES: &[&str] =
    &["GOPATH", "GEM_HOME", "BUNDLE_BIN", "BUNDLE_PATH", "CARGO_HOME", "RUSTUP_HOME"];
