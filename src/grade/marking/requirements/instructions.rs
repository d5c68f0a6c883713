//! What the instructions of a Dockerfile set: how the container starts, its settings, and how many layers there are.

use super::failure;
use super::image::DockerfileChecks;
use crate::grade::marking::own_files::OwnFiles;
use crate::grade::marking::start::exec_form;
use crate::grade::rubric::static_checks::Requirements;
use crate::model::VariableKind;
use crate::syntax::{Args, HealthcheckArgs, Keyword};
use crate::text::Span;

impl DockerfileChecks<'_, '_> {
    pub(super) fn start(&mut self, wanted: &Requirements) {
        let (model, stage) = (self.model, self.stage);
        let health = stage.healthcheck(model);
        let checked =
            health.is_some_and(|step| !matches!(step.instruction.args, Args::Healthcheck(HealthcheckArgs::None)));
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
                        let keyword = step.keyword().as_str();
                        let own = exec_form(model.source.slice(step.instruction.args_span));
                        let help = match (want, own) {
                            (true, Some(array)) => format!("use a JSON array: `{keyword} {array}`"),
                            (true, None) => "use a JSON array, for example `[\"python\", \"run.py\"]`".to_owned(),
                            (false, _) => "write the command without the JSON array".to_owned(),
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
                        match model.context.and_then(|context| OwnFiles::of(model, context).start()).filter(|_| want) {
                            Some(array) => format!("add the program to start as the last line: `ENTRYPOINT {array}`"),
                            None => "add the program to start as the last line: `CMD [\"…\"]` or `ENTRYPOINT [\"…\"]`".to_owned(),
                        },
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
            true => failure(state(false), rule, how_to_add(name), place),
            false => failure(state(true), rule, format!("remove `{name}`"), place),
        });
    }

    pub(super) fn settings(&mut self, wanted: &Requirements) {
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
            let set = stage.end.variables.get(name.as_str()).is_some_and(|set| set.kind == VariableKind::Env);
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

    pub(super) fn instructions(&mut self, wanted: &Requirements) {
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

/// How to add an instruction that is missing.
fn how_to_add(name: &str) -> String {
    match name {
        "HEALTHCHECK" => "add `HEALTHCHECK CMD …` with a command that fails if the program does not work".to_owned(),
        "ENTRYPOINT" | "CMD" => format!("add `{name} [\"…\"]` with the program to start"),
        "WORKDIR" => "add `WORKDIR /app` before the first `COPY` or `RUN`".to_owned(),
        "USER" => "create an account, and add `USER` with its name or number before `CMD`".to_owned(),
        _ => format!("add `{name}`"),
    }
}
