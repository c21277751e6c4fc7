#!/bin/sh
# Apply the plan that was approved, and nothing else:
#
#   apply.sh PLAN DIGEST
#
# The digest must have come another way than the plan. The report goes to stdout, as Markdown; the exit
# code is that of mxsync. Needs mxsync, jq and sha256sum.
set -eu

plan=$1
digest=${2:?the digest that was approved is missing}

# A plan of other manifests than those that stand here now is not what is to be. The plan of a rollback has none.
if jq -e '.undoes == null' "$plan" >/dev/null &&
    ! jq -r '.manifests[] | "\(.sha256)  \(.path)"' "$plan" | sha256sum --check --quiet >&2; then
    echo "apply.sh: the manifests have changed since this plan was made; nothing was changed; plan again" >&2
    exit 3
fi
exec mxsync apply "$plan" --digest "$digest" --format markdown
