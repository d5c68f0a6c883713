//! Moving from end-of-life images to their successors.

use crate::commands::packages::{Manager, installs};
use crate::finding::{Fix, Order, Safety};
use crate::fixes::Plans;
use crate::fixes::image_tag::with_tag;
use crate::knowledge::bases::end_of_life::{EndOfLife, end_of_life, renewed};
use crate::knowledge::packages;
use crate::knowledge::packages::vanished;
use crate::knowledge::programs::Class;
use crate::knowledge::{bases, canonical, os};
use crate::model::{ImageRef, MAX_LATER_STEPS, Model, Origin, Stage, Thing, Tri, script_path};
use crate::shell::Command;
use crate::syntax::{Args, Keyword};
use crate::text::{Edit, Source, Span};

/// Files with more stages are left alone, since all pairs of stages are compared: more than any real file has.
const MAX_STAGES: usize = 100;

/// Moves to the newest version of an image, if what the stage uses is known to exist there: for systems whose programs run
/// on the next release, and for Go, which keeps its compatibility promise.
pub fn newer<'a>(image: &ImageRef, stage: &Stage<'a>, ended: &[EndOfLife], model: &Model<'a>) -> Option<Fix> {
    if model.stages.len() > MAX_STAGES {
        return None;
    }
    let tag = new_tag(image, stage, ended, model)?;
    let name = image.familiar_name()?;
    // Web servers are given files to serve, not programs.
    let serves = matches!(canonical(&name), "nginx" | "httpd");
    let of_go = canonical(&name) == "golang";
    // Scripts are linked to nothing, and a web server gets files to serve.
    let takes_scripts = |other: &ImageRef| {
        let other = other.familiar_name().unwrap_or_default();
        canonical(&name) == "node" && matches!(canonical(&other), "nginx" | "httpd")
    };
    let fits = |(same, other, at): (bool, &ImageRef, &Stage<'a>)| match same {
        _ if takes_scripts(other) => true,
        true => moves_too(other, at, model),
        // Programs of another system may not find their libraries, or are linked to none.
        false => is_linked_to_nothing(&name, other, model) || !of_go && moves_too(other, at, model) && of_system(other),
    };
    if !serves && !partners(image, stage, model).all(fits) {
        return None;
    }
    let edits = [with_tag(image, &tag, model)?].into_iter().chain(labels(image, &tag, stage, model));
    Fix::new(Safety::Unsafe, format!("move to `{}:{tag}`", canonical(&name)), edits)
        .map(|fix| fix.in_order(Order::Base))
}

/// Moves to the newest release of an official image, whatever the stage does with it: applied where it is verified. Not for
/// databases and applications, whose files outlive the container.
pub fn successor<'a>(image: &ImageRef, stage: &Stage<'a>, end: &EndOfLife, model: &Model<'a>) -> Option<Fix> {
    use bases::Role::{Os, Runtime, Toolchain, WebServer};
    let (name, tag) = (image.familiar_name()?, image.tag_text()?);
    let official = !name.contains('/') && canonical(&name) == name;
    let role = bases::role(&name);
    if !official || end.below || end.deprecated_image || stage.windows || image.is_windows() || names_release(image, tag, model) {
        return None;
    }
    if !matches!(role, Some(Os | Runtime | Toolchain | WebServer)) {
        return None;
    }
    let to = renewed(&name, Some(tag), end)?;
    let (new_name, new_tag) = to.rsplit_once(':')?;
    let release = |tag: &str| release_number(bases::os(&name, Some(tag))?.version.as_deref()?);
    let is_older = role == Some(Os) && release(tag).zip(release(new_tag)).is_some_and(|(old, new)| new <= old);
    if new_name != name || is_older || !end_of_life(&name, Some(new_tag)).is_empty() {
        return None;
    }
    let edits = [with_tag(image, new_tag, model)?].into_iter().chain(labels(image, new_tag, stage, model));
    Fix::new(Safety::Display, format!("move to `{to}`"), edits)
        .map(|fix| fix.in_order(Order::Base).when_verified())
}

