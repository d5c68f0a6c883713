//! JVM languages: the container starts `java` with classes or an archive that the build created.

use crate::finding::{Fix, Safety};
use crate::fixes::newer_base::lacks_program;
use crate::fixes::two_stages::{Build, Product, Taken, files, run_base, steps, value};
use crate::knowledge::canonical;
use crate::knowledge::command_lines::JAVA_VALUES;
use crate::knowledge::file_kinds::Kind;
use crate::knowledge::programs::Class;
use crate::knowledge::bases::variants::{is_toolchain, run_bases};
use crate::model::{Model, Stage, Step, Tri, join_path};
use crate::shell::Command;
use crate::syntax::Keyword;
use crate::text::Edit;

/// What `java` runs.
enum Start {
    Archive(String),
    /// The class path, as written.
    Class(Vec<String>),
}

fn read(command: &Command) -> Option<Start> {
    if !command.is("java") || !command.wrappers.is_empty() {
        return None;
    }
    let mut path = vec![".".to_owned()];
    let mut args = command.args.iter();
    while let Some(arg) = args.next() {
        let text = arg.lexeme();
        match text {
            "-jar" => return Some(Start::Archive(args.next()?.text.clone()?)),
            "-cp" | "-classpath" | "--class-path" => {
                path = args.next()?.text.as_deref()?.split(':').map(str::to_owned).collect();
            }
            "-m" | "--module" => return None,
            _ if JAVA_VALUES.contains(&text) => drop(args.next()?),
            // A variable for flags.
            _ if text.starts_with('-') || arg.is_dynamic() => {}
            _ if text.ends_with(".java") || text.contains('/') => return None,
            _ => return Some(Start::Class(path)),
        }
    }
    None
}

fn builds(command: &Command) -> bool {
    command.class().is(Class::JVM_BUILD)
}

pub(super) fn product(build: &Build<'_, '_>, start: &Step<'_>) -> Option<Product> {
    let what = read(build.start)?;
    let base = run_base(build)?;
    let seen = steps::look(build, builds, |command| command.is_any(&["java", "mkdir", "dos2unix", "sed"]));
    if !seen.builds {
        return None;
    }
    let mut doubt = seen.doubt;
    let commands = build.commands();
    let driven =
        commands.iter().any(|(_, command, _)| builds(command) && !command.is_any(&["javac", "jar", "kotlinc"]));
    let mut edits = Vec::new();
    let mut taken = Vec::new();
    match what {
        Start::Archive(path) => {
            let path = build.resolve(start, &path)?;
            if build.is_copied(start, &path) || is_in_context(build, &path) {
                return None;
            }
            // A pattern in the directory's name would lose the directory.
            let (folder, _) = path.rsplit_once('/')?;
            if folder.contains(['*', '?']) {
                return None;
            }
            taken.push(Taken::file(&path));
            let built = ["/target/", "/build/libs/", "/dist/", "/out/"].iter().any(|place| path.contains(place));
            let moved = commands.iter().any(|(_, command, folder)| {
                let last = command.operands().last().and_then(|arg| arg.text.as_deref());
                command.is_any(&["cp", "mv", "jar"])
                    && (command.is("jar")
                        || last.and_then(|last| join_path(folder.as_deref(), last, false)).is_some_and(|to| {
                            to == path || path.starts_with(&format!("{}/", to.trim_end_matches('/')))
                        }))
            });
            if !built && !moved {
                doubt.get_or_insert("the build may put the archive elsewhere".to_owned());
            }
            if driven && needs_neighbours(build) {
                doubt.get_or_insert("the archive loads others from its directory".to_owned());
            }
        }
        Start::Class(path) => {
            if driven {
                return None;
            }
            let compilers: Vec<_> = commands.iter().filter(|(_, command, _)| command.is("javac")).collect();
            let [(_, javac, folder)] = compilers.as_slice() else { return None };
            let folder = folder.as_deref();
            let entries: Vec<String> = path
                .iter()
                .filter(|entry| !entry.contains('*') && !entry.ends_with(".jar"))
                .filter_map(|entry| build.resolve(start, entry))
                .collect();
            if let Some(out) = value(javac, &["-d"]) {
                let out = join_path(folder, out, false)?;
                if !entries.contains(&out) || out == build.folder {
                    return None;
                }
                taken.push(Taken::folder(&out));
            } else {
                // Without `-d` the classes lie beside their sources.
                let [to] = entries.as_slice() else { return None };
                if javac.args.iter().any(|arg| arg.text.as_deref().is_none_or(|text| text.starts_with('@')))
                    || javac.place.conditional
                    || !javac.wrappers.is_empty()
                {
                    return None;
                }
                let others = commands.iter().any(|(_, command, _)| command.is_any(&["jar", "mv", "cp", "java"]));
                if others {
                    return None;
                }
                edits.push(Edit::insert(javac.name_span.end(), " -d /classes"));
                taken.push(Taken { from: "/classes".to_owned(), to: format!("{}/", to.trim_end_matches('/')) });
            }
        }
    }
    let skip: &[&str] = if driven { &["src", "lib"] } else { &[] };
    let skip = if driven { skip } else { &["out", "classes"][..] };
    match files::data(build, Kind::JVM_SOURCE, skip) {
        Ok(data) => {
            let first = taken.clone();
            taken.extend(data.into_iter().filter(|one| !first.iter().any(|other| other.from == one.from)));
        }
        Err(reason) => _ = doubt.get_or_insert(reason),
    }
    let base = format!("{}:{}", base.image, base.tag);
    Some(Product { base, setup: Vec::new(), taken, finish: Vec::new(), edits, last: None, build_variable, doubt })
}

