#!/bin/sh
# Keep one open issue for as long as there is drift:
#
#   drift.sh CODE DRIFT.md
#
# CODE is the exit code of `mxsync drift`: with 2 the issue is opened or brought up to date, with 0 it is
# closed, and any other one is passed on. Needs GH_TOKEN, GITHUB_REPOSITORY and gh.
set -eu

code=$1 shown=$2
issues=repos/$GITHUB_REPOSITORY/issues

case $code in 0 | 2) ;; *) exit "$code" ;; esac
open=$(gh api "$issues?state=open&labels=mxsync-drift" --jq '.[0].number // empty')
case $code$open in
    0) ;;
    0*) gh api --method PATCH "$issues/$open" --raw-field state=closed --silent ;;
    2) gh api --method POST "$issues" --raw-field "title=MX sets are not as the manifest says" \
        --field "body=@$shown" --raw-field "labels[]=mxsync-drift" --silent ;;
    2*) gh api --method PATCH "$issues/$open" --field "body=@$shown" --silent ;;
esac
