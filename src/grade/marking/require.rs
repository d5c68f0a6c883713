//! Facts about a submission's files.

use super::page;
use crate::grade::rubric::static_checks::{Pinned, Require};
use crate::grade::rubric::values::Pattern;
use crate::grade::runs::{Check, Fault, compose_facts};
use crate::grade::sheet::Spot;
use crate::grade::submissions::Located;
use crate::model::{Model, Origin, Stage, Tri};
use crate::rules::nonroot::shared::how_to_leave_root;
use crate::syntax::{Args, Keyword};
use crate::text::Span;

/// Whether it asks for anything that only a Dockerfile can tell.
pub(super) fn needs_dockerfile(wanted: &Require) -> bool {
    let Require { files, lacks_files, compose, .. } = wanted;
    let others = Require {
        files: files.clone(),
        lacks_files: lacks_files.clone(),
        compose: compose.clone(),
        ..Require::default()
    };
    format!("{wanted:?}") != format!("{others:?}")
}

/// What needs no Dockerfile.
pub(super) fn of_files(wanted: &Require, located: &Located) -> Vec<Check> {
    let mut checks = Vec::new();
    let fits = |pattern: &Pattern| {
        located.listing.items.iter().find(|item| pattern.fits(&item.path) || item.path == pattern.text)
    };
    for pattern in wanted.files.iter() {
        let what = format!("`{}` is there", pattern.text);
        checks.push(match fits(pattern) {
            Some(_) => Check::holds(what),
            None => Check::fails(
                what,
                fault(format!("`{}` is missing", pattern.text), "", format!("add `{}`", pattern.text), None),
            ),
        });
    }
    for pattern in wanted.lacks_files.iter() {
        let what = format!("`{}` is not there", pattern.text);
        checks.push(match fits(pattern) {
            None => Check::holds(what),
            Some(item) => {
                let place = Some(Spot { file: item.path.clone(), line: None, column: None });
                Check::fails(
                    what,
                    Fault {
                        place,
                        ..fault(
                            format!("`{}` should not be there", item.path),
                            "",
                            format!("remove `{}`", item.path),
                            None,
                        )
                    },
                )
            }
        });
    }
    if let Some(compose) = &wanted.compose {
        let file = compose.file.clone().or_else(|| located.compose.clone());
        let known = |file: &String| {
            located.listing.items.iter().any(|item| item.path == *file && !item.is_folder && !item.is_link)
        };
        let text = file.as_ref().filter(|file| known(file)).and_then(|file| {
            let path = located.folder.join(file);
            let small = path.symlink_metadata().is_ok_and(|meta| meta.is_file() && meta.len() < 1 << 20);
            small.then(|| std::fs::read(path).ok()).flatten()
        });
        let text = text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        checks.extend(compose_facts(compose, file.as_deref().unwrap_or("compose.yaml"), text.as_deref()));
    }
    checks
}

/// What a Dockerfile tells; `path` is what it is called.
pub(super) fn of_dockerfile(wanted: &Require, model: &Model<'_>, path: &str) -> Vec<Check> {
    let Some(stage) = model.final_stage() else { return Vec::new() };
    let mut facts = Facts { model, stage, path, checks: Vec::new() };
    facts.stages(wanted);
    facts.bases(wanted);
    facts.user(wanted);
    facts.start(wanted);
    facts.settings(wanted);
    facts.instructions(wanted);
    facts.checks
}

struct Facts<'m, 'a> {
    model: &'m Model<'a>,
    stage: &'m Stage<'a>,
    path: &'m str,
    checks: Vec<Check>,
}

fn fault(what: String, rule: &str, earn_back: impl Into<String>, place: Option<Spot>) -> Fault {
    Fault { what, why: page::why_of(rule), earn_back: earn_back.into(), place, seen: None }
}

impl<'m, 'a> Facts<'m, 'a> {
    fn spot(&self, span: Span) -> Option<Spot> {
        let (line, column) = self.model.source.line_column(span.start());
        Some(Spot { file: self.path.to_owned(), line: Some(line), column: Some(column) })
    }

    fn check(&mut self, holds: bool, what: impl Into<String>, fault: impl FnOnce() -> Fault) {
        let what = what.into();
        self.checks.push(if holds { Check::holds(what) } else { Check::fails(what, fault()) });
    }

