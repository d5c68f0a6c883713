//! Checks of a submission's files: criteria with `require`.

use super::rule_page;
use crate::grade::rubric::static_checks::{PinKind, Requirements};
use crate::grade::rubric::values::TextPattern;
use crate::grade::runs::{CheckResult, Failure, compose_checks};
use crate::grade::sheet::Location;
use crate::grade::submissions::AssignmentDir;
use crate::model::{Model, Origin, Stage, Tri};
use crate::rules::nonroot::shared::how_to_leave_root;
use crate::syntax::{Args, Keyword};
use crate::text::Span;

/// Whether any of the requirements is about the Dockerfile.
pub(super) fn needs_dockerfile(wanted: &Requirements) -> bool {
    let Requirements { files, lacks_files, compose, .. } = wanted;
    let others = Requirements {
        files: files.clone(),
        lacks_files: lacks_files.clone(),
        compose: compose.clone(),
        ..Requirements::default()
    };
    format!("{wanted:?}") != format!("{others:?}")
}

/// The checks that do not need a Dockerfile.
pub(super) fn of_files(wanted: &Requirements, assignment: &AssignmentDir) -> Vec<CheckResult> {
    let mut checks = Vec::new();
    let fits = |pattern: &TextPattern| {
        assignment.listing.entries.iter().find(|entry| pattern.fits(&entry.path) || entry.path == pattern.text)
    };
    for pattern in wanted.files.iter() {
        let what = format!("`{}` exists", pattern.text);
        checks.push(match fits(pattern) {
            Some(_) => CheckResult::passed(what),
            None => CheckResult::failed(
                what,
                failure(format!("`{}` is missing", pattern.text), "", format!("add `{}`", pattern.text), None),
            ),
        });
    }
    for pattern in wanted.lacks_files.iter() {
        let what = format!("`{}` does not exist", pattern.text);
        checks.push(match fits(pattern) {
            None => CheckResult::passed(what),
            Some(entry) => {
                let place = Some(Location { file: entry.path.clone(), line: None, column: None });
                CheckResult::failed(
                    what,
                    Failure {
                        place,
                        ..failure(
                            format!("`{}` should not be submitted", entry.path),
                            "",
                            format!("remove `{}`", entry.path),
                            None,
                        )
                    },
                )
            }
        });
    }
    if let Some(compose) = &wanted.compose {
        let file = compose.file.clone().or_else(|| assignment.compose.clone());
        let is_listed = |file: &String| {
            assignment.listing.entries.iter().any(|entry| entry.path == *file && !entry.is_dir && !entry.is_link)
        };
        let text = file.as_ref().filter(|file| is_listed(file)).and_then(|file| {
            let path = assignment.directory.join(file);
            let small = path.symlink_metadata().is_ok_and(|meta| meta.is_file() && meta.len() < 1 << 20);
            small.then(|| std::fs::read(path).ok()).flatten()
        });
        let text = text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        checks.extend(compose_checks(compose, file.as_deref().unwrap_or("compose.yaml"), text.as_deref()));
    }
    checks
}

/// The checks of the Dockerfile; `path` is its name in messages.
pub(super) fn of_dockerfile(wanted: &Requirements, model: &Model<'_>, path: &str) -> Vec<CheckResult> {
    let Some(stage) = model.final_stage() else { return Vec::new() };
    let mut checks = DockerfileChecks { model, stage, path, checks: Vec::new() };
    checks.stages(wanted);
    checks.bases(wanted);
    checks.user(wanted);
    checks.start(wanted);
    checks.settings(wanted);
    checks.instructions(wanted);
    checks.checks
}

struct DockerfileChecks<'m, 'a> {
    model: &'m Model<'a>,
    stage: &'m Stage<'a>,
    path: &'m str,
    checks: Vec<CheckResult>,
}

fn failure(what: String, rule: &str, earn_back: impl Into<String>, place: Option<Location>) -> Failure {
    Failure { what, why: rule_page::why_of(rule), earn_back: earn_back.into(), place, seen: String::new() }
}

impl<'m, 'a> DockerfileChecks<'m, 'a> {
    fn location(&self, span: Span) -> Option<Location> {
        let (line, column) = self.model.source.line_column(span.start());
        Some(Location { file: self.path.to_owned(), line: Some(line), column: Some(column) })
    }

    fn check(&mut self, is_met: bool, what: impl Into<String>, failure: impl FnOnce() -> Failure) {
        let what = what.into();
        self.checks.push(if is_met { CheckResult::passed(what) } else { CheckResult::failed(what, failure()) });
    }

