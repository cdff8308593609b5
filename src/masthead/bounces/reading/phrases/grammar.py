"""What servers say in words of their own: somebody, and what is the matter with them, within one sentence.

Asked after the tables of whole phrases, so that it decides only what nobody has put into them.
"""

import re
from typing import Final

_SOMEBODY = (
    r"(?:users?|mail ?box(?:es)?|recipients?|addressees?|address(?:es)?|accounts?|alias(?:es)?|e-?mail|local[- ]parts?|"
    r"subscribers?|customers?|persons?|inbox|usernames?|members?|mail users?)"
)
_NEAR = r"[^.;,]{0,45}?"
_ABSENT = (
    r"(?:unknown|(?:is |are |was |were )?not (?:known|found|exists?|valid|recogni[sz]ed|registered|present|listed|defined|"
    r"in (?:our|the|this))|(?:do|does|did)(?: not|n't) exists?|isn't (?:known|valid|registered)|"
    r"no longer (?:exists?|valid|here|known)|non-?existe?nt|invalid|unrecogni[sz]ed|undefined|unavailable mail user)"
)
_LACKING = (
    r"(?:no such|no record of|no|unknown|invalid|unrecogni[sz]ed|nonexistent|not an?(?: valid| known| local| registered)?|not|"
    r"(?:cannot|can't|could not|couldn't|unable to|did not|didn't) (?:find|locate|identify))"
)
_STOPPED = (
    r"(?:disabled|suspended|locked|inactive|deactivated|frozen|barred|dormant|turned off|switched off|"
    r"temporarily closed|on hold|paused|expired|not active)"
)
_NO_ROOM = (
    r"(?:is full|are full|full$|full[ ,.)]|over ?(?:its |their |the )?quota|out of (?:space|storage)|no (?:more )?(?:space|room)|"
    r"all of (?:the |its |their )?(?:space|storage)|not enough (?:space|room|storage)|limit exceeded)"
)

#: Nobody of that name.
UNKNOWN: Final = re.compile(
    rf"\b{_SOMEBODY}\b{_NEAR}\b{_ABSENT}\b|"
    rf"\b(?:no such|no record of|unknown|invalid|unrecogni[sz]ed|nonexistent)\b{_NEAR}\b{_SOMEBODY}\b|"
    rf"\b{_LACKING} (?:the |that |this |a |an |any )?(?:\w{{1,20}} )?{_SOMEBODY} (?:of|on|at|by|in|here|named|called)\b|"
    r"\bnobody (?:here |of |by |called |with )"
)
#: Somebody whose mailbox is closed for now.
SUSPENDED: Final = re.compile(rf"\b{_SOMEBODY}\b{_NEAR}\b{_STOPPED}\b|\b{_STOPPED} (?:\w{{1,20}} )?{_SOMEBODY}\b")
#: Somebody whose mailbox has no room.
FULL: Final = re.compile(rf"\b{_SOMEBODY}\b[^.;]{{0,45}}?\b{_NO_ROOM}")
