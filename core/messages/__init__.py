"""Messages to people: written once by the action that causes them, shown on a page, mailed."""

from core.messages.sending import forget, send, to_admins

__all__ = ["forget", "send", "to_admins"]
