//! Editors, debugging tools and documentation in the final image.

use crate::commands::packages::{Install, Package, installs, uninstalls};
use crate::finding::prelude::*;
use crate::knowledge::packages::{ALSO_CALLED, Category, category};
use crate::model::Tri;
use crate::syntax::ItemKind;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&[], check)]).fix(Fixable::Sometimes);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = cx.model.shipped_script(step) else { return };
    let Some(install) = installs(command).filter(|install| install.manager.is_system() && !install.dry_run) else {
        return;
    };
    let kind = |package: &Package| {
        let kind = category(install.manager, &package.name)?;
        matches!(kind, Category::Editor | Category::Docs | Category::Debug).then_some(kind)
    };
    let found: Vec<(&Package, Category)> = install
        .named()
        .filter_map(|package| Some((package, kind(package)?)))
        .filter(|(package, _)| !is_removed(package, install, script) && !is_used(&package.name, cx))
        .collect();
    if found.is_empty() {
        return;
    }
    let text = cx.source.text().to_ascii_lowercase();
    let found: Vec<_> = found.into_iter().filter(|(package, _)| !is_meant(&package.name, &text, step, cx)).collect();
    let Some(((first, _), others)) = found.split_first() else { return };
    let stage = cx.model.stage(step.stage);
    if stage.is_some_and(|stage| stage.is_for_developing(cx.model)) {
        return;
    }
    let runs_something = cx.model.final_stage().is_some_and(|stage| stage.starts_a_program(cx.model));
    let works = cx.model.final_stage().is_some_and(|stage| stage.runs_a_program(cx.model) != Tri::Yes);
    let names: Vec<String> = found.iter().map(|(package, _)| format!("`{}`", package.name)).collect();
    let explained = is_explained(&found, step, cx.model);
    // A program that is not seen may call `ping`; nothing calls an editor.
    let seen = cx.model.context.is_some_and(|context| context.is_sure());
    let mut idle = found.clone();
    idle.retain(|(package, _)| seen || !ALSO_CALLED.contains(&package.name.as_str()));
    let fix = fix(&idle, idle.len() == found.len(), install, command, cx)
        .filter(|_| !step.is_exec_form() && !idle.is_empty() && !explained);
    let end = if others.is_empty() { "" } else { "s" };
    let message = format!(
        "{} {} not needed by the program, only for working in the container",
        names.join(", "),
        if others.is_empty() { "is" } else { "are" }
    );
    let mut report = cx.report(first.span, message);
    for (package, _) in others {
        report.label(package.span, "and this one");
    }
    report.help(format!(
        "omit the package{end}; to inspect a running container, use `docker debug`, or `kubectl debug` in a cluster"
    ));
    if !runs_something || works || explained || found.iter().all(|found| found.1 == Category::Debug) {
        // Someone may work in it after all, or a start script that is not available may call it.
        report.at_most(Level::Note);
    }
    report.fix(fix);
}

/// Whether a comment names the packages, or mentions developers or debugging.
fn is_explained(found: &[(&Package, Category)], step: &Step<'_>, model: &Model<'_>) -> bool {
    let said = step.comments(model);
    let mut words = said.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '+')));
    words.any(|word| {
        matches!(word, "developer" | "developers" | "debug" | "debugging" | "troubleshoot" | "troubleshooting")
            || found.iter().any(|(package, _)| package.name == word)
    })
}

/// Whether the rest of the file names the package: `# Fix for nano`, `COPY .vimrc /root/`, `echo "alias vi=vim" >> …`. Other
/// installations do not count, and neither do the comments on this one.
fn is_meant(package: &str, text: &str, step: &Step<'_>, cx: &Cx<'_>) -> bool {
    let own = Span::new(step.comment_above(cx.model).start(), step.instruction.span.end());
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_word = |at: usize| {
        let before = text.as_bytes()[..at].last();
        let after = &text[at + package.len()..];
        let after = after.strip_prefix("rc").unwrap_or(after).as_bytes().first();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    };
    let mut hits =
        text.match_indices(package).map(|(at, _)| at).filter(|at| is_word(*at) && !own.contains(Span::at(*at)));
    hits.any(|at| {
        let item = cx.model.file.items.partition_point(|item| item.span.end() <= at);
        let runs = |keyword| matches!(keyword, Keyword::Run | Keyword::Onbuild);
        match cx.model.file.items.get(item).map(|item| &item.kind) {
            Some(ItemKind::Instruction(instruction)) if runs(instruction.keyword) => !is_installed(at, cx),
            Some(ItemKind::Instruction(_) | ItemKind::Comment) => true,
            _ => false,
        }
    })
}

