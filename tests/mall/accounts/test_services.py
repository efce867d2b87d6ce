"""People sign up, sign in and keep addresses."""

import pytest

from core.errors import Conflict, InvalidInput, NotFound
from mall.accounts import queries, services
from mall.accounts.models import Person
from mall.accounts.rules import EmailTaken, WrongPassword
from tests.factories.people import PASSWORD, make_shopper


def test_someone_signs_up_and_signs_in_whatever_the_case_of_the_address(db):
    person = services.sign_up(" Lin@Example.com", "Lin  Wei", PASSWORD)

    assert (person.email, person.name) == ("lin@example.com", "Lin Wei")
    assert services.authenticate("LIN@example.com ", PASSWORD).id == person.id
    assert services.authenticate("lin@example.com", "another password") is None
    assert services.authenticate("nobody@example.com", PASSWORD) is None


def test_an_address_belongs_to_one_account(db):
    make_shopper(email="lin@example.com")
    with pytest.raises(EmailTaken):
        services.sign_up("LIN@example.com", "Another", PASSWORD)
    assert services.sign_up("other@example.com", "Another", PASSWORD).id


@pytest.mark.parametrize(
    ("email", "password"), [("lin", PASSWORD), ("a@b", PASSWORD), ("a@b.c", "short")]
)
def test_what_cannot_be_an_account_is_refused(db, email, password):
    with pytest.raises(InvalidInput):
        services.sign_up(email, "Lin", password)


def test_a_hash_of_other_parameters_is_renewed_at_sign_in(db, app):
    person = make_shopper(email="lin@example.com")
    assert "m=64,t=2,p=1" in person.password_hash
    app.config["ARGON2_MEMORY_KIB"] = 128
    try:
        assert services.authenticate("lin@example.com", PASSWORD)
    finally:
        app.config["ARGON2_MEMORY_KIB"] = 64
    assert "m=128,t=2,p=1" in db.session.get(Person, person.id).password_hash


def test_a_new_password_needs_the_present_one(db):
    person = make_shopper(email="lin@example.com")
    with pytest.raises(WrongPassword):
        services.change_password(person.id, present="not this one", new="a better password")
    services.change_password(person.id, present=PASSWORD, new="a better password")
    assert services.authenticate("lin@example.com", "a better password")
    assert services.authenticate("lin@example.com", PASSWORD) is None


def _address(person, **parts):
    home = {
        "recipient": "Lin",
        "line": "1 Lake Road",
        "city": "Hangzhou",
        "region": "Zhejiang",
        "postcode": "310000",
    }
    return services.add_address(person.id, **home | parts)


def test_addresses_are_kept_for_their_owner_alone(db):
    lin, stranger = make_shopper(), make_shopper()
    home = _address(lin)
    services.change_address(lin.id, home.id, city="Ningbo")

    assert [a.city for a in queries.addresses(lin.id)] == ["Ningbo"]
    with pytest.raises(NotFound):
        services.change_address(stranger.id, home.id, city="Elsewhere")
    with pytest.raises(NotFound):
        services.remove_address(stranger.id, home.id)
    services.remove_address(lin.id, home.id)
    assert not queries.addresses(lin.id)


def test_twenty_addresses_are_enough(db):
    lin = make_shopper()
    for _ in range(20):
        _address(lin)
    with pytest.raises(Conflict):
        _address(lin)
