//! Finds secrets that are written in the environment.

use super::shared::{is_secret, move_to_secret};
use crate::finding::compose::*;
use crate::knowledge::tokens::tokens;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let build = service.build.iter().flat_map(|build| &build.args);
    for variable in service.environment.iter().chain(build) {
        let Some(value) = variable.known().filter(|value| !value.is_empty()) else { continue };
        let place = if variable.in_list { &variable.key } else { &variable.node };
        if cx.written(place).contains('$') {
            continue;
        }
        if let Some(token) = tokens(value).next() {
            let mut found = cx.at(place, format!("`{}` contains a {}", variable.name, token.kind));
            found.help("revoke it, and read its replacement from a secret or from `.env`");
            continue;
        }
        if is_secret(&variable.name, value) {
            let mut found = cx.at(place, format!("`{}` is written in the Compose file", variable.name));
            found.help("read it from a secret or from `.env`, and keep that file out of version control");
            found.fix(move_to_secret(service, variable, cx));
        }
    }
}