/// The labels that name this base image, with its new tag.
fn labels<'a>(image: &ImageRef, tag: &str, stage: &Stage<'a>, model: &Model<'a>) -> Vec<Edit> {
    let Some((name, _)) = image.written.rsplit_once(':').filter(|_| image.value.as_deref() == Some(&image.written)) else {
        return Vec::new();
    };
    let pairs = stage.all(Keyword::Label).filter_map(|step| match &step.instruction.args {
        Args::Pairs(args) => Some(&args.pairs),
        _ => None,
    });
    let values = pairs.flatten().filter_map(|pair| pair.value.as_ref());
    let same = values.filter(|value| value.text.trim_matches(['"', '\'']) == image.written);
    same.filter_map(|value| {
        let at = value.span.start() + model.source.slice(value.span).find(&image.written)? + name.len() + 1;
        Some(Edit::replace(Span::new(at, at + image.written.len() - name.len() - 1), tag))
    })
    .collect()
}

/// The bases that this one exchanges files with, and whether they are of the same release: a program linked in one looks
/// for its libraries in the other.
fn partners<'m, 'a>(
    image: &ImageRef,
    stage: &'m Stage<'a>,
    model: &'m Model<'a>,
) -> impl Iterator<Item = (bool, &'m ImageRef, &'m Stage<'a>)> {
    let system = |image: &ImageRef| {
        let os = bases::os(&image.familiar_name()?, image.tag_text())?;
        Some((os.distro, os.version?))
    };
    let own = system(image);
    let takes = |one: &Stage<'a>, other: &Stage<'a>| {
        let root = |at: usize| model.stages.get(at).map(|stage| stage.root(model).index);
        let from = |origin: &Origin| match origin {
            Origin::Stage(at) => root(*at) == Some(other.index),
            _ => false,
        };
        model
            .stages
            .iter()
            .filter(|stage| stage.root(model).index == one.index)
            .any(|stage| stage.imports.iter().any(|import| from(&import.origin)))
    };
    model.stages.iter().filter_map(move |other| {
        let base = other.image().filter(|_| other.index != stage.index)?;
        let same = own.is_some() && system(base) == own;
        (takes(stage, other) || takes(other, stage)).then_some((same, base, other))
    })
}

/// Whether what the two stages exchange is likely to need no library of either: Go programs for an image that has
/// another C library, or without cgo.
fn is_linked_to_nothing(name: &str, other: &ImageRef, model: &Model<'_>) -> bool {
    let is_go = |name: &str| canonical(name) == "golang";
    let other_name = other.familiar_name().unwrap_or_default();
    let static_base = |name: &str| canonical(name) == "alpine" || name.starts_with("gcr.io/distroless/static");
    (is_go(name) || is_go(&other_name))
        && (model.source.mentions("CGO_ENABLED=0") || static_base(name) || static_base(&other_name))
}

/// Whether it is a bare system.
fn of_system(image: &ImageRef) -> bool {
    image.familiar_name().is_some_and(|name| matches!(canonical(&name), "debian" | "ubuntu" | "alpine"))
}

/// Whether the other base moves as well. A Go program needs at most the C library.
fn moves_too<'a>(image: &ImageRef, stage: &Stage<'a>, model: &Model<'a>) -> bool {
    let Some(name) = image.familiar_name() else { return false };
    canonical(&name) == "golang" || new_tag(image, stage, &end_of_life(&name, image.tag_text()), model).is_some()
}

