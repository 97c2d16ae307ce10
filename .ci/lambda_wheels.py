"""Finds the wheel that each locked requirement has for AWS Lambda's python3.13, and keeps their names.

Asks the package index (names and metadata only, nothing is installed) and writes
tests/data/lambda_wheels.json, which a test then holds against requirements.lock without a network.
Fails when a requirement has no such wheel.
"""

import json
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
RESULT = ROOT / "tests/data/lambda_wheels.json"
# Lambda's python3.13 runs on Amazon Linux 2023, which has glibc 2.34.
PLATFORMS = ["manylinux2014_x86_64", *(f"manylinux_2_{minor}_x86_64" for minor in range(34, 16, -1))]


def main() -> None:
    """Write the result file."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        platforms = [option for name in PLATFORMS for option in ("--platform", name)]
        abis = [option for name in ("cp313", "abi3", "none") for option in ("--abi", name)]
        target = ["--target", folder, "--python-version", "3.13", "--implementation", "cp", *abis, *platforms]
        exact = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--ignore-installed"]
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--report", str(report)]
        subprocess.run([*command, *exact, *target, "-r", str(LOCK)], check=True)
        installed = json.loads(report.read_text())["install"]
    wheels = {
        item["download_info"]["url"].rpartition("/")[2]: item["download_info"]["archive_info"]["hashes"][
            "sha256"
        ]
        for item in installed
    }
    found = {"lock_sha256": sha256(LOCK.read_bytes()).hexdigest(), "wheels": dict(sorted(wheels.items()))}
    RESULT.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
