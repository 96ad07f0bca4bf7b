"""Documents read beside those of their series: what a run knows is what a fresh one would find."""

from __future__ import annotations

from pathlib import Path

import pytest

from enricher.importer.series import in_order, neighbours
from enricher.importer.sync import import_paths, sync
from enricher.store.database import memory
from enricher.store.store import Store
from tests.growth import calls

SAID = ("Scouts dance for a place.", "Wasps chew paper.", "Ants farm lice.", "Moths hear bats.", "Spiders sail.")
FOLDERS = (
    "{}.md",
    "{}/index.md",
    "slug-{}/notes.visual.md",
    "2012/03/{}/episode-{}.md",
    "2012/{}.md",
    "2012/03/{}/bees-{}/index.md",
)
JUNK = "Podržite nas na Patreonu i ocijenite nas."


def page(number: int, junk: str = JUNK) -> str:
    """Return the notes of an episode."""
    return f"# Episode of insects, number {number}\n\n{SAID[number % 5]}\n\n{junk}\n"


def documents(store: Store) -> dict[str, str]:
    """Return what is stored of each document."""
    return {path: store.summaries.document(path) for path in store.summaries.known()}


def fresh(folder: Path) -> dict[str, str]:
    """Return what a first run stores."""
    with Store(memory()) as store:
        sync(store, [folder])
        return documents(store)


@pytest.mark.parametrize("name", FOLDERS)
def test_documents_that_come_and_go_change_what_their_neighbours_share(tmp_path: Path, name: str) -> None:
    """The first has no line that others share; then it has; then again it has none."""
    paths = [tmp_path / name.replace("{}", str(number)) for number in (9, 10, 11)]
    with Store(memory()) as store:
        for count in (1, 2, 3):
            paths[count - 1].parent.mkdir(parents=True, exist_ok=True)
            paths[count - 1].write_text(page(count + 8), "utf-8")
            assert len(sync(store, [tmp_path]).imported) == count
            assert documents(store) == fresh(tmp_path)
            assert sum(JUNK in one for one in documents(store).values()) == (count if count < 3 else 0)
        assert sync(store, [tmp_path]).unchanged == 3
        paths[2].write_text(page(11, "Something else."), "utf-8")
        assert len(sync(store, [tmp_path]).imported) == 3
        assert documents(store) == fresh(tmp_path)
        assert sum(JUNK in one for one in documents(store).values()) == 2
        paths[1].unlink()
        sync(store, [tmp_path])
        assert documents(store) == fresh(tmp_path)


def test_a_far_document_changes_nothing(tmp_path: Path) -> None:
    """Only the nearest five on either side are looked at, so a new episode costs the same in a folder of any size."""
    for number in range(1, 101):
        (tmp_path / f"{number}.md").write_text(page(number), "utf-8")
    with Store(memory()) as store:
        assert len(sync(store, [tmp_path]).imported) == 100
        (tmp_path / "101.md").write_text(page(101), "utf-8")
        names = {Path(path).stem for path, _ in sync(store, [tmp_path]).imported}
        assert names == {"96", "97", "98", "99", "100", "101"}
        assert documents(store) == fresh(tmp_path)


@pytest.mark.parametrize("name", FOLDERS)
def test_one_document_is_read_as_its_folder_is(tmp_path: Path, name: str) -> None:
    """`enricher import FILE` looks at what stands beside the file too."""
    for number in range(1, 6):
        path = tmp_path / name.replace("{}", str(number))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(number), "utf-8")
    one = tmp_path / name.replace("{}", "3")
    (read,) = import_paths(None, [one])
    assert read == next(found for found in import_paths(None, [tmp_path]) if found.path == one)
    assert any("Podržite" in left for left in read.left_out)


def test_series_are_in_the_order_of_people() -> None:
    """2 before 10; a folder and a form by itself, and one folder an episode where the file has no name of its own."""
    names = ["a/10.md", "a/2.md", "a/2.txt", "b/3.md", "c/e1/index.md", "c/e12/index.md", "c/e2/index.md"]
    found = neighbours(sorted(map(Path, names), key=in_order))
    assert {str(path): [str(one) for one in others] for path, others in found.items() if others} == {
        "a/2.md": ["a/10.md"],
        "a/10.md": ["a/2.md"],
        "c/e1/index.md": ["c/e2/index.md", "c/e12/index.md"],
        "c/e2/index.md": ["c/e1/index.md", "c/e12/index.md"],
        "c/e12/index.md": ["c/e1/index.md", "c/e2/index.md"],
    }


def test_names_with_digits_of_any_script_can_be_sorted(tmp_path: Path) -> None:
    """A run that could not sort them ended with a traceback."""
    for name in ("1٣2.md", "1a2.md", "12.md"):
        (tmp_path / name).write_text(page(1), "utf-8")
    assert len(fresh(tmp_path)) == 3


def test_a_companion_is_no_document_of_the_folder(tmp_path: Path) -> None:
    """One document to a folder, with its transcript beside it, is read alike by import and by a run."""
    for number in range(1, 5):
        folder = tmp_path / f"e{number}"
        folder.mkdir()
        (folder / "notes.txt").write_text(page(number).replace("# ", ""), "utf-8")
        (folder / "notes.transcript.txt").write_text("[00:00] Ann: Aye.\n[00:05] Bo: So it is.\n", "utf-8")
    stored = fresh(tmp_path)
    one = tmp_path / "e2" / "notes.txt"
    with Store(memory()) as store:
        assert all(read.summary for read in import_paths(store, [one]))
        assert documents(store)[str(one)] == stored[str(one)]
        assert sync(store, [tmp_path]).unchanged == 0  # it belongs to the folder now
        assert sync(store, [tmp_path]).unchanged == 4


def test_many_paths_cost_what_they_are(tmp_path: Path) -> None:
    """Each folder is listed once, not for each of its documents."""
    for number in range(120):
        (tmp_path / f"{number}.json").write_text(f'{{"version": 1, "title": "Episode {number}"}}', "utf-8")
    paths = sorted(tmp_path.iterdir())
    few = calls(lambda: list(import_paths(None, paths[:30])))
    assert calls(lambda: list(import_paths(None, paths))) < few * 5


def test_a_large_neighbour_says_nothing_whenever_it_is_read(tmp_path: Path) -> None:
    """A transcript, say: it has no part in what others share, in a first run and in a later one."""
    for number in range(1, 4):
        text = page(number) + (f"\n<!-- {'x' * 300_000} -->\n" if number < 3 else "")
        (tmp_path / f"{number}.md").write_text(text, "utf-8")
    with Store(memory()) as store:
        sync(store, [tmp_path])
        assert JUNK in documents(store)[str(tmp_path / "3.md")]
        (tmp_path / "3.md").write_text(page(3) + "More of it.\n", "utf-8")
        sync(store, [tmp_path])
        assert documents(store) == fresh(tmp_path)
