//! The register of all rules, in step with the files beside it: `cargo test --test rules` rewrites
//! what stands below the line and fails once when a rule was added or taken away.

use crate::finding::Entry;
use crate::text::suggest;

/// The rule called `name`, case aside. Aliases are not looked at: see [`crate::finding::Meta::answers_to`].
pub fn find(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.meta.name.eq_ignore_ascii_case(name))
}

/// Every name a rule can be asked for by: its own, its practice's, its aliases.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter()
        .flat_map(|entry| [entry.meta.name, entry.meta.practice].into_iter().chain(entry.meta.aka.iter().copied()))
}

/// What was probably meant by a name that no rule has.
pub fn closest(name: &str) -> Option<&'static str> {
    suggest::nearest(name, names())
}

macro_rules! register {
    ($($practice:ident / $rule:ident = $name:literal,)*) => {
        /// Every rule there is, by practice and name.
        pub static ALL: &[Entry] = &[$(Entry::new(
            stringify!($practice),
            $name,
            include_str!(concat!(stringify!($practice), "/", stringify!($rule), ".md")),
            $practice::$rule::RULE,
        )),*];
    };
}

// ---- generated ----

pub mod cache {
    pub mod early_build_arg;
    pub mod early_copy;
    pub mod emptied_apt_cache;
    pub mod idle_cache_mount;
    pub mod idle_ignore_file;
    pub mod no_cache_mount;
    pub mod unlocked_apt_cache;
}
pub mod compose {
    pub mod absent_healthcheck_tool;
    pub mod bad_interpolation;
    pub mod base_60_port;
    pub mod carriage_returns_in_script;
    pub mod conflicting_keys;
    pub mod credentials_in_url;
    pub mod dangerous_capability;
    pub mod database_without_healthcheck;
    pub mod default_password;
    pub mod dependency_cycle;
    pub mod deprecated_external_name;
    pub mod duplicate_key;
    pub mod empty_variable;
    pub mod end_of_life_image;
    pub mod fixed_wait;
    pub mod floating_image;
    pub mod hidden_dependencies;
    pub mod host_namespace;
    pub mod host_variable_in_healthcheck;
    pub mod ignored_healthcheck;
    pub mod image_beside_build;
    pub mod invalid_mount;
    pub mod invalid_port;
    pub mod invalid_value;
    pub mod invalid_yaml;
    pub mod latest_image;
    pub mod legacy_link;
    pub mod literal_secret_in_environment;
    pub mod localhost_connection;
    pub mod loopback_listener;
    pub mod mismatched_credentials;
    pub mod missing_bind_source;
    pub mod missing_compose_file;
    pub mod missing_dockerfile;
    pub mod missing_env_file;
    pub mod missing_image;
    pub mod missing_password;
    pub mod missing_project_name;
    pub mod missing_secret_mount;
    pub mod mount_target_twice;
    pub mod mounted_docker_socket;
    pub mod new_privileges;
    pub mod obsolete_version;
    pub mod open_database_port;
    pub mod open_port;
    pub mod operator_in_healthcheck;
    pub mod port_published_twice;
    pub mod ports_on_host_network;
    pub mod privileged_service;
    pub mod published_port_connection;
    pub mod quoted_environment_value;
    pub mod quoted_volume;
    pub mod required_variable;
    pub mod root_service;
    pub mod secret_in_env_file;
    pub mod sensitive_mount;
    pub mod separate_networks;
    pub(crate) mod shared;
    pub mod shared_container_name;
    pub mod swarm_only_key;
    pub mod unawaited_dependency;
    pub mod unconfined_service;
    pub mod undefined_network;
    pub mod undefined_secret;
    pub mod undefined_service;
    pub mod undefined_volume;
    pub mod unexposed_port;
    pub mod unknown_key;
    pub mod unknown_target;
    pub mod unlimited_service;
    pub mod unmet_health_condition;
    pub mod unordered_dependencies;
    pub mod unordered_ports;
    pub mod unordered_service_keys;
    pub mod unordered_services;
    pub mod unordered_top_level;
    pub mod unpersisted_database;
    pub mod unquoted_port;
    pub mod unset_variable;
    pub mod untagged_image;
    pub mod unused_build_argument;
    pub mod unused_network;
    pub mod unused_secret;
    pub mod unused_volume;
    pub mod vacuous_healthcheck;
    pub mod version_1_file;
    pub mod writable_root;
    pub mod wrong_data_path;
    pub mod wrong_type;
    pub mod yaml_boolean;
}
pub mod concern {
    pub mod database_with_application;
    pub mod process_manager;
    pub mod repeated_cmd;
    pub mod repeated_entrypoint;
    pub mod several_programs;
    pub mod several_services;
    pub(crate) mod shared;
    pub mod shell_init;
    pub mod ssh_server;
    pub mod whole_context;
}
pub mod correctness {
    pub mod absent_command;
    pub mod arg_out_of_scope;
    pub mod bad_arguments;
    pub mod bad_directive;
    pub mod bad_expansion;
    pub mod bad_flag;
    pub mod blank_base;
    pub mod broken_path;
    pub mod build_only_env;
    pub mod command_in_value;
    pub mod copied_dependencies;
    pub mod dead_directive;
    pub mod debug_env;
    pub mod duplicate_stage;
    pub mod early_project_install;
    pub mod empty_continuation;
    pub mod empty_stage;
    pub mod expired_ignore;
    pub mod extra_words;
    pub mod file_destination;
    pub mod ignore_comment;
    pub mod ignore_without_reason;
    pub mod ignored_source;
    pub mod incomplete_check;
    pub mod instruction_before_from;
    pub mod invalid_image;
    pub mod legacy_pair;
    pub mod literal_tilde;
    pub mod malformed_ignore;
    pub mod missed_heredoc;
    pub mod missing_input;
    pub mod missing_shell;
    pub mod missing_source;
    pub mod needless_add;
    pub mod no_stage;
    pub mod old_syntax;
    pub mod omitted_dependencies;
    pub mod open_continuation;
    pub mod outside_context;
    pub mod overwritten_env;
    pub mod preloaded_library;
    pub mod relative_destination;
    pub mod relative_workdir;
    pub mod reserved_stage;
    pub mod same_env_reference;
    pub mod script_off_path;
    pub(crate) mod shared;
    pub mod spaced_arg;
    pub mod spaced_equals;
    pub mod swallowed_instruction;
    pub mod swallowed_pair;
    pub mod system_workdir;
    pub mod trailing_comment;
    pub mod unclosed_heredoc;
    pub mod undeclared_in_from;
    pub mod undefined_variable;
    pub mod unknown_ignore;
    pub mod unknown_instruction;
    pub mod unknown_stage;
    pub mod unreadable_file;
    pub mod unused_arg;
    pub mod unused_ignore;
    pub mod variable_arg_name;
}
pub mod downloads {
    pub mod clone_over_ssh;
    pub mod dead_host;
    pub mod full_clone;
    pub mod missing_certificates;
    pub mod noisy_wget;
    pub mod piped_script;
    pub mod plain_http;
    pub(crate) mod shared;
    pub mod short_key_id;
    pub mod two_downloaders;
    pub mod unchecked_add;
    pub mod unchecked_download;
    pub mod unfollowed_redirect;
    pub mod unnoticed_failure;
    pub mod unpinned_clone;
    pub mod unverified_tls;
}
pub mod layers {
    pub mod archive_left;
    pub mod copied_archive;
    pub mod late_chown;
    pub mod late_removal;
    pub mod lone_chmod;
    pub mod lone_chown;
    pub mod lone_update;
    pub mod many_layers;
    pub mod repeated_run;
    pub(crate) mod shared;
    pub mod split_copy;
    pub mod split_env;
    pub mod split_run;
    pub mod tmp_left;
}
pub mod metadata {
    pub mod bad_label_key;
    pub mod bad_label_value;
    pub mod label_schema;
    pub mod late_volume_write;
    pub mod login_port;
    pub mod maintainer;
    pub mod mapped_port;
    pub mod misnamed_description;
    pub mod outdated_label;
    pub mod privileged_port;
    pub mod repeated_label;
    pub mod repeated_port;
    pub mod upper_case_protocol;
    pub mod volume_over_code;
}
pub mod nonroot {
    pub mod docker_socket;
    pub mod dropped_groups;
    pub mod insecure_run;
    pub mod locked_workdir;
    pub mod missing_user;
    pub mod named_user;
    pub mod needs_root;
    pub mod root_login;
    pub mod root_user;
    pub mod setuid_program;
    pub(crate) mod shared;
    pub mod sudo;
    pub mod taken_account;
    pub mod unknown_user;
    pub mod unwritable_paths;
    pub mod world_writable;
}
pub mod packages {
    pub mod apt_command;
    pub mod apt_key;
    pub mod asking_package;
    pub mod composer_dev_packages;
    pub mod duplicate_package;
    pub mod end_of_life_source;
    pub mod externally_managed_python;
    pub mod gem_documentation;
    pub mod ignored_lock_file;
    pub mod install_without_update;
    pub mod interactive_apt;
    pub mod interactive_dnf;
    pub mod interactive_yum;
    pub mod interactive_zypper;
    pub mod package_wildcard;
    pub mod redirected_version;
    pub(crate) mod shared;
    pub mod split_installs;
    pub mod unlocked_cargo_install;
    pub mod unnoticed_r_failure;
    pub mod unpinned_apk_package;
    pub mod unpinned_apt_package;
    pub mod unpinned_dnf_package;
    pub mod unpinned_gem;
    pub mod unpinned_go_package;
    pub mod unpinned_npm_package;
    pub mod unpinned_pip_package;
    pub mod unpinned_yum_package;
    pub mod unpinned_zypper_package;
    pub mod unsorted_packages;
    pub mod unverified_packages;
    pub mod upgraded_system;
    pub mod vanished_package;
    pub mod zypper_dist_upgrade;
}
pub mod pinned {
    pub mod floating_tag;
    pub mod latest_tag;
    pub(crate) mod shared;
    pub mod unknown_tag;
    pub mod unpinned_digest;
    pub mod untagged_base;
    pub mod untrusted_registry;
}
pub mod portability {
    pub mod builders_platform;
    pub mod constant_platform;
    pub mod fixed_architecture;
    pub mod lost_healthcheck;
    pub mod lost_instruction;
    pub mod platform_default;
    pub mod redundant_platform;
    pub mod short_image_name;
    pub mod symbolic_chmod;
    pub mod undeclared_platform;
    pub mod unknown_platform;
    pub mod unsupported_option;
}
pub mod process {
    pub mod abrupt_stop;
    pub mod absent_probe;
    pub mod broken_array;
    pub mod detached_program;
    pub mod development_server;
    pub mod empty_command;
    pub mod ignored_cmd;
    pub mod ignored_words;
    pub mod killing_stopsignal;
    pub mod loopback_server;
    pub mod missing_command;
    pub mod missing_healthcheck;
    pub mod missing_interpreter;
    pub mod missing_start_file;
    pub mod npm_start;
    pub mod odd_stopsignal;
    pub mod open_debugger;
    pub mod operator_in_exec_form;
    pub mod repeated_healthcheck;
    pub mod repeated_program;
    pub mod server_in_run;
    pub mod shell_form;
    pub mod unexecutable_script;
    pub mod unexecuted_program;
    pub mod unsplit_command;
    pub mod unstartable_script;
    pub mod variable_in_exec_form;
}
pub mod secrets {
    pub mod copied_git_folder;
    pub mod copied_secret;
    pub mod literal_password;
    pub mod literal_secret;
    pub mod readable_secret;
    pub mod secret_variable;
    pub mod url_credentials;
    pub mod written_secret;
}
pub mod shell {
    pub mod array_in_string;
    pub mod ascii_range;
    pub mod backticks;
    pub mod bashism;
    pub mod broken_script;
    pub mod cd_for_workdir;
    pub mod competing_redirects;
    pub mod constant_case;
    pub mod constant_test;
    pub mod deprecated_xargs;
    pub mod dollar_in_arithmetic;
    pub mod dropped_backslash;
    pub mod else_if;
    pub mod escape_in_echo;
    pub mod expanded_heredoc;
    pub mod find_to_xargs;
    pub mod find_without_path;
    pub mod format_variable;
    pub mod glob_as_command;
    pub mod glob_as_option;
    pub mod glob_as_regex;
    pub mod glob_in_assignment;
    pub mod glob_in_test;
    pub mod glued_bracket;
    pub mod high_uid;
    pub mod host_command;
    pub mod ignored_failure;
    pub mod ignored_negation;
    pub mod joined_tests;
    pub mod keyword_as_argument;
    pub mod legacy_grep;
    pub mod literal_brace;
    pub mod long_line;
    pub mod loop_over_output;
    pub mod lost_directory;
    pub mod lost_hosts;
    pub mod lost_in_subshell;
    pub mod lost_process;
    pub mod lost_service;
    pub mod lost_setting;
    pub mod lost_source;
    pub mod lost_variable;
    pub mod malformed_command_name;
    pub mod masked_exit_status;
    pub mod masked_failure;
    pub mod misplaced_equals;
    pub mod missing_destination;
    pub mod missing_operator;
    pub mod mode_of_last_directory;
    pub mod needless_subshell;
    pub mod parsed_listing;
    pub mod pattern_from_variable;
    pub mod piped_assignment;
    pub mod read_without_raw;
    pub mod repeated_append;
    pub mod repeated_character;
    pub mod replaced_sh;
    pub mod reused_loop_variable;
    pub mod rm_of_root;
    pub mod self_assignment;
    pub(crate) mod shared;
    pub mod single_pass_loop;
    pub mod space_after_equals;
    pub mod stale_status;
    pub mod sudo_builtin;
    pub mod unchecked_cd;
    pub mod unchecked_heredoc;
    pub mod unchecked_pipe;
    pub mod undefined_shell_variable;
    pub mod unexpanded_variable;
    pub mod unquoted_glob_path;
    pub mod unquoted_pattern;
    pub mod unquoted_substitution;
    pub mod unquoted_variable;
    pub mod unread_pipe;
    pub mod unused_variable;
    pub mod useless_echo;
}
pub mod slim {
    pub mod apk_cache_left;
    pub mod apt_lists_left;
    pub mod conda_cache_left;
    pub mod dnf_cache_left;
    pub mod end_of_life_base;
    pub mod full_base;
    pub mod gem_cache_left;
    pub mod needless_distribution;
    pub mod needless_package;
    pub mod npm_cache_left;
    pub mod pip_cache_left;
    pub mod recommended_packages;
    pub(crate) mod shared;
    pub mod yarn_cache_left;
    pub mod yum_cache_left;
    pub mod zypper_cache_left;
}
pub mod stages {
    pub mod build_tools_left;
    pub mod built_in_place;
    pub mod copied_everything;
    pub mod debug_build;
    pub mod dev_dependencies;
    pub mod devel_base;
    pub mod dynamic_binary;
    pub mod foreign_libc;
    pub mod left_behind_packages;
    pub mod toolchain_base;
    pub mod unused_stage;
}
pub mod style {
    pub mod as_case;
    pub mod long_file;
    pub mod missing_syntax;
    pub mod mixed_case;
    pub mod numbered_stage;
    pub mod stage_name_case;
    pub mod todo_comment;
    pub mod unlinked_copy;
}
pub mod weight {
    pub mod cache_in_layer;
    pub mod exceeded_budget;
    pub mod needless_files;
    pub mod open_permissions;
    pub mod secret_in_layer;
    pub mod setuid_file;
    pub mod unstartable_program;
    pub mod varying_layer;
    pub mod wasted_bytes;
    pub mod weak_account;
}

