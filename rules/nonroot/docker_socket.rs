//! Images that expect access to the container engine's socket.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[], check)]).words(&["docker.sock"]);

const SOCKETS: [&str; 4] = ["docker.sock", "containerd.sock", "podman.sock", "crio.sock"];

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let named = |text: &str| SOCKETS.iter().any(|socket| text.trim_end_matches('"').ends_with(socket));
    let mut found: Vec<Span> = Vec::new();
    match &step.instruction.args {
        Args::Words(args) if step.keyword() == Keyword::Volume => {
            found.extend(args.words.iter().filter(|word| named(&word.text)).map(|word| word.span));
        }
        Args::Copy(args) => found.extend(args.sources.iter().filter(|word| named(&word.text)).map(|word| word.span)),
        _ => {
            let words = step.run_mounts().filter_map(|mount| mount.source());
            found.extend(words.filter(|word| named(&word.text)).map(|word| word.span));
        }
    }
    for span in found {
        cx.report(span, "access to this socket means root on the host")
            .help("build images with a daemonless tool (rootless BuildKit, Kaniko, Buildah), or put a filtering proxy in front of the socket");
    }
}
