"""The database's own fold of advances: its triggers, and what its functions must say."""

from core import triggers

triggers.expect(
    {
        "advance_event_is_folded": "advance_is_folded",
        "advance_is_folded": "advance_is_folded",
        "advance_row_is_folded": "advance_is_folded",
        "pledge_is_folded": "advance_is_folded",
    },
    {
        "advance_accrue": "7b375820adade4a1089e1bc1809c2ab9",
        "advance_due_apart": "df80bf7f3477353d8dd7ac9df078c444",
        "advance_fold": "feb9c7ccadc336d4d9a576254630f7d4",
        "advance_give_back": "371405ec83518432419d418c73d313db",
        "advance_is_folded": "20faccbedaeff9779367106f4d7cb191",
        "advance_must_fold": "2db6f41b6c00403b6e19c9b4c0a49a79",
        "advance_of_orders": "fcdfce66e617cc5bc446612b7cc15591",
        "advance_of_sales": "844fe806166e3ad2ebf59e354f29358f",
        "advance_of_term": "9748bdcf09c338e5586912a3187510d1",
        "advance_pay_parts": "66270eccfe7f032feaea915e2d1257a1",
        "advance_reckon": "4725d479bcbb42e9a1f008cd5d42eaa0",
        "advance_split": "6ca45a62621a63ab6548376c433642c9",
        "advance_step": "b60dcdc353fd8cda205b9649a0f1d168",
        "advance_term_to_day": "a057c14d807976c478c38bae828bb10c",
        "advance_to_day": "907f2970af4a5909378f2bb12087c8b7",
        "advance_to_fold": "ac31d54a87fbb9a96c831979d6d12628",
    },
)
