use std::process::ExitCode;

fn main() -> ExitCode {
    plimsoll::command::run(std::env::args_os()).into()
}
