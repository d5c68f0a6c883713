//! As the table in `src`, shorter: what `refresh.py` is tried on.

pub(super) const PRODUCTS: &[Product] = &[
    Product {
        name: "Debian",
        successor: Some("debian:trixie-slim"),
        cycles: &[
            ("12", "2028-06-30"),
            ("13", "2030-06-30"),
        ],
    },
    Product {
        name: "Node.js",
        successor: Some("node:24"),
        cycles: &[
            ("22", "2026-12-01"),
            ("24", "2026-12-31"),
        ],
    },
    Product {
        name: "Python",
        successor: Some("python:3.14"),
        cycles: &[
            ("2.7", "2020-01-01"),
            ("3.9", "2025-10-31"),
            ("3.14", "2030-10-31"),
        ],
    },
];
