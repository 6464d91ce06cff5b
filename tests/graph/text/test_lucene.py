"""Words as queries of the full-text index: none of them is syntax."""

from graph.text.lucene import lucene_titles


def test_of_each_group_something_is_asked_for_in_titles_alone():
    groups = [[("XQ310",), ("xq", "310")], [("jug",)]]

    assert lucene_titles(groups, every=True) == "+title:(xq310 (+xq +310)) +title:(jug)"
    assert lucene_titles(groups, every=False) == "title:(xq310 (+xq +310)) title:(jug)"
    assert lucene_titles([[("jug",)]], every=False, like=["lidd"]) == "title:(jug) title:lidd~1^0.3"


def test_what_is_no_run_of_letters_and_digits_is_left_out():
    hostile = ['a" OR *', "title:x", "a~2", "1.7", "+", ""]

    assert lucene_titles([[(word,)] for word in hostile], every=True, like=hostile) == ""
    assert lucene_titles([[("ok", "*")], [("ok",), ("a b",)]], every=True) == "+title:(ok)"
