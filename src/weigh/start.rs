//! Whether the program that the image starts can start: it is there, for the right machine, with its loader and libraries.

use std::collections::HashSet;

use super::archive::join;
use super::census::{Census, Program};
use super::elf::Elf;
use super::manifest::{ImageConfig, RunConfig};
use super::tar::EntryKind;
use super::tree::{FileId, FileState};
use crate::knowledge::image_files;

/// How many links are followed.
const MAX_LINKS: usize = 40;

/// How many libraries of libraries are looked at.
const MAX_LIBRARIES: usize = 2000;

/// How many libraries of one name are looked at.
const MAX_NAMESAKES: usize = 1000;

/// The search path of a shell without `PATH`.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Why the image cannot start: one sentence, lower case, no full stop.
pub(super) fn faults(census: &Census, config: &ImageConfig) -> Vec<String> {
    let run = config.config.clone().unwrap_or_default();
    let command = run.entrypoint.iter().flatten().chain(run.cmd.iter().flatten()).next().cloned();
    let Some(program) = command.filter(|program| !program.is_empty() && !program.contains('$')) else { return Vec::new() };
    if !matches!(config.os.as_str(), "" | "linux") || census.files.is_empty() {
        return Vec::new();
    }
    let files = Files { census };
    let Some((id, file)) = files.program(&program, &run) else {
        return vec![format!("start program `{program}` is not in the image")];
    };
    let mut faults = Vec::new();
    if file.kind == EntryKind::File && file.mode & 0o111 == 0 {
        faults.push(format!("start program `{program}` is not executable"));
    }
    match census.programs.get(&id) {
        Some(Program::Script(interpreter)) => faults.extend(files.script_fault(&program, interpreter, config)),
        Some(Program::Elf(elf)) => faults.extend(files.elf_faults(&census.files.path(id), elf, config)),
        None => {}
    }
    faults
}

struct Files<'a> {
    census: &'a Census,
}

impl<'a> Files<'a> {
    /// The file that a path leads to, through links.
    fn find(&self, path: &str) -> Option<(FileId, FileState)> {
        let mut rest: Vec<String> = path.split('/').rev().filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let mut here = String::new();
        let mut links = 0;
        while let Some(part) = rest.pop() {
            let next = join(&here, &part);
            let found = self.census.files.find(&next);
            let link = found.and_then(|id| Some((self.census.files.get(id)?.kind, self.census.files.link(id)?)));
            match link {
                Some((EntryKind::SymLink, target)) => {
                    links += 1;
                    if links > MAX_LINKS {
                        return None;
                    }
                    let base = if target.starts_with('/') { String::new() } else { here };
                    rest.extend(target.split('/').rev().filter(|part| !part.is_empty()).map(str::to_owned));
                    here = base;
                }
                // Another name of this path.
                Some((_, target)) if rest.is_empty() && links < MAX_LINKS => {
                    links += 1;
                    here = String::new();
                    rest.extend(target.split('/').rev().filter(|part| !part.is_empty()).map(str::to_owned));
                }
                _ => here = next,
            }
        }
        self.census.files.find(&here).and_then(|id| Some((id, self.census.files.get(id)?)))
    }

    fn program(&self, program: &str, run: &RunConfig) -> Option<(FileId, FileState)> {
        let is_file = |(_, file): &(FileId, FileState)| file.kind != EntryKind::Directory;
        if program.contains('/') {
            let folder = run.working_dir.as_deref().unwrap_or("/");
            return self.find(&join(folder, program)).filter(is_file);
        }
        let own = run.env.iter().flatten().find_map(|pair| pair.strip_prefix("PATH="));
        own.unwrap_or(PATH).split(':').find_map(|folder| self.find(&join(folder, program)).filter(is_file))
    }

