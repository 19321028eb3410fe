/*
 * report_free_words.c - the words by which mail servers speak of failures, in the languages in which they do; see report_free_table.h.
 *
 * All in lower case (free_lower), with plain quotes. A word here stands for no server in particular.
 */
#include "mail/report_free_table.h"

const char free_daemons[] =
    "mailer-daemon|mailer_daemon|mailerdaemon|mailer.daemon|maildaemon|mail-daemon|mail_daemon|mail.daemon|postmaster|post_office"
    "|maildelivery|mail-delivery|mail.delivery|mailsystem|mail-system|microsoftexchange|delivery-status|deliverystatus|nondelivery"
    "|^mdaemon|^postoffice|^mailadmin|^mail-admin|^systemadministrator|^system-admin|^bounce@|^bounces@|^bounced@|^bounce-daemon"
    "|^smtpd@|^mailrouter|^mail-router|^mmdf|^uucp@|^ndr@|^smtpgw|^returned-mail|^no-reply-bounce|^exim@|^qmail@|^mailgateway"
    "|^scanmail|^interscan|^mailsweeper|^x400|^mailer@|^listserv@|^courier@|^smtp-daemon|^daemon@";

const char free_names[] =
    "mail delivery|mail deliver|mailer-daemon|mailer daemon|mail system|mailsystem|system administrator|postmaster"
    "|mail administrator|delivery subsystem|delivery system|delivery agent|delivery service|delivery status|delivery notification"
    "|mail daemon|internet mail|returned mail|bounce|mail gateway|mailgateway|mail router|nondelivery|non-delivery|mail server"
    "|mailserver|email system|e-mail system|systemadministrator|administrateur syst|administrador del sistema"
    "|administrador de sistema|administrador do sistema|amministratore di sistema|systeembeheerder|systemadministratör"
    "|systemansvarig|správce systému|administrator systemu|системный админ|系统管理员|システム管理者|mail-delivery"
    "|microsoft outlook|microsoft exchange";

