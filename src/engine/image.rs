//! Builds and the resulting images.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use regex::Regex;

use super::request::Build;
use super::{
    Argv, Engine, EngineError, Facts, ImageForm, Kind, Run, SHORT, User, build_containers, buildkit, cli, is_advice, last_lines, limits,
    session, temporary,
};
use crate::process::{Bounds, Ended, Filter, Output, Process};
use crate::text::units::Size;

/// How long exporting or importing an image may take.
const LONG: Bounds = Bounds::seconds(300);

/// How often something that another process disturbed is tried.
const ATTEMPTS: u32 = 3;

/// How long to wait before it is tried again.
const PAUSE: Duration = Duration::from_millis(500);

/// How a build ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BuildEnd {
    Built,
    /// The engine's error message.
    Failed(String),
    TimedOut,
    /// It exceeded a limit other than time.
    Over(String),
}

/// A build that has ended.
pub struct Built<'e> {
    pub end: BuildEnd,
    pub took: Duration,
    /// What the engine printed: the head and the tail.
    pub log: String,
    /// The image, if the build succeeded; removed when dropped.
    pub image: Option<Image<'e>>,
}

/// An image that we built; removed when dropped. Shared layers and the build cache stay.
pub struct Image<'e> {
    engine: &'e Engine,
    pub tag: String,
    pub facts: Facts,
}

impl Drop for Image<'_> {
    fn drop(&mut self) {
        let argv = match self.engine.driver.verbs {
            Some(verbs) => verbs.remove_image(&self.tag),
            None => Argv::new(self.engine.driver.program).args(["rmi", "--force"]).arg(&self.tag),
        };
        self.engine.clear(&argv);
    }
}

/// The image as an argument of a command line: one that starts with a dash would be an option there.
pub(super) fn operand(image: &str) -> Result<&str, EngineError> {
    match image.starts_with('-') {
        true => Err(EngineError::Other { what: format!("`{image}` is not the name of an image"), said: String::new() }),
        false => Ok(image),
    }
}

