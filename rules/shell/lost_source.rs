//! Finds files sourced as the last command of a `RUN`, where it has no effect.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&["source", ".", "conda", "micromamba", "nvm"], check)]);

/// Files that do nothing but set up a shell, by the end of their path, and what to do instead.
const FILES: &[(&str, &str)] = &[
    ("/bin/activate", "put the environment's programs first in `PATH`: `ENV PATH=DIRECTORY/bin:$PATH`"),
    ("/.bashrc", PROFILE),
    ("/.profile", PROFILE),
    ("/.bash_profile", PROFILE),
    ("/.zshrc", PROFILE),
    ("/.bash_aliases", PROFILE),
    ("/etc/profile", PROFILE),
    ("/etc/bash.bashrc", PROFILE),
    ("/etc/environment", PROFILE),
    ("/nvm.sh", "source it in each `RUN` that needs it, or use an image with Node.js, such as `node:22-slim`"),
    ("/.cargo/env", "use `ENV PATH=/root/.cargo/bin:$PATH`"),
    ("/cargo/env", "use `ENV PATH=/usr/local/cargo/bin:$PATH`"),
    ("/setup.bash", "source it in each `RUN` that needs it, and in the entrypoint"),
    ("/conda.sh", "use `ENV PATH=/opt/conda/bin:$PATH`, and `conda run` for an environment"),
    ("/sdkman-init.sh", "source it in each `RUN` that needs it, and set `PATH` with `ENV` for later steps"),
];

const PROFILE: &str = "set its variables with `ENV`, or source it in the `RUN` that needs it";

/// `conda activate`, `nvm use`: what they change, and what to do instead.
fn activation(command: &Command) -> Option<(String, String)> {
    let name = command.name.as_str();
    let mut operands = command.operands();
    let verb = operands.next()?.text.as_deref()?;
    let environment = operands.next().and_then(|arg| arg.text.as_deref()).unwrap_or("NAME");
    let help = match (name, verb) {
        ("conda" | "mamba" | "micromamba", "activate") => format!(
            "put the environment first in `PATH`: `ENV PATH=/opt/conda/envs/{environment}/bin:$PATH`, or use `{name} run -n {environment} …`"
        ),
        ("pyenv", "activate" | "shell") => "put the version first in `PATH`, or use `pyenv global`".to_owned(),
        ("nvm", "use") => {
            "set a default with `nvm alias default`, and put its directory first in `PATH` with `ENV`".to_owned()
        }
        _ => return None,
    };
    Some((format!("`{name} {verb}` has no effect: the shell it sets up ends with this `RUN`"), help))
}

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    if !command.is_plain() || !script.ends_with(command) {
        return;
    }
    if let Some((message, help)) = activation(command) {
        cx.report(command.span, message).variant("activation").help(help);
        return;
    }
    if !command.is_any(&["source", "."]) {
        return;
    }
    let Some(file) = command.args.first() else { return };
    let path = format!("/{}", file.lexeme().trim_matches('"'));
    let Some((_, instead)) = FILES.iter().find(|(end, _)| path.ends_with(end)) else { return };
    let help = match path.strip_suffix("/bin/activate").filter(|_| !file.is_dynamic()) {
        Some(folder) => {
            let folder = &folder[1..];
            let folder = step.resolve(cx.model, folder).unwrap_or_else(|| folder.to_owned());
            format!("put the environment's programs first in `PATH`: `ENV PATH={folder}/bin:$PATH`")
        }
        None => (*instead).to_owned(),
    };
    cx.report(command.span, "this has no effect: the shell it sets up ends with this `RUN`").help(help);
}
