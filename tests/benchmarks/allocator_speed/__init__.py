"""How fast and how good the allocator is, against what one would use instead."""
