//! What the image that a stage starts from has, and who acts in it.

use super::FileState;
use crate::knowledge::bases::{self, Role};
use crate::knowledge::paths::{self, TOP_LEVEL};
use crate::model::{Model, Setting, Stage, Step, Tri};

/// Whether package managers of a system put files there.
pub(super) fn is_of_system(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    let own = path.starts_with("/usr/local/") || path == "/usr/local" || path.starts_with("/home/");
    TOP_LEVEL.contains(&first) && !own && !is_of_project(path)
}

fn is_of_project(path: &str) -> bool {
    paths::OF_PROJECTS.iter().any(|place| path.starts_with(place))
}

/// Whether the stage is based on a well-known image of a system or a language, which brings no project of its own.
pub(super) fn is_plain_base<'a>(stage: &Stage<'a>, model: &Model<'a>) -> bool {
    let Some(image) = stage.root_image(model) else { return stage.is_from_scratch(model) };
    let role =
        image.familiar_name().filter(|name| !crate::knowledge::canonical(name).contains('/') || is_builder(name));
    let onbuild = image.tag_text().is_some_and(|tag| tag.contains("onbuild"));
    let role = role.and_then(|name| bases::role(&name));
    !onbuild && matches!(role, Some(Role::Os | Role::Runtime | Role::Toolchain))
}

/// Whether an image of a registry other than Docker Hub, or of an organization, is a well-known plain one.
fn is_builder(name: &str) -> bool {
    name.starts_with("mcr.microsoft.com/dotnet/")
}

/// What the image that a stage starts from has at a path.
pub(super) fn state<'a>(stage: &Stage<'a>, model: &Model<'a>, path: &str) -> FileState {
    if stage.is_from_scratch(model) {
        return FileState::ABSENT;
    }
    let first = path.split('/').nth(1).unwrap_or_default();
    let outside = !TOP_LEVEL.contains(&first) && path != "/" && first != "go";
    match is_plain_base(stage, model) && (outside || is_of_project(path)) {
        true => FileState::ABSENT,
        false => FileState::UNKNOWN,
    }
}

/// The user in effect before a step; `root` where neither the file nor a well-known base image sets one.
pub(super) fn user<'a>(step: &Step<'a>, stage: &Stage<'a>, model: &Model<'a>) -> Option<String> {
    let named = |setting: &Setting| setting.value.as_deref()?.split(':').next().map(str::to_owned);
    match (step.state.user_is_root(), step.state.user.as_deref()) {
        (Tri::Yes, _) => Some("root".to_owned()),
        (_, Some(setting)) => named(setting),
        (_, None) => is_plain_base(stage, model).then(|| "root".to_owned()),
    }
}
