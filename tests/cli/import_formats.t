#!/bin/bash
# newsletter subscriber import: other programs' exports, charsets, delimiters; a dry run, all or nothing, bad rows to mend, asking first.
. "$(dirname "$0")/lib.sh"
lists=$data/lists
people() { db "SELECT s.address, s.name, s.language, group_concat(DISTINCT u.state) FROM subscriber s LEFT JOIN subscription u ON u.subscriber_id = s.id GROUP BY s.id ORDER BY s.address" | tr '\n' ' '; }
suppressed() { db "SELECT reason, count(*) FROM suppression GROUP BY 1 ORDER BY 1" | tr '\n' ' '; }
evidence() { db "SELECT s.address, datetime(c.at, 'unixepoch'), coalesce(c.ip, ''), c.source FROM consent c JOIN subscriber s ON s.id = c.subscriber_id ORDER BY 1" | tr '\n' ' '; }

site listmonk
succeeds "listmonk's export" nl subscriber import "$lists/listmonk.csv" --consent "listmonk" --json
is "is known by its columns" "$(json 'j["format"], j["rows"], j["added"], j["kept_out"], j["not_asked"], j["bad"]')" "('listmonk', 4, 2, 1, 1, 0)"
is "who is enabled is subscribed, with the language of the attributes" "$(people)" "ann@example.org|Ann Meyer|de|1 bob@example.org|O'Neil, Bob||1 "
is "since they came there" "$(evidence)" "ann@example.org|2024-02-03 10:11:12||csv: listmonk bob@example.org|2023-07-01 06:00:00||csv: listmonk "
is "who is blocklisted is suppressed, without a row" "$(suppressed)" "staff|1 "
before=$(dump)
succeeds "once more" nl subscriber import "$lists/listmonk.csv" --consent "listmonk"
is "changes nothing" "$(dump | grep -v 'INTO audit\|sqlite_sequence')" "$(grep -v 'INTO audit\|sqlite_sequence' <<<"$before")"
succeeds "listmonk's import form" nl subscriber import "$lists/listmonk_import.csv" --consent "listmonk"
is "is taken" "$(people)" "ann@example.org|Ann Meyer|de|1 bob@example.org|O'Neil, Bob||1 user1@example.org|User One||1 user2@example.org|User Two|es|1 "

site mailchimp
for what in unsubscribed cleaned nonsubscribed subscribed; do
	succeeds "Mailchimp's $what" nl subscriber import "$lists/${what}_members_export_1a2b3c.csv" --consent "Mailchimp"
done
is "only the subscribed are" "$(people)" "eva@example.org|Eva Schmidt||1 fritz@example.org|||1 "
is "with what they confirmed, in UTC, and from where" "$(evidence)" \
	"eva@example.org|2021-03-01 09:05:30|192.0.2.11|csv: Mailchimp fritz@example.org|2019-11-20 16:00:00||csv: Mailchimp "
is "the others must not be mailed, but for those who never asked" "$(suppressed)" "complaint|1 hard|1 left|1 "
printf 'email\ngina@example.org\nhans@example.org\nines@example.org\n' >again.csv
succeeds "who left there" nl subscriber import again.csv --consent x
like "is not brought back here" "$out" "Added +0.*Suppressed +3"

site here
nl subscriber add gina@example.org >/dev/null && nl subscriber add ines@example.org >/dev/null
db "UPDATE subscription SET since = 1 WHERE subscriber_id = 2"
succeeds "who came here after they left there" nl subscriber import "$lists/unsubscribed_members_export_1a2b3c.csv" --consent m
succeeds "and who bounced there after they came here" nl subscriber import "$lists/cleaned_members_export_1a2b3c.csv" --consent m
is "the first stays, the second has bounced" "$(people)" "gina@example.org|||1 ines@example.org|||3 "

