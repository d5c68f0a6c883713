#![allow(clippy::unwrap_used)]

use super::*;
use crate::shell::{Dialect, parse_script};

fn one(text: &str) -> Command {
    parse_script(text, 0, Dialect::Bash).commands.remove(0)
}

/// `name operator version`, requirement files and the like with their kind.
fn shown(text: &str) -> Option<(Manager, Vec<String>)> {
    let command = one(text);
    let install = installs(&command)?;
    let packages = install.packages.iter().map(|package| match package.kind {
        PackageKind::Name => {
            format!("{}{}{}", package.name, package.operator, package.version.as_deref().unwrap_or_default())
        }
        kind => format!("{kind:?} {}", package.name),
    });
    Some((install.manager, packages.collect()))
}

#[test]
fn packages_of_every_manager() {
    use Manager::*;
    for (text, manager, want) in [
        (
            "apt-get -qqy install vim g++ curl=7.88.1-10 nano:arm64 ./x.deb git/stable $P",
            Apt,
            &["vim", "g++", "curl=7.88.1-10", "nano", "Path ./x.deb", "git/stable", "Variable $P"][..],
        ),
        ("sudo apt install -y -t sid \"vim=$V\" libc{a,b}", Apt, &["vim=$V", "libc{a,b}"]),
        ("aptitude install -R vim", Apt, &["vim"]),
        (
            "apk add --no-cache -t .build-deps gcc=~12 curl~8 'x>1' y@edge ./z.apk",
            Apk,
            &["gcc=~12", "curl~8", "x>1", "y", "Path ./z.apk"],
        ),
        ("apk --update add bash", Apk, &["bash"]),
        (
            "dnf -y in nginx-1.20.1-1.el9 java-11-openjdk gcc-toolset-12 nodejs:18 @dev https://x/y.rpm",
            Dnf,
            &[
                "nginx-1.20.1-1.el9", "java-11-openjdk", "gcc-toolset-12", "nodejs:18", "Group @dev",
                "Url https://x/y.rpm",
            ],
        ),
        ("microdnf install --setopt install_weak_deps=0 -y tar", Dnf, &["tar"]),
        ("yum groupinstall 'Development Tools'", Yum, &["Group Development Tools"]),
        ("yum localinstall -y x.rpm", Yum, &["Path x.rpm"]),
        ("yum install -y nginx-${V:-1.2} x-$V", Yum, &["nginx-${V:-1.2}", "x-$V"]),
        ("zypper -n in -t pattern vim 'x>=2' y=1", Zypper, &["vim", "x>=2", "y=1"]),
        ("pacman -Syu --noconfirm vim", Pacman, &["vim"]),
        ("emerge -q app-editors/vim", Emerge, &["app-editors/vim"]),
        (
            "pip3 install -r req.txt 'requests[socks,x]>=2,<3' flask==1.0 . git+https://x/y@v1 a.whl $X --index-url https://i",
            Pip,
            &[
                "Requirements req.txt", "requests>=2,<3", "flask==1.0", "Path .", "Vcs git+https://x/y@v1",
                "Path a.whl", "Variable $X",
            ],
        ),
        ("python3.11 -m pip install -U pip", Pip, &["pip"]),
        ("uv pip install --system -e . black", Pip, &["Path .", "black"]),
        ("pipx install black==23", Pipx, &["black==23"]),
        ("uv add httpx", Uv, &["httpx"]),
        ("poetry install --no-root", Poetry, &[]),
        ("poetry add a@^1 b==2 git+https://x", Poetry, &["a@^1", "b==2", "Vcs git+https://x"]),
        ("uv tool install ruff@0.5", Uv, &["ruff@0.5"]),
        ("conda install -y -c conda-forge numpy=1.2 x::y", Conda, &["numpy=1.2", "y"]),
        ("conda env create -f env.yml", Conda, &["Requirements env.yml"]),
        (
            "npm i -g @vue/cli@5 typescript@latest user/repo ./x yarn",
            Npm,
            &["@vue/cli@5", "typescript@latest", "Vcs user/repo", "Path ./x", "yarn"],
        ),
        ("npm --prefix /app ci", Npm, &[]),
        ("npm install", Npm, &[]),
        ("yarn", Yarn, &[]),
        ("yarn global add x@1", Yarn, &["x@1"]),
        ("pnpm add x", Pnpm, &["x"]),
        ("gem install rails:7.0 bundler -v 2.1 --no-document", Gem, &["rails:7.0", "bundler=2.1"]),
        ("bundle install --jobs 4", Bundle, &[]),
        ("composer global require a/b:^1.0", Composer, &["a/b:^1.0"]),
        ("go install -tags x github.com/a/b/cmd/c@v1.2 ./d", Go, &["github.com/a/b/cmd/c@v1.2", "Path ./d"]),
        ("cargo install --locked --version 1.2 ripgrep", Cargo, &["ripgrep=1.2"]),
        ("cargo install --git https://x y", Cargo, &["Vcs y"]),
    ] {
        let (found, packages) = shown(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(found, manager, "{text}");
        assert_eq!(packages, want, "{text}");
    }
}

#[test]
fn what_installs_nothing() {
    for text in [
        "apt-get update", "apt-cache install", "apk del x", "pip download x", "npm run install", "yarn build",
        "yarn --version", "go build ./...", "pacman -Ss vim", "pacman -Scc", "pipenv run x", "python -m venv x",
        "python app.py -m pip install x", "install -d /x", "cargo build", "bundle exec x", "emerge --sync",
    ] {
        assert!(shown(text).is_none(), "{text}");
    }
}

#[test]
fn flags() {
    for (text, yes, no_recommends, no_cache) in [
        ("apt-get install -y --no-install-recommends x", true, true, false),
        ("apt-get install -qq x", true, false, false),
        ("apt-get -q=2 install x", true, false, false),
        ("apt-get install -q x", false, false, false),
        ("apt-get install -o APT::Install-Recommends=false -o APT::Get::Assume-Yes=true x", true, true, false),
        ("apk add --no-cache x", true, false, true),
        ("dnf install -y --setopt=install_weak_deps=False x", true, true, false),
        ("zypper --non-interactive install --no-recommends x", true, true, false),
        ("zypper install x", false, false, false),
        ("pip install --no-cache-dir x", true, false, true),
        ("PIP_NO_CACHE_DIR=1 pip install x", true, false, true),
        ("npm install x", true, false, false),
    ] {
        let command = one(text);
        let install = installs(&command).unwrap();
        assert_eq!(
            (install.assume_yes, install.no_recommends, install.no_cache),
            (yes, no_recommends, no_cache),
            "{text}"
        );
    }
    let command = one("apk add --virtual=.deps -s gcc $MORE");
    let apk = installs(&command).unwrap();
    assert!(apk.dry_run && apk.open);
    assert_eq!(apk.virtual_group.as_ref().unwrap().lexeme(), ".deps");
    assert!(installs(&one("npm ci")).unwrap().locked && installs(&one("yarn --frozen-lockfile")).unwrap().locked);
    assert!(installs(&one("npm ci")).unwrap().project && !installs(&one("npm i x")).unwrap().project);
    let refreshes = |text: &str| installs(&one(text)).unwrap().refreshes;
    assert!(refreshes("apk add -U x") && refreshes("apk --update add x") && refreshes("pacman -Sy x"));
    assert!(!refreshes("apk add x") && !refreshes("pip install -U x"));
    let command = one("pip install 'x[a,b]==1'");
    let extras = installs(&command).unwrap();
    assert_eq!(
        (extras.packages[0].name.as_str(), &extras.packages[0].extras[..]),
        ("x", &["a".to_owned(), "b".to_owned()][..])
    );
    assert!(!installs(&one("npm i x@latest")).unwrap().packages[0].is_versioned());
}

#[test]
fn other_subcommands() {
    assert_eq!(refreshes_index(&one("apt-get -qq update")), Some(Manager::Apt));
    assert_eq!(refreshes_index(&one("pacman -Sy")), Some(Manager::Pacman));
    assert_eq!(refreshes_index(&one("yum update")), None);
    assert_eq!(upgrades(&one("yum -y update")).unwrap().0, Manager::Yum);
    assert_eq!(upgrades(&one("apt-get dist-upgrade")).unwrap().0, Manager::Apt);
    let command = one("apk del .build-deps gcc");
    let (manager, packages) = uninstalls(&command).unwrap();
    assert_eq!((*manager, packages[0].name.as_str(), packages.len()), (Manager::Apk, ".build-deps", 2));
}
