#!/usr/bin/env python3
"""Grades a small class, checks a project, and opens every export with the schema or the program that consumes it.

    exports.py --plimsoll target/debug/plimsoll [--engine docker] [--xsd junit-10.xsd] [--multitool PROGRAM]

Requires the packages junitparser 5.0.3, junit2html 31.1.4, xmlschema 4.3.2, gslocal 0.1.1 and pydantic-sarif 0.1.1. --xsd is the schema that Jenkins's xUnit plugin uses for
JUnit reports (junit-10.xsd in its repository), and --multitool is Microsoft's SARIF validator (the npm package @microsoft/sarif-multitool 5.7.0). Formats without a package are checked against the consumers' documentation
and source: Gradescope's page on results.json, PrairieLearn's page on external grading, and GitHub Classroom's reporter. Exits with 1 if a consumer would reject an export.

The class is invented: a good submission, one without a Dockerfile, a late one, one whose base image is not available (with an engine, it is not graded), and names
and files that must not break any export.
"""

import argparse
import base64
import contextlib
import csv
import io
import json
import math
import pathlib
import shlex
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

RUBRIC = """
title = "Week 1 <&> \\"images\\""
plimsoll = "0.1.0"
pass = 50
round = 0.5
feedback = "diff"
[engine]
pull = "never"
[late]
per-day = 10
[[criterion]]
id = "pinned"
title = "The base has a version & a <name>"
points = 10
rules = ["pinned"]
[[criterion]]
id = "layers"
points = 7.5
practices = ["layers", "slim"]
each = 1.25
[[criterion]]
id = "builds"
points = 5
build = true
[[criterion]]
id = "says"
points = 5
needs = "builds"
run = { stdout = "ahoy" }
[[criterion]]
id = "bonus"
title = "It does not run as root"
points = 2
bonus = true
hidden = true
require = { not-root = true }
"""

SUBMISSIONS = {
    "ada": 'FROM busybox:1.37\nUSER 65532:65532\nCMD ["echo", "ahoy"]\n',
    "bob": None,
    "cy": "FROM busybox\nRUN echo ]]> && \\\n  echo '<b>\x1b[31m&amp;</b>' && false\n",
    "dee": "FROM no-such-image.invalid/x:1\nRUN apt-get update\nRUN apt-get install -y vim\nCMD x\n",
    "eve=1+1": "FROM python\nRUN pip install flask\nCMD python run.py\n",
}

ROSTER = """id,name,login,email,days-late
ada,Ada L.,ada,ada@example.org,0
bob,"=cmd|'x'!A1",bob,bob@example.org,0
cy,Cy Ünïcode 漢字,cy,cy@example.org,2
dee,Dee,dee,dee@example.org,0
"""


class Faults(list):
    def expect(self, holds, what):
        if not holds:
            self.append(what)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def junit(path, xsd, sheets, faults):
    import junitparser
    import junit2htmlreport.parser
    import xmlschema

    report = junitparser.JUnitXml.fromfile(str(path))
    cases = [case for suite in report for case in suite]
    faults.expect(len(list(report)) == len(sheets), f"{path}: a suite for each student")
    faults.expect(len(cases) == sum(len(sheet["marks"]) for sheet in sheets), f"{path}: a case for each mark")
    for name, kind in [("failures", junitparser.Failure), ("errors", junitparser.Error), ("skipped", junitparser.Skipped)]:
        for suite in report:
            counted = sum(isinstance(result, kind) for case in suite for result in case.result)
            faults.expect(getattr(suite, name) == counted, f"{path}: {suite.name}: {name} {getattr(suite, name)}, counted {counted}")
    told = "".join(str(result.text or "") + str(result.message or "") for case in cases for result in case.result)
    faults.expect("\x1b" not in told, f"{path}: an escape")
    page = junit2htmlreport.parser.Junit(str(path)).html()
    faults.expect("</html>" in page, f"{path}: junit2html makes a page")
    if xsd:
        for error in xmlschema.XMLSchema(xsd).iter_errors(str(path)):
            faults.append(f"{path}: {error.path}: {error.reason}")


