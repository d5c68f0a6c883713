//! How `.editorconfig` files say that a file is formatted.

use std::path::Path;

use crate::format::{FormatSettings, IndentStyle};

/// What the `.editorconfig` files above a file say; nothing where one cannot be read.
pub fn settings(path: &Path) -> FormatSettings {
    use ec4rs::property::{IndentSize, IndentStyle as Style, MaxLineLen};
    let Ok(properties) = ec4rs::properties_of(path) else { return FormatSettings::default() };
    let indent_style = properties.get::<Style>().ok().map(|style| match style {
        Style::Tabs => IndentStyle::Tab,
        Style::Spaces => IndentStyle::Space,
    });
    let indent_width = properties.get::<IndentSize>().ok().and_then(|size| match size {
        IndentSize::Value(width) => u8::try_from(width).ok(),
        IndentSize::UseTabWidth => None,
    });
    let line_length = properties.get::<MaxLineLen>().ok().and_then(|length| match length {
        MaxLineLen::Value(length) => u16::try_from(length).ok(),
        MaxLineLen::Off => Some(u16::MAX),
    });
    FormatSettings { indent_style, indent_width, line_length, ..FormatSettings::default() }
}