    fn script_fault(&self, program: &str, line: &str, config: &ImageConfig) -> Option<String> {
        let line = line.trim_matches(|ch| ch == ' ' || ch == '\t');
        let interpreter = line.split([' ', '\t']).next().unwrap_or_default();
        if interpreter.ends_with('\r') {
            return Some(format!("start script `{program}` has CRLF line endings, so its interpreter is not found"));
        }
        if !interpreter.starts_with('/') {
            return None;
        }
        if self.find(interpreter).is_none() {
            return Some(format!("`{interpreter}`, which runs start script `{program}`, is not in the image"));
        }
        let name = line.split_whitespace().nth(1).filter(|name| !name.starts_with('-') && !name.contains('='))?;
        let run = config.config.clone().unwrap_or_default();
        let is_env = interpreter.ends_with("/env");
        (is_env && self.program(name, &run).is_none())
            .then(|| format!("`{name}`, which runs start script `{program}`, is not in the image"))
    }

    fn elf_faults(&self, path: &str, elf: &'a Elf, config: &ImageConfig) -> Vec<String> {
        let mut faults = Vec::new();
        if let Some(own) = elf.architecture().filter(|own| !config.architecture.is_empty() && *own != config.architecture) {
            // A 32-bit program runs on the 64-bit machine of its family.
            if !matches!((own, config.architecture.as_str()), ("386", "amd64") | ("arm", "arm64")) {
                faults.push(format!("start program `/{path}` is for {own}, the image for {}", config.architecture));
                return faults;
            }
        }
        if let Some(loader) = elf.loader.as_deref().filter(|loader| self.find(loader).is_none()) {
            faults.push(format!("`/{path}` needs the loader `{loader}`, which is not in the image"));
            return faults;
        }
        faults.extend(self.library_faults(path, elf));
        faults
    }

    /// The libraries that a program needs, and those that they need. Where the loader looks cannot be known exactly; what
    /// is nowhere is missing.
    fn library_faults(&self, path: &str, program: &'a Elf) -> Vec<String> {
        let files = &self.census.files;
        let mut libraries: Vec<FileId> = files.files().map(|(id, _)| id).filter(|id| image_files::is_library(files.name(*id))).collect();
        libraries.sort_unstable_by(|one, other| files.name(*one).cmp(files.name(*other)));
        let mut faults = Vec::new();
        let mut seen = HashSet::new();
        let mut waiting: Vec<(String, &Elf)> = vec![(path.to_owned(), program)];
        while let Some((user, elf)) = waiting.pop() {
            for name in &elf.needed {
                let name = name.rsplit('/').next().unwrap_or(name);
                let is_checked = image_files::is_library(name) && !image_files::is_injected_library(name);
                if !is_checked || seen.len() >= MAX_LIBRARIES || !seen.insert(name) {
                    continue;
                }
                let start = libraries.partition_point(|id| files.name(*id) < name);
                let named = libraries[start..].iter().take_while(|id| files.name(**id) == name).take(MAX_NAMESAKES);
                let mut found: Vec<(String, FileId)> =
                    named.filter_map(|id| self.find(&files.path(*id))).map(|(id, _)| (files.path(id), id)).collect();
                found.sort();
                found.dedup();
                if found.is_empty() {
                    faults.push(format!("`/{user}` needs the library `{name}`, which is not in the image"));
                    continue;
                }
                // Linkers also read scripts in place of libraries.
                let own = found.iter().filter_map(|(path, id)| match self.census.programs.get(id) {
                    Some(Program::Elf(elf)) => Some((path, elf)),
                    _ => None,
                });
                let own: Vec<_> = own.collect();
                let mut fitting = own.iter().filter(|(_, elf)| elf.machine == program.machine);
                match (fitting.next(), fitting.next()) {
                    // Which one of several is loaded cannot be known.
                    (Some((path, elf)), None) => waiting.push(((*path).clone(), elf)),
                    (None, _) if own.len() == found.len() => {
                        let other = own[0].1.architecture().unwrap_or("another machine");
                        faults.push(format!("`/{user}` needs the library `{name}`, which is there for {other} only"));
                    }
                    _ => {}
                }
            }
        }
        faults
    }
}
