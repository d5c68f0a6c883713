#!/usr/bin/env python3
"""Refreshes the dated tables of src/knowledge from files with support dates.

    python3 tests/tables/refresh.py --as-of 2026-11-24 [--root DIR] [--check] FILE.json …

Nothing is downloaded. Each file contains the data of endoflife.date for one product and is named after it: `python.json` from
https://endoflife.date/api/python.json (a list of cycles), or from https://endoflife.date/api/v1/products/python/ (one
document with `result.releases`). Requires only Python 3.9 and its standard library.

The script updates:

- `src/knowledge/bases/end_of_life/table.rs`: the last day of free maintenance for each cycle of the product. Existing cycles
  stay in the table, changed dates are updated, and newer cycles are added. The day is `eol` (`eolFrom`): for Debian,
  the end of long-term support by volunteers; for Ubuntu, the end of standard support. Paid support (`extendedSupport`) is
  ignored.
- `src/knowledge/bases/releases.rs`: the version to which a floating tag is pinned, for the images in CURRENT below. This is the newest cycle
  that is released and maintained on the given day; if a product has long-term support, only such cycles count. Release names
  (`trixie`, `alpine3.23`) depend on which tags exist, so update them manually.
- `src/knowledge/mod.rs`: `DATE`.

Data that the tables cannot represent is printed as a note: a cycle that ended on an unknown day, a version in another
format, and a `successor` that has also ended. Review the diff, then run `cargo test`.

Exit status: 0, or 1 with `--check` if anything would change.
"""

import argparse
import json
import pathlib
import re
import sys

# Names of the products in the table.
PRODUCTS = {
    "alpine": "Alpine",
    "amazon-linux": "Amazon Linux",
    "apache-http-server": "Apache httpd",
    "apache-tomcat": "Tomcat",
    "azure-linux": "Azure Linux",
    "centos": "CentOS",
    "centos-stream": "CentOS Stream",
    "debian": "Debian",
    "dotnet": ".NET",
    "drupal": "Drupal",
    "elasticsearch": "Elasticsearch",
    "fedora": "Fedora",
    "go": "Go",
    "mariadb": "MariaDB",
    "mongodb": "MongoDB",
    "mysql": "MySQL",
    "nginx": "nginx",
    "nodejs": "Node.js",
    "opensuse": "openSUSE",
    "oracle-linux": "Oracle Linux",
    "photon": "Photon OS",
    "php": "PHP",
    "postgresql": "PostgreSQL",
    "python": "Python",
    "redis": "Redis",
    "rhel": "Red Hat Enterprise Linux",
    "ruby": "Ruby",
    "tomcat": "Tomcat",
    "traefik": "Traefik",
    "ubuntu": "Ubuntu",
    "wordpress": "WordPress",
}

# Images whose version is that of a product's cycle, and whether only cycles with long-term support count.
CURRENT = {
    "alpine": [("alpine", False)],
    "elixir": [("elixir", False)],
    "fedora": [("fedora", False)],
    "go": [("golang", False)],
    "mariadb": [("mariadb", True)],
    "mongodb": [("mongo", False)],
    "mysql": [("mysql", True)],
    "nodejs": [("node", True)],
    "php": [("php", False)],
    "postgresql": [("postgres", False)],
    "python": [("python", False)],
    "rabbitmq": [("rabbitmq", False)],
    "redis": [("redis", False)],
    "ruby": [("ruby", False)],
    "rust": [("rust", False)],
    "traefik": [("traefik", False)],
}

END_OF_LIFE = "src/knowledge/bases/end_of_life/table.rs"
CURRENT_VERSIONS = "src/knowledge/bases/releases.rs"
KNOWLEDGE = "src/knowledge/mod.rs"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Cycle:
    """A release cycle, such as Python 3.13."""

    def __init__(self, name, end, released, lts):
        self.name = name.lstrip("v")
        # A day, False for "not yet known", True for "ended, on an unknown day".
        self.end = end
        self.released = released
        # Whether the cycle has long-term support, or since when.
        self.lts = lts

    def numbers(self):
        return numbers(self.name)

    def is_lts(self, day):
        return self.lts is True or (isinstance(self.lts, str) and self.lts <= day)

    def is_maintained(self, day):
        return not self.end or (self.end is not True and self.end >= day)


def numbers(version):
    """Returns a sort key, so that 3.10 comes after 3.9, or `None` if the version does not consist of numbers."""
    parts = version.lstrip("v").split(".")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else None


