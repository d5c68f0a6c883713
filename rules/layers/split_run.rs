//! Consecutive short `RUN` instructions that could be one.

use std::collections::BTreeSet;

use crate::commands::packages::{installs, refreshes_index};
use crate::commands::server::runs_forever;
use crate::finding::prelude::*;
use crate::knowledge::programs::Class;
use crate::shell::Link;
use crate::shell::rewrite::new_line;

/// Changes the shell it runs in.
const CHANGES_SHELL: Class = Class::SHELL_STATE.or(Class::SHELL_CONTROL).or(Class::SHELL_FUNCTION);

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes).aka(&["DL3059"]);

/// A `RUN` with more commands than this is left alone.
const FEW: usize = 2;

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_shipped() {
        return;
    }
    let mut at = 0;
    while at < stage.steps.len() {
        let rest = &stage.steps[at..];
        let len = 1 + rest.windows(2).take_while(|pair| belong(&pair[0], &pair[1])).count();
        if len > 1 {
            report(&rest[..len], cx);
        }
        at += len;
    }
}

/// Whether two neighbours could be one, and are small or similar enough.
fn belong(first: &Step<'_>, second: &Step<'_>) -> bool {
    if first.keyword() != Keyword::Run || second.keyword() != Keyword::Run {
        return false;
    }
    // Mounts and other flags are a reason for a separate instruction.
    if !first.instruction.flags.is_empty() || !second.instruction.flags.is_empty() {
        return false;
    }
    if !first.instruction.heredocs.is_empty() || !second.instruction.heredocs.is_empty() {
        return false;
    }
    let (Some(one), Some(other)) = (&first.script, &second.script) else { return false };
    // Nothing comes after a server.
    if one.commands.iter().chain(&other.commands).any(runs_forever) {
        return false;
    }
    // An account has no business with what is installed or built.
    let apart = |one: &Script, other: &Script| makes_account(one) && !sets_up(other);
    if apart(one, other) || apart(other, one) {
        return false;
    }
    let (one_len, other_len) = (len(one), len(other));
    let equal = is_alike(one, other) && one_len.max(other_len) <= 2 * FEW;
    let (first, second) = (one_len <= FEW, other_len <= FEW);
    (first && second) || (first || second) && equal || same_manager(one, other)
}

/// How many commands a script runs, without those whose output others take.
fn len(script: &Script) -> usize {
    script.commands.iter().filter(|command| command.place.scope == 0).count()
}

/// Whether both run the same programs, whatever they make and remove besides.
fn is_alike(one: &Script, other: &Script) -> bool {
    let programs = |script: &Script| {
        let all = script.commands.iter();
        let work = all.clone().filter(|command| !command.class().is(Class::FILE_TOOL.or(Class::ELEMENTARY)));
        let work: BTreeSet<String> = work.map(|command| command.name.clone()).collect();
        if work.is_empty() { all.map(|command| command.name.clone()).collect() } else { work }
    };
    let programs = (programs(one), programs(other));
    !programs.0.is_empty() && programs.0 == programs.1
}

/// Whether it does nothing but create accounts and directories, and give files to someone.
fn sets_up(script: &Script) -> bool {
    script.commands.iter().all(|command| command.class().is(Class::ACCOUNT_TOOL.or(Class::FILE_TOOL)))
}

fn makes_account(script: &Script) -> bool {
    sets_up(script) && script.commands.iter().any(|command| command.class().is(Class::ACCOUNT_TOOL))
}

/// Whether both install with the same system package manager.
fn same_manager(one: &Script, other: &Script) -> bool {
    let manager = |script: &Script| {
        let found = script.commands.iter().filter_map(installs).map(|install| install.manager);
        found.filter(|manager| manager.is_system()).last()
    };
    manager(one).is_some() && manager(one) == manager(other)
}

