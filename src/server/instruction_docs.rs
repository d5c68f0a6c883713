//! What each instruction and flag does, in a sentence or two, and how it is written.

use crate::knowledge::choices;
use crate::syntax::Keyword;

/// An instruction as hover, completion and signature help show it.
pub(super) struct InstructionDoc {
    /// Its forms. `…` repeats, `[…]` may be omitted.
    pub(super) forms: &'static [&'static str],
    pub(super) text: &'static str,
    /// What completion inserts after the keyword, as a snippet.
    pub(super) snippet: &'static str,
}

#[rustfmt::skip]
pub(super) fn instruction(keyword: Keyword) -> InstructionDoc {
    let (forms, text, snippet): (&[&str], _, _) = match keyword {
        Keyword::Add => (&["ADD [flags] source … destination", "ADD [flags] [\"source\", …, \"destination\"]"],
            "Copies files from the build context, a URL or a Git repository into the image, and unpacks local archives. For plain files, `COPY` is clearer.", "${1:source} ${2:destination}"),
        Keyword::Arg => (&["ARG name[=default] …"],
            "Declares a variable that `--build-arg` may set. Before the first `FROM` it is only visible in `FROM` lines, until a stage declares it again. Build arguments are recorded in the image's history: they are not for secrets.", "${1:name}"),
        Keyword::Cmd => (&["CMD [\"program\", \"argument\", …]", "CMD command line"],
            "Sets the command that a container starts by default, or the default arguments of the `ENTRYPOINT`. Only the last one counts. The exec form starts the program itself as PID 1; the shell form starts a shell.", "[\"${1:program}\"]"),
        Keyword::Copy => (&["COPY [flags] source … destination", "COPY [flags] [\"source\", …, \"destination\"]"],
            "Copies files from the build context, another stage or an image into this stage.", "${1:source} ${2:destination}"),
        Keyword::Entrypoint => (&["ENTRYPOINT [\"program\", \"argument\", …]", "ENTRYPOINT command line"],
            "Sets the program that a container always starts. `CMD` and the arguments of `docker run` are appended to the exec form.", "[\"${1:program}\"]"),
        Keyword::Env => (&["ENV name=value …"],
            "Sets environment variables, for the instructions that follow and for the container.", "${1:name}=${2:value}"),
        Keyword::Expose => (&["EXPOSE port[/protocol] …"],
            "Documents the ports that the container listens on. It does not publish them.", "${1:8080}"),
        Keyword::From => (&["FROM [--platform=platform] image[:tag][@digest] [AS name]"],
            "Starts a new build stage from an image, an earlier stage, or `scratch`.", "${1:image}"),
        Keyword::Healthcheck => (&["HEALTHCHECK [flags] CMD command", "HEALTHCHECK NONE"],
            "Sets how Docker finds out whether the container still works. An exit status of 0 is healthy, 1 is unhealthy.", "CMD ${1:command}"),
        Keyword::Label => (&["LABEL key=value …"],
            "Adds metadata to the image.", "${1:key}=${2:value}"),
        Keyword::Maintainer => (&["MAINTAINER name"],
            "Deprecated: use `LABEL org.opencontainers.image.authors=…`.", "${1:name}"),
        Keyword::Onbuild => (&["ONBUILD instruction"],
            "Keeps an instruction for images that are built `FROM` this one.", "${1:instruction}"),
        Keyword::Run => (&["RUN [flags] command line", "RUN [flags] [\"program\", \"argument\", …]", "RUN [flags] <<EOF"],
            "Runs a command in a new layer, and keeps what it changes.", "${1:command}"),
        Keyword::Shell => (&["SHELL [\"shell\", \"argument\", …]"],
            "Sets the shell that reads the shell forms of the instructions that follow.", "[\"${1:/bin/bash}\", \"-o\", \"pipefail\", \"-c\"]"),
        Keyword::Stopsignal => (&["STOPSIGNAL signal"],
            "Sets the signal that asks the container to stop; `SIGTERM` by default.", "${1:SIGTERM}"),
        Keyword::User => (&["USER user[:group]"],
            "Sets the user for the instructions that follow and for the container.", "${1:user}"),
        Keyword::Volume => (&["VOLUME path …", "VOLUME [\"path\", …]"],
            "Marks directories whose content is kept outside of the container. Later changes to them during the build may be lost.", "${1:/data}"),
        Keyword::Workdir => (&["WORKDIR path"],
            "Sets the working directory, and creates it if it does not exist. A relative path starts at the one before.", "${1:/app}"),
        Keyword::Unknown => (&[], "BuildKit does not know this instruction.", ""),
    };
    InstructionDoc { forms, text, snippet }
}

