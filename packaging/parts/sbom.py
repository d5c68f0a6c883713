"""The software bill of materials, in CycloneDX: the crates that are compiled into the program."""

import json

from .project import LICENCE, ROOT, VERSION, output


def build(build):
    metadata = json.loads(
        output("cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", build.target, cwd=ROOT)
    )
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    used = reachable(nodes, root)
    components = [component(packages[identifier]) for identifier in sorted(used - {root})]
    dependencies = [
        {"ref": reference(packages[one]), "dependsOn": sorted(reference(packages[other]) for other in normal(nodes[one]))}
        for one in sorted(used)
    ]
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": f"pkg:cargo/plimsoll@{VERSION}",
                "name": "plimsoll",
                "version": VERSION,
                "licenses": [{"expression": LICENCE}],
            }
        },
        "components": components,
        "dependencies": dependencies,
    }
    path = build.out / f"plimsoll-{VERSION}-{build.target}.cdx.json"
    path.write_text(json.dumps(bom, indent=1) + "\n")
    return [path]


def normal(node):
    """The dependencies that end up in the program, and not those of tests and build scripts."""
    return [dep["pkg"] for dep in node["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])]


def reachable(nodes, root):
    used, queue = {root}, [root]
    while queue:
        for other in normal(nodes[queue.pop()]):
            if other not in used:
                used.add(other)
                queue.append(other)
    return used


def reference(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package):
    result = {
        "type": "library",
        "bom-ref": reference(package),
        "name": package["name"],
        "version": package["version"],
        "purl": reference(package),
    }
    if package.get("license"):
        result["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    return result
