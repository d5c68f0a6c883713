//! Scripts by bash's grammar: all of them are accepted.

use proptest::prelude::*;

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z_][a-z0-9_]{0,4}", Just("x".to_owned())].prop_filter("a keyword", |name| {
        !matches!(
            &name[..],
            "if" | "then"
                | "else"
                | "elif"
                | "fi"
                | "do"
                | "done"
                | "case"
                | "esac"
                | "in"
                | "for"
                | "while"
                | "until"
                | "time"
        )
    })
}

/// A word; `script` stands in its substitutions.
fn word(script: impl Strategy<Value = String> + Clone + 'static) -> impl Strategy<Value = String> + Clone {
    let part = prop_oneof![
        4 => "[a-zA-Z0-9_./:@%+,-]{1,8}",
        1 => "'[ -&(-~]{0,8}'",
        1 => "\\$'([a-z ]|\\\\n|\\\\'){0,4}'",
        2 => name().prop_map(|name| format!("${name}")),
        2 => (name(), prop_oneof![Just(":-"), Just("-"), Just(":+"), Just(":="), Just("#"), Just("%%"), Just("/a/"), Just("^^")]).prop_map(|(name, operator)| format!("${{{name}{operator}b}}")),
        1 => (name(), "[0-9]{1,3}").prop_map(|(name, number)| format!("$(({name} + {number} * (2 - 1)))")),
        1 => (name(), "[a-z ]{0,6}").prop_map(|(name, text)| format!("\"{text}${name}${{#{name}}}\"")),
        1 => script.clone().prop_map(|script| format!("$( {script}\n)")),
        1 => script.prop_map(|script| format!("\"$( {script}\n)\"")),
        1 => Just("{a,b}".to_owned()),
        1 => Just("*[a-z]?".to_owned()),
        1 => Just("\\ ".to_owned()),
    ];
    // A first letter that is no keyword and begins no comment.
    proptest::collection::vec(part, 1..4).prop_map(|parts| format!("w{}", parts.concat())).boxed()
}

fn command(script: impl Strategy<Value = String> + Clone + 'static) -> impl Strategy<Value = String> + Clone {
    let word = word(script.clone());
    let redirect =
        prop_oneof![Just(" > f"), Just(" 2>&1"), Just(" < f"), Just(" >> f"), Just(" &> f"), Just(" <<< f"), Just("")];
    let simple = (
        proptest::collection::vec((name(), word.clone()), 0..2),
        proptest::collection::vec(word.clone(), 1..4),
        redirect.clone(),
    )
        .prop_map(|(assigned, words, redirect)| {
            let assigned: String = assigned.iter().map(|(name, word)| format!("{name}={word} ")).collect();
            format!("{assigned}{}{redirect}", words.join(" "))
        });
    let block = script.clone();
    prop_oneof![
        6 => simple,
        1 => (block.clone(), block.clone(), block.clone()).prop_map(|(a, b, c)| format!("if {a}\nthen {b}\nelse {c}\nfi")),
        1 => (block.clone(), block.clone()).prop_map(|(a, b)| format!("while {a}\ndo {b}\ndone")),
        1 => (name(), word.clone(), block.clone()).prop_map(|(name, word, body)| format!("for {name} in {word}; do {body}\ndone")),
        1 => (word.clone(), word.clone(), block.clone()).prop_map(|(subject, pattern, body)| format!("case {subject} in\n({pattern}|b) {body}\n;;\n*) ;;\nesac")),
        1 => (block.clone(), redirect).prop_map(|(body, redirect)| format!("{{ {body}\n}}{redirect}")),
        1 => block.clone().prop_map(|body| format!("( {body}\n)")),
        1 => (name(), block).prop_map(|(name, body)| format!("fn_{name}() {{ {body}\n}}")),
        1 => (word.clone(), word).prop_map(|(one, other)| format!("[[ -f {one} && ! {one} == {other} ]]")),
        1 => (name(), "[a-z $]{0,8}").prop_map(|(name, body)| format!("cat <<E_{name}\n{body}\nE_{name}\n:")),
    ]
    .boxed()
}

fn list(command: impl Strategy<Value = String> + Clone + 'static) -> impl Strategy<Value = String> + Clone {
    let operator =
        prop_oneof![Just(" && "), Just(" || "), Just(" | "), Just("\n"), Just(" &\n"), Just("\n# a comment\n")];
    proptest::collection::vec((command, operator), 1..4)
        .prop_map(|parts| {
            let last = parts.len() - 1;
            let each = parts.iter().enumerate();
            each.map(
                |(at, (command, operator))| if at == last { command.clone() } else { format!("{command}{operator}") },
            )
            .collect()
        })
        .boxed()
}

/// A script, with nothing nested deeper than a few levels.
pub fn script() -> impl Strategy<Value = String> {
    Just("true".to_owned()).prop_recursive(3, 24, 4, |inner| list(command(inner.boxed())).boxed())
}
