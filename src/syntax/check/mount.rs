//! `RUN --mount`: its type and fields.

use super::super::directive::is_go_bool;
use super::super::tree::*;
use super::Checker;
use super::flags::has_variable;
use super::values;
use crate::text::suggest::{nearest, shorten};

/// The types of mounts that BuildKit knows.
const TYPES: [&str; 5] = ["bind", "cache", "tmpfs", "secret", "ssh"];

/// The options of all types of mounts.
const KEYS: [&str; 19] = [
    "type", "from", "source", "src", "target", "dst", "destination", "readonly", "ro", "readwrite", "rw", "required",
    "size", "id", "sharing", "mode", "uid", "gid", "env",
];

impl Checker<'_> {
    pub(super) fn mount(&mut self, flag: &Flag) {
        let mut kind = Some("bind");
        let before = self.errors.len();
        for field in &flag.fields {
            let Some(value) = &field.value else {
                self.bare(field, kind);
                continue;
            };
            if field.key == "from" && has_variable(&value.text) {
                self.flag(
                    value.span,
                    "variables are not expanded in `from`",
                    "add a stage for the image, `FROM image:$tag AS name`, and mount from that stage",
                );
            } else if field.key == "type" {
                let found = TYPES.into_iter().find(|known| known.eq_ignore_ascii_case(&value.text));
                kind = found;
                if found.is_none() && !value.text.contains('$') {
                    self.mount_type(value);
                    return;
                }
            } else {
                self.field(field, value, kind);
            }
        }
        // What is missing is clear only when everything that is there is.
        if let Some(kind) = kind
            && self.errors.len() == before
        {
            self.whole_mount(flag, kind);
        }
    }

    fn mount_type(&mut self, value: &Word) {
        let list = "`bind`, `cache`, `tmpfs`, `secret` or `ssh`";
        let help = match nearest(&value.text, TYPES) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is {list}"),
        };
        self.flag(value.span, format!("`{}` is not a valid mount type", shorten(&value.text)), help);
    }

    /// A field without `=`.
    fn bare(&mut self, field: &Field, kind: Option<&str>) {
        match &*field.key {
            "readonly" | "ro" | "readwrite" | "rw" => {}
            "required" => self.only_for(field, kind, &["secret", "ssh"]),
            _ if field.key.contains('$') => {}
            "" => self.flag(
                field.span,
                "`--mount` has an empty field",
                "separate the fields with one comma, without spaces",
            ),
            key if KEYS.contains(&key) => {
                self.flag(field.span, format!("`{key}` has no value"), format!("write `{key}=…`"));
            }
            key => self.unknown_key(field, key),
        }
    }

    fn unknown_key(&mut self, field: &Field, key: &str) {
        let help = match nearest(key, KEYS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "the fields are `type`, `target`, `source`, `from`, `id`, `sharing`, `readonly`, `required`, `mode`, `uid`, `gid`, `size` and `env`".to_owned(),
        };
        self.flag(field.span, format!("`{}` is not a valid field of `--mount`", shorten(key)), help);
    }

    fn only_for(&mut self, field: &Field, kind: Option<&str>, allowed: &[&str]) {
        let Some(kind) = kind.filter(|kind| !allowed.contains(kind)) else { return };
        let list = allowed.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(", ");
        let help = format!("it requires the mount type {list}, and must come after `type`");
        self.flag(field.span, format!("`{}` does not apply to the mount type `{kind}`", field.key), help);
    }

    fn field(&mut self, field: &Field, value: &Word, kind: Option<&str>) {
        let text = &*value.text;
        let shown = shorten(text);
        let key = &*field.key;
        let known = KEYS.contains(&key);
        if text.contains('$') && known {
            return;
        }
        match key {
            "readonly" | "ro" | "readwrite" | "rw" | "required" if !is_go_bool(text) => {
                self.flag(
                    value.span,
                    format!("`{shown}` is neither true nor false"),
                    format!("write `{key}` without a value to enable it"),
                );
            }
            "required" => self.only_for(field, kind, &["secret", "ssh"]),
            "size" if !values::is_size(text) => {
                self.flag(value.span, format!("`{shown}` is not a valid size"), "write a number and a unit, such as `64m`");
            }
            "size" => self.only_for(field, kind, &["tmpfs"]),
            "sharing" if !["shared", "private", "locked"].contains(&&*text.to_lowercase()) => {
                let help = match nearest(text, ["shared", "private", "locked"]) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "use `shared`, `private` or `locked`".to_owned(),
                };
                self.flag(value.span, format!("`{shown}` is not a valid value for `sharing`"), help);
            }
            "mode" if u32::from_str_radix(text, 8).is_err() || text.starts_with('+') => {
                self.flag(value.span, format!("`{shown}` is not a valid file mode"), "use an octal mode, such as `0755`");
            }
            "uid" | "gid" if text.parse::<u32>().is_err() || text.starts_with('+') => {
                self.flag(value.span, format!("`{shown}` is not a valid {key}"), "use a number; names are not resolved");
            }
            _ if known => {}
            _ => self.unknown_key(field, key),
        }
    }

    fn whole_mount(&mut self, flag: &Flag, kind: &str) {
        let span = flag.span;
        let find =
            |keys: &[&str]| flag.fields.iter().find(|field| field.value.is_some() && keys.contains(&&*field.key));
        let some =
            |keys: &[&str]| find(keys).filter(|field| field.value.as_ref().is_some_and(|value| !value.text.is_empty()));
        let target = some(&["target", "dst", "destination"]);
        let source = some(&["source", "src"]);
        if matches!(kind, "bind" | "tmpfs") {
            for key in ["mode", "uid", "gid"] {
                if let Some(field) = find(&[key]) {
                    self.only_for(field, Some(kind), &["cache", "secret", "ssh"]);
                }
            }
        }
        if let Some(field) = find(&["sharing"]) {
            self.only_for(field, Some(kind), &["cache"]);
        }
        // Without a target it is the working directory, which may or may not be the root.
        let root = target.and_then(|field| field.value.as_ref()).filter(|value| value.text == "/");
        if let Some(root) = root.filter(|_| matches!(kind, "bind" | "cache" | "tmpfs")) {
            self.flag(root.span, "a mount cannot replace the root directory", "use a directory below `/`");
        }
        if kind == "secret" {
            let id = some(&["id"]);
            if target.is_none() && source.is_none() && id.is_none() && find(&["env"]).is_none() {
                self.flag(span, "this secret mount does not specify a secret", "add `id=name`");
            }
            if let (Some(field), Some(_)) = (source, id) {
                self.flag(field.span, "`source` and `id` both specify the secret", "keep `id`");
            }
            if let Some(field) = some(&["from"]) {
                self.flag(field.span, "a secret is passed to the build and cannot come from a stage", "remove `from`");
            }
        }
    }
}
