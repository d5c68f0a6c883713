//! Finds images that are no longer maintained.

use super::shared::kind_of;
use crate::finding::compose::*;
use crate::knowledge::bases::end_of_life::{end_of_life, renewed};
use crate::knowledge::bases::os;
use crate::knowledge::os::Distro;
use crate::knowledge::service_images::removed_setting;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(image) = service.image.as_ref().filter(|image| image.is_sure && service.build.is_none()) else { return };
    let ends = end_of_life(&image.name, image.tag.as_deref());
    let Some(end) = ends.iter().find(|end| !end.below) else { return };
    // The version is that of the images which are built on it.
    if cx.model.is_only_built_on(service) {
        return;
    }
    let message = match (end.deprecated_image, end.date) {
        (true, _) => format!("the image `{}` is no longer maintained", image.name.replace('`', "'")),
        (false, Some(date)) => format!("support for {} {} ended on {date}", end.product, end.version),
        (false, None) => format!("support for {} {} has ended", end.product, end.version),
    };
    let mut found = cx.at(&image.node, message);
    let is_windows = os(&image.name, image.tag.as_deref()).is_some_and(|os| os.distro == Distro::Windows);
    let renewed = match end.deprecated_image {
        true => end.successor.map(str::to_owned),
        false => renewed(&image.name, image.tag.as_deref(), end),
    };
    match renewed.filter(|_| !is_windows) {
        Some(renewed) => {
            let setting = removed_setting(&renewed, &service.words("command"));
            found.help(match setting {
                Some(setting) => {
                    format!("use `{renewed}`, and remove `{setting}` from `command`: it does not start with it")
                }
                None => format!("use `{renewed}`"),
            })
        }
        None => found.help("use a version that receives security fixes"),
    };
    let Some(kind) = kind_of(cx.model, service).filter(|kind| kind.is_database && !kind.data.is_empty()) else {
        return;
    };
    if service.mounts.iter().any(|mount| kind.data.starts_with(mount.target.trim_end_matches('/'))) {
        found.help(format!("back up the data first: a newer {} may not read the files of the old one", kind.what));
    }
    if image.name == "postgres" && service.mounts.iter().any(|mount| mount.target.trim_end_matches('/') == kind.data) {
        found.help("since version 18, mount the volume at `/var/lib/postgresql`");
    }
}
