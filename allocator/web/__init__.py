"""The pages and the REST API: a shell around ``allocator.signoff.service``."""
