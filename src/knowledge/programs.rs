//! What well-known programs are: one table, program → classes.
//!
//! To teach Plimsoll a new program, add one line to `programs/table.rs`. A class is a fact about a program, not the
//! private list of a rule: a rule that needs another distinction adds a class here, and every other rule can use it.

mod table;

use table::PROGRAMS;

flags! {
    /// A set of classes of programs.
    Class {
        /// Only the shell itself can run it: a keyword, or a builtin without a program of the same name.
        BUILTIN,
        /// A shell whose scripts can be read.
        SHELL,
        /// A shell with a language of its own.
        OTHER_SHELL,
        /// Changes the state of the shell that runs it, or ends it.
        SHELL_STATE,
        /// Runs code in the current shell, reads into its variables, or leaves a function.
        SHELL_CONTROL,
        /// Works as a shell function that a setup script defines.
        SHELL_FUNCTION,
        /// Prints what its arguments say.
        PRINTS,
        /// Does nothing and succeeds.
        NO_OP,
        /// Only waits.
        WAITS,
        /// Tests a condition.
        CONDITION,
        /// Reports on files or on the system and changes neither.
        QUERY,
        /// Reads text and writes text.
        TEXT_FILTER,
        /// Creates, copies, moves or removes files, or changes their owner or mode.
        FILE_TOOL,
        /// Changes the owner or the mode of files.
        OWNER_OR_MODE,
        /// Puts files in places that its arguments need not name in full.
        COPIES,
        /// Creates or changes accounts and groups.
        ACCOUNT_TOOL,
        /// A distribution's package manager.
        SYSTEM_MANAGER,
        /// Reads or changes a distribution's database of packages without fetching any.
        PACKAGE_DATABASE,
        /// A programming language's package manager.
        LANGUAGE_MANAGER,
        /// Adds package repositories or the keys of their owners.
        REPOSITORY_TOOL,
        /// Rebuilds a table of the system from its configuration.
        SYSTEM_TABLE,
        /// Fetches URLs.
        DOWNLOADER,
        /// Fetches repositories.
        VERSION_CONTROL,
        /// Packs, unpacks, compresses or decompresses.
        ARCHIVER,
        /// Computes and verifies checksums.
        CHECKSUM,
        /// Verifies signatures.
        SIGNATURE,
        /// Compiles what it is given.
        COMPILER,
        /// Runs the steps of a build.
        BUILD_DRIVER,
        /// A language's driver, whose subcommand says whether it builds, tests or runs.
        TOOLCHAIN,
        /// Builds machine code from C, C++ or Rust.
        NATIVE_BUILD,
        /// Builds for the Java virtual machine.
        JVM_BUILD,
        /// Belongs to a JDK; a JRE does not have it.
        JDK_TOOL,
        /// Bundles or serves a JavaScript project, and writes to its directory.
        FRONTEND_TOOL,
        /// Watches sources, and builds or serves them anew after each change.
        DEVELOPMENT_SERVER,
        /// Runs a project's or an operator's own tasks.
        TASK_RUNNER,
        /// Runs tests.
        TEST_RUNNER,
        /// Checks sources.
        LINTER,
        /// Runs a script of its language.
        INTERPRETER,
        /// Prompts for input when it is given nothing to run.
        REPL,
        /// Usually runs for as long as the container does.
        LONG_RUNNING,
        /// Serves a Python application.
        PYTHON_SERVER,
        /// Starts services, each as the account that its configuration names.
        INIT_SYSTEM,
        /// A process manager.
        SUPERVISOR,
        /// Starts the program that it is given, as PID 1.
        INIT_WRAPPER,
        /// Starts a program as another user.
        USER_SWITCH,
        /// A server whose first process runs as root and whose workers may have an account of their own, or that has to be root.
        ROOT_MASTER,
        /// Changes the kernel, the network or other containers, and can do little without root.
        NEEDS_ROOT,
        /// Fails, or can do little, when the container does not start as root.
        STARTS_AS_ROOT,
        /// A server whose files and account a distribution's package sets up.
        SYSTEM_SERVICE,
        /// Lets people, or a pipeline, work in the container.
        WORKPLACE,
        /// Sends statements to a database server.
        DATABASE_CLIENT,
        /// Leaves a process in the background.
        DAEMONIZES,
        /// Interprets a `$` in its arguments.
        EXPANDS_DOLLAR,
        /// Interprets operators such as `>` or `|` among its arguments.
        TAKES_OPERATORS,
        /// Answers “no” by failing.
        FAILS_AS_ANSWER,
        /// May exit before it has read all its input.
        EXITS_EARLY,
        /// Reads any environment variable.
        READS_ENVIRONMENT,
        /// In a pipe, mostly asked for its version or for what is installed.
        INFORMS,
    }
}

impl Class {
    /// Does what its arguments say and nothing else: it runs no code of a project, and no program but those named.
    pub const ELEMENTARY: Class = Class::PRINTS
        .or(Class::NO_OP)
        .or(Class::WAITS)
        .or(Class::CONDITION)
        .or(Class::QUERY)
        .or(Class::TEXT_FILTER)
        .or(Class::FILE_TOOL)
        .or(Class::ACCOUNT_TOOL)
        .or(Class::SHELL_STATE);

    /// Fetches packages.
    pub const PACKAGE_MANAGER: Class = Class::SYSTEM_MANAGER.or(Class::LANGUAGE_MANAGER);
}

/// The classes of a program, by its base name. `pip3.11` counts as `pip`, `python3.12` as `python3`.
pub fn class(name: &str) -> Class {
    let row = |name: &str| PROGRAMS.binary_search_by(|row| row.0.cmp(name)).ok().map(|at| Class(PROGRAMS[at].1));
    row(name).or_else(|| row(without_version(name)?)).unwrap_or_default()
}

/// `pip` of `pip3.11`, `python3` of `python3.12`.
fn without_version(name: &str) -> Option<&'static str> {
    if is_pip(name) {
        return Some("pip");
    }
    is_python(name).then_some(if name.starts_with("python") { "python3" } else { "pypy3" })
}

/// `pip`, `pip3`, `pip3.11`, `pip-3`.
pub fn is_pip(name: &str) -> bool {
    name.strip_prefix("pip")
        .is_some_and(|rest| rest.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// `python`, `python3`, `python3.11`, `pypy3`.
pub fn is_python(name: &str) -> bool {
    ["python", "pypy"].iter().any(|base| {
        name.strip_prefix(base).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_has_no_program_twice() {
        assert!(PROGRAMS.is_sorted_by(|one, other| one.0 < other.0));
    }

    #[test]
    fn classes_of_programs() {
        assert!(class("apt-get").is(Class::SYSTEM_MANAGER) && class("apt-get").is(Class::PACKAGE_MANAGER));
        assert!(!class("apt-get").is(Class::ELEMENTARY));
        assert!(class("pip3.11").is(Class::LANGUAGE_MANAGER));
        assert!(class("python3.12").is(Class::INTERPRETER) && class("pypy3.10").is(Class::REPL));
        assert!(class("start.sh").is_unknown() && class("").is_unknown());
    }
}
