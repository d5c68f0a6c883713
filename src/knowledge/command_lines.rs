//! How the command lines of well-known programs are written, and which programs run the command in their arguments.

use crate::knowledge::programs;

/// Flags of `tar`, the ends of archives' names, and what packs and unpacks them.
#[rustfmt::skip]
pub const TAR_PACKERS: &[(&[&str], char, &[&str], &str)] = &[
    (&["-J", "--xz"], 'J', &[".xz", ".txz"], "xz"),
    (&["-j", "--bzip2"], 'j', &[".bz2", ".tbz2", ".tbz"], "bzip2"),
    (&["--zstd"], '\0', &[".zst", ".tzst"], "zstd"),
];

/// Flags that take a value.
#[derive(Clone, Copy, Debug)]
pub struct Values {
    flags: &'static [&'static str],
    /// Those of one ASCII letter, as bits.
    letters: u128,
}

impl Values {
    const fn new(flags: &'static [&'static str]) -> Self {
        let (mut letters, mut at) = (0, 0);
        while at < flags.len() {
            if let [b'-', letter] = flags[at].as_bytes() {
                letters |= 1 << (*letter & 0x7f);
            }
            at += 1;
        }
        Self { flags, letters }
    }

    /// Whether this flag takes a value.
    pub fn has(self, flag: &str) -> bool {
        match flag.as_bytes() {
            [b'-', letter] => self.has_letter(char::from(*letter)),
            _ => self.flags.contains(&flag),
        }
    }

    /// Whether the flag of this letter takes a value.
    pub fn has_letter(self, letter: char) -> bool {
        letter.is_ascii() && self.letters & (1 << letter as u32) != 0
    }

    /// Whether a word is a flag that takes the next word as its value.
    pub fn take_next(self, word: &str) -> bool {
        if self.has(word) {
            return true;
        }
        if word.starts_with("--") {
            return false;
        }
        // Of a cluster the first letter with a value takes what follows it, or the next word.
        let mut letters = word.chars().skip(1).peekable();
        while let Some(letter) = letters.next() {
            if self.has_letter(letter) {
                return letters.peek().is_none();
            }
        }
        false
    }
}

/// A program that runs the command in its arguments.
pub struct Prefix {
    pub names: &'static [&'static str],
    /// Flags whose value is the next word.
    pub values: Values,
    /// Flags with which it runs nothing.
    pub stop: &'static [&'static str],
    /// A first operand that has to be there: `run` of `conda run`.
    pub verb: Option<&'static str>,
    /// How many operands come before the command: the user of `gosu`.
    pub operands: u8,
    /// Takes `NAME=value` words.
    pub assigns: bool,
}

const PLAIN: Prefix =
    Prefix { names: &[], values: Values::new(&[]), stop: &[], verb: None, operands: 0, assigns: false };

