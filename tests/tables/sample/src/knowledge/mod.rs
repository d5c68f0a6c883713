pub const DATE: &str = "2026-11-24";
