//! In which ways a Dockerfile is built, as its project says.

use std::collections::BTreeMap;
use std::path::Path;

use super::Invocation;

/// How many different builds of one Dockerfile are looked at.
const MAX_BUILDS: usize = 8;

/// One way to build a Dockerfile.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// What findings call it.
    pub name: String,
    pub invocation: Option<Invocation>,
    /// Build arguments by name.
    pub args: BTreeMap<String, String>,
}

impl Way {
    /// The stage that is built; `None`: the last one.
    pub fn target(&self) -> Option<&str> {
        self.invocation.as_ref()?.target.as_deref()
    }

    /// The names of additional contexts.
    pub fn context_names(&self) -> Vec<&str> {
        self.invocation.iter().flat_map(|invocation| invocation.contexts.keys().map(String::as_str)).collect()
    }

    pub fn context(&self) -> Option<&Path> {
        Some(&self.invocation.as_ref()?.context)
    }
}

/// The different ways to build a file, at least one; `own` are build arguments that count for all of them. The last stage
/// is always built: where each target that the project names is another one, it is added.
pub fn ways(invocations: Vec<Invocation>, own: &BTreeMap<String, String>) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for invocation in invocations {
        let is_known = |way: &Way| way.invocation.as_ref().is_some_and(|known| known.is_same_build(&invocation));
        if ways.len() < MAX_BUILDS && !ways.iter().any(is_known) {
            let mut args = invocation.args.clone();
            args.extend(own.clone());
            let file = invocation.file.file_name().unwrap_or_default().to_string_lossy().replace('`', "'");
            let name = format!("{} of `{file}`", invocation.by);
            ways.push(Way { name, invocation: Some(invocation), args });
        }
    }
    if ways.iter().all(|way| way.target().is_some()) {
        let plain = ways.first().and_then(|way| way.invocation.clone());
        let plain = plain.map(|invocation| Invocation { target: None, args: BTreeMap::new(), ..invocation });
        ways.push(Way { name: "a plain build".to_owned(), invocation: plain, args: own.clone() });
    }
    ways
}
