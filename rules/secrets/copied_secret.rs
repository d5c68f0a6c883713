//! Finds files that contain a secret and are copied into the image.

use crate::commands::cleanup::{normal_path, removes_paths};
use crate::finding::prelude::*;
use crate::knowledge::secrets::{Certainty, SecretFile, holds_secret, secret_file};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]);

/// How many findings are searched for a later removal.
const MOST_REMOVALS: usize = 20;

fn check(cx: &Cx<'_>) {
    let (model, mut looked) = (cx.model, 0);
    for step in model.steps().filter(|step| matches!(step.keyword(), Keyword::Copy | Keyword::Add)) {
        let Some(copy) = step.copy() else { continue };
        for word in &copy.sources {
            let Some(path) = model.expand(step, word).value else { continue };
            let Some(file) = named(&path, step, model) else { continue };
            if file.certainty < Certainty::Sure && is_package_key(&path, step, model) {
                continue;
            }
            let Some(level) = level(&path, file, step, model) else { continue };
            let removed = (looked < MOST_REMOVALS).then(|| removal(&path, step, model)).flatten();
            looked += 1;
            let shipped = model.stage(step.stage).is_some_and(|stage| stage.in_final);
            let (variant, message) = match shipped {
                true => ("", format!("`{path}` ({}) is copied into the image", file.what)),
                false => ("build-cache", format!("`{path}` ({}) is copied into a layer of the build cache", file.what)),
            };
            let mut found = cx.report(word.span, message);
            found.variant(variant).at_most(level);
            // A comment may say that the key is fake.
            let said = step.comments(model);
            if ["fake", "dummy", "not a real", "test key", "throwaway"].iter().any(|word| said.contains(word)) {
                found.at_most(Level::Note);
            }
            if let Some(removed) = removed {
                found.label(removed, "removed too late: the layer below still contains it");
            }
            found.help(help(&path, file));
        }
    }
}

/// Matches the name of the source, or of the destination.
fn named(path: &str, step: &Step<'_>, model: &Model<'_>) -> Option<SecretFile> {
    secret_file(path).or_else(|| {
        let dest = step.copy_dest(model)?;
        secret_file(dest).filter(|file| file.certainty == Certainty::Sure && !dest.ends_with('/'))
    })
}

/// The level, or `None` if the file was read and contains no secret.
fn level(path: &str, file: SecretFile, step: &Step<'_>, model: &Model<'_>) -> Option<Level> {
    let context = model.context.filter(|context| context.is_sure() && step.flag("from").is_none());
    let text = context.and_then(|context| context.read(path));
    let level = match text.and_then(|text| holds_secret(path, &text)) {
        Some(true) => Level::Warn,
        Some(false) => return None,
        None => match file.certainty {
            Certainty::Sure | Certainty::Likely => Level::Warn,
            Certainty::Perhaps => Level::Note,
        },
    };
    // Build stages are discarded, but their cache may be shared.
    let in_final = model.stage(step.stage).is_some_and(|stage| stage.in_final && !stage.windows);
    Some(if in_final { level } else { Level::Note })
}

/// Whether it is a public key for packages, judged by its destination or by the command that imports it.
fn is_package_key(path: &str, step: &Step<'_>, model: &Model<'_>) -> bool {
    let folders = ["/etc/apt/", "/etc/apk/keys", "/etc/pki/rpm-gpg", "/usr/share/keyrings", "/etc/pacman"];
    let dest = step.copy_dest(model).unwrap_or_default();
    if folders.iter().any(|folder| dest.starts_with(folder)) {
        return true;
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some(stage) = model.stage(step.stage) else { return false };
    let scripts = stage.steps[step.index..].iter().limited(100).filter_map(|step| step.script.as_ref());
    let mut commands = scripts.flat_map(|script| &script.commands).limited(1000);
    commands.any(|command| {
        command.is_any(&["apt-key", "gpg", "gpg2", "rpm", "pacman-key"])
            && command.args.iter().any(|arg| arg.raw.contains(name))
    })
}

/// A later step that removes it.
fn removal(path: &str, step: &Step<'_>, model: &Model<'_>) -> Option<Span> {
    let dest = step.copy_dest(model)?;
    let name = path.trim_end_matches('/').rsplit('/').next()?;
    let place = normal_path(&if dest.ends_with('/') { format!("{dest}{name}") } else { dest.to_owned() });
    let scripts = model.after(step).filter_map(|later| model.shipped_script(later));
    let mut commands = scripts.flat_map(|script| &script.commands);
    commands.find_map(|command| {
        removes_paths(command).iter().find(|removed| removed.path == place).map(|removed| removed.span)
    })
}

fn help(path: &str, file: SecretFile) -> String {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
    let id: String = name
        .trim_matches(['.', '*'])
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || "-_.".contains(*char))
        .collect();
    if file.what.contains("SSH") {
        return "mount the SSH agent for the step that needs it: `RUN --mount=type=ssh …`, built with `docker build --ssh default`".to_owned();
    }
    if name.starts_with(".env") {
        return format!(
            "list it in `.dockerignore` and pass it when the container starts: `docker run --env-file {name} …`"
        );
    }
    format!(
        "mount it with `RUN --mount=type=secret,id={id} …` for a build step, or when the container starts for the program"
    )
}