impl Engine {
    /// Builds an image. That the Dockerfile does not build is a result ([`BuildEnd`]), not an error. `tag`, `labels` and
    /// `cgroup` of the build are set here.
    ///
    /// # Errors
    /// When the engine cannot do its work: its service is down, a base image is unavailable, the disk is full.
    pub fn build(&self, build: &Build) -> Result<Built<'_>, EngineError> {
        let mut attempts = ATTEMPTS;
        loop {
            match self.build_once(build) {
                Err(EngineError::ImageLost { .. }) if attempts > 1 => attempts -= 1,
                built => return built,
            }
        }
    }

    fn build_once(&self, build: &Build) -> Result<Built<'_>, EngineError> {
        let Some(line) = self.driver.build else {
            return Err(EngineError::CannotDo { kind: self.kind(), what: "build images" });
        };
        if self.kind() == Kind::DockerLegacy && build.inputs.needs_buildkit() {
            let what = "pass secrets, SSH agents or more build contexts to a build";
            return Err(EngineError::CannotDo { kind: self.kind(), what });
        }
        let group = self.group(&build.limits);
        let build = Build {
            tag: session::tag(),
            labels: vec![session::label()],
            cgroup: group.as_ref().map(|group| group.name.clone()),
            ..build.clone()
        };
        let argv = match self.is_plain.load(Ordering::Relaxed) {
            true => buildkit::told_plainly(line(&build)),
            false => line(&build),
        };
        let argv = if self.limits_builds { argv } else { cli::without_limits(argv) };
        // What a build that is killed leaves there is removed with the directory.
        let scratch = self.kind().has_no_daemon().then(|| temporary::large_directory("build"));
        let scratch = scratch.and_then(Result::ok);
        let argv = match &scratch {
            Some(scratch) => argv.env("TMPDIR", scratch.path().display().to_string()),
            None => argv,
        };
        let bounds = Bounds { time: build.limits.time, ..Bounds::seconds(0) };
        let as_json = buildkit::is_told_as_json(&argv);
        let filter = as_json.then(|| Box::new(buildkit::Log::default()) as Box<dyn Filter>);
        let started = Process::filtered(&argv, None, bounds, filter);
        let mut process = started.map_err(|error| EngineError::of_start(&argv.program, &error))?;
        // These remove their working containers if a step fails, and leave them if they are killed.
        if self.kind().has_no_daemon() {
            let pid = process.id();
            process = process.stopped_by(match &group {
                Some(group) => Box::new(group.killer()),
                None => Box::new(move || build_containers::end_steps(pid)),
            });
        }
        // No engine tells what a running build has written, and neither do its processes: what `COPY` writes and what ended
        // processes wrote would be missing. So the free space decides, which all builds share.
        let store = self.store();
        let free = limits::free_space(&store);
        let running = RunningBuild::new();
        let mut most_builds = 1;
        let mut over = || {
            let (before, now) = (free?, limits::free_space(&store)?);
            let used = before.saturating_sub(now);
            let is_low = now < RESERVE.min(before / 2);
            most_builds = running.count().max(most_builds);
            // Other processes may have used it.
            if is_low && used < before / 4 {
                return Some(NO_ROOM.to_owned());
            }
            let is_over = used > build.limits.disk.saturating_mul(most_builds);
            (is_over || is_low).then(|| format!("the build took {} of the disk", Size(used)))
        };
        let output = process.finish(&mut over);
        // The processes it has started end with it, before anything is inspected.
        drop(group);
        let log = format!("{}{}", output.stdout.text(), output.stderr.text());
        if as_json && !output.ended.ok() && buildkit::knows_no_json(&log) {
            self.is_plain.store(true, Ordering::Relaxed);
            return self.build_once(&build);
        }
        let end = match output.ended {
            Ended::Cancelled => return Err(EngineError::Cancelled),
            Ended::Code(0) => BuildEnd::Built,
            Ended::TimedOut => BuildEnd::TimedOut,
            Ended::Stopped(why) if why == NO_ROOM => return Err(EngineError::DiskFull { said: why }),
            Ended::Stopped(why) => BuildEnd::Over(why),
            Ended::TooMuchOutput => BuildEnd::Over("the build printed more than 256 MiB".to_owned()),
            Ended::Code(_) | Ended::Signal(_) => match self.not_the_files_fault(&log) {
                Some(error) => return Err(error),
                None => BuildEnd::Failed(complaint(&log)),
            },
        };
        let image = match end {
            BuildEnd::Built => {
                let mut image = Image { engine: self, tag: build.tag, facts: Facts::default() };
                image.facts = self.inspect(&image.tag)?;
                Some(image)
            }
            _ => None,
        };
        Ok(Built { end, took: output.took, log, image })
    }

    /// Where the engine stores its images, if that is on this machine: the free space there is watched.
    pub(super) fn store(&self) -> PathBuf {
        let usual = match self.kind() {
            Kind::Podman | Kind::Buildah => "/var/lib/containers",
            _ => "/var/lib/docker",
        };
        let usual = Path::new(usual);
        if usual.exists() { usual.to_path_buf() } else { PathBuf::from("/") }
    }

    /// Output of a step is no message of the engine, whatever it says.
    fn not_the_files_fault(&self, log: &str) -> Option<EngineError> {
        let failed_step =
            ["did not complete successfully", "while running runtime: exit status", "returned a non-zero code"];
        let failed = failed_step.iter().any(|words| log.contains(words));
        if is_lost(log, failed) {
            return Some(EngineError::ImageLost { said: last_lines(log, 1) });
        }
        match failed {
            true => None,
            false => EngineError::of_words(self.driver.program, &last_lines(log, 12)),
        }
    }

    /// The configuration of an image.
    ///
    /// # Errors
    /// When it is not present, or the engine does not respond.
    pub fn inspect(&self, image: &str) -> Result<Facts, EngineError> {
        let Some((line, read)) = self.driver.facts else {
            return Err(EngineError::CannotDo { kind: self.kind(), what: "inspect images" });
        };
        let argv = line(operand(image)?);
        let mut output = self.call(&argv, SHORT)?;
        // Podman and Buildah read all images for this, and fail if another process removes one meanwhile.
        for _ in 1..ATTEMPTS {
            if output.ended.ok() || !self.kind().has_no_daemon() || self.is_missing(&output) {
                break;
            }
            std::thread::sleep(PAUSE);
            output = self.call(&argv, SHORT)?;
        }
        if !output.ended.ok() {
            return Err(match self.complaint(&output, "inspecting an image") {
                EngineError::Other { said, .. } if self.is_missing(&output) => {
                    EngineError::ImageMissing { image: image.to_owned(), said }
                }
                error => error,
            });
        }
        let unread = || EngineError::Other {
            what: "the engine's description of an image cannot be parsed".to_owned(),
            said: String::new(),
        };
        let mut facts = read(&output.stdout.text()).ok_or_else(unread)?;
        if facts.size.is_none() && self.kind() == Kind::Buildah {
            facts.size = self.buildah_size(image);
        }
        Ok(facts)
    }

    /// Whether an engine says that it does not have the image it was asked about.
    fn is_missing(&self, output: &Output) -> bool {
        let said = format!("{}\n{}", output.stdout.text(), output.stderr.text()).to_lowercase();
        ["no such image", "no such object", "image not known", "not found"].iter().any(|words| said.contains(words))
    }

    /// The largest layer of an image: its size in bytes, and the step that made it. `None` if the engine does not tell.
    pub fn largest_layer(&self, image: &str) -> Option<(u64, String)> {
        let output = self.call(&self.driver.verbs?.history(operand(image).ok()?), SHORT).ok()?;
        let text = output.stdout.text();
        let layers = text.lines().filter_map(|line| line.split_once('\t'));
        let layers = layers.filter_map(|(size, step)| Some((bytes(size)?, step.to_owned())));
        layers.max_by_key(|(size, _)| *size).filter(|(size, _)| *size > 0 && output.ended.ok())
    }

    /// Buildah reports it only in its list of images, and rounded: `128 MB`.
    fn buildah_size(&self, image: &str) -> Option<u64> {
        let argv = Argv::new("buildah").args(["images", "--json"]).arg(image);
        let said = self.call(&argv, SHORT).ok()?.stdout.text();
        let all: serde_json::Value = serde_json::from_str(&said).ok()?;
        let size = all.get(0)?.get("size")?.as_str()?.to_owned();
        bytes(&size).filter(|_| size.contains(' '))
    }

    /// Whether an image is present locally.
    pub fn has(&self, image: &str) -> Result<bool, EngineError> {
        match self.inspect(image) {
            Ok(_) => Ok(true),
            Err(EngineError::ImageMissing { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Pulls an image.
    ///
    /// # Errors
    /// When it is unavailable.
    pub fn fetch(&self, image: &str) -> Result<(), EngineError> {
        let Some(verbs) = self.driver.verbs else {
            return Err(EngineError::CannotDo { kind: self.kind(), what: "pull images" });
        };
        self.expect(&verbs.pull_image(operand(image)?), LONG, "pulling an image").map(|_| ())
    }

    /// Which of these paths an image does not have.
    ///
    /// # Errors
    /// When the engine cannot read files of images.
    pub fn lacking(&self, image: &str, paths: &[String]) -> Result<Vec<String>, EngineError> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let Some(verbs) = self.driver.verbs else {
            return Err(EngineError::CannotDo { kind: self.kind(), what: "read files of an image" });
        };
        let name = session::name();
        let remove = verbs.remove(&name);
        let made = self.expect(&verbs.create(&name, image, &session::label()), SHORT, "reading files of an image");
        let mut gone = Vec::new();
        let mut looked = made.map(|_| ());
        for path in paths {
            if looked.is_err() {
                break;
            }
            // The first bytes show that the file exists.
            let bounds = Bounds { keep: 1 << 10, most: 64 << 10, ..SHORT };
            match self.call(&verbs.copy_out(&name, path), bounds) {
                Ok(output) => {
                    let said = output.stderr.text().to_lowercase();
                    let is_gone = ["not find", "no such", "not found", "not a directory"]
                        .iter()
                        .any(|words| said.contains(words));
                    if matches!(output.ended, Ended::Code(code) if code != 0) && is_gone {
                        gone.push(path.clone());
                    }
                }
                Err(error) => looked = Err(error),
            }
        }
        self.clear(&remove);
        looked.map(|()| gone)
    }

    /// Converts an image for a runtime that has no image store. `None` if it finds the image by itself.
    ///
    /// # Errors
    /// When this engine cannot export it.
    pub fn unpack_for(&self, runtime: &Engine, image: &str) -> Result<Option<UnpackedImage>, EngineError> {
        if matches!(runtime.driver.needs, ImageForm::Image) && self.shares_images_with(runtime) {
            return Ok(None);
        }
        let Some(verbs) = self.driver.verbs else {
            return Err(EngineError::CannotDo { kind: self.kind(), what: "export an image to another engine" });
        };
        let io = |error: std::io::Error| EngineError::Other {
            what: "cannot unpack an image".to_owned(),
            said: error.to_string(),
        };
        let folder = temporary::directory("image").map_err(io)?;
        let archive = folder.path().join("image.tar");
        let archive_text = archive.display().to_string();
        let path = match runtime.driver.needs {
            ImageForm::Image | ImageForm::Archive => {
                self.expect(&verbs.save(image, &archive_text), LONG, "exporting an image")?;
                archive
            }
            ImageForm::Bundle { .. } => {
                let name = session::name();
                let remove = verbs.remove(&name);
                let exported = self
                    .expect(&verbs.create(&name, image, &session::label()), SHORT, "exporting an image")
                    .and_then(|_| self.expect(&verbs.export(&name, &archive_text), LONG, "exporting an image"));
                self.clear(&remove);
                exported?;
                let root = folder.path().join("rootfs");
                std::fs::create_dir(&root).map_err(io)?;
                #[cfg(unix)]
                std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711))
                    .map_err(io)?;
                let tar = Argv::new("tar").args(["--extract", "--numeric-owner", "--same-owner", "--same-permissions"]);
                let tar = tar.opt("--file", archive_text).opt("--directory", root.display().to_string());
                self.expect(&tar, LONG, "unpacking an image")?;
                std::fs::remove_file(&archive).map_err(io)?;
                folder.path().to_path_buf()
            }
        };
        Ok(Some(UnpackedImage { _folder: folder, path }))
    }
}

