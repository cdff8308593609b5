"""Phrases by which a notice is known for what it is: a failure, a wait, a receipt, an automatic answer."""

from masthead.bounces.reading.phrases.writing import phrases

#: Announces the recipients that failed.
LEAD = phrases(
    """
    following address | following recipient | following user | following destination | following mailbox |
    following person | these recipients | this recipient | following e-mail | following email | following local |
    following failed | following message could | recipients of | recipient(s) | address(es) | addresses failed |
    failed address | failed recipient | failed to deliver to | delivery to the | delivery to these | delivery has failed |
    delivery failed | delivery failure | deliver your message to | deliver to | delivered to | delivery of your |
    could not be delivered | couldn't be delivered | cannot be delivered | can't be delivered | was not delivered |
    wasn't delivered | not be delivered to | undeliverable to | unable to deliver | not reach | did not reach |
    reason of failed | reasons given | permanent fatal errors | transcript of session | recipient address |
    intended recipient | unknown user | user unknown | unknown address | could not deliver | couldn't deliver |
    non-delivered | message was not | your message to | your mail to | your email to | your e-mail to | mail to the |
    message to the | sent to | addressed to | not deliverable | undelivered | unsuccessful | unreachable |
    permanently failed | destinatário | destinatari | destinataire | nicht zugestellt | zugestellt werden | empfänger |
    konnte nicht | n'a pas pu | n'ont pas | n'a pu | impossible de | no se pudo | no pudo | no ha podido | non è stato |
    non può | impossibile | não pôde | não foi | kon niet | kunde inte | kunne ikke | ei voitu | nie można | nie mog |
    nelze | nepodařilo | ulaştır | teslim edilemedi | iletilemedi | не доставлен | не может быть доставлен | не удалось |
    получател | адресат | 配信でき | 配信できません | 送信でき | 届け | 宛先 | エラー | 以下の | 下記 | 无法 | 投递 |
    未能 | 退回 | 收件人 | 배달 | 전송 | 수신자
    """
)