#[rustfmt::skip]
const PREFIXES: &[Prefix] = &[
    Prefix { names: &["sudo"], assigns: true,
        values: Values::new(&["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-T", "-U", "-D", "-R", "--user", "--group", "--host", "--prompt",
            "--chdir", "--chroot", "--close-from", "--role", "--type", "--command-timeout", "--other-user"]),
        stop: &["-l", "-v", "-V", "-K", "-e", "--list", "--validate", "--version", "--remove-timestamp", "--edit"], ..PLAIN },
    Prefix { names: &["doas"], values: Values::new(&["-u", "-C", "-a"]), stop: &["-L"], ..PLAIN },
    Prefix { names: &["env"], assigns: true, values: Values::new(&["-u", "--unset", "-C", "--chdir"]), stop: &["--version", "--help"], ..PLAIN },
    Prefix { names: &["exec"], values: Values::new(&["-a"]), ..PLAIN },
    Prefix { names: &["command"], stop: &["-v", "-V"], ..PLAIN },
    Prefix { names: &["builtin", "nohup", "setsid", "eatmydata", "fakeroot", "busybox", "toybox", "linux32", "linux64", "noglob",
        "nocorrect", "catatonit", "dumb-init", "dbus-run-session", "unbuffer", "ccache", "eval"], ..PLAIN },
    Prefix { names: &["nice"], values: Values::new(&["-n", "--adjustment"]), ..PLAIN },
    Prefix { names: &["ionice"], values: Values::new(&["-c", "-n", "--class", "--classdata"]), stop: &["-p"], ..PLAIN },
    Prefix { names: &["time"], values: Values::new(&["-f", "-o", "--format", "--output"]), ..PLAIN },
    Prefix { names: &["timeout"], values: Values::new(&["-k", "-s", "--kill-after", "--signal", "-t"]), operands: 1, ..PLAIN },
    Prefix { names: &["stdbuf"], values: Values::new(&["-i", "-o", "-e", "--input", "--output", "--error"]), ..PLAIN },
    Prefix { names: &["gosu", "su-exec", "setuidgid", "s6-setuidgid", "setarch", "faketime", "taskset", "chrt"], operands: 1, ..PLAIN },
    Prefix { names: &["chpst"], values: Values::new(&["-u", "-U", "-b", "-e", "-/", "-n", "-l", "-L", "-m", "-d", "-o", "-p", "-f", "-c"]), ..PLAIN },
    Prefix { names: &["chroot"], operands: 1, ..PLAIN },
    Prefix { names: &["runuser"], values: Values::new(&["-u", "-g", "-G", "--user", "--group", "--supp-group"]), stop: &["-c", "-l", "-", "--command", "--login"], ..PLAIN },
    Prefix { names: &["setpriv"], values: Values::new(&["--reuid", "--regid", "--groups", "--inh-caps", "--bounding-set", "--ambient-caps"]), ..PLAIN },
    Prefix { names: &["tini", "docker-init"], values: Values::new(&["-p", "-e"]), ..PLAIN },
    Prefix { names: &["flock"], values: Values::new(&["-w", "-E", "--timeout"]), stop: &["-c"], operands: 1, ..PLAIN },
    Prefix { names: &["xvfb-run"], values: Values::new(&["-s", "-n", "-e", "-f", "-p", "-w", "--server-args", "--server-num", "--error-file",
        "--auth-file", "--xauth-protocol", "--wait"]), ..PLAIN },
    Prefix { names: &["xargs"], values: Values::new(&["-I", "-n", "-P", "-L", "-d", "-E", "-s", "-a", "--arg-file", "--max-args", "--max-procs",
        "--max-lines", "--delimiter", "--replace", "--max-chars"]), ..PLAIN },
    Prefix { names: &["conda", "mamba", "micromamba"], verb: Some("run"), values: Values::new(&["-n", "--name", "-p", "--prefix", "--cwd"]), ..PLAIN },
    Prefix { names: &["poetry", "pipenv"], verb: Some("run"), values: Values::new(&["-C", "-P", "--directory", "--project"]), ..PLAIN },
    Prefix { names: &["bundle"], verb: Some("exec"), ..PLAIN },
    Prefix { names: &["qemu-aarch64", "qemu-aarch64-static", "qemu-arm", "qemu-arm-static", "qemu-i386", "qemu-i386-static",
        "qemu-ppc64le", "qemu-ppc64le-static", "qemu-riscv64", "qemu-riscv64-static", "qemu-s390x", "qemu-s390x-static",
        "qemu-x86_64", "qemu-x86_64-static"],
        values: Values::new(&["-L", "-E", "-U", "-cpu", "-g", "-s", "-B", "-R", "-d", "-D", "-0"]), stop: &["-h", "-version"], ..PLAIN },
];

/// The ways in which this program runs the command in its arguments.
pub fn prefixes(name: &str) -> impl Iterator<Item = &'static Prefix> {
    PREFIXES.iter().filter(move |prefix| prefix.names.contains(&name))
}

/// How a program's command line is written.
#[derive(Debug)]
pub struct CommandLine {
    pub names: &'static [&'static str],
    /// Flags whose value is the next word (or follows `=`, or, for one letter, directly).
    pub values: Values,
    /// `-name` is one flag, not four letters.
    pub long_dash: bool,
}