site undated
printf 'email\ngina@example.org\n' >gina.csv
succeeds "an import that does not know since when" nl subscriber import gina.csv --consent x
succeeds "and they left before, elsewhere" nl subscriber import "$lists/unsubscribed_members_export_1a2b3c.csv" --consent m
is "have left: the day of an import says nothing of them" "$(people)" "gina@example.org|||2 "
site dated
cp ../undated/gina.csv .
succeeds "an import that knows" nl subscriber import gina.csv --consent x --consent-date 2026-10-01
succeeds "that they came back since" nl subscriber import "$lists/unsubscribed_members_export_1a2b3c.csv" --consent m
is "holds" "$(people)" "gina@example.org|||1 "
site asking
printf 'email,status,unsub time\ngina@example.org,unsubscribed,2024-01-01\n' >left.csv
nl subscriber add gina@example.org >/dev/null && db "UPDATE subscription SET state = 0"
succeeds "who left, and has asked again, but not confirmed" nl subscriber import left.csv --consent m
is "must not be mailed until they do" "$(suppressed) $(people)" "left|1  gina@example.org|||0 "

site gone
printf 'email,Unsubscribed,notes\nu@example.org,yes,x\nv@example.org,0,\nw@example.org,2024-03-01,\n' >gone.csv
run nl subscriber import gone.csv --consent x
like "a column says who left, and what is no answer is bad" "$status $out $err" '^1 .*Added +1.*Kept out +1.*Bad +1.*Not read +notes.* gone.csv:4: "2024-03-01" is neither'

site others
succeeds "phpList's" nl subscriber import "$lists/phplist.csv" --consent p --json
is "confirmed and not blacklisted" "$(json 'j["added"], j["not_asked"], j["kept_out"]') $(people)" "(1, 1, 1) karl@example.org|||1 "
succeeds "Keila's" nl subscriber import "$lists/keila.csv" --consent p --json
is "active, unsubscribed, unreachable" "$(json 'j["added"], j["kept_out"]') $(suppressed)" "(1, 2) hard|1 left|1 staff|1 "
printf 'email,status\na@example.org,gold customer\n' >status.csv
run nl subscriber import status.csv --consent x
like "an unknown status is bad" "$status $err" '1 .*"gold customer" is not known'
succeeds "--format csv does not look at it" nl subscriber import status.csv --consent x --format csv
printf 'email,status\nboth@example.org,active\nboth@example.org,unsubscribed\n' >both.csv
succeeds "who is in a file twice" nl subscriber import both.csv --consent x --json
is "and left, is not subscribed" "$(json 'j["added"], j["kept_out"], j["suppressed"]')" "(0, 1, 1)"

site charset
printf 'email;name\nj@example.org;J\xfcrgen\neuro@example.org;\x80\xdf\n' >latin.csv
succeeds "ISO-8859-1" nl subscriber import latin.csv --consent x --charset iso-8859-1
is "as people have it" "$(people)" "euro@example.org|€ß||1 j@example.org|Jürgen||1 "
printf 'email\tname\nt@example.org\tA, B; C\n' >tab.csv
succeeds "tabs" nl subscriber import tab.csv --consent x
succeeds "and tabs that are said" nl subscriber import tab.csv --consent x --delimiter tab
printf 'email;name\nhole@example.org;\x81\n' >hole.csv
run nl subscriber import hole.csv --consent x --charset iso-8859-1
like "a byte that is no character is bad" "$status $err" "^1 .*hole.csv:2: it holds a byte that Windows-1252 does not have"
printf 'email,J\xfcrgen,name\nhead@example.org,x,%0300d\nlong@example.org,x,%01000d\n' 0 0 >head.csv
run nl subscriber import head.csv --consent x --json
like "a name without end is bad" "$status $err" "^1 .*head.csv:2: the name is too long: at most.*head.csv:3: the name is too long: at most"
is "a heading that is no UTF-8 is counted, not repeated" "$(json 'j["columns_not_read"]')" "['column 2']"
printf 'email|name|x,y,z\np@example.org|A|1,2,3\n' >pipe.csv
succeeds "--delimiter" nl subscriber import pipe.csv --consent x --delimiter '|'
is "is what it is" "$(db "SELECT name FROM subscriber WHERE address = 'p@example.org'")" A
refused "what is no full export" 1 "latin.csv is no full export" nl subscriber import latin.csv --format newsletter
refused "another charset" 2 "--charset is one of" nl subscriber import latin.csv --consent x --charset koi8-r
refused "another delimiter" 2 "--delimiter is one of" nl subscriber import latin.csv --consent x --delimiter ab
refused "another format" 2 "--format is one of" nl subscriber import latin.csv --consent x --format xml

