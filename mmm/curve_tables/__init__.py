"""Response curves as tables, pictures and text: what a line gives, and where it saturates."""
