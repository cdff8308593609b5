"""Phrases about the address: it is unknown, gone, full, suspended, or refuses by its owner's wish."""

from masthead.bounces.reading.phrases.writing import phrases

UNKNOWN = phrases(
    """
    mailbox name invalid | unavailable mail user | valid forwarding address | no mailbox by |
    recipient address rejected: access denied * protection.outlook | recipient addresses rejected : access denied |
    recipient addresses rejected: access denied | access denied. as(2018 | user unknown | unknown user | غير موجود |
    المستخدم غير | وجود ندارد | یافت نشد | לא קיים | user is unknown | unknown mailbox | mailbox unknown |
    unknown recipient | recipient unknown | unknown account | account unknown | unknown address | address unknown |
    unknown local part | unknown local-part | unknown destination address | unknown or illegal user |
    unknown or invalid user | unknown to address | unknown email address | no such user | no such mailbox |
    no such recipient | no such account | no such address | no such person | no such local | no such email |
    no such domain user | no such member | no such * user | no such * mailbox | no such id | no such name |
    no mailbox here by that name | no mailbox found | no mailbox by that name | no mailbox *exists |
    no account by that name | no user by that name | no user with that name | no one by that name | no mail-box here |
    no local mailbox | no local user | no valid recipient | no valid mailbox | no valid address | no users on this |
    no recipient found | no matching recipient | no user found | no account found | no mail box | no email box |
    no address associated | user not found | mailbox not found | recipient not found | account not found |
    address not found | user not known | recipnotfound | recipientnotfound | resolver.adr.recip | resolver.adr.exrecip |
    resolver.adr.badprimary | user * not found | mailbox * not found | recipient * not found |
    not found by smtp address lookup | not found in directory | not listed in * directory | not listed in public name |
    not listed in domino | user not listed | not listed in address book | is not a known user | not a known user |
    is not known at | is not known here | not known to this | not known at this | user does not exist |
    user doesn't exist | mailbox does not exist | mailbox doesn't exist | account does not exist |
    account doesn't exist | recipient does not exist | recipient doesn't exist | address does not exist |
    address doesn't exist | addresses does not exist | does not exist on this | does not exist at |
    does not exist here | does not exist in | person does not exist | alias does not exist | username does not exist |
    id does not exist | name does not exist | that you tried to reach does not exist | address does not * exist |
    user * does not exist | user * doesn't exist | mailbox * does not exist | mailbox * doesn't exist |
    account * does not exist | recipient * does not exist | address * does not exist | email * does not exist |
    e-mail * does not exist | user * not exist | recipient not exist | doesn't have * account |
    does not have * account | doesn't have an account | no yahoo account | doesn't have a yahoo | invalid recipient |
    invalid mailbox | invalid user | invalid address | invalid destination mailbox | invalid destination |
    invalid local part | invalid local-part | invalid account | invalid final delivery | invalid rcpt |
    recipient invalid | recipient is invalid | address is invalid | mailbox is invalid | mailbox invalid |
    user invalid | mailbox name is invalid | bad destination mailbox | bad destination email | bad recipient |
    bad address syntax | recipient address is not valid | address is not valid | is not a valid mailbox |
    is not a valid user | is not a valid recipient | not a valid recipient | not a valid user | not a valid mailbox |
    not a valid address | is not valid at | not valid recipient | valid rcpt required | not a local user |
    not local user | not our customer | not a customer | not our user | not a user here | non-local user |
    is not a registered | not a registered | is not registered | not registered here | has not registered |
    unregistered user | unregistered mailbox | not on this server | not in our database | not in this server |
    is not one of our | mailbox not here | user not here | not a user at | user not local | this user doesn't |
    this account doesn't | this is not a valid | not an active address | not a valid inbox | isn't a valid |
    isn't a user | nonexistent | non-existent user | non-existent address | non existent | non-existing | non existing |
    not exist | mailbox is not found | unrouteable address | unroutable address | unrouteable mail address |
    undeliverable address | undeliverable address: | unable to find the specified user | could not find the user |
    cannot find user | can't find user | can not find user | user could not be found | couldn't be found |
    could not be found | wasn't found at | was not found at | cannot be found | email account * not found |
    wasn't found | unable to find recipient | unable to locate | cannot locate | can't be located |
    user can not be found | recipient cannot be verified | recipient verify failed | recipient verification failed |
    unverified address | undeliverable recipient | address rejected: undeliverable | recipient lookup failed |
    failed to verify recipient | rcp-p1 | recipient address rejected: user | recipient address rejected: unknown |
    recipient address rejected: unverified | recipient address rejected: invalid | recipient address rejected: no such |
    recipient address rejected: address | recipient address rejected: undeliverable |
    recipient address rejected: no user | recipient address has been rejected | recipient rejected: unknown |
    no longer valid | is no longer a valid | mailbox no longer | no longer exist | no longer on server |
    no longer in use | address no longer | account no longer | no longer active | has been deleted | has been removed |
    account deleted | account is deleted | account closed | account has been closed | account is closed |
    mailbox deleted | user deleted | has been terminated | account terminated | mailbox has been closed |
    account that you tried to reach does not | check the recipient | please check the address |
    is a deactivated mailbox | user account is unavailable | user is not available | user doesn't have |
    recipient not accepted | recipient * not valid | not allowed to receive mail: user | delivery error: dd this user |
    dd this user doesn't | dd sorry your message | this user doesn't have a | mailbox you are trying to reach |
    unknown host or user | unknown user account | unknown users | recipient name is not recognized |
    recipient name not recognized | name not recognized | user name is unknown | addressee unknown | addressee not |
    destination user | unknown addressee | destinataire inconnu | badrcptto | badrecipientto | validrcptto |
    vrfy failed for | not a user on | not a mailbox on | closed permanently | permanently closed | been closed |
    been deleted | been retired | been decommissioned | bad-mailbox | unknown uid | not have an account |
    could not deliver mail to this user | destination address is invalid | address could not be verified |
    status: user-unknown | mailbox unavailable or access denied | [416] | _416 | lpn007 | address rejected: unknown |
    the e-mail address you entered couldn't be found | e-mail account does not exist at the organization |
    is not at this | empfänger unbekannt | unbekannter empfänger | benutzer unbekannt | unbekannter benutzer |
    unbekannte adresse | adresse unbekannt | postfach existiert nicht | existiert nicht | empfänger existiert |
    adresse existiert nicht | konnte nicht gefunden werden | wurde nicht gefunden | nicht gefunden werden |
    kein postfach | keine mailbox | kein solcher benutzer | ungültiger empfänger | empfängeradresse ungültig |
    nicht bekannt | adresse ist ungültig | e-mail-adresse * nicht gefunden | utilisateur inconnu |
    destinataire invalide | boite inconnue | boîte inconnue | adresse inconnue | compte inexistant | n'existe pas |
    introuvable | adresse invalide | destinataire inexistant | utilisateur inexistant | n'a pas été trouvé |
    n'est pas valide | usuario desconocido | destinatario desconocido | no existe | dirección no válida |
    usuario inexistente | no se encontró | no se ha encontrado | buzón inexistente | cuenta inexistente |
    no se pudo encontrar | utente sconosciuto | destinatario sconosciuto | non esiste | indirizzo inesistente |
    casella inesistente | utente inesistente | non trovato | indirizzo non valido | non è stato trovato |
    impossibile trovare | usuário desconhecido | usuario desconhecido | destinatário desconhecido | não existe |
    nao existe | usuário inexistente | endereço inválido | não foi encontrado | não encontrado | conta inexistente |
    onbekende gebruiker | gebruiker onbekend | bestaat niet | onbekend e-mailadres | niet gevonden | ongeldig adres |
    onbekende ontvanger | okänd mottagare | okänd användare | finns inte | hittades inte | kunde inte hittas |
    ukendt bruger | findes ikke | blev ikke fundet | ukjent bruker | finnes ikke | ble ikke funnet |
    tuntematon käyttäjä | ei löytynyt | ei löydy | nieznany użytkownik | nie istnieje | nieznany odbiorca |
    nie znaleziono | neexistuje | neznámý příjemce | neznámý uživatel | nebyl nalezen | nem létezik |
    ismeretlen felhasználó | ismeretlen címzett | bulunamadı | kullanıcı bulunam | böyle bir kullanıcı | nu există |
    nu a fost găsit | пользователь не найден | не существует | нет такого пользователя | нет такого адреса |
    неизвестный пользователь | ящик не найден | несуществующий | адресат не найден | не зарегистрирован |
    такого пользователя нет | не найден | не знайдено | не існує | δεν υπάρχει | δεν βρέθηκε | ユーザーが見つかり |
    ユーザが見つかり | 宛先が見つかり | 見つかりませんでした | 存在しません | 存在しない | 宛先不明 | あて先不明 |
    該当するユーザ | アドレスが間違 | メールアドレスが正しく | 登録されていません | ユーザー不明 | 不明なユーザ |
    受取人が見つ | 用户不存在 | 帐号不存在 | 账号不存在 | 邮箱不存在 | 不存在 | 找不到 | 收件人地址不 | 无此用户 |
    用户未找到 | 用戶不存在 | 無此使用者 | 無此帳號 | 사용자를 찾을 수 | 존재하지 않 | 알 수 없는 사용자 | 찾을 수 없 |
    없는 사용자 | 유효하지 않은 수신자 | nie ma takiego | odbiorca nieznany | adresat nieznany | nie znany użytkownik |
    adresát neexistuje | uživatel nenalezen | príjemca neexistuje | nebol nájdený | a címzett nem található |
    nem található | nu exista | neexistent | korisnik ne postoji | ne postoji | nije pronađen | ne obstaja |
    ni bilo mogoče najti | ei eksisteeri | ei leitud | neeksistē | netika atrasts | neegzistuoja | nerastas |
    không tồn tại | không tìm thấy | ไม่พบ | ไม่มีผู้ใช้ | tidak ditemukan | tidak ada pengguna | no s'ha trobat |
    no existeix | ugyldig modtager | ukendt modtager | ukjent mottaker | ugyldig mottaker | ogiltig mottagare |
    vastaanottaja tuntematon | tuntematon vastaanottaja | usuario no encontrado | usuario nao encontrado |
    usuário não encontrado | destinatário inexistente | destinatario inexistente | alıcı bulunam | geçersiz alıcı |
    несъществуващ | не съществува | არ არსებობს | עבור נמען לא | הנמען לא | لا يوجد مستخدم | غير صالح | لم يتم العثور |
    άγνωστος χρήστης | άγνωστος παραλήπτης
    """
)

