#!/bin/sh
# Find out which plan was approved for the pull request whose merge is the commit GITHUB_SHA. Prints, for
# $GITHUB_OUTPUT, the run that made the plan and the digest that a reviewer has written:
#
#   run=123456789
#   digest=sha256:…
#
# The digest is taken from the last approving review of the last commit, by somebody who may write to the
# repository. The plan's artifact has no say in it. Needs GH_TOKEN, GITHUB_REPOSITORY, GITHUB_SHA and gh.
set -eu

repository=repos/$GITHUB_REPOSITORY
refuse() {
    echo "approved.sh: $*; nothing is applied" >&2
    exit 1
}

number=$(gh api "$repository/commits/$GITHUB_SHA/pulls" --jq \
    '.[] | select(.merged_at != null and .merge_commit_sha == env.GITHUB_SHA) | .number' | head -n 1)
[ -n "$number" ] || refuse "$GITHUB_SHA is not the merge of a pull request"
HEAD=$(gh api "$repository/pulls/$number" --jq .head.sha)
export HEAD

reviews=$(gh api --paginate "$repository/pulls/$number/reviews" --jq \
    '.[] | select(.state == "APPROVED" and .commit_id == env.HEAD)
         | .user.login + " " + (.body | scan("sha256:[0-9a-f]{64}"))')
digest=
while read -r reviewer written; do
    [ -n "$reviewer" ] || continue
    right=$(gh api "$repository/collaborators/$reviewer/permission" --jq .permission)
    case $right in
        admin | write) digest=$written ;;
        *) echo "approved.sh: the approval of $reviewer does not count: no right to write" >&2 ;;
    esac
done <<LINES
$reviews
LINES
[ -n "$digest" ] || refuse "no approving review of $HEAD in pull request $number has the plan's digest in it"

run=$(gh api "$repository/actions/workflows/mxsync-plan.yml/runs?event=pull_request&status=success&head_sha=$HEAD" \
    --jq '.workflow_runs[0].id // empty')
[ -n "$run" ] || refuse "there is no plan of $HEAD: the workflow mxsync-plan did not succeed"

printf 'run=%s\ndigest=%s\n' "$run" "$digest"
