#!/usr/bin/env python3
"""Computes the dependencies of Debian packages for src/knowledge/providers/apt.txt, from the archive's own index.

    python3 tests/tables/apt_closures.py [--root DIR] [--check] [--add PACKAGE …] Packages

Nothing is downloaded. `Packages` is the uncompressed index of a release: `dists/bookworm/main/binary-amd64/Packages` of a
mirror, or the file that `apt-get indextargets` lists on a machine with that release. Requires only Python 3.9 and its standard library.

For each package in the table or in --add, the script follows `Depends` and `Pre-Depends`, then the recommended packages
of all of these, and keeps the packages that `programs.txt` lists, because these may provide a program. For
alternatives, apt uses the first that exists; for a virtual package, its only provider. If a virtual package has several providers, apt
chooses one, so a row that depends on this choice is not changed. The packages in every Debian image, which are the
required packages and apt, are not followed.

Exit status: 0, or 1 with `--check` if a row would change; the rows are printed.
"""

import argparse
import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIELDS = ("Package", "Depends", "Pre-Depends", "Recommends", "Provides", "Priority", "Essential")


def index(text):
    """Returns the packages of an index by name, each as a dictionary of the fields above."""
    packages = {}
    for paragraph in text.split("\n\n"):
        fields = dict(re.findall(r"^([A-Z][\w-]*): (.*)$", paragraph, re.M))
        if "Package" in fields:
            # If there are several versions, the last one is used.
            packages[fields["Package"]] = {key: fields.get(key, "") for key in FIELDS}
    return packages


def names(field):
    """Yields the alternatives of each relation in a field, without versions and architectures."""
    for relation in filter(None, map(str.strip, field.split(","))):
        yield [re.split(r"[\s(:\[]", each.strip())[0] for each in relation.split("|")]


class Archive:
    def __init__(self, packages):
        self.packages = packages
        self.providers = {}
        for name, fields in packages.items():
            for (virtual, *_) in names(fields["Provides"]):
                self.providers.setdefault(virtual, []).append(name)
        # Whether several packages satisfy one of the relations.
        self.base, self.is_open = set(), False
        is_required = lambda fields: fields["Essential"] == "yes" or fields["Priority"] == "required"
        required = {name for name, fields in packages.items() if is_required(fields)}
        # debootstrap starts with merged directories, so it never needs the package that merges them.
        self.base = {*required, "usr-is-merged"}
        self.base |= self.closure(required, ["Depends", "Pre-Depends"], inside=True) | {"apt"}
        # Bookworm includes it because of apt; later releases do not.
        self.base.discard("adduser")

    def chosen(self, alternatives):
        """Returns the package that apt installs for a relation, or `None` if it does not exist or apt has to choose."""
        for name in alternatives:
            if name in self.packages:
                return name
            providers = self.providers.get(name, [])
            if len(providers) == 1:
                return providers[0]
            self.is_open |= len(providers) > 1
        return None

    def related(self, name, fields):
        for field in fields:
            for alternatives in names(self.packages[name][field]):
                if not self.base.intersection(alternatives):
                    yield self.chosen(alternatives)

    def closure(self, start, fields, inside=False):
        """Returns all dependencies of these packages, including themselves. `inside`: they are the packages in every image."""
        found, open_ = set(), [name for name in start if name in self.packages and (inside or name not in self.base)]
        while open_:
            name = open_.pop()
            if name not in found:
                found.add(name)
                open_.extend(filter(None, self.related(name, fields)))
        return found

    def row(self, name, wanted):
        """Returns which of the listed packages a package installs: as dependencies, and only as recommendations."""
        self.is_open = False
        needs = self.closure([name], ["Depends", "Pre-Depends"])
        everything = self.closure([name], ["Depends", "Pre-Depends", "Recommends"])
        of = lambda found: sorted((found & wanted) - {name})
        return of(needs), [package for package in of(everything) if package not in needs]


def line(name, needs, recommends):
    """Returns a row of the table, or `None` for a package that does not install any of them."""
    if not needs and not recommends:
        return None
    return f"{name}: {' '.join(needs)}" + (f" | {' '.join(recommends)}" if needs and recommends else f"| {' '.join(recommends)}" if recommends else "")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="do not change anything; print what would change")
    arguments.add_argument("--root", type=pathlib.Path, default=ROOT, help="directory that contains src [default: this repository]")
    arguments.add_argument("--add", nargs="+", default=[], metavar="PACKAGE")
    arguments.add_argument("index", type=pathlib.Path, metavar="Packages")
    options = arguments.parse_args()

    providers = options.root / "src/knowledge/providers"
    table = providers / "apt.txt"
    old = table.read_text(encoding="utf-8")
    head = "".join(row + "\n" for row in old.split("\n") if row.startswith("#"))
    rows = [row for row in old.split("\n") if row and not row.startswith("#")]
    listed = {row.split(":")[0] for row in rows if ":" in row}
    listed |= {name for row in rows if ":" not in row for name in row.split()}

    programs = [row.partition(": ")[2] for row in (providers / "programs.txt").read_text(encoding="utf-8").split("\n") if ": " in row and not row.startswith("#")]
    wanted = {name for row in programs for name in row.split("|")[0].split()}

    archive = Archive(index(options.index.read_text(encoding="utf-8")))
    known = sorted((listed | set(options.add)) & archive.packages.keys())
    # A package from another release keeps its row.
    kept = [row for row in rows if ":" in row and row.split(":")[0] not in archive.packages]
    kept_bare = [name for row in rows if ":" not in row for name in row.split() if name not in archive.packages]
    made, stored = {}, {row.split(":")[0]: row for row in rows if ":" in row}
    for name in known:
        made[name] = line(name, *archive.row(name, wanted))
        if archive.is_open:
            made[name] = stored.get(name) or made[name]
    new_rows = sorted([row for row in made.values() if row] + kept, key=lambda row: row.split(":")[0])
    bare = sorted([name for name, row in made.items() if not row] + kept_bare)
    if options.check:
        changed = sorted(set(new_rows) ^ {row for row in rows if ":" in row})
        print("\n".join(("+ " if row in new_rows else "- ") + row for row in changed))
        print(f"{len(known)} packages, {len(changed)} rows differ")
        sys.exit(1 if changed else 0)
    table.write_text(head + "\n" + "\n".join(new_rows + textwrap.wrap(" ".join(bare), 118, break_on_hyphens=False)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