register! {
    cache / early_build_arg = "early-build-arg",
    cache / early_copy = "early-copy",
    cache / emptied_apt_cache = "emptied-apt-cache",
    cache / idle_cache_mount = "idle-cache-mount",
    cache / idle_ignore_file = "idle-ignore-file",
    cache / no_cache_mount = "no-cache-mount",
    cache / unlocked_apt_cache = "unlocked-apt-cache",
    compose / absent_healthcheck_tool = "absent-healthcheck-tool",
    compose / bad_interpolation = "bad-interpolation",
    compose / base_60_port = "base-60-port",
    compose / carriage_returns_in_script = "carriage-returns-in-script",
    compose / conflicting_keys = "conflicting-keys",
    compose / credentials_in_url = "credentials-in-url",
    compose / dangerous_capability = "dangerous-capability",
    compose / database_without_healthcheck = "database-without-healthcheck",
    compose / default_password = "default-password",
    compose / dependency_cycle = "dependency-cycle",
    compose / deprecated_external_name = "deprecated-external-name",
    compose / duplicate_key = "duplicate-key",
    compose / empty_variable = "empty-variable",
    compose / end_of_life_image = "end-of-life-image",
    compose / fixed_wait = "fixed-wait",
    compose / floating_image = "floating-image",
    compose / hidden_dependencies = "hidden-dependencies",
    compose / host_namespace = "host-namespace",
    compose / host_variable_in_healthcheck = "host-variable-in-healthcheck",
    compose / ignored_healthcheck = "ignored-healthcheck",
    compose / image_beside_build = "image-beside-build",
    compose / invalid_mount = "invalid-mount",
    compose / invalid_port = "invalid-port",
    compose / invalid_value = "invalid-value",
    compose / invalid_yaml = "invalid-yaml",
    compose / latest_image = "latest-image",
    compose / legacy_link = "legacy-link",
    compose / literal_secret_in_environment = "literal-secret-in-environment",
    compose / localhost_connection = "localhost-connection",
    compose / loopback_listener = "loopback-listener",
    compose / mismatched_credentials = "mismatched-credentials",
    compose / missing_bind_source = "missing-bind-source",
    compose / missing_compose_file = "missing-compose-file",
    compose / missing_dockerfile = "missing-dockerfile",
    compose / missing_env_file = "missing-env-file",
    compose / missing_image = "missing-image",
    compose / missing_password = "missing-password",
    compose / missing_project_name = "missing-project-name",
    compose / missing_secret_mount = "missing-secret-mount",
    compose / mount_target_twice = "mount-target-twice",
    compose / mounted_docker_socket = "mounted-docker-socket",
    compose / new_privileges = "new-privileges",
    compose / obsolete_version = "obsolete-version",
    compose / open_database_port = "open-database-port",
    compose / open_port = "open-port",
    compose / operator_in_healthcheck = "operator-in-healthcheck",
    compose / port_published_twice = "port-published-twice",
    compose / ports_on_host_network = "ports-on-host-network",
    compose / privileged_service = "privileged-service",
    compose / published_port_connection = "published-port-connection",
    compose / quoted_environment_value = "quoted-environment-value",
    compose / quoted_volume = "quoted-volume",
    compose / required_variable = "required-variable",
    compose / root_service = "root-service",
    compose / secret_in_env_file = "secret-in-env-file",
    compose / sensitive_mount = "sensitive-mount",
    compose / separate_networks = "separate-networks",
    compose / shared_container_name = "shared-container-name",
    compose / swarm_only_key = "swarm-only-key",
    compose / unawaited_dependency = "unawaited-dependency",
    compose / unconfined_service = "unconfined-service",
    compose / undefined_network = "undefined-network",
    compose / undefined_secret = "undefined-secret",
    compose / undefined_service = "undefined-service",
    compose / undefined_volume = "undefined-volume",
    compose / unexposed_port = "unexposed-port",
    compose / unknown_key = "unknown-key",
    compose / unknown_target = "unknown-target",
    compose / unlimited_service = "unlimited-service",
    compose / unmet_health_condition = "unmet-health-condition",
    compose / unordered_dependencies = "unordered-dependencies",
    compose / unordered_ports = "unordered-ports",
    compose / unordered_service_keys = "unordered-service-keys",
    compose / unordered_services = "unordered-services",
    compose / unordered_top_level = "unordered-top-level",
    compose / unpersisted_database = "unpersisted-database",
    compose / unquoted_port = "unquoted-port",
    compose / unset_variable = "unset-variable",
    compose / untagged_image = "untagged-image",
    compose / unused_build_argument = "unused-build-argument",
    compose / unused_network = "unused-network",
    compose / unused_secret = "unused-secret",
    compose / unused_volume = "unused-volume",
    compose / vacuous_healthcheck = "vacuous-healthcheck",
    compose / version_1_file = "version-1-file",
    compose / writable_root = "writable-root",
    compose / wrong_data_path = "wrong-data-path",
    compose / wrong_type = "wrong-type",
    compose / yaml_boolean = "yaml-boolean",
    concern / database_with_application = "database-with-application",
    concern / process_manager = "process-manager",
    concern / repeated_cmd = "repeated-cmd",
    concern / repeated_entrypoint = "repeated-entrypoint",
    concern / several_programs = "several-programs",
    concern / several_services = "several-services",
    concern / shell_init = "shell-init",
    concern / ssh_server = "ssh-server",
    concern / whole_context = "whole-context",
    correctness / absent_command = "absent-command",
    correctness / arg_out_of_scope = "arg-out-of-scope",
    correctness / bad_arguments = "bad-arguments",
    correctness / bad_directive = "bad-directive",
    correctness / bad_expansion = "bad-expansion",
    correctness / bad_flag = "bad-flag",
    correctness / blank_base = "blank-base",
    correctness / broken_path = "broken-path",
    correctness / build_only_env = "build-only-env",
    correctness / command_in_value = "command-in-value",
    correctness / copied_dependencies = "copied-dependencies",
    correctness / dead_directive = "dead-directive",
    correctness / debug_env = "debug-env",
    correctness / duplicate_stage = "duplicate-stage",
    correctness / early_project_install = "early-project-install",
    correctness / empty_continuation = "empty-continuation",
    correctness / empty_stage = "empty-stage",
    correctness / expired_ignore = "expired-ignore",
    correctness / extra_words = "extra-words",
    correctness / file_destination = "file-destination",
    correctness / ignore_comment = "ignore-comment",
    correctness / ignore_without_reason = "ignore-without-reason",
    correctness / ignored_source = "ignored-source",
    correctness / incomplete_check = "incomplete-check",
    correctness / instruction_before_from = "instruction-before-from",
    correctness / invalid_image = "invalid-image",
    correctness / legacy_pair = "legacy-pair",
    correctness / literal_tilde = "literal-tilde",
    correctness / malformed_ignore = "malformed-ignore",
    correctness / missed_heredoc = "missed-heredoc",
    correctness / missing_input = "missing-input",
    correctness / missing_shell = "missing-shell",
    correctness / missing_source = "missing-source",
    correctness / needless_add = "needless-add",
    correctness / no_stage = "no-stage",
    correctness / old_syntax = "old-syntax",
    correctness / omitted_dependencies = "omitted-dependencies",
    correctness / open_continuation = "open-continuation",
    correctness / outside_context = "outside-context",
    correctness / overwritten_env = "overwritten-env",
    correctness / preloaded_library = "preloaded-library",
    correctness / relative_destination = "relative-destination",
    correctness / relative_workdir = "relative-workdir",
    correctness / reserved_stage = "reserved-stage",
    correctness / same_env_reference = "same-env-reference",
    correctness / script_off_path = "script-off-path",
    correctness / spaced_arg = "spaced-arg",
    correctness / spaced_equals = "spaced-equals",
    correctness / swallowed_instruction = "swallowed-instruction",
    correctness / swallowed_pair = "swallowed-pair",
    correctness / system_workdir = "system-workdir",
    correctness / trailing_comment = "trailing-comment",
    correctness / unclosed_heredoc = "unclosed-heredoc",
    correctness / undeclared_in_from = "undeclared-in-from",
    correctness / undefined_variable = "undefined-variable",
    correctness / unknown_ignore = "unknown-ignore",
    correctness / unknown_instruction = "unknown-instruction",
    correctness / unknown_stage = "unknown-stage",
    correctness / unreadable_file = "unreadable-file",
    correctness / unused_arg = "unused-arg",
    correctness / unused_ignore = "unused-ignore",
    correctness / variable_arg_name = "variable-arg-name",
    downloads / clone_over_ssh = "clone-over-ssh",
    downloads / dead_host = "dead-host",
    downloads / full_clone = "full-clone",
    downloads / missing_certificates = "missing-certificates",
    downloads / noisy_wget = "noisy-wget",
    downloads / piped_script = "piped-script",
    downloads / plain_http = "plain-http",
    downloads / short_key_id = "short-key-id",
    downloads / two_downloaders = "two-downloaders",
    downloads / unchecked_add = "unchecked-add",
    downloads / unchecked_download = "unchecked-download",
    downloads / unfollowed_redirect = "unfollowed-redirect",
    downloads / unnoticed_failure = "unnoticed-failure",
    downloads / unpinned_clone = "unpinned-clone",
    downloads / unverified_tls = "unverified-tls",
    layers / archive_left = "archive-left",
    layers / copied_archive = "copied-archive",
    layers / late_chown = "late-chown",
    layers / late_removal = "late-removal",
    layers / lone_chmod = "lone-chmod",
    layers / lone_chown = "lone-chown",
    layers / lone_update = "lone-update",
    layers / many_layers = "many-layers",
    layers / repeated_run = "repeated-run",
    layers / split_copy = "split-copy",
    layers / split_env = "split-env",
    layers / split_run = "split-run",
    layers / tmp_left = "tmp-left",
    metadata / bad_label_key = "bad-label-key",
    metadata / bad_label_value = "bad-label-value",
    metadata / label_schema = "label-schema",
    metadata / late_volume_write = "late-volume-write",
    metadata / login_port = "login-port",
    metadata / maintainer = "maintainer",
    metadata / mapped_port = "mapped-port",
    metadata / misnamed_description = "misnamed-description",
    metadata / outdated_label = "outdated-label",
    metadata / privileged_port = "privileged-port",
    metadata / repeated_label = "repeated-label",
    metadata / repeated_port = "repeated-port",
    metadata / upper_case_protocol = "upper-case-protocol",
    metadata / volume_over_code = "volume-over-code",
    nonroot / docker_socket = "docker-socket",
    nonroot / dropped_groups = "dropped-groups",
    nonroot / insecure_run = "insecure-run",
    nonroot / locked_workdir = "locked-workdir",
    nonroot / missing_user = "missing-user",
    nonroot / named_user = "named-user",
    nonroot / needs_root = "needs-root",
    nonroot / root_login = "root-login",
    nonroot / root_user = "root-user",
    nonroot / setuid_program = "setuid-program",
    nonroot / sudo = "sudo",
    nonroot / taken_account = "taken-account",
    nonroot / unknown_user = "unknown-user",
    nonroot / unwritable_paths = "unwritable-paths",
    nonroot / world_writable = "world-writable",
    packages / apt_command = "apt-command",
    packages / apt_key = "apt-key",
    packages / asking_package = "asking-package",
    packages / composer_dev_packages = "composer-dev-packages",
    packages / duplicate_package = "duplicate-package",
    packages / end_of_life_source = "end-of-life-source",
    packages / externally_managed_python = "externally-managed-python",
    packages / gem_documentation = "gem-documentation",
    packages / ignored_lock_file = "ignored-lock-file",
    packages / install_without_update = "install-without-update",
    packages / interactive_apt = "interactive-apt",
    packages / interactive_dnf = "interactive-dnf",
    packages / interactive_yum = "interactive-yum",
    packages / interactive_zypper = "interactive-zypper",
    packages / package_wildcard = "package-wildcard",
    packages / redirected_version = "redirected-version",
    packages / split_installs = "split-installs",
    packages / unlocked_cargo_install = "unlocked-cargo-install",
    packages / unnoticed_r_failure = "unnoticed-r-failure",
    packages / unpinned_apk_package = "unpinned-apk-package",
    packages / unpinned_apt_package = "unpinned-apt-package",
    packages / unpinned_dnf_package = "unpinned-dnf-package",
    packages / unpinned_gem = "unpinned-gem",
    packages / unpinned_go_package = "unpinned-go-package",
    packages / unpinned_npm_package = "unpinned-npm-package",
    packages / unpinned_pip_package = "unpinned-pip-package",
    packages / unpinned_yum_package = "unpinned-yum-package",
    packages / unpinned_zypper_package = "unpinned-zypper-package",
    packages / unsorted_packages = "unsorted-packages",
    packages / unverified_packages = "unverified-packages",
    packages / upgraded_system = "upgraded-system",
    packages / vanished_package = "vanished-package",
    packages / zypper_dist_upgrade = "zypper-dist-upgrade",
    pinned / floating_tag = "floating-tag",
    pinned / latest_tag = "latest-tag",
    pinned / unknown_tag = "unknown-tag",
    pinned / unpinned_digest = "unpinned-digest",
    pinned / untagged_base = "untagged-base",
    pinned / untrusted_registry = "untrusted-registry",
    portability / builders_platform = "builders-platform",
    portability / constant_platform = "constant-platform",
    portability / fixed_architecture = "fixed-architecture",
    portability / lost_healthcheck = "lost-healthcheck",
    portability / lost_instruction = "lost-instruction",
    portability / platform_default = "platform-default",
    portability / redundant_platform = "redundant-platform",
    portability / short_image_name = "short-image-name",
    portability / symbolic_chmod = "symbolic-chmod",
    portability / undeclared_platform = "undeclared-platform",
    portability / unknown_platform = "unknown-platform",
    portability / unsupported_option = "unsupported-option",
    process / abrupt_stop = "abrupt-stop",
    process / absent_probe = "absent-probe",
    process / broken_array = "broken-array",
    process / detached_program = "detached-program",
    process / development_server = "development-server",
    process / empty_command = "empty-command",
    process / ignored_cmd = "ignored-cmd",
    process / ignored_words = "ignored-words",
    process / killing_stopsignal = "killing-stopsignal",
    process / loopback_server = "loopback-server",
    process / missing_command = "missing-command",
    process / missing_healthcheck = "missing-healthcheck",
    process / missing_interpreter = "missing-interpreter",
    process / missing_start_file = "missing-start-file",
    process / npm_start = "npm-start",
    process / odd_stopsignal = "odd-stopsignal",
    process / open_debugger = "open-debugger",
    process / operator_in_exec_form = "operator-in-exec-form",
    process / repeated_healthcheck = "repeated-healthcheck",
    process / repeated_program = "repeated-program",
    process / server_in_run = "server-in-run",
    process / shell_form = "shell-form",
    process / unexecutable_script = "unexecutable-script",
    process / unexecuted_program = "unexecuted-program",
    process / unsplit_command = "unsplit-command",
    process / unstartable_script = "unstartable-script",
    process / variable_in_exec_form = "variable-in-exec-form",
    secrets / copied_git_folder = "copied-git-folder",
    secrets / copied_secret = "copied-secret",
    secrets / literal_password = "literal-password",
    secrets / literal_secret = "literal-secret",
    secrets / readable_secret = "readable-secret",
    secrets / secret_variable = "secret-variable",
    secrets / url_credentials = "url-credentials",
    secrets / written_secret = "written-secret",
    shell / array_in_string = "array-in-string",
    shell / ascii_range = "ascii-range",
    shell / backticks = "backticks",
    shell / bashism = "bashism",
    shell / broken_script = "broken-script",
    shell / cd_for_workdir = "cd-for-workdir",
    shell / competing_redirects = "competing-redirects",
    shell / constant_case = "constant-case",
    shell / constant_test = "constant-test",
    shell / deprecated_xargs = "deprecated-xargs",
    shell / dollar_in_arithmetic = "dollar-in-arithmetic",
    shell / dropped_backslash = "dropped-backslash",
    shell / else_if = "else-if",
    shell / escape_in_echo = "escape-in-echo",
    shell / expanded_heredoc = "expanded-heredoc",
    shell / find_to_xargs = "find-to-xargs",
    shell / find_without_path = "find-without-path",
    shell / format_variable = "format-variable",
    shell / glob_as_command = "glob-as-command",
    shell / glob_as_option = "glob-as-option",
    shell / glob_as_regex = "glob-as-regex",
    shell / glob_in_assignment = "glob-in-assignment",
    shell / glob_in_test = "glob-in-test",
    shell / glued_bracket = "glued-bracket",
    shell / high_uid = "high-uid",
    shell / host_command = "host-command",
    shell / ignored_failure = "ignored-failure",
    shell / ignored_negation = "ignored-negation",
    shell / joined_tests = "joined-tests",
    shell / keyword_as_argument = "keyword-as-argument",
    shell / legacy_grep = "legacy-grep",
    shell / literal_brace = "literal-brace",
    shell / long_line = "long-line",
    shell / loop_over_output = "loop-over-output",
    shell / lost_directory = "lost-directory",
    shell / lost_hosts = "lost-hosts",
    shell / lost_in_subshell = "lost-in-subshell",
    shell / lost_process = "lost-process",
    shell / lost_service = "lost-service",
    shell / lost_setting = "lost-setting",
    shell / lost_source = "lost-source",
    shell / lost_variable = "lost-variable",
    shell / malformed_command_name = "malformed-command-name",
    shell / masked_exit_status = "masked-exit-status",
    shell / masked_failure = "masked-failure",
    shell / misplaced_equals = "misplaced-equals",
    shell / missing_destination = "missing-destination",
    shell / missing_operator = "missing-operator",
    shell / mode_of_last_directory = "mode-of-last-directory",
    shell / needless_subshell = "needless-subshell",
    shell / parsed_listing = "parsed-listing",
    shell / pattern_from_variable = "pattern-from-variable",
    shell / piped_assignment = "piped-assignment",
    shell / read_without_raw = "read-without-raw",
    shell / repeated_append = "repeated-append",
    shell / repeated_character = "repeated-character",
    shell / replaced_sh = "replaced-sh",
    shell / reused_loop_variable = "reused-loop-variable",
    shell / rm_of_root = "rm-of-root",
    shell / self_assignment = "self-assignment",
    shell / single_pass_loop = "single-pass-loop",
    shell / space_after_equals = "space-after-equals",
    shell / stale_status = "stale-status",
    shell / sudo_builtin = "sudo-builtin",
    shell / unchecked_cd = "unchecked-cd",
    shell / unchecked_heredoc = "unchecked-heredoc",
    shell / unchecked_pipe = "unchecked-pipe",
    shell / undefined_shell_variable = "undefined-shell-variable",
    shell / unexpanded_variable = "unexpanded-variable",
    shell / unquoted_glob_path = "unquoted-glob-path",
    shell / unquoted_pattern = "unquoted-pattern",
    shell / unquoted_substitution = "unquoted-substitution",
    shell / unquoted_variable = "unquoted-variable",
    shell / unread_pipe = "unread-pipe",
    shell / unused_variable = "unused-variable",
    shell / useless_echo = "useless-echo",
    slim / apk_cache_left = "apk-cache-left",
    slim / apt_lists_left = "apt-lists-left",
    slim / conda_cache_left = "conda-cache-left",
    slim / dnf_cache_left = "dnf-cache-left",
    slim / end_of_life_base = "end-of-life-base",
    slim / full_base = "full-base",
    slim / gem_cache_left = "gem-cache-left",
    slim / needless_distribution = "needless-distribution",
    slim / needless_package = "needless-package",
    slim / npm_cache_left = "npm-cache-left",
    slim / pip_cache_left = "pip-cache-left",
    slim / recommended_packages = "recommended-packages",
    slim / yarn_cache_left = "yarn-cache-left",
    slim / yum_cache_left = "yum-cache-left",
    slim / zypper_cache_left = "zypper-cache-left",
    stages / build_tools_left = "build-tools-left",
    stages / built_in_place = "built-in-place",
    stages / copied_everything = "copied-everything",
    stages / debug_build = "debug-build",
    stages / dev_dependencies = "dev-dependencies",
    stages / devel_base = "devel-base",
    stages / dynamic_binary = "dynamic-binary",
    stages / foreign_libc = "foreign-libc",
    stages / left_behind_packages = "left-behind-packages",
    stages / toolchain_base = "toolchain-base",
    stages / unused_stage = "unused-stage",
    style / as_case = "as-case",
    style / long_file = "long-file",
    style / missing_syntax = "missing-syntax",
    style / mixed_case = "mixed-case",
    style / numbered_stage = "numbered-stage",
    style / stage_name_case = "stage-name-case",
    style / todo_comment = "todo-comment",
    style / unlinked_copy = "unlinked-copy",
    weight / cache_in_layer = "cache-in-layer",
    weight / exceeded_budget = "exceeded-budget",
    weight / needless_files = "needless-files",
    weight / open_permissions = "open-permissions",
    weight / secret_in_layer = "secret-in-layer",
    weight / setuid_file = "setuid-file",
    weight / unstartable_program = "unstartable-program",
    weight / varying_layer = "varying-layer",
    weight / wasted_bytes = "wasted-bytes",
    weight / weak_account = "weak-account",
}
