"""Phrases about the sender and its network: authentication, reputation, blocklists, relaying, speed, policy."""

from masthead.bounces.reading.phrases.writing import phrases

AUTHENTICATION = phrases(
    """
    dmarc | dkim | spf~ | spf- | spf: | spf= | spf( | spf/ | spf fail | spf check | spf record | spf validation | (spf) |
    sender policy framework | openspf | domainkeys | unauthenticated email | unauthenticated mail |
    authentication information | not authenticated | is unauthenticated | authentication checks | authentication-results |
    arc seal | ~arc- | purported responsible | sender id ( | not permitted to send | is not authorized to send mail |
    not authorized to use the domain | not authorized to send on behalf | is not allowed to send mail from |
    is not allowed to send from | is not designated | designated mailer | does not designate |
    required authentication level | doesn't meet the required | sender authentication | email authentication |
    domain spoof | spoofed | spoofing | not allowed to send mail for | forged sender | domain owner |
    from domain is not authenticated
    """
)

#: A mailing list elsewhere: that it is unknown or closed to us says nothing of a mailbox.
GROUPS = phrases("google groups | googlegroups.com | to group | groups.google")

NO_PTR = phrases(
    """
    not resolve to a name | no ptr | has no ptr | ptr~ | ptr- | (ptr) | ptr record | reverse dns | reverse-dns | rdns |
    reverse hostname | reverse lookup | reverse address | reverse mapping | cannot find your hostname |
    cannot find your reverse | no reverse | forward-confirmed | fcrdns | forward confirmed | can't resolve your |
    resolve your | your hostname | your host name | your reverse | hostname is not | unresolvable client |
    does not have a ptr | missing dns | no dns a-data | without a valid sender domain | dns pointer |
    name server for your ip | no name for your ip | invalid dns ptr | doesn't have a reverse |
    client host rejected: cannot find | in-addr.arpa | generic rdns | dynamic hostname | obviously dynamic
    """
)

REPUTATION = phrases(
    """
    reputation | senderbase | poor rating | low score | sender score | senderscore | bad history | sending ip has been |
    unusual rate of unsolicited | user complaints | complaints from | too many complaints | excessive complaints |
    spam complaints | policy_rep
    """
)

#: The blocklist is named: that its name speaks of spam says nothing of the mail.
BLOCKLISTED = phrases(
    """
    blocked using | spamhaus | spamcop | barracudacentral | dnsbl | ~rbl | is listed at | is listed in | is listed on |
    listed by | spamrats
    """
)

BLOCKED = phrases(
    """
    zombied | no access for this ip | ip is forbidden | not welcome | from one host | (rtr: | (rly: | (con: |
    your ip blocked | ip blocked | connections will not be accepted | connections not accepted | rly:b | con:b1 |
    dns:nr | dyn:t | pol-p | cxbl | cxthrt | csi: | is listed | was listed | currently listed | are listed |
    being listed | listed by | blacklist | black list | blocklist | block list | block-list | denylist | blackhole |
    black hole | ~rbl | dnsbl | spamhaus | spamcop | barracudacentral | sorbs | spamrats | uceprotect | cbl.abuseat |
    abuseat | ~zen. | sbl~ | ~pbl | ~xbl | is on our block | banned sending ip | ip is rejected | ip rejected |
    ip address is banned | ip banned | is banned | banned ip | blocked by | is blocked | been blocked | blocked for |
    blocked using | blocked - | blocked at | blocked due | blocked ip | block for | temporarily blocked |
    messages from your ip | your ip address | your ip is | your ip has | your network | from your network |
    from your server | from your host | client host rejected | client host blocked | client host refused |
    host rejected | helo command rejected | helo rejected | ehlo rejected | helo/ehlo | access denied to your ip |
    connection refused by policy | connections from your | connection rejected | connection denied |
    connection refused from | refused to talk to you | server refused to talk | not allowed to connect |
    no access from | access denied, banned | access from ip | denied for your ip | dialup | dial-up | dynamic ip |
    dynamic address | residential ip | dul~ | not accepting mail from | not accepting mail with |
    not accept mail from your | mail from your | email from your | mail from this ip | from this ip | refused your |
    rejects mail from | refuse mail from | unacceptable ip | your mail server | your server | your isp | your provider |
    mail server has been | go away | my name was rejected | due to bad | permanently deferred | ts03 | ts02 | ts01 |
    [ts0 | ctpe | s3140 | s3150 | sc-001 | dy-001 | cs01 | ofr_999 | _999 | ofr_102 | ofr_103 | ofr_104 |
    too many spam | service refuse | closing connection | try again later from | not mail exchanger |
    may not be mail exchanger | our system has detected an unusual | denied by a bl | denied access |
    refused to accept mail from | ip not allowed | host network not allowed | sender ip must resolve |
    ip addresses * blocked | ip * blocked | bl rejected | rate of unsolicited
    """
)

BLOCKED_VAGUE = phrases(
    """
    blocked | access denied | access refused | connection dropped | no smtp service | service not available, closing |
    550 rejected | 554 denied | refused
    """
)

#: Whatever is unknown then, it is not the reader.
SENDER_SURE = phrases(
    """
    sender address | sender verif | sender domain | sender rejected | sender denied | invalid sender | unknown sender |
    mail from: | return path | return-path | envelope sender | domain of sender | sender's
    """
)