const char free_subjects[] =
    "undeliver|non-deliver|nondeliver|not deliver|non deliver|unable to deliver|could not deliver|couldn't deliver|cannot deliver"
    "|can't deliver|could not be delivered|couldn't be delivered|cannot be delivered|can not be delivered|wasn't delivered"
    "|was not delivered|not been delivered|delivery status|delivery fail|delivery has failed|delivery error|delivery problem"
    "|delivery notification|delivery report|delivery incomplete|delivery delayed|delivery delay|delivery unsuccessful"
    "|delivery unsuccess|delivery attempt|delivery suspended|delivery warning|failed delivery|failed mail|failure delivery"
    "|failed to deliver|failure notice|failure notification|failure message|mail failure|message failure|mail delivery"
    "|message delivery|returned mail|returned to sender|return to sender|returned message|returned email|returned e-mail"
    "|returning mail|returned unopened|mail returned|message returned|returned: |mail system error|mail error|error sending"
    "|error delivering|e-mail error|email error|message error|mail status report|message status|could not send message"
    "|could not send your|unable to send|failed to send|send failure|sending failed|message not sent|mail not sent|not be sent"
    "|message blocked|message rejected|mail rejected|email rejected|message refused|mail refused|rejected: |rejected mail"
    "|rejected message|permanent error|permanent failure|user unknown|unknown user|unknown recipient|no such user|unknown address"
    "|address not found|invalid address|invalid recipient|recipient unknown|mailbox full|mailbox is full|over quota|bounced mail"
    "|bounced message|bounce notification|mail bounced|message bounced|mail could not|message could not|warning: message"
    "|warning: could not|delayed mail|mail delayed|message delayed|message delay|still being retried|problem delivering"
    "|notification of failure|message you sent|mdaemon notification|mdaemon warning|ndn: |ndr: |non remis|undelivered"
    /* German */
    "|unzustellbar|nicht zustellbar|nicht zugestellt|zustellung fehlgeschlagen|zustellung nicht|zustellfehler|konnte nicht"
    "|fehler bei der zustellung|zustellung der nachricht|zustellungsfehler|zurückgesendet|zurück an absender|unzustellbare|zustellbenachrichtigung"
    "|zustellungsbenachrichtigung|fehler beim versenden|zustellung verz"
    /* French */
    "|non remis|non distribu|non-distribu|non délivr|échec de la remise|échec de remise|échec de livraison|échec de la livraison|échec d'envoi"
    "|échec de l'envoi|échec de distribution|erreur de livraison|notification d'état de remise|impossible de remettre"
    "|n'a pas pu être|n'a pu être|retour de courrier|retour à l'expéditeur|message refus|remise différ|remise retard"
    /* Spanish, Portuguese, Italian */
    "|no se puede entregar|no se pudo entregar|no se ha podido entregar|no entregado|no entregable|error de entrega"
    "|error en la entrega|fallo en la entrega|fallo de entrega|error al entregar|imposible entregar|devuelto"
    "|notificación de estado de entrega|notificación del estado|correo no entregado|mensaje no|no se puede enviar|não entregue"
    "|não pôde ser entregue|não foi entregue|falha na entrega|falha de entrega|erro na entrega|erro de entrega|mensagem devolvida"
    "|mensagem não|e-mail não|devolvida|devolvido|notificação de status de entrega|notificação do status|mancata consegna"
    "|mancato recapito|non recapitabile|non recapitat|non consegnat|impossibile recapitare|impossibile consegnare|messaggio respinto|messaggio rifiutato"
    "|errore di consegna|errore nella consegna|notifica sullo stato|notifica dello stato|messaggio non"
    /* Dutch, Nordic */
    "|onbestelbaar|niet bezorgd|niet afgeleverd|kan niet worden|kon niet worden|niet bezorgbaar|statusmelding|bezorgingsstatus"
    "|olevererbart|kunde inte levereras|inte levererat|gick inte att leverera|ej levererat|leveransfel|statusrapport"
    "|kan ikke leveres|ikke leveret|ikke levert|kunne ikke leveres|uleverbar|ulevert|kunne ikke levere|leveringsfeil|leveringsfejl"
    "|toimitus epäonnistui|ei voitu toimittaa|ei voi toimittaa|toimittamatta"
    /* Polish, Czech, Slovak, Hungarian, Romanian, Turkish, Greek */
    "|niedostarczon|nie dostarczon|zwrot poczty|zwrot wiadomo|nie można dostarczy|nie udało się dostarczy|raport doręczenia"
    "|niedoreczon|niedoręczon|nedoručiteln|nedoruč|nedorucen|nelze doruč|kézbesíthetetlen|kézbesítési|nelivrat|teslim edilemedi"
    "|teslim edilemeyen|iletilemedi|iletilemeyen|gönderilemedi"
    /* Russian, Ukrainian */
    "|не доставлен|недоставлен|невозможно достав|ошибка достав|не может быть достав|отчет о достав"
    /* Chinese, Japanese, Korean */
    "|退信|退回|退件|无法投递|無法投遞|未能送达|未送达|無法傳遞|无法传递|无法送达|未传递|未傳遞|投递失败|投遞失敗|传递失败"
    "|发送失败|發送失敗|系统退信|投递状态|傳遞狀態|配信不能|配信できません|配信エラー|配信されません|送信エラー|送信できません"
    "|送信不能|送達不能|未達|未配信|配送エラー|配送できません|エラーメール|宛先不明|届きません|お届けできません|メール不達|不達"
    "|配信状況|반송|전송 실패|전송실패|배달 실패|배달되지|발송실패|발송 실패|배달할 수 없|전달되지|전송되지|리턴메일";

