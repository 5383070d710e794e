"""The routes of the web application, group by group."""
