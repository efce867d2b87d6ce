"""The database's own fold of contracts: what it counts for that, and what its functions must say."""

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Base


class ToFold(Base):
    """How often a contract changed in a way that only the fold of all its events can judge.

    Written by the owner's functions alone; the last change of a transaction is folded at commit.
    """

    __tablename__ = "to_fold"
    __table_args__ = {"info": {"read_only": True}}

    book: Mapped[str] = mapped_column(String(10), primary_key=True)
    contract_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    changes: Mapped[int] = mapped_column(BigInteger)


triggers.expect(
    {"loan_opening_refused": "loan_opening_refused", "to_fold_is_folded": "to_fold_is_folded"},
    {
        "loan_must_fold": "4c3da69a7f66ff97115230841ba05ad8",
        "loan_opening_refused": "3d13dd3cf41842553de4b3739f80d5a3",
        "loan_to_fold": "a39e59c8c28da03e43960869bc528243",
        "plan_ahead": "b246334e0b48983158e07aeb35ecedea",
        "plan_amounts": "c34683b2df689e752ebfcbac01756421",
        "plan_begin": "b4c4cf11e7b64ce347d9b0ab8a595bdc",
        "plan_charge": "8a4f9ac69d06a78a629475dcaa75e340",
        "plan_day": "118c7ee4b53314224401a28162f0c44a",
        "plan_fold": "48278928bdad686d51ffa76a9556f0e1",
        "plan_move": "106c3a1d8965faed41fa1874ec47d91f",
        "plan_opened": "cecc2a8d6f3ae790a8fcabd23f441b37",
        "plan_pause": "aab88488606c3bf5d9d04094877aba24",
        "plan_pay": "739b7ebb84ef85820d6baf05f251156a",
        "plan_rebuilt": "58fbf076f4e6af71f4182475ca761899",
        "plan_refund": "270d37e1772059e6be91d7e78781ba38",
        "plan_round": "ccc6bc40796e3db4b762681c6e070e0d",
        "plan_scaled": "e369ff64516b1bafd0a8e7c75486c752",
        "plan_spread": "aff79512779e6262e51338bd2fc8330c",
        "plan_start": "f79aef45e05b8fb5ba35a6895fa51a79",
        "plan_statement": "d8da83417d7dd80f33df2d64c09e8a2a",
        "plan_step": "3a7da0e978471dca18e404ff6b2f7409",
        "plan_take": "1f53de91b2c0f95910ffd74d0540efcd",
        "plan_unpay": "300fa46c3f5d713dc8e20bf63212732c",
        "to_fold_is_folded": "5227265f92ffe0ddea5777973649b07e",
    },
)
