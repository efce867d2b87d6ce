"""What the worker does for messages by itself."""

import logging
from datetime import timedelta

from flask import Flask, current_app

from core import clock, jobs, ops
from core.messages import outbox, sending, smtp

log = logging.getLogger(__name__)


@jobs.job("core.mail", cron="* * * * *")
def mail() -> None:
    """Hand in the mails that wait."""
    outbox.send_waiting()


@jobs.job("core.old_messages", cron="41 3 * * *")
def old_messages() -> None:
    """Throw away what has stood on pages long enough."""
    days = timedelta(days=current_app.config["MESSAGE_KEEP_DAYS"])
    sending.remove_before(clock.now() - days)


def init_app(app: Flask) -> None:
    """Refuse settings that could never send a mail, before anything waits for it."""
    config = app.config
    if config["MAIL_URL"]:
        try:
            smtp.server(config["MAIL_URL"], config["MAIL_FROM"], config["MAIL_TIMEOUT_SECONDS"])
        except smtp.MailSettings as problem:
            raise SystemExit(str(problem)) from None
    ops.after_restore("mails that may have left", outbox.restored)