/// Bytes that a build must leave free on the disk.
const RESERVE: u64 = 512 << 20;

/// The disk was almost full already.
const NO_ROOM: &str = "almost no space is left";

/// How many builds this process runs.
static RUNNING_BUILDS: AtomicU64 = AtomicU64::new(0);

/// A build, until it is dropped.
struct RunningBuild;

impl RunningBuild {
    fn new() -> Self {
        RUNNING_BUILDS.fetch_add(1, Ordering::Relaxed);
        Self
    }

    /// With this one.
    fn count(&self) -> u64 {
        RUNNING_BUILDS.load(Ordering::Relaxed)
    }
}

impl Drop for RunningBuild {
    fn drop(&mut self) {
        RUNNING_BUILDS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An image outside of the engine that built it; removed when dropped.
pub struct UnpackedImage {
    _folder: tempfile::TempDir,
    pub path: PathBuf,
}

impl Engine {
    /// Writes the configuration file of a bundle, next to the image's files.
    pub(super) fn write_bundle(&self, run: &Run) -> Result<(), EngineError> {
        let ImageForm::Bundle { file, text } = self.driver.needs else { return Ok(()) };
        let Some(folder) = &run.unpacked else {
            return Err(EngineError::CannotDo { kind: self.kind(), what: "run an image that is not unpacked" });
        };
        let user = run.user.as_deref().unwrap_or(&run.facts.user);
        let user = in_rootfs(&folder.join("rootfs"), user).ok_or_else(|| EngineError::Other {
            what: format!("the image has no user `{user}`"),
            said: "no such entry in its /etc/passwd".to_owned(),
        })?;
        std::fs::write(folder.join(file), text(run, user))
            .map_err(|error| EngineError::Other { what: "cannot unpack an image".to_owned(), said: error.to_string() })
    }
}

/// Resolves `USER` with the image's own files.
fn in_rootfs(root: &Path, user: &str) -> Option<User> {
    let read = |name: &str| {
        let path = root.join("etc").join(name);
        // A link could point anywhere on the host.
        let plain = [root.join("etc"), path.clone()]
            .iter()
            .all(|path| path.symlink_metadata().is_ok_and(|meta| !meta.is_symlink()));
        let mut text = String::new();
        if plain {
            std::fs::File::open(path).ok()?.take(1 << 20).read_to_string(&mut text).ok()?;
        }
        Some(text)
    };
    find_user(user, &read("passwd").unwrap_or_default(), &read("group").unwrap_or_default())
}

/// Resolves `USER` with the texts of /etc/passwd and /etc/group.
pub(super) fn find_user(user: &str, passwd: &str, group: &str) -> Option<User> {
    let (name, group_name) = match user.split_once(':') {
        Some((name, group)) => (name, Some(group)),
        None => (user, None),
    };
    let name = if name.is_empty() { "0" } else { name };
    let number = name.parse::<u32>().ok();
    let line = passwd.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| {
        fields.len() >= 4 && (fields[0] == name || number.is_some_and(|uid| fields[2].parse() == Ok(uid)))
    });
    let (uid, gid) = match line {
        Some(fields) => (fields[2].parse().ok()?, fields[3].parse().ok()?),
        None => (number?, 0),
    };
    let gid = match group_name {
        None | Some("") => gid,
        Some(name) => match name.parse() {
            Ok(gid) => gid,
            Err(_) => {
                let line =
                    group.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields[0] == name)?;
                line.get(2)?.parse().ok()?
            }
        },
    };
    Some(User { uid, gid })
}

