"""Foreign keys point down, too: a string reference is invisible to the import linter."""

from django.apps import apps

from tests.house.layers import ranks


def package_of(dotted: str) -> str:
    return dotted.split(".")[1]


def test_relations_point_down() -> None:
    steps = ranks()
    upwards = []
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("masthead."):
            continue
        for field in model._meta.get_fields():
            target = field.related_model
            # A reverse relation is the other side's foreign key.
            if field.auto_created or not isinstance(target, type) or not target.__module__.startswith("masthead."):
                continue
            own, other = package_of(model.__module__), package_of(target.__module__)
            if own != other and steps[own] <= steps[other]:
                upwards.append(f"{model.__module__}.{model.__name__}.{field.name} → {other}")
    assert upwards == []