const COMMAND_LINE: CommandLine = CommandLine { names: &[], values: Values::new(&[]), long_dash: false };

#[rustfmt::skip]
const COMMAND_LINES: &[CommandLine] = &[
    CommandLine { names: &["apt-get", "apt", "aptitude", "apt-cache", "apt-mark"], values: Values::new(&["-t", "--target-release", "--default-release", "-c",
        "--config-file", "-o", "--option", "-a", "--host-architecture", "-P", "--build-profiles", "--solver"]), ..COMMAND_LINE },
    CommandLine { names: &["apk"], values: Values::new(&["-t", "--virtual", "-X", "--repository", "-p", "--root", "--keys-dir", "--repositories-file", "--wait",
        "--arch", "--cache-dir", "--cache-max-age", "--progress-fd", "--timeout"]), ..COMMAND_LINE },
    CommandLine { names: &["dnf", "dnf5", "microdnf", "tdnf", "yum", "yum-config-manager"], values: Values::new(&["-c", "--config", "-d", "--debuglevel", "-e",
        "--errorlevel", "-R", "--randomwait", "-x", "--exclude", "--excludepkgs", "--enablerepo", "--disablerepo", "--repo", "--repoid",
        "--installroot", "--releasever", "--setopt", "--disableplugin", "--enableplugin", "--advisory", "--comment", "--forcearch",
        "--downloaddir", "--destdir", "--repofrompath", "--color", "--rpmverbosity"]), ..COMMAND_LINE },
    CommandLine { names: &["zypper"], values: Values::new(&["-R", "--root", "--installroot", "-c", "--config", "-r", "--repo", "-t", "--type", "--from", "-p",
        "--plus-repo", "--plus-content", "-C", "--cache-dir", "-D", "--reposd-dir", "--releasever", "--name", "--capability", "-P", "--priority"]), ..COMMAND_LINE },
    CommandLine { names: &["pacman"], values: Values::new(&["-b", "--dbpath", "-r", "--root", "--config", "--cachedir", "--arch", "--ignore", "--overwrite"]), ..COMMAND_LINE },
    CommandLine { names: &["pip", "uv"], values: Values::new(&["-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints", "-e", "--editable",
        "-i", "--index-url", "--default-index", "--extra-index-url", "--index", "-f", "--find-links", "-t", "--target", "--prefix",
        "--root", "--src", "--platform", "--python-version", "--python", "-p", "--implementation", "--abi", "--upgrade-strategy", "--install-option", "--global-option",
        "--build-option", "-C", "--config-settings", "--config-setting", "--no-binary", "--only-binary", "--allow-external", "--allow-unverified", "--progress-bar", "--report", "--group",
        "--proxy", "--retries", "--timeout", "--default-timeout", "--exists-action", "--trusted-host", "--cert", "--client-cert", "--cache-dir", "--log", "--use-feature",
        "--use-deprecated", "--keyring-provider", "--override", "--overrides", "--build-constraint", "-b", "--build", "--root-user-action", "--resolution",
        "--prerelease", "--index-strategy", "--exclude-newer", "--link-mode", "--refresh-package", "--extra", "--with", "-d", "--dest", "--download", "-w", "--wheel-dir",
        "--directory", "--project", "--no-extra", "--no-group", "--only-group", "--package"]), ..COMMAND_LINE },
    CommandLine { names: &["pipx"], values: Values::new(&["--python", "--index-url", "-i", "--pip-args", "--spec", "--suffix", "--preinstall"]), ..COMMAND_LINE },
    CommandLine { names: &["poetry", "pipenv"], values: Values::new(&["-C", "--directory", "-P", "--project", "--with", "--without", "--only", "-E", "--extras", "--group", "-G",
        "--python", "--source", "--categories"]), ..COMMAND_LINE },
    CommandLine { names: &["conda", "mamba", "micromamba"], values: Values::new(&["-n", "--name", "-p", "--prefix", "-c", "--channel", "-f", "--file", "--solver", "--repodata-fn",
        "-r", "--root-prefix", "--platform", "--subdir"]), ..COMMAND_LINE },
    CommandLine { names: &["npm"], values: Values::new(&["--prefix", "--registry", "--loglevel", "-w", "--workspace", "--cache", "--tag", "--userconfig", "--omit", "--include",
        "--only", "--install-strategy", "--cpu", "--os", "--libc", "--fetch-timeout", "--fetch-retries", "--network-timeout", "-C", "--before", "--maxsockets", "--python"]), ..COMMAND_LINE },
    CommandLine { names: &["yarn"], values: Values::new(&["--cwd", "--registry", "--network-timeout", "--network-concurrency", "--cache-folder", "--modules-folder", "--mode", "--mutex", "--use-yarnrc"]), ..COMMAND_LINE },
    CommandLine { names: &["pnpm"], values: Values::new(&["-C", "--dir", "--filter", "-F", "--store-dir", "--registry", "--reporter", "--loglevel", "--network-concurrency"]), ..COMMAND_LINE },
    CommandLine { names: &["gem"], values: Values::new(&["-v", "--version", "-i", "--install-dir", "-n", "--bindir", "-s", "--source", "-P", "--trust-policy", "-p", "--http-proxy",
        "--platform", "-B", "--bulk-threshold", "-g", "--file", "--without", "--config-file", "--build-root", "--document", "--target-rbconfig"]), ..COMMAND_LINE },
    CommandLine { names: &["bundle", "bundler"], values: Values::new(&["--jobs", "-j", "--path", "--without", "--with", "--gemfile", "--retry", "--binstubs", "--trust-policy", "--target-rbconfig"]), ..COMMAND_LINE },
    CommandLine { names: &["composer"], values: Values::new(&["-d", "--working-dir", "--prefer-install", "--apcu-autoloader-prefix", "--ignore-platform-req", "--stability", "-s", "--repository"]), ..COMMAND_LINE },
    CommandLine { names: &["go"], long_dash: true, values: Values::new(&["-C", "-o", "-p", "-ldflags", "-gcflags", "-asmflags", "-gccgoflags", "-tags", "-mod", "-modfile", "-overlay", "-pgo", "-pkgdir", "-toolexec",
        "-buildmode", "-compiler", "-installsuffix", "-coverpkg", "-covermode", "-run", "-bench", "-timeout", "-count", "-exec", "-w"]), },
    CommandLine { names: &["cargo"], values: Values::new(&["--version", "--vers", "--git", "--branch", "--tag", "--rev", "--path", "--root", "--registry", "--index", "--bin", "--example", "-F", "--features",
        "--profile", "--target", "--target-dir", "-j", "--jobs", "--color", "--config", "-Z", "-C", "--manifest-path", "-p", "--package", "--message-format", "--lockfile-path", "--exclude", "--out-dir"]), ..COMMAND_LINE },
    CommandLine { names: &["git"], values: Values::new(&["-C", "-c", "-b", "--branch", "--git-dir", "--work-tree", "--depth", "-o", "--origin", "-j", "--jobs", "--reference", "--filter", "--namespace",
        "--template", "-u", "--upload-pack", "--config", "--separate-git-dir", "--shallow-since", "--shallow-exclude", "-m", "--message"]), ..COMMAND_LINE },
    CommandLine { names: &["curl"], values: Values::new(&["-o", "--output", "--output-dir", "-H", "--header", "-d", "--data", "--data-raw", "--data-binary", "--data-urlencode", "-X", "--request", "-u", "--user", "-A",
        "--user-agent", "-e", "--referer", "-b", "--cookie", "-c", "--cookie-jar", "-x", "--proxy", "-T", "--upload-file", "-F", "--form", "-m", "--max-time", "--connect-timeout", "--retry",
        "--retry-delay", "--retry-max-time", "-w", "--write-out", "--cacert", "--cert", "-E", "--key", "-K", "--config", "-r", "--range", "-C", "--continue-at", "-D", "--dump-header", "--url", "-y", "-Y", "-z", "--time-cond",
        "--limit-rate", "--speed-limit", "--speed-time", "--resolve", "--max-redirs", "--proto", "--proto-redir", "--proto-default", "--ciphers", "--tls-max", "--tls13-ciphers", "--interface", "--capath", "--pinnedpubkey",
        "--unix-socket", "--noproxy", "--netrc-file", "-Q", "-t", "-P", "--create-file-mode", "--oauth2-bearer", "--max-filesize", "--parallel-max", "--stderr", "--json"]), ..COMMAND_LINE },
    CommandLine { names: &["wget"], values: Values::new(&["-O", "--output-document", "-o", "--output-file", "-a", "--append-output", "-P", "--directory-prefix", "-i", "--input-file", "-t", "--tries", "-T", "--timeout",
        "-U", "--user-agent", "--header", "--user", "--password", "--post-data", "--post-file", "--method", "--body-data", "-e", "--execute", "-w", "--wait", "--waitretry", "-Q", "--quota", "-l", "--level",
        "-A", "--accept", "-R", "--reject", "-D", "-I", "-X", "--cut-dirs", "--limit-rate", "--connect-timeout", "--read-timeout", "--dns-timeout", "--ca-certificate", "--ca-directory", "--certificate",
        "--private-key", "--load-cookies", "--save-cookies", "--referer", "--max-redirect", "-B", "--base", "--secure-protocol", "--progress", "--restrict-file-names", "--accept-regex", "--reject-regex", "--checksum"]), ..COMMAND_LINE },
    CommandLine { names: &["aria2c"], values: Values::new(&["-o", "--out", "-d", "--dir", "-x", "-s", "-j", "-k", "-i", "--input-file", "--header", "--checksum", "-m", "-t", "-l", "--log", "-U"]), ..COMMAND_LINE },
    CommandLine { names: &["tar", "bsdtar", "gtar"], values: Values::new(&["-f", "--file", "-C", "--directory", "-I", "--use-compress-program", "-X", "--exclude-from", "-T", "--files-from", "-b", "--blocking-factor",
        "--strip-components", "--exclude", "--transform", "--xform", "--owner", "--group", "--mode", "-K", "-N", "-g", "-L", "-V", "--checkpoint-action", "--one-top-level-dir"]), ..COMMAND_LINE },
    CommandLine { names: &["unzip"], values: Values::new(&["-d", "-P", "-x"]), ..COMMAND_LINE },
    CommandLine { names: &["7z", "7za", "7zr"], values: Values::new(&[]), long_dash: true, },
    CommandLine { names: &["find"], long_dash: true, values: Values::new(&["-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex", "-type", "-xtype", "-maxdepth", "-mindepth", "-mtime", "-mmin", "-atime", "-ctime",
        "-newer", "-size", "-user", "-group", "-uid", "-gid", "-perm", "-printf", "-fprintf", "-regextype", "-lname", "-links", "-inum", "-fstype", "-samefile", "-D"]), },
    CommandLine { names: &["useradd", "usermod"], values: Values::new(&["-b", "--base-dir", "-c", "--comment", "-d", "--home", "--home-dir", "-e", "--expiredate", "-f", "--inactive", "-g", "--gid", "-G", "--groups", "-k", "--skel",
        "-K", "--key", "-p", "--password", "-R", "--root", "-P", "--prefix", "-s", "--shell", "-u", "--uid", "-Z", "--selinux-user"]), ..COMMAND_LINE },
    CommandLine { names: &["groupadd", "addgroup"], values: Values::new(&["-g", "--gid", "-K", "--key", "-p", "--password", "-R", "--root", "-P", "--prefix", "-U", "--users"]), ..COMMAND_LINE },
    CommandLine { names: &["adduser"], values: Values::new(&["-h", "-g", "-s", "-G", "-u", "-k", "--home", "--shell", "--uid", "--gid", "--ingroup", "--gecos", "--conf", "--firstuid", "--lastuid", "--comment"]), ..COMMAND_LINE },
    CommandLine { names: &["chown", "chmod", "chgrp"], values: Values::new(&["--reference", "--from"]), ..COMMAND_LINE },
    CommandLine { names: &["cp", "mv", "ln", "install"], values: Values::new(&["-t", "--target-directory", "-S", "--suffix", "-m", "--mode", "-o", "--owner", "-g", "--group"]), ..COMMAND_LINE },
    CommandLine { names: &["mkdir"], values: Values::new(&["-m", "--mode"]), ..COMMAND_LINE },
    CommandLine { names: &["ssh", "scp", "sftp"], values: Values::new(&["-i", "-p", "-P", "-o", "-l", "-F", "-J", "-L", "-R", "-D", "-b", "-c", "-e", "-m", "-S", "-W", "-w"]), ..COMMAND_LINE },
    CommandLine { names: &["make", "gmake"], values: Values::new(&["-C", "--directory", "-f", "--file", "-I", "-o", "-W"]), ..COMMAND_LINE },
    CommandLine { names: &["mvn"], values: Values::new(&["-f", "--file", "-pl", "--projects", "-s", "--settings", "-P", "-t", "-T", "-l", "-gs"]), ..COMMAND_LINE },
    CommandLine { names: &["systemctl"], values: Values::new(&["-H", "-M", "-t", "--type", "-p", "--property", "-o", "-n", "-s", "--root"]), ..COMMAND_LINE },
    CommandLine { names: &["grep", "egrep", "fgrep"], values: Values::new(&["-e", "-f", "-m", "-A", "-B", "-C", "--regexp", "--file", "--max-count", "--include", "--exclude", "--exclude-dir"]), ..COMMAND_LINE },
    CommandLine { names: &["head", "tail"], values: Values::new(&["-n", "-c", "--lines", "--bytes"]), ..COMMAND_LINE },
    CommandLine { names: &["gpg", "gpg2", "apt-key"], values: Values::new(&["--keyserver", "--homedir", "--keyring", "-o", "--output", "--keyserver-options", "-u", "-r", "--primary-keyring", "--secret-keyring"]), ..COMMAND_LINE },
    CommandLine { names: &["docker-php-ext-install"], values: Values::new(&["-j", "--ini-name"]), ..COMMAND_LINE },
    CommandLine { names: &["npx"], values: Values::new(&["-p", "--package", "-c"]), ..COMMAND_LINE },
    CommandLine { names: &["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"], values: Values::new(&["-o", "-O", "--rcfile", "--init-file"]), ..COMMAND_LINE },
];

