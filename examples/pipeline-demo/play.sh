#!/bin/sh
# Play a whole pipeline on this machine: a pull request, its plan, the approval, a change by hand in between,
# apply, drift, rollback. On a bare git repository and a BIND of its own that listens on 127.0.0.1 only; all
# of it is in a temporary folder, which is gone afterwards.
#
# Needs mxsync, git, python3, and BIND with its tools (named, tsig-keygen, dig, nsupdate).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin # where Debian keeps named
for program in mxsync git python3 named tsig-keygen dig nsupdate; do
    command -v "$program" >/dev/null || { echo "play.sh: $program is missing" >&2; exit 1; }
done
work=$(mktemp -d)
server=
end() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || :
    rm -rf "$work"
}
trap end EXIT
trap 'exit 1' HUP INT TERM
cd "$work"

say() {
    echo
    printf '# %s\n' "$@"
}
run() { # CODE COMMAND…: show a command and what it says, and end the play if its exit code is another one
    wanted=$1
    shift
    printf '$ %s\n' "$*"
    code=0
    "$@" 2>&1 || code=$?
    [ "$code" -eq 0 ] || echo "(exit code $code)"
    [ "$code" -eq "$wanted" ] || { echo "play.sh: exit code $wanted was expected" >&2; exit 1; }
}

# --- A name server with two zones; one key may read, the other one may change MX records. ---
zone() {
    cat >"$1.zone" <<ZONE
\$ORIGIN $1.
\$TTL 1h
@ SOA ns hostmaster 1 2h 15m 2w 5m
@ NS ns
@ MX 10 old.example.net.
lists MX 10 old.example.net.
ns A 192.0.2.53
ZONE
    cat <<CONF
zone "$1" {
    type primary;
    file "$work/$1.zone";
    update-policy { grant writer zonesub MX; };
};
CONF
}
configure() {
    cat reader.key writer.key
    cat <<CONF
options {
    directory "$work";
    listen-on port $port { 127.0.0.1; };
    listen-on-v6 { none; };
    pid-file none;
    session-keyfile "$work/session.key";
    lock-file none;
    recursion no;
    notify no;
    dnssec-validation no;
    allow-query { key reader; key writer; };
    allow-transfer { none; };
};
controls { };
CONF
    zone example.com
    zone example.org
}
answers() {
    dig -r @127.0.0.1 -p "$port" -k reader.key +tcp +short +time=1 +tries=1 example.org SOA 2>/dev/null | grep -q hostmaster
}
serve() {
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    configure >named.conf
    ./named -g -n 1 -c named.conf >named.log 2>&1 &
    server=$!
    tries=0
    until answers; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
            cat named.log >&2
            exit 1
        fi
        sleep 0.1
    done
}
by_hand() { # SCRIPT: somebody who knows the key changes records, past the pipeline
    printf '$ nsupdate\n%s\nsend\n' "$1"
    printf 'server 127.0.0.1 %s\n%s\nsend\n' "$port" "$1" | nsupdate -v -k "$work/writer.key"
}
umask 077
for key in reader writer; do tsig-keygen -a hmac-sha256 "$key" >"$key.key"; done
cp "$(command -v named)" named # AppArmor keeps the one that is installed out of this folder
serve

# --- The roles. Only the pipeline has keys, and only its apply has the one that writes. ---
export MXSYNC_JOURNAL="$work/journal" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
unset MXSYNC_ALLOW_EXEC MXSYNC_ALLOW_ENDPOINT
as() { # WHO: from now on
    export GIT_AUTHOR_NAME="$1" GIT_AUTHOR_EMAIL="$1@example.com" GIT_COMMITTER_NAME="$1" GIT_COMMITTER_EMAIL="$1@example.com"
    cd "$work/$1"
}
reading() { # CODE COMMAND…
    cp "$work/reader.key" mxsync.key
    run "$@"
}
writing() {
    cp "$work/writer.key" mxsync.key
    run "$@"
}
plan_and_comment() { # as in mxsync-plan.yml: the comment is the plan as Markdown
    printf '$ mxsync plan -o plan.json --format markdown >comment.md; cat comment.md\n'
    cp "$work/reader.key" mxsync.key
    mxsync plan -o plan.json --format markdown >comment.md
    cat comment.md
}
approve() { # what the reviewer reads is the comment; the approval goes its own way, as a note on the commit
    read=$(grep -o 'sha256:[0-9a-f]*' "$work/pipeline/comment.md" | tail -n 1)
    run 0 git fetch --quiet origin
    run 0 git notes --ref=approvals add -f -m "$read" "$1"
    run 0 git push --quiet origin refs/notes/approvals
}
approved() { # as approved.sh does with reviews
    git fetch --quiet origin refs/notes/approvals:refs/notes/approvals
    git notes --ref=approvals show "$1"
}

git init --quiet --bare --initial-branch=main mail.git
for who in alice bob pipeline; do git clone --quiet mail.git "$who" 2>/dev/null; done
as alice
sed -e "s/server: .*/server: 127.0.0.1:$port/" -e 's/own: \[.*/own: [10 old.example.net.]/' \
    "$here/../pipelines/mxsync.yaml" >mxsync.yaml
git checkout --quiet -b main
git add mxsync.yaml
git commit --quiet --message "Manage our MX sets"
git push --quiet --set-upstream origin main

say "A pull request. Alice moves the mail of all domains to the new servers."
run 0 git checkout --quiet -b new-servers
sed -i 's/own: \[.*/own: [10 mx1.example.net., 20 mx2.example.net.]/' mxsync.yaml
run 0 git diff --unified=0
run 0 git commit --quiet --all --message "Move mail to the new servers"
run 0 git push --quiet origin new-servers

say "The pipeline plans it, with a key that may only read, and comments."
as pipeline
git fetch --quiet origin
git checkout --quiet --detach origin/new-servers
run 0 mxsync validate
plan_and_comment

say "Bob has read the comment. He approves just this plan, by its digest."
as bob
approve origin/new-servers

say "Before the merge, somebody changes a set by hand."
by_hand "del lists.example.com. MX
add lists.example.com. 3600 MX 10 temporary.example.net."

say "The merge. The pipeline applies the plan that was approved, with the key that may write."
as alice
run 0 git checkout --quiet main
run 0 git merge --quiet --no-ff --no-edit new-servers
run 0 git push --quiet origin main
as pipeline
git fetch --quiet origin
git checkout --quiet --detach origin/main
digest=$(approved HEAD^2)
writing 4 mxsync apply plan.json --digest "$digest"

say "What was changed by hand was left alone. So: a new plan of what is left, a new approval."
plan_and_comment
as bob
approve origin/main
as pipeline

say "The first approval is not good for the new plan; the second one is."
writing 3 mxsync apply plan.json --digest "$digest"
digest=$(approved HEAD)
sleep 1 # the journal names runs by the second, and lists them by name
writing 0 mxsync apply plan.json --digest "$digest"

say "The journal has both runs. It is kept, whatever became of the job."
run 0 mxsync history

say "The schedule looks for drift: there is none. Then somebody changes a set by hand, and there is."
reading 0 mxsync drift
by_hand "add lists.example.com. 3600 MX 30 mx3.example.net."
reading 2 mxsync drift

say "The new servers fail. The first run is taken back, by a plan that is approved like any other one."
first=$(mxsync history --format json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][-1]["run"])')
writing 0 mxsync rollback "$first" -o plan.json
digest=$(python3 -c 'import json; print(json.load(open("plan.json"))["digest"])') # Bob reads and approves it
writing 0 mxsync apply plan.json --digest "$digest"
