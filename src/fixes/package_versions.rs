//! Pinning packages to the versions that a build has installed.

use std::collections::{BTreeSet, HashMap};

use crate::commands::packages::{Install, Package, PackageKind};
use crate::knowledge::managers::Manager;
use crate::model::{Model, Stage};
use crate::text::{Edit, Source};

/// A script for `sh` that prints what [`Versions::read`] reads. Each manager may be absent.
pub const QUERY: &str = "\
exec 2>/dev/null
echo '# apt'; dpkg-query -W -f '${Package} ${Version}\\n'
echo '# apk'; apk info -v
echo '# pip'; pip list --format=freeze || pip3 list --format=freeze || python3 -m pip list --format=freeze
echo '# npm'; npm ls --depth=0; npm ls -g --depth=0
echo '# gem'; gem list --local
true";

/// The managers whose packages can be pinned.
const MANAGERS: [(Manager, &str); 5] =
    [(Manager::Apt, "apt"), (Manager::Apk, "apk"), (Manager::Pip, "pip"), (Manager::Npm, "npm"), (Manager::Gem, "gem")];

/// The packages in an image, with their versions.
#[derive(Debug, Default)]
pub struct Versions(HashMap<(Manager, String), String>);

impl Versions {
    /// Reads what [`QUERY`] printed.
    pub fn read(text: &str) -> Self {
        let mut found = HashMap::new();
        let mut manager = None;
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("# ") {
                manager = MANAGERS.iter().find(|row| row.1 == name).map(|row| row.0);
                continue;
            }
            let Some(manager) = manager else { continue };
            if let Some((name, version)) = package_of(manager, line.trim()).filter(|(_, version)| is_version(version)) {
                found.insert((manager, key(manager, name)), version.to_owned());
            }
        }
        Self(found)
    }

    fn of(&self, manager: Manager, name: &str) -> Option<&str> {
        self.0.get(&(manager, key(manager, name))).map(String::as_str)
    }
}

/// The name and version in a line of a manager's list.
fn package_of(manager: Manager, line: &str) -> Option<(&str, &str)> {
    match manager {
        Manager::Apt => line.split_once(' '),
        // `musl-1.2.5-r0`
        Manager::Apk => {
            let (rest, revision) = line.rsplit_once('-')?;
            let (name, version) = rest.rsplit_once('-')?;
            revision.starts_with('r').then(|| (name, &line[name.len() + 1..])).filter(|_| !version.is_empty())
        }
        Manager::Pip => line.split_once("=="),
        // `├── typescript@5.4.5`
        Manager::Npm => {
            let word = line.split_whitespace().find(|word| word.get(1..).is_some_and(|rest| rest.contains('@')))?;
            word.rsplit_once('@')
        }
        // `rails (7.1.3, 7.0.8)`, `bigdecimal (default: 3.1.5)`
        _ => {
            let (name, versions) = line.split_once(" (")?;
            let first = versions.trim_end_matches(')').trim_start_matches("default: ").split(',').next()?;
            Some((name, first.split_whitespace().next()?))
        }
    }
}

/// Of a Dockerfile's word it has to be able to be a part.
fn is_version(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_alphanumeric())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-~:_!".contains(&byte))
}

/// Python's names are the same in upper case, and with other separators.
fn key(manager: Manager, name: &str) -> String {
    match manager {
        Manager::Pip => name.to_ascii_lowercase().replace(['_', '.'], "-"),
        _ => name.to_owned(),
    }
}

/// Whether a stage installs packages that can be pinned.
pub fn has_unpinned(stage: &Stage<'_>) -> bool {
    stage.installs().any(|(_, _, install)| unpinned(install).next().is_some())
}

/// The packages of a command that name no version, and can.
fn unpinned(install: &Install) -> impl Iterator<Item = &Package> {
    let known = MANAGERS.iter().any(|row| row.0 == install.manager) && !install.project;
    let free = |package: &&Package| package.kind == PackageKind::Name && package.version.is_none();
    install.packages.iter().filter(move |package| known && free(package))
}

/// What pinning a stage comes to.
#[derive(Debug, Default)]
pub struct Pins {
    pub edits: Vec<Edit>,
    /// Packages that are not in the image: they were removed again, or stand for others.
    pub absent: BTreeSet<String>,
}