/// The row of a program, by its base name: `pip3.11` counts as `pip`.
pub fn command_line(name: &str) -> &'static CommandLine {
    let name = if programs::is_pip(name) { "pip" } else { name };
    COMMAND_LINES.iter().find(|row| row.names.contains(&name)).unwrap_or(&COMMAND_LINE)
}

/// Flags of `curl` with which it fetches no file.
pub const CURL_WITHOUT_FILE: &[&str] = &["-T", "--upload-file", "-I", "--head", "-V", "--version", "-h", "--help"];

/// Flags of `curl` with which it is more than a simple download, or its caller looks at the response.
pub const CURL_SPECIAL: &[&str] = &[
    "-w", "--write-out", "-d", "--data", "--data-raw", "--data-binary", "-X", "--request", "-F", "--form", "-K",
    "--config", "-i", "--include",
];

/// Letters of `curl`'s flags that take no value.
pub const CURL_SWITCHES: &str = "sSLkOJRgv";

/// Flags of `curl` with which its caller may handle redirects.
pub const CURL_ANSWER: &[&str] = &["-w", "--write-out", "-i", "--include", "-v", "-X", "--request", "-D"];

/// Flags of `wget` that silence its progress, or send it elsewhere.
pub const WGET_QUIET: &[&str] =
    &["-q", "--quiet", "--progress", "-nv", "--no-verbose", "-o", "--output-file", "-a", "--append-output"];