    /// The stages that the final image consists of, the final one first.
    fn chain(&self) -> impl Iterator<Item = &'m Stage<'a>> {
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
                failure(what, "full-base", format!("use a base image that matches {texts}"), place)
            });
        }
        if let Some(pinned) = wanted.bases_pinned {
            let unpinned = self.model.images().find(|used| match pinned {
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
            self.check(unpinned.is_none(), format!("every base image has a {word}"), || {
                failure(
                    format!("`{name}` has no {word}"),
                    rule,
                    format!(
                        "add a {word}, for example `{}`",
                        match pinned {
                            PinKind::Tag => "python:3.13-slim",
                            PinKind::Digest => "python:3.13-slim@sha256:…",
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
                (Some(name), true) => format!("the final image runs as `{name}`"),
                (None, true) => "the final image does not run as root".to_owned(),
                (_, false) => "the final image runs as root".to_owned(),
            };
            let help = how_to_leave_root(self.stage, self.model);
            let place = place.clone();
            self.check(is_root != want, what, || match want {
                true => failure("the final image runs as root".to_owned(), "missing-user", help, place),
                false => failure("the final image does not run as root".to_owned(), "", "remove `USER`", place),
            });
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

    fn start(&mut self, wanted: &Requirements) {
        let (model, stage) = (self.model, self.stage);
        let health = stage.healthcheck(model);
        let checked = health.is_some_and(|step| {
            !matches!(step.instruction.args, Args::Healthcheck(crate::syntax::HealthcheckArgs::None))
        });
        self.presence(
            wanted.healthcheck,
            checked,
            "HEALTHCHECK",
            "missing-healthcheck",
            health.map(|step| step.instruction.span),
        );
        let (entrypoint, cmd) = (stage.entrypoint(model), stage.cmd(model));
        self.presence(
            wanted.entrypoint,
            entrypoint.is_some(),
            "ENTRYPOINT",
            "",
            entrypoint.map(|step| step.instruction.span),
        );
        self.presence(wanted.cmd, cmd.is_some(), "CMD", "", cmd.map(|step| step.instruction.span));
        if let Some(want) = wanted.exec_form {
            let steps: Vec<_> = [entrypoint, cmd].into_iter().flatten().collect();
            let wrong = steps.iter().find(|step| step.is_exec_form() != want);
            let place = wrong.map_or(stage.from.keyword_span, |step| step.instruction.span);
            let place = self.location(place);
            let form = if want { "exec" } else { "shell" };
            self.check(wrong.is_none() && !steps.is_empty(), format!("`ENTRYPOINT` and `CMD` use {form} form"), || {
                match wrong {
                    Some(step) => {
                        let help = if want {
                            "use a JSON array, for example `[\"python\", \"run.py\"]`"
                        } else {
                            "write the command without the JSON array"
                        };
                        failure(
                            format!("`{}` does not use {form} form", step.keyword().as_str()),
                            "shell-form",
                            help,
                            place,
                        )
                    }
                    None => failure(
                        "neither `CMD` nor `ENTRYPOINT` is set".to_owned(),
                        "",
                        "add `CMD` or `ENTRYPOINT`",
                        place,
                    ),
                }
            });
        }
    }

    fn presence(&mut self, wanted: Option<bool>, have: bool, name: &str, rule: &str, span: Option<Span>) {
        let Some(want) = wanted else { return };
        let place = self.location(span.unwrap_or(self.stage.from.keyword_span));
        let state = |is_present: bool| format!("`{name}` is {}", if is_present { "present" } else { "missing" });
        self.check(have == want, state(want), || match want {
            true => failure(state(false), rule, format!("add `{name}`"), place),
            false => failure(state(true), rule, format!("remove `{name}`"), place),
        });
    }

    fn settings(&mut self, wanted: &Requirements) {
        let (model, stage) = (self.model, self.stage);
        let place = self.location(stage.from.keyword_span);
        self.presence(
            wanted.workdir,
            stage.end.workdir.is_some(),
            "WORKDIR",
            "",
            stage.end.workdir.as_ref().map(|set| set.span),
        );
        for name in wanted.env.iter() {
            let set =
                stage.end.variables.get(name.as_str()).is_some_and(|set| set.kind == crate::model::VariableKind::Env);
            self.check(set, format!("`{name}` is set by `ENV`"), || {
                failure(
                    format!("`ENV` does not set `{name}`"),
                    "",
                    format!("use `ENV {name}=…`; an `ARG` is not set when the container runs"),
                    place.clone(),
                )
            });
        }
        let labels: Vec<String> =
            self.chain().flat_map(|stage| stage.labels(model)).filter_map(|label| label.key).collect();
        for name in wanted.labels.iter() {
            self.check(labels.contains(name), format!("label `{name}` is set"), || {
                failure(format!("label `{name}` is not set"), "", format!("add `LABEL {name}=\"…\"`"), place.clone())
            });
        }
        let ports: Vec<(u16, u16)> =
            self.chain().flat_map(|stage| stage.ports(model)).map(|port| (port.first, port.last)).collect();
        for port in wanted.exposes.iter() {
            let is_exposed = ports.iter().any(|(first, last)| (first..=last).contains(&port));
            self.check(is_exposed, format!("port {port} is exposed"), || {
                failure(format!("port {port} is not exposed"), "", format!("add `EXPOSE {port}`"), place.clone())
            });
        }
    }

    fn instructions(&mut self, wanted: &Requirements) {
        let find = |name: &str| {
            let same = |keyword: Keyword| keyword.as_str().eq_ignore_ascii_case(name);
            self.model.file.instructions().find(|instruction| same(instruction.keyword)).map(|found| found.span)
        };
        let has: Vec<_> = wanted.has.iter().map(|name| (name.to_uppercase(), true, find(name))).collect();
        let lacks: Vec<_> = wanted.lacks.iter().map(|name| (name.to_uppercase(), false, find(name))).collect();
        for (name, want, span) in has.into_iter().chain(lacks) {
            self.presence(Some(want), span.is_some(), &name, "", span);
        }
        if let Some(count) = &wanted.layers {
            let is_layer = |keyword| matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add);
            let steps = self.chain().flat_map(|stage| &stage.steps).filter(|step| is_layer(step.keyword()));
            let have = steps.count() as u64;
            let place = self.location(self.stage.from.keyword_span);
            self.check(count.fits(have), format!("the final stage adds {have} layers"), || {
                let help = "combine related `RUN` instructions, and move build steps to an earlier stage";
                failure(
                    format!("the final stage adds {have} layers, expected `{}`", count.text),
                    "many-layers",
                    help,
                    place,
                )
            });
        }
    }
}