SENDER = phrases(
    """
    sender address domain | invalid dns mx or | sorry, no access for this domain | sorry, no access for this user |
    sender address rejected | sender rejected | sender denied | sender not allowed | sender refused | sender blocked |
    sender domain | sender address does not exist | sender verify failed | sender verification |
    could not verify sender | couldn't verify sender | unable to verify sender | sender address verification |
    sender's address | sender is blocked | domain of sender address | domain of the sender | domain of sender |
    mail from address | mail from rejected | mail from domain | mail from: rejected | return path | return-path |
    envelope sender | envelope from | from address | from: address | from header | from domain | invalid sender |
    unknown sender | sender unknown | bad sender | unauthorized sender | sender is not | sender not authenticated |
    sender not accepted | sender did not | sender has been | sender was | sender * rejected | sender * blocked |
    this sender | the sender | rejected from < | backscatter | null sender | empty sender | empty envelope |
    bounce messages | does not accept bounces | originator | not allowed to send as | senders | no permission to send |
    message from < | mail from < | badmailfrom | your address is not | domain is not allowed to send | your domain |
    your email address | your e-mail address | your address | sender banned | email address has been blocked |
    violated * group | permission to send | absender | expéditeur | remitente * rechaz | mittente | remetente * rejeit |
    発件人 | 送信者 | 发件人 | 寄件者 | отправител
    """
)

STARTTLS = phrases(
    """
    starttls | tls is required | tls required | requires tls | must issue a starttls | tls negotiation | tls handshake |
    ssl handshake | certificate verify | certificate verification | tls connection | ~dane~ | mta-sts |
    encryption required | encryption needed | not offer tls | cannot start tls | server certificate
    """
)

SECURITY = phrases(
    """
    authentication required | authentication failed | authentication is required | authentication failure | authrequired |
    smtp authentication | smtp auth | must authenticate | requires authentication | auth required | not logged in |
    login first | sign in | unauthorized | not authorized | not authorised | insufficient permission |
    insufficient privilege | security policy | security violation | security reason | crypto | decrypt | encrypt |
    signature | authenticated | permission denied | password | credentials | failed to delivery | security error |
    security polic
    """
)

TOO_FAST = phrases(
    """
    unusual sending activity | sending activity | too many connections | too many concurrent | too many simultaneous |
    too many messages | too many emails | too many mails | too many requests | too many sessions | too many smtp |
    too many errors | too many invalid | too many unknown | too many recipients | too many bad | too many failed |
    too many unauth | too many from | connection limit | connection rate | rate limit | ratelimit | rate-limit |
    rate limited | rate exceeded | their limit for messages | their limit for the number | too much email |
    too many recipients for this sender | thread limit exceeded | you have sent more | too much mail from |
    exceeded the rate | sending rate | message rate | frequency limited | throttl | slow down | too fast | too quickly |
    too frequent | sending limit | sending quota | send quota | daily limit | hourly limit | daily quota | daily sending |
    per hour | per day | per minute | limit per | max connections | maximum connections | maximum number of connections |
    concurrency | connection frequency | excessive | unusual rate | exceeded the maximum number of |
    receiving mail too quickly | receiving mail at a rate | rate that prevents | greylist | grey list | graylist |
    try again in | please slow | reduce your
    """
)

RELAYING = phrases(
    """
    relaying denied | relay denied | relay access denied | relaying not allowed | relay not permitted |
    relaying not permitted | relay not allowed | relay not available | not allowed to relay | not permitted to relay |
    unable to relay | cannot relay | can't relay | no relaying | we do not relay | we don't relay | do not relay |
    does not relay | won't relay | refuse to relay | relaying prohibited | relay prohibited | relaying is | relay is not |
    open relay | relaying mail | relaying to | relaying from | relaying by | relay operation | not a relay | not relay |
    rcpthosts | isn't in my list of allowed | not in my list of | not handle mail for | not a local domain |
    domain isn't in | not local domain | mail server requires authentication when | authorized relay |
    you must authenticate to relay | insecure mail relay | relay reject | attempted to relay | failed to relay |
    relaying | don't handle mail for | non-local | this system is not configured to relay | smtp relay |
    send mail through this | we are not responsible for
    """
)

SUPPRESSED = phrases(
    """
    suppression list | suppressed | on our suppression | recipient has previously bounced | address is on the bounce |
    bounced address | unsubscribed address | previously bounced | hard bounces for this | in the bounce list |
    bouncing address
    """
)

POLICY = phrases(
    """
    will not accept delivery of this message | denied by policy | policy violation | policy rejection | policy error |
    policy restriction | policy reasons | policy reason | by policy | local policy | site policy | violates our |
    against policy | against our | not accepted by policy | mail policy | email policy | company policy | acceptable use |
    usage policy | policies | for policy | policy block | policy reject | rejected for policy | violates * policy |
    violation of | administrative prohibition | administratively prohibited | administratively denied | prohibited |
    message rejected by | rejected by administrator | by administrator | by an administrator | rules |
    5.7.1 message rejected | message rejected for | we do not accept mail from | not accepted here |
    delivery not allowed | is not allowed | not permitted | header error | due to local | transport.rules |
    rejected by our | disallowed | did not pass | blocked because
    """
)

POLICY_VAGUE = phrases(
    """
    policy | not allowed | denied | forbidden | message rejected | mail rejected | rejected
    """
)
