//! Finds files that BuildKit cannot read at all.

use crate::finding::prelude::*;
use crate::text::BYTE_ORDER_MARK;

pub const RULE: Rule =
    Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)]).aka(&["DL1000"]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    cx.report_syntax(SyntaxErrorKind::EmptyFile);
    cx.report_syntax(SyntaxErrorKind::LongLine);
    if cx.source.is_utf16() {
        // A character that is lost cannot be written in another encoding.
        let whole = !cx.source.text().contains(char::REPLACEMENT_CHARACTER);
        let edit = whole.then(|| Edit::delete(Span::new(0, BYTE_ORDER_MARK.len_utf8())));
        cx.report(Span::at(0), "the file is encoded as UTF-16, which BuildKit cannot read")
            .help("save it as UTF-8; in PowerShell: `Out-File -Encoding utf8NoBOM`")
            .fix(edit.and_then(|edit| Fix::new(Safety::Safe, "convert the file to UTF-8", [edit])));
    }
}
