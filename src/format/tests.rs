use super::*;

fn formatted(text: &str) -> String {
    with(text, &FormatOptions::default())
}

fn with(text: &str, options: &FormatOptions) -> String {
    let source = Source::new("Dockerfile", text.as_bytes().to_vec());
    let once = match format(&source, options, None) {
        Formatted::Unchanged => text.to_owned(),
        Formatted::Changed(new) => new,
        Formatted::Refused(why) => panic!("refused: {why}\n{text}"),
    };
    let again = format(&Source::new("Dockerfile", once.as_bytes().to_vec()), options, None);
    assert_eq!(again, Formatted::Unchanged, "a second run changes it again:\n{once}");
    once
}

#[test]
fn keywords_and_spaces() {
    let text = "from  alpine:3.22   as   build\n  workdir /app\ncopy  --chown=1:1   a  b   ./\nexpose 80   443\n";
    let expected = "FROM alpine:3.22 AS build\nWORKDIR /app\nCOPY --chown=1:1 a b ./\nEXPOSE 80 443\n";
    assert_eq!(formatted(text), expected);
}

#[test]
fn arrays() {
    let text = "FROM a\nCMD [ \"a\",\"b c\" ]\nENTRYPOINT [\"a\", \\\n  \"b\"]\n";
    let expected = "FROM a\nCMD [\"a\", \"b c\"]\nENTRYPOINT [ \\\n    \"a\", \\\n    \"b\" \\\n]\n";
    assert_eq!(formatted(text), expected);
}

#[test]
fn chains_are_indented_by_structure() {
    let text = "FROM a\nRUN apt-get update && \\\n  apt-get install -y \\\n      # why\n   curl \\\n git &&\\\n  if [ -f x ]; then \\\n  a; \\\n  else \\\n b; \\\n fi\n";
    let expected = "FROM a\nRUN apt-get update && \\\n    apt-get install -y \\\n        # why\n        curl \\\n        git && \\\n    if [ -f x ]; then \\\n        a; \\\n    else \\\n        b; \\\n    fi\n";
    assert_eq!(formatted(text), expected);
}

#[test]
fn operators_move() {
    let text = "FROM a\nRUN a && \\\n    b \\\n    # why\n    || c\n";
    let first = FormatOptions { operators: Operators::First, ..FormatOptions::default() };
    assert_eq!(with(text, &first), "FROM a\nRUN a \\\n    && b \\\n    # why\n    || c\n");
    let last = FormatOptions { operators: Operators::Last, ..FormatOptions::default() };
    assert_eq!(with(text, &last), "FROM a\nRUN a && \\\n    b || \\\n    # why\n    c\n");
}

#[test]
fn empty_lines_of_a_script_stay() {
    let text = "FROM a\nRUN a; \\\n  \\\n\\\n b; \\\n\n c\n";
    assert_eq!(formatted(text), "FROM a\nRUN a; \\\n    \\\n    b; \\\n    \\\n    c\n");
}

#[test]
fn short_lines_are_left_together() {
    let long = "x".repeat(90);
    let text = format!("FROM a\nRUN mkdir a && mkdir b && \\\n    {long} && mkdir c\n");
    assert_eq!(formatted(&text), format!("FROM a\nRUN mkdir a && mkdir b && \\\n    {long} && \\\n    mkdir c\n"));
}

#[test]
fn cases_are_indented() {
    let text = "FROM a\nRUN case \"$x\" in \\\na|b) echo 1;; \\\n*) \\\necho 2 \\\n;; \\\nesac\n";
    let expected =
        "FROM a\nRUN case \"$x\" in \\\n        a|b) echo 1;; \\\n        *) \\\n            echo 2 \\\n            ;; \\\n    esac\n";
    assert_eq!(formatted(text), expected);
}

#[test]
fn long_lines_are_broken() {
    let text = "FROM a\nRUN apt-get update && apt-get install -y --no-install-recommends build-essential ca-certificates curl git libpq-dev && rm -rf /var/lib/apt/lists/*\n";
    let expected = "FROM a\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends \\\n        build-essential \\\n        ca-certificates \\\n        curl \\\n        git \\\n        libpq-dev \\\n    && rm -rf /var/lib/apt/lists/*\n";
    assert_eq!(formatted(text), expected);
    let text = "FROM a\nRUN apt-get install -y --no-install-recommends build-essential ca-certificates curl git libpq-dev make\n";
    let expected = "FROM a\nRUN apt-get install -y --no-install-recommends \\\n    build-essential \\\n    ca-certificates \\\n    curl \\\n    git \\\n    libpq-dev \\\n    make\n";
    assert_eq!(formatted(text), expected);
}

#[test]
fn what_the_image_shows_stays() {
    for text in [
        "FROM a\nCMD a  b\n",
        "FROM a\nENTRYPOINT exec a \\\n         b\n",
        "FROM a\nENV a  b  c\n",
        "FROM a\nRUN <<EOF\n  a\n   b\nEOF\n",
        "FROM a\nRUN echo \"a \\\n       b\"\n",
        "FROM a\nRUN echo a # b \\\n    && c\n",
        "# syntax=docker/dockerfile:1\n\nFROM a\n",
        "\n# escape=`\nFROM a\n",
    ] {
        assert_eq!(formatted(text), text);
    }
}

#[test]
fn pairs() {
    let text = "FROM a\nLABEL a=1   b=2\nENV A=1 \\\n  B=\"x  y\"   C=3\n";
    assert_eq!(formatted(text), "FROM a\nLABEL a=1 b=2\nENV A=1 \\\n    B=\"x  y\" \\\n    C=3\n");
    let aligned = FormatOptions { align_pairs: true, ..FormatOptions::default() };
    let text = "FROM a\nLABEL a=1 \\\n  b=2\n";
    assert_eq!(with(text, &aligned), "FROM a\nLABEL a=1 \\\n      b=2\n");
}

#[test]
fn off_and_on() {
    let text = "from a\n# plimsoll: format off\nrun   a\n# plimsoll: format on\nrun   b\n";
    assert_eq!(formatted(text), "FROM a\n# plimsoll: format off\nrun   a\n# plimsoll: format on\nRUN b\n");
}

#[test]
fn lines() {
    let source = Source::new("Dockerfile", b"from a\nrun   a\nrun   b\n".to_vec());
    let Formatted::Changed(new) = format(&source, &FormatOptions::default(), Some(2..=2)) else { panic!("no change") };
    assert_eq!(new, "from a\nRUN a\nrun   b\n");
}

#[test]
fn blank_lines_and_line_ends() {
    assert_eq!(formatted("\n\nFROM a\n\n\n\nRUN b   \n# c  \n\n"), "FROM a\n\nRUN b\n# c\n");
    assert_eq!(formatted("FROM a\r\nRUN   b \\\r\n && c"), "FROM a\r\nRUN b \\\r\n    && c\r\n");
}
