//! What BuildKit refuses in one instruction, looked at alone. Where a variable decides, nothing is said.

mod flags;
mod mount;
#[cfg(test)]
mod tests;
mod values;

use super::expand::{self, Problem};
use super::tree::*;
use crate::text::Span;
use crate::text::suggest::{nearest, shorten};

/// Adds the errors of an instruction, and of the one that an ONBUILD keeps.
pub(super) fn instruction(instruction: &Instruction, escape: Escape, errors: &mut Vec<SyntaxError>) {
    let mut check = Checker { instruction, escape, errors };
    check.flags();
    check.arguments();
    check.expansions();
    if let Args::Onbuild(Some(inner)) = &instruction.args {
        self::instruction(inner, escape, errors);
    }
}

struct Checker<'a> {
    instruction: &'a Instruction,
    escape: Escape,
    errors: &'a mut Vec<SyntaxError>,
}

impl Checker<'_> {
    fn error(&mut self, kind: SyntaxErrorKind, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.errors.push(SyntaxError::new(kind, span, message).help(help));
    }

    fn argument(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.error(SyntaxErrorKind::Arguments, span, message, help);
    }

    fn arguments(&mut self) {
        let keyword = self.instruction.keyword;
        match &self.instruction.args {
            Args::From(from) => self.from(from),
            Args::Command(command) if keyword == Keyword::Shell => self.shell(command),
            Args::Command(_) => {}
            Args::Healthcheck(health) => self.healthcheck(health),
            Args::Copy(copy) => self.copy(copy),
            Args::Pairs(pairs) => self.pairs(pairs),
            Args::Words(words) => self.words(&words.words),
            Args::Onbuild(inner) => self.onbuild(inner.as_deref()),
        }
    }

    fn from(&mut self, from: &FromArgs) {
        let count = self.instruction.args_word_count();
        let as_fits = from.as_keyword.as_ref().is_some_and(|word| word.text.eq_ignore_ascii_case("as"));
        let place = if count == 0 { self.instruction.keyword_span } else { self.instruction.args_span };
        match count {
            0 => self.argument(
                place,
                "`FROM` has no image to build on",
                "write `FROM image:tag`, or `FROM scratch` to start from nothing",
            ),
            1 => {}
            3 if as_fits => {}
            2 if as_fits => {
                self.argument(place, "the build stage has no name after `AS`", "write `FROM image AS name`")
            }
            _ => self.argument(
                place,
                "`FROM` accepts only an image, or an image, `AS` and a name",
                "write `FROM image:tag` or `FROM image:tag AS name`; put a comment on a separate line",
            ),
        }
        let Some(name) = from.name.as_ref().filter(|_| count == 3 && as_fits) else { return };
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if !name.text.starts_with(|char: char| char.is_ascii_alphabetic()) || !name.text.bytes().all(fits) {
            self.argument(
                name.span,
                format!("`{}` is not a valid name for a build stage", shorten(&name.text)),
                "a name starts with a letter, followed by letters, digits, `-`, `_` and `.`; variables are not expanded in it",
            );
        }
    }

    fn shell(&mut self, command: &CommandLine) {
        let span = self.instruction.span_or_keyword();
        let help = "write `SHELL [\"/bin/bash\", \"-c\"]`, in double quotes";
        match command {
            CommandLine::Exec(exec) if !exec.items.is_empty() => {}
            CommandLine::Shell(_) => self.argument(span, "`SHELL` accepts only a JSON array of strings", help),
            _ => self.argument(span, "`SHELL` has no program to run commands with", help),
        }
    }

    fn healthcheck(&mut self, health: &HealthcheckArgs) {
        let span = self.instruction.span_or_keyword();
        match health {
            HealthcheckArgs::None if self.instruction.args_word_count() > 1 => {
                self.argument(span, "`HEALTHCHECK NONE` does not accept arguments", "remove everything after `NONE`");
            }
            HealthcheckArgs::None => {}
            HealthcheckArgs::Cmd { keyword, command } => {
                let empty = match command {
                    CommandLine::Empty => true,
                    CommandLine::Exec(exec) => exec.items.is_empty(),
                    CommandLine::Shell(_) => false,
                };
                if empty {
                    self.argument(
                        *keyword,
                        "`HEALTHCHECK CMD` has no command to run",
                        "write the command that exits with 0 when the container is healthy",
                    );
                }
                self.health_flags();
            }
            HealthcheckArgs::Other(words) => {
                let message = match words.first() {
                    Some(word) => format!("`{}` is neither `CMD` nor `NONE`", shorten(&word.text)),
                    None => "`HEALTHCHECK` has nothing to check with".to_owned(),
                };
                let place = words.first().map_or(span, |word| word.span);
                self.argument(
                    place,
                    message,
                    "write `HEALTHCHECK CMD command`, or `HEALTHCHECK NONE` to disable the base image's check",
                );
                self.health_flags();
            }
        }
    }

    fn copy(&mut self, copy: &CopyArgs) {
        let keyword = self.instruction.keyword.as_str();
        let Some(_) = &copy.dest else {
            let span = self.instruction.span_or_keyword();
            let heredocs = &self.instruction.heredocs;
            let (message, help) = match heredocs.last() {
                Some(_) if !copy.sources.is_empty() || heredocs.len() > 1 => (
                    format!("a heredoc cannot be the destination of `{keyword}`"),
                    "add the destination path after the heredoc",
                ),
                Some(_) => (format!("`{keyword}` has no destination"), "add the destination path after the heredoc"),
                None if copy.sources.is_empty() => {
                    (format!("`{keyword}` has no source and no destination"), "add the source and the destination")
                }
                None => (
                    format!("`{keyword}` has a source but no destination"),
                    "add the destination as the last argument",
                ),
            };
            return self.argument(span, message, help);
        };
        if self.instruction.keyword == Keyword::Copy {
            for source in &copy.sources {
                let text = source.unquoted(self.escape);
                if text.starts_with("http://") || text.starts_with("https://") {
                    self.argument(
                        source.span,
                        "`COPY` cannot download files: its sources are in the build context",
                        "use `ADD --checksum=sha256:…` for a URL",
                    );
                } else if text.starts_with("git@") || text.starts_with("git://") || text.starts_with("ssh://") {
                    self.argument(
                        source.span,
                        "`COPY` cannot clone a repository: its sources are in the build context",
                        "use `ADD` for a Git repository",
                    );
                }
            }
        } else {
            self.checksum(copy);
        }
    }

    fn pairs(&mut self, args: &PairArgs) {
        let keyword = self.instruction.keyword;
        let name = keyword.as_str();
        let form = match keyword {
            Keyword::Arg => "write `ARG name` or `ARG name=default`".to_owned(),
            _ => format!("write `{name} name=value`, with quotes around a value that contains spaces"),
        };
        if args.pairs.is_empty() {
            return self.argument(self.instruction.keyword_span, format!("`{name}` has no arguments"), form);
        }
        for pair in &args.pairs {
            // Of what does not fit, the first is the cause and the rest mostly follows from it.
            if pair.value.as_ref().is_some_and(|value| expand::fault(&value.text, self.escape.as_char()).is_some()) {
                return;
            }
            if pair.name.text.is_empty() {
                self.argument(pair.span, "there is no name before `=`", form.clone());
            } else if pair.value.is_none() && keyword != Keyword::Arg {
                let word = shorten(&pair.name.text);
                if args.legacy {
                    self.argument(pair.span, format!("`{word}` has no value"), form.clone());
                } else if args
                    .pairs
                    .iter()
                    .filter_map(|pair| pair.value.as_ref())
                    .any(|value| value.text.contains("$("))
                {
                    let message = format!("`{name}` does not run commands, so `{word}` is parsed as another `name=value`");
                    self.argument(pair.span, message, "compute the value before the build, and pass it with `--build-arg`");
                    return;
                } else {
                    self.argument(
                        pair.span,
                        format!("`{word}` does not have the form `name=value`"),
                        format!("if it is part of the previous value, quote that value: `{name} name=\"two words\"`"),
                    );
                    return;
                }
            }
        }
    }

    fn words(&mut self, words: &[Word]) {
        let keyword = self.instruction.keyword;
        let span = self.instruction.span_or_keyword();
        if keyword == Keyword::Unknown {
            return self.unknown();
        }
        if words.is_empty() {
            let (what, help) = match keyword {
                Keyword::Expose => ("no port", "write `EXPOSE 8080`"),
                Keyword::Volume => ("no path", "write `VOLUME /data`"),
                Keyword::User => ("no user", "write `USER name` or `USER uid:gid`"),
                Keyword::Workdir => ("no directory", "write `WORKDIR /app`"),
                Keyword::Stopsignal => ("no signal", "write `STOPSIGNAL SIGTERM`"),
                _ => (
                    "no author",
                    "write `LABEL org.opencontainers.image.authors=\"name\"` instead: `MAINTAINER` is deprecated",
                ),
            };
            return self.argument(span, format!("`{}` has {what}", keyword.as_str()), help);
        }
        for word in words {
            match keyword {
                Keyword::Expose => self.port(word),
                Keyword::Stopsignal => self.signal(word),
                Keyword::Volume if word.text.trim().is_empty() => {
                    self.argument(word.span, "the path of a volume cannot be empty", "specify the directory in the container");
                }
                _ => {}
            }
        }
    }

    fn unknown(&mut self) {
        let Instruction { keyword_text, keyword_span, .. } = self.instruction;
        let (text, span) = (shorten(keyword_text), *keyword_span);
        let kind = SyntaxErrorKind::UnknownInstruction;
        if keyword_text.is_empty() {
            return self.error(kind, span, "no line follows this line continuation", "remove the escape character");
        }
        let known = Keyword::ALL.map(Keyword::as_str);
        let before_odd = keyword_text.split(|char: char| char.is_whitespace()).next().unwrap_or_default();
        let help = if let Some(odd) = keyword_text.chars().find(|char| char.is_whitespace()) {
            match Keyword::of(before_odd) {
                Keyword::Unknown => "instructions and their arguments are separated by plain spaces".to_owned(),
                keyword => format!(
                    "the character after `{}` is U+{:04X}, not a plain space: retype it",
                    keyword.as_str(),
                    odd as u32
                ),
            }
        } else if keyword_text.starts_with("<<<<<<<")
            || keyword_text.starts_with("=======")
            || keyword_text.starts_with(">>>>>>>")
        {
            "this looks like an unresolved merge conflict".to_owned()
        } else if ["{{", "{%", "<%"].iter().any(|start| keyword_text.starts_with(start)) {
            "this looks like a template: check the generated Dockerfile instead".to_owned()
        } else if keyword_text.starts_with("//") || keyword_text.starts_with("/*") || keyword_text.starts_with("--") {
            "a comment starts with `#`".to_owned()
        } else if keyword_text.starts_with("&&") || keyword_text.starts_with("||") {
            format!("it continues the line above: end that line with `{}`", self.escape.as_char())
        } else if let Some(near) = nearest(keyword_text, known) {
            format!("did you mean `{near}`?")
        } else {
            let escape = self.escape.as_char();
            format!("a shell command goes after `RUN`; if this line belongs to the one above, end that one with `{escape}`")
        };
        self.error(kind, span, format!("`{text}` is not a Dockerfile instruction"), help);
    }

    fn onbuild(&mut self, inner: Option<&Instruction>) {
        let Some(inner) = inner else {
            if !self.instruction.args_span.is_empty() {
                return;
            }
            let span = self.instruction.keyword_span;
            return self.argument(
                span,
                "`ONBUILD` has no instruction",
                "add the instruction to run in builds that are based on this image",
            );
        };
        match inner.keyword {
            Keyword::Onbuild => {
                self.argument(
                    inner.keyword_span,
                    "`ONBUILD` cannot contain another `ONBUILD`",
                    "triggers run only in the next build: remove one `ONBUILD`",
                );
            }
            Keyword::From | Keyword::Maintainer => {
                let name = inner.keyword.as_str();
                self.argument(
                    inner.keyword_span,
                    format!("`ONBUILD` cannot contain `{name}`"),
                    "remove it, or write it without `ONBUILD`",
                );
            }
            _ => {}
        }
    }

    /// Quotes and `${…}` in the words that BuildKit expands. Says what is wrong with the first that is: a quote that does
    /// not close upsets all words after it.
    fn expansions(&mut self) {
        let instruction = self.instruction;
        let in_flags = instruction.flags.iter().any(|flag| match &*flag.name {
            "platform" | "chown" | "chmod" => flag
                .value
                .as_ref()
                .is_some_and(|value| self.expansion(&Word { text: flag.text().unwrap_or_default(), span: value.span })),
            "mount" => flag.fields.iter().filter_map(|field| field.value.as_ref()).any(|value| self.expansion(value)),
            _ => false,
        });
        if in_flags {
            return;
        }
        let in_keyword = |keywords: &[Keyword]| keywords.contains(&instruction.keyword);
        match &instruction.args {
            Args::From(from) => from.image.iter().any(|image| self.expansion(image)),
            Args::Copy(copy) if !copy.json => copy.sources.iter().chain(&copy.dest).any(|word| self.expansion(word)),
            Args::Pairs(args) if in_keyword(&[Keyword::Arg]) => {
                args.pairs.iter().filter_map(|pair| pair.value.as_ref()).any(|value| self.expansion(value))
            }
            Args::Pairs(args) => {
                let words = args.pairs.iter().flat_map(|pair| std::iter::once(&pair.name).chain(&pair.value));
                words.into_iter().any(|word| self.expansion(word))
            }
            Args::Words(args) if !args.json && !in_keyword(&[Keyword::Unknown, Keyword::Maintainer]) => {
                args.words.iter().any(|word| self.expansion(word))
            }
            _ => false,
        };
    }

    /// Whether there was something to say.
    fn expansion(&mut self, word: &Word) -> bool {
        let Some(fault) = expand::fault(&word.text, self.escape.as_char()) else { return false };
        let (at, escape) = (shorten(&word.text[fault.at..]), self.escape.as_char());
        let spaces = match self.instruction.keyword {
            Keyword::Add | Keyword::Copy => "paths with spaces need the JSON form, `[\"a b\", \"/c/\"]`",
            _ => "a quote must end in the instruction that it starts in",
        };
        let (message, help) = match fault.problem {
            Problem::SingleQuote => (
                format!("the single quote in `{at}` is never closed"),
                format!("close it, or write `{escape}'` for the character itself; {spaces}"),
            ),
            Problem::DoubleQuote => (
                format!("the double quote in `{at}` is never closed"),
                format!("close it, or write `{escape}\"` for the character itself; {spaces}"),
            ),
            Problem::Brace => (
                format!("`{at}` has no `}}`"),
                "close it in the same word; quote the word if it contains spaces".to_owned(),
            ),
            Problem::Slash => {
                (format!("`{at}` has no replacement"), "write `${name/pattern/replacement}`".to_owned())
            }
            Problem::BadSubstitution => (format!("`{at}` has no variable name"), "write `${name}`".to_owned()),
            Problem::Modifier | Problem::TooDeep => (
                format!("`{at}` uses an operator that Dockerfiles do not support"),
                "use one of `:-` `-` `:+` `+` `:?` `?` `#` `##` `%` `%%` `/` and `//`, or do the rest in a `RUN`"
                    .to_owned(),
            ),
        };
        // A word in one piece is in the file unchanged.
        let span = match word.span.len() == word.text.len() {
            true => Span::new(word.span.start() + fault.at, word.span.end()),
            false => word.span,
        };
        self.error(SyntaxErrorKind::Expansion, span, message, help);
        true
    }
}

impl Instruction {
    /// The arguments, or the keyword when there are none.
    fn span_or_keyword(&self) -> Span {
        if self.args_span.is_empty() { self.keyword_span } else { self.args_span }
    }

    /// How many blank-separated words the arguments are.
    fn args_word_count(&self) -> usize {
        let map = &self.logical.map;
        let from = map.partition_point(|(_, file)| *file as usize <= self.args_span.start()).saturating_sub(1);
        let at = map
            .get(from)
            .map_or(0, |(logical, file)| *logical as usize + self.args_span.start().saturating_sub(*file as usize));
        self.logical
            .text
            .get(at..)
            .unwrap_or_default()
            .split(super::part::is_blank)
            .filter(|word| !word.is_empty())
            .count()
    }
}