site misplaced
printf 'email,status,topics\na@example.org,ann@example.net,\nb@example.org,,bob@example.net\nc@example.org,,%080d\n' 0 >misplaced.csv
run nl subscriber import misplaced.csv --consent x
unlike "an address in the wrong column is not repeated" "$err" "example.net"
run nl subscriber import misplaced.csv --consent x --json
unlike "nor in JSON" "$out$err" "example.net"
refused "a folder" 1 "is a folder" nl subscriber import . --consent x
refused "a line without an end" 1 "/dev/zero:1: a line of more than 64 MB" nl subscriber import /dev/zero --consent x
printf 'email,optin time\nz@example.org,2024-01-01 10:00:00.5+02\n' >zone.csv
succeeds "an hour's zone" nl subscriber import zone.csv --consent x
is "counts" "$(evidence)" "z@example.org|2024-01-01 08:00:00||csv: x "

printf 'email,optin time,language,topics,status,unsubscribed\nza@example.org,0000-00-00 00:00:00,pt_BR,"; ,", ,\nzb@example.org,2024-01-01 10:00:00 UTC,,,, \nzc@example.org,2024-01-01 10:00:00 +0200,,,,\nzf@example.org,2024-01-01 10:00:00-05,,,,\nzd@example.org,2024-01-01 10:00:00+00,,,unconfirmed,yes\n' >times.csv
run nl subscriber import times.csv --consent x --consent-date 2023-01-01
is "other ways to write a time, a language, nothing" "$status $err $(evidence | tr ' ' '\n' | grep -c '^z[abcf]@')$(people | grep -o 'za@[^ ]*') $(suppressed)" "0  4za@example.org||pt-BR|1 left|1 "
like "of which none is none" "$(evidence)" "za@example.org.2023-01-01 00:00:00.*zb@example.org.2024-01-01 10:00:00.*zc@example.org.2024-01-01 08:00:00.*zf@example.org.2024-01-01 15:00:00"
printf 'Email Address,MEMBER_RATING\nze@example.org,2\n' >unsubscribed_members_export_9.csv
succeeds "Mailchimp's unsubscribed, of whom it does not say when" nl subscriber import unsubscribed_members_export_9.csv --consent x --json
is "are kept out all the same" "$(json 'j["format"], j["kept_out"]')" "('mailchimp', 1)"

site dates
printf 'email,optin time,optin ip\nold@example.org,2020-01-02 03:04,192.0.2.1\nnew@example.org,,not an ip\nlater@example.org,2999-01-01,\nodd@example.org,yesterday,\n' >dates.csv
run nl subscriber import dates.csv --consent x --consent-date 2024-05-06
is "a column, else --consent-date" "$(evidence)" "new@example.org|2024-05-06 00:00:00||csv: x old@example.org|2020-01-02 03:04:00|192.0.2.1|csv: x "
like "and it is said when neither is there" "$(nl subscriber import "$lists/keila.csv" --consent x)" "Undated +1, who are said to have asked today"
like "a time to come, or none, is bad" "$err" 'dates.csv:4: "2999-01-01" is not in the past.*dates.csv:5: "yesterday" is no time'
is "subscribed since then" "$(db "SELECT datetime(since, 'unixepoch') FROM subscription ORDER BY since LIMIT 1")" "2020-01-02 03:04:00"
refused "a date to come" 2 "not in the past" nl subscriber import dates.csv --consent x --consent-date 2999-01-01
refused "no date" 2 "must be a date" nl subscriber import dates.csv --consent x --consent-date +3d

