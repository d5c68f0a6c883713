//! Flags: known, given once, with the value they take.

use super::super::directive::is_go_bool;
use super::super::flags::{FlagKind, known_flags};
use super::super::tree::*;
use super::{Checker, values};
use crate::text::Span;
use crate::text::suggest::{nearest, shorten};

impl Checker<'_> {
    pub(super) fn flags(&mut self) {
        let instruction = self.instruction;
        let keyword = instruction.keyword;
        // BuildKit looks at these instructions' flags not at all.
        let ignored = matches!(keyword, Keyword::Arg | Keyword::Stopsignal | Keyword::Unknown)
            || matches!(instruction.args, Args::Healthcheck(HealthcheckArgs::None));
        if ignored {
            return;
        }
        let known = known_flags(keyword);
        let mut seen = Vec::new();
        for flag in &instruction.flags {
            let Some((_, kind)) = known.iter().find(|(name, _)| *name == flag.name) else {
                self.unknown_flag(flag);
                continue;
            };
            let name = &flag.name;
            if *kind != FlagKind::Values && seen.contains(&name) {
                self.flag(flag.span, format!("`--{name}` is set twice"), "keep one of them");
            }
            if !seen.contains(&name) {
                seen.push(name);
            }
            match (kind, flag.text()) {
                (FlagKind::Bool, None) => {}
                (FlagKind::Bool, Some(value)) if matches!(&*value.to_lowercase(), "true" | "false") => {}
                (FlagKind::Bool, Some(value)) => self.flag(
                    flag.span,
                    format!("`--{name}` must be `true` or `false`, not `{}`", shorten(&value)),
                    format!("write `--{name}`, `--{name}=true` or `--{name}=false`"),
                ),
                (_, None) => {
                    self.flag(
                        flag.span,
                        format!("`--{name}` has no value"),
                        format!("write `--{name}=…`, without spaces around the `=`"),
                    );
                }
                (_, Some(value)) => self.value(flag, &value),
            }
        }
    }

    pub(super) fn flag(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.error(SyntaxErrorKind::Flag, span, message, help);
    }

    fn unknown_flag(&mut self, flag: &Flag) {
        let keyword = self.instruction.keyword;
        let name = shorten(&flag.name);
        let known = known_flags(keyword);
        let list = || known.iter().map(|(name, _)| format!("`--{name}`")).collect::<Vec<_>>().join(", ");
        let elsewhere = || {
            Keyword::ALL
                .into_iter()
                .find(|other| known_flags(other.to_owned()).iter().any(|(known, _)| *known == flag.name))
        };
        let help = if let Some(near) = nearest(&flag.name, known.iter().map(|(name, _)| *name)) {
            format!("did you mean `--{near}`?")
        } else if let Some(other) = elsewhere() {
            format!("it is a flag of `{}`", other.as_str())
        } else if matches!(keyword, Keyword::Run | Keyword::Cmd | Keyword::Entrypoint) {
            "a flag before the command belongs to the instruction: put the program's own flags after its name"
                .to_owned()
        } else if known.is_empty() {
            format!("`{}` has no flags; write `--` before an argument that starts with dashes", keyword.as_str())
        } else {
            format!("it has {}", list())
        };
        self.flag(flag.span, format!("`{}` has no flag `--{name}`", keyword.as_str()), help);
    }

    fn value(&mut self, flag: &Flag, value: &str) {
        let span = flag.value.as_ref().map_or(flag.span, |word| word.span);
        let variable = value.contains('$');
        match &*flag.name {
            "from" if has_variable(value) => self.flag(
                span,
                "variables are not expanded in `--from`",
                "add a stage for the image, `FROM image:$tag AS name`, and copy from that stage",
            ),
            _ if variable => {}
            "network" => self.one_of(span, value, "network", &["default", "none", "host"]),
            "security" => self.one_of(span, value, "security", &["sandbox", "insecure"]),
            "platform" if value.split('/').count() > 3 => {
                self.flag(
                    span,
                    format!("`{}` is not a valid platform", shorten(value)),
                    "write `os/arch` or `os/arch/variant`, such as `linux/arm64/v8`",
                );
            }
            "chmod" if !values::is_mode(value) => self.flag(
                span,
                format!("`{}` is not a valid file mode", shorten(value)),
                "use an octal mode up to 7777, such as `0755`, or a symbolic mode, such as `u=rwX,go=rX`",
            ),
            "mount" => {}
            "device" => self.device(flag),
            _ => {}
        }
        if flag.name == "mount" {
            self.mount(flag);
        }
    }

    fn one_of(&mut self, span: Span, value: &str, flag: &str, allowed: &[&str]) {
        if allowed.contains(&&*value.to_lowercase()) {
            return;
        }
        let list = allowed.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
        let help = match nearest(value, allowed.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? Use one of {list}"),
            None => format!("use one of {list}"),
        };
        self.flag(span, format!("`{}` is not a valid value for `--{flag}`", shorten(value)), help);
    }

    fn device(&mut self, flag: &Flag) {
        let mut named = false;
        for field in &flag.fields {
            match (&*field.key, &field.value) {
                ("required", None) => {}
                ("required", Some(value)) if is_go_bool(&value.text) => {}
                ("required", Some(value)) => {
                    self.flag(
                        value.span,
                        format!("`{}` is neither true nor false", shorten(&value.text)),
                        "write `required` alone",
                    );
                }
                _ if !named => named = true,
                (key, _) => {
                    let key = shorten(key);
                    self.flag(
                        field.span,
                        format!("`{key}` is not a valid option of `--device`"),
                        "use the name of a device, and optionally `required`",
                    );
                }
            }
        }
    }

    pub(super) fn health_flags(&mut self) {
        for flag in &self.instruction.flags {
            let (Some(word), Some(value)) = (&flag.value, flag.text()) else { continue };
            if value.is_empty() || value.contains('$') {
                continue;
            }
            let shown = shorten(&value);
            match &*flag.name {
                "interval" | "timeout" | "start-period" | "start-interval" => match values::duration(&value) {
                    Err(true) => self.flag(
                        word.span,
                        format!("`{shown}` has no unit of time"),
                        format!("write `{shown}s` for seconds"),
                    ),
                    Err(false) => self.flag(
                        word.span,
                        format!("`{shown}` is not a valid duration"),
                        "write a number and a unit, such as `30s` or `1m30s`",
                    ),
                    Ok(nanos) if nanos != 0.0 && nanos < 1e6 => {
                        self.flag(
                            word.span,
                            format!("`{shown}` is less than a millisecond"),
                            "the minimum for a health check is `1ms`",
                        );
                    }
                    Ok(_) => {}
                },
                "retries" if value.parse::<i32>().is_err() => {
                    self.flag(
                        word.span,
                        format!("`{shown}` is not a valid number of retries"),
                        "write a whole number, such as `3`",
                    );
                }
                "retries" if value.starts_with('-') && value.parse() != Ok(0) => {
                    self.flag(word.span, format!("`{shown}` is less than zero"), "write a whole number, such as `3`");
                }
                _ => {}
            }
        }
    }

    /// ADD's `--checksum`.
    pub(super) fn checksum(&mut self, copy: &CopyArgs) {
        let Some(flag) = self.instruction.flag("checksum") else { return };
        let (Some(word), Some(value)) = (&flag.value, flag.text()) else { return };
        let sources: Vec<_> = copy.sources.iter().map(|source| source.unquoted(self.escape)).collect();
        if value.is_empty() || value.contains('$') || sources.iter().any(|source| source.contains('$')) {
            return;
        }
        if sources.len() + self.instruction.heredocs.len() > 1 {
            return self.flag(flag.span, "`--checksum` supports only one source", "use a separate `ADD` for each source");
        }
        let source = sources.first().map_or("", String::as_str);
        let http = source.starts_with("http://") || source.starts_with("https://");
        if !http && !looks_like_git(source) {
            return self.flag(
                flag.span,
                "`--checksum` is for downloads, but this source is in the build context",
                "remove the flag",
            );
        }
        if http && !looks_like_git(source) && !values::is_digest(&value) {
            self.flag(
                word.span,
                format!("`{}` is not a valid checksum", shorten(&value)),
                "write `sha256:` followed by 64 hexadecimal digits",
            );
        }
    }
}

/// A `$` with something after it.
pub(super) fn has_variable(value: &str) -> bool {
    value.find('$').is_some_and(|at| at + 1 < value.len())
}

fn looks_like_git(source: &str) -> bool {
    let path = source.split(['#', '?']).next().unwrap_or_default();
    path.ends_with(".git")
        || ["git@", "git://", "ssh://", "github.com/"].iter().any(|start| source.starts_with(start))
        || source.split_once('@').is_some_and(|(user, rest)| !user.contains('/') && rest.contains(':'))
        || source.contains(".git/")
}
