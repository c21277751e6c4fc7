#!/bin/sh
# Show a plan in the pull request, in one comment that every later plan replaces:
#
#   comment.sh PLAN.md NUMBER
#
# Needs GH_TOKEN, GITHUB_REPOSITORY and gh.
set -eu

shown=$1 number=$2
marker='<!-- mxsync:plan -->'

if [ ! -s "$shown" ]; then # or the last plan would still look like the newest
    printf '%s\nNo plan could be made of this commit. The job says why.\n' "$marker" >"$shown"
fi
# Anybody may write the marker into a comment of their own, so the author counts as well.
id=$(MARKER=$marker gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments" --jq \
    '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith(env.MARKER))) | .id' | head -n 1)
if [ -n "$id" ]; then
    gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$shown" --silent
else
    gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" --field "body=@$shown" --silent
fi
