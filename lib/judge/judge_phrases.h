/*
 * judge_phrases.h - what servers say, sorted by what it means. For judge_table.c alone.
 *
 * Each is a list with '|' between, for judge_rule.words: without the addresses, codes and hosts that stand between the words. Accents are
 * folded on both sides, so words stand here as people write them; both spellings are needed only where a server writes "ae" for it.
 */
#ifndef JUDGE_PHRASES_H
#define JUDGE_PHRASES_H

#define INACTIVE "inactive|inactivity|account is disabled|account has been disabled|mailbox disabled|mailbox is disabled"

/* Nobody says this of a living address, whatever else stands there. */
#define NO_SUCH_USER_PLAIN \
	"user unknown|unknown user|user is unknown|username unknown|no such user|user not found|invalid user|unknown or illegal" \
	"|user doesn't exist|user does not exist|user not exist|not a valid user|not a known user|no such local user|user doesnt exist" \
	"|unknown local|no valid user|unknown virtual user|user was not found|user could not be found|user cannot be found" \
	"|user not known|user no found|user not listed|no user by that name|not our user|not our customer|not a user here|bad user" \
	"|user is not known|no local user|no known user|user name is unknown|not a local user|user isn't known|user non-existent|nonexistent user" \
	"|non-existent user|non existent user|user is invalid|user is not found|user name not found|user id not found|userid not found" \
	"|no such username|no such userid|no such user id|unknown userid|unknown username|unrecognized user|unrecognised user|no matching user" \
	"|user lookup failed: no|this user doesn't have|no user with|user not local; no longer|unknown recipient|recipient unknown" \
	"|no such recipient|recipient not found|recipnotfound|recipientnotfound|recipient is unknown|recipient not known|recipient is not known" \
	"|recipient does not exist|recipient doesn't exist|not a valid recipient|recipient address unknown|recipient email address not found" \
	"|recipient not exist|recipient no longer|recipient was not found|recipient could not be found|recipient cannot be found" \
	"|recipient is not exist|recipient not on this server|no such a recipient|no valid recipient at|recipient name is not recogni" \
	"|recipient isn't valid|recipient is not valid|recipient is invalid|recipient invalid|invalid recipient|unrecognized recipient" \
	"|unrecognised recipient|recipient not recogni|recipient's e-mail address was not found|recipient's email address was not found" \
	"|recipient nonexistent|nonexistent recipient|non-existent recipient|recipient not listed|recipient not local|recipient lookup failed" \
	"|mailbox not found|no such mailbox|unknown mailbox|mailbox unknown|invalid mailbox|not a valid mailbox|mailbox is unknown" \
	"|no mailbox|mailbox not exist|mailbox was not found|mailbox is not found|mailbox could not be found|mailbox cannot be found" \
	"|mailbox does not exist|mailbox doesn't exist|not a mailbox|mailbox doesnt exist|nonexistent mailbox|non-existent mailbox" \
	"|mailbox nonexistent|mailbox is invalid|mailbox invalid|mailbox name not found|mail box not found|mail box does not exist" \
	"|no such account|account not found|unknown account|account unknown|account is unknown|account does not exist|unknown user account" \
	"|account doesn't exist|account not exist|account doesnt exist|account was not found|account could not be found" \
	"|account is not found|account cannot be found|nonexistent account|non-existent account|non existent account|account nonexistent" \
	"|no account by that name|an account by that name|does not have an account|doesn't have an account|no such e-mail account" \
	"|no such email account|account that you tried to reach does not exist|no account for|account is not valid|invalid account" \
	"|tried to reach does not exist|account or domain may not exist|account inactive or unknown|no email account" \
	"|unknown e-mail address|unknown email address|no such address|unknown recipient address|address of unknown" \
	"|no such email|no such e-mail|email address could not be found|e-mail address could not be found|address couldn't be found" \
	"|address you entered couldn't be found|address you entered could not be found|e-mail address was not found|email address was not found" \
	"|address does not exist|address doesn't exist|address not exist|address doesnt exist|address is unknown|address not known here" \
	"|address is not known|address unknown|unknown address|recipient address not found|email address not found|address was not found" \
	"|nonexistent address|non-existent address|non-existent email|nonexistent email|address is nonexistent|address is non-existent" \
	"|no such person|here by that name|addressee unknown|addressee is unknown|unknown addressee|no such name|no one by that name" \
	"|nobody by that name|no person by that name|not known at this|not known here|unknown at this|unknown here|who is unknown" \
	"|no longer employed|no longer works|no longer accepts mail|no longer accepts e-mail|no longer accepts email|no longer an employee" \
	"|no longer exists|no longer on server|no longer with|user has moved|recipient has moved|mailbox has moved" \
	"|left the organi|left the company|left the institution|left the university|left the school|former employee|retired employee|no longer a customer|no longer a valid|no longer a user|no longer has an account|no longer part of|no longer working" \
	"|no longer in use|no longer valid|no longer monitored|no longer used|no longer being used|address has changed|address has been changed" \
	"|not listed in domino directory|not listed in public name|not a known recipient|is not a registered|not found in directory" \
	"|not in the directory|not in my validrcptto|not found in the directory|no match in directory|not in our user|not in our address|not in our director|not in our database|not a recognized user" \
	"|recipient not in our|unable to find recipient|unable to find user|user not in our|no such alias|no such local part|no such id" \
	"|unknown local part|unknown localpart|unknown local-part|local part unknown|alias not found|alias does not exist|no such list" \
	"|does not exist at the organization|wasn't found at|was not found at|does not exist here|doesn't exist here|does not exist at" \
	"|cannot find user|could not find user|can't find user|cannot find recipient|could not find recipient|could not find a mailbox" \
	"|cannot find your recipient|unrecognised-or-name|unrecognized-or-name|unrecognised or-name|unrecognised o/r name|unrecognized o/r name" \
	"|ambiguous-or-name|unrecognised-orname|unrecognised orname|or-name unrecognised|or-name unrecognized|name is not recognised" \
	"|name is not recognized|name not recognized|name not recognised|non-existent account|x-unix; 67|cuda_nsu|recent history of bouncing|invalid subscriber|no longer a member|unresolvable address|unresolved address|cannot resolve address|failed to route the address|not a known user|not in my list of valid|not in directory|nicht im domino|nicht in domino|recipients is found|nosuchuser" \
	"|user account not found|not a valid email account|is not a valid mailbox|not a valid account|user does not reside here" \
	"|bad destination email address|does not like recipient. giving up|invalid final delivery user|delivery user not found" \
	"|this email address is not valid|that address is not valid here|is not a valid address here|address not valid here" \
	"|unable to validate recipient|could not validate recipient|no such entry|address invalid|invalid address|unavailable mail user|invalid user|not our mx service|no valid recipients for this mm|rcpt to does not exist|deleted user|user deleted" \
	"|mailbox deleted|account deleted|deleted account|deleted mailbox|user has been deleted" \
	"|mailbox has been deleted|account has been deleted|address has been deleted|mailbox was deleted|account was deleted|user was deleted" \
	"|account removed|user removed|mailbox removed|mailbox has been removed|account has been removed|user has been removed"