#: A failure in words, as they stand in notices and subjects.
FAILED = phrases(
    """
    تعذر تسليم | لم يتم تسليم | تعذّر | فشل التسليم | تحویل داده نشد | ارسال نشد | ناموفق | לא נמסרה | loop alert |
    mail loop | duplicated message-id | error message below | error sending your | trouble delivering | failed mail |
    mail failed | delivery was aborted | recipients was aborted | unable to send | problem delivering |
    delivery problems | not delivered: | unknown user | user unknown | processing error | mail processing |
    unable to process your | did not exactly match | undeliver | delivery fail | failure notice | failed delivery |
    returned mail | mail returned | returned to sender | return to sender | delivery status notification (failure |
    message could not be delivered | could not be delivered | couldn't be delivered | can't be delivered |
    cannot be delivered | can not be delivered | could not deliver | couldn't deliver | unable to deliver |
    wasn't delivered | was not delivered | were not delivered | not been delivered | not delivered | non delivery |
    non-delivery | nondeliver | delivery error | delivery problem | delivery unsuccessful | delivery has failed |
    delivery to * failed | delivery to the following | permanent fatal error | permanent error | fatal error |
    mail delivery failed | mail delivery failure | mail system error | mail failure | mail error |
    message not delivered | message undeliver | message rejected | message bounced | bounced | did not reach |
    didn't reach | not able to deliver | not deliverable | failed to deliver | failed permanently | failed recipient |
    address(es) failed | addresses failed | rejected your message | has been rejected | was rejected |
    has been returned | is being returned | being returned | was returned | sorry, | i'm sorry | i'm afraid |
    giving up | failed address | unzustellbar | nicht zugestellt | nicht zugestellt werden | zustellung fehlgeschlagen |
    zustellung ist fehlgeschlagen | fehlgeschlagen | nicht ausgeliefert | rücksendung | unzustell | non remis |
    non-remis | non distribué | non distribue | non délivr | non delivr | échec de la remise | echec de la remise |
    échec de | n'a pas pu être | n'a pu être | n'ont pu être | retourné | no se pudo entregar | no entregado |
    no se ha podido entregar | no ha podido | no pudo ser entregado | error de entrega | devuelto | no entregable |
    correo devuelto | imposible entregar | impossibile recapitare | mancato recapito | mancata consegna |
    non recapitabile | non è stato recapitato | non è stato possibile | non consegnat | notifica dello stato |
    não entregue | não pôde ser entregue | não foi entregue | falha na entrega | não foi possível | devolvid |
    nao entregue | falha de entrega | niet bezorgd | niet worden bezorgd | onbestelbaar | niet afgeleverd | kan niet |
    kunde inte levereras | går inte att leverera | ej levererat | kunne ikke leveres | kan ikke leveres | ikke leveret |
    ikke levert | perille toimittaminen | ei voitu toimittaa | toimitus epäonnistui | nie dostarczono | niedostarcz |
    nie mogła zostać | nie może być dostarczon | nedoručiteln | nelze doručit | nebyla doručena | kézbesíthetetlen |
    nem kézbesíthető | teslim edilemedi | iletilemedi | gönderilemedi | nelivrabil | не доставлен | недоставлен |
    не может быть доставлен | невозможно доставить | не удалось доставить | возвращен | не было доставлено |
    не доставлено | недоставка | не доставлена | недостав | не вдалося | 配信できません | 配信不能 | 配信エラー |
    送信できません | 送信エラー | 届けられません | 配送できません | 配達できません | 配信に失敗 | 送れません |
    エラーメール | 未配信 | 送信に失敗 | 配信不可 | お届けでき | 送信不能 | 退信 | 系统退信 | 无法投递 | 投递失败 |
    未能送达 | 无法送达 | 发送失败 | 被退回 | 傳遞失敗 | 無法傳遞 | 无法传递 | 未傳遞 | 反弹 | 退回 | 전송 실패 |
    배달되지 | 배달할 수 없 | 전달할 수 없 | 반송 | μη παραδοτέο | δεν ήταν δυνατή | δεν παραδόθηκε | olevererbart |
    kan inte levereras | kunde inte skickas | ikke leverbar | kunne ikke afleveres | ei toimitettavissa |
    ei voida toimittaa | niedostarczalne | nie dostarczon | nie można dostarczyć | nie udało się dostarczyć |
    nie została dostarczon | nedoručiteľn | nebolo možné doručiť | nepodařilo doručit | nepodarilo doručiť |
    nebylo možné doručit | nem sikerült kézbesíteni | kézbesítés sikertelen | nu a putut fi livrat | nu a fost livrat |
    nije isporučen | neisporučivo | ni bilo mogoče dostaviti | ni dostavljen | nedostavljivo |
    ei õnnestunud kohale toimetada | neizdevās piegādāt | nepavyko pristatyti | не може да бъде доставен | недоставимо |
    не вдалося доставити | không gửi được | không thể gửi | không thể phân phối | ไม่สามารถส่ง | tidak terkirim |
    gagal terkirim | tidak dapat dikirim | no s'ha pogut lliurar | recapito non riuscito | teslim edilemiyor |
    teslim edilemez | ulaştırılamadı | לא ניתן למסור | לא ניתן היה למסור | غير قابل للتسليم | не удается доставить |
    未送达 | 送信できなかった | 메일 전송에 실패 | 전송하지 못 | 배달하지 못
    """
)

#: A filter at the end of the way threw the mail away, and says so by a disposition notification.
REFUSED = phrases("rejected | refused | quota | not accepted | could not be delivered | blocked")

