//! Which stage needs which: `COPY --from`, `RUN --mount=from=`, and what of it reaches the final image.

use std::collections::HashMap;

use super::expand::Scope;
use super::{Base, ImageRef, Import, Model, Origin, no_variables};
use crate::model::transition::Facts;
use crate::syntax::WordOrigin;
use crate::syntax::{Args, Instruction, Keyword, Word};

/// Fills in what is known only once the whole file is read. `by_name` has names in lower case.
pub(super) fn link(
    model: &mut Model<'_>,
    by_name: &HashMap<String, usize>,
    facts: &Facts<'_>,
    target: Option<&str>,
) {
    let count = model.stages.len();
    for index in 0..count {
        let imports = imports(model, index, by_name, facts);
        for (at, import) in imports.iter().enumerate() {
            if let Some(stage) = import.stage().and_then(|from| model.stages.get_mut(from)) {
                stage.taken.push((index, at));
            }
        }
        if let Some(stage) = model.stages.get_mut(index) {
            stage.imports = imports;
        }
        effective(model, index);
    }
    let named = target.and_then(|target| {
        let by_number = || target.parse::<usize>().ok().filter(|index| *index < count);
        by_name.get(&target.to_lowercase()).copied().or_else(by_number)
    });
    let Some(last) = named.or_else(|| count.checked_sub(1)) else { return };
    model.last = Some(last);
    model.stages[last].is_final = true;
    reach(model, last);
    let mut next = Some(last);
    while let Some(index) = next {
        let stage = &mut model.stages[index];
        stage.in_final = true;
        next = match stage.base {
            Base::Stage(parent) => Some(parent),
            _ => None,
        };
    }
}

fn imports(model: &Model<'_>, stage: usize, by_name: &HashMap<String, usize>, facts: &Facts<'_>) -> Vec<Import> {
    let mut imports = Vec::new();
    for step in &model.stages[stage].steps {
        let (instruction, onbuild) = match &step.instruction.args {
            Args::Onbuild(Some(inner)) => (&**inner, true),
            Args::Onbuild(None) => continue,
            _ => (step.instruction, false),
        };
        let mut push =
            |word: &Word, origin| imports.push(Import { step: step.index, span: word.span, origin, onbuild });
        match instruction.keyword {
            Keyword::Copy | Keyword::Add => {
                if let Some(word) = instruction.flag("from").and_then(|flag| flag.value.as_ref()) {
                    let none = no_variables();
                    let origin = origin(word, instruction, facts.scope(&none, true), by_name, facts);
                    push(word, in_order(by_index(origin, model.stages.len()), stage));
                }
            }
            Keyword::Run => {
                for word in
                    instruction.flags.iter().filter(|flag| flag.name == "mount").filter_map(|flag| flag.field("from"))
                {
                    let scope = facts.scope(&step.state.variables, true);
                    push(word, in_order(origin(word, instruction, scope, by_name, facts), stage));
                }
            }
            _ => {}
        }
    }
    imports
}

/// A stage by name, else an image.
fn origin(
    word: &Word,
    of: &Instruction,
    scope: Scope<'_>,
    by_name: &HashMap<String, usize>,
    facts: &Facts<'_>,
) -> Origin {
    let expansion = facts.expand(word, of, scope);
    let Some(name) = expansion.value.as_deref() else { return Origin::Unknown };
    match by_name.get(&name.to_lowercase()) {
        Some(stage) => Origin::Stage(*stage),
        None if facts.is_context(name) => Origin::Unknown,
        None => Origin::Image(Box::new(ImageRef::new(word, &expansion, WordOrigin::of(word, &of.logical)))),
    }
}

/// `COPY --from=0`: a number is never a name.
fn by_index(origin: Origin, count: usize) -> Origin {
    let Origin::Image(image) = &origin else { return origin };
    match image.value.as_deref().map(str::parse::<i64>) {
        Some(Ok(index)) => match usize::try_from(index) {
            Ok(index) if index < count => Origin::Stage(index),
            _ => Origin::NoSuchIndex,
        },
        _ => origin,
    }
}

/// A stage can only take from those before it.
fn in_order(origin: Origin, stage: usize) -> Origin {
    match origin {
        Origin::Stage(from) if from == stage => Origin::Itself,
        Origin::Stage(from) if from > stage => Origin::Later(from),
        origin => origin,
    }
}

fn effective(model: &mut Model<'_>, index: usize) {
    let stage = &model.stages[index];
    let mut effective = match stage.base {
        Base::Stage(parent) => model.stages[parent].effective,
        _ => Default::default(),
    };
    let mut own_cmd = false;
    for step in &stage.steps {
        let here = Some((index, step.index));
        match step.instruction.keyword {
            Keyword::Cmd => (effective.cmd, own_cmd) = (here, true),
            Keyword::Healthcheck => effective.healthcheck = here,
            Keyword::Entrypoint => {
                effective.entrypoint = here;
                // A CMD from the base does not outlive an ENTRYPOINT here.
                if !own_cmd {
                    effective.cmd = None;
                }
            }
            _ => {}
        }
    }
    model.stages[index].effective = effective;
}

fn reach(model: &mut Model<'_>, last: usize) {
    let mut waiting = vec![last];
    // Whose ONBUILDs were followed: they count wherever the stage is a base.
    let mut triggered = vec![false; model.stages.len()];
    model.stages[last].reaches_final = true;
    while let Some(index) = waiting.pop() {
        let mut next = Vec::new();
        let stage = &model.stages[index];
        next.extend(stage.imports.iter().filter(|import| !import.onbuild).filter_map(Import::stage));
        if let Base::Stage(parent) = stage.base {
            next.push(parent);
            if !std::mem::replace(&mut triggered[parent], true) {
                let imports = model.stages[parent].imports.iter();
                next.extend(imports.filter(|import| import.onbuild).filter_map(Import::stage));
            }
        }
        for index in next {
            if !std::mem::replace(&mut model.stages[index].reaches_final, true) {
                waiting.push(index);
            }
        }
    }
}

impl Import {
    /// The stage it needs, wherever that one stands.
    pub fn stage(&self) -> Option<usize> {
        match self.origin {
            Origin::Stage(index) | Origin::Later(index) => Some(index),
            _ => None,
        }
    }
}
