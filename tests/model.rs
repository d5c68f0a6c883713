//! Models of all files below the folder `PLIMSOLL_CORPUS`, if it is set.

use std::path::{Path, PathBuf};

use plimsoll::model::{BuildArgs, ImageRef, Model, Origin, Part};
use plimsoll::syntax::parse;
use plimsoll::text::{Source, Span};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path(), found),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
}

fn slice(source: &Source, span: Span) -> &str {
    source.text().get(span.range()).unwrap_or_else(|| panic!("{}: {span:?} is out of bounds", source.name()))
}

fn part(source: &Source, part: &Part) {
    let written = part.span.map(|span| slice(source, span));
    if let Some(at) = part.set_at {
        assert_eq!(Some(slice(source, at)), part.text.as_deref(), "{}: where {part:?} is set", source.name());
    }
    if let (Some(written), Some(text)) = (written, &part.text)
        && !written.contains(['$', '"', '\'', '\\', '`'])
    {
        assert_eq!(written, text, "{}: {part:?}", source.name());
    }
}

fn image(source: &Source, image: &ImageRef) {
    slice(source, image.span);
    let parts = image.registry.iter().chain([&image.repository]).chain(&image.tag).chain(&image.digest);
    parts.for_each(|each| part(source, each));
}

#[test]
fn corpus() {
    let Some(root) = std::env::var_os("PLIMSOLL_CORPUS") else { return };
    let mut paths = Vec::new();
    files(Path::new(&root), &mut paths);
    let (mut images, mut uses, mut refused) = (0, 0, Vec::new());
    for path in &paths {
        let Ok(bytes) = std::fs::read(path) else { continue };
        let source = Source::new(path.display().to_string(), bytes);
        let file = parse(source.text());
        let args = BuildArgs::default();
        let model = Model::build(&source, &file, &args, None);
        for used in model.images() {
            image(&source, used.image);
            images += 1;
            if let Some(reason) = &used.image.invalid {
                refused.push(format!("{}: {}: {reason}", source.name(), used.image.written));
            }
        }
        for used in model.variable_uses() {
            let written = slice(&source, used.span);
            // The span of a JSON string with escapes is the whole string.
            let plain = written.starts_with('$') && written.contains(used.name.as_str());
            assert!(plain || written.contains(['"', '\\', '`']), "{}: {used:?} at {written:?}", source.name());
            used.set_at.map(|span| slice(&source, span));
            uses += 1;
        }
        for stage in &model.stages {
            for import in &stage.imports {
                slice(&source, import.span);
                assert!(!matches!(import.origin, Origin::Stage(index) if index >= stage.index), "{}", source.name());
            }
            for step in &stage.steps {
                step.state.user.iter().chain(&step.state.workdir).for_each(|setting| _ = slice(&source, setting.span));
                step.state.shell.span.map(|span| slice(&source, span));
                step.copy_dest(&model);
                for variable in step.state.variables.values() {
                    variable.span.map(|span| slice(&source, span));
                    if let (Some(at), Some(value)) = (variable.value_span, &variable.value) {
                        assert_eq!(slice(&source, at), value, "{}", source.name());
                    }
                }
            }
        }
    }
    println!("{} files, {images} images, {uses} uses of variables", paths.len());
    println!("refused:\n{}", refused.join("\n"));
}
