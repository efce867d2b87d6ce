"""Pay sellers what they have earned."""
