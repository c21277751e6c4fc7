#!/bin/sh
# Show a plan in the merge request, in one note that every later plan replaces:
#
#   note.sh PLAN.md
#
# Needs MXSYNC_NOTE_TOKEN (a project access token with the scope api), GitLab's own variables, curl and jq.
set -eu

shown=$1
marker='<!-- mxsync:plan -->'
notes=projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes

ask() { # METHOD PATH [CURL'S OPTIONS]; no other process sees the token
    method=$1 path=$2
    shift 2
    printf 'PRIVATE-TOKEN: %s\n' "$MXSYNC_NOTE_TOKEN" |
        curl --fail --silent --show-error --header @- --request "$method" "$@" "$CI_API_V4_URL/$path"
}

if [ ! -s "$shown" ]; then # or the last plan would still look like the newest
    printf '%s\nNo plan could be made of this commit. The job says why.\n' "$marker" >"$shown"
fi
# Anybody may write the marker into a note of their own, so the author counts as well.
me=$(ask GET user | jq .id)
id=$(ask GET "$notes?per_page=100&order_by=created_at&sort=asc" | jq -r --arg marker "$marker" --argjson me "$me" \
    '[.[] | select(.author.id == $me and (.body | startswith($marker))) | .id][0] // empty')
if [ -n "$id" ]; then
    ask PUT "$notes/$id" --data-urlencode "body@$shown" >/dev/null
else
    ask POST "$notes" --data-urlencode "body@$shown" >/dev/null
fi
