//! `plimsoll pin`, against a registry of this machine.

use crate::skip::skipped;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use plimsoll::engine::registry::RegistryClient;
use plimsoll::text::Variants;

use crate::support::{BASE, both, plimsoll, project};

/// A registry on the loopback device, ended when dropped.
pub(crate) struct Registry {
    child: Child,
    pub(crate) port: u16,
    folder: tempfile::TempDir,
}

impl Registry {
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&|_| String::new())
    }

    /// One that asks for the name `captain` and the password `U*U`.
    pub(crate) fn with_password() -> Option<Self> {
        Self::start_with(&|folder| {
            let path = folder.join("htpasswd");
            let hash = "captain:$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\n";
            std::fs::write(&path, hash).expect("a file can be written");
            format!("auth: {{ htpasswd: {{ realm: harbour, path: {} }} }}\n", path.display())
        })
    }

    fn start_with(more: &dyn Fn(&Path) -> String) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.expect("a port is free").port();
        let data = folder.path().join("data");
        let config = format!(
            "version: 0.1\nlog: {{ level: error }}\nstorage: {{ filesystem: {{ rootdirectory: {} }} }}\n\
             http: {{ addr: '127.0.0.1:{port}' }}\n{}",
            data.display(),
            more(folder.path())
        );
        let file = folder.path().join("config.yml");
        std::fs::write(&file, config).expect("a file can be written");
        let mut command = Command::new("docker-registry");
        let child = command.arg("serve").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        let registry = Self { child, port, folder };
        let until = Instant::now() + Duration::from_secs(15);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "the registry does not start in {}", registry.folder.path().display());
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(registry)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn succeed(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("the program is here");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// An image of one file, pushed by skopeo.
fn push(registry: &Registry, name: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let at = |name: &str| folder.path().join(name);
    let write = |name: &str, text: &str| std::fs::write(at(name), text).expect("a file can be written");
    let tar = |archive: &Path, names: &[&str]| {
        succeed(
            Command::new("tar")
                .arg("--create")
                .arg("--file")
                .arg(archive)
                .arg("--directory")
                .arg(folder.path())
                .args(names),
        );
    };
    write("x", name);
    tar(&at("layer.tar"), &["x"]);
    let sum = succeed(Command::new("sha256sum").arg(at("layer.tar")));
    let sum = sum.split(' ').next().unwrap_or_default();
    let config = serde_json::json!({
        "architecture": "amd64", "os": "linux", "config": { "Cmd": [name] },
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{sum}")] },
    });
    write("config.json", &config.to_string());
    let manifest = serde_json::json!([{ "Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"] }]);
    write("manifest.json", &manifest.to_string());
    tar(&at("image.tar"), &["manifest.json", "config.json", "layer.tar"]);
    let reference = format!("127.0.0.1:{}/{name}", registry.port);
    let (from, to) = (format!("docker-archive:{}", at("image.tar").display()), format!("docker://{reference}"));
    succeed(Command::new("skopeo").args(["copy", "--insecure-policy", "--dest-tls-verify=false", &from, &to]));
    reference
}

#[test]
fn pinned() {
    let here = |program: &str| Command::new(program).arg("--version").output().is_ok();
    let registry = if here("skopeo") { Registry::start() } else { None };
    let Some(registry) = registry else {
        let required = std::env::var_os("PLIMSOLL_REQUIRE_ENGINE").is_some();
        assert!(!required, "docker-registry and skopeo are required by PLIMSOLL_REQUIRE_ENGINE");
        skipped("pinning is not tested: docker-registry or skopeo is not here");
        return;
    };
    let (one, two) = (push(&registry, "harbour:1"), push(&registry, "pier:2"));
    let text = format!("FROM {one} AS a\nFROM {two}\nCOPY --from=a /x /x\nCOPY --from={one} /x /y\n");
    for client in RegistryClient::ALL.iter().filter(|client| here(client.as_str())) {
        let folder = project(&[("Dockerfile", &text)]);
        let args = ["pin", "--isolated", "--insecure", "--with", client.as_str()];
        let said = plimsoll(folder.path(), &args);
        assert_eq!(said.code, Some(1), "{said}");
        assert!(said.out.contains(&format!("+FROM {two}@sha256:")), "{said}");
        let said = plimsoll(folder.path(), &[&args[..], &["--fix"]].concat());
        assert_eq!(said.code, Some(0), "{said}");
        let fixed = std::fs::read_to_string(folder.path().join("Dockerfile")).expect("it is there");
        assert_eq!(fixed.matches("@sha256:").count(), 3, "{fixed}");
        // What it is pinned to is what the registry gives for it.
        let digest = client.digest(&two, true).expect("the registry answers");
        assert!(fixed.contains(&format!("FROM {two}@{digest}\n")), "{fixed}");
        let said = plimsoll(folder.path(), &args);
        assert_eq!((said.code, &said.out[..]), (Some(0), ""), "{said}");
    }
    let folder = project(&[("Dockerfile", &format!("FROM 127.0.0.1:{}/nothing:1\n", registry.port))]);
    let said = plimsoll(folder.path(), &["pin", "--isolated", "--insecure", "--with", "skopeo"]);
    assert!(said.code == Some(2) && said.err.contains("cannot look up the digest of"), "{said}");
}

/// Each stage is built, also one without a name, and its packages get the versions that are in it.
#[test]
fn packages_get_the_versions_of_a_build() {
    for engine in both() {
        let text = format!(
            "FROM {BASE}\nCOPY pip /bin/pip\nRUN chmod 755 /bin/pip && pip install flask six\n\
             FROM {BASE}\nCOPY --from=0 /bin/pip /pip\nUSER 1000\nCMD [\"echo\", \"a\"]\n"
        );
        // A pip that installs nothing, and says what there is.
        let pip = "#!/bin/sh\ncase $1 in list) echo Flask==1.2.3; echo 'left; rm -rf /';; esac\n";
        let folder = project(&[("Dockerfile", &text), ("pip", pip)]);
        let kind = engine.kind().as_str();
        let said = plimsoll(folder.path(), &["pin", "--packages", "--isolated", "--pull", "never", "--engine", kind]);
        assert_eq!(said.code, Some(1), "{kind}: {said}");
        assert!(said.out.contains("+RUN chmod 755 /bin/pip && pip install flask==1.2.3 six\n"), "{kind}: {said}");
        assert!(said.err.contains("`six` is not in the image"), "{kind}: {said}");
        let unbuilt = project(&[("Dockerfile", &format!("FROM {BASE}\nRUN pip install flask && false\n"))]);
        let said = plimsoll(unbuilt.path(), &["pin", "--packages", "--isolated", "--pull", "never", "--engine", kind]);
        assert!(said.code == Some(2) && said.err.contains("does not build"), "{kind}: {said}");
    }
}
