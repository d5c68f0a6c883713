//! `FROM --platform=linux/amd64`.

use crate::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)])
    .words(&["platform"])
    .fix(Fixable::Always)
    .aka(&["DL3029", "FromPlatformFlagConstDisallowed"]);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    let Some(platform) = stage.platform.as_ref().filter(|platform| platform.uses.is_empty()) else {
        return;
    };
    let (Some(value), Some(flag)) = (platform.value.as_deref(), stage.from.flag("platform")) else {
        return;
    };
    if value.is_empty() || stage.windows {
        return;
    }
    // `AS build-arm64`: one stage for each of several platforms.
    let parts = || value.split('/').filter(|part| !part.is_empty());
    let name = stage.name.map(|name| name.text.to_ascii_lowercase()).unwrap_or_default();
    if parts().any(|part| name.contains(&part.to_ascii_lowercase())) {
        return;
    }
    // A system that no container runs on: such an image is a parcel of files.
    let runs = matches!(value.split('/').next(), Some("linux" | "windows")) || !value.contains('/');
    let shown = value.replace('`', "'");
    let gap = cx.text(Span::new(flag.span.end(), stage.from.args_span.end().max(flag.span.end())));
    let blank = gap.len() - gap.trim_start_matches([' ', '\t']).len();
    let edit = Edit::delete(Span::new(flag.span.start(), flag.span.end() + blank));
    let found = cx.report(flag.span, format!("this stage is `{shown}` for everybody, whatever platform is built for"));
    if !runs {
        found.at_most(Level::Note);
    }
    found
    .help(
        "leave the flag out and give the platform to the build: `docker build --platform=…`, or `platform:` in Compose",
    )
    .fix(Fix::new(Safety::Unsafe, "leave the platform to the build", [edit]));
}
