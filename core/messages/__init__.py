"""Messages to people: written once by the action that causes them, shown on a page, mailed."""

from core.messages.sending import Note, forget, send, send_all, to_admins

__all__ = ["Note", "forget", "send", "send_all", "to_admins"]
