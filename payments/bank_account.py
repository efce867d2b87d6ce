"""Our own account at our bank: what shoppers pay into and statements are of."""

from dataclasses import dataclass

from flask import current_app

from payments.bank_values import compact

SAMPLE = "DE89370400440532013000"  # everybody's example; serves where the sandbox does


@dataclass(frozen=True, slots=True)
class OurAccount:
    """`number` is an IBAN or a plain account number, without spaces; `bic` may be ""."""

    number: str
    holder: str
    bic: str
    bank: str

    @property
    def shown(self) -> str:
        """In groups of four, as people copy it."""
        return " ".join(self.number[i : i + 4] for i in range(0, len(self.number), 4))


def ours() -> OurAccount | None:
    """None when no account is set and real money moves: then nothing is paid by bank transfer."""
    settings = current_app.config
    number = compact(settings["BANK_ACCOUNT"])
    if not number and settings["STRIPE_SECRET_KEY"]:
        return None
    return OurAccount(
        number or SAMPLE,
        settings["BANK_ACCOUNT_HOLDER"] or settings["MALL_NAME"],
        compact(settings["BANK_BIC"]),
        settings["BANK_NAME"],
    )
