//! Random edits, sent one by one, leave the server with the same findings as the whole text.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::client::{Client, position_of};

/// Pieces that make or break instructions, lines and characters.
const PIECES: [&str; 20] = [
    "FROM alpine\n", "RUN apt-get update", " && ", "\\\n", "\n", "\r\n", "\r", "é", "😀", "$A", "${A:-", "ENV A=1 ",
    "COPY --from=0 a b\n", "RUN <<EOF\n", "EOF\n", "\"", "'", "# plimsoll: ignore[slim]\n", "MAINTAINER x\n", "`",
];

fn boundary(text: &str, at: usize) -> usize {
    (0..=at % (text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The position of a byte, where lines end at a lone `\r`, too.
fn place(text: &str, at: usize) -> Value {
    // A position between `\r` and `\n` does not exist: it is moved before both.
    let inside = at > 0 && text[..at].ends_with('\r') && text[at..].starts_with('\n');
    let at = if inside { at - 1 } else { at };
    let unified = text[..at].replace("\r\n", "\n").replace('\r', "\n");
    position_of(&unified, unified.len())
}

fn clamp(text: &str, at: usize) -> usize {
    let inside = at > 0 && text[..at].ends_with('\r') && text[at..].starts_with('\n');
    if inside { at - 1 } else { at }
}

/// Whatever the text, every request is answered.
fn every_request(client: &mut Client, uri: &str, position: &Value) {
    let range = json!({"start": {"line": 0, "character": 0}, "end": position});
    let whole = [
        "documentSymbol", "foldingRange", "documentLink", "semanticTokens/full", "semanticTokens/range", "inlayHint",
        "codeAction",
    ];
    for method in whole {
        let params = json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": []}});
        client.request(&format!("textDocument/{method}"), params);
    }
    let at = [
        "hover", "completion", "signatureHelp", "definition", "references", "documentHighlight", "prepareRename",
        "selectionRange",
    ];
    for method in at {
        let mut params = json!({"textDocument": {"uri": uri}, "position": position, "positions": [position]});
        if method == "references" {
            params["context"] = json!({"includeDeclaration": true});
        }
        client.request(&format!("textDocument/{method}"), params);
    }
}

fn edited(edits: &[(usize, usize, Vec<usize>)]) -> Result<(), TestCaseError> {
    let mut client = Client::start(|_| {});
    let (own, whole) = ("file:///nowhere/a/Dockerfile", "file:///nowhere/b/Dockerfile");
    let mut text = "ARG A\nFROM alpine AS x\nRUN echo é\n".to_owned();
    client.open(own, &text);
    client.open(whole, "");
    for (version, (start, length, pieces)) in edits.iter().enumerate() {
        let start = clamp(&text, boundary(&text, *start));
        let end = clamp(&text, boundary(&text, (start + length).min(text.len()))).max(start);
        let new: String = pieces.iter().map(|piece| PIECES[*piece]).collect();
        let change = json!({"range": {"start": place(&text, start), "end": place(&text, end)}, "text": new});
        let identifier = |uri: &str| json!({"uri": uri, "version": version + 2});
        client.notify("textDocument/didChange", json!({"textDocument": identifier(own), "contentChanges": [change]}));
        text.replace_range(start..end, &new);
        client.notify(
            "textDocument/didChange",
            json!({"textDocument": identifier(whole), "contentChanges": [{"text": text}]}),
        );
        every_request(&mut client, own, &place(&text, start));
        let neutral = |found: Value| found.to_string().replace(own, whole);
        let (one, other) = (neutral(client.pull(own)), neutral(client.pull(whole)));
        prop_assert_eq!(one, other, "{:?}", text);
    }
    prop_assert_eq!(client.stop(), Some(0));
    Ok(())
}

/// A few sessions, or as many as `PROPTEST_CASES` says.
fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { 12 };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn incremental_edits_are_as_good_as_the_whole_text(
        edits in proptest::collection::vec((0..10_000_usize, 0..20_usize, proptest::collection::vec(0..20_usize, 0..4)), 1..25)
    ) {
        edited(&edits)?;
    }
}
