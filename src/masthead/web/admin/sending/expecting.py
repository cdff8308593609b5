"""The expected end of a sending, in words and as a plot of days."""

from __future__ import annotations

from django.utils.translation import gettext as _

from masthead.mail.pacing.forecast import Forecast
from masthead.web.admin.servers import bars


def expected(forecast: Forecast | None) -> dict[str, object]:
    """What the pieces `end.html` and `days.html` need; without a forecast they show nothing."""
    if forecast is None:
        return {"forecast": None}
    reasons = {
        "relay": _("The limits of the mail servers decide."),
        "provider": _("The limit of a receiving provider decides."),
        "warm-up": _("The warm-up of a mail server decides: these are the mails of each day."),
        "quiet hours": _("It rests in the quiet hours."),
    }
    days = forecast.days if len(forecast.days) > 1 else []
    return {"forecast": forecast, "forecast_reason": reasons.get(forecast.reason, ""), "forecast_days": bars(days[:60])}
