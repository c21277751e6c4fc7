#!/bin/sh
# Fetch the plan of the merge request whose merge is the commit CI_COMMIT_SHA:
#
#   fetch-plan.sh PLAN
#
# Needs MXSYNC_READ_TOKEN (a project access token with the scope read_api), GitLab's own variables, curl and jq.
set -eu

project=projects/$CI_PROJECT_ID

ask() { # PATH; no other process sees the token
    printf 'PRIVATE-TOKEN: %s\n' "$MXSYNC_READ_TOKEN" |
        curl --fail --silent --show-error --location --header @- "$CI_API_V4_URL/$1"
}

number=$(ask "$project/repository/commits/$CI_COMMIT_SHA/merge_requests" |
    jq -r --arg branch "$CI_DEFAULT_BRANCH" \
        '[.[] | select(.state == "merged" and .target_branch == $branch) | .iid][0] // empty')
if [ -z "$number" ]; then
    echo "fetch-plan.sh: $CI_COMMIT_SHA is not the merge of a merge request; nothing is applied" >&2
    exit 1
fi
# Of the newest pipeline of the merge request that succeeded. Whether it is the approved plan, its digest says.
ask "$project/jobs/artifacts/refs%2Fmerge-requests%2F$number%2Fhead/raw/plan.json?job=mxsync-plan" >"$1"
