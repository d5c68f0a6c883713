use std::process::ExitCode;

/// Reading a file makes many small things and drops them all. Without huge pages, which take longer to clear than a file to
/// read.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    plimsoll::run(std::env::args_os()).into()
}