#: Said also of things other than the address; they count when nothing else was said.
UNKNOWN_VAGUE = phrases(
    """
    mailbox unavailable | mailbox not available | mailbox is unavailable | mailbox is not available | recipient rejected |
    recipient address rejected: access denied | recipient is rejected | recipient was rejected |
    recipient has been rejected | recipient <* rejected | address rejected | address is rejected | rcpt to * rejected |
    requested action not taken: mailbox | mailbox name not allowed | mailbox name unacceptable |
    not accepting mail for this address | addressee rejected | recipient refused | user unavailable | no longer works |
    no longer employed | no longer with | left the company | has left | does not work here | account expired |
    email address is incorrect | address is wrong | wrong address | misspelled | mistyped | typing error |
    incorrectly addressed | addresses were not found | unknown to us | 550 unknown | invalid name | illegal user |
    illegal mailbox | unable to deliver to that address | unable to verify
    """
)

#: EZweb's and au's whole sentences.
SUSPENDED_CARRIER = phrases("the user(s) account is disabled")
FULL_CARRIER = phrases("the user(s) account is temporarily limited")

MOVED = phrases(
    """
    has moved | user moved | user has moved | mailbox moved | mailbox has moved | moved to another |
    please update your address book | please update your address | please update your records | new address is |
    new e-mail address | new email address | address has changed | address changed | e-mail has changed |
    email has changed | changed his address | changed their address | changed my email | address has been changed |
    has been replaced by | please use the new | please try < | use the following address | user not local; please try |
    recipient no longer on server | not our customer | neue adresse | neue e-mail-adresse | adresse geändert |
    nouvelle adresse | nueva dirección | nuevo correo | nuovo indirizzo | novo endereço | nieuw adres |
    nieuw e-mailadres | новый адрес | アドレスは変更 | アドレスを変更 | 新しいアドレス | 新しいメールアドレス
    """
)

