"""What a bank proposes about itself: from its forms to a change that an admin decides on."""

from finance.funding import changes, places
from finance.funding.forms import CommitmentForm, PlaceForm
from finance.funding.models import Funder, FundingChange, WaterfallStep
from finance.funding.places import subject_of

_PPM = 10_000  # in a percent


def _percent(ppm: int) -> str:
    whole, rest = divmod(ppm, _PPM)
    return f"{whole}.{rest:04}".rstrip("0").rstrip(".")


def commitment(bank: Funder) -> CommitmentForm:
    """The form as things stand."""
    form = CommitmentForm(formdata=None)
    form.committed.data = bank.money(bank.committed).decimal_text()
    form.price.data = _percent(bank.price_ppm)
    return form


def place(step: WaterfallStep) -> PlaceForm:
    """The form of one place as it stands."""
    form = PlaceForm(formdata=None, prefix=f"{step.product}-")
    form.price.data, form.grades.data = _percent(step.price_ppm), list(step.grades)
    form.most.data = step.funder.money(step.most).decimal_text()
    return form


def check_place(bank: Funder, product: str) -> None:
    """Raise NoPlace where the bank has none for this product."""
    places.step_of(subject_of(bank.code, product), bank.currency)


def propose_commitment(bank: Funder, form: CommitmentForm, *, by: int) -> FundingChange:
    """Raises ProposedAlready, InvalidInput."""
    data = {
        "committed": form.committed.money(bank.currency).minor,
        "price_ppm": form.price.ppm,
    }
    return changes.propose(changes.TERMS, bank.code, data, why=form.why.data or "", by=by)


def propose_place(bank: Funder, product: str, form: PlaceForm, *, by: int) -> FundingChange:
    """Raises NoPlace, ProposedAlready, InvalidInput."""
    data = {
        "currency": bank.currency,
        "price_ppm": form.price.ppm,
        "grades": "".join(sorted(form.grades.data or [])),
        "most": form.most.money(bank.currency).minor,
    }
    subject = subject_of(bank.code, product)
    return changes.propose(changes.PLACE, subject, data, why=form.why.data or "", by=by)
