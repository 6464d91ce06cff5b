"""Use cases, called alike by the API, jobs and the command line."""