/* Languages that are not English. */
#define NO_SUCH_USER_WEST \
	"utilisateur inconnu|utilisateur inexistant|utilisateur introuvable|destinataire invalide|destinataire inconnu|destinataire inexistant" \
	"|destinataire introuvable|adresse inconnue|adresse inexistante|adresse introuvable|adresse invalide|boîte inexistante" \
	"|boîte inconnue|lettres inexistante|lettres introuvable|compte inexistant|compte inconnu|n'existe pas|n'existe plus|n existe pas" \
	"|inconnu à cette adresse|est introuvable|adresse non trouvée|destinataire est invalide" \
	"|usuario desconocido|usuario no existe|usuario inexistente|usuario no encontrado|usuario inválido|no existe" \
	"|destinatario desconocido|destinatario inexistente|destinatario no encontrado|destinatario inválido|dirección desconocida" \
	"|dirección inexistente|dirección no encontrada|dirección no válida|dirección inválida|cuenta inexistente|cuenta no encontrada" \
	"|buzón inexistente|buzón no encontrado|casilla inexistente|se ha encontrado la dirección|se encontró la dirección" \
	"|encontrar la dirección|user no encontrado|cuenta de correo inexistente|no se encontró el destinatario" \
	"|usuário desconhecido|usuário não existe|usuário não encontrado|usuário não cadastrado|destinatário desconhecido" \
	"|destinatário não encontrado|destinatário inválido|destinatário não existe|conta inexistente|conta não existe|conta não encontrada" \
	"|caixa postal inexistente|correio inexistente|endereço inexistente|endereço não existe|endereço inválido|endereço não encontrado" \
	"|endereço desconhecido|encontrar o endereço|não existe|utilizador desconhecido|utilizador inexistente|email inexistente" \
	"|sconosciuto|utente inesistente|utente non trovato|utente non esiste|destinatario non valido|destinatario non trovato" \
	"|casella inesistente|casella non esistente|posta inesistente|indirizzo inesistente|indirizzo non valido|indirizzo non trovato" \
	"|account inesistente|account non trovato|trovare l'indirizzo|non esiste|inesistente|sconosciuta" \
	"|benutzer unbekannt|unbekannter benutzer|unbekannter empf|benutzer nicht|empfänger unbekannt|empfaenger unbekannt" \
	"|empfänger nicht gefunden|empfaenger nicht gefunden|empfänger nicht bekannt|empfänger ist unbekannt|empfaenger ist unbekannt" \
	"|empfänger ist nicht bekannt|empfänger ungültig|empfaenger ungueltig|ungültiger empf|ungueltiger empf|unbekannte adresse" \
	"|adresse unbekannt|adresse ist unbekannt|adresse ungültig|ungültige adresse|adresse nicht gefunden|adresse wurde nicht gefunden" \
	"|mailadresse ist nicht|mail-adresse ist nicht|existiert nicht|existiert leider nicht|existieren nicht|existiert hier nicht|konnte nicht gefunden werden" \
	"|postfach nicht gefunden|postfach unbekannt|kein solcher benutzer|kein solches postfach|kein postfach|nicht vorhanden" \
	"|nicht mehr gültig|nicht mehr gueltig|nicht mehr aktiv|nicht mehr verfügbar|nicht mehr in gebrauch|nicht mehr verwendet" \
	"|nicht mehr im unternehmen|nicht mehr bei uns|gibt es nicht|nicht erkannt|keinen benutzer|kein benutzer|teilnehmer unbekannt" \
	"|onbekende gebruiker|gebruiker onbekend|onbekende ontvanger|ontvanger onbekend|bestaat niet|onbekend adres|adres onbekend" \
	"|niet worden gevonden|gebruiker niet gevonden|ontvanger niet gevonden|adres niet gevonden|ongeldig adres|ongeldige ontvanger"