/// What a flag does.
#[rustfmt::skip]
pub(super) fn flag(keyword: Keyword, name: &str) -> Option<&'static str> {
    Some(match (keyword, name) {
        (Keyword::From, "platform") => "The platform of the image, such as `linux/amd64`, or `$BUILDPLATFORM`.",
        (Keyword::Run, "mount") => "Mounts files for this command only: `type=bind`, `cache`, `tmpfs`, `secret` or `ssh`.",
        (Keyword::Run, "network") => "The network during this command: `default`, `none` or `host`.",
        (Keyword::Run, "security") => "`insecure` runs the command with full root privileges on the build host; `sandbox` is the default.",
        (Keyword::Run, "device") => "Gives the command access to a device, by its CDI name.",
        (Keyword::Copy, "from") => "Copies from a stage, an image or a named build context instead of the build context.",
        (Keyword::Copy | Keyword::Add, "chown") => "The owner of the copied files: `user:group`, by name or number. The default is root.",
        (Keyword::Copy | Keyword::Add, "chmod") => "The permissions of the copied files, such as `755` or `u=rwX,go=rX`.",
        (Keyword::Copy | Keyword::Add, "link") => "Copies into a layer that does not depend on the layers before it, and stays cached when they change.",
        (Keyword::Copy, "parents") => "Keeps the parent directories of the sources.",
        (Keyword::Copy | Keyword::Add, "exclude") => "Omits files that match this pattern.",
        (Keyword::Add, "keep-git-dir") => "Keeps `.git` of a repository.",
        (Keyword::Add, "checksum") => "Fails unless the file has this checksum: `sha256:…`.",
        (Keyword::Add, "unpack") => "Whether archives are unpacked.",
        (Keyword::Healthcheck, "interval") => "The time between two checks; `30s` by default.",
        (Keyword::Healthcheck, "timeout") => "How long a check may take; `30s` by default.",
        (Keyword::Healthcheck, "start-period") => "How long failures do not count after the start; `0s` by default.",
        (Keyword::Healthcheck, "start-interval") => "The time between two checks during the start period; `5s` by default.",
        (Keyword::Healthcheck, "retries") => "How many failures in a row make it unhealthy; 3 by default.",
        _ => return None,
    })
}

/// Values that a flag often has; a value that ends in `=` or `,` is to be continued.
#[rustfmt::skip]
pub(super) fn flag_values(keyword: Keyword, name: &str) -> &'static [&'static str] {
    match (keyword, name) {
        (Keyword::From, "platform") => choices::PLATFORMS,
        (Keyword::Run, "network") => &["default", "none", "host"],
        (Keyword::Run, "security") => &["sandbox", "insecure"],
        (Keyword::Run, "mount") => &["type=cache,target=", "type=bind,source=", "type=secret,id=", "type=ssh", "type=tmpfs,target="],
        (Keyword::Copy | Keyword::Add, "chmod") => &["755", "644", "0755", "u=rwX,go=rX"],
        (Keyword::Add, "checksum") => &["sha256:"],
        (Keyword::Copy | Keyword::Add, "link" | "parents" | "keep-git-dir" | "unpack") => &["true", "false"],
        (Keyword::Healthcheck, "interval" | "timeout" | "start-period" | "start-interval") => &["5s", "10s", "30s", "1m"],
        (Keyword::Healthcheck, "retries") => &["3", "5"],
        _ => &[],
    }
}
