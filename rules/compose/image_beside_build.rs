//! Finds `image` beside `build`.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnService(check)]).aka(&["no-build-and-image"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    if let (Some(image), Some(_)) = (&service.image, &service.build) {
        cx.at(&image.node, "with `build`, `image` only sets the name of the built image")
            .help("remove `image` unless you push it");
    }
}