#define NO_SUCH_USER_NORTH_EAST \
	"okänd användare|kontot är avslutat|kontot har avslutats|kontot finns|okänd mottagare|okänd adress|finns inte|existerar inte|hittades inte|ogiltig mottagare|ogiltig adress" \
	"|ukendt bruger|kendes ikke|er nedlagt|ukendt modtager|ukendt adresse|findes ikke|eksisterer ikke|blev ikke fundet|ikke fundet|ugyldig modtager" \
	"|ukjent bruker|ukjent mottaker|ukjent adresse|finnes ikke|ble ikke funnet|ugyldig mottaker|tuntematon|ei löydy|ei löytynyt" \
	"|ei ole olemassa|kasutajat ei|neegzistuoja|neeksistē|nav atrasts|käyttäjää ei|osoitetta ei|tiliä ei|postilaatikkoa ei|vastaanottajaa ei|ismeretlen|nem ismert|nem létezik|nem található|utilizator necunoscut|utilizator inexistent|nu există" \
	"|nieznany użytkownik|użytkownik nieznany|nie istnieje|nieznany odbiorca|odbiorca nieznany|nie znaleziono|brak takiego" \
	"|nie ma takiego|nieprawidłowy adres|nieznany adres|neexistuje|neznámý příjemce|neznámý uživatel|uživatel nenalezen|nenalezen" \
	"|neznámá adresa|neznámý používateľ|nepostojeći|ne postoji|nepoznat korisnik|ne obstaja|kullanıcı bulunamadı|bulunamadı" \
	"|böyle bir kullanıcı|kullanıcı yok|geçersiz alıcı|bilinmeyen kullanıcı|bilinmeyen alıcı|mevcut değil|geçersiz adres" \
	"|пользователь не найден|такого пользователя|пользователь не существует|не существует|неизвестный пользователь|неизвестный получатель" \
	"|неизвестный адрес|получатель не найден|адресат не найден|адрес не найден|ящик не найден|такого адреса|нет пользователя|ящик не существует|ящик был удален|аккаунт удален|нет такого ящика" \
	"|пользователь неизвестен|получатель неизвестен|адресат неизвестен|неверный адрес получателя|неверный получатель|несуществующ" \
	"|не знайдено|не існує|невідомий користувач|не съществува|непознат|άγνωστος|δεν υπάρχει|δεν βρέθηκε"

