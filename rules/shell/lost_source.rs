use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(check)]);

/// Files that do nothing but set up a shell, by how their paths end, and what to write instead.
const FILES: &[(&str, &str)] = &[
    ("/bin/activate", "put the environment's programs first with `ENV PATH=FOLDER/bin:$PATH`"),
    ("/.bashrc", PROFILE),
    ("/.profile", PROFILE),
    ("/.bash_profile", PROFILE),
    ("/.zshrc", PROFILE),
    ("/.bash_aliases", PROFILE),
    ("/etc/profile", PROFILE),
    ("/etc/bash.bashrc", PROFILE),
    ("/etc/environment", PROFILE),
    ("/nvm.sh", "load it in each `RUN` that needs it, or take an image that has Node.js, such as `node:22-slim`"),
    ("/.cargo/env", "write `ENV PATH=/root/.cargo/bin:$PATH`"),
    ("/cargo/env", "write `ENV PATH=/usr/local/cargo/bin:$PATH`"),
    ("/setup.bash", "load it in each `RUN` that needs it, and in the entry point for what runs later"),
    ("/conda.sh", "write `ENV PATH=/opt/conda/bin:$PATH`, and use `conda run` for an environment"),
    ("/sdkman-init.sh", "load it in each `RUN` that needs it, and set `PATH` with `ENV` for what runs later"),
];

const PROFILE: &str = "set what it sets with `ENV`, or load it in the `RUN` that needs it";

fn check(command: &Command, step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    if !command.is_any(&["source", "."]) || !command.is_plain() || !script.ends_with(command) {
        return;
    }
    let Some(file) = command.args.first() else { return };
    let path = format!("/{}", file.lexeme().trim_matches('"'));
    let Some((_, instead)) = FILES.iter().find(|(end, _)| path.ends_with(end)) else { return };
    let help = match path.strip_suffix("/bin/activate").filter(|_| !file.is_dynamic()) {
        Some(folder) => {
            let folder = &folder[1..];
            let folder = step.resolve(cx.model, folder).unwrap_or_else(|| folder.to_owned());
            format!("put the environment's programs first with `ENV PATH={folder}/bin:$PATH`")
        }
        None => (*instead).to_owned(),
    };
    let message = "this sets up a shell that ends here: nothing after this `RUN` sees it";
    cx.report(command.span, message).help(help);
}
