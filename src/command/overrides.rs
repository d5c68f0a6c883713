//! What the command line says about the settings of files, as the configuration wants it.

use std::path::Path;

use crate::command::Stop;
use crate::command::inputs::{Inputs, check_globs, inputs};
use crate::command::options::{FileOptions, GlobalOptions, LintOptions};
use crate::config::{Configs, Overrides};
use crate::lint::fix_selection::FixSelection;
use crate::lint::registry;
use crate::lint::select::{Selection, Selector};
use crate::text::Problem;

/// The configurations of a run; mistakes of the options go to `problems`.
pub(super) fn configs(lint: &LintOptions, global: &GlobalOptions, problems: &mut Vec<Problem>) -> Configs {
    Configs::new(global.lookup.clone(), overrides(lint, problems), registry::all())
}

/// Reads the configuration for a command that does not need it, so that a mistake in a file that the command line names is
/// not passed over.
///
/// # Errors
/// It cannot be read, or has a mistake.
pub(super) fn check_configuration(global: &GlobalOptions) -> Result<(), Stop> {
    let mut configs = Configs::new(global.lookup.clone(), Overrides::default(), registry::all());
    configs.of_directory(Path::new("."));
    match configs.problems.iter().any(|problem| problem.fatal) {
        true => Err(Stop::Problems(configs.problems)),
        false => Ok(()),
    }
}

/// The files that a command works on, and warnings about how they were found.
pub(super) fn inputs_of(
    files: &FileOptions,
    lint: &LintOptions,
    global: &GlobalOptions,
) -> Result<(Inputs, Vec<Problem>), Stop> {
    let mut problems = Vec::new();
    let mut configs = configs(lint, global, &mut problems);
    check_globs(files, &mut problems);
    let inputs = inputs(files, &mut configs);
    problems.append(&mut configs.problems);
    // What the search says of a mistake on the command line would say it again.
    if problems.iter().all(|problem| !problem.fatal) {
        problems.extend(inputs.problems());
    }
    if problems.iter().any(|problem| problem.fatal) {
        return Err(Stop::Problems(problems));
    }
    Ok((inputs, problems))
}

fn overrides(lint: &LintOptions, problems: &mut Vec<Problem>) -> Overrides {
    let mut selectors = |option: &str, texts: &[String]| {
        let mut selectors = Vec::new();
        for text in texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
            match Selector::parse(text, registry::all()) {
                Ok(selector) if option == "ignore" && selector.is_empty(registry::all()) => {
                    problems.push(Problem::warning(format!("`--{option} {text}` matches no rule")));
                }
                Ok(selector) => selectors.push(selector),
                Err(unknown) => {
                    let problem = Problem::error(format!("`--{option}`: {}", unknown.message));
                    problems.push(problem.meant(unknown.meant.as_deref()).help("`plimsoll rule` lists all rules"));
                }
            }
        }
        selectors
    };
    let select = lint.select.as_ref().map(|texts| selectors("select", texts));
    let selection = Selection {
        select,
        extend_select: selectors("extend-select", &lint.extend_select),
        ignore: selectors("ignore", &lint.ignore),
    };
    let fixes = FixSelection {
        fixable: lint.fixable.as_ref().map(|texts| selectors("fixable", texts)),
        unfixable: selectors("unfixable", &lint.unfixable),
        ..FixSelection::default()
    };
    if selection.select.as_ref().is_some_and(Vec::is_empty) && problems.iter().all(|problem| !problem.fatal) {
        let problem = Problem::error("`--select` contains no rules");
        problems.push(problem.help("specify at least one rule, or use `--select all`"));
    }
    Overrides {
        profile: lint.profile,
        preview: lint.preview,
        fail_on: lint.fail_on,
        today: lint.today,
        selection,
        fixes,
        build_args: lint.build_args.clone(),
        shellcheck: lint.shellcheck,
        mark_fixes: false,
    }
}
