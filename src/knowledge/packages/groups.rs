//! Packages that have something in common besides a category.

/// Programs that turn TypeScript or new JavaScript into JavaScript, and leave the packages outside.
pub const TRANSPILERS: &[&str] = &["babel", "nest", "swc", "tsc"];

/// Programs that put the packages into what they build.
pub const BUNDLERS: &[&str] = &["esbuild", "ncc", "next", "parcel", "pkg", "rollup", "tsup", "vite", "webpack"];

/// Packages of Python whose wheels are compiled for one C library.
pub const LIBC_PYTHON: &[&str] = &[
    "aiohttp", "asyncpg", "bcrypt", "cffi", "cryptography", "cython", "duckdb", "grpcio", "greenlet", "h5py", "httptools", "lxml",
    "matplotlib", "msgpack", "numpy", "orjson", "pandas", "pillow", "polars", "psycopg2-binary", "pyarrow", "pydantic-core",
    "pymongo", "scikit-learn", "scipy", "tensorflow", "tokenizers", "torch", "uvloop",
];

/// Packages of npm with compiled code, which is built or fetched for one C library.
pub const LIBC_NODE: &[&str] = &[
    "argon2", "bcrypt", "better-sqlite3", "bufferutil", "canvas", "isolated-vm", "kerberos", "leveldown", "libxmljs", "libxmljs2",
    "node-pty", "node-sass", "nodegit", "re2", "robotjs", "serialport", "sharp", "snappy", "sodium-native", "sqlite3", "usb",
    "utf-8-validate", "zeromq",
];

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

/// What distroless images have of them.
pub const IN_DISTROLESS: &[&str] = &["ca-certificates", "tzdata"];

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
    "apache2", "apache2-utils", "bzip2", "dos2unix", "g++-multilib", "lbzip2", "lib32stdc++6", "lib32z1", "libbz2-dev",
    "libc6", "libc6-dev", "libc6-i386", "libcurl4-gnutls-dev", "libcurl4-openssl-dev", "libdrm2", "libeigen3-dev",
    "libexpat1-dev", "libfontconfig1", "libfreetype6", "libglib2.0-dev", "libgmp10", "libgomp1", "libgtk-3-dev",
    "libgtk2.0-dev", "libhdf5-dev", "libice6", "liblz4-dev", "libnl-3-dev", "libnss3", "libnuma1", "libpango-1.0-0",
    "libpciaccess0", "libpq5", "libsdl1.2-dev", "libseccomp2", "libsm6", "libsndfile1", "libsqlite3-dev",
    "libssh2-1-dev", "libstdc++6", "libtinyxml2-dev", "libusb-1.0-0", "libusb-1.0-0-dev", "libv4l-dev", "libx11-6",
    "libx11-dev", "libxcb-shape0", "libxcb1", "libxcomposite1", "libxcursor1", "libxdamage1", "libxext6", "libxfixes3",
    "libxi6", "libxml2-dev", "libxml2-utils", "libxrandr2", "libxrender1", "libxslt1-dev", "libxss1", "libxtst6",
    "p7zip", "p7zip-full", "pbzip2", "s3cmd", "sqlite3", "x11-apps", "x11-utils", "x11-xserver-utils", "x11vnc",
    "zlib1g", "zlib1g-dev",
];

/// Tools for networks and processes that programs call as well: monitors ping, scripts wait with `nc`.
pub const ALSO_CALLED: &[&str] = &[
    "bind-tools", "bind-utils", "bind9-dnsutils", "dnsutils", "inetutils-ping", "iperf3", "iputils", "iputils-ping",
    "lsof", "ncat", "net-tools", "netcat", "netcat-openbsd", "netcat-traditional", "nmap", "nmap-ncat", "sysstat",
    "tcpdump", "telnet", "traceroute",
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