#define NO_SUCH_USER_ASIA \
	"存在しません|存在しない|存在致しません|見つかりません|見つかりませんでした|宛先不明|あて先不明|宛先が不明|あて先が不明|使われておりません" \
	"|使用されていません|使われていません|使用されておりません|無効なアドレス|無効な宛先|無効な受信者|有効なメールアドレスではありません|正しくないアドレス" \
	"|ユーザーが不明|ユーザが不明|不明なユーザ|不明な受信者|宛先に誤り|あて先に誤り|該当するユーザ" \
	"|用户不存在|收件人不存在|邮箱不存在|地址不存在|帐号不存在|账号不存在|账户不存在|帐户不存在|无此用户|没有此用户|查无此人|无效的收件人|无效用户" \
	"|无效的用户|用户未找到|找不到用户|找不到该用户|找不到收件人|未找到收件人|无此帐号|无此账号|无效地址|地址有误|地址错误|地址不正确|无效的地址|不存在的用户|不存在的邮箱|不存在" \
	"|使用者不存在|無此使用者|無此帳號|無此用戶|查無此|找不到使用者|找不到收件|帳號不存在|信箱不存在|用戶不存在|無效的收件" \
	"|존재하지 않는|존재하지 않습니다|존재하지않|없는 사용자|없는 계정|없는 아이디|찾을 수 없|알 수 없는 사용자|알 수 없는 수신|사용자가 없|수신자가 없" \
	"|등록되지 않은|탈퇴한|không tồn tại|không tìm thấy|tidak ditemukan|tidak dikenal|tidak wujud|pengguna tidak|ไม่พบ|ไม่มีผู้ใช้" \
	"|غير موجود|غير معروف|לא קיים|לא נמצא|यह पता नहीं"

#define NO_SUCH_USER_SURE NO_SUCH_USER_PLAIN "|" NO_SUCH_USER_WEST "|" NO_SUCH_USER_NORTH_EAST "|" NO_SUCH_USER_ASIA

/* This is said of others as well, when there is a better word nearby. */
#define NO_SUCH_USER \
	NO_SUCH_USER_SURE \
	"|mailbox unavailable|mailbox is unavailable|mailbox not available|mailbox is not available|account unavailable|account not available" \
	"|account is not available|account is unavailable|address not found|invalid address|address invalid|address is invalid|address is not valid" \
	"|address isn't valid|no longer active|no longer available|marked as invalid|mailbox name not allowed|mailbox name is invalid" \
	"|mailbox syntax|user not local|user is not local|not a valid rfc|not a valid e-mail|not a valid email|not a valid address|user unavailable" \
	"|bad address|bad destination mailbox|unknown destination address|recipient address is not|recipient rejected" \
	"|recipient is rejected|illegal alias|illegal user|illegal recipient|wrong user|wrong recipient|incorrect recipient|incorrect address" \
	"|could not be found in the recipient|recipient may contain a non-existent|unrouteable recipient|can't verify recipient" \
	"|recipient verify failed|recipient verification failed|recipient rejected. user|not our domain user|is not a user|not a subscriber" \
	"|find account|find that account|find this account|find the account|find that user|find this user|find the user|find that recipient" \
	"|find the recipient|find the mailbox|find that mailbox|find that address|find the address|user gone|recipient gone|mailbox gone" \
	"|account gone|no local mailbox|lookup failed: no entry|no such object|not one of our|invalid e-mail address|invalid email address|nobody called|no one called|nobody named|no one named|no such mobile|no such number|number not in service|number is not in service|member unknown|unknown member|address retired" \
	"|number is not valid|user was removed|recipient was removed|account was removed|mailbox was removed|recipient cancelled" \
	"|cancelled the mailbox|cancelled the account|recipient in our list|undeliverable address|not deliverable|isn't a valid|is not a valid user"

