use crate::prelude::*;
use crate::shell::packages::{Manager, installs};

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(check)]).fix(Fixable::Sometimes).aka(&["DL3015"]);

fn check(command: &Command, step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(install) = installs(command).filter(|install| install.manager == Manager::Apt) else { return };
    let Some(stage) = cx.model.stage(step.stage).filter(|stage| stage.is_shipped()) else { return };
    let nothing = install.packages.is_empty() && !install.open;
    let wanted = ["--install-recommends", "--with-recommends", "-r"];
    if install.no_recommends || install.dry_run || nothing || install.project || command.has_flag(&wanted) {
        return;
    }
    if is_configured(stage, step, cx) || passes_flags_by_variable(command) {
        return;
    }
    let flag = if command.is("aptitude") { "--without-recommends" } else { "--no-install-recommends" };
    let message = format!("`{} install` also brings the packages that are merely recommended", command.name);
    let edit = Edit::insert(install.verb.end(), format!(" {flag}"));
    let fix = Fix::new(Safety::Unsafe, format!("add `{flag}`"), [edit]).filter(|_| !step.is_exec_form());
    cx.report(command.span, message)
        .help(format!("write `{} install {flag}`, and name those recommended packages that you do need", command.name))
        .fix(fix);
}

/// `$APT_OPTIONS` may be the flag; `$PACKAGES` cannot be told from it.
fn passes_flags_by_variable(command: &Command) -> bool {
    command.args.iter().any(|arg| {
        let raw = arg.raw.to_ascii_lowercase();
        raw.starts_with(['$', '"'])
            && arg.is_dynamic()
            && ["opt", "flag", "arg", "recommend"].iter().any(|sign| raw.contains(sign))
    })
}

/// apt's own configuration says so: `APT::Install-Recommends "false"` in `/etc/apt/apt.conf.d`.
fn is_configured(stage: &Stage<'_>, step: &Step<'_>, cx: &Cx<'_>) -> bool {
    let mut before = stage.chain(cx.model).flat_map(|stage| &stage.steps).chain(&stage.steps[..=step.index]);
    before.any(|step| {
        let text = cx.text(step.instruction.lines_span());
        text.contains("Install-Recommends") || (step.copy().is_some() && text.contains("/etc/apt"))
    })
}
