"""Every door in: command line, HTTP, web page."""
