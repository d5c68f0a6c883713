//! Debuggers that listen for connections from outside of the container.

use crate::finding::in_script;
use crate::finding::prelude::*;
use crate::knowledge::bases::tag::split;
use crate::knowledge::bases::variants::java_version;
use crate::knowledge::canonical;
use crate::knowledge::stage_names::{NOT_FOR_PRODUCTION, word_of};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let is_dev = |text: &str| {
        let last = text.rsplit('/').next().unwrap_or_default();
        word_of(last, NOT_FOR_PRODUCTION).is_some() || last.to_ascii_lowercase().contains("debug")
    };
    if !stage.is_final || is_dev(cx.source.name()) || stage.name.is_some_and(|name| is_dev(&name.text)) {
        return;
    }
    for start in stage.start_commands(cx.model) {
        let Some(debugger) = debugger(start.command, has_java_8(stage, cx.model)) else { continue };
        cx.report(start.span, format!("{debugger} accepts connections from anywhere{}", in_script(&start))).help(
            "start the program without the debugger, and add it only when you debug: anyone who connects can run code",
        );
        return;
    }
    let mut envs = stage.history(cx.model).filter(|step| step.keyword() == Keyword::Env);
    let jdwp = envs.find_map(|step| {
        let text = cx.text(step.instruction.span);
        let at = text.find("-agentlib:jdwp").or_else(|| text.find("-Xrunjdwp"))?;
        is_open_jdwp(&text[at..], has_java_8(stage, cx.model)).then_some(step.instruction.span)
    });
    if let Some(span) = jdwp {
        cx.report(span, "the Java debugger accepts connections from anywhere")
            .variant("variable")
            .help("set the option only when you debug: anyone who connects can run code");
    }
}

/// `address=*:5005`, `address=0.0.0.0:5005`; a port alone is open before Java 9.
fn is_open_jdwp(text: &str, java_8: bool) -> bool {
    let Some((_, address)) = text.split_once("address=") else { return false };
    let address = address.split(',').next().unwrap_or_default();
    let is_port = !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_digit());
    (address.starts_with('*') || address.starts_with("0.0.0.0:") || is_port && java_8) && text.contains("server=y")
}

/// Whether the image's Java is version 8 or older, as its name or tag says.
fn has_java_8(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    let Some(image) = stage.root_image(model) else { return false };
    let (name, tag) = (image.familiar_name().unwrap_or_default(), image.tag_text().unwrap_or_default());
    java_version(canonical(&name), &split(tag)).is_some_and(|java| java <= 8)
}

fn debugger(command: &Command, java_8: bool) -> Option<&'static str> {
    let texts = || command.args.iter().map(|arg| arg.lexeme());
    let any = |is: &dyn Fn(&str) -> bool| texts().any(is);
    match command.name.as_str() {
        "java" if any(&|text| text.contains("jdwp") && is_open_jdwp(text, java_8)) => Some("the Java debugger"),
        "node" | "nodemon" | "ts-node" | "tsx"
            if any(&|text| text.starts_with("--inspect") && text.contains("=0.0.0.0")) =>
        {
            Some("the Node.js inspector")
        }
        "python" | "python3" | "debugpy" => {
            let debugpy = command.is("debugpy") || command.has_arg("debugpy");
            let open = any(&|text| text.starts_with("0.0.0.0:"));
            (debugpy && command.has_arg("--listen") && open).then_some("the Python debugger")
        }
        "dlv" if any(&|text| text == "--headless" || text.starts_with("--headless=")) => {
            let open = any(&|text| {
                text.strip_prefix("--listen=")
                    .is_some_and(|address| address.starts_with(':') || address.starts_with("0.0.0.0"))
            });
            open.then_some("the Go debugger")
        }
        _ => None,
    }
}
