"""The page that people open: built from `portal/`, and brought to where it is served from."""
