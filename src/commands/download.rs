//! Downloads and archives.

use super::facts::facts;
use crate::knowledge::command_lines::{CURL_WITHOUT_FILE, WGET_QUIET};
use crate::knowledge::programs::Class;
use crate::shell::{Arg, Command};
use crate::text::Span;

/// Where a download goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    Stdout,
    /// As written: a file, or the directory for `wget -P`.
    File(Arg),
    /// A file with the name that the address ends in.
    RemoteName,
}

#[derive(Clone, Debug)]
pub struct Download {
    /// What is fetched, as written: addresses, and expansions that may hold some.
    pub urls: Vec<Arg>,
    pub output: Output,
    /// An error of the server makes the command fail (curl needs `-f` for that).
    pub fails: bool,
    /// Follows redirections (curl needs `-L` for that).
    pub follows: bool,
    /// Certificates are not verified: the flag.
    pub insecure: Option<Span>,
    /// Shows no progress, or little.
    pub quiet: bool,
}

const SCHEMES: &[&str] = &["http://", "https://", "ftp://"];

/// What `curl`, `wget` or `aria2c` fetches; `None` for other commands, for uploads, and without a URL.
pub fn downloads(command: &Command) -> Option<&Download> {
    facts(command).download.get_or_init(|| read(command).map(Box::new)).as_deref()
}

/// Whether a command verifies a checksum or a signature.
pub fn verifies(command: &Command) -> bool {
    command.class().is(Class::CHECKSUM.or(Class::SIGNATURE))
        || (command.is_any(&["gpg", "gpg2"]) && command.has_flag(&["--verify"]))
        || (command.is("openssl")
            && command.args.iter().any(|arg| matches!(arg.lexeme(), "dgst" | "sha256" | "sha1" | "sha512")))
        || (command.is("rpm") && command.has_flag(&["-K", "--checksig"]))
        || (command.is("gh") && command.has_arg("attestation"))
}

/// Whether this is a `git clone` of a remote repository.
pub fn clones(command: &Command) -> bool {
    command.runs("git", "clone")
        && command.rest().next().is_some_and(|from| {
            let from = from.raw.trim_matches(['"', '\'']);
            (from.contains("://") && !from.starts_with("file:")) || from.starts_with("git@")
        })
}

fn read(command: &Command) -> Option<Download> {
    let mut urls: Vec<Arg> = command.operands().cloned().collect();
    let (output, fails, follows, insecure, quiet) = match command.name.as_str() {
        "curl" => {
            if command.has_flag(CURL_WITHOUT_FILE) {
                return None;
            }
            urls.extend(command.flag_values(&["--url"]));
            let output = match command.flag_value(&["-o", "--output"]) {
                Some(file) => Output::File(file),
                None if command.has_flag(&["-O", "--remote-name", "--remote-name-all", "-J"]) => Output::RemoteName,
                None => redirected(command),
            };
            let fails = command.has_flag(&["-f", "--fail", "--fail-with-body"]);
            let follows = command.has_flag(&["-L", "--location", "--location-trusted"]);
            (
                output,
                fails,
                follows,
                command.flag(&["-k", "--insecure"]),
                command.has_flag(&["-s", "--silent", "-#", "--no-progress-meter"]),
            )
        }
        "wget" => {
            if command.has_flag(&["--spider", "-V", "--version", "-h", "--help"]) {
                return None;
            }
            let output = match command.flag_value(&["-O", "--output-document"]) {
                Some(file) if file.is("-") || file.is("/dev/stdout") => redirected(command),
                Some(file) => Output::File(file),
                None => command.flag_value(&["-P", "--directory-prefix"]).map_or(Output::RemoteName, Output::File),
            };
            // `-nv` is one flag here, not a cluster.
            let quiet = command.has_flag(WGET_QUIET) || command.has_arg("-nv");
            (output, true, true, command.flag(&["--no-check-certificate"]), quiet)
        }
        "aria2c" => {
            let output = command.flag_value(&["-o", "--out"]).map_or(Output::RemoteName, Output::File);
            let insecure = command.flag(&["--check-certificate"]).filter(|flag| flag.lexeme().ends_with("=false"));
            (output, true, true, insecure, command.has_flag(&["-q", "--quiet"]))
        }
        _ => return None,
    };
    if urls.is_empty() {
        return None;
    }
    Some(Download { urls, output, fails, follows, insecure: insecure.map(|flag| flag.span), quiet })
}

fn redirected(command: &Command) -> Output {
    command.stdout_file().map_or(Output::Stdout, |file| Output::File(file.clone()))
}

impl Download {
    /// Whether a URL is written out in one of the words.
    pub fn has_literal_url(&self) -> bool {
        self.urls.iter().any(|url| {
            SCHEMES.iter().any(|scheme| url.known().unwrap_or(&url.raw).trim_matches('"').starts_with(scheme))
        })
    }
}

/// An archive that is unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract {
    /// `None` for standard input.
    pub archive: Option<Arg>,
    /// The directory it goes to, if one is given.
    pub dest: Option<Arg>,
    /// Makes no files of its content but writes it to standard output: `tar -O`, `gunzip -c`, `zcat`.
    pub stdout: bool,
}

