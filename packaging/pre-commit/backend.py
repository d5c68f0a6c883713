"""Builds the empty package whose only dependency is Plimsoll's wheel, so that pip downloads nothing else."""

import pathlib
import zipfile


def build_wheel(directory, config_settings=None, metadata_directory=None):
    version = pathlib.Path("VERSION").read_text().strip()
    name = f"plimsoll_pre_commit-{version}"
    info = f"{name}.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: plimsoll-pre-commit\nVersion: {version}\nRequires-Dist: plimsoll=={version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: plimsoll\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(pathlib.Path(directory, f"{name}-py3-none-any.whl"), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return f"{name}-py3-none-any.whl"
