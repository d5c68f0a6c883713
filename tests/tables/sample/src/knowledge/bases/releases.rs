//! As the table in `src`, shorter.

const CURRENT: &[Current] = &[
    row("debian", "trixie"),
    row("node", "24").on("bookworm").alpine("alpine3.23"),
    row("python", "3.14").on("trixie").alpine("alpine3.23"),
];