fn new_tag<'a>(image: &ImageRef, stage: &Stage<'a>, ended: &[EndOfLife], model: &Model<'a>) -> Option<String> {
    // The system below a language moves with it.
    let [end, below @ ..] = ended else { return None };
    if !below.iter().all(|end| end.below) {
        return None;
    }
    let (name, tag) = (image.familiar_name()?, image.tag_text()?);
    // Images of one architecture, such as `i386/ubuntu`, do not have every release; whole mirrors do.
    const MOVING: [&str; 9] =
        ["alpine", "debian", "ubuntu", "golang", "nginx", "httpd", "busybox", "memcached", "node"];
    let official = !name.contains('/') || name.ends_with(&format!("/library/{}", canonical(&name)));
    if !official || !MOVING.contains(&canonical(&name)) || end.below || end.deprecated_image {
        return None;
    }
    // What is known of the newer tags is about Linux.
    if stage.windows || image.is_windows() {
        return None;
    }
    let to = renewed(&name, Some(tag), end)?;
    let (new_name, new_tag) = to.rsplit_once(':')?;
    let new_os = bases::os(&name, Some(new_tag));
    if new_name != canonical(&name) || !end_of_life(&name, Some(new_tag)).is_empty() {
        return None;
    }
    if canonical(&name) == "golang" && !builds_in_modules(tag, model.source)
        || canonical(&name) == "node" && !runs_on_newer_node(tag, stage, model)
    {
        return None;
    }
    if lacks_program(&name, new_tag, stage, model) {
        return None;
    }
    // A repository for the old release would not fit the new one.
    let old = bases::os(&name, Some(tag));
    let number = |os: &Option<os::Os>| os.as_ref().and_then(|os| release_number(os.version.as_deref()?));
    if number(&old).zip(number(&new_os)).is_some_and(|(old, new)| new <= old) {
        return None;
    }
    // Repositories, also those of a file that is copied, are of one release.
    if canonical(&name) != "golang" && names_repositories(stage, model) || names_release(image, tag, model) {
        return None;
    }
    if takes_built_files(stage, model) || bases::role(&name) == Some(bases::Role::Os) && compiles(stage, model) {
        return None;
    }
    for (_, _, install) in built_on(stage, model).flat_map(|stage| stage.installs()) {
        let python = matches!(install.manager, Manager::Pip) && canonical(&name) != "golang";
        let bound = |package: &crate::commands::packages::Package| {
            package.version.is_some()
                || is_of_a_release(&package.name)
                // Its next release is another language, or lacks `pkg_resources`.
                || package.name.starts_with("php")
                || package.name == "py3-setuptools"
                || new_os.as_ref().is_some_and(|new| vanished(new, &package.name).is_some())
        };
        if python || install.manager.is_system() && install.packages.iter().any(bound) {
            return None;
        }
    }
    with_tag(image, new_tag, model).is_some().then(|| new_tag.to_owned())
}

/// Whether a command of the stage, or of one built on it, calls a program that the new image does not have and no step
/// brings.
pub(super) fn lacks_program<'a>(name: &str, tag: &str, stage: &Stage<'a>, model: &Model<'a>) -> bool {
    let Some(contents) = bases::contents(name, Some(tag)) else { return false };
    built_on(stage, model).flat_map(|stage| &stage.steps).take(MAX_LATER_STEPS).any(|step| {
        let missing =
            |name: &str| contents.program(name) == Some(false) && model.provides(step, Thing::Program(name)) == Tri::No;
        let mut calls = step.commands().iter().filter(|command| !command.place.conditional);
        calls.any(|command| missing(&command.name) && !step.contains_before(model, command, &[command.name.as_str()]))
    })
}

/// Whether a step of the stage, or of one built on it, downloads or names packages and installers that were built for one
/// release: they look for the libraries and programs of that one.
fn takes_built_files<'a>(stage: &Stage<'a>, model: &Model<'a>) -> bool {
    let is_built = |text: &str| {
        let text = text.trim_end_matches(['"', '\'', '*']);
        let file = text.split(['?', '#']).next().unwrap_or_default();
        file.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "deb" | "rpm" | "run" | "bin"))
    };
    built_on(stage, model).flat_map(|stage| &stage.steps).take(MAX_LATER_STEPS).any(|step| {
        let copied = step.copy().into_iter().flat_map(|copy| &copy.sources).any(|word| is_built(&word.text));
        copied || step.commands().iter().any(|command| command.args.iter().any(|arg| is_built(arg.known().unwrap_or(&arg.raw))))
    })
}

