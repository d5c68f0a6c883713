//! Finds well-known default passwords.

use super::shared::move_to_secret;
use crate::finding::compose::*;
use crate::knowledge::secrets::{Suspicion, suspicion};
use crate::knowledge::service_images::COMMON_PASSWORDS;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for variable in &service.environment {
        let Some(value) = variable.known() else { continue };
        let is_secret = suspicion(&variable.name) == Some(Suspicion::Strong);
        if !is_secret
            || variable.name.ends_with("_FILE")
            || !COMMON_PASSWORDS.contains(&value.to_ascii_lowercase().as_str())
        {
            continue;
        }
        let place = if variable.in_list { &variable.key } else { &variable.node };
        let is_password = variable.name.contains("PASS") || variable.name.contains("PWD");
        let what = if is_password { "password" } else { "value" };
        let mut found = cx.at(place, format!("`{}` is set to a well-known default {what}", variable.name));
        found
            .help(format!("use a long random {what}, and read it from a secret or from `.env`"))
            .fix(move_to_secret(service, variable, cx));
        if service.ports.is_empty() {
            found.at_most(Level::Note);
        }
    }
}
