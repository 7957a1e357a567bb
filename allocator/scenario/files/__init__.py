"""Files that a scenario is written in and names: found, read, merged, each value with its place."""
