"""What `catalograph ask` prints."""

from app.cli.ask import print_answer
from app.services.asking import Asked


def printed(capsys, rows):
    answer = Asked(
        question="compare",
        language="en",
        refused=False,
        reason=None,
        text="Nordlys, Glow.",
        answer=("Nordlys", "Glow"),
        unit=None,
        total=len(rows),
        rows=rows,
        predicted=(),
        cypher=None,
        parameters={},
        entities=(),
        confidence=1.0,
        understood="everything known of Nordlys, Glow",
        parser="rules",
        corrected=None,
        suggestions=(),
        can_ask=(),
        session=None,
    )
    print_answer(answer, cypher=False)
    return capsys.readouterr().out


def test_few_items_with_many_facts_stand_side_by_side(capsys):
    facts = {f"fact {n}": f"value {n}" for n in range(30)}
    rows = (
        {"id": "a", "name": "Nordlys", **facts},
        {"id": "b", "name": "Glow", **facts, "fact 3": None},
    )

    lines = [
        [cell.strip() for cell in line.strip("┃│").replace("┃", "│").split("│")]
        for line in printed(capsys, rows).splitlines()
    ]

    assert ["", "Nordlys", "Glow"] in lines
    assert ["fact 3", "value 3", ""] in lines
    assert ["fact 29", "value 29", "value 29"] in lines


def test_many_items_with_few_facts_have_a_line_each(capsys):
    rows = tuple({"id": str(n), "name": f"lamp {n}", "power": n} for n in range(12))

    assert "│ lamp 11 │ 11    │" in printed(capsys, rows)