const char free_statements[] =
    "could not be delivered|couldn't be delivered|cannot be delivered|can't be delivered|can not be delivered|was not delivered"
    "|wasn't delivered|were not delivered|not be delivered|not delivered to|is undeliverable|undeliverable to|was undeliverable"
    "|is not deliverable|undeliverable mail|undeliverable message|undelivered message|unable to deliver|could not deliver"
    "|couldn't deliver|cannot deliver|not able to deliver|wasn't able to deliver|failed to deliver|delivery failed"
    "|delivery has failed|delivery to the following|has failed to|failed permanently|permanent failure|permanent error"
    "|permanent fatal error|fatal errors|delivery error|delivery failure|did not reach|could not be reached|couldn't be reached"
    "|unable to reach|failed recipient|address failed|addresses failed|address(es) failed|recipients failed|failed addresses"
    "|had delivery problems|had problems|had errors|returned to you|being returned|returned to sender|has been returned"
    "|was returned|returned mail|bounced|automatically rejected|was rejected|has been rejected|were rejected|is rejected"
    "|been refused|was refused|has been blocked|was blocked|been bounced|could not be sent|couldn't be sent|cannot be sent"
    "|was not sent|not be sent to|unable to send|failed to send|could not send|unable to be delivered|could not be processed"
    "|not be accepted|was not accepted|gave up|giving up|given up|removed from the mail queue|removed from the queue|has expired"
    "|undelivered|non-delivery|transcript of session|transcript of the|error while delivering|error occurred while"
    "|error in delivering|errors occurred|problem delivering|problems delivering|trouble delivering|not yet been delivered"
    "|not been delivered|been delayed|is delayed|could not yet be|been unable to|was unable to|nicht zugestellt|nicht zustellen"
    "|unzustellbar|nicht zustellbar|konnte nicht|konnten nicht|nicht ausgeliefert|nicht übermittelt|zurückgewiesen|abgelehnt"
    "|fehlgeschlagen|nicht erreicht|pas pu être|n'a pu être|n'ont pu être|pas été remis|pas été distribu|pas été délivr"
    "|impossible de|n'est pas parvenu|n'a pas été|non remis|échec de|a échoué|a été refus|a été rejet|no se pudo|no se puede"
    "|no se ha podido|no pudo ser|no ha podido|no ha sido|no fue entregado|no ha llegado|no llegó|ha fallado|fue rechazado"
    "|imposible entregar|no pudo entregar|não pôde|não foi poss|não foi entregue|não pode ser|não conseguiu|não chegou|falha"
    "|falhou|nao pode ser|nao foi|non è stato|non è possibile|non è stata|impossibile|non e' stato|non è raggiungibile"
    "|non ha raggiunto|mancata consegna|non può essere|non e' possibile|kon niet|kan niet|niet worden|is niet bezorgd"
    "|niet afgeleverd|is mislukt|kunde inte|inte levereras|gick inte att|kunne ikke|kan ikke|ikke leveres|ei voitu"
    "|ei voi toimittaa|epäonnistui|nie mogła|nie może|nie można|nie udało|nie została|nie mogla|nelze|nemohla|nepodařilo"
    "|nebyla doru|nem sikerült|nem lehet|nu a putut|teslim edilemedi|iletilemedi|ulaştırılamadı|gönderilemedi"
    "|не может быть доставлен|не было доставлено|не доставлен|невозможно доставить|не удалось доставить|недоставлен"
    "|не можем доставить|не удается доставить|не был доставлен|не доставлено|не смог|无法|無法|未能|失败|失敗|没有被成功|没有成功"
    "|未被成功|被退回|退回|拒绝|拒收|被拒|できません|できませんでした|エラー|拒否|届きません|されませんでした|못했습니다|실패"
    "|수 없습니다|반송|않았습니다|되지 않";

