//! Files of projects, by name.

/// Files at the root of a project in some language. A `*` at either end matches anything.
pub const AT_ROOTS: &[&str] = &[
    ".dockerignore", "CMakeLists.txt", "Cargo.toml", "Gemfile", "Makefile", "Pipfile", "build.gradle",
    "build.gradle.kts", "composer.json", "deno.json", "go.mod", "mix.exs", "package.json", "pom.xml", "pyproject.toml",
    "requirements.txt", "setup.py", "*.csproj", "*.sln",
];

/// What a small program is made of that has no file to describe it.
pub const SMALL_PROGRAMS: &[&str] = &[
    "*.py", "*.js", "*.ts", "*.java", "*.c", "*.cc", "*.cpp", "*.go", "*.rs", "*.cs", "*.php", "*.rb", "index.html",
    "src",
];

/// Names at the root of a project that no program reads at run time. In lower case; a `*` at either end matches
/// anything.
pub const NOT_READ_AT_RUN_TIME: &[&str] = &[
    "readme*", "license*", "licence*", "changelog*", "contributing*", "authors*", "*.md", "*.rst", "dockerfile*",
    "*.dockerfile", "docker-compose*", "compose.y*", "containerfile*", ".*", "makefile", "gnumakefile",
    "cmakelists.txt", "*.cmake", "go.mod", "go.sum", "cargo.toml", "cargo.lock", "rust-toolchain*", "build.rs",
    "clippy.toml", "rustfmt.toml", "pom.xml", "*.gradle", "*.gradle.kts", "gradlew*", "mvnw*", "gradle.properties",
    "gradle", "target", "build", "obj", "bin", "node_modules", "vendor", "test", "tests", "doc", "docs", "__pycache__",
    "venv", "*.sln", "*.iml", "*.o", "*.class", "*.sh", "*.pdf", "*.docx", "jenkinsfile*", "vagrantfile*", "*.tf",
    "*.bat",
];

/// What only the build of a JavaScript project reads, and what a program finds beside itself.
pub const JAVASCRIPT_BUILD: &[&str] = &[
    "src", "tsconfig.json", "tsconfig.build.json", "tsconfig.app.json", "tsconfig.node.json", "tsconfig.spec.json",
    "nest-cli.json", "webpack.config.js", "rollup.config.js", "vite.config.js", "babel.config.js", "jest.config.js",
    "jest.config.json", "nodemon.json", "eslint.config.js", "eslint.config.mjs", "package-lock.json", "yarn.lock",
    "pnpm-lock.yaml", "npm-shrinkwrap.json", "package.json", "dist", "coverage", "e2e", "__tests__", "spec", "cypress",
    "tslint.json", "gulpfile.js", "gruntfile.js", "angular.json", "biome.json", "prettier.config.js", "tsup.config.ts",
];
