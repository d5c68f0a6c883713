use crate::model::Tri;
use crate::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnStage(check)]).aka(&["DL3066"]);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    let Some(user) = stage.end.user.as_deref().filter(|_| stage.is_final && !stage.windows) else { return };
    let Some(value) = user.value.as_deref().filter(|_| stage.end.user_is_root() == Tri::No) else { return };
    let name = value.split(':').next().unwrap_or_default();
    if name.bytes().all(|byte| byte.is_ascii_digit()) || name.contains("{{") {
        return;
    }
    let uid = uid_in_file(stage, cx.model, name).or_else(|| {
        let account = stage.base_accounts(cx.model).iter().find(|account| account.name == Some(name))?;
        account.uid.map(|uid| uid.to_string())
    });
    let found = cx.report(user.span, format!("Kubernetes cannot tell whether the user `{name}` is root"));
    found.at_most(Level::Note);
    found.help(match uid {
        Some(uid) => format!("write the number: `USER {uid}`"),
        None => "write the user's number, which `id -u` shows".to_owned(),
    });
}

/// The number that the file itself gives to the user.
fn uid_in_file(stage: &Stage<'_>, model: &Model<'_>, name: &str) -> Option<String> {
    let steps = stage.chain(model).chain([stage]).flat_map(|stage| &stage.steps);
    let commands = steps.filter_map(|step| step.script.as_ref()).flat_map(|script| &script.commands);
    let mut made = commands.filter(|command| command.is_any(&["useradd", "adduser", "usermod"]));
    made.find_map(|command| {
        let uid = command.flag_value(&["-u", "--uid"])?.text?;
        let number = !uid.is_empty() && uid.bytes().all(|byte| byte.is_ascii_digit());
        (number && command.operands().any(|arg| arg.is(name))).then_some(uid)
    })
}
