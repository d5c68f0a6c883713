//! Finds `useradd` with a high UID and without `-l`, which inflates the login logs.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&["useradd"], check)]).fix(Fixable::Always).aka(&["DL3046"]);

/// Bytes of `/var/log/lastlog` per UID.
const ENTRY: u64 = 292;

/// The lowest reported UID; its log is 29 MB.
const HIGH: u64 = 100_000;

fn check(command: &Command, _: &Step<'_>, cx: &Cx<'_>) {
    if command.has_flag(&["-l", "--no-log-init"]) {
        return;
    }
    let Some(value) = command.flag_value(&["-u", "--uid"]) else { return };
    let Some(uid) = value.text.as_deref().and_then(|text| text.parse::<u64>().ok()).filter(|uid| *uid >= HIGH) else {
        return;
    };
    let size = uid.saturating_mul(ENTRY);
    let size =
        if size < 1_000_000_000 { format!("{} MB", size / 1_000_000) } else { format!("{} GB", size / 1_000_000_000) };
    let edit = Edit::insert(command.name_span.end(), " -l");
    let fix = Fix::new(Safety::Safe, "add `-l`", [edit]);
    cx.report(value.span, format!("UID {uid} makes the login log grow to {size}"))
        .help("use `useradd -l`, which does not write the login logs")
        .fix(fix);
}