VISIBLE = {"hidden", "after_due_date", "after_published", "visible"}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}
# From Gradescope's page on results.json: each key, with a predicate for its value.
RESULT = {
    "score": is_number,
    "execution_time": is_number,
    "output": lambda value: isinstance(value, str),
    "output_format": FORMATS.__contains__,
    "test_output_format": FORMATS.__contains__,
    "test_name_format": FORMATS.__contains__,
    "visibility": VISIBLE.__contains__,
    "stdout_visibility": VISIBLE.__contains__,
    "extra_data": lambda value: isinstance(value, dict),
    "tests": lambda value: isinstance(value, list),
    "leaderboard": lambda value: isinstance(value, list),
}
TEST = {
    "score": is_number,
    "max_score": is_number,
    "status": {"passed", "failed"}.__contains__,
    "name": lambda value: isinstance(value, str),
    "name_format": FORMATS.__contains__,
    "number": lambda value: isinstance(value, str),
    "output": lambda value: isinstance(value, str),
    "output_format": FORMATS.__contains__,
    "tags": lambda value: isinstance(value, list),
    "visibility": VISIBLE.__contains__,
    "extra_data": lambda value: isinstance(value, dict),
}


def gradescope(path, sheet, faults):
    import gslocal.results

    results = json.loads(path.read_text())
    for keys, thing in [(RESULT, results), *((TEST, test) for test in results.get("tests", []))]:
        for key, value in thing.items():
            faults.expect(key in keys and keys[key](value), f"{path}: {key}: {value!r}")
    if sheet["status"]["is"] == "graded":
        faults.expect(results.get("score") == sheet["total"], f"{path}: its score")
        with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.redirect_stderr(shown):
            gslocal.results.format_results(path)
        faults.expect(results["tests"][0]["name"] in shown.getvalue(), f"{path}: shown by gslocal")
    else:
        # Without a score, Gradescope reports that the autograder failed, and allows it to run again.
        faults.expect("score" not in results and "tests" not in results, f"{path}: no score for what is not graded")
    hidden = [mark["title"] for mark in sheet["marks"] if mark["hidden"]]
    open_tests = [test for test in results.get("tests", []) if test["visibility"] == "visible"]
    faults.expect(not any(title in json.dumps(open_tests) for title in hidden), f"{path}: a hidden criterion shows")


def classroom(path, sheet, faults):
    # Read it like the step that passes it on and the reporter that receives it.
    results = json.loads(base64.b64decode(base64.b64encode(path.read_bytes())))
    faults.expect(set(results) == {"version", "status", "max_score", "tests"}, f"{path}: keys {set(results)}")
    faults.expect(results["version"] == 1 and results["status"] in {"pass", "fail", "error"}, f"{path}: version and status")
    faults.expect(is_number(results["max_score"]) and len(results["tests"]) > 0, f"{path}: points and tests")
    for test in results["tests"]:
        faults.expect(test["status"] in {"pass", "fail", "error"} and isinstance(test["name"], str), f"{path}: {test}")
        faults.expect(is_number(test["score"]) and isinstance(test["line_no"], int) and isinstance(test["message"], str), f"{path}: {test}")
    if sheet["status"]["is"] == "graded":
        hidden = sum(mark["points"] for mark in sheet["marks"] if mark["hidden"])
        total = sum(test["score"] for test in results["tests"])
        faults.expect(abs(total - sheet["total"]) < 1e-6 or hidden, f"{path}: the scores' sum {total}, and not {sheet['total']}")


def prairielearn(path, sheet, faults):
    results = json.loads(path.read_text())
    faults.expect(path.stat().st_size < 1_000_000, f"{path}: larger than a megabyte")
    faults.expect(isinstance(results.get("gradable"), bool), f"{path}: gradable")
    if not results["gradable"]:
        errors = results["format_errors"]
        faults.expect(isinstance(errors, list) and all(isinstance(error, str) for error in errors), f"{path}: format_errors")
        faults.expect(sheet["status"]["is"] != "graded", f"{path}: it is graded")
        return
    faults.expect(is_number(results["score"]) and 0 <= results["score"] <= 1, f"{path}: score {results['score']}")
    for test in results["tests"]:
        faults.expect(all(isinstance(test[key], str) for key in ("name", "description", "message", "output")), f"{path}: {test}")
        faults.expect(is_number(test["points"]) and is_number(test["max_points"]) and test["max_points"] >= 0, f"{path}: {test}")


def tables(out, sheets, faults):
    rows = list(csv.DictReader(io.StringIO((out / "grades.csv").read_text(encoding="utf-8-sig"))))
    faults.expect(len(rows) == len(sheets), "grades.csv: a row for each student")
    for row in rows:
        for value in row.values():
            faults.expect(not (value or "").startswith(("=", "@", "\t")), f"grades.csv: a formula: {value!r}")
            faults.expect(not (value or "").startswith(("+", "-")) or value.lstrip("+-").replace(".", "").isdigit(), f"grades.csv: a formula: {value!r}")


