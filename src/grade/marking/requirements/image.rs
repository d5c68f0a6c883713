//! The image that a Dockerfile describes: its stages, base images and account.

use super::{RUNS_AS, failure};
use crate::grade::rubric::static_checks::{PinKind, Requirements};
use crate::grade::rubric::values::TextPattern;
use crate::grade::runs::{CheckResult, Failure, NAME_AND_TAG, is_reference};
use crate::grade::sheet::{Location, Loss};
use crate::model::{ImageUse, Model, Origin, Stage, Tri};
use crate::rules::nonroot::shared::how_to_leave_root;
use crate::rules::pinned::shared::{example_with_version, may_be_context};
use crate::text::Span;

/// The checks of the Dockerfile; `path` is its name in messages, `unknown_user` what is wrong with an account that does not exist.
pub(in crate::grade::marking) fn of_dockerfile(
    wanted: &Requirements,
    model: &Model<'_>,
    path: &str,
    unknown_user: Option<&Loss>,
) -> Vec<CheckResult> {
    let Some(stage) = model.final_stage() else { return Vec::new() };
    let mut checks = DockerfileChecks { model, stage, path, unknown_user, checks: Vec::new() };
    checks.stages(wanted);
    checks.bases(wanted);
    checks.user(wanted);
    checks.start(wanted);
    checks.settings(wanted);
    checks.instructions(wanted);
    checks.checks
}

pub(super) struct DockerfileChecks<'m, 'a> {
    pub(super) model: &'m Model<'a>,
    pub(super) stage: &'m Stage<'a>,
    path: &'m str,
    unknown_user: Option<&'m Loss>,
    checks: Vec<CheckResult>,
}

impl<'m, 'a> DockerfileChecks<'m, 'a> {
    pub(super) fn location(&self, span: Span) -> Option<Location> {
        let (line, column) = self.model.source.line_column(span.start());
        Some(Location { file: self.path.to_owned(), line: Some(line), column: Some(column) })
    }

    pub(super) fn check(&mut self, is_met: bool, what: impl Into<String>, failure: impl FnOnce() -> Failure) {
        let what = what.into();
        self.checks.push(if is_met { CheckResult::passed(what) } else { CheckResult::failed(what, failure()) });
    }

    /// The stages that the final image consists of, the final one first.
    pub(super) fn chain(&self) -> impl Iterator<Item = &'m Stage<'a>> {
        std::iter::once(self.stage).chain(self.stage.chain(self.model))
    }

    fn stages(&mut self, wanted: &Requirements) {
        let place = self.location(self.stage.from.keyword_span);
        if let Some(count) = &wanted.stages {
            let have = self.model.stages.len() as u64;
            let has = format!("the Dockerfile has {have} {}", if have == 1 { "stage" } else { "stages" });
            self.check(count.fits(have), has.clone(), || {
                let earn_back = match have < count.min {
                    true => "build in a separate stage, and copy the result into a slim one with `COPY --from`",
                    false => "use fewer stages",
                };
                failure(format!("{has}, expected `{}`", count.text), "toolchain-base", earn_back, place.clone())
            });
        }
        if let Some(want) = wanted.copy_from_stage {
            let from_stage =
                |stage: &Stage<'_>| stage.imports.iter().any(|import| matches!(import.origin, Origin::Stage(_)));
            let have = self.chain().any(from_stage);
            let what =
                if want { "the final stage copies from another stage" } else { "nothing is copied from another stage" };
            self.check(have == want, what, || {
                let (message, earn_back) = match want {
                    true => (
                        "the final stage copies nothing from another stage",
                        "copy the build result with `COPY --from=STAGE`",
                    ),
                    false => ("the final stage copies from another stage", "remove `COPY --from`"),
                };
                failure(message.to_owned(), "toolchain-base", earn_back, place.clone())
            });
        }
    }

