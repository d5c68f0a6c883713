//! Finds passwords in URLs.

use crate::finding::compose::*;
use crate::knowledge::service_images::COMMON_PASSWORDS;
use crate::knowledge::tokens::credentials;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for variable in &service.environment {
        let Some(value) = variable.known() else { continue };
        let place = if variable.in_list { &variable.key } else { &variable.node };
        if place.file != 0 || cx.text(place.span).contains('$') {
            continue;
        }
        let Some(found) = credentials(value).next() else { continue };
        let secret = &value[found.secret.clone()];
        let mut report = cx.at(place, format!("the URL in `{}` contains a password", variable.name));
        report.help("read the password from a variable: `${DB_PASSWORD}`");
        // A password of a database that only the project reaches.
        let is_inside = cx.model.service(found.host.split(':').next().unwrap_or_default()).is_some();
        if is_inside || COMMON_PASSWORDS.contains(&secret) {
            report.at_most(Level::Note);
        }
    }
}
