//! Finds final images based on a variant for building or debugging.

use crate::finding::prelude::*;
use crate::fixes::image_tag::with_tag;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFrom(check)]).linux_only().fix(Fixable::Sometimes);

fn check(image: &ImageRef, stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_shipped() || stage.is_for_building(cx.model) {
        return;
    }
    let (Some(name), Some(tag)) = (image.familiar_name(), image.tag_text()) else { return };
    let words: Vec<&str> = tag.split('-').collect();
    let written = image.value.as_deref().unwrap_or(&image.written);
    match &*name {
        // CUDA's own image, and one that includes its compiler and headers.
        "nvidia/cuda" | "pytorch/pytorch" if words.contains(&"devel") => {
            let runtime = tag.replace("devel", "runtime");
            cx.report(
                image.span,
                format!("`{written}` contains CUDA's compiler and headers, which add several gigabytes"),
            )
            .variant("cuda")
            .at_most(Level::Note)
            .help(format!(
                "build in a stage `FROM {written} AS build`, and use `FROM {name}:{runtime}` for the final stage"
            ))
            .help("ignore this if the program compiles kernels at run time");
        }
        _ if name.starts_with("gcr.io/distroless/") && words.contains(&"debug") => {
            let plain: Vec<&str> = words.iter().filter(|word| **word != "debug").copied().collect();
            let plain = if plain.is_empty() { "latest".to_owned() } else { plain.join("-") };
            // Shell form needs the shell of the image.
            let shell = stage.steps.iter().find(|step| {
                matches!(step.keyword(), Keyword::Run | Keyword::Cmd | Keyword::Entrypoint) && !step.is_exec_form()
            });
            let edit = with_tag(image, &plain, cx.model).filter(|_| shell.is_none());
            let mut found = cx.report(
                image.span,
                format!("`{written}` is a debug variant: it contains a shell, which also helps intruders"),
            );
            found
                .variant("distroless")
                .help(format!("use `FROM {name}:{plain}`, and this variant only to debug a container"));
            if let Some(step) = shell {
                found.label(step.instruction.keyword_span, "this uses the shell: use exec form");
            }
            found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, format!("use the `{plain}` variant"), [edit])));
        }
        _ if name.starts_with("cgr.dev/chainguard/") && words.last() == Some(&"dev") => {
            let plain = tag.trim_end_matches("-dev");
            cx.report(
                image.span,
                format!("`{written}` is made for building: it contains a shell and a package manager"),
            )
            .variant("chainguard")
            .at_most(Level::Note)
            .help(format!("use `FROM {name}:{plain}` for the final stage, and build in an earlier one"));
        }
        _ => {}
    }
}
