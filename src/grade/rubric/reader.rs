//! The text of a rubric → [`Rubric`], or what is wrong with it.

use std::collections::BTreeSet;
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeValue;

use super::values::Several;
use super::{Criterion, EngineKind, Kind, Rubric, StaticKind, Version};
use crate::config::{self, Config};
use crate::finding::Entry;
use crate::finding::Level;
use crate::grade::Points;
use crate::grade::rubric::schema::{RawCriterion, RawRubric};
use crate::grade::rubric::static_checks::RulesWish;
use crate::lint::select::{Selector, Specificity};
use crate::syntax::Keyword;
use crate::text::Problem;
use crate::text::hash::hash;
use crate::text::suggest::nearest;
use crate::text::toml::{TomlReader, Value};
use crate::text::{Source, Span};

/// How many findings of one rule count when the rubric does not say.
const REPEATS: usize = 3;

/// Keys of `plimsoll.toml` that mean something in `[lint]`.
const LINT_KEYS: [&str; 7] = ["profile", "preview", "ignore", "levels", "rules", "build-args", "targets"];

/// The keys of a criterion that say what it is about.
const KINDS: &str =
    "`rules`, `practices`, `require`, `build`, `scale`, `run`, `http`, `files`, `inspect`, `signal` or `compose`";

pub(super) fn read(source: &Arc<Source>, rules: &'static [Entry]) -> Result<(Rubric, Vec<Problem>), Vec<Problem>> {
    let mut reader = RubricReader { source, rules, toml: TomlReader::new(source) };
    let rubric = reader.rubric();
    let problems: Vec<Problem> = reader.toml.finish().into_iter().map(|(_, problem)| problem).collect();
    match rubric {
        Some(rubric) if !problems.iter().any(|problem| problem.fatal) => Ok((rubric, problems)),
        _ => Err(problems),
    }
}

struct RubricReader<'a> {
    source: &'a Arc<Source>,
    rules: &'static [Entry],
    toml: TomlReader<'a>,
}

/// Where to read about the keys of a rubric.
const HELP: &str = "`plimsoll grade --init` writes a commented rubric";

/// A criterion as read, with what is known only when all are.
struct Half {
    raw: RawCriterion,
    span: Span,
    /// With where it is written.
    selectors: Vec<(Selector, Span)>,
}

