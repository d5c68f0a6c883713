//! What running a command may do.

use crate::knowledge::command_lines::WRITE_FILES;
use crate::knowledge::programs::Class;
use crate::shell::Command;

/// What running a command may do, as far as its program is known. An unknown program may do anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effects {
    /// The program is not known, or runs code that is not seen.
    pub opaque: bool,
    /// It may read environment variables other than those that it is documented to read.
    pub reads_environment: bool,
    /// It may create files under names that its arguments do not contain.
    pub creates_files: bool,
    /// It uses the network.
    pub network: bool,
    /// It may fail in a way that matters.
    pub can_fail: bool,
}

/// Does what its arguments and its own configuration say.
const TRANSPARENT: Class = Class::ELEMENTARY
    .or(Class::SYSTEM_MANAGER)
    .or(Class::PACKAGE_DATABASE)
    .or(Class::REPOSITORY_TOOL)
    .or(Class::SYSTEM_TABLE)
    .or(Class::DOWNLOADER)
    .or(Class::VERSION_CONTROL)
    .or(Class::ARCHIVER)
    .or(Class::CHECKSUM)
    .or(Class::SIGNATURE);

const CREATES_FILES: Class =
    Class::COPIES.or(Class::ARCHIVER).or(Class::DOWNLOADER).or(Class::VERSION_CONTROL).or(Class::PACKAGE_DATABASE);

const NETWORK: Class = Class::PACKAGE_MANAGER
    .or(Class::REPOSITORY_TOOL)
    .or(Class::DOWNLOADER)
    .or(Class::VERSION_CONTROL)
    .or(Class::TOOLCHAIN)
    .or(Class::JVM_BUILD);

const CANNOT_FAIL: Class = Class::PRINTS.or(Class::NO_OP).or(Class::CONDITION);

/// Whether it writes over files that it is given, or that it makes from templates: `sed -i`, `dockerize -template a:b`. What
/// lies in directories that anyone may write to does not count.
pub fn rewrites_files(command: &Command) -> bool {
    let Some((_, flags)) = WRITE_FILES.iter().find(|(name, _)| command.is(name)) else { return false };
    let is_flag = |text: &str| flags.iter().any(|flag| text.split('=').next() == Some(flag));
    let told = flags.is_empty() || command.has_flag(flags) || command.args.iter().any(|arg| is_flag(arg.lexeme()));
    let last = command.args.last().and_then(|arg| arg.text.as_deref()).unwrap_or_default();
    told && !["/tmp/", "/dev/", "/proc/"].iter().any(|folder| last.starts_with(folder))
}

impl Command {
    /// What running it may do, by the class of its program.
    pub fn effects(&self) -> Effects {
        let class = self.class();
        let opaque = !class.is(TRANSPARENT);
        Effects {
            opaque,
            reads_environment: opaque || class.is(Class::READS_ENVIRONMENT),
            creates_files: opaque || class.is(CREATES_FILES),
            network: class.is(NETWORK),
            can_fail: !class.is(CANNOT_FAIL),
        }
    }
}