/* The mailbox is there, and nobody may use it. */
#define DISABLED_SURE \
	"account disabled|account closed|account terminated|account deactivated|account expired|account cancelled|account canceled" \
	"|account inactive|account is disabled|account is closed|account is inactive|account is deactivated|account is terminated" \
	"|account is expired|account is cancelled|account has expired|address has expired|address expired|mailbox has expired|account has been disabled|account has been closed" \
	"|account has been deactivated|account has been terminated|account has been cancelled|account has been canceled" \
	"|account was closed|account was disabled|account not active|account is not active|account is no longer active|account suspended" \
	"|account is suspended|account has been suspended|account is currently suspended|account currently disabled|account is currently disabled" \
	"|account that you tried to reach is|user's account is disabled|account frozen|account is frozen|account is locked|account locked" \
	"|account has been inactive|account has been locked" \
	"|mailbox disabled|mailbox inactive|mailbox expired|mailbox is disabled|mailbox is inactive|mailbox has been disabled|mailbox not active" \
	"|mailbox has been deactivated|mailbox has been suspended|mailbox has been closed|mailbox suspended|mailbox closed|mailbox is closed" \
	"|mailbox deactivated|mailbox is deactivated|mailbox is suspended|mailbox currently suspended|mailbox is not active|mailbox is frozen" \
	"|mailbox frozen|mailbox is locked|mailbox locked|user disabled|user inactive|user is disabled|user is inactive|user suspended" \
	"|user is suspended|user is terminated|user has been disabled|user has been deactivated|user has been suspended|user deactivated" \
	"|user is deactivated|user is locked|user locked|user terminated|user closed|user is closed|user expired" \
	"|user account is expired|user account is disabled|user account disabled|user account is inactive|user account inactive|user not active" \
	"|user is not active|user is no longer active|inactive user|inactive account|inactive mailbox|inactive recipient|disabled recipient" \
	"|disabled user|disabled account|disabled mailbox|disableduser|recipient is inactive|recipient suspended|recipient is suspended" \
	"|recipient is disabled|recipient disabled|recipient inactive|suspended user|suspended account|suspended mailbox|closed account" \
	"|email account is suspended|address is disabled|address has been disabled|address disabled|address has been closed|address is closed" \
	"|address is inactive|address inactive|address has been deactivated|address deactivated|address is deactivated|address is no longer active" \
	"|address has been suspended|deactivated mailbox|deactivated account|deactivated user|discontinued|administrative disabled" \
	"|administratively disabled|due to inactivity|because of inactivity|due to extended inactivity|accountdisabled|mailboxdisabled" \
	"|[suspend]|[disabled]|disabled or discontinued|no longer on this server|has retired|is deceased" \
	"|compte désactivé|compte suspendu|compte clôturé|compte fermé|compte résilié|boîte désactivée|boîte fermée|adresse désactivée" \
	"|compte est désactivé|compte a été désactivé|lettres désactivée|lettres est désactivée|lettres a été désactivée|lettres est fermée|lettres a été fermée|lettres a été supprimée|compte est fermé|compte a été fermé|compte a été supprimé|compte a été clôturé|compte a été suspendu|adresse a été supprimée|cuenta desactivada|cuenta deshabilitada|cuenta inactiva|cuenta cancelada" \
	"|cuenta suspendida|cuenta bloqueada|cuenta cerrada|cuenta eliminada|cuenta ha sido|cuenta fue|buzón ha sido desactivado|buzón fue|buzón desactivado|buzón deshabilitado|dado de baja|dada de baja|conta desativada|conta bloqueada" \
	"|conta suspensa|conta cancelada|conta inativa|postal desativada|postal inativa|postal bloqueada|usuário bloqueado|usuário inativo|conta foi|conta encerrada|caixa postal foi" \
	"|casella disattivata|casella sospesa|casella disabilitata|casella chiusa|account disattivato|account disabilitato|account sospeso|casella è stata|account è stato|utente è stato|utente disattivato|utente cancellato" \
	"|utenza disattivata|konto deaktiviert|konto wurde deaktiviert|konto ist deaktiviert|konto gesperrt|konto ist gesperrt|konto wurde gesperrt" \
	"|postfach deaktiviert|postfach gesperrt|postfach geschlossen|postfach ist deaktiviert|postfach ist gesperrt|postfach wurde|schránka byla|schránka zrušena|schránka je zrušena|účet byl|hesap kapat|hesabı kapat|hesap silin|hesap askıya|hesap devre" \
	"|account gesperrt|account deaktiviert|account wurde gelöscht|account wurde gesperrt|konto wurde gelöscht|konto wurde geschlossen|konto wurde gekündigt|account gelöscht|benutzer wurde gelöscht|benutzer gesperrt|benutzer deaktiviert|adresse wurde abgeschaltet|adresse deaktiviert|adresse wurde deaktiviert|adresse wurde gelöscht|konto zablokowane" \
	"|konto nieaktywne|konto zostało|учетная запись отключена|учетная запись заблокирована|ящик отключен|ящик заблокирован|ящик удален" \
	"|пользователь заблокирован|пользователь удален|аккаунт заблокирован|аккаунт отключен|已被禁用|被禁用|被冻结|已冻结|已停用|已注销|被停用" \
	"|已被停用|已被封|已過期|停用|解約|停止されて|無効になって|退会|アドレスは登録されて|アドレスが登録されて|ユーザは登録されて|ユーザーは登録されて|ユーザーが登録されて|宛先は登録されて|アカウントは削除|アカウントが削除|アドレスは削除|アドレスが削除|削除されたアカウント|휴면|정지된|중지된"

