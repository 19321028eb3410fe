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

/* How the subjects of automatic answers begin; letters beyond ASCII as they are written there. */
static const char *const notes[] = { "out of office", "out of the office", "out-of-office", "automatic reply", "automatic response",
	"automated reply", "automated response", "auto reply", "auto-reply", "autoreply", "auto response", "auto-response", "autoresponse",
	"autoresponder", "auto:", "[auto", "away from my mail", "i am away", "i'm away", "i am out of", "i'm out of", "i am on vacation",
	"i am on leave", "ooo:", "vacation reply", "vacation response", "vacation message", "automatische antwort",
	"automatische rückantwort", "automatische abwesenheit", "abwesenheitsnotiz", "abwesenheitsmeldung", "abwesenheitsbenachrichtigung",
	"abwesend:", "ich bin nicht im", "eingangsbestätigung", "automatisch antwoord", "afwezig", "automatische beantwoording",
	"réponse automatique", "reponse automatique", "absence du bureau", "message d'absence", "accusé de réception",
	"respuesta automática", "respuesta automatica", "fuera de la oficina", "fuera de oficina", "resposta automática",
	"resposta automatica", "fora do escritório", "fora do escritorio", "risposta automatica", "fuori sede", "fuori ufficio",
	"sono assente", "autosvar", "automatiskt svar", "frånvaro:", "fraværsmelding", "automatisk svar", "automaattinen vastaus",
	"poissa toimistosta", "automatyczna odpowiedź", "autoodpowiedź", "odpowiedź automatyczna", "automatická odpověď",
	"automatická odpoveď", "mimo kancelář", "automatikus válasz", "házon kívül", "răspuns automat", "Автоответ", "автоответ",
	"Автоматический ответ", "автоматический ответ", "Автоматична відповідь", "otomatik yanıt", "ofis dışında", "Αυτόματη απάντηση",
	"Εκτός γραφείου", "自動返信", "自動応答", "自动回复", "自動回覆", "自动答复", "자동 응답", "자동 회신", "부재중", "תשובה אוטומטית",
	"رد تلقائي", "read:", "gelesen:", "lu :", "lu:", "leído:", "letto:", "lida:", "gelezen:", "läst:", "lest:", "not read:",
	"ungelesen gelöscht:", "return receipt", "read receipt", "lesebestätigung", "empfangsbestätigung", "accusé de lecture",
	"zugestellt:", "accepted:", "declined:", "tentative:", "zugesagt:", "abgelehnt:", "mit vorbehalt:", "[ticket", "[request received",
	"request received", "we have received your", "we received your", "your message has been received", "confirmation of receipt",
	"please confirm your message", "action required to deliver", "sender verification", "thank you for contacting" };

/* … and words that people begin with as well: they count beside a mark of a program. */
static const char *const hints[] = { "vacation", "on vacation", "away", "on holiday", "annual leave", "on leave", "maternity leave",
	"holiday", "absence", "absent", "thank you", "thanks for", "message received", "acknowledgement", "acknowledgment", "abwesenheit",
	"abwesend", "urlaub", "ihre anfrage", "ihre nachricht", "niet aanwezig", "en congé", "ausente", "ausencia", "vacaciones",
	"de vacaciones", "ausência", "férias", "assenza", "frånvaro", "fravær", "poissa", "nieobecność", "В отпуске", "Отсутств",
	"Нет на месте", "外出", "不在", "休假", "ticket", "[case", "case #", "[request", "support request", "challenge",
	"confirm your message", "verify your email", "[verify", "received:", "out of town" };