const char free_failures[] =
    "no such|error delivering|problem delivering|trouble delivering|was an error|was a problem|user unknown|unknown user|no such user|user not found|unknown recipient|recipient unknown|no such recipient"
    "|recipient not found|invalid recipient|unknown address|address unknown|no such address|invalid address|address not found"
    "|address rejected|unknown account|no such account|account not found|no mailbox|unknown mailbox|mailbox unknown"
    "|mailbox not found|no such mailbox|mailbox unavailable|mailbox is unavailable|mailbox full|mailbox is full|invalid mailbox"
    "|mailbox does|mailbox has|mailbox is|mailbox exceed|exceeds allowed|over quota|quota exceeded|exceeded quota|exceeded its"
    "|over its|exceeding|quota|does not exist|doesn't exist|do not exist|not exist|no longer|not found|not listed|not recognized"
    "|not recognised|not known|isn't known|is unknown|unknown host|host unknown|unknown domain|domain unknown|host not found"
    "|unknown or|unrouteable|unroutable|no route|couldn't find|could not find|cannot find|can't find|could not be found"
    "|couldn't be found|not be found|not be resolved|invalid user|invalid final|illegal user|bad user|bad address|bad destination"
    "|misspelled|mistyped|ambiguous|not unique|no account|doesn't have a|does not have a|not have an|not accept|not accepting"
    "|does not like recipient|deactivated|disabled|inactive|suspended|discontinued|closed|expired|not a valid|not a known"
    "|is invalid|was invalid|isn't valid|not valid|isn't in my control|here by that name|rejected|refused|denied"
    "|blocked|prohibited|not allowed|not permitted|unauthorized|not authorized|restricted|timed out|timeout|time out|time-out"
    "|lost connection|connection reset|connection dropped|connection failed|unreachable|retry time|not be reached|not reachable"
    "|couldn't be reached|no answer|name server|name service|nameserver|lookup fail|lookup error|routing loop|mail loop|looping"
    "|loops back|too many hops|hop count|too large|too big|size limit|exceeds the|maximum size|over the maximum|undeliver"
    "|not deliver|not be deliver|cannot be deliver|could not be deliver|couldn't be deliver|couldn't deliver|could not deliver"
    "|unable to deliver|failed to deliver|wasn't deliver|cannot deliver|not be sent|failed|failure|fatal|error:|error =|error in"
    "|error occurred|errors|given up|giving up|gave up|returned '|permanent|unable to|wasn't able|could not|bounced|did not reach"
    "|being returned|spam|virus|policy|blacklist|unbekannt|existiert nicht|nicht gefunden|nicht bekannt|ungültig|nicht zugestellt"
    "|unzustellbar|postfach|überschritten|abgelehnt|verweigert|nicht erreichbar|fehlgeschlagen|konnte nicht|zurückgewiesen"
    "|fehlermeldung|nicht vorhanden|inconnu|n'existe pas|n'existe plus|introuvable|pas été trouv|invalide|pleine|saturé|dépass"
    "|refusé|rejeté|pas pu être|échec|erreur|impossible|désactiv|boite|boîte|desconocid|no existe|no se ha encontrado"
    "|no se encontr|inválid|llen[oa]|lleno|excedid|rechazad|fallo|no válid|no se pudo|imposible|inexistente|não existe"
    "|não encontrad|não foi|rejeitad|desconhecid|excedeu|cheia|lotada|falha|inativ|desativad|não pôde|bloquead|nao existe"
    "|sconosciut|non esiste|inesistente|non trovat|non valid|piena|rifiutat|respint|superat|non è stato|impossibile|non attiv"
    "|onbekend|bestaat niet|niet gevonden|ongeldig|geweigerd|vol is|is vol|okänd|finns inte|hittades inte|ogiltig|avvisad|ukendt"
    "|findes ikke|finnes ikke|ukjent|ei löydy|tuntematon|nie istnieje|nieznany|nie znaleziono|przepełnion|odrzucon|zablokowan"
    "|nie można|nie zosta|neexistuje|neznám|nenalezen|odmítnut|nelze|nem létezik|ismeretlen|nu există|bulunamadı|mevcut değil"
    "|geçersiz|reddedildi|bilinmeyen|kotası|dolu|не существует|не найден|неизвест|несуществующ|недоступен|переполнен|отклонен"
    "|отвергнут|не доставлен|не может быть|не удалось|невозможно|заблокирован|отключен|ошибк|неверн|нет такого|不存在|无效|無效"
    "|已满|已滿|拒绝|拒絕|拒收|失败|失敗|找不到|未找到|查无|不正确|不正確|停用|禁用|超出|超过|超過|无法|無法|退回|不明"
    "|見つかりません|存在しません|存在しない|いっぱい|できません|エラー|拒否|超えて|容量|無効|受信できない|ありません|없는"
    "|없습니다|존재하지|찾을 수|잘못된|초과|거부|실패|정지|휴면|반송";

const char free_delays[] =
    "not yet been delivered|not been delivered yet|has not yet|have not yet|could not yet be|not yet be delivered"
    "|still undelivered|still not been delivered|still being|still trying|will keep trying|will continue to|continue trying"
    "|continues to try|keep trying|attempts will continue|will be retried|will be reattempted|will retry|will try again"
    "|try to deliver|tried again|retried until|further attempts|more attempts|will be made to deliver|delivery is delayed"
    "|has been delayed|been delayed|is delayed|was delayed|delivery delayed|delivery incomplete|temporary problem delivering"
    "|temporarily delayed|message delayed|warning message only|warning only|do not need to resend|no need to resend"
    "|don't need to resend|no action is required|no action required|no further action|could not send message for past"
    "|could not be delivered for|transient non-fatal|transient errors|still queued|is queued|remains in the queue|in the queue for"
    "|remains queued|delayed mail|queued for|not a permanent|is just a warning|just a warning|is only a warning"
    "|noch nicht zugestellt|bisher nicht|verzögert|weitere zustellversuche|weiterhin versucht|wird erneut versucht|retardé|différé"
    "|pas encore été|nouvelles tentatives|sera réessay|aún no se ha|todavía no|se ha retrasado|retrasad|seguirá intentando"
    "|se volverá|ainda não|atrasad|continuará|tentar novamente|ritardat|in ritardo|non è ancora|ancora in coda|nog niet|vertraagd"
    "|ännu inte|fördröjd|forsök kommer|forsinket|viivästyn|opóźnion|jeszcze nie|zpožděn|gecik|еще не|ещё не|пока не|задерж|повторн"
    "|будет продолжать|попытки доставки будут|延迟|延遲|尚未|稍后重试|重试中|遅延|再送|再試行|まだ配信|지연|재시도";