/// Commands of PowerShell and Windows that download what their arguments name, in lower case.
pub const WINDOWS_DOWNLOADERS: &[&str] = &[
    "invoke-webrequest", "iwr", "invoke-restmethod", "irm", "start-bitstransfer", "curl", "wget", "aria2c",
    "bitsadmin",
];

/// Methods of .NET's HTTP clients that download the URL in their first argument, in lower case.
pub const DOTNET_DOWNLOADS: &[&str] = &[
    "downloadfile", "downloadfileasync", "downloadfiletaskasync", "downloadstring", "downloaddata",
    "getstringasync", "getbytearrayasync", "getstreamasync", "openread",
];

/// Parameters of PowerShell's downloads whose value may be a URL that is not fetched, in lower case.
pub const POWERSHELL_OTHER_URLS: &[&str] = &["-proxy", "-proxylist", "-headers", "-useragent", "-body"];

/// Flags of `powershell` that take the next word, without the dash and in lower case.
pub const POWERSHELL_VALUES: &[&str] = &[
    "executionpolicy", "ep", "ex", "exec", "version", "inputformat", "outputformat", "windowstyle", "w",
    "configurationname", "psconsolefile", "workingdirectory", "wd",
];

/// Flags of `powershell` with which no script follows on the command line.
pub const POWERSHELL_WITHOUT_SCRIPT: &[&str] = &["file", "f", "encodedcommand", "ec", "enc", "e"];

