//! Results of earlier runs: joins them, and deletes what is kept about a student.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::graded::{DEFAULT_OUT, GradedClass};
use super::{complete, evidence, read_rubric, result_files};
use crate::command::options::GlobalOptions;
use crate::command::options::grade::{ForgetOptions, MergeOptions};
use crate::command::terminal::Terminal;
use crate::command::{Exit, Stop, print};
use crate::grade::details::DetailStore;
use crate::grade::sheet::Sheet;
use crate::grade::{anonymous, class, totals};
use crate::report::write_problems;
use crate::text::Problem;

/// Joins the results of several runs.
pub(super) fn merge(options: &MergeOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    let rubric = read_rubric(&options.rubric, global, terminal)?;
    result_files::check(&options.results)?;
    let (mut sheets, details) = (BTreeMap::new(), DetailStore::default());
    for path in &options.inputs {
        let file = if path.is_dir() { path.join(result_files::JSONL) } else { path.clone() };
        class::read_lines(&file, &mut sheets, &details)
            .map_err(|error| Problem::error(format!("cannot read the results `{}`: {error}", file.display())))?;
    }
    let sheets: Vec<Sheet> = sheets.into_values().collect();
    if let Some(other) = sheets.iter().find(|sheet| sheet.rubric != rubric.fingerprint) {
        let problem = Problem::error(format!("`{}` was graded with a different rubric", other.student.id));
        return Err(problem.help("only results of the same version of a rubric can be merged").into());
    }
    let mut versions: Vec<&str> = sheets.iter().map(|sheet| sheet.plimsoll.as_str()).collect();
    versions.sort_unstable();
    versions.dedup();
    if versions.len() > 1 && !global.quiet {
        let problem = Problem::warning(format!("graded by different versions of plimsoll: {}", versions.join(", ")));
        write_problems(&[problem], &mut io::stderr().lock(), terminal.color_err)?;
    }
    if let Some((sheet, why)) = sheets.iter().find_map(|sheet| Some((sheet, totals::contradiction(sheet, &rubric)?))) {
        let problem = Problem::error(format!("the result of `{}` is inconsistent: {why}", sheet.student.id));
        return Err(problem.help("use `--overrides` to change marks, and grade again").into());
    }
    let sheets: Vec<Sheet> = sheets.into_iter().map(|sheet| totals::before_overrides(sheet, &rubric)).collect();
    let evidence = evidence(&options.evidence, &options.results)?;
    if !global.quiet && evidence.as_ref().is_none_or(|evidence| !class::can_compare(&rubric, evidence, &sheets)) {
        let problem = Problem::warning("submissions are not compared with each other: there is no evidence of them");
        let problem = problem.help("name the directory that the runs share with `--evidence DIR`");
        write_problems(&[problem], &mut io::stderr().lock(), terminal.color_err)?;
    }
    let columns = class::columns_of(&rubric, &sheets);
    let results = options.results.clone();
    complete(GradedClass { rubric, columns, sheets, details, evidence, results }, global, terminal)
}

/// Deletes a student's results, pages and evidence.
pub(super) fn forget(options: &ForgetOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    let rubric = read_rubric(&options.rubric, global, terminal)?;
    let mut results = options.results.clone();
    let out = results.out.get_or_insert_with(|| PathBuf::from(DEFAULT_OUT)).clone();
    let evidence = evidence(&options.evidence, &results)?;
    let path = out.join(result_files::JSONL);
    let (mut known, details) = (BTreeMap::new(), DetailStore::default());
    if path.exists() {
        class::read_lines(&path, &mut known, &details)
            .map_err(|error| Problem::error(format!("cannot read the results `{}`: {error}", path.display())))?;
    }
    let before = known.len();
    let list = out.join(result_files::IDENTITIES);
    let identities = fs::read_to_string(&list).ok();
    let ids = anonymous::ids(&options.student, identities.as_deref());
    let mut sheets: Vec<Sheet> = known.into_values().collect();
    sheets.retain(|sheet| !ids.contains(&sheet.student.id) && !ids.contains(&sheet.student.pseudonym()));
    let mut kept = 0;
    for id in &ids {
        let Some(evidence) = &evidence else { break };
        let failed = |error: io::Error| Problem::error(format!("cannot delete the evidence: {error}"));
        kept += evidence.forget(id).map_err(failed)?;
    }
    if before == sheets.len() && kept == 0 {
        let problem = Problem::error(format!("no data is stored about `{}`", options.student));
        return Err(problem.help("use the id from grades.csv").into());
    }
    let unwritten = |path: &Path, error: &dyn std::fmt::Display| {
        Problem::error(format!("cannot delete the student from `{}`: {error}", path.display()))
    };
    if let Some(identities) = identities {
        let rest = anonymous::without(&ids, &identities).map_err(|why| unwritten(&list, &why))?;
        result_files::write_atomically(&list, &rest).map_err(|error| unwritten(&list, &error))?;
    }
    // What was filled in for a learning platform names the student, too; the platform has the original.
    let mut deleted = String::new();
    for path in result_files::FILLED_IN.map(|name| out.join(name)) {
        match fs::remove_file(&path) {
            Ok(()) => deleted += &format!("deleted as a whole: {}\n", path.display()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unwritten(&path, &error).into()),
        }
    }
    let sheets: Vec<Sheet> = sheets.into_iter().map(|sheet| totals::before_overrides(sheet, &rubric)).collect();
    let columns = class::columns_of(&rubric, &sheets);
    results.exit_zero = true;
    results.format = result_files::existing(&out);
    complete(GradedClass { rubric, columns, sheets, details, evidence, results }, global, terminal)?;
    let rest = "not deleted: the submission itself, overrides, and copies elsewhere";
    print(format!("deleted what was kept about {}\n{deleted}{rest}\n", options.student).as_bytes())
}
