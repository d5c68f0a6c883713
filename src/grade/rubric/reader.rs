//! Reads the text of a rubric into a [`Rubric`], or reports all errors.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use toml::Spanned;
use toml::de::DeValue;

use super::expectation::Scale;
use super::values::OneOrMany;
use super::rubric_text::RubricText;
use super::{Criterion, CriterionKind, EngineKind, Rubric, RubricVersion, StaticKind, variants};
use crate::config::{self, Config};
use crate::finding::Entry;
use crate::finding::Level;
use crate::grade::Points;
use crate::grade::rubric::schema::{RawCriterion, RawRubric};
use crate::grade::rubric::static_checks::RuleDeductions;
use crate::lint::select::{Selector, Specificity};
use crate::syntax::Keyword;
use crate::text::Problem;
use crate::text::hash::hash;
use crate::text::suggest::nearest;
use crate::text::toml::{TomlReader, Value};
use crate::text::{Source, Span};

/// How many findings of one rule count by default.
const REPEATS: usize = 3;

/// Keys of `plimsoll.toml` that are allowed in `[lint]`.
const LINT_KEYS: [&str; 7] = ["profile", "preview", "ignore", "levels", "rules", "build-args", "targets"];

/// The keys that say how a criterion is evaluated.
const KINDS: &str =
    "`rules`, `practices`, `require`, `build`, `scale`, `run`, `http`, `files`, `inspect`, `weigh`, `signal` or `compose`";

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

/// A criterion before it is checked against the others.
struct CriterionDraft {
    raw: RawCriterion,
    span: Span,
    /// Each with its place in the file.
    selectors: Vec<(Selector, Span)>,
}

