#!/bin/bash
# newsletter dkim keygen | show.
. "$(dirname "$0")/lib.sh"
site one

succeeds "nothing to show yet" nl dkim show
like "says how to begin" "$out" "not signed here.*newsletter dkim keygen"

succeeds "keygen" nl dkim keygen
is "modes" "$(stat -c '%a %n' secrets secrets/* | tr '\n' ' ')" "750 secrets 640 secrets/dkim-newsletter.key "
like "what to publish" "$out" "newsletter\._domainkey\.quietharbour\.example.*TXT.*v=DKIM1; k=rsa; p=MII"
like "what to configure" "$out" "\[dkim\]
  selector = newsletter
  key_file = secrets/dkim-newsletter\.key"
hasnt "the key itself is not printed" "$out" "PRIVATE"
is "2048 bits" "$(openssl pkey -in secrets/dkim-newsletter.key -noout -text | head -n 1)" "Private-Key: (2048 bit, 2 primes)"
is "what is published is its public half" "$(sed -n 's/^  *Value.*p=//p' "$tmp/out")" \
	"$(openssl pkey -in secrets/dkim-newsletter.key -pubout -outform DER | base64 -w 0)"
is "and so it is in the zone file's form, in strings of at most 255 octets" \
	"$(sed -n 's/^ *"\(.\{1,255\}\)"[ )]*$/\1/p' "$tmp/out" | tr -d '\n' | sed 's/.*p=//')" \
	"$(openssl pkey -in secrets/dkim-newsletter.key -pubout -outform DER | base64 -w 0)"

before=$(sha256sum secrets/*)
refused "a second time" 1 "secrets/dkim-newsletter\.key is there already.*--selector" nl dkim keygen
is "the key is as it was" "$(sha256sum secrets/*)" "$before"
succeeds "another selector, more bits, as JSON" nl dkim keygen --selector autumn-2026 --bits 3072 --json
is "JSON" "$(json 'sorted(j)')" "['domain', 'key_file', 'kind', 'name', 'selector', 'type', 'value', 'zone']"
is "its name" "$(json 'j["name"]')" "autumn-2026._domainkey.quietharbour.example"
is "its file" "$(json 'j["key_file"]')" "secrets/dkim-autumn-2026.key"
is "3072 bits" "$(openssl pkey -in secrets/dkim-autumn-2026.key -noout -text | head -n 1)" "Private-Key: (3072 bit, 2 primes)"
succeeds "Ed25519" nl dkim keygen --ed25519
like "says what to configure" "$out" "  ed25519_selector = newsletter-ed25519
  ed25519_key_file = secrets/dkim-newsletter-ed25519\.key"
is "publishes the 32 octets alone" "$(sed -n 's/^  *Value.*k=ed25519; p=//p' "$tmp/out")" \
	"$(openssl pkey -in secrets/dkim-newsletter-ed25519.key -pubout -outform DER | tail -c 32 | base64)"

refused "too few bits" 2 "from 2048 to 4096" nl dkim keygen --bits 1024 --selector a
refused "odd bits" 2 "2048, 3072 or 4096" nl dkim keygen --bits 2049 --selector a
refused "bits of Ed25519" 2 "one size" nl dkim keygen --ed25519 --bits 2048 --selector a
refused "a path as selector" 2 "a selector is made of" nl dkim keygen --selector ../../x
refused "an empty selector" 2 "a selector is made of" nl dkim keygen --selector ''
refused "a selector that ends the name" 2 "a selector is made of" nl dkim keygen --selector 'a b'
is "none of them left a file" "$(find . -name '*.key' | sort | tr '\n' ' ')" \
	"./keys/link-1.key ./keys/suppression.key ./secrets/dkim-autumn-2026.key ./secrets/dkim-newsletter-ed25519.key ./secrets/dkim-newsletter.key "

printf '[dkim]\nkey_file = secrets/dkim-newsletter.key\ned25519_key_file = secrets/dkim-newsletter-ed25519.key\n' >>newsletter.conf
succeeds "show" nl dkim show
like "both keys" "$out" "RSA key secrets/dkim-newsletter\.key.*newsletter\._domainkey.*Ed25519 key secrets.*newsletter-ed25519\._domainkey"
hasnt "and nothing secret" "$out" "PRIVATE"
succeeds "show --json" nl dkim show --json
is "both in it" "$(json '[k["kind"] for k in j["keys"]]')" "['rsa', 'ed25519']"
cp secrets/dkim-newsletter-ed25519.key secrets/keep
: >secrets/dkim-newsletter-ed25519.key
refused "an empty key" 1 "dkim-newsletter-ed25519\.key: that is no private key" nl dkim show
rm secrets/dkim-newsletter-ed25519.key
refused "a key that is gone" 1 "cannot open .*dkim-newsletter-ed25519\.key" nl dkim show
mv secrets/keep secrets/dkim-newsletter-ed25519.key
openssl genrsa -out secrets/dkim-newsletter.key 512 2>/dev/null
refused "a key too short" 1 "512 bits" nl dkim show

sed -i '/^key_file = /d' newsletter.conf
conf_set newsletter.conf dkim domain 'bücher.example'
refused "a domain that is not in ASCII" 1 "domain must be a domain in ASCII .xn--… for others., not .bücher.example" nl dkim keygen --selector b
site two --set dkim.domain=lists.example.org --set dkim.selector=n1
succeeds "a domain and a selector of the configuration" nl dkim keygen --json
is "are the name" "$(json 'j["name"]')" "n1._domainkey.lists.example.org"
mv secrets/dkim-n1.key "$tmp/outside.key"
conf_set newsletter.conf dkim key_file "$tmp/outside.key"
succeeds "a key elsewhere" nl dkim show
like "is named as it is" "$out" "RSA key $tmp/outside.key"
chmod 500 secrets
if [ "$(id -u)" != 0 ]; then
	refused "a folder that cannot be written" 1 "cannot create secrets/dkim-n2" nl dkim keygen --selector n2
else
	skip "a folder that cannot be written" "root can write everywhere"
fi
# Rotation: the next key beside the one in use.
site rotation
nl dkim keygen >/dev/null
printf '[dkim]\nkey_file = secrets/dkim-newsletter.key\n' >>newsletter.conf
export NEWSLETTER_CLOCK=@1790000000 # nor is it midnight in the midst of it
today=$(date -u -d @1790000000 +%Y%m%d)
succeeds "keygen beside a key in use" nl dkim keygen
like "is named by the date, with what to do" "$out" "newsletter-$today\._domainkey.*selector = newsletter-$today
  key_file = secrets/dkim-newsletter-$today\.key
   and tell newsletterd: kill -HUP.*
3\. A week later.* remove newsletter\._domainkey"
succeeds "show" nl dkim show
like "which is in use, and which is not" "$out" "RSA key secrets/dkim-newsletter\.key, in use.*Not in use: secrets/dkim-newsletter-$today\.key"
succeeds "show --json" nl dkim show --json
has "there too" "$(json 'j["unused"]')" "dkim-newsletter-$today.key"
nl dkim keygen --ed25519 >/dev/null
echo 'ed25519_key_file = secrets/dkim-newsletter-ed25519.key' >>newsletter.conf
succeeds "the same with Ed25519" nl dkim keygen --ed25519
like "which has a selector of its own" "$out" "selector = newsletter-ed25519-$today.*remove newsletter-ed25519\._domainkey"
refused "twice a day" 1 "is there already.*--selector" nl dkim keygen
is "audited" "$(db "SELECT count(*) FROM audit WHERE command = 'dkim keygen' AND detail LIKE '%$today%'")" 2
done_testing
