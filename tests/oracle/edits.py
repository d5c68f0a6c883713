"""Sends random edits one by one to `plimsoll server`, and compares the findings with those for the whole text.

    python3 tests/oracle/edits.py --plimsoll target/release/plimsoll [--edits 100000] [--seed 1] PATH…

One document receives the edits, and another one the expected text. After each edit, both must have the same
findings. The edits start from the given files, and sessions with each position encoding take turns. Every 97th edit also
sends all requests that an editor sends. Exits with 1 at the first difference, and fails if the server exits.
"""

import argparse
import random
import sys

from folder import files
from lsp_client import Client

OWN, WHOLE = "file:///nowhere/a/Dockerfile", "file:///nowhere/b/Dockerfile"
# The number of edits per document.
EDITS = 250
PIECES = [
    "FROM alpine\n", "FROM a AS b\n", "RUN apt-get update", " && ", " || ", "\\\n", "`\n", "\n", "\r\n", "\r", " ", "\t",
    "é", "😀", "\u2028", "\x00", "$A", "${A:-", "}", "ENV A=1 ", "ARG A\n", "COPY --from=0 a b\n", "RUN <<EOF\n", "EOF\n",
    '"', "'", "[", "]", "# plimsoll: ignore[slim]\n", "# escape=`\n", "MAINTAINER x\n", "USER root\n", "(", ")", "{", ";",
    "CMD [\"a\"]\n", "HEALTHCHECK ", "ONBUILD ", "x" * 50,
]


def units(text, encoding):
    """Returns the number of columns of a text."""
    if encoding == "utf-8":
        return len(text.encode())
    return len(text.encode("utf-16-le")) // 2 if encoding == "utf-16" else len(text)


def starts(text):
    """Returns where lines begin: after `\\n`, `\\r\\n` and `\\r`."""
    found = [0]
    for at, char in enumerate(text):
        if char == "\n" or char == "\r" and text[at + 1 : at + 2] != "\n":
            found.append(at + 1)
    return found


def clamp(text, at):
    # A position between `\r` and `\n` does not exist.
    return at - 1 if 0 < at < len(text) and text[at - 1] == "\r" and text[at] == "\n" else at


def position(text, lines, at, encoding):
    line = max(index for index, start in enumerate(lines) if start <= at)
    return {"line": line, "character": units(text[lines[line] : at], encoding)}


def change(rng, text, encoding, most):
    """Returns an edit in the protocol's form, and the text after it."""
    start = clamp(text, rng.randrange(len(text) + 1))
    length = rng.choice([0, 0, 0, 1, 2, 5, 20, 200]) if len(text) < most else rng.choice([most // 80, most // 8, most // 2])
    end = max(start, clamp(text, min(len(text), start + length)))
    new = "".join(rng.choice(PIECES) for _ in range(rng.choice([0, 1, 1, 1, 2, 4])))
    lines = starts(text)
    range_ = {"start": position(text, lines, start, encoding), "end": position(text, lines, end, encoding)}
    return {"range": range_, "text": new}, text[:start] + new + text[end:]


def everything(client, uri, place):
    document = {"textDocument": {"uri": uri}}
    range_ = {"start": {"line": 0, "character": 0}, "end": place}
    options = {"tabSize": 4, "insertSpaces": True}
    for method in ("documentSymbol", "foldingRange", "documentLink", "semanticTokens/full", "inlayHint", "codeAction"):
        client.request(f"textDocument/{method}", {**document, "range": range_, "context": {"diagnostics": []}})
    for method in ("hover", "completion", "signatureHelp", "definition", "references", "documentHighlight", "selectionRange"):
        more = {"position": place, "positions": [place]}
        if method == "references":
            more["context"] = {"includeDeclaration": True}
        client.request(f"textDocument/{method}", {**document, **more})
    try:
        client.request("textDocument/formatting", {**document, "options": options})
    except RuntimeError as error:
        if "not formatted: " not in str(error):
            raise


def findings(client, uri):
    report = client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    return str(report["items"]).replace(OWN, WHOLE)


def session(client, encoding, rng, text, edits, most):
    client.open(OWN, text)
    client.open(WHOLE, "")
    for version in range(2, edits + 2):
        changes = []
        for _ in range(rng.choice([1, 1, 1, 3])):
            one, text = change(rng, text, encoding, most)
            changes.append(one)
        for uri, sent in ((OWN, changes), (WHOLE, [{"text": text}])):
            document = {"uri": uri, "version": version}
            client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": sent})
        if findings(client, OWN) != findings(client, WHOLE):
            print(f"different findings, {encoding}, after {changes!r} made {text!r}")
            return False
        if version % 97 == 0:
            everything(client, OWN, changes[-1]["range"]["start"])
    client.close(OWN)
    client.close(WHOLE)
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--edits", type=int, default=100_000)
    parser.add_argument("--length", type=int, default=4000, help="maximum length of the texts, in characters")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("paths", nargs="+")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    texts = []
    for path in files(args.paths):
        try:
            with open(path, newline="", encoding="utf-8") as stream:
                texts.append(stream.read()[: args.length])
        except UnicodeDecodeError:
            continue
    clients = {}
    for encoding in ("utf-8", "utf-16", "utf-32"):
        clients[encoding] = Client([args.plimsoll, "server"], {"general": {"positionEncodings": [encoding]}, "textDocument": {"diagnostic": {}}})
        assert clients[encoding].capabilities["positionEncoding"] == encoding
    done = 0
    while done < args.edits:
        encoding = rng.choice(list(clients))
        edits = min(EDITS, args.edits - done)
        if not session(clients[encoding], encoding, rng, rng.choice(texts), edits, args.length):
            sys.exit(1)
        done += edits
    for client in clients.values():
        client.stop()
    print(f"{done} edits, each with the same findings as for the whole text")


if __name__ == "__main__":
    main()