    /// The stages that the final image is made of, the final one first.
    fn chain(&self) -> impl Iterator<Item = &'m Stage<'a>> {
        std::iter::once(self.stage).chain(self.stage.chain(self.model))
    }

    fn stages(&mut self, wanted: &Require) {
        let place = self.spot(self.stage.from.keyword_span);
        if let Some(count) = &wanted.stages {
            let have = self.model.stages.len() as u64;
            let words = |count: u64| if count == 1 { "one stage".to_owned() } else { format!("{count} stages") };
            self.check(count.fits(have), format!("there are {}", words(have)), || {
                let earn_back = match have < count.least {
                    true => "build in a stage of its own, and copy what comes of it into a slim one with `COPY --from`",
                    false => "do with fewer stages",
                };
                fault(
                    format!("there is {}, and not `{}`", words(have), count.text),
                    "toolchain-base",
                    earn_back,
                    place.clone(),
                )
            });
        }
        if let Some(want) = wanted.copy_from_stage {
            let from_stage =
                |stage: &Stage<'_>| stage.imports.iter().any(|import| matches!(import.origin, Origin::Stage(_)));
            let have = self.chain().any(from_stage);
            let what = if want { "the final stage copies from another stage" } else { "no stage is copied from" };
            self.check(have == want, what, || {
                let (is, earn_back) = match want {
                    true => (
                        "the final stage copies nothing from another stage",
                        "copy what was built with `COPY --from=STAGE`",
                    ),
                    false => ("the final stage copies from another stage", "do without `COPY --from`"),
                };
                fault(is.to_owned(), "toolchain-base", earn_back, place.clone())
            });
        }
    }

    fn bases(&mut self, wanted: &Require) {
        let image = self.stage.root_image(self.model);
        if !wanted.final_base.is_empty() {
            let name = image.map_or("scratch", |image| image.value.as_deref().unwrap_or(&image.written));
            let familiar = image.and_then(|image| {
                let (name, tag) = (image.familiar_name()?, image.tag_text());
                Some(tag.map_or(name.to_string(), |tag| format!("{name}:{tag}")))
            });
            let fits =
                |pattern: &Pattern| pattern.fits(name) || familiar.as_deref().is_some_and(|name| pattern.fits(name));
            let texts: Vec<_> = wanted.final_base.iter().map(|pattern| format!("`{}`", pattern.text)).collect();
            let texts = texts.join(" or ");
            let place = image.and_then(|image| self.spot(image.span));
            self.check(wanted.final_base.iter().any(fits), format!("the final image starts from `{name}`"), || {
                let what = format!("the final image starts from `{name}`, which does not fit {texts}");
                fault(what, "full-base", format!("take a base that fits {texts}"), place)
            });
        }
        if let Some(pinned) = wanted.bases_pinned {
            let loose = self.model.images().find(|used| match pinned {
                Pinned::Digest => used.image.digest.is_none() && used.image.value.is_some(),
                Pinned::Tag => {
                    used.image.untagged() || used.image.digest.is_none() && used.image.tag_text() == Some("latest")
                }
            });
            let (word, rule) = match pinned {
                Pinned::Tag => ("version", "untagged-base"),
                Pinned::Digest => ("digest", "unpinned-digest"),
            };
            let (name, place) =
                loose.map_or((String::new(), None), |used| (used.image.written.clone(), self.spot(used.image.span)));
            self.check(loose.is_none(), format!("every base image has a {word}"), || {
                fault(
                    format!("`{name}` has no {word}"),
                    rule,
                    format!(
                        "write its {word}, such as `{}`",
                        match pinned {
                            Pinned::Tag => "python:3.13-slim",
                            Pinned::Digest => "python:3.13-slim@sha256:…",
                        }
                    ),
                    place,
                )
            });
        }
    }