const char free_finals[] =
    "permanent fatal|failed permanently|permanent failure|permanent error|permanently|giving up|given up|gave up"
    "|will not be retried|not be retried|will not retry|no further attempts|no more attempts|will not try|cannot be delivered"
    "|has been removed from|was removed from|too long in|too long on|been in the queue too|expired|returned to sender"
    "|is being returned|being returned|has failed|retry timeout exceeded|retry time not reached|delivery attempts failed"
    "|address(es) failed|has been returned|could not be delivered to one or more|was undeliverable|endgültig|dauerhaft|définitive"
    "|permanente|definitiva";

const char free_automatic[] =
    "out of office|out of the office|out-of-office|out of my office|away from the office|away from my|autoreply|auto-reply"
    "|auto reply|automatic reply|automated reply|autoresponder|auto-response|auto response|autoresponse|automated response"
    "|automatic response|vacation|on holiday|on leave|maternity|annual leave|parental leave|be back on|will be back|i am away"
    "|i'm away|i will be away|currently away|i am currently|i will return|limited access to|no longer work|no longer working for"
    "|i have left|i've left|has left the company|my new e-mail|my new email|new email address is|thank you for contacting"
    "|thank you for your email|thank you for your e-mail|thank you for your message|thanks for your email|thanks for contacting"
    "|we have received your|we received your|your request has been received|has been received and|been assigned|confirm that you"
    "|challenge|spamarrest|boxbe|tmda|whitelist me|awaits approval|abwesenheit|abwesend|nicht im büro|außer haus"
    "|automatische antwort|im urlaub|eingangsbest|absence|absent|congés|en vacances|réponse automatique|accusé de réception"
    "|fuera de la oficina|respuesta autom|ausente|de vacaciones|resposta autom|ausência|ausencia|férias|fuori sede|fuori ufficio"
    "|risposta automatica|in ferie|assente|afwezig|automatisch antwoord|frånvar|autosvar|fråvær|poissa|nieobecn"
    "|automatyczna odpowied|nepřítomn|izin|ofis dışı|автоответ|автоматический ответ|отпуск|отсутств|自动回复|自動回覆|自動返信"
    "|自動応答|不在|休暇|부재|자동 응답|자동회신";

const char free_notices[] =
    "ticket|case number|case #|verify your|confirm your|please confirm|one-time|subscription|subscribe|unsubscribe|moderator"
    "|moderation|mailing list|digest|newsletter|report domain:|dmarc|tls report|abuse report|password|invoice|order |receipt"
    "|welcome|your request|auto:";

const char free_labels[] =
    "recipient address:|delivering your mail to|delivering your message to|deliver your message to|deliver your mail to|deliver the message to|deliver the mail to|your message to|your mail to|your email to|your e-mail to|message you sent to|mail you sent to|email you sent to|failed recip:|unreachable recipient:|undelivered recipients:|mailbox:|to user:|user:|rcpt to address:"
    "|email to:|recipient mailbox:|recipient email address:|recipient email:|envelope recipient:|rejected recipient:"
    "|original recipient:|final recipient:|final-recipient: rfc822;|original-recipient: rfc822;|failed recipient:"
    "|failed recipients:|recipient:|recipients:|recipient(s):|recipient name:|recipient =|recipient|failed address:"
    "|failed addresses:|address:|e-mail address:|email address:|addressed to:|error-for:|error for:|x-failed-recipients:|failed:"
    "|failed to:|envelope-to:|undelivered to:|not delivered to:|undeliverable to:|undeliverable to|undeliverable address:"
    "|delivered to:|could not deliver to:|could not be delivered to:|be delivered to|not delivered to|failed to deliver to"
    "|unable to deliver message to|unable to deliver to|could not deliver message to|delivering to|intended for|rcpt=|to address:"
    "|mail to:|unknown user:|user unknown:|unknown host:|unknown local part|unknown recipient:|invalid recipient:|no such user:"
    "|invalid final delivery userid:|final delivery userid:|mailbox exceeds allowed size:|user mailbox exceeds allowed size:"
    "|destination:|destination address:|destinations:|rejected for:|undelivered recipient:|bad recipient:|invalid address:|smtp:"
    "|dda:smtp|rfc-822|rfc822;|empfänger:|empfängeradresse:|adressat:|destinataire:|destinataires:|destinataire :|destinataires :"
    "|destinatario:|destinatarios:|destinatari:|destinatário:|destinatários:|ontvanger:|mottagare:|modtager:|mottaker:"
    "|vastaanottaja:|odbiorca:|adresat:|příjemce:|címzett:|alıcı:|получатель:|получателю|адресат:|адрес:|адресату|收件人:|收件者:"
    "|收件人|收件地址:|邮件地址:|宛先:|宛先アドレス:|送信先:|送信先アドレス:|配信先:|メールアドレス:|받는 사람:|받는사람:|수신자:"
    "|수신인:";

