"""The pages and files anybody may read: the demo clinic, "for your website", and the widget's own files."""

from bot.web.site.pages import routes

__all__ = ["routes"]
