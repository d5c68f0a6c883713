//! Platforms that images are built for.

/// Operating systems.
pub const SYSTEMS: &[&str] =
    &["linux", "windows", "darwin", "freebsd", "netbsd", "openbsd", "solaris", "wasi", "wasip1", "js"];

/// Architectures, with the names that BuildKit takes for them.
pub const ARCHITECTURES: &[&str] = &[
    "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64",
    "s390", "s390x", "sparc64", "wasm", "wasm32", "x86_64", "x86-64", "aarch64", "armhf", "armel", "i386",
];

/// Architectures in the names of files to download. In lower case.
pub const IN_FILE_NAMES: &[&str] = &["amd64", "x86_64", "x64", "aarch64", "arm64", "linux_amd64", "linux64"];

/// In a step, they tell that it builds for the target platform.
pub const TARGET_SIGNS: &[&str] =
    &["TARGETARCH", "TARGETPLATFORM", "TARGETOS", "GOARCH", "--target", "xx-", "--arch", "CARGO_BUILD_TARGET"];
/// Words that show the problem is handled: a static link, another target, an installed C library.
pub const LIBC_SIGNS: &[&str] = &[
    "musl", "-static", "crt-static", "CARGO_BUILD_TARGET", "libc6-compat", "gcompat", "ld-linux", "zigbuild", "cross ", "only-binary",
];