#: The mail waits and is tried again.
WAITING = phrases(
    """
    pas encore été | повторные попытки | 再試行します | 将重试 | 系统将重试 | delivery status notification (delay |
    delivery delayed | delivery is delayed | delivery delay | message delayed | mail delayed | has been delayed |
    is delayed | delayed mail | (delay) | still being retried | will be retried | will continue to be retried |
    will retry | will keep trying | continue to try | continue trying | continue attempting | keep trying |
    keep attempting | will try again | will be attempted again | delivery attempts will continue | attempts will be made |
    still trying | retry for | not yet been delivered | not yet delivered | has not been delivered yet |
    warning message only | this is a warning | could not send message for past | could not be delivered for * hours |
    warning: could not send | warning: message * delayed | do not need to resend | don't need to resend |
    no action is required | no action required | you do not need to do anything | you don't need to do anything |
    temporarily deferred | will attempt | being delayed | undelivered after 4 | transient non-fatal | transient fail |
    delivery temporarily suspended" | there was a temporary problem | incomplete delivery | gmail will retry |
    will be sent as soon | noch nicht zugestellt | verzögert | verzögerung | weiterhin versucht |
    weitere zustellversuche | remise retardée | retardé | nouvelle tentative | tentatives se poursuivront |
    se volverá a intentar | seguirá intentando | demorado | retrasado | retraso | ritardo | ritardat | verrà ritentato |
    ainda não foi | atrasad | continuará tentando | será tentado novamente | vertraagd | vertraging | nog niet |
    försenad | fördröjd | forsinket | viivästy | opóźni | zpožděn | gecik | задерж | отложен | попытки будут продолж |
    遅延 | 再送 | 配信が遅れ | 延迟 | 将继续 | 延遲 | 지연 | remise différée | entrega adiada | leverans försena | opožděn |
    oneskoren | késik | késleltet | întârzi | odgođen | zakasnel | забавен | затримк | đang bị trì hoãn | bị trễ | ล่าช้า |
    tertunda | endarrer | lykkäänty | καθυστέρησ | تأخير | تأخر | עיכוב | מתעכב
    """
)

#: It waited too long: no more a delay.
GAVE_UP = phrases(
    """
    giving up | given up | gave up | has failed permanently | permanent fatal error | will not be retried |
    won't be retried | no further attempts | no further delivery attempts | undeliverable | could not be delivered after |
    retry timeout exceeded | retry time not reached | message expired | expired | unable to deliver | will be deleted |
    returned to you | been returned | stopped trying | not be tried again | permanent error | permanent failure |
    could not be delivered within | delivery failed | delivery has failed | mail delivery failed | failed to deliver |
    failure notice | endgültig | definitiv | could not be delivered for
    """
)

#: The mail arrived, or went on.
ARRIVED = phrases(
    """
    no delivery notification was sent | relayed: | keine zustellungsbenachrichtigung | keine übermittlungsbestätigung |
    aucune notification de remise | no envió * notificación de entrega | non ha inviato * notifica di recapito |
    successfully delivered | was delivered | has been delivered | successful delivery | delivered successfully |
    delivery success | delivery status notification (success | delivery receipt | return receipt |
    mail delivery successful | successfully relayed | was successfully | relayed to | message delivered |
    delivered to the following | (relay) | (success) | delivery was successful | delivery notification: delivered |
    erfolgreich zugestellt | wurde zugestellt | zugestellt an | remis à | a été remis | a été délivré | entregado |
    entregue | consegnato | bezorgd | levererat | 配信されました | 配信が完了 | 已送达 | 投递成功 | доставлено |
    успешно доставлен
    """
)

#: Beginnings of subjects by which mail programs say that somebody opened the mail, where no disposition notification says it.
OPENED = (
    *("lesebestätigung", "read receipt", "return receipt (displayed)", "gelesen:", "leído:", "lu :", "lu:", "läst:", "læst:"),
    *("lest:", "luettu:", "przeczytano:", "přečteno:", "confirmation de lecture", "confirmación de lectura"),
    *(
        "conferma di lettura",
        "confirmação de leitura",
        "leesbevestiging",
        "gelezen:",
        "прочитано:",
        "開封済み:",
        "已读:",
        "已讀:",
        "읽음:",
    ),
)

