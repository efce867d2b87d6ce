"""Messages to people: written once by the action that causes them, shown on a page, mailed."""

from core.messages.sending import Note, forget, note, send, send_all, to_admins

__all__ = ["Note", "forget", "note", "send", "send_all", "to_admins"]