fn build_variable(name: &str) -> bool {
    name.starts_with("MAVEN_") || name.starts_with("GRADLE_") || name == "DEBIAN_FRONTEND"
}

fn is_in_context(build: &Build<'_, '_>, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    // `target` may lie about; what is ignored is not sent.
    build.model.context.is_some_and(|context| {
        !name.contains('*')
            && context.named(name).any(|entry| {
                context.ignored(&entry.path).is_none()
                    && !entry.path.contains("target/")
                    && !entry.path.contains("build/")
            })
    })
}

fn needs_neighbours(build: &Build<'_, '_>) -> bool {
    let Some(context) = build.model.context else { return false };
    let files = ["pom.xml", "build.gradle", "build.gradle.kts", "build.xml"]
        .into_iter()
        .flat_map(|name| context.named(name))
        .take(20);
    // With any of these, a build puts libraries beside the archive that it makes.
    let signs = ["copy-dependencies", "addClasspath", "classpathPrefix", "Class-Path", "thin", "fast-jar", "quarkus"];
    files
        .into_iter()
        .any(|entry| context.read(&entry.path).is_some_and(|text| signs.iter().any(|sign| text.contains(sign))))
}

/// The fix for a final stage that only runs an archive but is based on a JDK: use the JRE image.
pub fn run_by_jre<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Option<Fix> {
    let image = stage.image()?;
    let name = image.familiar_name()?;
    if !is_toolchain(&name, image.tag_text())
        || stage.windows
        || image.has_digest()
        || image.value.as_deref() != Some(image.written.as_str())
    {
        return None;
    }
    if !matches!(canonical(&name), "eclipse-temurin" | "openjdk" | "amazoncorretto" | "maven" | "gradle")
        || image.tag_text().is_none()
    {
        return None;
    }
    let starts = stage.start_commands(model);
    if starts.is_empty()
        || stage.runs_a_program(model) != Tri::Yes
        || !starts.iter().any(|start| start.command.is("java"))
    {
        return None;
    }
    let steps = stage.all(Keyword::Run).flat_map(Step::commands);
    let musl = image.is_busybox();
    let needs = |command: &Command| {
        let apk = musl && command.is("apk");
        // Tools of the JDK, builds, and the package managers of systems that the JRE's image is not based on.
        let of_jdk = command.class().is(Class::JDK_TOOL.or(Class::JVM_BUILD));
        let of_system = command.class().is(Class::SYSTEM_MANAGER) && !command.is_any(&["apt", "apt-get"]);
        of_jdk || of_system && !apk || command.path.contains("jdk")
    };
    let source = starts.iter().any(|start| start.command.args.iter().any(|arg| arg.lexeme().ends_with(".java")));
    if source || starts.iter().any(|start| needs(start.command)) || steps.into_iter().any(needs) {
        return None;
    }
    let read_by_jdk = model.stages_on_top(stage).next().is_some();
    let base = run_bases(&name, image.tag_text()).into_iter().next().filter(|_| !read_by_jdk)?;
    if lacks_program(&base.image, &base.tag, stage, model) {
        return None;
    }
    let to = format!("{}:{}", base.image, base.tag);
    Fix::new(Safety::Unsafe, format!("use the JRE image `{to}`"), [Edit::replace(image.span, to)])
}
