//! `apt-get install` in the final image without `--no-install-recommends`.

use crate::commands::packages::{Manager, installs};
use crate::finding::prelude::*;
use crate::knowledge::bases::{self, Role};

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&[], check)]).fix(Fixable::Sometimes).aka(&["DL3015"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(install) = installs(command).filter(|install| install.manager == Manager::Apt) else { return };
    let Some(stage) = cx.model.stage(step.stage).filter(|stage| stage.is_shipped()) else { return };
    let nothing = install.packages.is_empty() && !install.open;
    let wanted = ["--install-recommends", "--with-recommends", "-r"];
    if install.no_recommends || install.dry_run || nothing || install.project || command.has_flag(&wanted) {
        return;
    }
    if step.package_settings.apt || passes_flags_by_variable(command) {
        return;
    }
    let flag = if command.is("aptitude") { "--without-recommends" } else { "--no-install-recommends" };
    let message = format!("`{} install` also installs recommended packages", command.name);
    let mut edits = vec![Edit::insert(install.verb.end(), format!(" {flag}"))];
    // These are only recommended, but `https://` fails without them.
    let certificates = install.named().find(|package| NEED_CERTIFICATES.contains(&package.name.as_str()));
    let certificates =
        certificates.filter(|_| !cx.source.text().contains("ca-certificates") && !has_certificates(stage, cx));
    if let Some(package) = certificates {
        edits.push(Edit::insert(package.span.end(), " ca-certificates"));
    }
    // The same goes for the headers of the C library, which this compiler needs.
    let bare_compiler = |name: &str| {
        name == "gcc" || name.strip_prefix("gcc-").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let has_headers = |name: &str| {
        ["libc6-dev", "libc-dev", "build-essential", "g++", "libstdc++"].iter().any(|other| name.starts_with(other))
    };
    let compiler = install.named().find(|package| bare_compiler(&package.name));
    let compiler = compiler.filter(|_| !install.named().any(|package| has_headers(&package.name)));
    if let Some(package) = compiler {
        edits.push(Edit::insert(package.span.end(), " libc6-dev"));
    }
    let fix = Fix::new(Safety::Unsafe, format!("add `{flag}`"), edits).filter(|_| !step.is_exec_form());
    let mut found = cx.report(command.name_span.cover(install.verb), message);
    found.help(format!("use `{} install {flag}`, and name the recommended packages that you need", command.name));
    if let Some(package) = certificates {
        found.help(format!("`{}` needs the recommended `ca-certificates` for `https`", package.name));
    }
    if let Some(package) = compiler {
        found.help(format!("`{}` needs the recommended `libc6-dev` to build anything", package.name));
    }
    for package in install.named() {
        if let Ok(at) = BRINGS.binary_search_by(|row| row.0.cmp(&package.name)) {
            found.help(format!("`{}` recommends {}; name it if a later step needs it", package.name, BRINGS[at].1));
        }
    }
    found.fix(fix);
}

/// Packages that fetch over the network and only recommend the certificates for it.
const NEED_CERTIFICATES: [&str; 4] = ["curl", "git", "wget", "git-core"];

/// Packages that recommend something that builds often need. Sorted.
#[rustfmt::skip]
const BRINGS: &[(&str, &str)] = &[
    ("golang", "a C compiler for cgo (`gcc`, `libc6-dev`)"),
    ("golang-go", "a C compiler for cgo (`gcc`, `libc6-dev`)"),
    ("npm", "`build-essential` for native modules"),
    ("python-pip", "a C compiler (`build-essential`, `python-dev`) for packages without a wheel"),
    ("python3-pip", "a C compiler (`build-essential`, `python3-dev`) for packages without a wheel"),
    ("r-base", "`r-base-dev` for packages built from source"),
    ("r-base-core", "`r-base-dev` for packages built from source"),
];

/// Whether the image already contains the certificates.
fn has_certificates(stage: &Stage<'_>, cx: &Cx<'_>) -> bool {
    let Some(image) = stage.root_image(cx.model) else { return false };
    let slim = image.tag_text().is_some_and(|tag| tag.contains("slim"));
    let role = image.familiar_name().and_then(|name| bases::role(&name));
    !slim && matches!(role, Some(Role::Runtime | Role::Toolchain))
}

/// Whether a variable such as `$APT_OPTIONS` may hold the flag; one such as `$PACKAGES` does not.
fn passes_flags_by_variable(command: &Command) -> bool {
    command.args.iter().any(|arg| {
        let raw = arg.raw.to_ascii_lowercase();
        raw.starts_with(['$', '"'])
            && arg.is_dynamic()
            && ["opt", "flag", "arg", "recommend"].iter().any(|sign| raw.contains(sign))
    })
}