/// Whether a step of the stage, or of one built on it, compiles C or C++, or may do so with a script of its own: old sources
/// are often rejected by the compiler of a newer release.
fn compiles<'a>(stage: &Stage<'a>, model: &Model<'a>) -> bool {
    let is_compiler = |manager: Manager, name: &str| packages::category(manager, name).is_some_and(packages::Category::is_for_building);
    let has_compiler = built_on(stage, model).flat_map(|stage| stage.installs()).any(|(_, _, install)| {
        install.manager.is_system() && install.named().any(|it| is_compiler(install.manager, &it.name))
    });
    let is_own = |path: &str| path.ends_with(".sh") && !path.starts_with("/usr/");
    built_on(stage, model).flat_map(|stage| &stage.steps).take(MAX_LATER_STEPS).any(|step| {
        let runs = |command: &Command| {
            command.class().is(Class::NATIVE_BUILD)
                || has_compiler && (is_own(&command.path) || script_path(command).is_some_and(is_own))
        };
        step.keyword() == Keyword::Run && step.commands().iter().any(runs)
    })
}

/// A stage with a base of its own, and those built on it.
fn built_on<'m, 'a>(stage: &'m Stage<'a>, model: &'m Model<'a>) -> impl Iterator<Item = &'m Stage<'a>> {
    let all = std::iter::once(stage).chain(model.stages_on_top(stage));
    all.filter(|_| stage.root(model).index == stage.index)
}

/// `(24, 4)` of `24.04`.
fn release_number(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.').map_while(|part| part.parse::<u32>().ok());
    Some((numbers.next()?, numbers.next().unwrap_or(0)))
}

/// Whether a stage, or one built on it, sets up package repositories.
fn names_repositories<'a>(stage: &Stage<'a>, model: &Model<'a>) -> bool {
    const SIGNS: [&str; 7] =
        ["sources.list", "/etc/apt/", "apt-add-repository", "add-apt-repository", "apt-key", "/etc/apk/", "ppa:"];
    built_on(stage, model).flat_map(|stage| &stage.steps).any(|step| {
        let text = model.source.slice(step.instruction.span);
        SIGNS.iter().any(|sign| text.contains(sign) && !text.contains("/etc/apt/apt.conf"))
            || text.contains("deb http")
            || text.contains("deb [")
            || text.contains("/alpine/v")
    })
}

/// Whether a file names a release of Debian or Ubuntu anywhere but in the tags and labels that move.
fn names_release(image: &ImageRef, tag: &str, model: &Model<'_>) -> bool {
    let words = |text: &str| {
        text.split(|char: char| !char.is_ascii_alphanumeric()).filter(|word| os::is_codename(word)).count()
    };
    let own = words(tag);
    let literal = image.value.as_deref() == Some(&image.written);
    // Stages on the same image move as well, each by its own fix.
    let same = |stage: &&Stage<'_>| stage.image().is_some_and(|other| other.written == image.written);
    let tags = |stage: &Stage<'_>| 1 + labels(image, tag, stage, model).len();
    let moving = match literal && own > 0 {
        true => model.stages.iter().filter(same).map(tags).sum(),
        false => 1,
    };
    *model.memo.get::<Plans>().code_names.get_or_init(|| words(model.source.text())) > own * moving
}

/// Whether newer Go builds it as well: 1.16 and later need a `go.mod`, and in 1.18 and later `go get` installs no programs.
fn builds_in_modules(tag: &str, source: &Source) -> bool {
    let mut numbers = tag.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    let Some((1, minor)) = numbers.next().zip(numbers.next()) else { return false };
    let by_path = ["GO111MODULE=off", "GO111MODULE=auto", "GO111MODULE off", "GO111MODULE auto", "dep ensure", "glide"];
    let module = ["go.mod", "go mod ", "go.sum", "GO111MODULE=on", "GO111MODULE on"];
    let says = |words: &[&'static str]| words.iter().any(|word| source.mentions(word));
    !says(&by_path) && (minor >= 18 || !source.mentions("go get ")) && (minor >= 16 || says(&module))
}

/// The oldest major version of Node.js whose programs are likely to run on the newest one.
const OLDEST_NODE: u32 = 10;

/// The first that refuses the hashes of webpack 4 and older bundlers.
const STRICT_OPENSSL: u32 = 17;

/// Whether newer Node.js is likely to run it as well: nothing is compiled for one version, no tool is of one version, and
/// no old bundler runs.
fn runs_on_newer_node<'a>(tag: &str, stage: &Stage<'a>, model: &Model<'a>) -> bool {
    let major = tag.split(['.', '-']).next().and_then(|word| word.parse::<u32>().ok());
    let Some(major) = major.filter(|major| *major >= OLDEST_NODE) else { return false };
    let says = packages::NATIVE_NODE.iter().any(|package| model.source.mentions(package));
    let project = model.context.and_then(|context| context.project().node.as_ref());
    let native = |name: &str| packages::NATIVE_NODE.contains(&name);
    if says || project.is_some_and(|node| node.dependencies.iter().any(|it| native(&it.name))) {
        return false;
    }
    built_on(stage, model).flat_map(|stage| &stage.steps).flat_map(|step| step.commands()).all(|command| {
        let bundles = command.class().is(Class::FRONTEND_TOOL)
            || command.args.iter().any(|arg| arg.lexeme().starts_with("build"));
        let compiles =
            command.class().is(Class::NATIVE_BUILD) || command.is_any(&["python", "python2", "npx", "nvm", "n"]);
        let install = installs(command);
        let fixed = install
            .is_some_and(|install| !install.manager.is_system() && install.named().any(|it| it.version.is_some()));
        let compiler = |manager: Manager, name: &str| {
            name.starts_with("python")
                || packages::category(manager, name).is_some_and(packages::Category::is_for_building)
        };
        let native = install.is_some_and(|install| install.named().any(|it| compiler(install.manager, &it.name)));
        !compiles && !fixed && !native && (major >= STRICT_OPENSSL || !bundles)
    })
}

