//! Which rules run, and how: for every command that lints.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::command::args::values::{flag, one_of, pairs, variable};
use crate::command::options::LintOptions;
use crate::lint::profile::Profile;
use crate::shellcheck::Backend;

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Rules")]
pub(super) struct SelectionArgs {
    /// Run only these rules
    ///
    /// RULE is a rule name, a practice, another tool's code such as DL3006, a glob that matches any of these, or `all`.
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    select: Option<Vec<String>>,
    /// Disable these rules
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Apply fixes only for these rules
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    fixable: Option<Vec<String>>,
    /// Do not apply fixes for these rules
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    unfixable: Vec<String>,
    /// Run these rules in addition to the selected ones
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    extend_select: Vec<String>,
    /// Base levels: recommended, course, strict, or hadolint [default: recommended]
    #[arg(long, value_name = "PROFILE", value_parser = one_of::<Profile>(), hide_possible_values = true)]
    pub(super) profile: Option<Profile>,
    /// Enable preview rules (unstable, may change)
    #[arg(long, overrides_with = "no_preview")]
    preview: bool,
    #[arg(long, hide = true, overrides_with = "preview")]
    no_preview: bool,
    /// Set a build argument, as for `docker build`
    ///
    /// If you omit VALUE, the value is taken from the environment.
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = variable)]
    build_arg: Vec<String>,
    /// ShellCheck backend: builtin, external, or off [default: builtin]
    ///
    /// `builtin` is part of plimsoll, while `external` runs the `shellcheck` executable.
    #[arg(long, value_name = "BACKEND", value_parser = one_of::<Backend>(), hide_possible_values = true)]
    shellcheck: Option<Backend>,
    /// Build context [default: guessed from each Dockerfile's location]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    context: Option<PathBuf>,
}

impl SelectionArgs {
    pub(super) fn options(self) -> LintOptions {
        LintOptions {
            select: self.select,
            extend_select: self.extend_select,
            ignore: self.ignore,
            fixable: self.fixable,
            unfixable: self.unfixable,
            profile: self.profile,
            preview: flag(self.preview, self.no_preview),
            build_args: pairs(self.build_arg),
            shellcheck: self.shellcheck,
            context: self.context,
            ..LintOptions::default()
        }
    }
}
