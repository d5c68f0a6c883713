//! Finds `FROM` with a hard-coded platform.

use crate::finding::prelude::*;
use crate::knowledge::comment_words::PLATFORM;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)])
    .linux_only()
    .fix(Fixable::Sometimes)
    .aka(&["DL3029", "FromPlatformFlagConstDisallowed"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(platform) = stage.platform.as_ref().filter(|platform| platform.uses.is_empty()) else {
        return;
    };
    let (Some(value), Some(flag)) = (platform.value.as_deref(), stage.from.flag("platform")) else {
        return;
    };
    if value.is_empty() {
        return;
    }
    // `AS build-arm64`: one stage per platform.
    let parts = || value.split('/').filter(|part| !part.is_empty());
    let name = stage.name.map(|name| name.text.to_ascii_lowercase()).unwrap_or_default();
    if parts().any(|part| name.contains(&part.to_ascii_lowercase())) {
        return;
    }
    // No container runs on this operating system: the image only carries files.
    let runs = matches!(value.split('/').next(), Some("linux" | "windows")) || !value.contains('/');
    let meant = stage.mentions(PLATFORM, cx.model);
    let shown = value.replace('`', "'");
    let gap = cx.text(Span::new(flag.span.end(), stage.from.args_span.end().max(flag.span.end())));
    let blank = gap.len() - gap.trim_start_matches([' ', '\t']).len();
    // This reads all steps, for each such stage.
    let bound = cx.model.stages.len() <= 64 && fetches_for(value, cx.model);
    let edit = Edit::delete(Span::new(flag.span.start(), flag.span.end() + blank));
    let mut found = cx.report(flag.span, format!("the platform is hard-coded to `{shown}`"));
    if !runs || meant || bound {
        found.at_most(Level::Note);
    }
    if bound {
        found.help("first use `TARGETARCH` in the downloads, which are only for this platform");
    }
    found.help(
        "omit the flag and set the platform when you build: `docker build --platform=…`, or `platform:` in Compose",
    );
    let safety = if meant || bound { Safety::Display } else { Safety::Unsafe };
    found.fix(Fix::new(safety, "remove `--platform`", [edit]).filter(|_| runs));
}

/// Whether the file names that architecture elsewhere, in a URL or a package name, so that its downloads run on no
/// other.
fn fetches_for(platform: &str, model: &Model<'_>) -> bool {
    let names: &[&str] = match platform.split('/').nth(1).unwrap_or(platform) {
        "amd64" => &["amd64", "x86_64", "x86-64", "linux64", "linux-x64"],
        "arm64" => &["arm64", "aarch64"],
        "arm" => &["armhf", "armv7", "armv6", "armel"],
        "386" => &["i386", "i686"],
        architecture => &[architecture],
    };
    let speaks = |step: &Step<'_>| {
        matches!(step.keyword(), Keyword::Run | Keyword::Add | Keyword::Arg | Keyword::Env) && {
            let text = model.source.slice(step.instruction.span).to_ascii_lowercase();
            names.iter().any(|name| !name.is_empty() && text.contains(name))
        }
    };
    model.steps().any(speaks)
}