/* What stands before the words that matter, in many languages: "Re:", "AW:", "Fwd:". */
static const char *
past_prefixes(const char *s)
{
	static const char *const answers[] = {
		"re:", "aw:", "sv:", "vs:", "antw:", "res:", "rif:", "r:", "odp:", "ynt:", "回复:", "答复:", "回覆:"
	};
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
	static const char *const forwards[] = {
		"fw:", "fwd:", "wg:", "tr:", "rv:", "i:", "enc:", "doorst:", "vb:", "vl:", "pd:", "转发:", "転送:"
	};

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

static bool
subject_begins(const struct report_mail *m, const char *const *words, size_t n)
{
	const char *s = past_prefixes(m->subject);

	s += strspn(s, " *(\"!=");
	for (size_t i = 0; i < n; i++)
		if (strncasecmp(s, words[i], strlen(words[i])) == 0 ||
		    (*s == '[' && words[i][0] != '[' && strncasecmp(s + 1, words[i], strlen(words[i])) == 0))
			return true;
	return false;
}

static bool
subject_is_note(const struct report_mail *m)
{
	return subject_begins(m, notes, sizeof(notes) / sizeof(*notes));
}

bool
report_is_receipt(const struct report_mail *m)
{
	return report_mail_part(m, REPORT_ROLE_RECEIPT) && (strcmp(m->type, "multipart/report") == 0 || !report_is_person(m));
}

static bool
is_list(const struct report_mail *m)
{
	return has(m, "List-Id") || has(m, "List-Post") || has(m, "List-Unsubscribe") || has(m, "Mailing-List") ||
	    has(m, "X-Mailing-List") || says(m, "Precedence", "list");
}

static bool
marked_as_answer(const struct report_mail *m)
{
	return has(m, "X-Autoreply") || has(m, "X-Autorespond") || has(m, "X-Autoreply-From") || has(m, "X-Auto-Reply-From") ||
	    has(m, "X-Mail-Autoreply") || has(m, "X-Autoresponder") || has(m, "X-Auto-Reply") || has(m, "X-Vacation") ||
	    says(m, "Precedence", "auto_reply auto-reply autoreply") || says(m, "Delivered-To", "autoresponder") ||
	    has(m, "X-FC-MachineGenerated");
}

bool
report_is_note(const struct report_mail *m)
{
	if (!m->daemon && (is_list(m) || marked_as_answer(m)))
		return true;
	if (!m->daemon && (m->null_sender || strncmp(m->submitted, "auto-", 5) == 0 || says(m, "Precedence", "bulk junk")) &&
	    subject_begins(m, hints, sizeof(hints) / sizeof(*hints)))
		return true;
	return subject_is_note(m) && (!m->daemon || !m->returned.len);
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
bool
report_has_reader(const struct report_mail *m)
{
	static const char *const programs[] = { "thunderbird", "mozilla", "apple mail", "iphone mail", "ipad mail", "microsoft outlook 1",
		"microsoft office outlook", "outlook express", "mutt", "claws", "evolution", "k-9", "kmail", "yahoomail", "roundcube",
		"squirrelmail", "alpine", "pine", "eudora", "the bat", "microsoft-macoutlook", "gnus", "geary", "horde", "open-xchange",
		"zimbra" };
	char value[200];

	if (!report_field_get(&m->headers, "User-Agent", value, sizeof(value)) &&
	    !report_field_get(&m->headers, "X-Mailer", value, sizeof(value)))
		return false;
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (strcasestr(value, programs[i]))
			return true;
	return false;
}

/* "On Mon, Ann wrote:" and its like: a line that ends with a colon, perhaps a blank one, and quoted lines. */
static bool
quotes_somebody(const struct report_mail *m)
{
	const char *text = m->words.data, *p;

	if (text[0] == '>')
		return true;
	for (p = text; (p = strstr(p, "\n>")); p++) {
		const char *q = p;

		while (q > text && q[-1] == '\n' && p - q < 2)
			q--;
		if (q > text && q[-1] == ':')
			return true;
	}
	return false;
}

bool
report_is_person(const struct report_mail *m)
{
	bool answers = past_prefixes(m->subject) != m->subject + strspn(m->subject, " ");

	if (m->daemon || m->null_sender || !m->from[0] || (m->submitted[0] && strcmp(m->submitted, "no") != 0) || marked_as_answer(m))
		return false;
	return is_forward(m->subject) || report_has_reader(m) ||
	    ((answers || has(m, "In-Reply-To")) && strcmp(m->type, "multipart/report") != 0) ||
	    (quotes_somebody(m) && strcmp(m->type, "multipart/report") != 0);
}
