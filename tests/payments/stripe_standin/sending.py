"""Money that goes out: transfers, reversals, payouts; and the accounts it goes to."""

from tests.payments.stripe_standin.disputing import Disputing
from tests.payments.stripe_standin.store import Refusal, Thing


class StripeStandIn(Disputing):
    """All that it does, by address."""

    def make(self, path: str, form: Thing, account: str) -> Thing:
        parts = path.removeprefix("/v1/").split("/")
        match parts:
            case ["checkout", "sessions"]:
                return self.session(form)
            case ["payment_intents"]:
                return self.intent(form)
            case ["payment_intents", id, "capture"]:
                return self.capture(id, form)
            case ["payment_intents", id, "cancel"]:
                return self.cancel(id, form)
            case ["refunds"]:
                return self.refund(form)
            case ["disputes", id]:
                return self.say(id, form)
            case ["disputes", id, "close"]:
                return self.give_in(id)
            case ["files"]:
                return self.keep_file(form)
            case _:
                return self._sent(parts, form, account)

    def _sent(self, parts: list[str], form: Thing, account: str) -> Thing:
        match parts:
            case ["transfers"]:
                return self.transfer(form)
            case ["transfers", id, "reversals"]:
                return self.reverse(id, form)
            case ["payouts"]:
                return self.payout(form, account)
            case ["accounts"]:
                return self.account(form)
            case ["account_links"]:
                self.things[form["account"]]  # KeyError: there is no such account
                url = f"https://connect.stripe.com/setup/{form['account']}/{self._count}"
                return self.new("link", object="account_link", url=url)
            case _:
                raise Refusal(404, "invalid_request_error", "url_invalid")

    def transfer(self, form: Thing) -> Thing:
        if form["destination"] == "acct_closed":
            raise Refusal(400, "invalid_request_error", "account_closed")
        source = form.get("source_transaction")
        if source and not source.startswith("ch_"):
            raise Refusal(400, "invalid_request_error", "resource_missing", param="source")
        if source:
            self._out_of(self.things[source], form)
        elif self.available is not None and int(form["amount"]) > self.available:
            raise Refusal(400, "invalid_request_error", "balance_insufficient")
        group = self.things[source]["transfer_group"] if source else form.get("transfer_group")
        transfer = self.new("tr", object="transfer", amount=int(form["amount"]), amount_reversed=0)
        transfer |= {"reversed": False, "transfer_group": group, "source_transaction": source}
        transfer |= {"destination": form["destination"], "metadata": form["metadata"]}
        transfer["currency"] = form["currency"]
        self.line("transfer", -transfer["amount"], form["currency"], transfer["id"])
        self.tell("transfer.created", transfer)
        return transfer

    def _out_of(self, charge: Thing, form: Thing) -> None:
        """All transfers out of one charge are at most its amount, in its currency."""
        sent = sum(t["amount"] for t in self.of("tr") if t["source_transaction"] == charge["id"])
        if form["currency"] != charge["currency"] or charge["amount_refunded"] == charge["amount"]:
            raise Refusal(400, "invalid_request_error", "resource_invalid")
        if sent + int(form["amount"]) > charge["amount"]:
            raise Refusal(400, "invalid_request_error", "amount_too_large")

    def reverse(self, id: str, form: Thing) -> Thing:
        transfer, amount = self.things[id], int(form["amount"])
        if transfer["amount_reversed"] + amount > transfer["amount"]:
            raise Refusal(400, "invalid_request_error", "amount_too_large")
        transfer["amount_reversed"] += amount
        transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
        made = self.new("trr", object="transfer_reversal", amount=amount, transfer=id)
        made["metadata"] = form.get("metadata", {})
        self.line("transfer_refund", amount, transfer["currency"], made["id"])
        self.tell("transfer.reversed", transfer)
        return made

    def payout(self, form: Thing, account: str) -> Thing:
        """On its way until `arrive` says more."""
        made = self.new("po", object="payout", amount=int(form["amount"]), status="pending")
        made |= {"currency": form["currency"], "metadata": form.get("metadata", {})}
        made |= {"_account": account, "automatic": False, "failure_code": None}
        if not account:
            self.line("payout", -made["amount"], form["currency"], made["id"])
        self.tell("payout.created", made)
        return made

    def arrive(self, payout: Thing, status: str = "paid") -> None:
        payout["status"] = status
        payout["failure_code"] = "account_closed" if status == "failed" else None
        self.tell(f"payout.{status}", payout)

    def account(self, form: Thing) -> Thing:
        made = self.new(
            "acct", object="account", email=form["email"], country=form.get("country", "US")
        )
        made |= {"metadata": form["metadata"], "payouts_enabled": False}
        made["capabilities"] = {"transfers": "inactive"}
        return made

    def onboard(self, account: Thing) -> None:
        """The seller has told Stripe all it asked for."""
        self.things[account["id"]] |= {
            "payouts_enabled": True,
            "capabilities": {"transfers": "active"},
        }
        self.tell("account.updated", account)
