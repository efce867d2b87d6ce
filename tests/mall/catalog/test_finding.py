"""What search engines and lost visitors find."""

import re
from xml.etree import ElementTree

from mall.sellers import services as sellers
from tests.factories.goods import make_product
from tests.factories.people import make_seller


def places(client):
    root = ElementTree.fromstring(client.get("/sitemap.xml").text)
    return [found.text for found in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def test_the_map_lists_shelves_and_what_is_on_sale(db, client, app):
    here = app.config["PUBLIC_URL"]
    shop = make_seller()
    mug = make_product(shop)
    assert places(client) == [f"{here}/", f"{here}/c/kitchen", f"{here}/p/{mug.slug}"]
    sellers.suspend(shop.id)
    assert f"{here}/p/{mug.slug}" not in places(client)


def test_robots_may_read_shelves_and_nothing_of_a_person(client, app):
    text = client.get("/robots.txt").text
    assert f"Sitemap: {app.config['PUBLIC_URL']}/sitemap.xml" in text
    assert "Disallow: /account/\n" in text and "/p/" not in text


def test_a_product_tells_those_who_share_it_what_it_is(db, client, app):
    mug = make_product(summary='Holds "much" tea')
    page = client.get(f"/p/{mug.slug}").text
    assert 'property="og:title" content="Blue mug"' in page
    assert 'name="description" content="Holds &#34;much&#34; tea"' in page
    assert f'rel="canonical" href="{app.config["PUBLIC_URL"]}/p/{mug.slug}"' in page


def test_a_lost_visitor_still_has_the_shop_around(db, client):
    make_product()
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert 'role="search"' in answer.text and 'href="/c/kitchen"' in answer.text
    assert re.search(r'rel="icon" href="/static/logo\.[0-9a-f]{12}\.svg"', answer.text)


def test_a_sign_in_that_failed_is_said_on_top_and_at_its_field(db, client):
    page = client.post("/sign-in", data={"email": "", "password": ""}).text
    assert 'role="alert"' in page and 'href="#email"' in page and 'id="email-error"' in page
    assert 'autocomplete="username"' in page and 'autocomplete="current-password"' in page
