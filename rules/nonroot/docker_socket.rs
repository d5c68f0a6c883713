//! Images that expect access to the container engine's socket.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(
    Level::Warn,
    "0.1.0",
    &[Check::OnInstruction(&[Keyword::Volume, Keyword::Run, Keyword::Copy, Keyword::Add], check)],
);

const SOCKETS: [&str; 4] = ["docker.sock", "containerd.sock", "podman.sock", "crio.sock"];

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let words: Vec<&Word> = match &step.instruction.args {
        Args::Words(args) => args.words.iter().collect(),
        Args::Copy(args) => args.sources.iter().collect(),
        _ => step.run_mounts().filter_map(|mount| mount.source()).collect(),
    };
    let named = |word: &&Word| SOCKETS.iter().any(|socket| word.text.trim_end_matches('"').ends_with(socket));
    for word in words.into_iter().filter(named) {
        cx.report(word.span, "access to this socket gives root access to the host")
            .help("build images with a daemonless tool (rootless BuildKit, Kaniko, Buildah), or put a filtering proxy in front of the socket");
    }
}