#: Before what a program, a limit on messages or a limit on their size could mean by the same words.
FULL_SURE = phrases(
    """
    maildir over quota | quota exceeded while writing | too many messages in * mailbox | too many messages on the server |
    zuviele mails auf dem server | mailbox exceeds allowed size
    """
)

FULL = phrases(
    """
    overflowed | is overflowing | storage left | disk limit | boite du destinataire pleine | _417 | [417] | mailbox full |
    mailbox is full | mail box full | mailbox * is full | mailbox has exceeded | mailbox * exceeded | mailbox size limit |
    mailbox quota | mailbox exceed | mailbox over | mailfolder is full | mail folder is full | mail file size limit |
    maildir over | maildir delivery failed: user | over quota | overquota | over-quota | quota exceeded | quota exceed |
    quota full | quota has been | quota is full | exceeded quota | exceeds quota | exceeded * quota | exceed * quota |
    exceeds * quota | quota violation | quota error | quota limit | out of quota | too many messages in * mailbox |
    storage quota | disk quota | user's quota | inbox is full | inbox full | account is full | account full |
    user is full | user full | full mailbox | insufficient quota | not enough space in | not enough quota |
    exceeded storage | storage limit | exceeded his | exceeded its | exceeded their | mail quota | would exceed |
    exceeding its mailbox | recipient's mailbox is full | recipient storage full | no space left for this user |
    boxexceeded | out of storage | has no space | user has exhausted | mailboxes full | is full and can't accept |
    exceeds the allocated quota | exceeding the limit of the mailbox | receiving mail at a ratequotaexceeded |
    exceeded email quota | email quota | insufficient user storage | postfach ist voll | postfach voll | postfach * voll |
    mailbox voll | speicherplatz | kontingent | überschritten | überfüllt | boite pleine | boîte pleine |
    boîte aux lettres * pleine | boite aux lettres * pleine | quota dépassé | quota depasse | est pleine | saturée |
    buzón lleno | buzón está lleno | buzon lleno | buzón * lleno | cuota excedida | cuota superada | casella piena |
    casella * piena | quota superata | caixa de correio cheia | caixa * cheia | caixa postal * cheia | cota excedida |
    quota excedida | mailbox vol | postvak * vol | brevlådan är full | postkassen er fuld | postboksen er full |
    przepełnion | skrzynka * pełna | plná schránka | schránka * plná | megtelt | kotası dol | kutusu dolu |
    ящик переполнен | переполнен | превышена квота | превышен | メールボックスがいっぱい | メールボックスが満杯 |
    メールボックスの容量 | 容量を超え | 容量超過 | 容量オーバー | 保存容量 | 邮箱已满 | 已满 | 超出容量 | 空间不足 |
    信箱已滿 | 용량 초과 | 편지함이 가득 | 사서함이 가득 | 용량이 초과 | 용량이 가득 | postkasse er fuld | indbakke er fuld |
    innboksen er full | postboks er full | inkorgen är full | brevlåda är full | postilaatikko on täynnä | laatikko täynnä |
    schránka * přeplněn | přeplněná | preplnen | plná | skrzynka jest zapełn | zapełnion | tele van | căsuța * plină |
    cutia * plină | sandučić * pun | nabiralnik * poln | hộp thư * đầy | đã đầy | กล่องจดหมาย * เต็ม | kotak surat * penuh |
    bústia * plena | está cheia | está llena | está lleno | è piena | γραμματοκιβώτιο * πλήρες | είναι γεμάτ |
    кутията * пълна | скринька * переповнена | переповнен | صندوق البريد ممتلئ | ممتلئ | התיבה מלאה | תיבת הדואר מלאה |
    صندوق * پر است | kutusu dolu | kotası aş
    """
)

