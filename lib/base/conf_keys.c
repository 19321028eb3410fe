/* conf_keys.c - the table of conf.h: what may stand in newsletter.conf. */
#include "base/conf.h"

// clang-format off
#define TEXT(section, key, member, fallback, help) { section, key, CONF_TEXT, offsetof(struct conf, member), fallback, "", help }
#define KIND(section, key, kind, member, fallback, choices, help) { section, key, kind, offsetof(struct conf, member), fallback, choices, help }
#define RELAY(key, kind, member, fallback, choices, help) { "relay", key, kind, offsetof(struct conf_relay, member), fallback, choices, help }
#define MAILBOX(key, kind, member, fallback, choices, help) { "inbound", key, kind, offsetof(struct conf_mailbox, member), fallback, choices, help }
#define DOMAIN(key, kind, member, fallback, choices, help) { "domain", key, kind, offsetof(struct conf_domain, member), fallback, choices, help }
const struct conf_key conf_keys[CONF_KEYS_MAX] = {
	TEXT("site", "name", site_name, "Our newsletter", "The newsletter's name, as visitors and readers see it."),
	KIND("site", "url", CONF_URL, site_url, "http://127.0.0.1:8025", "", "Public address of the newsletter's pages, as the reverse proxy serves them; every link in a mail begins with it."),
	KIND("site", "home", CONF_URL, site_home, "", "", "The organisation's own website, linked from pages and mails."),
	TEXT("site", "description", site_description, "", "The invitation on the signup page; empty: ours, in the visitor's language."),
	TEXT("site", "language", site_language, "en", "Language of pages and mails."),
	TEXT("site", "timezone", site_timezone, "", "Time zone of dates and schedules, like Europe/Madrid; empty: the system's."),
	TEXT("site", "postal_address", site_postal_address, "", "Postal address at the foot of every newsletter; the law asks for one."),
	KIND("site", "privacy_url", CONF_URL, site_privacy_url, "", "", "The site's privacy notice, linked where consent is asked."),
	TEXT("site", "action_text", site_action_text, "", "Words of the call to action at the end of every newsletter."),
	KIND("site", "action_url", CONF_URL, site_action_url, "", "", "Where the call to action leads."),
	TEXT("site", "colour", site_colour, "#2f6f64", "Accent colour of pages and mails, #rrggbb."),
	KIND("site", "logo", CONF_URL, site_logo, "", "", "Picture at the head of pages and mails; https only."),

	TEXT("site", "languages", site_languages, "", "Languages that visitors may choose, separated by spaces; empty: all that there are words for."),
	KIND("site", "social", CONF_SOCIAL, site_social, "", "", "Your pages elsewhere, at the foot of every newsletter: Name https://address, separated by commas."),
	KIND("site", "archive", CONF_BOOL, site_archive, "yes", "", "Show past mailings on the public page /archive, but for those that are hidden."),

	TEXT("mail", "from_name", mail_from_name, "", "Name in From; empty: the site's name."),
	KIND("mail", "from", CONF_ADDRESS, mail_from, "newsletter@localhost.localdomain", "", "Address in From."),
	KIND("mail", "reply_to", CONF_ADDRESS, mail_reply_to, "", "", "Address for replies; empty: that in From."),
	KIND("mail", "bounce", CONF_ADDRESS, mail_bounce, "", "", "Mailbox that bounces return to; each message's envelope sender is made from it (bounce+LINK@domain). Empty: the address in From, unchanged."),
	KIND("mail", "unsubscribe", CONF_ADDRESS, mail_unsubscribe, "", "", "Mailbox that takes unsubscribe mails (unsubscribe+LINK@domain); empty: only the web link is offered."),
	TEXT("mail", "list_domain", mail_list_domain, "", "Domain in List-Id; empty: that of From. Never change it: readers filter by it."),
	KIND("mail", "welcome", CONF_BOOL, mail_welcome, "no", "", "Send a welcome mail to everybody who has just confirmed."),
	KIND("mail", "welcome_articles", CONF_NUMBER, mail_welcome_articles, "3", "0 20", "The newest articles that the welcome mail shows."),
	KIND("mail", "operator", CONF_ADDRESS, mail_operator, "", "", "Who is told when something needs a person."),
	KIND("mail", "forward", CONF_ADDRESS, mail_forward, "", "", "Who gets what people write to the mailboxes that are read for bounces; empty: it stays there, for whoever reads them."),

	KIND("store", "path", CONF_PATH, store_path, "store/newsletter.db", "", "The store; its folder is the store's alone."),
	KIND("store", "keys", CONF_PATH, store_keys, "keys", "", "Folder of the key files; back it up: without it no link ever mailed works."),
	KIND("store", "outbox", CONF_PATH, store_outbox, "outbox", "", "Folder for mail while no relay is configured, one .eml file each."),
	KIND("store", "aside", CONF_PATH, store_aside, "aside", "", "Folder, a Maildir, for messages from a pipe that could not be read, and for people's when nobody gets them."),
	KIND("store", "templates", CONF_PATH, store_templates, "templates", "", "Folder of the site's own templates; a file there replaces the built-in one of the same name."),

	TEXT("http", "listen", http_listen, "127.0.0.1:8025", "Address and port (or [v6]:port) that newsletterd answers on."),
	KIND("http", "operator", CONF_SOCKET, http_operator, "", "", "Where /healthz and /metrics are: an address of this machine like 127.0.0.1:8026, or unix:/path; empty: nowhere."),
	KIND("http", "connections", CONF_NUMBER, http_connections, "12000", "1 100000", "Connections held at once."),
	KIND("http", "timeout", CONF_DURATION, http_timeout, "15s", "1 3600", "A connection that says nothing for so long is closed."),
	KIND("http", "request_time", CONF_DURATION, http_request_time, "30s", "1 3600", "A request must be whole so long after its connection was opened or the last answer was read, and its answer read in as long."),
	TEXT("http", "trusted_proxies", http_trusted_proxies, "", "Addresses of the reverse proxies whose X-Forwarded-For is believed, separated by spaces; empty: nobody's."),

	KIND("http", "origins", CONF_ORIGINS, http_origins, "", "", "Origins of the pages whose scripts may sign visitors up, like https://www.example.org, separated by spaces; a plain form needs none."),

	TEXT("daemon", "users", daemon_users, "", "Started as root, newsletterd runs as this user, and each role as its own: NAME-http, NAME-clerk, NAME-sender, NAME-inbound; empty: all as whoever starts it."),

	KIND("signup", "per_network", CONF_RATE, signup_per_network, "100/h", "", "Requests let through for one network (IPv4 /24, IPv6 /64); what is over a limit waits; 0: no limit."),
	KIND("signup", "per_domain", CONF_RATE, signup_per_domain, "300/h", "", "Requests let through for addresses of one mail domain; 0: no limit."),
	KIND("signup", "total", CONF_RATE, signup_total, "1000/h", "", "Requests let through over all; 0: no limit."),
	KIND("signup", "hold", CONF_DURATION, signup_hold, "1d", "60 604800", "A request that a limit has held for so long is dropped."),
	KIND("signup", "disposable", CONF_BOOL, signup_disposable, "no", "", "Take addresses of providers of throw-away mailboxes, as lists/disposable-domains.txt names them."),
	KIND("signup", "roles", CONF_BOOL, signup_roles, "no", "", "Take addresses that are a function and not a person, as lists/role-addresses.txt names them."),

	RELAY("url", CONF_TEXT, url, "", "", "smtp://host:587 or smtps://host:465; empty: mail goes to the outbox folder."),
	RELAY("user", CONF_TEXT, user, "", "", "User name for AUTH; empty: no AUTH."),
	RELAY("password_file", CONF_PATH, password_file, "", "", "File whose first line is the password, read anew for each connection; or set NEWSLETTER_RELAY_PASSWORD."),
	RELAY("token_file", CONF_PATH, token_file, "", "", "File whose first line is an OAuth 2.0 access token (XOAUTH2), read anew for each connection; in place of a password."),
	RELAY("tls", CONF_CHOICE, tls, "required", "required opportunistic none", "STARTTLS on smtp://: required with a valid certificate, tried without one, or not used."),
	RELAY("ca_file", CONF_PATH, ca_file, "", "", "Certificates to trust instead of the system's."),
	RELAY("helo", CONF_TEXT, helo, "", "", "Name in EHLO; empty: this host's name."),
	RELAY("dialogue", CONF_CHOICE, dialogue, "auto", "auto chunking pipelined plain", "The most that is used of what the relay offers: chunking (BDAT, a window of messages ahead), pipelined (DATA), or plain, one command at a time; auto: whatever it offers and keeps."),
	RELAY("connections", CONF_NUMBER, connections, "4", "1 100", "Connections at once."),
	RELAY("window", CONF_NUMBER, window, "16", "1 100", "Messages on the way at once on a connection."),
	RELAY("messages_per_connection", CONF_NUMBER, messages_per_connection, "0", "0 1000000", "Messages before a connection is closed and opened anew; 0: no limit."),
	RELAY("rate", CONF_RATE, rate, "0", "", "Messages over all connections, evenly spread: 14 or 14/s a second, 30/m a minute, 500/h an hour; 0: no limit."),
	RELAY("daily", CONF_NUMBER, daily, "0", "0 100000000", "Messages in any 24 hours; 0: no limit."),
	RELAY("warmup", CONF_NUMBER, warmup, "0", "0 100000000", "Messages on the relay's first day, and twice as many on each day after it, for an address that receivers do not know yet; 0: no ramp."),
	RELAY("timeout", CONF_DURATION, timeout, "5m", "1 3600", "Longest wait for a reply; that after a message's end is twice as long."),
	RELAY("topics", CONF_TEXT, topics, "", "", "Topics whose campaigns leave by this relay, separated by spaces; empty: all that no other relay names."),
	RELAY("weight", CONF_NUMBER, weight, "1", "0 1000", "Share of the mail among relays that may take it; 0: a spare, used while none of them works."),
	RELAY("verp", CONF_BOOL, verp, "yes", "", "An envelope sender of its own for each message, so that bounces tell whom they are about; no: where the relay allows only one."),
	RELAY("dkim", CONF_BOOL, dkim, "yes", "", "Sign what leaves here, once [dkim] names a key; no: the relay signs."),
	RELAY("dkim_omit", CONF_TEXT, dkim_omit, "", "", "Header fields that the relay rewrites and the signature leaves out, separated by spaces; for Amazon SES: message-id date."),

	DOMAIN("rate", CONF_RATE, rate, "0", "", "Messages to this mail domain, evenly spread, like 10/s or 100/m; 0: no limit."),
	DOMAIN("share", CONF_NUMBER, share, "100", "1 100", "Percent of what is on the way at once that may be for this mail domain."),

	MAILBOX("url", CONF_TEXT, url, "", "", "Mailbox that is read and emptied: imaps://host/Folder, imap://, pop3s://host, pop3://, or maildir:/folder; empty: none."),
	MAILBOX("user", CONF_TEXT, user, "", "", "User name to log in with."),
	MAILBOX("password_file", CONF_PATH, password_file, "", "", "File whose first line is the password, read anew for each connection; or set NEWSLETTER_INBOUND_PASSWORD."),
	MAILBOX("token_file", CONF_PATH, token_file, "", "", "File whose first line is an OAuth 2.0 access token (XOAUTH2), read anew for each connection; in place of a password."),
	MAILBOX("tls", CONF_CHOICE, tls, "required", "required opportunistic none", "STARTTLS on imap:// and STLS on pop3://: required with a valid certificate, tried without one, or not used."),
	MAILBOX("ca_file", CONF_PATH, ca_file, "", "", "Certificates to trust instead of the system's."),
	MAILBOX("move_to", CONF_TEXT, move_to, "", "", "Folder that processed messages are moved to (IMAP; for a Maildir another one, from the root on); empty: they are deleted."),
	MAILBOX("every", CONF_DURATION, every, "60s", "1 86400", "The mailbox is looked at so often."),
	MAILBOX("timeout", CONF_DURATION, timeout, "60s", "1 3600", "Longest wait for an answer of its server."),

	TEXT("dkim", "domain", dkim_domain, "", "Domain that signs (d=); empty: that of From."),
	TEXT("dkim", "selector", dkim_selector, "newsletter", "Selector of the RSA key."),
	KIND("dkim", "key_file", CONF_PATH, dkim_key_file, "", "", "RSA private key in PEM, as newsletter dkim keygen makes it; empty: nothing is signed with RSA."),
	TEXT("dkim", "ed25519_selector", dkim_ed25519_selector, "newsletter-ed25519", "Selector of the Ed25519 key."),
	KIND("dkim", "ed25519_key_file", CONF_PATH, dkim_ed25519_key_file, "", "", "Ed25519 private key in PEM, for a second signature; empty: none."),

	KIND("campaign", "cancel_window", CONF_DURATION, campaign_cancel_window, "60s", "0 86400", "Wait before the first message, to change one's mind."),
	KIND("campaign", "deadline", CONF_DURATION, campaign_deadline, "3d", "60 2592000", "How long deferred messages are tried."),
	KIND("campaign", "overdue", CONF_DURATION, campaign_overdue, "6h", "60 2592000", "A campaign that could not start for so long is held for a person."),
	TEXT("campaign", "promotion_window", campaign_promotion_window, "", "Hours in which promotions may leave, in the site's time zone, like 08:00-20:00; empty: at any time."),
	KIND("campaign", "overlap", CONF_DURATION, campaign_overlap, "12h", "0 2592000", "Sending warns of another campaign to the same people in so long a time; 0: never."),
	KIND("campaign", "check_links", CONF_BOOL, campaign_check_links, "yes", "", "Sending asks every address in the mail whether it leads somewhere; no: only their form is looked at."),
	KIND("campaign", "raw_html", CONF_BOOL, campaign_raw_html, "no", "", "HTML in Markdown goes into the mail, cleaned of what mail must not hold; no: it is shown as text."),
	KIND("campaign", "on_unknown", CONF_CHOICE, campaign_on_unknown, "resend", "resend hold", "A message whose reply was lost: send it again with the same Message-ID, or hold it."),

	KIND("retention", "pending", CONF_DURATION, keep_pending, "7d", "86400 31536000", "Signups that nobody confirmed are deleted."),
	KIND("retention", "ip", CONF_DURATION, keep_ip, "90d", "0 315360000", "IP addresses in the evidence of consent are deleted."),
	KIND("retention", "ledger", CONF_DURATION, keep_ledger, "548d", "86400 315360000", "Deliveries of finished campaigns are deleted."),
	KIND("retention", "events", CONF_DURATION, keep_events, "730d", "86400 315360000", "Bounces, complaints and unsubscribes are deleted."),
	{ NULL, NULL, CONF_TEXT, 0, NULL, NULL, NULL },
};
// clang-format on
