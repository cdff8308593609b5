"""Registration only."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """The Django application of this package."""

    name = "masthead.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the registry of segment conditions, the file of what is held about a reader, and lists what the ledger knows."""
        from masthead.delivery import exporting, list_uses, segment_conditions

        segment_conditions.register()
        exporting.register()
        list_uses.register()