#define NO_DOMAIN_SURE \
	"domain not found|domain name not found|no such domain|unknown domain|domain unknown|domain does not exist|domain is unknown" \
	"|domain doesn't exist|domain not exist|nonexistent domain|nonexistentdomain|nonexistent-domain|domain couldn't be found" \
	"|domain could not be found|domain was not found|domain cannot be found|domain wasn't found|domain is not found|domain has expired" \
	"|non-existent domain|non existent domain|non-existent host|nonexistent host|non-existent hosts|domainnonexistent|infodomainnonexistent" \
	"|host not found|host unknown|unknown host|no such host|host does not exist|host doesn't exist|nxdomain|nx domain|domain must resolve|domain must exist|domain does not resolve|domain doesn't resolve" \
	"|unrouteable mail domain|unrouteable domain|find any host|name or service not known|no address associated|nodename nor servname" \
	"|bad destination system|bad destination host|host found but no data record|no data record of requested type|mail exchanger or ip" \
	"|no mx record|no valid mx|no valid mail exchanger|no mail hosts|has no mx|no mx or|no a or mx|no mx found|no mail exchanger|mx record not found|mx records not found" \
	"|invalid dns mx|dns hard error|domain name could not be resolved|destination system name|hostname unknown|unknown hostname" \
	"|domain not known|domain isn't known|not a valid domain|domain is not valid|domain invalid|invalid domain|invalid host|invalid mx" \
	"|no records for domain|recipient's destination email system is unknown|could not be found in domain name service" \
	"|domaine inconnu|domaine inexistant|dominio inexistente|dominio no encontrado|dominio desconocido|domínio inexistente|domínio inválido|dominio inválido|dominio no válido|dominio non valido" \
	"|domínio não encontrado|domínio desconhecido|dominio non trovato|domain unbekannt|domain nicht gefunden" \
	"|unbekannte domain|unbekannter host|host unbekannt|nieznana domena|домен не найден|ドメインが存在|ドメインが見つかり" \
	"|no such host is known|illegal host|host/domain does not exist|domain/host does not exist|destination not valid within dns|x-unix; 68|dns domain does not exist|undefined mail domain|domain is not hosted"

/* … or the name server gave no answer yet. */
#define DNS_LATER \
	"host not found, try again|servfail|server failure|serverfailure|dns soft error|name server timeout|nameserver timeout" \
	"|dns server failure|dns check failed|dns failure|dns timeout|dns query failed|host name lookup failure|host lookup did not complete" \
	"|lookup failed temporarily|temporary failure in name|name service temporarily|unable to reach nameserver|dns error. try" \
	"|malformed or unexpected name server reply|name server: timeout|temporary dns|temporarily unable to resolve|dns temporary"

#define NOT_NOW \
	"locked by another|another process|temporarily frozen|currently in use|temporarily disabled|temporarily deactivated|temporarily suspended|temporarily locked|temporarily inactive|temporarily unavailable" \
	"|temporarily blocked|temporarily rejected|temporarily closed|temporarily not|temporary disabled|temporary unavailable" \
	"|temporary failure|temporary error|temporary problem|temporary local problem|temporary lookup|vorübergehend|temporairement" \
	"|temporalmente|temporariamente|temporaneamente|tymczasowo|tijdelijk|tillfälligt|midlertidigt|временно|暂时|暫時|一時的|일시적|verification in progress|isn't accepting messages now" \
	"|unavailable to take delivery"

#define MAILBOX_FULL \
	"mailbox full|mailbox is full|full mailbox|inbox full|inbox is full|over quota|overquota|over-quota" \
	"|over its quota|over the quota|out of storage|storage full|over the allowed quota|over it's quota|over their quota|over his quota" \
	"|insufficient storage|insufficient disk|exceeded storage|storage allocation|mailbox quota|mailbox size|quota is full|quota violation" \
	"|mailbox limit|quota full|disk quota|exceeds quota|exceeds allotted|exceeded mailbox|exceeding quota|quota limit|quota has been exceeded" \
	"|quota exceeded|exceeded quota|exceeded its quota|exceeded the quota|exceeded their|user is over|space limit|exceed quota|quota exceed" \
	"|not enough space|no space|mailfolder is full|mail folder is full|no more space|not enough storage|lack of space|shutoffquotaexceeded" \
	"|account is full|account full|database full|maildir over|user's disk|mbox full|too full|mailbox exceeds|quotaexceeded|over disk quota" \
	"|storage limit|exceeded allocated|exceeded the storage|error writing message: file too large|mailbox has exceeded|mailbox is over" \
	"|mailbox over|has full mailbox|mailbox has reached|reached its quota|quota reached|mailbox is too full|mailbox too large|has exhausted" \
	"|recipient full|user full|mailbox almost full|can't accept any more|boîte pleine|destinataire pleine|est pleine|lettres pleine" \
	"|quota dépassé|dépassement de quota|postfach voll|ist voll|postfach überfüllt|speicherplatz|speicher voll|kontingent|quota überschritten" \
	"|casella piena|posta piena|è piena|quota superata|spazio esaurito|buzón lleno|está lleno|casilla llena|está llena|cuota excedida" \
	"|excedido la cuota|cuota superada|caixa postal cheia|está cheia|correio cheia|cota excedida|quota excedida|excedeu a quota|excedeu a cota" \
	"|is vol|postvak vol|mailbox vol|przepełnion|jest pełna|skrzynka pełna|przekroczon|je plná|plná schránka|překročen|kotası|kota aşıldı" \
	"|kutusu dolu|är full|er fuld|er full|on täynnä|megtelt|переполнен|превышен|квота|ящик полон|容量|一杯です|いっぱい|満杯|上限に達|已满|空间不足" \
	"|配额|超出|已滿|空間不足|額滿|용량 초과|용량초과|용량이|가득|할당량"

