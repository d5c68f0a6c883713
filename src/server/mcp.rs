//! `plimsoll mcp`: the same knowledge for coding agents, by the Model Context Protocol over standard input and output.
//!
//! Every answer has a schema. Only text that is handed in is read; nothing is written.

use std::borrow::Cow;

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{ServerHandler, ServiceExt, tool, tool_handler, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ServerError, image_facts};
use crate::lint::registry;
use crate::report::{Change, write_diff};
use crate::text::Source;
use crate::{Options, Safety};

/// The largest text that is read, in bytes.
const MAX_LEN: usize = 1 << 20;

#[derive(Clone)]
struct Tools;

#[derive(Deserialize, JsonSchema)]
struct CheckInput {
    /// The text of a Dockerfile.
    text: String,
    /// Rules to run: names, practices or other tools' codes. All rules by default.
    select: Option<Vec<String>>,
}

#[derive(Serialize, JsonSchema)]
struct CheckOutput {
    findings: Vec<FoundItem>,
}

#[derive(Serialize, JsonSchema)]
struct FoundItem {
    rule: String,
    /// `note`, `warn` or `error`.
    level: String,
    /// Line number, starting at 1.
    line: usize,
    /// Column in characters, starting at 1.
    column: usize,
    message: String,
    help: Vec<String>,
    /// What the fix does, if there is one.
    fix: Option<String>,
    /// Whether the fix leaves the image's behavior unchanged.
    safe: bool,
}

#[derive(Deserialize, JsonSchema)]
struct FixInput {
    /// The text of a Dockerfile.
    text: String,
    /// Also apply fixes that may change behavior.
    #[serde(default)]
    unsafe_fixes: bool,
}

#[derive(Serialize, JsonSchema)]
struct FixOutput {
    /// A unified diff, which is empty if nothing changes.
    diff: String,
    /// The number of fixed findings per rule.
    fixed: std::collections::BTreeMap<String, usize>,
}

#[derive(Deserialize, JsonSchema)]
struct RuleInput {
    /// A rule name, or another tool's code, such as DL3006.
    name: String,
}

#[derive(Serialize, JsonSchema)]
struct RuleOutput {
    name: String,
    practice: String,
    level: String,
    /// The rule's page in Markdown, with the reason and examples.
    page: String,
}

#[derive(Deserialize, JsonSchema)]
struct ImageInput {
    /// An image reference, such as python:3.12-slim.
    image: String,
}

#[derive(Serialize, JsonSchema)]
struct ImageOutput {
    /// The image's operating system, user, size, support dates and smaller variants, in Markdown. Absent if the image is unknown.
    facts: Option<String>,
    /// The date of this data.
    as_of: String,
}

fn limited(text: &str) -> Result<(), String> {
    match text.len() > MAX_LEN {
        true => Err("the text is larger than 1 MiB".to_owned()),
        false => Ok(()),
    }
}

#[tool_router]
impl Tools {
    /// The findings in a Dockerfile, in file order
    #[tool(name = "check", description = "Lint a Dockerfile and return the findings")]
    fn check(&self, Parameters(input): Parameters<CheckInput>) -> Result<Json<CheckOutput>, String> {
        limited(&input.text)?;
        let options = Options { select: input.select, ..Options::default() };
        let found = crate::check(&input.text, &options).map_err(|error| error.to_string())?;
        let source = Source::new("Dockerfile", input.text);
        let findings = found.into_iter().map(|found| {
            let (line, column) = source.line_column(found.span.start());
            FoundItem {
                rule: found.rule.name.to_owned(),
                level: found.level.as_str().to_owned(),
                line,
                column,
                safe: found.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Safe),
                fix: found.fix.map(|fix| fix.title.into_owned()),
                message: found.message.into_owned(),
                help: found.help.into_iter().map(Cow::into_owned).collect(),
            }
        });
        Ok(Json(CheckOutput { findings: findings.collect() }))
    }

    /// What the fixes of a Dockerfile would change
    #[tool(name = "fix", description = "Fix a Dockerfile and return a unified diff, without writing any files")]
    fn fix(&self, Parameters(input): Parameters<FixInput>) -> Result<Json<FixOutput>, String> {
        limited(&input.text)?;
        let allowed = if input.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
        let fixed = crate::fix(&input.text, allowed, &Options::default()).map_err(|error| error.to_string())?;
        let (old, new) = (input.text.as_bytes(), fixed.text.as_bytes());
        let mut diff = Vec::new();
        write_diff(&Change { path: b"Dockerfile", old, new, is_new: false }, &mut diff, false, false)
            .map_err(|error| error.to_string())?;
        let diff = String::from_utf8_lossy(&diff).into_owned();
        let fixed = fixed.applied.into_iter().map(|(rule, count)| (rule.to_owned(), count)).collect();
        Ok(Json(FixOutput { diff, fixed }))
    }

    /// A rule's page
    #[tool(name = "explain_rule", description = "Explain a Plimsoll rule, given its name or another tool's code")]
    fn explain_rule(&self, Parameters(input): Parameters<RuleInput>) -> Result<Json<RuleOutput>, String> {
        let rule = registry::all().iter().map(|entry| &entry.meta).find(|meta| {
            meta.name.eq_ignore_ascii_case(&input.name) || meta.aka.iter().any(|it| it.eq_ignore_ascii_case(&input.name))
        });
        let rule = rule.ok_or_else(|| format!("there is no rule called `{}`", input.name))?;
        Ok(Json(RuleOutput {
            name: rule.name.to_owned(),
            practice: rule.practice.to_owned(),
            level: rule.level.as_str().to_owned(),
            page: rule.page.to_owned(),
        }))
    }

    /// What is known of an image
    #[tool(name = "image_facts", description = "Return facts about a container image from built-in data, without network access")]
    fn image_facts(&self, Parameters(input): Parameters<ImageInput>) -> Json<ImageOutput> {
        let name = input.image.split('@').next().unwrap_or_default();
        let (name, tag) = match name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
            Some((name, tag)) => (name, Some(tag)),
            None => (name, None),
        };
        let name = name.strip_prefix("docker.io/").unwrap_or(name);
        let name = name.strip_prefix("library/").unwrap_or(name);
        Json(ImageOutput { facts: image_facts::facts(name, tag), as_of: crate::knowledge::DATE.to_owned() })
    }
}

#[tool_handler(
    name = "plimsoll",
    instructions = "Lints and fixes Dockerfile text and explains the rules. Does not read or write anything else."
)]
impl ServerHandler for Tools {}

/// Serves one client until it closes standard input.
///
/// # Errors
/// When the client breaks the protocol.
pub fn serve() -> Result<(), ServerError> {
    let failed = |error: &dyn std::fmt::Display| ServerError(format!("the client broke the protocol: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| failed(&error))?;
    runtime.block_on(async {
        let service = Tools.serve(rmcp::transport::stdio()).await.map_err(|error| failed(&error))?;
        service.waiting().await.map_err(|error| failed(&error))?;
        Ok(())
    })
}