const char free_senders[] =
    "from|from:|sender|sender:|mail from|mail from:|by|id|id:|message-id|message-id:|msgid|msgid:|msgid=|in-reply-to:|references:"
    "|reply-to:|reply-to|return-path:|cc:|bcc:|x-sender:|from user|contact|contact:|postmaster:|von|von:|absender|absender:|de:"
    "|expéditeur:|expediteur:|expéditeur :|remitente:|mittente:|proveniente da|remetente:|afzender:|avsändare:|от:|отправитель:|от кого:|发件人:"
    "|发件人|寄件者:|寄件人:|送信者:|差出人:|보낸 사람:|보낸사람:|발신자:|nadawca:|odesílatel:|gönderen:|mailto:|login:|helo|ehlo"
    "|envelope-from|responsible:|submitted by|original sender:|author:|originator:|via|admin:";

const char free_contacts[] =
    "contact |contact:|please write|write to|questions|question|assistance|for help|need help|more help|further help"
    "|further information|more information|forward this|forwarding|forward it|please send|send an e-mail|send an email"
    "|send a message|send mail to|send email to|send e-mail to|please reply|please email|please e-mail|please mail|please notify"
    "|complain|unblock|whitelist|report this|report the|report to|inquiries|enquiries|feel this|believe this|in error|resend"
    "|kontakt|wenden sie|schreiben sie|contacter|contactez|écrire à|póngase en contacto|contacte|entre em contato|contattare"
    "|contatta|neem contact|kontakta|skontaktuj|обратитесь|обращайтесь|свяжитесь|联系|聯絡|聯繫|お問い合わせ|問い合わせ|연락|문의"
    "|mail from|sender |return-path|reply-to|message-id|posted by|message from|sent by|new address|new e-mail address"
    "|new email address";

const char free_targets[] =
    "deliver|rcpt to|recipient|addressed to|sent to|following address|following user|message to|mail to|email to|e-mail to"
    "|undeliverable|unknown|reach |failed|rejected|empfänger|zugestellt|an folgende|destinat|остав|получател|收件|宛|수신|mailbox"
    "|user |address ";

const char free_copies[] =
    "copy of the message|copy of your message|copy of the original|copy of your original|copy of message|copy of the mail"
    "|original message|original mail|unsent message|message text follows|message header follows|message headers follow"
    "|message follows|mail follows|header follows|headers follow|headers of the message|headers from|returned message"
    "|returned mail|undelivered message|rejected message|failed message|your message follows|your original|message you sent"
    "|message contents|text of your message|text of the message|body of the message|first part of|first lines|beginning of"
    "|portion of|initial part|start of|included below|below this line|enclosed|attached message|returned text|returned below"
    "|message header|message headers|mail header|mail headers|message as follows|contents of your|contents of the|full headers"
    "|begin message|message is as follows|message is below|forwarded message|included message|original e-mail|original email"
    "|mail message|message content|-- message|original-nachricht|ursprüngliche nachricht|originalnachricht|kopie der|kopie ihrer"
    "|message d'origine|message original|copie du|copie de votre|entête|en-tête|mensaje original|copia del|copia de su"
    "|mensagem original|cópia|messaggio originale|copia de|oorspronkelijk|kopie van|ursprungligt|meddelande|oryginaln|kopia"
    "|původní|исходное|копия|заголовки|原始邮件|原邮件|原始信件|原信|以下|元のメール|オリジナル|原文|ヘッダ|원본|원문";