fn report(steps: &[Step<'_>], cx: &Cx<'_>) {
    let [first, second, ..] = steps else { return };
    let joints = evenly(steps, cx);
    let whole = joints.iter().all(Option::is_some);
    let edits: Vec<Edit> = joints.into_iter().flatten().flatten().collect();
    let title = if whole { "merge them with `&&`" } else { "merge the ones that can be merged with `&&`" };
    let fix = Fix::new(Safety::Unsafe, title, edits);
    let count = steps.len();
    let mut found =
        cx.report(second.instruction.keyword_span, format!("{count} consecutive `RUN`s create {count} layers"));
    found.label(first.instruction.keyword_span, "the first one");
    if let Some(last) = steps.get(2..).and_then(|rest| rest.last()) {
        found.label(last.instruction.keyword_span, "the last one");
    }
    found
        .help("use `&&` or a heredoc to merge commands that belong together and change together")
        .help("keep a slow command that rarely changes separate, so that its layer stays cached")
        .fix(fix);
}

/// How each step is joined to the next. Of steps that are alike all are joined or none, unless a blank line sets them apart.
fn evenly(steps: &[Step<'_>], cx: &Cx<'_>) -> Vec<Option<Vec<Edit>>> {
    let mut joints: Vec<_> = steps.windows(2).map(|pair| join(&pair[0], &pair[1], cx)).collect();
    let alike = |at: usize| match (&steps[at].script, &steps[at + 1].script) {
        (Some(one), Some(other)) => is_alike(one, other),
        _ => false,
    };
    let mut first = 0;
    while first < joints.len() {
        let len = (first..joints.len()).take_while(|at| alike(*at)).count();
        let family = first..first + len;
        let is_break = |at: usize| joints[at].is_none() && !has_blank_line(between(&steps[at], &steps[at + 1], cx));
        if family.clone().any(is_break) {
            let (start, end) = (family.start.saturating_sub(1), (family.end + 1).min(joints.len()));
            joints[start..end].fill(None);
        }
        first += len + 1;
    }
    joints
}

/// What is between two steps.
fn between<'a>(first: &Step<'_>, second: &Step<'_>, cx: &Cx<'a>) -> &'a str {
    cx.text(Span::new(first.instruction.span.end(), second.instruction.lines_span().start()))
}

/// Merges two steps: the line break becomes a continuation, the second `RUN` becomes `&&`. `None` if the first changes
/// the shell of the second, or if `&&` would change the meaning.
fn join(first: &Step<'_>, second: &Step<'_>, cx: &Cx<'_>) -> Option<Vec<Edit>> {
    let (one, other) = (first.script.as_ref()?, second.script.as_ref()?);
    if !one.clean || !other.clean || first.is_exec_form() || second.is_exec_form() || one.dialect != other.dialect {
        return None;
    }
    let touches_shell = |command: &Command| {
        command.place.scope == 0
            && (command.class().is(CHANGES_SHELL) || command.name.is_empty() || command.place.background)
    };
    if one.commands.iter().any(touches_shell) || other.commands.iter().any(|command| command.place.background) {
        return None;
    }
    // The first ends with a command and nothing after it; the second begins with one and is a single list.
    let last = one.commands.iter().rfind(|command| command.place.scope == 0)?;
    let begin = other.commands.first()?;
    let ends = last.place.depth == 0 && last.full_span().end() == first.instruction.span.end();
    let list = begin.place.list;
    let single = other.commands.iter().filter(|command| command.place.scope == 0 && command.place.depth == 0);
    let single = single.clone().all(|command| command.place.list == list && command.place.link != Link::Or);
    let compound = other.commands.iter().any(|command| command.place.scope == 0 && command.place.depth > 0);
    if !ends || !single || compound || begin.span.start() != other.span.start() || begin.place.depth > 0 {
        return None;
    }
    // Comments may come in between: a continued instruction may contain them as well.
    if has_blank_line(between(first, second, cx)) {
        return None;
    }
    let plain_start = second.instruction.lines_span().start() == second.instruction.span.start();
    let gap = Span::new(second.instruction.span.start(), other.span.start());
    let escape = cx.model.file.escape.as_char();
    if !plain_start || cx.text(gap).contains('\n') {
        return None;
    }
    let end = first.instruction.span.end();
    let (stop, start) = fetched_again(one, other, cx).unwrap_or((end, other.span.start()));
    let tail = Span::new(cleaned_again(one, other, cx).unwrap_or(stop), end);
    let head = Span::new(gap.start(), start);
    let joint = new_line(cx.source, first.instruction.span.cover(second.instruction.span));
    let (before, after) = match joint.split_once(cx.source.line_end()) {
        Some((before, after)) if escape == '\\' => (before.to_owned(), after.to_owned()),
        _ => (format!(" {escape}"), " && ".to_owned()),
    };
    // What comes in between is now inside the instruction.
    let indent = &after[..after.len() - after.trim_start_matches([' ', '\t']).len()];
    let mut edits = vec![Edit::replace(tail, before)];
    if escape == '\\' && !indent.is_empty() {
        edits.extend(comments(first, second, cx).map(|at| Edit::insert(at, indent)));
    }
    edits.push(Edit::replace(head, after.as_str()));
    Some(edits)
}

