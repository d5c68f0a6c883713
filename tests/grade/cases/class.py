#!/usr/bin/env python3
"""Grades the class in `class.txt` twice on each engine, and compares the points with the expected ones.

    cargo build && class.py --plimsoll target/debug/plimsoll [--engine docker --engine podman] [--write]

The feedback for each student must contain the text in the table. Both runs must produce identical bytes, and all engines the same
points. `--write` writes `feedback.md`. The engines need the image `busybox:1.37`, which `.ci/engines` builds.
"""

import argparse
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent


def cases():
    """Returns `(student, static, engine, told, files, orders)` for each submission."""
    found = []
    for line in (HERE / "class.txt").read_text().splitlines():
        if line.startswith("== "):
            student, static, engine, told = (cell.strip() for cell in line[3:].split("|"))
            files = {"Dockerfile": [], "greet.sh": (HERE / "greet.sh").read_text().splitlines()}
            current, orders = files["Dockerfile"], []
            found.append((student, static, engine, told, files, orders))
        elif not found:
            continue
        elif line.startswith("-- "):
            order = line[3:]
            known = ("no ", "move to ", "rename to ", "line endings", "pack as ", "beside ", "fill with ", "link from ", "encode as ")
            if order.startswith(known):
                orders.append(order)
            else:
                current = files[order] = []
        else:
            current.append(line)
    return found


def write_class(root):
    for student, _, _, _, files, orders in cases():
        folder = root / student
        target = folder
        end, encoding = "\n", "utf-8"
        names = {name: name for name in files}
        for order in orders:
            word = order.split()[-1]
            if order.startswith("no "):
                names.pop(word, None)
            elif order.startswith("move to "):
                target = folder / word
            elif order.startswith("rename to "):
                names["Dockerfile"] = word
            elif order.startswith("line endings"):
                end = "\r\n"
            elif order.startswith("encode as "):
                encoding = word
            elif order.startswith("link from "):
                target = root.parent / word / student
        target.mkdir(parents=True)
        for name, path in names.items():
            lines = files[name]
            last, code = (end, encoding) if name == "Dockerfile" else ("\n", "utf-8")
            text = "".join(line + last for line in lines)
            (target / path).write_bytes(b"PK\3\4" + text.encode() if code == "DOCX" else text.encode(code))
            (target / path).chmod(0o755 if path.endswith(".sh") else 0o644)
        if target.parent.parent == root.parent and target.parent != root:
            folder.symlink_to(target)
        for order in orders:
            word = order.split()[-1]
            if order.startswith("fill with "):
                (folder / "data").mkdir()
                for number in range(int(word)):
                    (folder / "data" / f"{number}.txt").write_bytes(b"")
            elif order.startswith("pack as "):
                pack(folder, word)
            elif order.startswith("beside "):
                (folder / word).write_bytes(b"%PDF-1.7\n")


def pack(folder, name):
    """Moves all files in a directory into an archive in that directory."""
    members = sorted(path for path in folder.rglob("*") if path.is_file())
    if name.endswith(".zip"):
        with zipfile.ZipFile(folder / name, "w") as archive:
            for path in members:
                archive.write(path, path.relative_to(folder))
    else:
        with tarfile.open(folder / name, "w:gz") as archive:
            for path in members:
                archive.add(path, path.relative_to(folder))
    for path in members:
        path.unlink()
    for path in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        path.rmdir()


def grade(program, root, engine, out):
    command = [program, "grade", str(HERE / "rubric.toml"), str(root / "class"), "--out", str(out), "--exit-zero", "--quiet"]
    command += ["--engine", engine, "--jobs", "2"] if engine else ["--static-only"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return (out / "grades.jsonl").read_bytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plimsoll", default="target/debug/plimsoll")
    parser.add_argument("--engine", action="append", default=[])
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    program = str(pathlib.Path(args.plimsoll).resolve())
    wrong, told_of = [], {}
    with tempfile.TemporaryDirectory(prefix="plimsoll-cases-") as name:
        root = pathlib.Path(name)
        write_class(root / "class")
        engines = args.engine or [None]

        def twice(engine):
            return [grade(program, root, engine, root / f"{engine or 'static'}-{run}") for run in (1, 2)]

        with concurrent.futures.ThreadPoolExecutor() as pool:
            results = list(pool.map(twice, engines))
        for engine, (lines, again) in zip(engines, results):
            where = engine or "no engine"
            if lines != again:
                wrong.append(f"{where}: the second run produces different bytes")
                for one, other in zip(lines.splitlines(), again.splitlines()):
                    if one != other:
                        at = next((at for at, pair in enumerate(zip(one, other)) if pair[0] != pair[1]), 0)
                        wrong.append(f"  {one[max(at - 200, 0):at + 200]}\n  {other[max(at - 200, 0):at + 200]}")
            sheets = {json.loads(line)["student"]["id"]: json.loads(line) for line in lines.splitlines()}
            for student, static, on_engine, told, _, _ in cases():
                sheet = sheets[student]
                met = "".join(mark["id"] for mark in sheet["marks"] if mark["status"]["is"] == "met")
                lost = [word[1:] for word in on_engine.split() if word.startswith("-")]
                gained = "".join(word for word in on_engine.split() if not word.startswith("-"))
                expected = "".join(one for one in static if one not in lost) + gained if engine else static
                losses = [loss for mark in sheet["marks"] for loss in mark["losses"]]
                texts = " / ".join(loss["what"] + " > " + loss.get("earn_back", "") for loss in losses)
                if sheet["status"]["is"] != "graded":
                    wrong.append(f"{where}: {student} is {sheet['status']}")
                if met != expected:
                    wrong.append(f"{where}: {student}: {met or '-'}, expected {expected or '-'}: {texts}")
                if engine and told not in texts:
                    wrong.append(f"{where}: the feedback for {student} does not contain `{told}`: {texts}")
                if engine:
                    told_of.setdefault(student, losses)
        if args.write and args.engine and not wrong:
            write(told_of)
    print("\n".join(wrong) or f"{len(cases())} submissions as expected on {', '.join(args.engine) or 'no engine'}, twice")
    sys.exit(bool(wrong))


def write(told_of):
    text = "# Feedback for students who lose points\n\nWritten by `class.py --write`: what is wrong, and how to earn the points back.\n"
    for student, losses in sorted(told_of.items()):
        if losses:
            text += f"\n## {student}\n\n"
            for loss in losses:
                place = loss.get("place") or {}
                line = f"{place['file']}:{place['line']}: " if place.get("line") else ""
                text += f"- {line}{loss['what']}\n  - {loss.get('earn_back', '')}\n"
    (HERE / "feedback.md").write_text(text)


if __name__ == "__main__":
    main()
