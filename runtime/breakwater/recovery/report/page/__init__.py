"""A report as one HTML page: no script, nothing loaded, fit for a screen, a phone and paper."""
