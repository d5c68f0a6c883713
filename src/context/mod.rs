//! The build context: which files there are, what .dockerignore leaves out, what the project says
//! about itself. Read once, before linting; rules see it as data.

/// A build context.
#[derive(Debug)]
pub struct Context {}