/// What `tar` (with and without the dash), `unzip`, `gunzip` and their kin unpack.
pub fn extracts(command: &Command) -> Option<Extract> {
    match command.name.as_str() {
        "tar" | "bsdtar" | "gtar" => tar(command),
        "unzip" if !command.has_flag(&["-l", "-v", "-t", "-Z", "-z"]) => Some(Extract {
            archive: command.operands().next().cloned(),
            dest: command.flag_value(&["-d"]),
            stdout: command.has_flag(&["-p", "-c"]),
        }),
        "7z" | "7za" | "7zr" if command.runs_any(&["7z", "7za", "7zr"], &["x", "e"]) => Some(Extract {
            archive: command.rest().next().cloned(),
            dest: command.args.iter().find(|arg| arg.lexeme().starts_with("-o")).map(|arg| arg.tail(2)),
            stdout: command.has_flag(&["-so"]),
        }),
        "gunzip" | "bunzip2" | "unxz" | "unlzma" | "unzstd" | "uncompress" | "zcat" | "bzcat" | "xzcat" | "zstdcat"
        | "gzcat" => {
            let archive = file(command);
            let stdout = archive.is_none() || command.name.ends_with("cat") || command.has_flag(&["-c", "--stdout"]);
            Some(Extract { archive, dest: None, stdout })
        }
        "gzip" | "bzip2" | "xz" | "zstd" | "lzma" if command.has_flag(&["-d", "--decompress", "--uncompress"]) => {
            Some(Extract { archive: file(command), dest: None, stdout: command.has_flag(&["-c", "--stdout"]) })
        }
        _ => None,
    }
}

fn file(command: &Command) -> Option<Arg> {
    command.operands().next().filter(|arg| !arg.is("-")).cloned()
}

fn tar(command: &Command) -> Option<Extract> {
    let (extract, archive, dest);
    match command.args.first() {
        // `tar xzf file`: letters first, their values after them in the same order.
        Some(first) if !first.lexeme().starts_with('-') => {
            let letters = first.text.as_deref()?;
            extract = letters.contains('x');
            let values = letters.chars().filter(|letter| "fbCIXTKNgLV".contains(*letter));
            let value = |wanted: char| {
                values.clone().position(|letter| letter == wanted).and_then(|at| command.args.get(at + 1))
            };
            archive = value('f').cloned().or_else(|| command.flag_value(&["-f", "--file"]));
            dest = value('C').cloned().or_else(|| command.flag_value(&["-C", "--directory"]));
        }
        _ => {
            extract = command.has_flag(&["-x", "--extract", "--get"]);
            archive = command.flag_value(&["-f", "--file"]);
            dest = command.flag_value(&["-C", "--directory"]);
        }
    }
    let stdout = command.has_flag(&["-O", "--to-stdout"]);
    extract.then(|| Extract { archive: archive.filter(|arg| !arg.is("-")), dest, stdout })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::shell::{Dialect, parse_script};

    fn one(text: &str) -> Command {
        parse_script(text, 0, Dialect::Bash).commands.remove(0)
    }

    #[test]
    fn what_is_downloaded() {
        for (text, urls, output) in [
            ("curl -fsSL https://x/y", &["https://x/y"][..], "-"),
            ("curl -sSLo /tmp/y \"https://x/$V\"", &["\"https://x/$V\""], "/tmp/y"),
            ("curl -LO https://x/y --retry 3", &["https://x/y"], "remote"),
            ("curl https://x > y", &["https://x"], "y"),
            ("wget -qO- https://x | sh", &["https://x"], "-"),
            ("wget -q -O /y $URL", &["$URL"], "/y"),
            ("wget --no-check-certificate http://x/y", &["http://x/y"], "remote"),
            ("aria2c -x 4 -o y https://x", &["https://x"], "y"),
        ] {
            let command = one(text);
            let download = downloads(&command).unwrap();
            assert_eq!(download.urls.iter().map(|url| url.lexeme()).collect::<Vec<_>>(), urls, "{text}");
            let shown = match &download.output {
                Output::Stdout => "-",
                Output::RemoteName => "remote",
                Output::File(file) => file.lexeme(),
            };
            assert_eq!(shown, output, "{text}");
        }
        assert!(downloads(&one("curl --version")).is_none());
        let command = one("curl -kL http://x");
        let insecure = downloads(&command).unwrap();
        assert!(insecure.insecure.is_some() && insecure.follows && !insecure.fails);
        assert!(
            downloads(&one("wget -nv https://x")).unwrap().quiet && !downloads(&one("wget https://x")).unwrap().quiet
        );
    }

    #[test]
    fn what_is_unpacked() {
        for (text, archive, dest) in [
            ("tar xzf a.tgz -C /opt", Some("a.tgz"), Some("/opt")),
            ("tar -xzf a.tgz", Some("a.tgz"), None),
            ("tar -xzC /opt --strip-components=1", None, Some("/opt")),
            ("tar xfC a.tar /opt", Some("a.tar"), Some("/opt")),
            ("tar --extract --file=a.tar --directory /x", Some("a.tar"), Some("/x")),
            ("tar xz -", None, None),
            ("unzip -q a.zip -d /x", Some("a.zip"), Some("/x")),
            ("gunzip a.gz", Some("a.gz"), None),
            ("xz -d a.xz", Some("a.xz"), None),
            ("7z x a.7z -o/x", Some("a.7z"), Some("/x")),
        ] {
            let found = extracts(&one(text)).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.archive.as_ref().map(|arg| arg.lexeme()), archive, "{text}");
            assert_eq!(found.dest.as_ref().map(|arg| arg.lexeme()), dest, "{text}");
        }
        for text in ["tar czf a.tgz x", "tar -tf a.tar", "unzip -l a.zip", "gzip a", "tar"] {
            assert!(extracts(&one(text)).is_none(), "{text}");
        }
    }
}
