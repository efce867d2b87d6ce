"""A product as search engines read it (schema.org/Product)."""

from typing import Any

from mall.catalog.product_page import ProductPage


def of_product(page: ProductPage, url: str, address: str) -> dict[str, Any]:
    """JSON-LD of a product: `url` is its page, `address` where the mall is."""
    product = page.product
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.title,
        "description": product.summary or product.title,
        "url": url,
        "category": page.category.name,
        "image": [f"{address}/pictures/{digest}" for digest, _ in page.pictures],
        "offers": [_offer(variant, page, url) for variant in page.variants],
    }
    if product.brand:
        data["brand"] = {"@type": "Brand", "name": product.brand}
    if product.review_count:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": f"{page.stars:.1f}",
            "reviewCount": product.review_count,
        }
    return data


def _offer(variant: Any, page: ProductPage, url: str) -> dict[str, Any]:
    stock = "InStock" if variant.left and page.is_on_sale else "OutOfStock"
    return {
        "@type": "Offer",
        "name": variant.label or page.product.title,
        "sku": variant.sku,
        "price": variant.price.decimal_text(),
        "priceCurrency": variant.price.currency,
        "availability": f"https://schema.org/{stock}",
        "url": url,
        "seller": {"@type": "Organization", "name": page.seller.name},
    }