/// Whether a place is in a command that installs or removes packages.
fn is_installed(at: usize, cx: &Cx<'_>) -> bool {
    let mut commands = cx.model.runs().flat_map(|(_, script)| &script.commands).limited(MAX_COMMANDS);
    commands.any(|command| {
        command.full_span().contains(Span::at(at)) && (installs(command).is_some() || uninstalls(command).is_some())
    })
}

/// How many commands are searched for an installation.
const MAX_COMMANDS: usize = 4096;

/// Whether the same `RUN` removes the package again, by name or with its group.
fn is_removed(package: &Package, install: &Install, script: &Script) -> bool {
    let group = install.virtual_group.as_ref().map(|group| group.lexeme());
    script.commands.iter().filter_map(uninstalls).flat_map(|(_, removed)| removed).any(|removed| {
        let text = removed.text.trim_end_matches('*');
        text == package.name || Some(text) == group || (removed.text.contains('*') && package.name.starts_with(text))
    })
}

/// Whether the file calls a command that the package provides, or names it as the editor.
fn is_used(package: &str, cx: &Cx<'_>) -> bool {
    let brings: &[&str] = match package {
        name if name.contains("netcat") || matches!(name, "nc" | "ncat" | "nmap-ncat") => &["nc", "ncat", "netcat"],
        name if name.contains("ping") || name == "iputils" => &["ping", "ping6", "arping"],
        name if name.starts_with("bind") || name == "dnsutils" => &["dig", "nslookup", "host", "nsupdate"],
        "net-tools" => &["ifconfig", "netstat", "route", "arp", "hostname"],
        "busybox-extras" => &["telnet", "ftpd", "httpd", "telnetd"],
        name if name.starts_with("vim") || name == "neovim" => &["vim", "vi", "nvim", "xxd", "ex"],
        name if name.starts_with("emacs") => &["emacs"],
        name if name.contains("telnet") => &["telnet"],
        "man-db" | "man" | "mandoc" => &["man", "mandb", "mandoc"],
        "sysstat" => &["sar", "iostat", "mpstat"],
        _ => &[],
    };
    // A heredoc, a variable or a script that is written by `echo` may call it.
    let words = brings.iter().copied().chain([package]);
    if words.into_iter().any(|word| is_named_elsewhere(word, cx)) {
        return true;
    }
    let mut commands = cx.model.steps().flat_map(Step::commands);
    let called = commands.any(|command| command.is(package) || command.is_any(brings));
    // `ENV EDITOR=vim`
    let set = |name: &str| cx.model.stages.last().and_then(|stage| stage.end.variables.get(name));
    let mut editors = ["EDITOR", "VISUAL", "PAGER"].into_iter().filter_map(set);
    called
        || editors.any(|set| {
            set.value
                .as_deref()
                .is_some_and(|value| value.rsplit('/').next() == Some(package) || brings.contains(&value))
        })
}

/// Whether a script inside the file, or one of the build context, contains the word.
fn is_named_elsewhere(word: &str, cx: &Cx<'_>) -> bool {
    let has = |text: &str| {
        text.split(|char: char| !(char.is_ascii_alphanumeric() || "-_.".contains(char))).any(|it| it == word)
    };
    let heredocs = cx.model.steps().flat_map(|step| &step.instruction.heredocs);
    if heredocs.into_iter().any(|heredoc| has(cx.text(heredoc.body))) {
        return true;
    }
    let Some(context) = cx.model.context.filter(|context| context.is_sure()) else { return false };
    let scripts = context.entries().iter().filter(|entry| entry.path.ends_with(".sh")).limited(MAX_SCRIPTS);
    scripts.into_iter().filter_map(|entry| context.read(&entry.path)).any(|text| has(&text))
}

/// How many scripts of the build context are searched.
const MAX_SCRIPTS: usize = 32;

/// Deletes the packages' names, if something else is left to install.
fn fix(found: &[(&Package, Category)], all: bool, install: &Install, command: &Command, cx: &Cx<'_>) -> Option<Fix> {
    if found.len() >= install.packages.len() {
        return None;
    }
    let edits: Option<Vec<Edit>> = found
        .iter()
        .map(|(package, _)| {
            let at = command.args.iter().position(|arg| arg.span == package.span)?;
            let before = command.args.get(at.checked_sub(1)?)?.span.end();
            let gap = Span::new(before, package.span.start());
            let blank = cx.text(gap).chars().all(|c| c.is_whitespace() || c == cx.model.file.escape.as_char());
            blank.then(|| Edit::delete(Span::new(before, package.span.end())))
        })
        .collect();
    let title = match all {
        true => "omit unneeded packages".to_owned(),
        false => {
            let names: Vec<String> = found.iter().map(|(package, _)| format!("`{}`", package.name)).collect();
            format!("omit {}", names.join(", "))
        }
    };
    Fix::new(Safety::Unsafe, title, edits?)
}
