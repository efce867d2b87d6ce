"""Lends; reads the mall's facts and plugs into the mall's ports."""
