//! Packages installed without a version, and package managers that prompt for confirmation.

use crate::commands::packages::{Manager, Package, PackageKind, asks, installs, read_package};
use crate::commands::prompts::{is_fed, may_answer_all, may_pass_yes};
use crate::finding::prelude::*;
use crate::shell::Arg;

/// How many packages a message names.
const MAX_NAMED: usize = 3;

/// What one command installs without a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unpinned {
    /// The first of the words.
    pub(super) span: Span,
    /// The packages as written, never empty.
    pub(super) names: Vec<String>,
}

impl Unpinned {
    /// The first of them: the example of a help line.
    pub(super) fn first(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// `` `a`, `b`, `c` and 4 more are ``
    pub(super) fn subject(&self) -> String {
        let shown: Vec<String> = self.names.iter().take(MAX_NAMED).map(|name| format!("`{name}`")).collect();
        match (self.names.len(), shown.split_last()) {
            (1, Some((only, _))) => format!("{only} is"),
            (count, _) if count > MAX_NAMED => format!("{} and {} more are", shown.join(", "), count - MAX_NAMED),
            (_, Some((last, others))) => format!("{} and {last} are", others.join(", ")),
            _ => String::new(),
        }
    }
}

/// Reports what a command installs with one of these managers without a version; `help` says for the first package what
/// to write instead.
pub(super) fn report_unpinned(
    command: &Command,
    step: &Step<'_>,
    cx: &Cx<'_>,
    managers: &[Manager],
    help: impl Fn(&str) -> String,
) {
    let Some(found) = unpinned(step, command, managers) else { return };
    let message = format!("{} not pinned to a version", found.subject());
    cx.report(found.span, message).help(help(found.first()));
}

/// The packages that a command installs with one of these managers by name only. What a file, a lock, a URL or a
/// constraint decides is pinned elsewhere.
pub(super) fn unpinned(step: &Step<'_>, command: &Command, managers: &[Manager]) -> Option<Unpinned> {
    let install = installs(command).filter(|install| managers.contains(&install.manager))?;
    // `apt-get build-dep` names the source of what it installs.
    if install.dry_run || install.locked || install.project || is_constrained(step, command) {
        return None;
    }
    let mut found: Vec<(Span, String)> = Vec::new();
    for package in &install.packages {
        match package.kind {
            PackageKind::Name if is_loose(package, install.manager) => {
                found.push((package.span, package.text.clone()));
            }
            PackageKind::Variable if package.text.starts_with(['$', '`']) => {
                let value = step.value_of(command, &package.text).unwrap_or_default();
                let words = value.split_whitespace().filter(|word| !word.starts_with('-'));
                let packages = words.map(|word| read_package(command, word, package.span));
                let loose = packages.filter(|it| it.kind == PackageKind::Name && is_loose(it, install.manager));
                found.extend(loose.map(|it| (it.span, it.text)));
            }
            // `php$VERSION-fpm`: a name all the same. But `flask$SPEC` may end in a version.
            PackageKind::Variable
                if package.version.is_none() && (install.manager.is_system() || !ends_in_variable(&package.text)) =>
            {
                found.push((package.span, package.text.clone()));
            }
            PackageKind::Vcs if is_head(&package.text) => found.push((package.span, package.text.clone())),
            _ => {}
        }
    }
    let span = found.first()?.0;
    Some(Unpinned { span, names: found.into_iter().map(|(_, name)| name.replace('`', "'")).collect() })
}

/// pip and its kin: a constraints file or a directory of wheels decides the versions.
fn is_constrained(step: &Step<'_>, command: &Command) -> bool {
    let flags = ["-c", "--constraint", "--constraints", "--no-index", "--overrides", "--override"];
    let variables = ["PIP_CONSTRAINT", "UV_CONSTRAINT", "UV_OVERRIDE", "PIP_NO_INDEX"];
    let python = crate::commands::packages::is_python_tool(command);
    let behind = |at: usize| command.args[at..].iter().any(|arg| flags.contains(&arg.lexeme()));
    let long = |arg: &Arg| flags.iter().any(|flag| arg.lexeme().starts_with(&format!("{flag}=")));
    python
        && (behind(0)
            || command.args.iter().any(long)
            || variables.iter().any(|name| {
                command.assigned(name).is_some() || step.state.variables.get(*name).is_some_and(|set| !set.unset)
            }))
}

fn ends_in_variable(text: &str) -> bool {
    let last = text.rsplit('$').next().unwrap_or_default();
    last.trim_end_matches('"').strip_prefix('{').map_or_else(
        || last.bytes().all(|byte| byte == b'_' || byte == b'"' || byte.is_ascii_alphanumeric()),
        |rest| rest.find('}').is_some_and(|at| at + 1 == rest.len()),
    )
}

/// A repository without a tag, branch or commit, so that the newest commit is installed.
fn is_head(text: &str) -> bool {
    if text.contains(['$', '`']) {
        return false;
    }
    let Some((_, url)) = text.split_once("git+") else { return !text.contains(['#', '@', ':']) };
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let named = path.split_once('/').is_none_or(|(_, path)| path.contains('@'));
    // `#egg=name` is no commit, `#v1` of npm is.
    let fragment =
        text.split_once('#').is_some_and(|(_, rest)| !rest.contains("egg=") && !rest.starts_with("subdirectory"));
    !named && !fragment
}

fn is_loose(package: &Package, manager: Manager) -> bool {
    let npm = matches!(manager, Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun);
    // `@next` is a tag that moves.
    let moves =
        |version: &str| !version.contains(|char: char| char.is_ascii_digit() || matches!(char, '$' | '`' | ':'));
    !package.is_versioned() || npm && package.version.as_deref().is_some_and(moves)
}

/// A command that prompts for confirmation.
#[derive(Clone, Copy)]
struct Prompt<'m, 'a> {
    step: &'m Step<'a>,
    command: &'m Command,
    /// The subcommand: `install`.
    verb: Span,
}

/// Reports every command of this manager that prompts for confirmation; those for which `rarely` holds as a note.
pub(super) fn report_prompts(cx: &Cx<'_>, manager: Manager, rarely: impl Fn(&Command, &str) -> bool) {
    for prompt in prompts(cx.model, manager) {
        let (name, verb) = (prompt.command.name.as_str(), cx.text(prompt.verb));
        // zypper takes it before the subcommand only.
        let (flag, edit, answered) = match manager {
            Manager::Zypper => (
                "--non-interactive",
                Edit::insert(prompt.verb.start(), "--non-interactive "),
                format!("{name} --non-interactive {verb}"),
            ),
            _ => ("-y", Edit::insert(prompt.verb.end(), " -y"), format!("{name} {verb} -y")),
        };
        let fix = Fix::new(Safety::Safe, format!("add `{flag}`"), [edit]).filter(|_| !prompt.step.is_exec_form());
        let span = prompt.command.name_span.cover(prompt.verb);
        let may = if manager == Manager::Apt { "may prompt" } else { "prompts" };
        let message = format!("`{name} {verb}` {may} for confirmation, which a build cannot answer");
        let mut found = cx.report(span, message);
        found.help(format!("use `{answered}`")).fix(fix);
        if rarely(prompt.command, verb) {
            found.at_most(Level::Note);
        }
    }
}

/// The commands of this manager that install, upgrade or remove packages and would prompt for confirmation. Empty if
/// the file configures the answer once and for all.
fn prompts<'m, 'a>(model: &'m Model<'a>, manager: Manager) -> Vec<Prompt<'m, 'a>> {
    // One search of the whole file, not one per command: it may be long.
    if may_answer_all(model.source.text(), manager) {
        return Vec::new();
    }
    let commands = model
        .runs()
        .chain(model.kept_runs())
        .flat_map(|(step, script)| script.commands.iter().map(move |it| (step, it)));
    let prompts = commands.filter_map(|(step, command)| {
        let (_, verb) = asks(command).filter(|found| found.0 == manager)?;
        let answered = is_fed(command) || may_pass_yes(command, |word| step.value_of(command, word));
        (!answered).then_some(Prompt { step, command, verb })
    });
    prompts.collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::BuildArgs;
    use crate::text::Source;

    #[test]
    fn what_is_unpinned() {
        for (line, want) in [
            ("apt-get install -y a b=1 c/stable ./d.deb e:i386", "a e:i386"),
            ("apt-get install -t x -y a-$V=1 $UNKNOWN b-$V \"$LIST\"", "b-$V one"),
            ("D='a b=1 -y'; apt-get install $D", "a"),
            ("apk add --virtual .x a b~1 'c>2' d@edge", "a d@edge"),
            ("yum install -y a-1.2 b-1.2-3.el7 c @group https://x/y.rpm java-11-openjdk", "c java-11-openjdk"),
            ("dnf install a b-${V}", "a"),
            ("zypper in a 'b>=1' c.rpm", "a"),
            ("pip install a b==1 -r r.txt .[x] c[x] 'd ~= 1' git+https://x/y", "a c[x] git+https://x/y"),
            ("pip install git+https://x/y@v1 git+ssh://git@x/y#egg=z a$SPEC b$V-c", "git+ssh://git@x/y#egg=z b$V-c"),
            ("pip install -c c.txt a", ""),
            ("python3 -m pip install --constraint=c.txt a", ""),
            ("pip install --require-hashes a", ""),
            ("npm i -g a b@1 @s/c @s/d@2 e@latest f@next g@^1 h@$V u/r npm:x@npm:y@1", "a @s/c e@latest f@next u/r"),
            ("gem install a b:1", "a"),
            ("gem install a -v 1", ""),
        ] {
            let text = format!("FROM scratch\nENV LIST=\"one two=2\"\nRUN {line}\n");
            let source = Source::new("Dockerfile", text);
            let tree = crate::syntax::parse(source.text());
            let model = Model::build(&source, &tree, &BuildArgs::new(), None);
            let step = &model.stages[0].steps[1];
            let command = step.script.as_ref().unwrap().commands.last().unwrap();
            use Manager::*;
            let found = unpinned(step, command, &[Apt, Apk, Yum, Dnf, Zypper, Pip, Npm, Gem]);
            assert_eq!(found.map_or(String::new(), |it| it.names.join(" ")), want, "{line}");
        }
    }
}