/// R's functions that only warn if a package cannot be installed.
pub const R_INSTALLS: &[&str] = &["install.packages(", "BiocManager::install(", "biocLite("];

/// Code of R that fails if a package is missing, or turns warnings into errors.
pub const R_CHECKS: &[&str] =
    &["library(", "requireNamespace(", "loadNamespace(", "require(", "stop(", "stopifnot(", "quit(", "q(", "warn"];

/// Scripts of littler that only warn if a package cannot be installed, unless they are told to fail.
pub const LITTLER_INSTALLS: &[&str] = &["install.r", LITTLER_INSTALL_OR_FAIL, "installBioc.r"];

/// The one that can be told, by `--error`.
pub const LITTLER_INSTALL_OR_FAIL: &str = "install2.r";

/// Subcommands of `apt` that `apt-get` has with the same meaning.
pub const APT_AS_APT_GET: &[&str] = &[
    "update", "install", "remove", "purge", "autoremove", "clean", "autoclean", "source", "download", "build-dep",
    "dist-upgrade", "check",
];

/// Subcommands of `apt` that ask the index: no program for scripts has the same output.
pub const APT_QUERIES: &[&str] = &["list", "search", "show", "policy", "depends", "rdepends", "madison"];

/// Flags of `java` that take the next word.
pub const JAVA_VALUES: &[&str] =
    &["-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules", "--add-opens"];

