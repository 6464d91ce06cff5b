"""Search: what a query asks for, found in titles and put into order."""
