"""Which model of a real Neo4j's graph a title names is learnt from offers, and from catalogs."""

import csv

import pytest

from app.services.finetuning_jobs import finetune
from app.services.readers import champion_of, learnt_linking, linker_over
from app.services.training_runs import FinetuneSpec
from graph.records import Item, Named
from graph.repositories.lexicon import known_models, linked_titles
from ml.errors import CatalogueEmpty, OffersInvalid
from tests.conftest import empty
from tests.graph.repositories.conftest import store
from tests.ml.linking.made_up import catalogue, offers
from tests.progress import silent

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def shop(shared_database):
    """A catalogue in the graph, and a shop that says of its offers which models they are."""
    database, token = shared_database
    empty(database, token)
    models = catalogue()
    named = {one.id: Named(one.id, one.name, (one.name,)) for one in models}
    brands = {one.brand: Named(one.brand.lower(), one.brand, (one.brand,)) for one in models}
    specs = [
        Item("model", m.id, m.name, "specs", m.id, names=(m.name,), brand=brands[m.brand])
        for m in models
    ]
    stock = [
        Item("product", f"shop:{n}", title, "shop", f"h{n}", model=named.get(model))
        for n, (title, model) in enumerate(offers(models, each=1))
    ]
    store(database, [*specs, *stock])
    return database


def test_it_learns_from_products_whose_model_a_catalog_says(shop, shelf):
    done = finetune(FinetuneSpec(name="linking", known=True), shop, shelf, notify=silent)

    assert done.examples == len(linked_titles(shop)) == len(catalogue())
    assert done.promoted
    assert done.metrics["f1"].value > 0.5
    learnt = learnt_linking(champion_of(shelf.registry, "linking"))
    linker = linker_over(lambda: learnt)(list(known_models(shop)))
    (link,) = linker.link(["orvik aster 10 pro copper boxed"])
    assert link.model == "orvik-aster-10-pro"


def test_it_learns_from_a_file_of_offers(shop, shelf, tmp_path):
    path = tmp_path / "offers.csv"
    names = {one.id: one.name for one in catalogue()}
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("product_title", "cluster_label", "category_label"))
        for title, model in offers(catalogue(), each=1):
            rows.writerow((title, names.get(model, "Zuvo Something"), "all"))

    done = finetune(FinetuneSpec(name="linking", path=str(path)), shop, shelf, notify=silent)

    assert done.artefact == "linking/1"
    assert done.examples > len(catalogue())


def test_a_file_that_cannot_be_read_leaves_nothing_behind(shop, shelf, tmp_path):
    path = tmp_path / "offers.csv"
    path.write_text("title\nlamp\n")

    with pytest.raises(OffersInvalid, match="no column 'cluster_label'"):
        finetune(FinetuneSpec(name="linking", path=str(path)), shop, shelf, notify=silent)

    assert shelf.registry.names() == ()


def test_an_empty_graph_has_no_models_to_link_to(database, shelf):
    with pytest.raises(CatalogueEmpty):
        finetune(FinetuneSpec(name="linking", known=True), database, shelf, notify=silent)
