"""Feeds changed manifests to `validate` for as long as it is told to, and keeps those that break it.

    make fuzz SECONDS=600

Not a test: it ends after a time, not after an amount of work. What it finds becomes a test, in
`tests/mxsync/manifest/test_any_text.py`.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
import traceback
from pathlib import Path
from random import Random

import click

from mxsync.rules.catalog import RULES
from support.manifests import DOMAINS, GOOD, check_any, mutated

SLOW = 1.0
"""From how many seconds of a processor on an input counts as a find."""
MOST, LONGEST = 4000, 20_000
"""How many inputs, of how many characters at most, are kept to be changed further."""

BAD = Path(__file__).parents[1] / "mxsync/manifest/bad"

_NO_DIGITS = {ord(digit): None for digit in "0123456789"}


@click.command()
@click.option("--seconds", type=float, default=600)
@click.option("--seed", type=int, default=time.time_ns, show_default="the time")
@click.option("--finds", type=click.Path(path_type=Path), default=Path("build/fuzz"))
def main(seconds: float, seed: int, finds: Path) -> None:
    """Change manifests and validate them; exit with 1 if any of them breaks it."""
    click.echo(f"seed {seed}")
    random = Random(seed)
    pool = seeds()
    kinds: set[str] = set()
    places: set[str] = set()
    runs, end = 0, time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            runs += 1
            manifest = mutated(random.choice(pool), random, pool)
            domains = mutated(DOMAINS, random, pool) if random.random() < 0.2 else DOMAINS
            new, fault = run(Path(folder), encoded(manifest), encoded(domains))
            # What is said in a way that was not met before is a place to go on from.
            if not new <= kinds and len(pool) < MOST and len(manifest) < LONGEST:
                pool.append(manifest)
            kinds |= new
            if fault and (place := where(fault)) not in places:
                places.add(place)
                kept = keep(finds, encoded(manifest), encoded(domains), fault)
                click.echo(f"found {kept}: {fault.splitlines()[-1]}")
    click.echo(f"{runs} manifests, {len(kinds)} kinds of findings, {len(places)} faults")
    raise SystemExit(1 if places else 0)


def seeds() -> list[str]:
    """Give what to begin with."""
    examples = [text for rule in RULES.values() if not rule.zone_data for text in (rule.wrong, rule.right)]
    return [*GOOD, *examples, *(path.read_text("utf-8", "replace") for path in sorted(BAD.rglob("*.yaml")))]


def encoded(text: str) -> bytes:
    """Write a text as octets; half of a pair of surrogates makes it no UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def run(folder: Path, manifest: bytes, domains: bytes) -> tuple[set[str], str]:
    """Validate; give the kinds of findings, and the fault if there is one."""
    start = time.process_time()
    try:
        findings = check_any(folder, manifest, domains)
    except Exception:  # noqa: BLE001 - whatever it is, it is a find
        return set(), traceback.format_exc()
    took = time.process_time() - start
    fault = f"slow: it took {took:.1f} s" if took > SLOW else ""
    return {f"{each.rule} {each.message.translate(_NO_DIGITS)[:30]}" for each in findings}, fault


def where(fault: str) -> str:
    """Give where in the code a fault came up, so that one fault is shown once."""
    frames = [line for line in fault.splitlines() if line.lstrip().startswith("File ")]
    return frames[-1] if frames else fault.partition(":")[0]


def keep(folder: Path, manifest: bytes, domains: bytes, fault: str) -> Path:
    """Write down what broke it, and how."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(manifest + domains).hexdigest()[:12]}.yaml"
    path.write_bytes(manifest)
    path.with_suffix(".txt").write_bytes(domains)
    path.with_suffix(".fault").write_text(fault)
    return path


if __name__ == "__main__":
    main()