impl RubricReader<'_> {
    fn rubric(&mut self) -> Option<Rubric> {
        let table = self.toml.parse()?;
        let criteria = table.get_ref().get("criterion").cloned();
        let lint = table.get_ref().get("lint").cloned();
        let whole = Spanned::new(table.span(), DeValue::Table(table.into_inner()));
        let head: Option<RawRubric> = self.toml.typed(&whole, Span::at(0), HELP);
        let halves = criteria.map(|criteria| self.criteria(&criteria)).unwrap_or_default();
        let config = self.lint(lint.as_ref(), &halves);
        let head = head?;
        if halves.is_empty() && !self.toml.has_problems() {
            self.toml.error("there is no `[[criterion]]`: nothing would get points", Span::at(0));
        }
        let plimsoll = self.version(&head.plimsoll)?;
        if let Some(pass) =
            head.pass.as_ref().filter(|pass| !(Points::ZERO..=Points::whole(100)).contains(pass.get_ref()))
        {
            self.toml.error("the pass mark is a percentage: 0 to 100", self.toml.span(pass.span()));
        }
        let frozen = head.frozen_rules.as_ref().map(|names| self.frozen(names));
        let mut settings = config.settings(&config::Overrides::default(), &[], self.rules);
        settings.lint.rules.retain(|(entry, _)| {
            let known = Version::parse(entry.meta.since).is_some_and(|since| since <= plimsoll);
            let frozen = frozen.as_ref().is_none_or(|names| names.contains(entry.meta.name));
            known && frozen && halves.iter().any(|half| half.fits(entry).is_some())
        });
        let counted = settings.lint.rules.clone();
        let mut made: Vec<Criterion> = Vec::new();
        for half in halves {
            if let Some(criterion) = self.criterion(half, &counted, &made) {
                made.push(criterion);
            }
        }
        Some(Rubric {
            title: head.title,
            plimsoll,
            pass: head.pass.map(Spanned::into_inner),
            round: head.round.abs(),
            feedback: head.feedback,
            late: head.late,
            submission: head.submission,
            engine: head.engine,
            criteria: made,
            lint: settings,
            fingerprint: format!("{:016x}", hash(&[self.source.bytes()])),
        })
    }

    fn version(&mut self, written: &Spanned<String>) -> Option<Version> {
        let span = self.toml.span(written.span());
        let Some(version) = Version::parse(written.get_ref()) else {
            self.toml.error(format!("`{}` is not a version such as `{}`", written.get_ref(), Version::own()), span);
            return None;
        };
        if version > Version::own() {
            let problem =
                Problem::error(format!("this rubric is for plimsoll {version}, and this is {}", Version::own()));
            self.toml.problem(problem.help("its rules cannot be known here: use that version or a later one"), span);
            return None;
        }
        Some(version)
    }

    fn frozen(&mut self, names: &Spanned<Vec<String>>) -> BTreeSet<String> {
        let span = self.toml.span(names.span());
        for name in names.get_ref() {
            if !self.rules.iter().any(|entry| entry.meta.name == name) {
                let problem = Problem::error(format!("there is no rule `{name}`"));
                let near = nearest(name, self.rules.iter().map(|entry| entry.meta.name));
                self.toml.problem(problem.meant(near).help("`frozen-rules` takes full names only"), span);
            }
        }
        names.get_ref().iter().cloned().collect()
    }

    fn criteria(&mut self, value: &Value<'_>) -> Vec<Half> {
        let span = self.toml.span(value.span());
        let Some(items) = value.get_ref().as_array() else {
            self.toml.error("write `[[criterion]]` above each criterion", span);
            return Vec::new();
        };
        let mut halves = Vec::new();
        for item in items {
            let span = self.header(self.toml.span(item.span()));
            let Some(raw) = self.toml.typed::<RawCriterion>(item, span, HELP) else { continue };
            let mut selectors = Vec::new();
            for (list, practices) in [(&raw.rules, false), (&raw.practices, true)] {
                let Some(list) = list else { continue };
                let span = self.toml.span(list.span());
                for text in list.get_ref().iter() {
                    selectors.extend(self.selector(text, practices, span).map(|selector| (selector, span)));
                }
            }
            halves.push(Half { raw, span, selectors });
        }
        halves
    }

    /// The line above a table's keys, or the beginning of an inline one.
    fn header(&self, span: Span) -> Span {
        let line = self.source.line_span(self.source.line_index(span.start()));
        let text = self.source.slice(line);
        let start = line.start() + (text.len() - text.trim_start().len());
        Span::new(start, (line.start() + text.trim_end().len()).max(start))
    }

    fn selector(&mut self, text: &str, practice: bool, span: Span) -> Option<Selector> {
        if practice && !self.rules.iter().any(|entry| entry.meta.practice == text) {
            let near = nearest(text, self.rules.iter().map(|entry| entry.meta.practice));
            let problem = Problem::error(format!("there is no practice `{text}`")).meant(near);
            self.toml.problem(problem.help("`plimsoll rule` lists all rules by practice"), span);
            return None;
        }
        match Selector::parse(text, self.rules) {
            Ok(selector) => Some(selector),
            Err(unknown) => {
                self.toml.problem(unknown.into(), span);
                None
            }
        }
    }

    /// `[lint]`, with the rules turned on that criteria name.
    fn lint(&mut self, value: Option<&Value<'_>>, halves: &[Half]) -> Config {
        let mut config = Config::default();
        if let Some(value) = value {
            let span = self.toml.span(value.span());
            match value.get_ref().as_table() {
                None => self.toml.error("expected a table: `[lint]`", span),
                Some(table) => {
                    let unfit: Vec<_> =
                        table.keys().filter(|key| !LINT_KEYS.contains(&key.get_ref().as_ref())).collect();
                    for key in unfit {
                        let problem =
                            Problem::error(format!("`{}` has no place in a rubric's `[lint]`", key.get_ref()));
                        let known = LINT_KEYS.join(", ");
                        self.toml.problem(problem.help(format!("there are {known}")), self.toml.span(key.span()));
                    }
                    let (read, problems) = config::read_table(self.source, table, self.rules);
                    config = read;
                    self.toml.extend(problems);
                }
            }
        }
        let named = halves.iter().flat_map(|half| &half.selectors).map(|(selector, _)| selector.clone());
        config.selection.extend_select.extend(named);
        config
    }

    fn criterion(&mut self, half: Half, counted: &[(&'static Entry, Level)], above: &[Criterion]) -> Option<Criterion> {
        let Half { raw, span, selectors } = half;
        let id = raw.id.get_ref().clone();
        let id_span = self.toml.span(raw.id.span());
        let plain = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_');
        if id.is_empty() || id.len() > 64 || !id.chars().all(plain) {
            self.toml.error(format!("`{id}` is no id: write letters, digits, `-` and `_`"), id_span);
        }
        if above.iter().any(|other| other.id == id) {
            self.toml.error(format!("there is already a criterion `{id}`"), id_span);
        }
        let points = *raw.points.get_ref();
        if points < Points::ZERO {
            let problem = Problem::error("points are what can be had, so they are not negative");
            let problem = problem.help("for a mere deduction write `points = 0`, `each` and a `floor` below 0");
            self.toml.problem(problem, self.toml.span(raw.points.span()));
        }
        let needs = raw.needs.as_ref().map(|needs| self.needs(needs, &id, above)).unwrap_or_default();
        let (each, floor, cap, repeats) = (raw.each, raw.floor, raw.cap, raw.repeats);
        let counts = each.is_some() || floor.is_some() || cap.is_some() || repeats.is_some() || raw.levels.is_some();
        let mut kinds = Vec::new();
        if raw.rules.is_some() || raw.practices.is_some() {
            for (selector, at) in &selectors {
                if !counted.iter().any(|(entry, _)| selector.fits(entry).is_some()) {
                    let problem = Problem::warning(format!("`{}` counts nothing", selector.text));
                    let why = "its rules are off, ignored, not frozen, or newer than this rubric";
                    self.toml.problem(problem.help(why), *at);
                }
            }
            let rules = counted.iter().filter_map(|(entry, _)| {
                let fit = selectors.iter().filter_map(|(selector, _)| selector.fits(entry)).max()?;
                Some((*entry, fit == Specificity::Name))
            });
            kinds.push(Kind::Static(StaticKind::Rules(RulesWish {
                rules: rules.collect(),
                levels: raw.levels.map(Spanned::into_inner).unwrap_or_default(),
                each: each.map(Points::abs),
                floor: floor.unwrap_or_default(),
                cap: cap.map(Points::abs),
                repeats: repeats.unwrap_or(REPEATS).max(1),
            })));
        } else if counts {
            self.toml.error("`each`, `floor`, `cap`, `repeats` and `levels` go with `rules` or `practices`", span);
        }
        kinds.extend(raw.require.map(|require| Kind::Static(StaticKind::Require(Box::new(require)))));
        let scale = raw.scale.map(|scale| self.scale(scale, points));
        let engine = [
            raw.build.map(|build| EngineKind::Build(build.0)),
            scale.map(EngineKind::Scale),
            raw.run.map(EngineKind::Run),
            raw.http.map(EngineKind::Http),
            raw.files.map(EngineKind::Files),
            raw.inspect.map(EngineKind::Inspect),
            raw.signal.map(|signal| EngineKind::Signal(signal.0)),
            raw.compose.map(|compose| EngineKind::Compose(Box::new(compose.0))),
        ];
        kinds.extend(engine.into_iter().flatten().map(Kind::Engine));
        let kind = match kinds.len() {
            1 => kinds.pop()?,
            0 => {
                self.toml.error(format!("the criterion `{id}` is about nothing: write one of {KINDS}"), id_span);
                return None;
            }
            _ => {
                let problem = Problem::error(format!("the criterion `{id}` is about several things"));
                self.toml.problem(problem.help("make a criterion of each, so that each has its points"), id_span);
                return None;
            }
        };
        if let Kind::Static(StaticKind::Require(require)) = &kind {
            let known =
                |name: &&String| !Keyword::ALL.iter().any(|keyword| keyword.as_str().eq_ignore_ascii_case(name));
            let unknown: Vec<String> = require.has.iter().chain(require.lacks.iter()).filter(known).cloned().collect();
            for name in unknown {
                self.toml.error(format!("there is no instruction `{name}`"), span);
            }
        }
        if asks_nothing(&kind) {
            self.toml.error(
                format!("the criterion `{id}` asks for nothing, so that everybody would get its points"),
                id_span,
            );
        }
        let title = raw.title.unwrap_or_else(|| id.clone());
        let (bonus, hidden, partial, hint) = (raw.bonus, raw.hidden, raw.partial, raw.hint);
        Some(Criterion { id, title, points, bonus, hidden, needs, partial, hint, kind })
    }

    fn needs(&mut self, written: &Spanned<Several<String>>, id: &str, above: &[Criterion]) -> Vec<String> {
        let span = self.toml.span(written.span());
        let mut needs = Vec::new();
        for need in written.get_ref().iter() {
            if above.iter().any(|other| other.id == *need) {
                needs.push(need.clone());
            } else if need == id {
                self.toml.error(format!("`{id}` needs itself"), span);
            } else {
                let problem = Problem::error(format!("there is no criterion `{need}` above"));
                let near = nearest(need, above.iter().map(|other| other.id.as_str()));
                self.toml.problem(problem.meant(near).help("what is needed comes first"), span);
            }
        }
        needs
    }

    fn scale(
        &mut self,
        scale: Spanned<crate::grade::rubric::expectation::Scale>,
        points: Points,
    ) -> crate::grade::rubric::expectation::Scale {
        let span = self.toml.span(scale.span());
        let scale = scale.into_inner();
        let sizes: Vec<_> = scale.size.iter().map(|step| (step.max.0, step.points)).collect();
        let layers: Vec<_> = scale.layers.iter().map(|step| (step.max, step.points)).collect();
        let steps = match (sizes.is_empty(), layers.is_empty()) {
            (false, true) => sizes,
            (true, false) => layers,
            _ => {
                self.toml.error(
                    "write either `size` or `layers`, a list of steps: `[{ max = \"120MB\", points = 10 }]`",
                    span,
                );
                return scale;
            }
        };
        if steps.windows(2).any(|pair| pair[0].0 >= pair[1].0 || pair[0].1 < pair[1].1) {
            self.toml.error("the steps rise, and each gives no more points than the one before", span);
        }
        if steps[0].1 != points {
            self.toml
                .error(format!("the first step gives {}, and not the {points} of the criterion", steps[0].1), span);
        }
        scale
    }
}

impl Half {
    fn fits(&self, entry: &Entry) -> Option<Specificity> {
        self.selectors.iter().filter_map(|(selector, _)| selector.fits(entry)).max()
    }
}

/// Whether no submission could miss it.
fn asks_nothing(kind: &Kind) -> bool {
    fn is_default<T: Default + std::fmt::Debug>(wish: &T) -> bool {
        format!("{wish:?}") == format!("{:?}", T::default())
    }
    match kind {
        Kind::Static(StaticKind::Require(wish)) => is_default(&**wish),
        Kind::Engine(EngineKind::Files(wish)) => is_default(wish),
        Kind::Engine(EngineKind::Inspect(wish)) => is_default(wish),
        Kind::Engine(EngineKind::Run(runs)) => runs.is_empty(),
        Kind::Engine(EngineKind::Http(asked)) => asked.is_empty(),
        _ => false,
    }
}
