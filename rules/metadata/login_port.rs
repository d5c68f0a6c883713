//! Finds exposed ports for remote login.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).aka(&["CKV_DOCKER_1"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.in_final {
        return;
    }
    let model = cx.model;
    for port in stage.ports(model).filter(|port| port.first == port.last && port.protocol == "tcp") {
        let what = match port.first {
            22 => "SSH",
            23 => "Telnet",
            3389 => "remote desktop",
            5900 => "VNC",
            _ => continue,
        };
        cx.report(port.span, format!("port {} is used for remote login ({what})", port.first))
            .help("use `docker exec -it NAME sh` for a shell in the container, without a server, password or port");
    }
}
