use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    if !stage.is_shipped() || stage.windows || stage.is_for_building(cx.model) {
        return;
    }
    let Some(image) = stage.image() else { return };
    let (Some(name), Some(tag)) = (image.familiar_name(), image.tag_text()) else { return };
    let words: Vec<&str> = tag.split('-').collect();
    let written = image.value.as_deref().unwrap_or(&image.written);
    match &*name {
        // CUDA's compiler and headers, and an image that has them.
        "nvidia/cuda" | "pytorch/pytorch" if words.contains(&"devel") => {
            let runtime = tag.replace("devel", "runtime");
            cx.report(image.span, format!("`{written}` has CUDA's compiler and headers, several gigabytes that a program needs only to be built"))
                .at_most(Level::Note)
                .help(format!("build in a stage `FROM {written} AS build`, and let the last one be `FROM {name}:{runtime}`"))
                .help("a program that compiles kernels while it runs does need them");
        }
        _ if name.starts_with("gcr.io/distroless/") && words.contains(&"debug") => {
            let plain: Vec<&str> = words.iter().filter(|word| **word != "debug").copied().collect();
            let plain = if plain.is_empty() { "latest".to_owned() } else { plain.join("-") };
            // Someone has to run the scripts in shell form.
            let shell = stage.steps.iter().find(|step| {
                matches!(step.keyword(), Keyword::Run | Keyword::Cmd | Keyword::Entrypoint) && !step.is_exec_form()
            });
            let edit = image.with_tag(&plain).filter(|_| shell.is_none());
            let found = cx.report(
                image.span,
                format!("`{written}` is made to look for mistakes: it has a shell, which an intruder likes, too"),
            );
            found.help(format!(
                "write `FROM {name}:{plain}`, and take this one to look into a container that misbehaves"
            ));
            if let Some(step) = shell {
                found.label(step.instruction.keyword_span, "this uses the shell: write it as a JSON array");
            }
            found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, format!("use the variant `{plain}`"), [edit])));
        }
        _ if name.starts_with("cgr.dev/chainguard/") && words.last() == Some(&"dev") => {
            let plain = tag.trim_end_matches("-dev");
            cx.report(image.span, format!("`{written}` is made to build with: it has a shell and a package manager"))
                .at_most(Level::Note)
                .help(format!("let the last stage be `FROM {name}:{plain}`, and build in one before it"));
        }
        _ => {}
    }
}