    fn user(&mut self, wanted: &Require) {
        let user = self.stage.end.user.as_ref();
        let name = user.and_then(|user| user.value.clone());
        let place = match user {
            Some(user) => self.spot(user.span),
            None => self.spot(self.stage.from.keyword_span),
        };
        if let Some(want) = wanted.not_root {
            let root = self.stage.runs_as_root(self.model);
            // Of a base that nobody knows, an image without USER runs as root unless the file says otherwise.
            let is_root = root == Tri::Yes || root == Tri::Unknown && user.is_none();
            let what = match (&name, want) {
                (Some(name), true) => format!("the final image runs as `{name}`"),
                (None, true) => "the final image does not run as root".to_owned(),
                (_, false) => "the final image runs as root".to_owned(),
            };
            let help = how_to_leave_root(self.stage, self.model);
            let place = place.clone();
            self.check(is_root != want, what, || match want {
                true => fault("the final image runs as root".to_owned(), "missing-user", help, place),
                false => fault("the final image does not run as root".to_owned(), "", "leave `USER` out", place),
            });
        }
        if let Some(pattern) = &wanted.user {
            let have = name.unwrap_or_default();
            let fits = pattern.fits(&have) || pattern.fits(have.split(':').next().unwrap_or_default());
            self.check(fits, format!("the final image runs as `{have}`"), || {
                let is = if have.is_empty() { "no `USER` is set".to_owned() } else { format!("`USER` is `{have}`") };
                fault(
                    format!("{is}, and not `{}`", pattern.text),
                    "missing-user",
                    format!("write `USER {}`", pattern.text),
                    place,
                )
            });
        }
    }

    fn start(&mut self, wanted: &Require) {
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
            let place = self.spot(place);
            let form = if want { "exec" } else { "shell" };
            self.check(
                wrong.is_none() && !steps.is_empty(),
                format!("what starts is in {form} form"),
                || match wrong {
                    Some(step) => {
                        let help = if want {
                            "write a JSON array, such as `[\"python\", \"run.py\"]`"
                        } else {
                            "write the command without brackets"
                        };
                        fault(format!("`{}` is not in {form} form", step.keyword().as_str()), "shell-form", help, place)
                    }
                    None => fault("nothing says what starts".to_owned(), "", "write `CMD` or `ENTRYPOINT`", place),
                },
            );
        }
    }

    fn presence(&mut self, wanted: Option<bool>, have: bool, name: &str, rule: &str, span: Option<Span>) {
        let Some(want) = wanted else { return };
        let place = self.spot(span.unwrap_or(self.stage.from.keyword_span));
        let what = if want { format!("there is a `{name}`") } else { format!("there is no `{name}`") };
        self.check(have == want, what, || match want {
            true => fault(format!("there is no `{name}`"), rule, format!("add a `{name}`"), place),
            false => fault(format!("there is a `{name}`"), rule, format!("do without `{name}`"), place),
        });
    }

    fn settings(&mut self, wanted: &Require) {
        let (model, stage) = (self.model, self.stage);
        let place = self.spot(stage.from.keyword_span);
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
                fault(
                    format!("`ENV` does not set `{name}`"),
                    "",
                    format!("write `ENV {name}=…`: an `ARG` is gone when the container runs"),
                    place.clone(),
                )
            });
        }
        let labels: Vec<String> =
            self.chain().flat_map(|stage| stage.labels(model)).filter_map(|label| label.key).collect();
        for name in wanted.labels.iter() {
            self.check(labels.contains(name), format!("there is a label `{name}`"), || {
                fault(format!("there is no label `{name}`"), "", format!("write `LABEL {name}=\"…\"`"), place.clone())
            });
        }
        let ports: Vec<(u16, u16)> =
            self.chain().flat_map(|stage| stage.ports(model)).map(|port| (port.first, port.last)).collect();
        for port in wanted.exposes.iter() {
            let named = ports.iter().any(|(first, last)| (first..=last).contains(&port));
            self.check(named, format!("port {port} is exposed"), || {
                fault(
                    format!("`EXPOSE` does not name port {port}"),
                    "",
                    format!("write `EXPOSE {port}`"),
                    place.clone(),
                )
            });
        }
    }

    fn instructions(&mut self, wanted: &Require) {
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
            let place = self.spot(self.stage.from.keyword_span);
            self.check(count.fits(have), format!("the final stage adds {have} layers"), || {
                let help = "join what belongs together, and leave to an earlier stage what only the build needs";
                fault(
                    format!("the final stage adds {have} layers, and not `{}`", count.text),
                    "many-layers",
                    help,
                    place,
                )
            });
        }
    }
}
