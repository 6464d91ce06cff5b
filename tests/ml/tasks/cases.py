"""Tasks over small made-up data, for the conformance tests; one import and one line a task."""

from tests.ml.tasks import graph_cases, text_cases

CASES = {
    "adjacent_text": text_cases.adjacent_text,
    "contrastive": graph_cases.contrastive,
    "link_prediction": graph_cases.link_prediction,
    "reconstruction": graph_cases.reconstruction,
    "masked_parameter": graph_cases.masked_parameter,
    "masked_language": text_cases.masked_language,
    "similarity": text_cases.similarity,
}