#: Before what is said of a network that is blocked.
SUSPENDED_SURE = phrases(
    """
    user hangup | is now disabled with | mailbox is blocked | mailbox blocked | account is blocked | account blocked |
    user is blocked | user blocked | mailbox * suspended | account * suspended | user * suspended | conta bloqueada |
    konto zablokowan | cuenta bloqueada | accountdisabledexception | mailboxdisabled | has been blocked by administrator
    """
)

SUSPENDED = phrases(
    """
    boite du destinataire archivee | archived recipient | _420 | [420] | account is disabled | account disabled |
    account has been disabled | account that you tried to reach is disabled | mailbox disabled | mailbox is disabled |
    user disabled | user is disabled | address is disabled | address disabled | account is suspended | account suspended |
    account has been suspended | mailbox suspended | mailbox is suspended | user suspended | user is suspended |
    temporarily suspended | mailbox is frozen | mailbox frozen | account frozen | account is frozen | account is locked |
    account locked | account has been locked | mailbox locked | mailbox is locked | account inactive |
    account is inactive | inactive account | inactive mailbox | mailbox inactive | mailbox is inactive | user inactive |
    user is inactive | inactive user | inactive recipient | inactive for | is not active | account not active |
    not active anymore | user not active | mailbox not active | currently not accepting | not accepting messages |
    not accepting mail | not accepting email | is not accepting | not currently accepting | can't receive messages |
    cannot receive messages | unable to receive | not receiving mail | isn't receiving | is no longer accepting |
    no longer accepts mail | no longer accepting | account is not allowed to receive | blocked for inactivity |
    due to inactivity | not logged in | hasn't logged in | has not logged in | been inactive | extended inactivity |
    out of service | temporarily disabled | temporarily deactivated | deactivated | has been blocked by administrator |
    account blocked | user is blocked | mailbox blocked | mailbox is blocked | account has been deactivated |
    vdelivermail: account is locked | dormant | administratively disabled | administrative disabled | disabled mailbox |
    disabled account | disabled user | disabled recipient | discontinued | account on hold |
    delivery to this account is disabled | subscriber is suspended | service has been suspended | user_disabled |
    account is currently unavailable | postfach * gesperrt | konto * gesperrt | deaktiviert | postfach ist inaktiv |
    compte * suspendu | compte * désactivé | boite * désactivée | cuenta * suspendida | cuenta * deshabilitada |
    cuenta * desactivada | account * sospeso | casella * sospesa | casella * disattivata | conta * suspensa |
    conta * desativada | geblokkeerd | zablokowan | заблокирован | отключен | 停止中 | 利用停止 | 受信停止 | 冻结 |
    已停用 | 被禁用 | 停用
    """
)