    fn bases(&mut self, wanted: &Requirements) {
        let image = self.stage.root_image(self.model);
        if !wanted.final_base.is_empty() {
            let name = image.map_or("scratch", |image| image.value.as_deref().unwrap_or(&image.written));
            let familiar = image.and_then(|image| {
                let (name, tag) = (image.familiar_name()?, image.tag_text());
                Some(tag.map_or(name.to_string(), |tag| format!("{name}:{tag}")))
            });
            let fits = |pattern: &TextPattern| {
                pattern.fits(name) || familiar.as_deref().is_some_and(|name| pattern.fits(name))
            };
            let texts: Vec<_> = wanted.final_base.iter().map(|pattern| format!("`{}`", pattern.text)).collect();
            let texts = texts.join(" or ");
            let place = image.and_then(|image| self.location(image.span));
            self.check(wanted.final_base.iter().any(fits), format!("the final image is based on `{name}`"), || {
                let what = format!("the final image is based on `{name}`, expected {texts}");
                // Why a slim variant is better than the full one; another image altogether is the rubric's choice.
                let repository = |name: &str| name.split(':').next().unwrap_or_default().to_owned();
                let is_variant = wanted.final_base.iter().any(|pattern| repository(&pattern.text) == repository(name));
                let rule = if is_variant { "full-base" } else { "" };
                failure(what, rule, format!("use a base image that matches {texts}"), place)
            });
        }
        if let Some(pinned) = wanted.bases_pinned {
            let is_image = |used: &ImageUse<'_, '_>| {
                let name = used.image.familiar_name().filter(|_| used.image.untagged());
                !name.is_some_and(|name| may_be_context(used, &name))
            };
            let unpinned = self.model.images().filter(is_image).find(|used| match pinned {
                PinKind::Digest => used.image.digest.is_none() && used.image.value.is_some(),
                PinKind::Tag => {
                    used.image.untagged() || used.image.digest.is_none() && used.image.tag_text() == Some("latest")
                }
            });
            let (word, rule) = match pinned {
                PinKind::Tag => ("version", "untagged-base"),
                PinKind::Digest => ("digest", "unpinned-digest"),
            };
            let (name, place) = unpinned
                .map_or((String::new(), None), |used| (used.image.written.clone(), self.location(used.image.span)));
            let is_latest = pinned == PinKind::Tag && unpinned.is_some_and(|used| !used.image.untagged());
            self.check(unpinned.is_none(), format!("every base image has a {word}"), || {
                if let Some(image) = unpinned.and_then(|used| used.image.value.as_deref()).filter(|it| !is_reference(it)) {
                    let what = format!("`{}` is not the name of an image", image.replace('`', "'"));
                    return failure(what, "", NAME_AND_TAG, place);
                }
                failure(
                    match is_latest {
                        true => format!("`latest` in `{name}` is not a version"),
                        false => format!("`{name}` has no {word}"),
                    },
                    rule,
                    format!(
                        "{} `{}`",
                        match is_latest {
                            true => "use a version instead of `latest`, for example".to_owned(),
                            false => format!("add a {word}, for example"),
                        },
                        match (pinned, unpinned.and_then(|used| example_with_version(used.image, self.model))) {
                            (PinKind::Tag, Some(example)) => example,
                            (PinKind::Digest, Some(example)) => format!("{example}@sha256:…"),
                            (PinKind::Tag, None) => "python:3.13-slim".to_owned(),
                            (PinKind::Digest, None) => "python:3.13-slim@sha256:…".to_owned(),
                        }
                    ),
                    place,
                )
            });
        }
    }

    fn user(&mut self, wanted: &Requirements) {
        let user = self.stage.end.user.as_ref();
        let name = user.and_then(|user| user.value.clone());
        let place = match user {
            Some(user) => self.location(user.span),
            None => self.location(self.stage.from.keyword_span),
        };
        if let Some(want) = wanted.not_root {
            let root = self.stage.runs_as_root(self.model);
            // On an unknown base, an image without `USER` counts as running as root.
            let is_root = root == Tri::Yes || root == Tri::Unknown && user.is_none();
            let what = match (&name, want) {
                (Some(name), true) => format!("{RUNS_AS}`{name}`"),
                (None, true) => "the final image does not run as root".to_owned(),
                (_, false) => "the final image runs as root".to_owned(),
            };
            let help = how_to_leave_root(self.stage, self.model);
            let others = self.model.stages.iter().take(self.stage.index);
            let sets_elsewhere = others.filter(|_| user.is_none()).any(|stage| stage.end.user.is_some());
            let place = place.clone();
            // A container of an unknown user does not start.
            if let Some(loss) = self.unknown_user.filter(|_| want && !is_root) {
                let found = failure(loss.what.clone(), "unknown-user", loss.earn_back.clone(), loss.place.clone());
                self.checks.push(CheckResult::failed(what, found));
            } else {
                self.check(is_root != want, what, || match want {
                    true => {
                        let last = name.as_ref().map(|name| format!(": the last `USER` is `{name}`")).unwrap_or_default();
                        let how = if last.is_empty() && sets_elsewhere { format!("{help}; add it after the last `FROM`: each stage has its own `USER`") } else { help };
                        failure(format!("the final image runs as root{last}"), "missing-user", how, place)
                    }
                    false => failure("the final image does not run as root".to_owned(), "", "remove `USER`", place),
                });
            }
        }
        if let Some(pattern) = &wanted.user {
            let have = name.unwrap_or_default();
            let fits = pattern.fits(&have) || pattern.fits(have.split(':').next().unwrap_or_default());
            self.check(fits, format!("the final image runs as `{have}`"), || {
                let has = if have.is_empty() { "no `USER` is set".to_owned() } else { format!("`USER` is `{have}`") };
                failure(
                    format!("{has}, expected `{}`", pattern.text),
                    "missing-user",
                    format!("use `USER {}`", pattern.text),
                    place,
                )
            });
        }
    }
}
