"""Seeding the demo catalogue, again and again."""

from skill.catalog.index import catalog_version
from skill.shops.demo_catalogue import seed_catalogue
from skill.storage.database import Database


def test_every_seed_tells_running_processes_to_read_the_catalogue_anew(database: Database) -> None:
    versions = []
    for _ in range(3):
        with database.unit(None) as unit:
            seed_catalogue(unit)
            versions.append(catalog_version(unit))
    assert len(set(map(str, versions))) == 3
