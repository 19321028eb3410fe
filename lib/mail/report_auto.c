/*
 * report_auto.c - what programs send that is neither bounce nor complaint, and what people write; see report_private.h.
 *
 * RFC 3834 says how an automatic answer is to be marked. Most are not marked so: the words of their subjects help, which stand at its
 * beginning, since everything quotes everything further behind.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "mail/report_private.h"

/* How the subjects of automatic answers begin, lower case. */
static const char *const notes[] = { "out of office", "out of the office", "out-of-office", "automatic reply", "automatic response", "automated reply",
	"automated response", "auto reply", "auto-reply", "autoreply", "auto response", "auto-response", "autoresponse", "autoresponder", "auto:",
	"[auto", "vacation", "on vacation", "away from", "i am away", "i'm away", "on holiday", "annual leave", "i am out", "i'm out", "ooo:", "ooo ",
	"out of town", "away:", "on leave", "maternity leave", "holiday", "absence", "thank you for your email", "thank you for contacting", "thank you for your message",
	"we have received your", "we received your", "your message has been received", "message received", "acknowledgement", "acknowledgment",
	"automatische antwort", "automatische rückantwort", "abwesenheit", "abwesend", "automatische abwesenheit", "ich bin nicht im", "urlaub", "eingangsbestätigung",
	"ihre anfrage", "ihre nachricht ist", "automatisch antwoord", "afwezig", "automatische beantwoording", "niet aanwezig",
	"réponse automatique", "reponse automatique", "absence du bureau", "absent", "absence", "message d'absence", "en congé", "accusé de réception",
	"respuesta automática", "respuesta automatica", "fuera de la oficina", "fuera de oficina", "ausente", "ausencia", "vacaciones", "de vacaciones",
	"resposta automática", "resposta automatica", "fora do escritório", "fora do escritorio", "ausência", "férias", "risposta automatica", "fuori sede", "fuori ufficio",
	"assenza", "sono assente", "autosvar", "automatiskt svar", "frånvaro", "fravær", "automatisk svar", "fraværende", "automaattinen vastaus", "poissa",
	"poissaolo", "automatyczna odpowiedź", "autoodpowiedź", "odpowiedź automatyczna", "nieobecność", "automatická odpověď", "automatická odpoveď", "mimo kancelář",
	"automatikus válasz", "házon kívül", "răspuns automat", "автоответ", "автоматический ответ", "автоматична відповідь", "в отпуске", "отсутств", "нет на месте",
	"otomatik yanıt", "ofis dışında", "αυτόματη απάντηση", "εκτός γραφείου", "自動返信", "自動応答", "自动回复", "自動回覆", "自动答复", "外出", "不在", "休假",
	"자동 응답", "자동 회신", "부재중", "תשובה אוטומטית", "رد تلقائي", "read:", "gelesen:", "lu :", "lu:", "leído:", "letto:", "lida:", "gelezen:", "läst:",
	"lest:", "not read:", "ungelesen gelöscht:", "return receipt", "read receipt", "lesebestätigung", "empfangsbestätigung", "accusé de lecture", "delivered:",
	"zugestellt:", "accepted:", "declined:", "tentative:", "zugesagt:", "abgelehnt:", "mit vorbehalt:", "accepté", "refusé", "[ticket", "ticket", "[case", "case #",
	"[request", "request received", "support request", "challenge", "please confirm your message", "confirm your message", "action required to deliver",
	"your message to", "verify your email", "[verify", "sender verification", "boxbe", "mailblocks", "confirmation of receipt" };

/* What stands before the words that matter, in many languages: "Re:", "AW:", "Fwd:". */
static const char *
past_prefixes(const char *s)
{
	static const char *const answers[] = { "re:", "aw:", "sv:", "vs:", "antw:", "res:", "rif:", "r:", "odp:", "ynt:", "回复:", "答复:", "回覆:" };
	bool again = true;

	while (again) {
		again = false;
		s += strspn(s, " ");
		for (size_t i = 0; i < sizeof(answers) / sizeof(*answers) && !again; i++)
			if (strncasecmp(s, answers[i], strlen(answers[i])) == 0) {
				s += strlen(answers[i]);
				again = true;
			}
	}
	return s;
}

static bool
is_forward(const char *s)
{
	static const char *const forwards[] = { "fw:", "fwd:", "wg:", "tr:", "rv:", "i:", "enc:", "doorst:", "vb:", "vl:", "pd:", "转发:", "転送:" };

	s = past_prefixes(s);
	for (size_t i = 0; i < sizeof(forwards) / sizeof(*forwards); i++)
		if (strncasecmp(s, forwards[i], strlen(forwards[i])) == 0)
			return true;
	return false;
}

static bool
has(const struct report_mail *m, const char *name)
{
	char value[128];

	return report_field_get(&m->headers, name, value, sizeof(value));
}

static bool
says(const struct report_mail *m, const char *name, const char *words)
{
	char value[128];

	report_field_get(&m->headers, name, value, sizeof(value));
	value[strcspn(value, " ;,(")] = '\0';
	text_lower(value);
	return value[0] && text_is_listed(words, value, strlen(value));
}

