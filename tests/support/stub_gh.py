"""A stub of `gh api`: answers from GH_ANSWERS, and writes each request to GH_LOG. It knows no more than that."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(prog="gh")
    parser.add_argument("api", choices=["api"])
    parser.add_argument("path")
    parser.add_argument("--method", default="GET")
    parser.add_argument("--paginate", action="store_true")
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--jq")
    parser.add_argument("--field", action="append", default=[])
    parser.add_argument("--raw-field", action="append", default=[])
    asked = parser.parse_args()
    if not os.environ.get("GH_TOKEN"):
        sys.exit("gh: no GH_TOKEN")
    fields = dict(field.split("=", 1) for field in asked.raw_field)
    for field in asked.field:
        key, value = field.split("=", 1)
        fields[key] = Path(value[1:]).read_text("utf-8") if value.startswith("@") else value
    request = {"method": asked.method, "path": asked.path, "fields": fields}
    with Path(os.environ["GH_LOG"]).open("a", encoding="utf-8") as log:
        log.write(f"{json.dumps(request)}\n")
    answer = json.loads(os.environ["GH_ANSWERS"]).get(f"{asked.method} {asked.path}")
    if answer is None:
        sys.exit(f"gh: Not Found (HTTP 404): {asked.method} {asked.path}")
    if not asked.silent:
        subprocess.run(["jq", "-r", asked.jq or "."], input=json.dumps(answer), text=True, check=True)


if __name__ == "__main__":
    main()
