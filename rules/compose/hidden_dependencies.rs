//! Finds bind mounts that hide packages or programs in the image.

use crate::compose::edit::indentation;
use crate::compose::edit::line_end;
use crate::compose::{Mount, MountKind};
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(facts) = cx.model.build(service) else { return };
    for mount in service.mounts.iter().filter(|mount| mount.kind == MountKind::Bind && mount.is_sure) {
        let target = mount.target.trim_end_matches('/');
        if let Some((directory, program)) = facts.program.as_ref().filter(|(directory, _)| directory == target) {
            report_program(service, mount, directory, program, cx);
        }
        let Some((directory, packages)) = facts.installed.iter().find(|(directory, _)| directory == target) else {
            continue;
        };
        let hidden = format!("{directory}/{packages}");
        if service.mounts.iter().any(|other| other.target.trim_end_matches('/') == hidden) {
            continue;
        }
        // On the host they may be installed as well.
        let path = cx.model.path(&mount.node, &mount.source);
        let is_there =
            path.zip(cx.model.context).is_some_and(|(path, context)| context.exists(&format!("{path}/{packages}")));
        let installs = service.words("command").iter().any(|word| matches!(word.as_str(), "install" | "ci"));
        if is_there || installs {
            continue;
        }
        let mut found = cx.at(&mount.node, format!("this mount hides the image's `{packages}`"));
        found.help(format!("add a volume at `{hidden}`"));
        let line = cx.source.line_span(cx.source.line_index(mount.node.span.start()));
        if mount.is_short && mount.node.file == 0 && mount.node.style != Style::Alias {
            let column = indentation(cx.source, mount.node.span.start());
            let text = cx.text(line);
            if text.trim_start().starts_with("- ") {
                let end = line_end(cx.source);
                let new = match text.ends_with('\n') {
                    true => format!("{column}- {hidden}{end}"),
                    false => format!("{end}{column}- {hidden}"),
                };
                found.fix(Fix::new(
                    Safety::Unsafe,
                    format!("add a volume at `{hidden}`"),
                    [Edit::insert(line.end(), new)],
                ));
            }
        }
    }
}

/// A program that the image built and starts, and that is not among the files that are mounted over it.
fn report_program(service: &Service, mount: &Mount, directory: &str, program: &str, cx: &ComposeCx<'_>) {
    let is_replaced = service.get("command").is_some() || service.get("entrypoint").is_some();
    let path = cx.model.path(&mount.node, &mount.source);
    let is_there =
        path.zip(cx.model.context).is_none_or(|(path, context)| context.exists(&format!("{path}/{program}")));
    if is_replaced || is_there {
        return;
    }
    let mut found = cx.at(&mount.node, format!("this mount hides `{directory}/{program}`, which the image runs"));
    found.help("remove the mount, or build the program outside the mounted directory");
}