#: Exchange's names for rules about who may write.
FILTERED_SURE = phrases(
    """
    resolver.rst.notauthorized | resolver.rst.authrequired | resolver.rst.sendernotauthenticated | resolver.rst.restricted
    """
)

FILTERED = phrases(
    """
    rcp-p2 | rcp-p3 | due to recipient preferences | recipient preferences | protected recipient | has restricted |
    user rules | message rejected due to user | user rejects | user refuse | recipient refuses | recipient * refuse |
    doesn't want your mail | does not want your mail | rejected by user | rejected by the recipient |
    rejected by recipient | refused by recipient | refused by the recipient | by the user | blocked by recipient |
    blocked by user | blocked by the recipient | recipient has blocked | user has blocked | does not want to receive |
    doesn't want to receive | does not accept mail from | only accepts mail from | accepts mail only |
    not on the whitelist | not in whitelist | recipient's filter | user's filter | personal filter |
    because the recipient is not accepting | mailbox owner | resolver.rst.notauthorized | resolver.rst.restricted |
    restricted to | not authorized to send to | permission to send to | not authorised to send to | only allows |
    delivery not authorized | restricts who | recipient does not accept | recipient doesn't accept |
    not allowed to send to this | 受信拒否 | 指定受信 | ドメイン指定 | 拒收 | 被拒收 | 拒绝接收 | group only accepts |
    doesn't accept messages from | does not allow posts | you can't post | may not post | not have permission to post
    """
)

#: Certain, and before everything else since such a mail may mention DNS or policies.
NO_MAIL_SURE = phrases(
    """
    record indicated no smtp service | no smtp service at this domain | does not accept mail (nullmx | nullmx | null mx |
    null-mx | doesn't receive email according to | does not receive email according to | host does not accept mail |
    domain does not accept mail | domain does not accept email | domain doesn't accept mail | does not accept any mail |
    accepts no mail | does not receive mail | does not accept email | mail receiving disabled |
    smtp protocol returned a permanent error * no mx | name server: .: host not found
    """
)

#: Before what the same words say of a user: something of a domain does not exist.
NO_DOMAIN_SURE = phrases(
    """
    dns domain * does not exist | infodomainnonexistent | domain does not exist | no mx records were found
    """
)

NO_DOMAIN = phrases(
    """
    mx records point to non-existent | unable to find a host | domain not found | not appear to be registered |
    domain name not found | host not found | host or domain name not found | host unknown | unknown host |
    unknown domain | no such domain | no such host | domain does not exist | domain doesn't exist |
    domain * does not exist | host * does not exist | bad destination host | illegal host/domain | nxdomain |
    name or service not known | nodename nor servname | unable to resolve | cannot resolve | could not be resolved |
    could not resolve | couldn't resolve | not resolve | dns error: domain | no valid hosts | no valid mx | no mx |
    couldn't find any host named | couldn't find any host by that name | couldn't find a mail exchanger |
    can't find * host | unrouteable mail domain | unrouteable domain | unroutable domain |
    all host address lookups failed | no a, aaaa | has no mail exchange | no mail server | mail server * not found |
    domain is not valid | invalid domain | domain invalid | couldn't be reached because the domain | recipient's domain |
    recipient domain must exist | destination domain | domain * couldn't be found | domain wasn't found | domain has no |
    is not a valid domain | unknown destination host | no route to domain | mx record about * unknown |
    domain is not hosted | domain isn't hosted | unable to find the domain | unknown mail host | non-existent domain |
    non-existent host | non existent domain | domäne existiert nicht | domain existiert nicht | unbekannte domain |
    domaine inconnu | domaine inexistant | dominio no existe | dominio inexistente | dominio sconosciuto |
    domínio inexistente | домен не | ドメインが存在 | ドメインが見つ | ホストが見つ | 域名不存在 | 找不到域
    """
)