/// Package names with a version that differs in the next release: `openjdk-8-jdk`, `libboost1.54-dev`, `php5`.
fn is_of_a_release(package: &str) -> bool {
    let numbered = package.bytes().any(|byte| byte.is_ascii_digit());
    let python = package.strip_prefix("python3").is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    numbered && !python && !package.starts_with("py3-") && !packages::IN_ALL_RELEASES.contains(&package)
}

/// The successor image of `openjdk`: the same version, or the next one with long-term support.
pub fn moved_java<'a>(image: &ImageRef, stage: &Stage<'a>, model: &Model<'a>) -> Option<Fix> {
    let name = image.familiar_name()?;
    if !matches!(canonical(&name), "openjdk" | "java") || image.has_digest() {
        return None;
    }
    let literal = image.value.as_deref() == Some(image.written.as_str());
    let tag = if image.untagged() { "latest" } else { image.tag_text()? };
    let words: Vec<&str> = tag.split('-').collect();
    let known = |word: &str| {
        // Words of tags of `openjdk` that `eclipse-temurin` has a tag for.
        let system = [
            "alpine", "slim", "oracle", "oraclelinux", "buster", "bullseye", "bookworm", "stretch", "jessie", "jdk",
            "jre", "latest",
        ];
        word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'u' | b'_'))
            || system
                .iter()
                .any(|name| word.trim_end_matches(|char: char| char.is_ascii_digit() || char == '.') == *name)
    };
    let number = words[0].split(['.', 'u', '_']).next().and_then(|word| word.parse::<u32>().ok());
    let version = match number {
        Some(version) => [8, 11, 17, 21, 25].into_iter().find(|long| *long >= version)?,
        None if tag == "latest" || matches!(words[0], "jdk" | "jre" | "slim" | "alpine") => 21,
        None => return None,
    };
    let alpine = if words.iter().any(|word| word.starts_with("alpine")) { "-alpine" } else { "" };
    let kind = if words.contains(&"jre") { "jre" } else { "jdk" };
    let new_tag = format!("{version}-{kind}{alpine}");
    // Git and others come with the old image only, and repositories are of its release.
    if lacks_program("eclipse-temurin", &new_tag, stage, model) || names_repositories(stage, model) {
        return None;
    }
    // The new image has Ubuntu's package manager, or Alpine's.
    let chain = stage.steps.iter().flat_map(|step| step.commands());
    if !literal
        || !words.iter().all(|word| known(word))
        || chain.into_iter().any(|command| command.is_any(&["yum", "dnf", "microdnf"]))
    {
        return None;
    }
    let to = format!("eclipse-temurin:{new_tag}");
    Fix::new(Safety::Unsafe, format!("move to `{to}`"), [Edit::replace(image.span, to)])
        .map(|fix| fix.in_order(Order::Base))
}
