"""What the jobs of these tests are asked, and what a worker would have left of them."""

ID = "import-20250301T093000-9f3a2b1c"
REJECT = (
    b'{"source":"lamps.csv","line":2,"field":"price","value":"12,-","code":"value_invalid",'
    b'"message":"is not a number","row":{"sku":"1","price":"12,-"}}\n'
)
NDJSON = {"Content-Type": "application/x-ndjson"}
PROGRESS = {
    "rows_read": 500,
    "created": 300,
    "updated": 50,
    "unchanged": 100,
    "rejected": 40,
    "duplicates": 10,
    "closed": 0,
    "bytes_read": 250,
    "bytes_total": 1_000,
}
OPERATIONS = [
    ("GET", ""),
    ("GET", "/events"),
    ("GET", "/rejects"),
    ("POST", "/cancel"),
    ("POST", "/retry"),
]


def at(id, what=""):
    return f"/v1/jobs/{id}{what}"
