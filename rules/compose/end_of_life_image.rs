//! Finds images that are no longer maintained.

use crate::finding::compose::*;
use crate::knowledge::bases::end_of_life::end_of_life;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(image) = service.image.as_ref().filter(|image| image.is_sure && service.build.is_none()) else { return };
    let ends = end_of_life(&image.name, image.tag.as_deref());
    let Some(end) = ends.iter().find(|end| !end.below) else { return };
    let message = match (end.deprecated_image, end.date) {
        (true, _) => format!("the image `{}` is no longer maintained", image.name.replace('`', "'")),
        (false, Some(date)) => format!("support for {} {} ended on {date}", end.product, end.version),
        (false, None) => format!("support for {} {} has ended", end.product, end.version),
    };
    let mut found = cx.at(&image.node, message);
    match end.successor {
        Some(successor) => found.help(format!("use `{successor}`")),
        None => found.help("use a version that receives security fixes"),
    };
}
