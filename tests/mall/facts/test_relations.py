"""What is published carries no name and two clocks."""

from mall import facts


def test_relations_carry_no_name_and_two_clocks() -> None:
    for name, relation in facts.relations.ALL.items():
        columns = set(relation.c.keys())
        assert {"happened_at", "known_at"} <= columns, name
        assert not columns & {"name", "email", "text", "address", "title", "note"}, name
