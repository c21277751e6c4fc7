"""mxsync as a library: plan, look at every change, and apply just that plan.

Run it in this folder: `python reconcile.py` shows what it would do, `python reconcile.py --apply` does it.
"""

from __future__ import annotations

import sys

import mxsync

CAREFUL = frozenset({mxsync.Impact.DELETE, mxsync.Impact.TO_NULL})
"""What this program leaves to people."""


def main(*, apply: bool) -> int:
    """Make the MX sets what mxsync.yaml says; give the exit code that `mxsync apply` would."""
    try:
        proposal = mxsync.make_plan(mxsync.load_manifest("mxsync.yaml"))
    except mxsync.InvalidManifest as error:
        for finding in error.findings:
            print(f"{finding.place}: {finding.rule}: {finding.message}")
        return mxsync.ExitCode.REFUSED
    for change in proposal.plan.changes:
        print(f"{change.change.owner} at {change.provider}: {change.impact}: {change.effect}")
    if any(change.impact in CAREFUL for change in proposal.plan.changes):
        print("This ends mail somewhere; look at it with: mxsync plan")
        return mxsync.ExitCode.REFUSED
    if not apply:
        return mxsync.ExitCode.PENDING if proposal.plan.changes else mxsync.ExitCode.DONE
    # The digest is that of the plan just shown: nothing else is applied.
    how = mxsync.How(fail_fast=True, waves=(mxsync.Share(1), mxsync.Share(100, percent=True)))
    report = mxsync.apply_plan(proposal, how=how, digest=proposal.digest)
    for result in report.results:
        print(f"{result.owner} at {result.provider}: {result.outcome} {result.message}".rstrip())
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main(apply="--apply" in sys.argv[1:]))