/// Pins the packages of a stage to what its image contains.
pub fn pins<'a>(stage: &Stage<'a>, model: &Model<'a>, versions: &Versions) -> Pins {
    let mut pins = Pins::default();
    for (_, _, install) in stage.installs() {
        for package in unpinned(install) {
            let Some(version) = versions.of(install.manager, &package.name) else {
                pins.absent.insert(package.name.clone());
                continue;
            };
            let operator = match install.manager {
                Manager::Pip => "==",
                Manager::Npm => "@",
                Manager::Gem => ":",
                _ => "=",
            };
            match end_of(package, install.manager, model.source) {
                Some(at) => pins.edits.push(Edit::insert(at, format!("{operator}{version}"))),
                None => _ = pins.absent.insert(package.name.clone()),
            }
        }
    }
    pins.edits.sort_by_key(|edit| edit.span);
    pins.edits.dedup();
    pins
}

/// Where the version goes: after the name, and inside its quotes. `None` if the word says more than the name.
fn end_of(package: &Package, manager: Manager, source: &Source) -> Option<usize> {
    let written = source.slice(package.span);
    let inside = written.trim_matches(['"', '\'']);
    let extras = package.extras.join(",");
    let whole = match (extras.is_empty(), manager) {
        (true, _) => package.name.clone(),
        (false, Manager::Pip) => format!("{}[{extras}]", package.name),
        (false, _) => return None,
    };
    let quotes = written.len() - written.trim_end_matches(['"', '\'']).len();
    (inside.replace(' ', "") == whole).then(|| package.span.end() - quotes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BuildArgs;

    const LIST: &str = "\
# apt
curl 7.88.1-10+deb12u5
libc6 2.36-9
# apk
busybox-extras-1.37.0-r12
# pip
Flask_Cors==4.0.1
uvicorn==0.30.1
# npm
/usr/local/lib
├── @angular/cli@17.3.0
└── typescript@5.4.5 overridden
# gem
rails (7.1.3, 7.0.8)
json (default: 2.7.1)
";

    fn pinned(step: &str) -> (String, Vec<String>) {
        let text = format!("FROM debian:12\nRUN {step}\n");
        let source = Source::new("Dockerfile", text.as_str());
        let tree = crate::syntax::parse(source.text());
        let model = Model::build(&source, &tree, &BuildArgs::new(), None);
        let pins = pins(&model.stages[0], &model, &Versions::read(LIST));
        let mut text = text.clone();
        pins.edits.iter().rev().for_each(|edit| text.insert_str(edit.span.start(), &edit.text));
        let step = text.lines().nth(1).and_then(|line| line.strip_prefix("RUN ")).expect("the step");
        (step.to_owned(), pins.absent.into_iter().collect())
    }

    #[test]
    fn packages_get_the_versions_of_the_image() {
        for (step, expected) in [
            ("apt-get install -y curl libc6=1", "apt-get install -y curl=7.88.1-10+deb12u5 libc6=1"),
            ("apk add busybox-extras", "apk add busybox-extras=1.37.0-r12"),
            ("pip install flask-cors 'uvicorn[standard]'", "pip install flask-cors==4.0.1 'uvicorn[standard]==0.30.1'"),
            ("pip install -r requirements.txt", "pip install -r requirements.txt"),
            ("npm install -g @angular/cli typescript", "npm install -g @angular/cli@17.3.0 typescript@5.4.5"),
            ("gem install rails json", "gem install rails:7.1.3 json:2.7.1"),
            ("apt-get install -y $PACKAGES", "apt-get install -y $PACKAGES"),
        ] {
            assert_eq!(pinned(step), (expected.to_owned(), Vec::new()), "{step}");
        }
    }

    #[test]
    fn what_the_image_lacks_is_told() {
        assert_eq!(pinned("apt-get install gcc curl:i386").1, ["curl", "gcc"]);
    }

    #[test]
    fn a_list_is_no_instruction() {
        let versions = Versions::read("# apt\ncurl 1;rm\nwget $(x)\n# npm\nx@file:../y z\n# other\na 1\n");
        assert!(versions.0.is_empty(), "{versions:?}");
    }
}