impl RubricReader<'_> {
    fn rubric(&mut self) -> Option<Rubric> {
        let table = self.toml.parse()?;
        let criteria = table.get_ref().get("criterion").cloned();
        let lint = table.get_ref().get("lint").cloned();
        let whole = Spanned::new(table.span(), DeValue::Table(table.into_inner()));
        let head: Option<RawRubric> = self.toml.typed(&whole, Span::at(0), HELP);
        let drafts = criteria.map(|criteria| self.criteria(&criteria)).unwrap_or_default();
        let config = self.lint(lint.as_ref(), &drafts);
        let head = head?;
        if drafts.is_empty() && !self.toml.has_problems() {
            self.toml.error("no `[[criterion]]`: nothing would get points", Span::at(0));
        }
        let plimsoll = self.version(&head.plimsoll)?;
        if let Some(pass) =
            head.pass.as_ref().filter(|pass| !(Points::ZERO..=Points::whole(100)).contains(pass.get_ref()))
        {
            self.toml.error("the pass mark must be a percentage from 0 to 100", self.toml.span(pass.span()));
        }
        let frozen = head.frozen_rules.as_ref().map(|names| self.frozen(names));
        let mut settings = config.settings(&config::Overrides::default(), &[], self.rules);
        settings.lint.rules.retain(|(entry, _)| {
            let known = RubricVersion::parse(entry.meta.since).is_some_and(|since| since <= plimsoll);
            let frozen = frozen.as_ref().is_none_or(|names| names.contains(entry.meta.name));
            known && frozen && drafts.iter().any(|draft| draft.fits(entry).is_some())
        });
        let counted = settings.lint.rules.clone();
        let mut criteria: Vec<Criterion> = Vec::new();
        for draft in drafts {
            if let Some(criterion) = self.criterion(draft, &counted, &criteria) {
                criteria.push(criterion);
            }
        }
        for problem in variants::problems(&head.variant, &criteria) {
            self.toml.problem(problem, Span::at(0));
        }
        let written = RubricText::of(self.source);
        for criterion in &mut criteria {
            criterion.question = written.question(&criterion.id);
        }
        Some(Rubric {
            title: head.title,
            pass: head.pass.map(Spanned::into_inner),
            round: head.round.abs(),
            feedback: head.feedback,
            lang: head.lang,
            late: head.late,
            curve: head.curve,
            similarity: head.similarity,
            submission: head.submission,
            engine: head.engine,
            variants: head.variant,
            criteria,
            lint: settings,
            lint_text: written.section("lint"),
            submission_text: written.section("submission"),
            engine_text: written.section("engine"),
            variant_text: written.section("variant"),
            source: Arc::clone(self.source),
            template_prints: OnceLock::new(),
            fingerprint: format!("{:016x}", hash(&[self.source.bytes()])),
        })
    }

    fn version(&mut self, written: &Spanned<String>) -> Option<RubricVersion> {
        let span = self.toml.span(written.span());
        let Some(version) = RubricVersion::parse(written.get_ref()) else {
            self.toml.error(
                format!("invalid version `{}`; expected one like `{}`", written.get_ref(), RubricVersion::own()),
                span,
            );
            return None;
        };
        if version > RubricVersion::own() {
            let problem =
                Problem::error(format!("this rubric requires plimsoll {version}; this is {}", RubricVersion::own()));
            self.toml.problem(problem.help("use that version or a later one"), span);
            return None;
        }
        Some(version)
    }

    fn frozen(&mut self, names: &Spanned<Vec<String>>) -> BTreeSet<String> {
        let span = self.toml.span(names.span());
        for name in names.get_ref() {
            if !self.rules.iter().any(|entry| entry.meta.name == name) {
                let problem = Problem::error(format!("unknown rule `{name}`"));
                let near = nearest(name, self.rules.iter().map(|entry| entry.meta.name));
                self.toml.problem(problem.meant(near).help("`frozen-rules` takes full rule names only"), span);
            }
        }
        names.get_ref().iter().cloned().collect()
    }

    fn criteria(&mut self, value: &Value<'_>) -> Vec<CriterionDraft> {
        let span = self.toml.span(value.span());
        let Some(items) = value.get_ref().as_array() else {
            self.toml.error("`criterion` must be an array of tables: `[[criterion]]`", span);
            return Vec::new();
        };
        let mut drafts = Vec::new();
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
            drafts.push(CriterionDraft { raw, span, selectors });
        }
        drafts
    }

    /// The header line of a table, or the first line of an inline table.
    fn header(&self, span: Span) -> Span {
        let line = self.source.line_span(self.source.line_index(span.start()));
        let text = self.source.slice(line);
        let start = line.start() + (text.len() - text.trim_start().len());
        Span::new(start, (line.start() + text.trim_end().len()).max(start))
    }

    fn selector(&mut self, text: &str, practice: bool, span: Span) -> Option<Selector> {
        if practice && !self.rules.iter().any(|entry| entry.meta.practice == text) {
            let near = nearest(text, self.rules.iter().map(|entry| entry.meta.practice));
            let problem = Problem::error(format!("unknown practice `{text}`")).meant(near);
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

    /// Reads `[lint]`, and enables the rules that criteria select.
    fn lint(&mut self, value: Option<&Value<'_>>, drafts: &[CriterionDraft]) -> Config {
        let mut config = Config::default();
        if let Some(value) = value {
            let span = self.toml.span(value.span());
            match value.get_ref().as_table() {
                None => self.toml.error("`lint` must be a table: `[lint]`", span),
                Some(table) => {
                    let unknown: Vec<_> =
                        table.keys().filter(|key| !LINT_KEYS.contains(&key.get_ref().as_ref())).collect();
                    for key in unknown {
                        let problem =
                            Problem::error(format!("`{}` is not allowed in a rubric's `[lint]`", key.get_ref()));
                        let known = LINT_KEYS.join(", ");
                        self.toml
                            .problem(problem.help(format!("expected one of: {known}")), self.toml.span(key.span()));
                    }
                    let (read, problems) = config::read_table(self.source, table, self.rules);
                    config = read;
                    self.toml.extend(problems);
                }
            }
        }
        let named = drafts.iter().flat_map(|draft| &draft.selectors).map(|(selector, _)| selector.clone());
        config.selection.extend_select.extend(named);
        config
    }

    fn criterion(
        &mut self,
        draft: CriterionDraft,
        counted: &[(&'static Entry, Level)],
        above: &[Criterion],
    ) -> Option<Criterion> {
        let CriterionDraft { raw, span, selectors } = draft;
        let id = raw.id.get_ref().clone();
        let id_span = self.toml.span(raw.id.span());
        let is_allowed = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_');
        if id.is_empty() || id.len() > 64 || !id.chars().all(is_allowed) {
            self.toml.error(format!("invalid id `{id}`: use letters, digits, `-` and `_`"), id_span);
        }
        if above.iter().any(|other| other.id == id) {
            self.toml.error(format!("duplicate criterion id `{id}`"), id_span);
        }
        let points = *raw.points.get_ref();
        if points < Points::ZERO {
            let problem = Problem::error("`points` must not be negative");
            let problem = problem.help("for a pure deduction use `points = 0`, `each` and a negative `floor`");
            self.toml.problem(problem, self.toml.span(raw.points.span()));
        }
        let needs = raw.needs.as_ref().map(|needs| self.needs(needs, &id, above)).unwrap_or_default();
        let (each, floor, cap, repeats) = (raw.each, raw.floor, raw.cap, raw.repeats);
        let has_deductions =
            each.is_some() || floor.is_some() || cap.is_some() || repeats.is_some() || raw.levels.is_some();
        let mut kinds = Vec::new();
        if raw.rules.is_some() || raw.practices.is_some() {
            for (selector, at) in &selectors {
                if !counted.iter().any(|(entry, _)| selector.fits(entry).is_some()) {
                    let problem = Problem::warning(format!("`{}` does not select any rule that counts", selector.text));
                    let why = "its rules are off, ignored, not in `frozen-rules`, or newer than this rubric";
                    self.toml.problem(problem.help(why), *at);
                }
            }
            let rules = counted.iter().filter_map(|(entry, _)| {
                let fit = selectors.iter().filter_map(|(selector, _)| selector.fits(entry)).max()?;
                Some((*entry, fit == Specificity::Name))
            });
            kinds.push(CriterionKind::Static(StaticKind::Rules(RuleDeductions {
                rules: rules.collect(),
                levels: raw.levels.map(Spanned::into_inner).unwrap_or_default(),
                each: each.map(Points::abs),
                floor: floor.unwrap_or_default(),
                cap: cap.map(Points::abs),
                repeats: repeats.unwrap_or(REPEATS).max(1),
            })));
        } else if has_deductions {
            self.toml.error("`each`, `floor`, `cap`, `repeats` and `levels` require `rules` or `practices`", span);
        }
        kinds.extend(raw.require.map(|require| CriterionKind::Static(StaticKind::Requirements(Box::new(require)))));
        let scale = raw.scale.map(|scale| self.scale(scale, points));
        let engine = [
            raw.build.map(|build| EngineKind::Build(build.0)),
            scale.map(EngineKind::Scale),
            raw.run.map(EngineKind::Run),
            raw.http.map(EngineKind::Http),
            raw.files.map(EngineKind::Files),
            raw.inspect.map(EngineKind::Inspect),
            raw.weigh.map(EngineKind::Weigh),
            raw.signal.map(|signal| EngineKind::Signal(signal.0)),
            raw.compose.map(|compose| EngineKind::Compose(Box::new(compose.0))),
        ];
        kinds.extend(engine.into_iter().flatten().map(CriterionKind::Engine));
        let kind = match kinds.len() {
            1 => kinds.pop()?,
            0 => {
                self.toml.error(format!("criterion `{id}` has nothing to evaluate; add one of {KINDS}"), id_span);
                return None;
            }
            _ => {
                let problem = Problem::error(format!("criterion `{id}` evaluates several things"));
                self.toml
                    .problem(problem.help("split it into one criterion for each, with points of its own"), id_span);
                return None;
            }
        };
        if let CriterionKind::Static(StaticKind::Requirements(require)) = &kind {
            let is_unknown =
                |name: &&String| !Keyword::ALL.iter().any(|keyword| keyword.as_str().eq_ignore_ascii_case(name));
            let unknown: Vec<String> =
                require.has.iter().chain(require.lacks.iter()).filter(is_unknown).cloned().collect();
            for name in unknown {
                self.toml.error(format!("unknown instruction `{name}`"), span);
            }
        }
        if is_empty(&kind) {
            self.toml.error(format!("criterion `{id}` checks nothing, so everyone would get its points"), id_span);
        }
        let title = raw.title.unwrap_or_else(|| id.clone());
        let variants = raw.variant.map(|names| names.into_inner().0).unwrap_or_default();
        let (bonus, hidden, partial, hint) = (raw.bonus, raw.hidden, raw.partial, raw.hint);
        Some(Criterion { id, title, points, bonus, hidden, needs, variants, partial, hint, question: String::new(), kind })
    }

    fn needs(&mut self, written: &Spanned<OneOrMany<String>>, id: &str, above: &[Criterion]) -> Vec<String> {
        let span = self.toml.span(written.span());
        let mut needs = Vec::new();
        for need in written.get_ref().iter() {
            if above.iter().any(|other| other.id == *need) {
                needs.push(need.clone());
            } else if need == id {
                self.toml.error(format!("criterion `{id}` needs itself"), span);
            } else {
                let problem = Problem::error(format!("no earlier criterion `{need}`"));
                let near = nearest(need, above.iter().map(|other| other.id.as_str()));
                self.toml.problem(problem.meant(near).help("a criterion must come after the ones that it needs"), span);
            }
        }
        needs
    }

    fn scale(&mut self, scale: Spanned<Scale>, points: Points) -> Scale {
        let span = self.toml.span(scale.span());
        let scale = scale.into_inner();
        let sizes: Vec<_> = scale.size.iter().map(|step| (step.max.0, step.points)).collect();
        let layers: Vec<_> = scale.layers.iter().map(|step| (step.max, step.points)).collect();
        let steps = match (sizes.is_empty(), layers.is_empty()) {
            (false, true) => sizes,
            (true, false) => layers,
            _ => {
                self.toml.error(
                    "expected either `size` or `layers` with a list of steps, such as `[{ max = \"120MB\", points = 10 }]`",
                    span,
                );
                return scale;
            }
        };
        if steps.windows(2).any(|pair| pair[0].0 >= pair[1].0 || pair[0].1 < pair[1].1) {
            self.toml.error("steps must have rising limits and must not give more points than the step before", span);
        }
        if steps[0].1 != points {
            self.toml.error(format!("the first step gives {} points, but the criterion {points}", steps[0].1), span);
        }
        scale
    }
}

impl CriterionDraft {
    /// How specifically the criterion selects a rule, if it does.
    fn fits(&self, entry: &Entry) -> Option<Specificity> {
        self.selectors.iter().filter_map(|(selector, _)| selector.fits(entry)).max()
    }
}

/// Whether the criterion checks nothing, so that no submission could miss it.
fn is_empty(kind: &CriterionKind) -> bool {
    fn is_default<T: Default + std::fmt::Debug>(expectation: &T) -> bool {
        format!("{expectation:?}") == format!("{:?}", T::default())
    }
    match kind {
        CriterionKind::Static(StaticKind::Requirements(expectation)) => is_default(&**expectation),
        CriterionKind::Engine(EngineKind::Files(expectation)) => is_default(expectation),
        CriterionKind::Engine(EngineKind::Inspect(expectation)) => is_default(expectation),
        CriterionKind::Engine(EngineKind::Run(runs)) => runs.is_empty(),
        CriterionKind::Engine(EngineKind::Http(asked)) => asked.is_empty(),
        _ => false,
    }
}
