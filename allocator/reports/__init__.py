"""The documents wing: a plan in, bytes or a renderable out. No disk, no clock, no network."""
