#!/bin/bash
# newsletter topic create | list.
. "$(dirname "$0")/lib.sh"
site one

succeeds "create" nl topic create weekly-digest --title "The week" --description "Every Friday."
like "says how visitors see it" "$out" "The week"
is "is stored" "$(db "SELECT slug, title, description FROM topic WHERE id = 3")" "weekly-digest|The week|Every Friday."
is "is in the audit" "$(db "SELECT command, detail FROM audit WHERE command <> 'init'")" "topic create|topic weekly-digest"
succeeds "without a title" nl topic create group-evenings
is "one is made" "$(db "SELECT title FROM topic WHERE id = 4")" "Group evenings"
refused "twice" 1 'there is a topic "articles" already' nl topic create articles
refused "a name that is none" 1 "use 1 to 40 of a-z" nl topic create "Über uns"
refused "a title with a line end" 1 "one line" nl topic create x --title $'a\nb'
refused "a title that is no UTF-8" 1 "UTF-8" nl topic create x --title $'\xc3('
succeeds "list" nl topic list
is "lists all" "$(echo "$out" | wc -l)" 5
done_testing