#: Subjects of answers by programs on behalf of people.
AUTOMATIC = phrases(
    """
    mensaje automático | messaggio automatico | message automatique | automatic message | automated message |
    automatische nachricht | mensagem automática | automatisch bericht | автоматическое сообщение |
    awaits moderator approval | moderate for | confirm subscribe to | confirm unsubscribe from | abwesenheitsnotiz |
    absence notice | notice of absence | out of office | out-of-office | out of the office | outofoffice | ooo: |
    automatic reply | automatic response | automated reply | automated response | auto reply | auto-reply | autoreply |
    auto response | auto-response | autoresponse | autoresponder | auto: | away message | abwesen |
    automatische antwort | automatische rückantwort | autom. antwort | nicht im büro | nicht im haus |
    eingangsbestätigung | empfangsbestätigung | réponse automatique | reponse automatique | réponse auto |
    absence du bureau | message d'absence | absent du bureau | accusé de réception | respuesta automática |
    respuesta automatica | fuera de la oficina | fuera de oficina | acuse de recibo | risposta automatica |
    risponditore | fuori sede | fuori ufficio | resposta automática | resposta automatica | fora do escritório |
    automatisch antwoord | automatische antwoord | niet op kantoor | autosvar | automatiskt svar | automatisk svar |
    ikke til stede | automaattinen vastaus | odpowiedź automatyczna | autoodpowiedź | automatyczna odpowiedź |
    poza biurem | automatická odpověď | mimo kancelář | automatikus válasz | házon kívül | otomatik yanıt |
    ofis dışında | otomatik cevap | răspuns automat | автоответ | автоматический ответ | в отпуске | вне офиса |
    автоматична відповідь | 自動返信 | 自動応答 | 自動送信 | 自动回复 | 自動回覆 | 自动答复 | 不在办公室 | 자동 응답 |
    자동응답 | 자동 회신 | 부재중 | automatická odpoveď | automatski odgovor | samodejni odgovor | automaatvastus |
    automātiska atbilde | automatinis atsakymas | автоматичен отговор | автоматски одговор | trả lời tự động |
    ตอบกลับอัตโนมัติ | balasan otomatis | balasan automatik | resposta automàtica | erantzun automatikoa |
    מענה אוטומטי | स्वचालित उत्तर | automatisk besvarelse | automatisk svarmelding | ist außer haus | ist ausser haus |
    est absent | è fuori ufficio | está fuera de la oficina | رد تلقائي | خارج المكتب | پاسخ خودکار |
    αυτόματη απάντηση | תשובה אוטומטית | thank you for contacting | thank you for your e-mail |
    thank you for your email | thank you for your message | thanks for your email | thanks for contacting |
    we have received your | we received your | your message has been received | request received | ticket received
    """
)

#: Words of such subjects that people use too: they count with another sign of a program, or at the beginning.
AWAY = phrases(
    """
    vacation | on holiday | on leave | away from | i am away | i'm away | annual leave | maternity leave |
    parental leave | absence | absent | not in the office | currently out | on vacation | urlaub | en congé | ausencia |
    ausente | vacaciones | assenza | in ferie | assente | férias | ausência | afwezig | vakantie | frånvaro | fravær |
    semester | på ferie | poissa | lomalla | nieobecność | urlop | dovolená | nepřítomn | szabadság | izinde | отпуск |
    отсутств | 不在 | 休暇 | 外出 | 休假 | 휴가 | [ticket | case # | has been received
    """
)

#: Whoever sends this wants proof that a person wrote.
CHALLENGE = phrases(
    """
    complete the captcha | captcha to | confirm you are a person | confirm that you are a person |
    confirm that you are human | verify that you are human | you are a human | added to my guest list |
    approved sender list | challenge-response | challenge/response | please confirm your message | confirm your message |
    confirm your email | confirm your e-mail | verify that you | verify your address | verification required |
    verify yourself | sender verification required | click * to deliver | to release your message |
    to have your message delivered | has not been delivered because you are not | approved senders | not on * whitelist |
    spamarrest | spam arrest | boxbe | tmda | mailblocks | active spam killer | earthlink spamblocker | spamblocker |
    deliver your message * click | prove you are | prove that you | will be held until | waiting for your confirmation |
    awaiting your confirmation | reply to this message to confirm | knowspam | authorize your | to be added to my |
    antispam uol | uol antispam | confirmação de envio
    """
)
