"""The command line: `catalograph VERB`."""