/* What is wrong with the message as such, its headers first: they have addresses too. */
#define CONTENT \
	"invalid header|in the header|in header|from header|header from|header contains|missing header|header field|rfc 5322|rfc5322" \
	"|rfc 2822|rfc2822|bare lf|bare newline|content-type-not-supported|content type that is not supported|conversionfailed|conversion-"

#define SENDER \
	"of the sender|sender address|sender rejected|sender denied|sender domain|sender verify|sender verification|sender unknown" \
	"|sender is|sender was|invalid sender|bad sender|unknown sender|domain of sender|verification failed for|callback setup|callout verification" \
	"|sending domain|helo name|helo host|ehlo name|unverified sender|does not like sender|unresolvable sender|null sender|spoofed|sender name|sender's domain|originator not|invalid originator|unknown originator|originator invalid" \
	"|expéditeur inconnu|expéditeur refusé|expéditeur rejeté|absenderadresse|absender unbekannt|absender abgelehnt|mittente sconosciuto" \
	"|mittente rifiutato|remitente desconocido|remitente rechazado|remetente desconhecido|remetente rejeitado|отправителя не|发件人地址|发件人域|寄件者地址"

/* The other server would not talk to who delivered, or not for this sender: asked of the whole text. */
#define BEFORE_RECIPIENT \
	"in reply to mail from|after mail from:|refused to talk to me|after initial connection|but greeting failed|in reply to helo|in reply to ehlo" \
	"|after helo|after ehlo|does not like sender|but sender was rejected|dialing failed"

#define SPAM \
	"spam|unsolicited|blacklist|black list|blocklist|block list|block-list|blocked|dnsbl|rbl.|rbl:|reputation|virus" \
	"|malware|phish|dmarc|dkim|spf check|spf fail|sender policy framework|domainkeys" \
	"|junk|bulk mail|content rejected|content denied|banned|listed by|is listed|listed at|reverse dns|ptr record" \
	"|suspicious|infected|forgery|forged|recipient preferences|recipient's preferences|user preferences|forbidden|attachment|spf record|helo|rdns|spamhaus|senderbase|client host|reverse hostname" \
	"|(hvu:|(rly:|(dyn:|(rtr:|(con:|dt:spm|mi:spb|mi:dmc|mi:stc|ube, id|by ers|mail-abuse|spamcop|sorbs|message filtered" \
	"|dynamic ip|dynamic/generic|generic hostname|classified as|complaint|abuse|objectionable|profanity|prohibited content" \
	"|blackhole|dialup|dial-up|open relay|ip is|advertis|worm|trojan|executable|filter|backscatter|score" \
	"|unwanted|blocking|blocks|indésirable|courrier refusé|als werbung|abgelehnt wegen|correo no deseado|posta indesiderata|спам|черный список" \
	"|垃圾|拒收|病毒|黑名单|黑名單|迷惑メール|受信拒否|拒否しました|拒否され|ウイルス|ウィルス|스팸|차단|수신거부|수신 거부"

#define POLICY \
	"policy|policies|not authorized|not authorised|not permitted|prohibited|prohibition|authentication" \
	"|access denied. ip|security|rejected by recipient|rejected by header|restricted|only accepts|unauthenticated" \
	"|refuses mail|not on the allowed|allowed list|whitelist|permission|delivery is not allowed" \
	"|not accepting external|not accepting messages from|refused by recipient|rejected by user|rejected by the recipient" \
	"|not allow external|external sender|internal sender|outside sender|permitted senders|allowed senders|approved senders|known senders" \
	"|internal mail only|only internal|from outside|non-member"

/* Of a message: no code makes that the address's fault ("521 5.2.1 … will not accept delivery of this message"). */
#define MESSAGE_REFUSED \
	"will not accept|message refused|message rejected|message denied|mail rejected|mail refused|mail denied|access denied|delivery of this message" \
	"|message was rejected|message was refused|message not accepted|mail not accepted|does not accept this|transaction failed"