/// Where the comments between two steps begin that are not indented.
fn comments(first: &Step<'_>, second: &Step<'_>, cx: &Cx<'_>) -> impl Iterator<Item = usize> {
    let mut at = first.instruction.span.end();
    let lines = between(first, second, cx).split_inclusive('\n').map(move |line| {
        at += line.len();
        (at - line.len(), line)
    });
    lines.filter(|(_, line)| line.starts_with('#')).map(|(at, _)| at)
}

/// If the first removes the package lists and the second fetches them again: the new end of the first and start of
/// the second.
fn fetched_again(one: &Script, other: &Script, cx: &Cx<'_>) -> Option<(usize, usize)> {
    let [.., before, last] = one.commands.as_slice() else { return None };
    let [begin, next, ..] = other.commands.as_slice() else { return None };
    let lists = ["/var/lib/apt/lists/*", "/var/lib/apt/lists"];
    let removes =
        last.is("rm") && last.operands().count() == 1 && last.operands().all(|path| lists.contains(&path.lexeme()));
    let fetches = begin.is("apt-get") && begin.wrappers.is_empty() && refreshes_index(begin).is_some();
    let nobody_else = last.wrappers.is_empty() && begin.redirects.is_empty() && last.redirects.is_empty();
    (removes && fetches && nobody_else && follows(before, last, cx) && follows(begin, next, cx))
        .then(|| (before.full_span().end(), next.full_span().start()))
}

/// If both remove the cache of `yum` or `dnf`: the new end of the first.
fn cleaned_again(one: &Script, other: &Script, cx: &Cx<'_>) -> Option<usize> {
    let [.., before, last] = one.commands.as_slice() else { return None };
    let cleans = |command: &Command| {
        command.is_any(&["yum", "dnf", "microdnf"])
            && command.operands().map(|arg| arg.lexeme()).eq(["clean", "all"])
            && command.wrappers.is_empty()
            && command.redirects.is_empty()
    };
    let again = |command: &Command| {
        cleans(command) && command.name == last.name && command.place.scope == 0 && command.place.depth == 0
    };
    let twice = cleans(last) && other.commands.iter().any(again);
    (twice && follows(before, last, cx)).then(|| before.full_span().end())
}

/// Whether the second command follows the first with only `&&` in between.
fn follows(first: &Command, second: &Command, cx: &Cx<'_>) -> bool {
    let Some(gap) = first.gap_to(second) else { return false };
    let joint: String = cx.text(gap).chars().filter(|char| !char.is_whitespace() && *char != '\\').collect();
    joint == "&&" && first.place.scope == 0 && first.place.depth == 0 && first.place.list == second.place.list
}

/// Whether merging would leave an empty line inside the instruction, which BuildKit warns about.
fn has_blank_line(between: &str) -> bool {
    between.split('\n').skip(1).any(|line| line.trim().is_empty() && !line.is_empty())
        || between.replace('\r', "").contains("\n\n")
}
