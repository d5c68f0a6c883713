//! Packages that a release of Debian or Ubuntu no longer has.

use crate::knowledge::os::{Distro, Os};

/// A package that is gone.
#[derive(Clone, Copy, Debug)]
pub struct Vanished {
    pub name: &'static str,
    /// The first release of Debian without it.
    debian: Option<u32>,
    /// The first release of Ubuntu without it, year and month.
    ubuntu: Option<(u32, u32)>,
    pub instead: Instead,
}

/// What took its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// The same under another name.
    Package(&'static str),
    /// Something that is not a drop-in replacement.
    Advice(&'static str),
}

use Instead::{Advice, Package};

const fn row(name: &'static str, debian: u32, ubuntu: (u32, u32), instead: Instead) -> Vanished {
    let ubuntu = if ubuntu.0 == 0 { None } else { Some(ubuntu) };
    Vanished { name, debian: if debian == 0 { None } else { Some(debian) }, ubuntu, instead }
}

const JAVA: Instead = Advice(
    "install the release's own Java, `default-jre-headless` or `default-jdk-headless`, or start from an image such as `eclipse-temurin`",
);
const TWO: Instead = Advice("Python 2 has ended: install `python3`");
/// The release still has it.
const STAYS: (u32, u32) = (0, 0);

/// Sorted. A zero means a distribution that still has it, or where it is not known.
#[rustfmt::skip]
const VANISHED: &[Vanished] = &[
    row("libasound2", 0, (24, 4), Package("libasound2t64")),
    row("libav-tools", 10, (18, 4), Package("ffmpeg")),
    row("libgl1-mesa-glx", 13, (24, 4), Package("libgl1")),
    row("libjasper-dev", 9, (18, 4), Advice("no package has taken its place; leave it out")),
    row("libmysqlclient-dev", 10, STAYS, Package("default-libmysqlclient-dev")),
    row("libncurses5", 0, (24, 4), Advice("`libncurses6` is what there is; programs built for the old one need to be built anew")),
    row("libpng12-dev", 9, (18, 4), Package("libpng-dev")),
    row("libssl1.1", 12, (22, 4), Advice("`libssl3` is what there is; programs built for the old one need to be built anew")),
    row("libtinfo5", 0, (24, 4), Advice("`libtinfo6` is what there is; programs built for the old one need to be built anew")),
    row("mysql-client", 10, STAYS, Package("default-mysql-client")),
    row("mysql-server", 10, STAYS, Package("default-mysql-server")),
    row("netcat", 12, (24, 4), Package("netcat-openbsd")),
    row("nodejs-legacy", 10, (18, 4), Package("nodejs")),
    row("openjdk-11-jdk", 12, STAYS, JAVA),
    row("openjdk-11-jdk-headless", 12, STAYS, JAVA),
    row("openjdk-11-jre", 12, STAYS, JAVA),
    row("openjdk-11-jre-headless", 12, STAYS, JAVA),
    row("openjdk-7-jdk", 9, (16, 4), JAVA),
    row("openjdk-7-jre", 9, (16, 4), JAVA),
    row("openjdk-7-jre-headless", 9, (16, 4), JAVA),
    row("openjdk-8-jdk", 10, STAYS, JAVA),
    row("openjdk-8-jdk-headless", 10, STAYS, JAVA),
    row("openjdk-8-jre", 10, STAYS, JAVA),
    row("openjdk-8-jre-headless", 10, STAYS, JAVA),
    row("php5", 9, (16, 4), Package("php")),
    row("php5-cli", 9, (16, 4), Package("php-cli")),
    row("php5-curl", 9, (16, 4), Package("php-curl")),
    row("php5-fpm", 9, (16, 4), Package("php-fpm")),
    row("php5-gd", 9, (16, 4), Package("php-gd")),
    row("php5-mysql", 9, (16, 4), Package("php-mysql")),
    row("python", 12, (22, 4), Package("python3")),
    row("python-dev", 12, (22, 4), Package("python3-dev")),
    row("python-pip", 11, (20, 4), Package("python3-pip")),
    row("python2", 12, (24, 4), TWO),
    row("python2-dev", 12, (24, 4), TWO),
    row("python2.7", 12, (24, 4), TWO),
    row("python2.7-dev", 12, (24, 4), TWO),
    row("software-properties-common", 13, STAYS, Advice("write the repository to a file in `/etc/apt/sources.list.d/` yourself, and leave `add-apt-repository` out")),
];

/// The row of a package that this system, whose release is known, has no more.
pub fn vanished(os: &Os, package: &str) -> Option<&'static Vanished> {
    let row = &VANISHED[VANISHED.binary_search_by(|row| row.name.cmp(package)).ok()?];
    let mut parts = os.version.as_deref()?.split('.').map(|part| part.parse::<u32>().ok());
    let (major, minor) = (parts.next()??, parts.next().flatten());
    let is_gone = match os.distro {
        Distro::Debian => row.debian.is_some_and(|first| major >= first),
        Distro::Ubuntu => row.ubuntu.is_some_and(|first| minor.is_some_and(|minor| (major, minor) >= first)),
        _ => false,
    };
    is_gone.then_some(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::bases;

    #[test]
    fn releases_are_compared() {
        assert!(VANISHED.is_sorted_by(|a, b| a.name < b.name));
        for (image, tag, package, gone) in [
            ("debian", "12-slim", "netcat", true),
            ("debian", "bullseye", "netcat", false),
            ("python", "3.12-bookworm", "netcat", true),
            ("ubuntu", "24.04", "libgl1-mesa-glx", true),
            ("ubuntu", "jammy", "libgl1-mesa-glx", false),
            ("ubuntu", "24.04", "mysql-client", false),
            ("ubuntu", "latest", "python-pip", false),
            ("alpine", "3.20", "python", false),
        ] {
            let found = bases::os(image, Some(tag)).and_then(|os| vanished(&os, package));
            assert_eq!(found.is_some(), gone, "{image}:{tag} {package}");
        }
    }
}
