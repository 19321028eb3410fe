#!/bin/bash
# newsletter subscriber erase: nothing that leads to a person stays, in the store, in its log, or in the folder of what is kept aside.
. "$(dirname "$0")/lib.sh"
site one
nl subscriber add ann@example.org --name "Ann Untraceable" --topic articles --topic promotions --consent "at the fair in Untraceable" >/dev/null
nl subscriber add joann@example.org >/dev/null
# An address of which a request waits, and a test copy.
waits() { # ADDRESS
	db "INSERT INTO signup_request (kind, address, address_key, name, topics, language, ip, weight, received_at, next_at)
			VALUES ('signup', '$1', '$1', 'Untraceable', '1', '', '192.0.2.1', 1, 1, 1);
		INSERT INTO outbox (kind, address, message, state, created_at, expires_at, next_at) VALUES ('test', '$1', CAST('to $1' AS BLOB), 'queued', 1, 9999999999, 1)"
}
waits ann@example.org
mkdir -p aside/new aside/cur aside/tmp
mail() { # FILE TEXT
	printf 'From: somebody@example.com\nSubject: hello\n\n%b\n' "$2" >"aside/$1"
}
mail new/raw 'please remove ANN@example.org, thanks'
mail cur/base64 'dG8gYW5uQGV4YW1wbGUub3JnIGFuZCBt\nb3Jl'
mail new/quoted 'for ann=40exam=\nple.org'
mail new/other 'please remove joann@example.org'
mail new/none 'nothing here'
ln -s /etc/hostname aside/new/link

refused "nobody to ask" 3 'say --yes' nl subscriber erase ann@example.org
refused "nor with --json" 3 'say --yes' nl subscriber erase ann@example.org --json
refused "what is no address" 1 'is no address' nl subscriber erase ann --yes
at_terminal 'n\n' "$BIN/newsletter subscriber erase ann@example.org"
is "whoever says no" "$status" 3
like "is asked first" "$out" "Erase ann@example.org, with the evidence of their consent\\? It cannot be undone"
is "nothing is gone" "$(db 'SELECT count(*) FROM subscriber') $(find aside -type f | wc -l)" "2 5"

at_terminal 'y\n' "$BIN/newsletter subscriber erase ANN@Example.org"
is "whoever says yes" "$status" 0
like "hears what is gone" "$out" "is erased"
like "and what stays, and why" "$out" "What stays, and why: a keyed hash"
like "what was kept aside" "$out" "3 messages kept aside named them and are deleted"
is "the store has nobody but the other" "$(db 'SELECT address FROM subscriber')" joann@example.org
is "no request, no copy, no evidence" "$(db "SELECT (SELECT count(*) FROM signup_request), (SELECT count(*) FROM outbox WHERE address IS NOT NULL OR message IS NOT NULL), (SELECT count(*) FROM consent WHERE subscriber_id = 1)")" "0|0|0"
is "the address is suppressed as erased, with a source" "$(db 'SELECT reason, source LIKE '"'staff: %'"' FROM suppression')" "erased|1"
is "messages of others stay" "$(cd aside && find . -type f | sort | tr '\n' ' ')" "./new/none ./new/other "
[ -L aside/new/link ]
ok "and no link is followed" $?
is "the audit names a number" "$(db "SELECT detail FROM audit WHERE command = 'subscriber erase'")" "subscriber 1"
is "it is counted" "$(db "SELECT value FROM counter WHERE name = 'erasures'")" 1
is "no trace in any file of the site" "$(grep -rliE '(^|[^o])ann@example\.org|untraceable' . | sort)" ""
is "the store is in order" "$(sqlite3 store/newsletter.db <"$root/tests/invariants.sql")" ""
refused "they cannot be added again by mistake" 3 'must not be mailed .erased.' nl subscriber add ann@example.org

waits zoe@example.org
mail new/zoe 'write to zoe@example.org'
succeeds "an address that is not on the list" nl subscriber erase zoe@example.org --yes --json
is "what waited of it goes" "$(json 'j["was_on_list"], j["requests"], j["aside_deleted"]') $(db 'SELECT count(*) FROM signup_request') $(db 'SELECT count(*) FROM outbox WHERE address IS NOT NULL')" "(False, 1, 1) 0 0"
refused "and it is kept as erased" 3 'must not be mailed .erased.' nl subscriber add zoe@example.org
is "the audit names nobody" "$(db "SELECT detail FROM audit ORDER BY id DESC LIMIT 1")" "an address that was not on the list"
succeeds "once more" nl subscriber erase zoe@example.org --yes
is "one row" "$(db 'SELECT count(*) FROM suppression')" 2
nl suppression add zoe@example.org --reason "asked twice" >/dev/null
succeeds "a stronger reason" nl subscriber erase zoe@example.org --yes
is "stays" "$(db "SELECT count(*) FROM suppression WHERE reason = 'staff'")" 1

# What cannot be looked through is said, and the rest is done.
truncate -s 65M aside/new/large
nl subscriber add eve@example.org >/dev/null
works "a message too large" nl subscriber erase eve@example.org --yes
like "is named" "$err" "1 message in .*aside could not be looked through or deleted"
rm -rf aside
succeeds "without a folder" nl subscriber erase joann@example.org --yes
is "the last one is gone" "$(db 'SELECT count(*) FROM subscriber')" 0

# A reader in the middle of the log: it is said, not waited for for ever.
nl subscriber add kim@example.org >/dev/null
hold_store store/newsletter.db 'BEGIN; SELECT count(*) FROM subscriber' >/dev/null
succeeds "while somebody reads" nl subscriber erase kim@example.org --yes --json
is "it is erased, and the log is for later" "$(json 'j["log_emptied"]') $(db "SELECT count(*) FROM subscriber WHERE address = 'kim@example.org'")" "False 0"
let_go
done_testing
