from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        """Know the Celery application in every process, who delivers mail, and what the navigation counts."""
        import config.celery  # noqa: PLC0415, F401
        import notifications.channels.email  # noqa: PLC0415, F401
        from config.context import COUNTS  # noqa: PLC0415
        from notifications.queries import unread_count  # noqa: PLC0415

        COUNTS["messages"] = unread_count