/// Whether another process removed what was being built. A failed step may have printed anything, so only the very
/// end counts then.
fn is_lost(log: &str, failed: bool) -> bool {
    let lost = ["identifier is not a container", "layer not known", "container not known"];
    let says_lost = |line: &str| line.starts_with("Error: ") && lost.iter().any(|words| line.contains(words));
    log.lines().rev().take(if failed { 1 } else { 12 }).any(says_lost)
}

/// The failed step of a BuildKit log, as its excerpt names it: `[2/3] RUN make`, and the prefix of its lines: `#5`.
pub fn failed_step(log: &str) -> Option<(&str, &str)> {
    let lines = || log.lines();
    let starts = lines().zip(lines().skip(1)).filter(|(rule, _)| rule.trim() == "------").map(|(_, line)| line);
    // If several failed at once, which one is given as the reason is random.
    let head = starts.filter(|line| line.starts_with(" > ")).min()?;
    let name = head.trim_start_matches(" > ").trim_end_matches(':');
    let mark = lines().find_map(|line| {
        let (mark, rest) = line.split_once(' ').filter(|(mark, _)| mark.starts_with('#'))?;
        (rest == name).then_some(mark)
    });
    Some((head, mark.unwrap_or_default()))
}

/// The lines of a build log that show why it failed: BuildKit's own excerpt of the step, else the end.
fn complaint(log: &str) -> String {
    let lines: Vec<&str> = log.lines().filter(|line| !is_advice(line)).collect();
    let Some((head, mark)) = failed_step(log) else { return last_lines(&lines.join("\n"), 8) };
    let is_rule = |line: &str| line.trim() == "------";
    let excerpt = lines.iter().skip_while(|line| **line != head).skip(1).take_while(|line| !is_rule(line));
    let shown = last_lines(&excerpt.copied().collect::<Vec<_>>().join("\n"), 6);
    // Output of the step may look the same; BuildKit's own comes last.
    let mark = format!("{mark} ERROR: ");
    let told = lines.iter().rev().find_map(|line| line.strip_prefix(mark.as_str()));
    let error = lines.iter().rfind(|line| line.starts_with("ERROR:")).copied();
    let error = match (told, error) {
        (Some(told), Some(error)) if !error.ends_with(told) => format!("ERROR: failed to solve: {told}"),
        (_, error) => error.unwrap_or_default().to_owned(),
    };
    // The name in between is random.
    static SUM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:failed to compute cache key: )?failed to calculate checksum of ref \S+ ")
            .expect("the pattern is sound")
    });
    let error = SUM.replace(&error, "");
    [head, &shown, &error].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The bytes in `83886080`, `83.9MB` or `83.9 MB`.
