//! The build of a dev container.

use serde_json::Value;

use super::{Written, add_arg};

pub(super) fn read(text: &str) -> Vec<Written> {
    let Ok(file) = serde_json::from_str::<Value>(&without_comments(text)) else { return Vec::new() };
    let build = file.get("build");
    let get = |key: &str| build.and_then(|build| build.get(key)).and_then(Value::as_str);
    let old = |key: &str| file.get(key).and_then(Value::as_str);
    let Some(dockerfile) = get("dockerfile").or_else(|| old("dockerFile")) else { return Vec::new() };
    let context = get("context").or_else(|| old("context")).unwrap_or(".");
    let texts = [Some(dockerfile), Some(context), get("target")];
    // `${localEnv:…}` is known only where it runs.
    if texts.into_iter().flatten().any(|text| text.contains("${")) {
        return Vec::new();
    }
    let mut written = Written {
        by: "the dev container".to_owned(),
        context: context.to_owned(),
        dockerfile: Some(dockerfile.to_owned()),
        target: get("target").map(str::to_owned),
        ..Written::default()
    };
    let args = build.and_then(|build| build.get("args")).and_then(Value::as_object);
    for (name, value) in args.into_iter().flatten() {
        let value = value.as_str().filter(|value| !value.contains("${"));
        add_arg(&mut written, name, value.map(str::to_owned));
    }
    vec![written]
}

/// JSON without the comments and the commas before closing brackets that editors allow.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' => {
                out.push('"');
                while let Some(char) = chars.next() {
                    out.push(char);
                    match char {
                        '\\' => out.extend(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '/' if chars.peek() == Some(&'/') => {
                while chars.next_if(|char| *char != '\n').is_some() {}
            }
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                let mut last = ' ';
                for char in chars.by_ref() {
                    if last == '*' && char == '/' {
                        break;
                    }
                    last = char;
                }
            }
            '}' | ']' => {
                let kept = out.trim_end();
                if let Some(kept) = kept.strip_suffix(',') {
                    out.truncate(kept.len());
                }
                out.push(char);
            }
            _ => out.push(char),
        }
    }
    out
}