site whole
printf 'email,name,status\ngood@example.org,Good,\nbad,"B ""a"" d",\nleft@example.org,,left\n' >mixed.csv
before=$(dump)
run nl subscriber import mixed.csv --consent x --all-or-nothing
like "all or nothing: a bad row" "$status $out" "1 .*Nothing was taken"
is "and the store is as it was, but for the audit" "$(dump | grep -v 'INTO audit\|sqlite_sequence')" "$(grep -v 'INTO audit\|sqlite_sequence' <<<"$before")"
run bash -c '"$BIN/newsletter" subscriber import - --consent x --all-or-nothing <mixed.csv'
is "the same of standard input" "$status$(db 'SELECT count(*) FROM subscriber')" 10
before=$(dump)
run nl subscriber import mixed.csv --consent x --dry-run --json
is "a dry run has the same counts" "$status $(json 'j["dry_run"], j["rows"], j["added"], j["kept_out"], j["bad"]')" "1 (True, 3, 1, 1, 1)"
is "and changes nothing" "$(dump)" "$before"
run nl subscriber import mixed.csv --consent x --bad bad.csv
is "bad rows are kept" "$(tr -d '\r' <bad.csv)" 'email,name,status,import line,import error
bad,"B ""a"" d",,3,there is no @ in the address'
is "for the owner alone" "$(stat -c %a bad.csv)" 600
sed -i 's/^bad,/mended@example.org,/' bad.csv
succeeds "mended, they are taken" nl subscriber import bad.csv --consent x
is "all of them" "$(people)" 'good@example.org|Good||1 mended@example.org|B "a" d||1 '
refused "--bad writes over nothing" 1 "there already" nl subscriber import mixed.csv --consent x --bad bad.csv
refused "nor where no folder is" 1 "cannot make no/bad.csv: No such file" nl subscriber import mixed.csv --consent x --bad no/bad.csv
printf 'email,name\n"open@example.org,x\nfine@example.org,\n' >open.csv
run nl subscriber import open.csv --consent x --bad open_bad.csv
like "a line that is no row is kept as it is" "$(<open_bad.csv)" '"""open@example.org,x",,2,"a quote \(""\) is opened'

site table
nl subscriber add on@example.org --topic promotions >/dev/null
nl subscriber add off@example.org >/dev/null && nl subscriber unsubscribe off@example.org >/dev/null
nl subscriber add none@example.org >/dev/null && db "DELETE FROM subscription WHERE subscriber_id = 3"
succeeds "this program's own table" nl subscriber export "$tmp/table.csv" --reason moving
site moved
succeeds "is taken elsewhere" nl subscriber import "$tmp/table.csv" --consent "moved" --json
is "as it says" "$(json 'j["added"], j["kept_out"], j["not_asked"], j["bad"]') $(people)$(suppressed)$(db 'SELECT topic_id FROM subscription')" \
	"(1, 1, 1, 0) on@example.org|||1 left|1 2"

site ask
nl subscriber add active@example.org >/dev/null
nl subscriber add left@example.org >/dev/null && nl subscriber unsubscribe left@example.org >/dev/null
printf 'email,name,topics,status\nactive@example.org,,articles,\nleft@example.org,,articles,\nnew@example.org,New,"articles, promotions",\ngone@example.org,,,bounced\nGONE@example.org,,,\n' >ask.csv
succeeds "asking first, dry" nl subscriber import ask.csv --consent "fair" --confirm --dry-run --json
is "says whom" "$(json 'j["asked"], j["already"], j["left"], j["suppressed"], j["kept_out"]') $(db 'SELECT count(*) FROM signup_request')" "(1, 1, 1, 1, 1) 0"
succeeds "asking first" nl subscriber import ask.csv --consent "fair" --confirm --json
is "asks who is new alone" "$(json 'j["asked"], j["already"], j["left"], j["suppressed"], j["kept_out"]')" "(1, 1, 1, 1, 1)"
is "as a visitor would, without weight" "$(db "SELECT address, name, topics, weight, ip, next_at > received_at FROM signup_request")" "new@example.org|New|1 2|0||1"
like "with what stands for a form" "$(db "SELECT text FROM form_text")" "No form: asked by mail after an import .csv: fair."
succeeds "once more, dry" nl subscriber import ask.csv --consent "fair" --confirm --dry-run --json
is "would ask nobody" "$(json 'j["asked"], j["already"], j["left"], j["suppressed"], j["kept_out"]')" "(0, 3, 1, 1, 0)"
succeeds "once more" nl subscriber import ask.csv --consent "fair" --confirm --json
is "asks nobody twice" "$(json 'j["asked"], j["already"]') $(db 'SELECT count(*) FROM signup_request')" "(0, 3) 1"

done_testing