/// Arguments that ask a program what it is or how it is called.
pub const INFORMATION: &[&str] = &["-h", "-help", "--help", "help", "-V", "--version", "-version", "version"];

/// Flags of `find` that leave some of what it finds alone.
pub const FIND_TESTS: &[&str] =
    &["-name", "-iname", "-path", "-regex", "-mtime", "-newer", "-size", "-not", "!", "-user", "-empty", "-maxdepth"];

/// Flags of `pacman -S` with which it installs nothing.
pub const PACMAN_WITHOUT_INSTALL: &[&str] =
    &["-s", "--search", "-i", "--info", "-l", "--list", "-g", "--groups", "-c", "--clean"];

/// Flags of `emerge` with which it installs nothing.
pub const EMERGE_WITHOUT_INSTALL: &[&str] =
    &["--sync", "-C", "--unmerge", "-c", "--depclean", "--info", "-s", "--search", "--metadata", "--regen"];

/// Flags of `pip` that install elsewhere than where the interpreter looks.
pub const PIP_ELSEWHERE: &[&str] = &["--target", "-t", "--prefix", "--root"];

/// Flags of `gem` that settle whether it generates documentation.
pub const GEM_DOCUMENTATION: &[&str] =
    &["--no-document", "-N", "--no-doc", "--no-rdoc", "--no-ri", "--document", "--rdoc", "--ri"];

