use std::sync::Arc;

use super::*;

fn read(text: &str) -> Result<Rubric, Vec<String>> {
    let source = Arc::new(Source::new("rubric.toml", text));
    match Rubric::of(&source) {
        Ok((rubric, _)) => Ok(rubric),
        Err(problems) => Err(problems
            .into_iter()
            .map(|problem| match problem.place {
                Some((source, span)) => format!("at `{}`: {}", source.slice(span), problem.message),
                None => problem.message,
            })
            .collect()),
    }
}

const HEAD: &str = "title = 'x'\nplimsoll = '0.1.0'\n";

fn mistakes(rest: &str) -> Vec<String> {
    match read(&format!("{HEAD}{rest}")) {
        Ok(_) => Vec::new(),
        Err(mistakes) => mistakes,
    }
}

#[test]
fn the_template_is_sound() {
    let rubric = read(TEMPLATE).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
    assert_eq!(rubric.max_points(false), Points::whole(100));
    let whole: String = TEMPLATE
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
        .flat_map(|line| [line, "\n"])
        .collect();
    let rubric = read(&whole).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
    assert_eq!(rubric.criteria.len(), 16);
}

#[test]
fn mistakes_have_places() {
    let criterion = |rest: &str| format!("[[criterion]]\nid = 'a'\npoints = 5\n{rest}\n");
    for (text, want) in [
        ("", "at ``: no `[[criterion]]`: nothing would get points"),
        ("fedback = 'diff'\n", "at `fedback`: unknown key `fedback`"),
        ("pass = 'x'\n", "at `'x'`: invalid type: string \"x\", expected a number of points"),
        ("[engine]\nmemory = 'much'\n", "at `'much'`: `much` is not a size such as `512m`, `64MiB` or `120MB`"),
        ("[lint]\nfail-on = 'warn'\n", "at `fail-on`: `fail-on` is not allowed in a rubric's `[lint]`"),
        (
            &criterion(""),
            "at `'a'`: criterion `a` has nothing to evaluate; add one of `rules`, `practices`, `require`, `build`, `scale`, `run`, `http`, `files`, `inspect`, `weigh`, `signal` or `compose`",
        ),
        (&criterion("require = {}"), "at `'a'`: criterion `a` checks nothing, so everyone would get its points"),
        (&criterion("variant = 'x'\nbuild = true"), "at ``: criterion `a`: no `[[variant]]` has the id `x`"),
        (&criterion("build = true\nrules = 'pinned'"), "at `'a'`: criterion `a` evaluates several things"),
        (&criterion("rules = ['pined']"), "at `['pined']`: there is no rule and no practice `pined`"),
        (&criterion("run = { stdot = 'x' }"), "at `stdot`: unknown key `stdot`"),
        (&criterion("build = true\nneeds = 'b'"), "at `'b'`: no earlier criterion `b`"),
        (
            &criterion("build = true\neach = 1"),
            "at `[[criterion]]`: `each`, `floor`, `cap`, `repeats` and `levels` require `rules` or `practices`",
        ),
        (&criterion("require = { stages = 'two' }"), "at `'two'`: `two` is not a number such as `2` or `\">= 2\"`"),
        (&criterion("require = { has = 'FORM' }"), "at `[[criterion]]`: unknown instruction `FORM`"),
        (
            &criterion("scale = { size = [{ max = '1MB', points = 3 }] }"),
            "at `{ size = [{ max = '1MB', points = 3 }] }`: the first step gives 3 points, but the criterion 5",
        ),
        ("[[criterion]]\npoints = 5\nbuild = true\n", "at `[[criterion]]`: missing key `id`"),
    ] {
        assert_eq!(mistakes(text).first().map(String::as_str), Some(want), "{text}");
    }
    let later =
        read("title = 'x'\nplimsoll = '99.0'\n[[criterion]]\nid = 'a'\npoints = 1\nbuild = true").err().expect("no");
    assert_eq!(later, [format!("at `'99.0'`: this rubric requires plimsoll 99.0.0; this is {}", RubricVersion::own())]);
}

#[test]
fn newer_rules_and_those_that_are_not_frozen_do_not_count() {
    let rules = |version: &str, rest: &str| {
        let text = format!(
            "title = 'x'\nplimsoll = '{version}'\n{rest}\n[[criterion]]\nid = 'a'\npoints = 5\nrules = ['pinned']"
        );
        read(&text).unwrap_or_else(|mistakes| panic!("{mistakes:?}")).rules()
    };
    assert!(rules("0.1.0", "").len() > 1);
    // All rules were added in 0.1.0.
    assert!(rules("0.0.9", "").is_empty());
    assert_eq!(rules("0.1.0", "frozen-rules = ['untagged-base']"), ["untagged-base"]);
}

#[test]
fn frozen_it_counts_what_it_counted() {
    let criterion = "[[criterion]]\nid = 'a'\npoints = 5\nrules = ['pinned', 'SC2086', 'slim']";
    let first = read(&format!("{HEAD}{criterion}")).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    let again =
        read(&format!("{HEAD}{}\n{criterion}", first.freeze())).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    let all = |rubric: &Rubric| {
        rubric.lint.lint.rules.iter().map(|(entry, level)| (entry.meta.name, *level)).collect::<Vec<_>>()
    };
    assert_eq!(all(&first), all(&again));
}
