//! A database server in the image of an application.

use crate::finding::prelude::*;
use crate::knowledge::bases::{Role, role};
use crate::knowledge::packages::{Category, category, service};
use crate::knowledge::programs::Class;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]);

/// Whether it runs an application.
fn is_application(command: &Command) -> bool {
    command.class().is(Class::LONG_RUNNING.or(Class::INTERPRETER))
        || command.is_any(&["apache2ctl", "apachectl", "httpd"])
}

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final {
        return;
    }
    let stages = || std::iter::once(stage).chain(stage.chain(cx.model));
    let mut database = None;
    let mut server = None;
    for (_, _, install) in stages().flat_map(Stage::installs) {
        for package in install.named() {
            match service(install.manager, &package.name) {
                Some((name, true)) => database = database.or(Some((package.span, name))),
                Some((name, false)) if matches!(category(install.manager, &package.name), Some(Category::Service)) => {
                    server = server.or(Some((package.span, name)));
                }
                _ => {}
            }
        }
    }
    let base = stage.root_image(cx.model).and_then(|image| Some((image, role(&image.familiar_name()?)?)));
    let from_database = base.filter(|(_, role)| *role == Role::Database).map(|(image, _)| image);
    let commands = stage.start_commands(cx.model);
    let runs = commands.iter().find(|start| is_application(start.command));
    let services = stage.started_services(cx.model);
    if services.len() == 1 && services[0].database && runs.is_none() {
        return;
    }
    let help = "run the database in its own container, from its official image, and connect to it by name";
    let mut found = match (database, from_database, runs) {
        (Some((span, name)), _, Some(application)) => {
            let mut found = cx.report(span, format!("database server {name} is installed in an application's image"));
            found.label(application.span, "the container runs this application");
            found
        }
        (Some((span, name)), _, None) => {
            let runtime = base.filter(|(_, role)| matches!(role, Role::Runtime | Role::WebServer));
            let (at, what) = match (runtime, server) {
                (Some((image, _)), _) => (image.span, "this base image is meant for applications"),
                (None, Some((span, _))) => (span, "another service is installed here"),
                (None, None) => return,
            };
            let mut found = cx.report(span, format!("database server {name} is installed alongside something else"));
            found.variant("alongside");
            found.label(at, what);
            found
        }
        (None, Some(image), Some(application)) => {
            let name = image.value.as_deref().unwrap_or(&image.written);
            let mut found = cx.report(application.span, format!("an application runs in the database image `{name}`"));
            found.variant("database-image").label(image.span, "this base image is meant for a database");
            found
        }
        _ => return,
    };
    found.help(help).help(
        "store its data in a volume and update it on its own schedule, because a database outlives the application",
    );
}
