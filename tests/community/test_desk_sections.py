"""The desk's index groups tables by what they are for."""

from __future__ import annotations

from community.desk_sections import sectioned


def app(label, *names):
    models = [{"object_name": name, "name": name, "admin_url": f"/{name}/"} for name in names]
    return {"app_label": label, "name": label, "models": models}


def test_tables_stand_below_what_they_are_for():
    found = sectioned([app("petitions", "Petition"), app("community", "Place", "Post"), app("core", "User")])

    shown = [(str(section["name"]), [m["object_name"] for m in section["models"]]) for section in found]
    assert shown == [
        ("petitions", ["Petition"]),
        ("人员与职务", ["User", "Post"]),
        ("地点与住户", ["Place"]),
    ]


def test_table_that_no_section_names_keeps_the_heading_of_its_app():
    found = sectioned([app("community", "Place", "Novelty")])

    assert found[0]["name"] == "community"
    assert [m["object_name"] for m in found[0]["models"]] == ["Novelty"]
