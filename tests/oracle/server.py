"""Compares `plimsoll server` with docker-langserver: symbols, folding, links, definition, highlight and rename.
Also sends every request that Plimsoll supports on every file, including Compose files. None may fail.

    npm install dockerfile-language-server-nodejs
    python3 tests/oracle/server.py --plimsoll target/debug/plimsoll --peer node_modules/.bin/docker-langserver PATH…

For each request, prints how many responses are equal, how many differ for which reason (server_reasons.py), and examples
without a reason. tests/oracle/verdicts/server.md explains which server is right. Exits with 1 if a request fails, or if more than 1 %
of the responses differ without a reason.
"""

import argparse
import collections
import pathlib
import random
import re
import sys

from folder import is_dockerfile
from lsp_client import Client
from server_reasons import File, reason

URIS = {"dockerfile": "file:///nowhere/Dockerfile", "yaml": "file:///nowhere/compose.yaml"}
# Requests that only take a position.
AT_A_PLACE = ["hover", "completion", "signatureHelp", "definition", "documentHighlight", "prepareRename"]
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# The number of words per file for which requests are sent.
WORDS = 12


def key(range_):
    start, end = range_["start"], range_["end"]
    return start["line"], start["character"], end["line"], end["character"]


def symbols(result):
    def walk(items):
        for item in items or []:
            whole = item["location"]["range"] if "location" in item else item["selectionRange"]
            yield whole["start"]["line"], item["name"].upper()
            yield from walk(item.get("children"))

    return sorted(walk(result))


def folds(result):
    return sorted({(item["startLine"], item["endLine"]) for item in result or []})


def links(result):
    web = [item for item in result or [] if (item.get("target") or "").startswith("https://hub.docker.com")]
    return sorted((key(item["range"]), item["target"]) for item in web)


def definition(result):
    if not result:
        return None
    first = result[0] if isinstance(result, list) else result
    return key(first.get("range") or first["targetSelectionRange"])


def highlight(result):
    return sorted({key(item["range"]) for item in result or []})


def rename(result):
    edits = []
    for change in (result or {}).get("documentChanges") or []:
        edits += change["edits"]
    for change in ((result or {}).get("changes") or {}).values():
        edits += change
    return sorted({(key(edit["range"]), edit["newText"]) for edit in edits})


def ask(client, method, params):
    try:
        return client.request(method, params)
    except RuntimeError as error:
        return {"refused": str(error)} if method.endswith("rename") else None


def places(text, seed):
    lines = text.split("\n")
    found = []
    for number, line in enumerate(lines):
        if line.lstrip().startswith("#"):
            continue
        for match in WORD.finditer(line):
            before = line[: match.start()]
            # Words that may be the name of a stage or a variable.
            if before.endswith(("$", "${", "--from=", " ")) or re.search(r"(?i)\b(as|arg|env|from)\s+$", before):
                found.append((number, match.start(), match.group()))
    random.Random(seed).shuffle(found)
    names = [it for it in found if re.search(r"(?i)(\$\{?|=|as|arg|env|from) *$", lines[it[0]][: it[1]])]
    rest = [it for it in found if it not in names]
    return (names + rest)[:WORDS]


def files(paths):
    """Yields the given files, and the Dockerfiles and Compose files in the given directories."""
    for path in map(pathlib.Path, paths):
        if not path.is_dir():
            yield path
            continue
        yield from (it for it in sorted(path.rglob("*")) if it.is_file() and (is_dockerfile(it.name) or is_compose(path, it)))


def is_compose(root, path):
    return path.suffix in (".yaml", ".yml") and ("compose" in path.name or root.name == "compose")


def all_requests(client, text, language):
    """Sends every request that Plimsoll supports, at a few positions, and returns the failures."""
    document = {"textDocument": {"uri": URIS[language]}}
    lines = text.split("\n")
    end = {"line": len(lines), "character": 0}
    whole = {"start": {"line": 0, "character": 0}, "end": end}
    options = {"tabSize": 4, "insertSpaces": True}
    asked = [(method, {}) for method in ("documentSymbol", "foldingRange", "documentLink", "diagnostic", "codeLens")]
    asked += [("semanticTokens/full", {}), ("semanticTokens/range", {"range": whole}), ("inlayHint", {"range": whole})]
    asked += [("codeAction", {"range": whole, "context": {"diagnostics": []}})]
    asked += [("formatting", {"options": options}), ("rangeFormatting", {"options": options, "range": whole})]
    rng = random.Random(len(text))
    for _ in range(6):
        line = rng.randrange(len(lines))
        position = {"line": line, "character": rng.randrange(len(lines[line]) + 2)}
        for method in AT_A_PLACE:
            asked.append((method, {"position": position}))
        asked.append(("references", {"position": position, "context": {"includeDeclaration": True}}))
        asked.append(("rename", {"position": position, "newName": "renamed_here"}))
        asked.append(("selectionRange", {"positions": [position]}))
    failures = []
    for method, params in asked:
        try:
            client.request(f"textDocument/{method}", {**document, **params})
        except RuntimeError as error:
            # Invalid requests are refused with a reason.
            if not re.search(r"is not a name for|there is another|not formatted: ", str(error)):
                failures.append(str(error))
    return len(asked), failures