/* Case matters little for what is not ASCII in a subject: machines write it in one way. */
static bool
subject_is_note(const struct report_mail *m)
{
	const char *s = past_prefixes(m->subject);

	s += strspn(s, " *[(\"!-=");
	for (size_t i = 0; i < sizeof(notes) / sizeof(*notes); i++) {
		const char *note = notes[i] + (notes[i][0] == '[');

		if (strncasecmp(s, note, strlen(note)) == 0)
			return notes[i][0] != '[' || s > m->subject;
	}
	return false;
}

bool
report_is_receipt(const struct report_mail *m)
{
	return report_mail_part(m, REPORT_ROLE_RECEIPT) && (strcmp(m->type, "multipart/report") == 0 || !report_is_person(m));
}

static bool
is_list(const struct report_mail *m)
{
	return has(m, "List-Id") || has(m, "List-Post") || has(m, "List-Unsubscribe") || has(m, "Mailing-List") || has(m, "X-Mailing-List") ||
	    says(m, "Precedence", "list");
}

static bool
marked_as_answer(const struct report_mail *m)
{
	return has(m, "X-Autoreply") || has(m, "X-Autorespond") || has(m, "X-Autoreply-From") || has(m, "X-Auto-Reply-From") || has(m, "X-Mail-Autoreply") ||
	    has(m, "X-Autoresponder") || has(m, "X-Auto-Reply") || has(m, "X-Vacation") || has(m, "X-MS-Exchange-Generated-Message-Source") ||
	    says(m, "Precedence", "auto_reply auto-reply autoreply") || says(m, "Delivered-To", "autoresponder") || says(m, "X-POST-MessageClass", "9;") ||
	    says(m, "X-Cron-Env", "") || has(m, "X-FC-MachineGenerated");
}

bool
report_is_note(const struct report_mail *m)
{
	bool daemon = m->daemon;

	if (!daemon && (is_list(m) || marked_as_answer(m)))
		return true;
	if (strcmp(m->submitted, "auto-replied") == 0 && !daemon && strncasecmp(m->from, "", 1) != 0 && subject_is_note(m))
		return true;
	return subject_is_note(m) && (!daemon || !m->returned.len);
}

bool
report_is_auto(const struct report_mail *m)
{
	if (m->null_sender || m->daemon || is_list(m) || marked_as_answer(m) || subject_is_note(m))
		return true;
	if (m->submitted[0] && strcmp(m->submitted, "no") != 0)
		return true;
	if (says(m, "Precedence", "bulk junk auto_reply list") || has(m, "X-Auto-Response-Suppress") || has(m, "Feedback-ID"))
		return true;
	return strncmp(m->from, "noreply", 7) == 0 || strncmp(m->from, "no-reply", 8) == 0 || strncmp(m->from, "donotreply", 10) == 0 ||
	    strncmp(m->from, "do-not-reply", 12) == 0;
}

/* Programs with which people write. */
static bool
has_reader(const struct report_mail *m)
{
	static const char *const programs[] = { "thunderbird", "mozilla", "apple mail", "iphone mail", "ipad mail", "microsoft outlook 1", "microsoft office outlook",
		"outlook express", "mutt", "claws", "evolution", "k-9", "kmail", "yahoomail", "roundcube", "squirrelmail", "alpine", "pine", "eudora", "the bat",
		"microsoft-macoutlook", "gnus", "geary", "horde", "open-xchange", "zimbra" };
	char value[200];

	if (!report_field_get(&m->headers, "User-Agent", value, sizeof(value)) && !report_field_get(&m->headers, "X-Mailer", value, sizeof(value)))
		return false;
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (strcasestr(value, programs[i]))
			return true;
	return false;
}

/* "On Mon, Ann wrote:" and its like: a line that ends with a colon, and quoted lines behind it. */
static bool
quotes_somebody(const struct report_mail *m)
{
	const char *p = strstr(m->words.data, "\n>");

	if (strncmp(m->words.data, ">", 1) == 0)
		return true;
	while (p) {
		const char *q = p;

		while (q > m->words.data && q[-1] == '\n')
			q--;
		if (q > m->words.data && q[-1] == ':' && q != p + 1)
			return p[2] == ' ' || p[2] == '\n' || p[2] == '>';
		p = strstr(p + 2, "\n\n>");
	}
	return false;
}

bool
report_is_person(const struct report_mail *m)
{
	bool answers = past_prefixes(m->subject) != m->subject + strspn(m->subject, " ");

	if (m->daemon || m->null_sender || !m->from[0] || (m->submitted[0] && strcmp(m->submitted, "no") != 0) || marked_as_answer(m))
		return false;
	return is_forward(m->subject) || has_reader(m) || ((answers || has(m, "In-Reply-To")) && strcmp(m->type, "multipart/report") != 0) ||
	    (quotes_somebody(m) && strcmp(m->type, "multipart/report") != 0);
}
