"""This folder is on the path, so that tests in its rooms find the cases they share."""
