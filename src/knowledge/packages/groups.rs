//! Packages that have something in common besides a category.

/// Packages of Python that are compiled when they are installed, or load a library of the system.
pub const NATIVE_PYTHON: &[&str] = &[
    "psycopg2", "mysqlclient", "pygraphviz", "python-ldap", "pycairo", "pyaudio", "dbus-python", "uwsgi", "pygobject",
    "xmlsec", "m2crypto", "pylibmc", "opencv-python", "opencv-contrib-python", "pycrypto", "weasyprint", "cairosvg",
    "python-magic", "pyodbc", "fasttext", "mod-wsgi", "pycups", "gdal", "pyicu",
];

/// The same of Node.js.
pub const NATIVE_NODE: &[&str] = &[
    "node-sass", "node-rdkafka", "libxmljs", "robotjs", "grpc", "usb", "node-expat", "iconv", "kerberos", "node-gyp",
    "fibers", "deasync",
];

/// They fetch and unpack, or are needed by what does.
pub const FETCH_TOOLS: &[&str] = &[
    "git", "wget", "curl", "unzip", "zip", "tar", "gzip", "xz-utils", "xz", "bzip2", "ca-certificates",
    "openssh-client", "gnupg", "file", "patch", "build-essential",
];

/// Headers of the C library itself, which is everywhere.
pub const LIBC_HEADERS: &[&str] =
    &["libc6-dev", "libc-dev", "musl-dev", "linux-headers", "linux-libc-dev", "glibc-devel"];

/// With a number in their names, and still in every release of Debian and Ubuntu.
pub const IN_ALL_RELEASES: &[&str] = &[
    "bzip2", "lib32z1", "libbz2-dev", "libxml2-dev", "libxml2-utils", "libxslt1-dev", "p7zip", "p7zip-full", "sqlite3",
    "libsqlite3-dev", "zlib1g", "zlib1g-dev", "libc6-dev", "x11-utils", "x11-apps", "libglib2.0-dev", "g++-multilib",
];

/// Small build tools that a script may use at run time.
pub const SMALL_BUILD_TOOLS: &[&str] = &[
    "make", "binutils", "pkg-config", "pkgconf", "pkgconfig", "pkgconf-pkg-config", "autoconf", "automake", "libtool",
    "bison", "flex", "swig", "fakeroot", "ccache", "equivs", "ant", "nasm", "redhat-rpm-config",
];

/// Packages of Python that only development needs.
pub const PYTHON_DEVELOPMENT: &[&str] = &[
    "autopep8", "bandit", "black", "flake8", "flake8-docstrings", "ipdb", "isort", "mypy", "nose", "nox", "pre-commit",
    "pylint", "pyright", "pytest", "ruff", "tox", "yapf", "coverage",
];

/// Crates that need a library of the system at run time.
pub const LIBRARY_CRATES: &[&str] = &[
    "openssl-sys", "native-tls", "pq-sys", "mysqlclient-sys", "libz-sys", "libsqlite3-sys", "rdkafka-sys",
    "libgit2-sys",
];

/// Libraries that every image with a C library has, as the linker names them.
pub const COMMON_LIBRARIES: &[&str] = &["m", "pthread", "dl", "rt", "stdc++", "c", "gcc", "util", "stdc++fs"];

/// Programs whose nodes start each other by SSH, or that serve by it. In lower case.
pub const USE_SSH: &[&str] = &[
    "hadoop", "hdfs", "spark", "tachyon", "alluxio", "openmpi", "mpich", "slurm", "gitlab", "gitea", "sftp", "vsftpd",
];

/// Parts of the names of packages that read a `.env` file.
pub const READ_ENV_FILES: &[&str] = &["dotenv", "env", "vite", "next", "react-scripts", "pydantic-settings"];