/// Flags with which a system's upgrade is only about some packages, or does nothing.
pub const NARROW_UPGRADE: &[&str] = &[
    "--security", "--bugfix", "--advisory", "--advisories", "--cve", "--cves", "-s", "--simulate", "--dry-run",
    "--download-only",
];

/// Subcommands with which a program builds, for programs that do other things as well.
const BUILD_SUBCOMMANDS: &[(&str, &[&str])] = &[
    ("bun", &["run", "run-script", "build", "rebuild"]),
    ("cabal", &["install", "build", "compile"]),
    ("cargo", &["build", "install", "fetch"]),
    ("conan", &["install", "build", "compile"]),
    ("dotnet", &["build", "publish", "restore"]),
    ("go", &["build", "install", "generate", "mod", "get"]),
    ("gradle", &["build", "assemble", "bootJar", "installDist", "shadowJar", "jar"]),
    ("luarocks", &["install", "build", "compile"]),
    ("mix", &["install", "build", "compile"]),
    ("mvn", &["package", "install", "compile", "verify", "deploy"]),
    ("npm", &["run", "run-script", "build", "rebuild"]),
    ("opam", &["install", "build", "compile"]),
    ("pear", &["install", "build", "compile"]),
    ("pecl", &["install", "build", "compile"]),
    ("pnpm", &["run", "run-script", "build", "rebuild"]),
    ("stack", &["install", "build", "compile"]),
    ("yarn", &["run", "run-script", "build", "rebuild"]),
];

/// The subcommands with which a program builds; none if it does nothing but build, or never builds.
pub fn build_subcommands(program: &str) -> &'static [&'static str] {
    BUILD_SUBCOMMANDS.iter().find(|row| row.0 == program).map_or(&[], |row| row.1)
}

/// Commands that do not read their standard input.
pub const READ_NO_INPUT: &[&str] = &[
    "alias", "basename", "bg", "cd", "chgrp", "chmod", "chown", "cp", "du", "echo", "export", "fg", "getopts", "jobs",
    "kill", "ln", "ls", "mv", "printf", "ps", "pwd", "rm", "rmdir", "set", "sleep", "touch", "trap", "ulimit",
    "unalias", "uname",
];

/// The same, of which ShellCheck does not speak.
pub const MAKES_DIRECTORIES: &[&str] = &["mkdir"];

/// Commands whose arguments have fields in braces: `rpm --qf '%{NAME}'`.
pub const HAVE_BRACED_FIELDS: &[&str] = &["dnf", "git", "microdnf", "repoquery", "rpm", "rpmspec", "yum", "zypper"];

/// Flags with which `node` is given code, or a module to load first, instead of a script.
pub const NODE_WITHOUT_SCRIPT: &[&str] = &["-e", "-p", "--eval", "--print", "-r", "--require", "--import"];

/// Options of `useradd` and `adduser` after which the account's group may have another name, or is one of several.
pub const ANOTHER_GROUP: &[&str] =
    &["-g", "-G", "-N", "--gid", "--ingroup", "--no-user-group", "--system", "--group", "-S"];

/// Programs that write over the files that they are given, or that they make from templates, and the flags without which they
/// do not; no flags: they always do.
pub const WRITE_FILES: &[(&str, &[&str])] = &[
    ("confd", &[]),
    ("consul-template", &[]),
    ("dockerize", &["-template", "--template"]),
    ("ep", &[]),
    ("envplate", &[]),
    ("envtpl", &[]),
    ("gomplate", &["-o", "--out", "--output-dir", "--output-map"]),
    ("j2", &["-o", "--outfile"]),
    ("perl", &["-i", "-pi"]),
    ("sed", &["-i", "--in-place"]),
    ("tee", &[]),
];
