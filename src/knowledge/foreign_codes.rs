//! Codes of other scanners for what rules find: Checkov, Trivy, Sonar and KICS. As of 2026-11-30.
//!
//! Each family is complete: all checks of Dockerfiles that the scanner has or had, from its sources (Checkov, Trivy, Sonar's
//! analyser and its catalogue of rules) or its documentation (KICS). A check without a counterpart here has no rules.
//!
//! hadolint's, ShellCheck's and BuildKit's names are aliases in the rules themselves: they are of the same kind of tool,
//! and their findings are compared one by one. These scanners ask coarser questions, often answered by several rules.

/// A scanner's code, and the rules that find the same; none if no rule does.
pub struct ForeignCode {
    pub code: &'static str,
    pub rules: &'static [&'static str],
}

const fn row(code: &'static str, rules: &'static [&'static str]) -> ForeignCode {
    ForeignCode { code, rules }
}

/// Checkov's checks of Dockerfiles.
#[rustfmt::skip]
const CHECKOV: &[ForeignCode] = &[
    row("CKV2_DOCKER_1", &["sudo"]),
    row("CKV2_DOCKER_10", &["unverified-packages"]),
    row("CKV2_DOCKER_11", &["unverified-packages"]),
    row("CKV2_DOCKER_12", &["unverified-tls"]),
    row("CKV2_DOCKER_13", &["unverified-packages"]),
    row("CKV2_DOCKER_14", &["unverified-tls"]),
    row("CKV2_DOCKER_15", &["unverified-packages"]),
    row("CKV2_DOCKER_16", &["unverified-packages"]),
    row("CKV2_DOCKER_17", &["literal-password"]),
    row("CKV2_DOCKER_2", &["unverified-tls"]),
    row("CKV2_DOCKER_3", &["unverified-tls"]),
    row("CKV2_DOCKER_4", &["unverified-packages"]),
    row("CKV2_DOCKER_5", &["unverified-tls"]),
    row("CKV2_DOCKER_6", &["unverified-tls"]),
    row("CKV2_DOCKER_7", &["unverified-packages"]),
    row("CKV2_DOCKER_8", &["unverified-packages"]),
    row("CKV2_DOCKER_9", &["unverified-packages"]),
    row("CKV_DOCKER_1", &["login-port"]),
    row("CKV_DOCKER_10", &["relative-workdir"]),
    row("CKV_DOCKER_11", &["duplicate-stage"]),
    row("CKV_DOCKER_2", &["missing-healthcheck"]),
    row("CKV_DOCKER_3", &["missing-user"]),
    row("CKV_DOCKER_4", &["needless-add"]),
    row("CKV_DOCKER_5", &["lone-update"]),
    row("CKV_DOCKER_6", &["maintainer"]),
    row("CKV_DOCKER_7", &["latest-tag", "untagged-base"]),
    row("CKV_DOCKER_8", &["root-user"]),
    row("CKV_DOCKER_9", &["apt-command"]),
];

/// Trivy's checks of Dockerfiles.
#[rustfmt::skip]
const TRIVY: &[ForeignCode] = &[
    row("DS-0001", &["latest-tag", "untagged-base"]),
    row("DS-0002", &["missing-user", "root-user"]),
    row("DS-0004", &["login-port"]),
    row("DS-0005", &["needless-add"]),
    row("DS-0006", &["unknown-stage"]),
    row("DS-0007", &["repeated-entrypoint"]),
    row("DS-0008", &["bad-arguments"]),
    row("DS-0009", &["relative-workdir"]),
    row("DS-0010", &["sudo"]),
    row("DS-0011", &["file-destination"]),
    row("DS-0012", &["duplicate-stage"]),
    row("DS-0013", &["cd-for-workdir"]),
    row("DS-0014", &["two-downloaders"]),
    row("DS-0015", &["yum-cache-left"]),
    row("DS-0016", &["repeated-cmd"]),
    row("DS-0017", &["lone-update"]),
    row("DS-0018", &["unknown-stage"]),
    row("DS-0019", &["dnf-cache-left"]),
    row("DS-0020", &["zypper-cache-left"]),
    row("DS-0021", &["interactive-apt"]),
    row("DS-0022", &["maintainer"]),
    row("DS-0023", &["repeated-healthcheck"]),
    row("DS-0024", &["upgraded-system"]),
    row("DS-0025", &["apk-cache-left"]),
    row("DS-0026", &["missing-healthcheck"]),
    row("DS-0027", &["dnf-cache-left"]),
    row("DS-0029", &["recommended-packages"]),
    row("DS-0030", &["system-workdir"]),
    row("DS-0031", &["secret-variable", "copied-secret"]),
    row("DS-0032", &["unchecked-pipe"]),
];

/// Sonar's checks of Dockerfiles.
#[rustfmt::skip]
const SONAR: &[ForeignCode] = &[
    row("docker:S1135", &["todo-comment"]),
    row("docker:S2260", &["unknown-instruction", "bad-arguments"]),
    row("docker:S2612", &["world-writable"]),
    row("docker:S4423", &[]), // weak TLS versions
    row("docker:S4507", &["debug-env", "development-server", "open-debugger"]),
    row("docker:S4790", &[]), // weak hashes
    row("docker:S4830", &["unverified-tls"]),
    row("docker:S5332", &["plain-http"]),
    row("docker:S6431", &["insecure-run"]),
    row("docker:S6437", &["literal-secret"]),
    row("docker:S6469", &["readable-secret"]),
    row("docker:S6470", &["copied-everything"]),
    row("docker:S6471", &["missing-user", "root-user"]),
    row("docker:S6472", &["secret-variable"]),
    row("docker:S6473", &["login-port"]),
    row("docker:S6474", &["unchecked-download", "unchecked-add"]),
    row("docker:S6476", &["mixed-case"]),
    row("docker:S6497", &[]), // a digest; retired
    row("docker:S6500", &["recommended-packages"]),
    row("docker:S6502", &["insecure-run"]),
    row("docker:S6504", &["world-writable"]),
    row("docker:S6505", &[]), // scripts that packages run when they are installed
    row("docker:S6506", &["plain-http"]),
    row("docker:S6570", &["unquoted-variable"]),
    row("docker:S6573", &["glob-as-option"]),
    row("docker:S6574", &["spaced-equals"]),
    row("docker:S6579", &["arg-out-of-scope"]),
    row("docker:S6581", &["lost-setting"]),
    row("docker:S6584", &["interactive-apt", "interactive-dnf", "interactive-yum", "interactive-zypper"]),
    row("docker:S6586", &["maintainer"]),
    row("docker:S6587", &["apt-lists-left", "apk-cache-left", "dnf-cache-left", "yum-cache-left", "zypper-cache-left"]),
    row("docker:S6589", &["repeated-cmd", "repeated-entrypoint"]),
    row("docker:S6595", &["lone-update"]),
    row("docker:S6596", &["latest-tag", "untagged-base"]),
    row("docker:S6597", &["cd-for-workdir"]),
    row("docker:S7018", &["unsorted-packages"]),
    row("docker:S7019", &["shell-form"]),
    row("docker:S7020", &["long-line"]),
    row("docker:S7021", &["relative-workdir"]),
    row("docker:S7023", &["unpinned-digest"]),
    row("docker:S7026", &[]), // `ADD` for downloads
    row("docker:S7028", &["label-schema"]),
    row("docker:S7029", &["needless-add"]),
    row("docker:S7030", &["broken-array"]),
    row("docker:S7031", &["split-run"]),
    row("docker:S8431", &[]), // a tag next to a digest
];

/// KICS's checks of Dockerfiles.
#[rustfmt::skip]
const KICS: &[ForeignCode] = &[
    row("0008c003-79aa-42d8-95b8-1c2fe37dbfe6", &["split-run"]),
    row("00481784-25aa-4a55-8633-3136dfcf4f37", &["yum-cache-left"]),
    row("02d9c71f-3ee8-4986-9c27-1a20d0d19bfc", &["unpinned-pip-package"]),
    row("09fda05e-da85-4ee7-ab8d-2800a5e6e756", &["upgraded-system"]),
    row("22cd11f7-9c6c-4f6e-84c0-02058120b341", &["unpinned-gem"]),
    row("295acb63-9246-4b21-b441-7c1f1fb62dc0", &["dnf-cache-left"]),
    row("34945ae8-730d-424c-8279-b064d9f108de", &["broken-array"]),
    row("38300d1a-feb2-4a48-936a-d1ef1cd24313", &["zypper-cache-left"]),
    row("41c195f4-fc31-4a5c-8a1b-90605538d49f", &["repeated-cmd"]),
    row("45e1fca5-f90e-465d-825f-c2cb63fa3944", &["interactive-zypper"]),
    row("4b410d24-1cbe-4430-a632-62c9a931cf1c", &["unchecked-download"]),
    row("562952e4-0348-4dea-9826-44f3a2c6117b", &["unpinned-zypper-package"]),
    row("5907595b-5b6d-4142-b173-dbb0e73fbff8", &["login-port"]),
    row("5fa731ea-e844-47a6-a1e8-abc25e95847e", &[]), // OpenSSL 3.0.0 to 3.0.5
    row("6452c424-1d92-4deb-bb18-a03e95d579c4", &["unpinned-yum-package"]),
    row("67fd0c4a-68cf-46d7-8c41-bc9fba7e40ae", &["root-user"]),
    row("682fe378-c180-4bd5-8a14-95fc285fb269", &["upgraded-system"]),
    row("68a51e22-ae5a-4d48-8e87-b01a323605c9", &["numbered-stage", "unknown-stage"]),
    row("6938958b-3f1a-451c-909b-baeee14bdc97", &["repeated-entrypoint"]),
    row("6b376af8-cfe8-49ab-a08d-f32de23661a4", &["relative-workdir"]),
    row("6db6e0c2-32a3-4a2e-93b5-72c35f4119db", &["file-destination"]),
    row("6e19193a-8753-436d-8a09-76dcff91bb03", &["interactive-yum"]),
    row("71bf8cf8-f0a1-42fa-b9d2-d10525e0a38e", &["bad-arguments"]),
    row("7384dfb2-fcd1-4fbf-91cd-6c44c318c33c", &["recommended-packages"]),
    row("77783205-c4ca-4f80-bb80-c777f267c547", &["interactive-apt"]),
    row("7ebd323c-31b7-4e5b-b26f-de5e9e477af8", &["interactive-dnf"]),
    row("8a301064-c291-4b20-adcb-403fe7fd95fd", &["replaced-sh"]),
    row("8ada6e80-0ade-439e-b176-0b28f6bce35a", &["sudo"]),
    row("8f6456be-0018-46db-9ce6-b3b6dc8d34d2", &["upgraded-system"]),
    row("93d88cf7-f078-46a8-8ddc-178e03aeacf1", &["unpinned-dnf-package"]),
    row("9513a694-aa0d-41d8-be61-3271e056f36b", &["needless-add"]),
    row("965a08d7-ef86-4f14-8792-4a3b2098937e", &["unpinned-apt-package"]),
    row("989ab888-7d1e-410f-9dde-c64a1d367bf2", &["upgraded-system"]),
    row("99614418-f82b-4852-a9ae-5051402b741c", &["maintainer"]),
    row("9b6b0f38-92a2-41f9-b881-3a1083d99f1b", &["host-command"]),
    row("9bae49be-0aa3-4de5-bab2-4c3a069e40cd", &["lone-update"]),
    row("9efb0b2d-89c9-41a3-91ca-dcc0aec911fd", &["untagged-base"]),
    row("aa93e17f-b6db-4162-9334-c70334e7ac28", &[]), // any `--chown`
    row("ae9c56a6-3ed1-4ac0-9b54-31267f51151d", &["apk-cache-left"]),
    row("b03a748a-542d-44f4-bb86-9199ab4fd2d5", &["missing-healthcheck"]),
    row("b16e8501-ef3c-44e1-a543-a093238099c9", &["constant-platform"]),
    row("b84a0b47-2e99-4c9f-8933-98bcabe2b94d", &["apt-command"]),
    row("b86987e1-6397-4619-81d5-8807f2387c79", &["shell-form"]),
    row("c3e1b6ae-d92c-44b3-8ed5-1f5442bab6a4", &["secret-variable", "literal-secret"]),
    row("cdddb86f-95f6-4fc4-b5a1-483d9afceb2b", &["unknown-stage"]),
    row("d3499f6d-1651-41bb-a9a7-de925fea487b", &["unpinned-apk-package"]),
    row("d4895357-dd49-4ba5-b726-1bb81cb50989", &["zypper-dist-upgrade"]),
    row("df746b39-6564-4fed-bf85-e9c44382303c", &["apt-lists-left"]),
    row("e36d8880-3f78-4546-b9a1-12f0745ca0d5", &["unpinned-npm-package"]),
    row("efbf148a-67e9-42d2-ac47-02fa1c0d0b22", &["unchecked-pipe"]),
    row("f2daed12-c802-49cd-afed-fe41d0b82fed", &["duplicate-stage"]),
    row("f2f903fb-b977-461e-98d7-b3e2185c6118", &["pip-cache-left"]),
    row("f45ea400-6bbe-4501-9fc7-1c3d75c32067", &["latest-tag"]),
    row("f4a6bcd3-e231-4acf-993c-aa027be50d2e", &["cd-for-workdir"]),
    row("fc775e75-fcfb-4c98-b2f2-910c5858b359", &["two-downloaders"]),
    row("fd54f200-402c-4333-a5a4-36ef6709af2f", &["missing-user"]),
];

/// The row of a code, in any case and spelling: `DS002`, `DS-0002` and `AVD-DS-0002` are one, `S6471` is `docker:S6471`.
pub fn find(name: &str) -> Option<&'static ForeignCode> {
    let name = canonical(name)?;
    let in_table = |table: &'static [ForeignCode]| table.iter().find(|row| row.code.eq_ignore_ascii_case(&name));
    [CHECKOV, TRIVY, SONAR, KICS].into_iter().find_map(in_table)
}