fn bytes(size: &str) -> Option<u64> {
    let (number, unit) = size.split_at(size.find(|ch: char| !(ch.is_ascii_digit() || ch == '.')).unwrap_or(size.len()));
    let unit = match unit.trim() {
        "" | "B" => 1.0,
        "KB" | "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        _ => return None,
    };
    Some((number.parse::<f64>().ok()? * unit) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\napp:x:100:101::/home/app:/bin/sh\nbroken\n";
        let group = "staff:x:50:\napp:x:101:\n";
        let user = |text| find_user(text, passwd, group).map(|user| (user.uid, user.gid));
        assert_eq!(user(""), Some((0, 0)));
        assert_eq!(user("app"), Some((100, 101)));
        assert_eq!(user("100"), Some((100, 101)));
        assert_eq!(user("app:staff"), Some((100, 50)));
        assert_eq!(user("1234"), Some((1234, 0)));
        assert_eq!(user("1234:7"), Some((1234, 7)));
        assert_eq!(user("nobody"), None);
    }

    #[test]
    fn what_others_have_removed() {
        let gone = "Error: deleting build container \"a1\": identifier is not a container: building at STEP \"COPY a b\": 2 errors occurred:";
        let several =
            format!("{gone}\n\t* storing \"a\": chdir /merged: no such file\n\t* reading \"a\": closed pipe\n\n");
        assert!(is_lost(gone, false) && is_lost(gone, true) && is_lost(&several, false));
        // Printed by a step that failed.
        assert!(!is_lost(&format!("{gone}\nError: building at STEP \"RUN a\": exit status 1\n"), true));
        assert!(!is_lost("STEP 1\nError: no such file\n", false));
    }

    #[test]
    fn why_a_build_failed() {
        let log = "#5 [2/2] RUN false\n#5 ERROR: exit code: 1\n------\n > [2/2] RUN false:\n0.1 no\n------\nDockerfile:2\n--------------------\n   2 | >>> RUN false\n--------------------\nERROR: failed to solve: exit code: 1\n";
        assert_eq!(complaint(log), " > [2/2] RUN false:\n0.1 no\nERROR: failed to solve: exit code: 1");
        // Two at once, of which either may be told as the reason.
        let sum = "#4 [b 6/7] ADD x /\n#4 ERROR: failed to compute cache key: failed to calculate checksum of ref 1::2: \"/x\": not found\n\
                   ------\n > [b 6/7] ADD x /:\n------\n";
        let both = log.replace("Dockerfile:2\n", &format!("{sum}Dockerfile:2\n"));
        let first = " > [2/2] RUN false:\n0.1 no\nERROR: failed to solve: exit code: 1";
        assert_eq!(complaint(&both), first);
        let other = both.replace("failed to solve: exit code: 1", "failed to solve: failed to compute");
        assert_eq!(complaint(&other), first);
        let alone = sum.to_owned()
            + "ERROR: failed to solve: failed to compute cache key: failed to calculate checksum of ref 1::2: \"/x\": not found\n";
        assert_eq!(complaint(&alone), " > [b 6/7] ADD x /:\nERROR: failed to solve: \"/x\": not found");
        let pip = log.replace("#5 ERROR: exit", "#5 ERROR: Exception:\n#5 ERROR: exit");
        assert!(complaint(&pip).ends_with("\nERROR: failed to solve: exit code: 1"));
        let maven = log.replace("0.1 no\n", "[ERROR] no\n[ERROR] -> [Help 1]\n[ERROR] \n[ERROR] [Help 1] x\n");
        assert!(complaint(&maven).contains(":\n[ERROR] no\n[ERROR] -> [Help 1]\nERROR: "));
        assert_eq!(complaint("STEP 1\n\nError: x\n"), "STEP 1\nError: x");
        let legacy = "Step 1\nDEPRECATED: The legacy builder is deprecated\n            BuildKit is currently disabled; enable it\nno\n";
        assert_eq!(complaint(legacy), "Step 1\nno");
    }
}