def reports(plimsoll, root, multitool, faults):
    """Checks the reports of `plimsoll check` that have a schema or a parser."""
    import junitparser
    import pydantic_sarif.model

    files = {name: root / name for name in ("out.sarif", "junit.xml", "checkstyle.xml", "gitlab.json", "rdjson.json")}
    formats = [f"--format={name.split('.')[0] if name != 'out.sarif' else 'sarif'}={path}" for name, path in files.items()]
    subprocess.run([plimsoll, "check", "--isolated", "--quiet", *formats, root / "class"], capture_output=True, check=False)
    log = json.loads(files["out.sarif"].read_text())
    try:
        pydantic_sarif.model.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate(log)
    except ValueError as error:
        faults.append(f"out.sarif: {error}")
    if multitool:
        # The validator's report is also SARIF. Violations of the schema and of the standard are errors in it.
        told = root / "told.sarif"
        subprocess.run([*multitool, "validate", files["out.sarif"], "--output", told, "--log", "ForceOverwrite"], capture_output=True)
        for result in json.loads(told.read_text(encoding="utf-8-sig"))["runs"][0].get("results", []):
            if result.get("level", "warning") == "error":
                faults.append(f"out.sarif: {result['ruleId']}: {result['message']}")
    faults.expect(len(log["runs"][0]["results"]) > 5, "out.sarif: findings")
    junitparser.JUnitXml.fromfile(str(files["junit.xml"]))
    xml.etree.ElementTree.parse(files["checkstyle.xml"])
    for issue in json.loads(files["gitlab.json"].read_text()):
        faults.expect({"description", "check_name", "fingerprint", "severity", "location"} <= set(issue), f"gitlab: {issue}")
        faults.expect(issue["severity"] in {"info", "minor", "major", "critical", "blocker"}, f"gitlab: {issue['severity']}")
    return files["junit.xml"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", default="plimsoll")
    parser.add_argument("--engine", help="grade with this engine [default: omit everything that needs one]")
    parser.add_argument("--xsd", help="Jenkins's schema for JUnit reports")
    parser.add_argument("--multitool", default="", help="Microsoft's SARIF validator: the command of the npm package @microsoft/sarif-multitool")
    options = parser.parse_args()
    multitool = shlex.split(options.multitool)
    plimsoll = str(pathlib.Path(options.plimsoll).resolve())
    faults, counts = Faults(), []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "rubric.toml").write_text(RUBRIC)
        (root / "roster.csv").write_text(ROSTER)
        for name, text in SUBMISSIONS.items():
            (root / "class" / name).mkdir(parents=True)
            (root / "class" / name / ("notes.txt" if text is None else "Dockerfile")).write_text(text or "sorry")
        command = [plimsoll, "grade", "rubric.toml", "class", "--roster", "roster.csv", "--exit-zero", "--out", "out"]
        command += ["--format", "jsonl,csv,markdown,html,gradescope,classroom,prairielearn,junit"]
        command += ["--engine", options.engine] if options.engine else ["--static-only"]
        run = subprocess.run(command, cwd=root, capture_output=True, text=True)
        if run.returncode not in (0, 2):
            sys.exit(f"exit code {run.returncode}\n{run.stderr}")
        sheets = [json.loads(line) for line in (root / "out/grades.jsonl").read_text().splitlines()]
        junit(root / "out/grades.xml", options.xsd, sheets, faults)
        for kind, check in [("gradescope", gradescope), ("classroom", classroom), ("prairielearn", prairielearn)]:
            files = sorted((root / "out" / kind).glob("*.json"))
            faults.expect(len(files) == len(sheets), f"{kind}: a file for each student")
            for path, sheet in zip(files, sorted(sheets, key=lambda sheet: sheet["student"]["id"])):
                check(path, sheet, faults)
            counts.append(f"{len(files)} of {kind}")
        tables(root / "out", sheets, faults)
        report = reports(plimsoll, root, multitool, faults)
        if options.xsd:
            import xmlschema

            for error in xmlschema.XMLSchema(options.xsd).iter_errors(str(report)):
                faults.append(f"{report.name}: {error.path}: {error.reason}")
        graded = sum(sheet["status"]["is"] == "graded" for sheet in sheets)
        print(f"{graded} of {len(sheets)} graded; read: {', '.join(counts)}, JUnit twice, CSV, SARIF, Checkstyle, GitLab; {len(faults)} faults")
    print("\n".join(faults[:40]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
