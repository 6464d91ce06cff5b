"""HTTP, command line, environment and clock: what joins the parts together."""