/// The codes for what a rule finds.
pub fn codes_of(rule: &str) -> impl Iterator<Item = &'static str> {
    let all = [CHECKOV, TRIVY, SONAR, KICS].into_iter().flatten();
    all.filter(move |row| row.rules.contains(&rule)).map(|row| row.code)
}

/// The names of all rules in the tables.
#[cfg(test)]
pub fn rules() -> impl Iterator<Item = &'static &'static str> {
    [CHECKOV, TRIVY, SONAR, KICS].into_iter().flatten().flat_map(|row| row.rules)
}

/// The scanner whose codes look like this one.
pub fn scanner(name: &str) -> Option<&'static str> {
    let name = canonical(name)?;
    Some(match name.as_bytes()[0] {
        b'C' => "Checkov",
        b'D' => "Trivy",
        b'd' => "Sonar",
        _ => "KICS",
    })
}

/// A code as the tables have it, if it is of the form of one.
fn canonical(name: &str) -> Option<String> {
    let upper = name.to_ascii_uppercase();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if ["CKV_DOCKER_", "CKV2_DOCKER_"].iter().any(|start| upper.strip_prefix(start).is_some_and(digits)) {
        return Some(upper);
    }
    let trivy = upper.strip_prefix("AVD-").unwrap_or(&upper);
    if let Some(number) = trivy.strip_prefix("DS").map(|rest| rest.strip_prefix('-').unwrap_or(rest))
        && digits(number)
        && number.len() <= 4
    {
        return Some(format!("DS-{number:0>4}"));
    }
    let sonar = upper.strip_prefix("DOCKER:").unwrap_or(&upper);
    if sonar.strip_prefix('S').is_some_and(digits) && sonar.len() == 5 {
        return Some(format!("docker:{sonar}"));
    }
    let is_uuid = name.len() == 36 && name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    is_uuid.then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        for (name, code) in [
            ("ckv_docker_3", Some("CKV_DOCKER_3")),
            ("DS002", Some("DS-0002")),
            ("DS-0002", Some("DS-0002")),
            ("AVD-DS-0002", Some("DS-0002")),
            ("S6471", Some("docker:S6471")),
            ("docker:S6471", Some("docker:S6471")),
            ("FD54F200-402C-4333-A5A4-36EF6709AF2F", Some("fd54f200-402c-4333-a5a4-36ef6709af2f")),
            ("CKV_DOCKER_99", None),
            ("SC2086", None),
            ("DL3008", None),
        ] {
            assert_eq!(find(name).map(|row| row.code), code, "{name}");
        }
    }

    #[test]
    fn sorted_and_unique() {
        for table in [CHECKOV, TRIVY, SONAR, KICS] {
            let mut codes: Vec<_> = table.iter().map(|row| row.code).collect();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes, table.iter().map(|row| row.code).collect::<Vec<_>>());
        }
    }
}