def cycles(path):
    """Returns the cycles in a file of either format."""
    data = json.loads(path.read_text())
    found = []
    if isinstance(data, dict):
        for release in data["result"]["releases"]:
            end = release.get("eolFrom") or bool(release.get("isEol"))
            lts = release.get("ltsFrom") or bool(release.get("isLts"))
            found.append(Cycle(release["name"], end, release.get("releaseDate"), lts))
    else:
        for release in data:
            end, lts = release.get("eol", False), release.get("lts", False)
            found.append(Cycle(str(release["cycle"]), end, release.get("releaseDate"), lts))
    return found


def refresh_end_of_life(text, product, found, day, note):
    """Returns the table with updated end dates for one product."""
    name = PRODUCTS[product]
    block = re.search(r'Product \{\n\s*name: "%s",.*?\n    \},\n' % re.escape(name), text, re.S)
    if not block:
        note(f"{name}: not in {END_OF_LIFE}")
        return text
    rows = dict(re.findall(r'\("([\d.]+)", "(\d{4}-\d{2}-\d{2})"\)', block[0]))
    known = [numbers(cycle) for cycle in rows]
    for cycle in found:
        if cycle.numbers() is None:
            note(f"{name} {cycle.name}: not a number")
        elif cycle.end is True:
            if cycle.name not in rows:
                note(f"{name} {cycle.name}: ended, but on which day is not known")
        elif cycle.end and not DAY.fullmatch(cycle.end):
            note(f"{name} {cycle.name}: `{cycle.end}` is not a day")
        elif cycle.end and (cycle.name in rows or cycle.numbers() > max(known)):
            rows[cycle.name] = cycle.end
    lines = "".join(f'            ("{cycle}", "{rows[cycle]}"),\n' for cycle in sorted(rows, key=numbers))
    new = re.sub(r"cycles: &\[\n.*?\n        \],", lambda _: f"cycles: &[\n{lines}        ],", block[0], flags=re.S)
    successor = re.search(r'successor: Some\("[^":]+:v?(\d+(?:\.\d+)*)', new)
    if successor and rows.get(successor[1], day) < day:
        note(f"{name}: the successor, {successor[1]}, has ended itself")
    return text.replace(block[0], new)


def refresh_current(text, product, found, day, note):
    """Returns the table with the newest version of each image of one product."""
    for image, lts in CURRENT.get(product, []):
        row = re.search(r'row\("%s", "(v?)([\d.]+)"\)' % re.escape(image), text)
        if not row:
            note(f"{image}: not in {CURRENT_VERSIONS}, or not with a number")
            continue
        is_candidate = lambda cycle: (
            cycle.numbers()
            and cycle.is_maintained(day)
            and (cycle.released or day) <= day
            and (cycle.is_lts(day) or not lts)
        )
        newest = max(filter(is_candidate, found), key=Cycle.numbers, default=None)
        if newest is None:
            note(f"{image}: no cycle is maintained on {day}")
        elif newest.name.count(".") != row[2].count("."):
            note(f"{image}: {newest.name} has another form than {row[2]}")
        elif newest.numbers() > numbers(row[2]):
            text = text.replace(row[0], f'row("{image}", "{row[1]}{newest.name}")')
            note(f"{image}: now {newest.name}; check the release names of its row")
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--as-of", required=True, metavar="DAY", help="date of the files, YYYY-MM-DD")
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).parents[2], help="repository [default: this one]")
    parser.add_argument("--check", action="store_true", help="do not change anything; fail if anything would change")
    parser.add_argument("files", nargs="+", type=pathlib.Path, metavar="FILE.json")
    args = parser.parse_args()
    if not DAY.fullmatch(args.as_of):
        parser.error("invalid --as-of; expected YYYY-MM-DD")

    note = lambda text: print(f"note: {text}")
    old = {name: (args.root / name).read_text() for name in (END_OF_LIFE, CURRENT_VERSIONS, KNOWLEDGE)}
    new = dict(old)
    for path in args.files:
        product = path.stem
        if product not in PRODUCTS and product not in CURRENT:
            parser.error(f"{path}: no table has `{product}`")
        found = cycles(path)
        if product in PRODUCTS:
            new[END_OF_LIFE] = refresh_end_of_life(new[END_OF_LIFE], product, found, args.as_of, note)
        new[CURRENT_VERSIONS] = refresh_current(new[CURRENT_VERSIONS], product, found, args.as_of, note)
    new[KNOWLEDGE] = re.sub(r'(pub const DATE: &str = ")[^"]*', lambda it: it[1] + args.as_of, new[KNOWLEDGE])

    changed = [name for name in new if new[name] != old[name]]
    for name in changed:
        if not args.check:
            (args.root / name).write_text(new[name])
        print(("would change" if args.check else "changed"), name)
    return 1 if args.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
