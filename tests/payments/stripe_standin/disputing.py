"""Disputes of charges, what is said about them, and the files that prove it."""

from tests.payments.stripe_standin.paying import Paying
from tests.payments.stripe_standin.store import Refusal, Thing

DISPUTE_FEE = 1500


class Disputing(Paying):
    """The side of the payers' banks."""

    def dispute(self, intent_id: str, amount: int, reason: str = "fraudulent") -> Thing:
        """The payer's bank takes the money back, and the fee beside it."""
        intent = self.things[intent_id]
        made = self.new("dp", object="dispute", payment_intent=intent_id, reason=reason)
        taken = self.line("adjustment", -amount, intent["currency"], made["id"], DISPUTE_FEE)
        made |= {"charge": intent["latest_charge"], "amount": amount, "status": "needs_response"}
        made |= {"currency": intent["currency"], "metadata": {}, "evidence": {}}
        made |= {"balance_transactions": [self.render(taken, None)]}
        made |= {"evidence_details": {"due_by": int(self.now()) + 7 * 86400}}
        self.tell("charge.dispute.created", made)
        self.tell("charge.dispute.funds_withdrawn", made)
        return made

    def close_dispute(self, dispute: Thing, won: bool) -> None:
        dispute["status"] = "won" if won else "lost"
        if won:
            back = self.line("adjustment", dispute["amount"], dispute["currency"], dispute["id"])
            dispute["balance_transactions"].append(self.render(back, None))
            self.tell("charge.dispute.funds_reinstated", dispute)
        self.tell("charge.dispute.closed", dispute)

    def say(self, id: str, form: Thing) -> Thing:
        """Evidence: the fields are merged, the metadata too; once submitted, it is under review."""
        dispute = self.things[id]
        if dispute["status"] not in ("needs_response", "under_review"):
            raise Refusal(400, "invalid_request_error", "dispute_closed")
        for field, value in form.get("evidence", {}).items():
            if value.startswith("file_") and self.things[value]["purpose"] != "dispute_evidence":
                raise Refusal(400, "invalid_request_error", "parameter_invalid", param=field)
        dispute["evidence"] |= form.get("evidence", {})
        dispute["metadata"] |= form.get("metadata", {})
        dispute["_said"] = dispute.get("_said", 0) + 1
        if form.get("submit") == "true":
            dispute["status"] = "under_review"
        self.tell("charge.dispute.updated", dispute)
        return dispute

    def give_in(self, id: str) -> Thing:
        """Nothing is said: lost at once, and for good."""
        dispute = self.things[id]
        if dispute["status"] != "needs_response":
            raise Refusal(400, "invalid_request_error", "dispute_closed")
        dispute["_closed"] = dispute.get("_closed", 0) + 1
        self.close_dispute(dispute, won=False)
        return dispute

    def keep_file(self, form: Thing) -> Thing:
        """Of at most five megabytes, by what it is."""
        body = form["file"]["text"]
        if len(body) > 5_242_880:
            raise Refusal(400, "invalid_request_error", "file_too_large", param="file")
        if not body.startswith(("%PDF-", "\x89PNG", "\xff\xd8\xff")):
            raise Refusal(400, "invalid_request_error", "invalid_file", param="file")
        name = form["file"]["filename"]
        made = self.new("file", object="file", purpose=form["purpose"], size=len(body))
        return self._keep(made, filename=name, _body=body)
