use crate::knowledge::packages::{Category, category, manager};
use crate::prelude::*;
use crate::shell::packages::{Install, Package, installs, uninstalls};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(check)]).fix(Fixable::Sometimes);

fn check(command: &Command, step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(script) = cx.model.shipped_script(step) else { return };
    let Some(install) = installs(command).filter(|install| install.manager.is_system() && !install.dry_run) else {
        return;
    };
    let Some(manager) = manager(&command.name) else { return };
    let kind = |package: &Package| {
        let kind = category(manager, &package.name)?;
        matches!(kind, Category::Editor | Category::Docs | Category::Debug).then_some(kind)
    };
    let found: Vec<(&Package, Category)> = install
        .named()
        .filter_map(|package| Some((package, kind(package)?)))
        .filter(|(package, _)| !is_removed(package, &install, script) && !is_used(&package.name, cx))
        .collect();
    let Some(((first, _), others)) = found.split_first() else { return };
    if is_for_developing(step, cx) {
        return;
    }
    let names: Vec<String> = found.iter().map(|(package, _)| format!("`{}`", package.name)).collect();
    let fix = fix(&found, &install, command, cx).filter(|_| !step.is_exec_form());
    let end = if others.is_empty() { "" } else { "s" };
    let message = format!(
        "{} serve{} people who work in the container, not the program",
        names.join(", "),
        if others.is_empty() { "s" } else { "" }
    );
    let report = cx.report(first.span, message);
    for (package, _) in others {
        report.label(package.span, "and this");
    }
    report.help(format!("leave the package{end} out; to look into a running container use `docker debug`, or `kubectl debug` in a cluster"));
    if found.iter().all(|found| found.1 == Category::Debug) {
        // A start script that is not seen may call it.
        report.at_most(Level::Note);
    }
    report.fix(fix);
}

/// Taken away again in the same `RUN`, by name or with its group.
fn is_removed(package: &Package, install: &Install, script: &Script) -> bool {
    let group = install.virtual_group.as_ref().map(|group| group.lexeme());
    script.commands.iter().filter_map(uninstalls).flat_map(|(_, removed)| removed).any(|removed| {
        let text = removed.text.trim_end_matches('*');
        text == package.name || Some(text) == group || (removed.text.contains('*') && package.name.starts_with(text))
    })
}

/// Whether a command of the file is what the package brings.
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
    let mut commands = cx.model.steps().filter_map(|step| step.script.as_ref()).flat_map(|script| &script.commands);
    commands.any(|command| command.is(package) || command.is_any(brings))
}

/// An image to work in: by the name of its stage, of its base, or of the file.
fn is_for_developing(step: &Step<'_>, cx: &Cx<'_>) -> bool {
    let says = |name: &str| {
        let name = name.to_ascii_lowercase();
        let words = name.split(|c: char| !c.is_ascii_alphanumeric());
        let signs = [
            "dev",
            "devel",
            "develop",
            "development",
            "devcontainer",
            "devcontainers",
            "debug",
            "workspace",
            "gitpod",
            "vscode",
        ];
        words.into_iter().any(|word| signs.contains(&word))
    };
    let Some(stage) = cx.model.stage(step.stage) else { return false };
    let stages = std::iter::once(stage).chain(cx.model.final_stage());
    let mut names = stages.filter_map(|stage| stage.name).map(|name| name.text.as_str());
    let base = stage.root_image(cx.model).map(|image| image.written.as_str()).unwrap_or_default();
    let path = cx.source.name().rsplit(['/', '\\']).take(2);
    names.any(says) || says(base) || path.into_iter().any(says)
}

/// Takes the words away, if something else is left to install.
fn fix(found: &[(&Package, Category)], install: &Install, command: &Command, cx: &Cx<'_>) -> Option<Fix> {
    if found.len() >= install.packages.len() {
        return None;
    }
    let edits: Option<Vec<Edit>> = found
        .iter()
        .map(|(package, _)| {
            let at = command.args.iter().position(|arg| arg.span == package.span)?;
            let before = command.args.get(at.checked_sub(1)?)?.span.end();
            let gap = Span::new(before, package.span.start());
            let blank = cx.text(gap).chars().all(|c| c.is_whitespace() || c == cx.file.escape.as_char());
            blank.then(|| Edit::delete(Span::new(before, package.span.end())))
        })
        .collect();
    Fix::new(Safety::Unsafe, "leave them out", edits?)
}
