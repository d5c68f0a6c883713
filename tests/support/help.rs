//! The help that the program prints.

use std::collections::VecDeque;
use std::process::{Command, Stdio};

/// The long help of the program and of every subcommand that is not hidden: the command line without `--help`, and what
/// it prints.
pub(crate) fn pages() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    let mut queue = VecDeque::from([vec![]]);
    while let Some(path) = queue.pop_front() {
        let text = help(&path);
        for name in subcommands(&text).filter(|name| *name != "help") {
            queue.push_back([path.as_slice(), &[name.to_owned()]].concat());
        }
        pages.push((["plimsoll".to_owned()].into_iter().chain(path).collect::<Vec<_>>().join(" "), text));
    }
    pages
}

fn help(path: &[String]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(path)
        .arg("--help")
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{path:?} --help: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("help is UTF-8").replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The names below `Commands:`.
fn subcommands(help: &str) -> impl Iterator<Item = &str> {
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    list.take_while(|line| line.starts_with("  "))
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
}