/* Asked too often for users that there are not: it is about us, whatever it calls them. */
#define TOO_MANY_WRONG \
	"too many invalid|too many unknown|too many bad|too many nonexist|too many non-exist|dictionary attack|directory harvest"

#define ROUTE \
	"temporary failure|loops back|mail loop|forwarding loop|routing loop|too many hops|hop count|timed out|timeout|connection refused" \
	"|connection reset|lost connection|no route to host|network is unreachable|try again later|try later|essayer plus tard|try again in|try again at" \
	"|connection dropped|read error|establish an smtp|message expired|delivery time expired|queue too long|delivery expired" \
	"|too long in the queue|no answer from|temporarily|points to local host|connection died|network error|is looping" \
	"|unreachable|not responding|config error|configuration error|retry time not reached|retry timeout exceeded" \
	"|best-preference mx|no route found|maximum-time-expired|connections will not be|message too old|delivery temporarily" \
	"|reject all mails|not accepting messages|transport unavailable|bounce between two|suspected mail loop|smtp communication problem" \
	"|has been failing|have been failing|could not be delivered for|unable to connect|could not connect|cannot connect|can't connect"

/* What is left: one of these, and what is the matter with it, in whatever words between. */
#define SOMEBODY \
	"addressee|userid|localpart|local part|user|recipient|mailbox|account|address|alias|person|customer|subscriber|inbox|employee|mail box"
#define NOT_THERE \
	"unknown|n't exist|nt exist|not exist|no exist|non-exist|nonexist|not found|no such|not valid|not known|unrecogni|not recogni|not listed" \
	"|not registered|no longer|not a user|not user|not our|not be found|n't be found|not here|n't found|n't have a|deactivated|disabled|inactive|been frozen|is frozen" \
	"|suspended|never existed|isn't valid|not part of|ceased|not served|not hosted|not match any|purged|not defined|undefined|defunct" \
	"|no user|no account|no recipient|not have a|was closed|is closed|bad recipient|bad user|wrong|unexist|inexist|not on this|not present|not provisioned|not in our|obsolete" \
	"|moved permanently|permanently closed|has cancelled|has canceled|is gone|abandoned|not in service|decommissioned"

/* … and in languages where the words between them vary most. */
#define SOMEBODY_ABROAD \
	"account|mailbox|empfänger|empfaenger|benutzer|adressat|adresse|postfach|konto|destinataire|utilisateur|correspondant|boîte|compte|usuario" \
	"|destinatario|dirección|buzón|cuenta|casilla|usuário|destinatário|endereço|conta|caixa|utente|casella|indirizzo|gebruiker" \
	"|ontvanger|adres|postbus|användare|mottagare|adress|bruger|modtager|bruker|mottaker|postkasse|vastaanottaja|käyttäjä|użytkownik" \
	"|odbiorc|skrzynk|uživatel|příjemc|schránk|címzett|felhasználó|utilizator|kullanıcı|alıcı|пользовател|получател|адресат|ящик|адрес"
#define NOT_THERE_ABROAD \
	"nicht bekannt|kennt keinen|kennt kein|gekündigt|stillgelegt|abgemeldet|résilié|clôturé|opgezegd|cancelada|nicht existent|nicht existier|nicht mehr vorhanden|nicht eingerichtet|nicht registriert|nicht aufgeführt" \
	"|nicht verzeichnet|deaktiviert|inexistant|n'est plus|introuvable|désactivé|non répertorié|non trouvé|n'a pas été trouvé|desconocid" \
	"|no encontrad|desactivad|no figura|no ha sido encontrad|desconhecid|não encontrad|desativad|non trovat|non ha più|non risulta|disattivat" \
	"|onbekend|niet bekend|niet gevonden|opgeheven|okänd|finns ej|ukendt|ukjent|nedlagt|nieznan|nieaktywn|neexistuj|neznám|nenalezen" \
	"|megszűnt|necunoscut|nu a fost găsit|bulunama|неизвест|не зарегистрирован|не найден|отключен|отключён"

#define SERVER_TROUBLE \
	"unknown error|unknown reason|unknown problem|unknown command|unknown failure|invalid message|invalid ip|invalid content" \
	"|invalid argument|invalid command|invalid character|invalid line|invalid mime|invalid response|invalid data|unknown status" \
	"|command died|command output|mailer error|local configuration|internal error|internal server error|local problem|lookup failure" \
	"|local delivery failed|i/o error|out of memory|service unavailable|service not available|system error" \
	"|unexpected failure|unable to lock|unable to open mailbox|can't open mailbox|did not report a specific reason|mail transport"

#endif
