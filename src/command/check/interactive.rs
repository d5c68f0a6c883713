//! `--interactive`: shows each fix and asks whether to apply it.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead, Write};
use std::sync::Arc;

use super::files::{AppliedFixes, CheckedFile};
use crate::command::Stop;
use crate::command::inputs::Input;
use crate::command::linter::Linter;
use crate::command::options::CheckOptions;
use crate::context::Contexts;
use crate::finding::{Diagnostic, Fix, Safety};
use crate::lint::fix_loop;
use crate::report::{self, Change};
use crate::text::Source;
use crate::text::escape::visible;

/// What someone answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    /// This and all others of the file.
    All,
    /// Nothing more in this file.
    Leave,
    /// Nothing more at all.
    Quit,
}

const HELP: &str = "\
y  apply this fix
n  do not apply it
a  apply it and all later ones in the file
d  apply no more fixes in this file
q  quit and write the fixes accepted so far
";

/// Where the questions go and the answers come from.
struct Dialogue<'a> {
    input: &'a mut dyn BufRead,
    out: &'a mut dyn Write,
    color: bool,
}

/// Asks for the fixes of all files, in the order of the inputs.
pub(super) fn ask_all(
    inputs: &[Input],
    mut checked: Vec<CheckedFile>,
    options: &CheckOptions,
    color: bool,
) -> Result<Vec<CheckedFile>, Stop> {
    let contexts = Contexts::new();
    let (mut stdin, mut stderr) = (io::stdin().lock(), io::stderr().lock());
    let mut dialogue = Dialogue { input: &mut stdin, out: &mut stderr, color };
    for (input, checked) in inputs.iter().zip(&mut checked) {
        let readable = checked.report.error.is_none() && std::str::from_utf8(checked.report.source.bytes()).is_ok();
        if !readable || input.path.is_none() {
            continue;
        }
        let linter = Linter { input, options: &options.lint, contexts: &contexts };
        if ask_for(checked, options.fix.safety, &linter, &mut dialogue)? == Answer::Quit {
            break;
        }
    }
    Ok(checked)
}

/// Asks for the fixes of one file, one after the other: each is made for the text as the earlier ones left it.
fn ask_for(
    checked: &mut CheckedFile,
    allowed: Safety,
    linter: &Linter<'_>,
    dialogue: &mut Dialogue<'_>,
) -> Result<Answer, Stop> {
    let original = Arc::clone(&checked.report.source);
    let mut current = original.renamed(original.name());
    let (mut found, mut errors) = linter.lint(&current).map_err(error)?;
    let mut refused = HashSet::new();
    let mut applied: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut answer = Answer::No;
    while let Some((diagnostic, fix)) = next(&found, &current, allowed, &refused) {
        let key = key(diagnostic, fix, &current);
        let Some((bytes, _)) = fix_loop::round(&current, std::slice::from_ref(diagnostic), allowed) else {
            refused.insert(key);
            continue;
        };
        if answer != Answer::All {
            answer = dialogue.ask(diagnostic, fix, &current, &bytes)?;
        }
        match answer {
            Answer::Leave | Answer::Quit => break,
            Answer::No => _ = refused.insert(key),
            Answer::Yes | Answer::All => {
                let fixed = Source::new(current.name(), bytes);
                let (next_found, next_errors) = linter.lint(&fixed).map_err(error)?;
                // A fix that is offered again after it was applied is offered once.
                refused.insert(key);
                if next_errors <= errors {
                    *applied.entry(diagnostic.rule.name).or_default() += 1;
                    (current, found, errors) = (fixed, next_found, next_errors);
                }
            }
        }
    }
    if current.bytes() != original.bytes() {
        let source = Arc::new(current);
        checked.fixes = Some(AppliedFixes { source, new_files: Vec::new(), left: found, applied });
    }
    Ok(answer)
}

fn error(text: String) -> Stop {
    crate::text::Problem::error(text).into()
}

/// The first fix of the text that was not refused and that does not wait for another.
fn next<'a>(
    found: &'a [Diagnostic],
    source: &Source,
    allowed: Safety,
    refused: &HashSet<String>,
) -> Option<(&'a Diagnostic, &'a Fix)> {
    let offered = || {
        let fixes = found.iter().filter_map(|diagnostic| Some((diagnostic, diagnostic.fix.as_deref()?)));
        fixes.filter(|(diagnostic, fix)| {
            fix.is_allowed(allowed) && fix.new_file().is_none() && !refused.contains(&key(diagnostic, fix, source))
        })
    };
    let orders: Vec<_> = offered().filter_map(|(_, fix)| fix.order).collect();
    offered().find(|(_, fix)| fix.order.is_none_or(|order| !orders.iter().any(|other| order.waits_for(*other))))
}

/// The same for a fix that is offered again when the text around it has changed.
fn key(diagnostic: &Diagnostic, fix: &Fix, source: &Source) -> String {
    let edits = fix.edits().iter().map(|edit| format!("\0{}\0{}", source.slice(edit.span), edit.text));
    let line = source.line_span(source.line_index(diagnostic.span.start()));
    format!("{}\0{}{}", diagnostic.rule.name, source.slice(line), edits.collect::<String>())
}

impl Dialogue<'_> {
    fn ask(&mut self, found: &Diagnostic, fix: &Fix, source: &Source, new: &[u8]) -> io::Result<Answer> {
        let line = source.line_index(found.span.start()) + 1;
        let safety = match fix.safety {
            Safety::Safe => "safe",
            Safety::Unsafe => "unsafe",
            Safety::Display => "suggestion",
        };
        writeln!(self.out, "\n{}:{line}: {} [{}]", visible(source.name()), visible(&found.message), found.rule.name)?;
        writeln!(self.out, "{safety} fix: {}", visible(&fix.title))?;
        let change = Change { path: source.name().as_bytes(), old: source.bytes(), new, is_new: false };
        report::write_diff(&change, self.out, self.color, true)?;
        loop {
            write!(self.out, "Apply this fix [y,n,a,d,q,?]? ")?;
            self.out.flush()?;
            let mut text = String::new();
            if self.input.read_line(&mut text)? == 0 {
                writeln!(self.out)?;
                return Ok(Answer::Quit);
            }
            match text.trim() {
                "y" | "yes" => return Ok(Answer::Yes),
                "n" | "no" => return Ok(Answer::No),
                "a" => return Ok(Answer::All),
                "d" => return Ok(Answer::Leave),
                "q" => return Ok(Answer::Quit),
                _ => write!(self.out, "{HELP}")?,
            }
        }
    }
}