class Comparison:
    def __init__(self, show):
        self.show = show
        self.total, self.equal, self.shown = (collections.Counter() for _ in range(3))
        self.reasons = collections.defaultdict(collections.Counter)

    def add(self, kind, path, file, place, ours, theirs):
        self.total[kind] += 1
        if ours == theirs:
            self.equal[kind] += 1
            return
        why = reason(kind, file, place, ours, theirs)
        self.reasons[kind][why] += 1
        if why is None and self.shown[kind] < self.show:
            self.shown[kind] += 1
            where = f"{place[0] + 1}:{place[1] + 1} {place[2]}" if place else ""
            print(f"{kind}: {path} {where}\n  plimsoll: {str(ours)[:400]}\n  peer:     {str(theirs)[:400]}")

    def print(self):
        """Returns whether at least 99 % of each kind are equal or have a reason."""
        good = True
        for kind, total in self.total.items():
            unexplained = self.reasons[kind][None]
            share = 100 * (total - unexplained) / total
            good &= share >= 99
            print(f"{kind:11} {total:6}: {self.equal[kind]} equal ({100 * self.equal[kind] / total:.1f} %), "
                  f"{total - self.equal[kind] - unexplained} with a reason, {unexplained} without: {share:.2f} %")
            for why, count in self.reasons[kind].most_common():
                if why:
                    print(f"    {count:6} {why}")
        return good


def compare(own, peer, path, text, comparison):
    uri = URIS["dockerfile"]
    document = {"textDocument": {"uri": uri}}
    file = File(text)
    for kind, method, read in [
        ("symbols", "documentSymbol", symbols),
        ("folding", "foldingRange", folds),
        ("links", "documentLink", links),
    ]:
        one, other = (ask(client, f"textDocument/{method}", document) for client in (own, peer))
        if kind == "links":
            other = [ask(peer, "documentLink/resolve", link) if "target" not in link else link for link in other or []]
        comparison.add(kind, path, file, None, read(one), read(other))
    for line, column, word in places(text, path):
        position = {**document, "position": {"line": line, "character": column}}
        for kind, method, read, more in [
            ("definition", "definition", definition, {}),
            ("highlight", "documentHighlight", highlight, {}),
            ("rename", "rename", rename, {"newName": "renamed_here"}),
        ]:
            answers = [ask(client, f"textDocument/{method}", {**position, **more}) for client in (own, peer)]
            comparison.add(kind, path, file, (line, column, word), read(answers[0]), read(answers[1]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plimsoll", required=True)
    parser.add_argument("--peer", help="docker-langserver [default: only send requests to Plimsoll]")
    parser.add_argument("--show", type=int, default=3, help="number of differences without a reason to print per kind")
    parser.add_argument("files", nargs="+", help="Dockerfiles and Compose files, or directories")
    args = parser.parse_args()
    own = Client([args.plimsoll, "server"])
    peer = None
    if args.peer:
        command = ["node", args.peer] if args.peer.endswith(".js") else [args.peer]
        peer = Client([*command, "--stdio"])
    comparison, asked, failed, read = Comparison(args.show), 0, 0, 0
    for path in files(args.files):
        with open(path, newline="") as stream:
            try:
                text = stream.read()
            except UnicodeDecodeError:
                continue
        read += 1
        language = "yaml" if path.suffix in (".yaml", ".yml") else "dockerfile"
        own.open(URIS[language], text, language=language)
        if peer and language == "dockerfile":
            peer.open(URIS[language], text)
            compare(own, peer, str(path), text, comparison)
            peer.close(URIS[language])
        count, failures = all_requests(own, text, language)
        asked += count
        failed += len(failures)
        for error in failures:
            print(f"FAILED {path}: {error}")
        own.close(URIS[language])
    print(f"{read} files, {asked} requests, {failed} failed")
    good = comparison.print()
    own.stop()
    if peer:
        peer.stop()
    sys.exit(1 if failed or not good else 0)


if __name__ == "__main__":
    main()
