"""Link prediction over any graph of triples: files, factorisation, baselines, scoring."""
