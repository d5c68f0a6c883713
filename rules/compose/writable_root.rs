//! Finds services whose files can be changed.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnService(check)]).aka(&["CL-0007"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    if !service.is_true("read_only") {
        let mut found = cx.at(&service.key, format!("the root file system of `{}` is writable", service.name));
        found.help("set `read_only: true`, with `tmpfs` for directories that it writes to");
    }
}
