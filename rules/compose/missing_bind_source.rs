//! Finds mounts of files that do not exist.

use crate::compose::MountKind;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check), Check::OnProject(check_resources)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(context) = cx.model.context else { return };
    for mount in service.mounts.iter().filter(|mount| mount.kind == MountKind::Bind && mount.is_sure) {
        if !mount.source.starts_with('.') {
            continue;
        }
        let Some(path) = cx.model.path(&mount.node, &mount.source).filter(|path| !context.exists(path)) else {
            continue;
        };
        let name = path.rsplit('/').next().unwrap_or_default();
        // A directory is made, and for data that is meant.
        let is_file =
            name.trim_start_matches('.').contains('.') && !name.ends_with(".d") && !mount.source.ends_with('/');
        let is_made = mount.node.get("bind").and_then(|bind| bind.get("create_host_path")).is_some();
        if !is_file || is_made {
            continue;
        }
        let mut found = cx.at(&mount.node, format!("`{}` does not exist", mount.source.replace('`', "'")));
        found.help("Docker creates an empty directory with that name and mounts it instead of the file");
        let example =
            ["example", "sample", "dist", "template"].iter().any(|end| context.exists(&format!("{path}.{end}")));
        if example || name.contains("env") || name.contains("key") || name.contains("secret") || name.ends_with(".pem")
        {
            found.at_most(Level::Note);
        }
    }
}

/// Secrets and configs from files, which are mounted as well. For them, nothing is created.
fn check_resources(cx: &ComposeCx<'_>) {
    let Some(context) = cx.model.context else { return };
    let secrets = cx.model.secrets.iter().map(|secret| (secret, true));
    for (resource, is_secret) in secrets.chain(cx.model.configs.iter().map(|config| (config, false))) {
        let Some(file) = resource.node.get("file").filter(|file| !file.open) else { continue };
        let Some(text) = file.text().filter(|text| !text.is_empty()) else { continue };
        if cx.model.path(file, text).is_none_or(|path| context.exists(&path)) {
            continue;
        }
        let mut found = cx.at(file, format!("`{}` does not exist", text.replace('`', "'")));
        found.help("`docker compose up` fails without it");
        if is_secret {
            // Secrets are often kept out of version control.
            found.at_most(Level::Note);
        }
    }
}
