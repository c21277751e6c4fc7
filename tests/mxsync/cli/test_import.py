"""`mxsync import`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.cli import mxsync

HEAD = "mxsync: 1\nproviders:\n  files: {type: zonefile, directory: zones}   # all of them\n"
ZONE = """\
$TTL 1h
@ IN SOA ns1.example.net. host.example.net. 1 7200 900 1209600 300
  IN NS ns1.example.net.
"""
OWN = "@ IN MX 10 mx1.example.net.\n@ IN MX 20 mx2.example.net.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two zones with the same set, and a manifest that names their folder alone."""
    (tmp_path / "mxsync.yaml").write_text(HEAD)
    put(tmp_path, "example.com", OWN)
    put(tmp_path, "example.org", f"{OWN}parked 300 IN MX 0 .\n")
    return tmp_path


def put(folder: Path, zone: str, records: str) -> Path:
    (folder / "zones").mkdir(exist_ok=True)
    path = folder / f"zones/{zone}.zone"
    path.write_text(ZONE + records)
    return path


def in_sync(folder: Path, *paths: str) -> bool:
    run = mxsync("drift", *paths, cwd=folder)
    return run.code == 0


def test_without_a_file_the_manifest_is_the_only_thing_on_stdout(folder: Path) -> None:
    run = mxsync("import", "files", "--all", cwd=folder)
    assert (run.code, run.err) == (0, "Imported 3 MX sets in 2 zones.\n")
    assert run.out == (
        "mxsync: 1\n\nproviders:\n  files:\n    type: zonefile\n    directory: zones\n\n"
        "sets:\n  example.net:\n    - 10 mx1.example.net.\n    - 20 mx2.example.net.\n\n"
        "defaults:\n  provider: files\n  ttl: 1h\n\n"
        'zones:\n  example.com: example.net\n  example.org:\n    mx:\n      "@": example.net\n'
        "      parked: {set: null_mx, ttl: 5m}\n"
    )
    assert sorted(path.name for path in folder.iterdir()) == ["mxsync.yaml", "zones"]
    (folder / "new.yaml").write_text(run.out)
    assert in_sync(folder, "new.yaml")


def test_a_new_file_stands_on_its_own_and_names_the_schema_that_is_there(folder: Path) -> None:
    (folder / "mxsync.schema.json").write_text("{}")
    run = mxsync("import", "files", "example.com", "-o", "new.yaml", cwd=folder)
    assert (run.code, run.out, run.err) == (0, "Imported 1 MX set in 1 zone to new.yaml.\n", "")
    first = (folder / "new.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=mxsync.schema.json"
    assert in_sync(folder, "new.yaml")


def test_a_manifest_is_extended_and_what_stands_there_stays(folder: Path) -> None:
    path = folder / "mxsync.yaml"
    before = f"{HEAD}sets:\n  ours: [10 mx1.example.net, 20 mx2.example.net]\nzones: # {{}}\n    example.com: {{provider: files, mx: {{'@': ours}}}}\n"
    path.write_text(before)
    path.chmod(0o640)
    run = mxsync("import", "files", "--all", "-o", "mxsync.yaml", cwd=folder)
    assert (run.code, run.out) == (0, "Imported 2 MX sets in 1 zone to mxsync.yaml.\n")
    assert (
        run.err == "mxsync: example.com. is in the manifest already (mxsync.yaml:7:5), and stays as it is\n"
    )
    assert path.read_text() == before + (
        "    example.org:\n      provider: files\n      mx:\n"
        '        "@": ours\n        parked: {set: null_mx, ttl: 5m}\n'
    )
    assert path.stat().st_mode & 0o777 == 0o640
    assert in_sync(folder)
    again = mxsync("import", "files", "--all", "-o", "mxsync.yaml", cwd=folder)
    assert (again.code, again.out) == (0, "Imported 0 MX sets in 0 zones.\n")


def test_a_symbolic_link_stays_one(folder: Path) -> None:
    (folder / "mxsync.yaml").rename(folder / "real.yaml")
    (folder / "mxsync.yaml").symlink_to("real.yaml")
    assert mxsync("import", "files", "--all", "-o", "mxsync.yaml", cwd=folder).code == 0
    assert (folder / "mxsync.yaml").is_symlink()
    assert in_sync(folder)


def test_a_folder_gets_a_file_for_each_zone_and_is_read_with_the_manifest(folder: Path) -> None:
    put(folder, "_x.example", OWN)
    run = mxsync("import", "files", "example.com", "example.org", "-o", "mail/", cwd=folder)
    assert (run.code, run.out) == (0, "Imported 3 MX sets in 2 zones to mail/.\n")
    assert sorted(path.name for path in (folder / "mail").iterdir()) == [
        "_shared.yaml",
        "example.com.yaml",
        "example.org.yaml",
    ]
    assert in_sync(folder, "mxsync.yaml", "mail")
    assert in_sync(folder, ".")
    more = mxsync("import", "files", "--all", "-o", "mail", cwd=folder)
    assert (more.code, more.out) == (0, "Imported 1 MX set in 1 zone to mail.\n")
    assert (folder / "mail/_x.example.yaml").read_text() == "mxsync: 1\n\nzones:\n  _x.example: example.net\n"
    assert in_sync(folder, ".")


def test_a_new_file_in_a_folder_that_is_the_manifest_repeats_nothing(folder: Path) -> None:
    (folder / "mxsync.yaml").write_text(f"{HEAD}defaults: {{provider: files, ttl: 5m}}\n")
    run = mxsync("import", "files", "--all", "--manifest", ".", "-o", "new.yaml", cwd=folder)
    assert run.code == 0
    text = (folder / "new.yaml").read_text()
    assert "providers:" not in text
    assert "defaults:" not in text
    assert in_sync(folder, ".")


def test_a_file_that_is_not_the_manifests_is_not_overwritten(folder: Path) -> None:
    (folder / "other.yaml").write_text("mine")
    run = mxsync("import", "files", "--all", "-o", "other.yaml", cwd=folder)
    assert (run.code, run.out) == (3, "")
    assert run.err == (
        "mxsync: other.yaml is there already, and no file of the manifest: say --manifest other.yaml too, "
        "or give the path of a new file\n"
    )
    assert (folder / "other.yaml").read_text() == "mine"


def test_a_zones_file_that_is_there_is_not_overwritten(folder: Path) -> None:
    (folder / "mail").mkdir()
    (folder / "mail/example.com.yaml").write_text("mxsync: 1\n")
    run = mxsync("import", "files", "--all", "-o", "mail", cwd=folder)
    assert (run.code, run.out) == (3, "")
    assert "mail/example.com.yaml is there already, and stays as it is" in run.err
    assert [path.name for path in (folder / "mail").iterdir()] == ["example.com.yaml"]


def test_a_block_is_not_copied_to_where_its_paths_would_mean_something_else(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    run = mxsync("import", "files", "--all", "-o", "elsewhere/new.yaml", cwd=folder)
    assert (run.code, run.out) == (3, "")
    assert "whose relative paths start in another folder; write to new.yaml" in run.err


def test_a_manifest_in_braces_is_refused_and_another_file_proposed(folder: Path) -> None:
    before = HEAD + "zones: {example.com: {provider: files, mx: {'@': null_mx}}}\n"
    (folder / "mxsync.yaml").write_text(before)
    run = mxsync("import", "files", "example.org", "-o", "mxsync.yaml", cwd=folder)
    assert (run.code, run.out) == (3, "")
    assert "nothing can be inserted; write it so, or give the path of a new file" in run.err
    assert (folder / "mxsync.yaml").read_text() == before


def test_what_cannot_be_imported_is_a_comment_and_waived_is_what_can_be(folder: Path) -> None:
    put(folder, "example.net", "a IN MX 0 .\na IN MX 10 mx1.example.net.\nb IN MX 10 mail_1.example.org.\n")
    run = mxsync("import", "files", "example.net", "--waive-days", "7", "-o", "new.yaml", cwd=folder)
    until = (datetime.now(UTC) + timedelta(days=7)).date()
    assert run.code == 0
    assert run.err == (
        "mxsync: 1 owner not imported, see the comments\n"
        f"mxsync: 1 finding waived until {until}; mend the cause by then\n"
    )
    assert "      # a (not imported): MX006: " in (folder / "new.yaml").read_text()
    assert in_sync(folder, "new.yaml")


def test_where_nothing_can_be_imported_the_reasons_are_shown_and_nothing_is_written(folder: Path) -> None:
    put(folder, "example.net", "a IN MX 0 .\na IN MX 10 mx1.example.net.\n")
    run = mxsync("import", "files", "example.net", "-o", "new.yaml", cwd=folder)
    assert (run.code, run.out) == (0, "Imported 0 MX sets in 0 zones.\n")
    assert "mxsync: a (not imported): MX006: " in run.err
    assert not (folder / "new.yaml").exists()


def test_a_zone_that_cannot_be_read_fails_alone_with_exit_5(folder: Path) -> None:
    (folder / "zones/example.net.zone").write_text("@ IN SOA (")
    run = mxsync("import", "files", "--all", "-o", "new.yaml", cwd=folder)
    assert (run.code, run.out) == (5, "Imported 3 MX sets in 2 zones to new.yaml.\n")
    assert "mxsync: example.net. could not be read: zones/example.net.zone:1" in run.err


def test_where_no_zone_can_be_read_the_exit_code_is_1(folder: Path) -> None:
    run = mxsync("import", "files", "nowhere.example", "-o", "new.yaml", cwd=folder)
    assert (run.code, run.out) == (1, "Imported 0 MX sets in 0 zones.\n")
    assert "nowhere.example. could not be read" in run.err


def test_owners_can_be_named(folder: Path) -> None:
    run = mxsync("import", "files", "example.org", "--owner", "parked", "--owner", "x", cwd=folder)
    assert run.code == 0
    assert run.err == "mxsync: x.example.org. has no MX set\nImported 1 MX set in 1 zone.\n"
    assert run.out.endswith("zones:\n  example.org:\n    mx:\n      parked: null_mx\n")


def test_a_zone_without_mx_sets_is_counted(folder: Path) -> None:
    put(folder, "example.net", "")
    run = mxsync("import", "files", "example.net", cwd=folder)
    assert (run.code, run.out) == (0, "")
    assert run.err == "mxsync: 1 zone without an MX set\nImported 0 MX sets in 0 zones.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["files"], "name the zones, or say --all"),
        (["files", "example.com", "--all"], "name the zones, or say --all"),
        (["files", "--all", "--owner", "@"], "--owner belongs to zones that are named"),
        (["files", "a..b"], "has an empty label"),
        (["files", "example.com", "--owner", "a..b"], "has an empty label"),
        (["files", "example.com", "-o", ""], "a path is empty"),
        (["file", "--all"], "the manifest has no provider 'file'; did you mean 'files'?"),
    ],
)
def test_wrong_usage_is_64_with_a_message(folder: Path, arguments: list[str], message: str) -> None:
    run = mxsync("import", *arguments, cwd=folder)
    assert (run.code, run.out) == (64, "")
    assert message in run.err


def test_without_a_manifest_it_says_how_to_make_one(tmp_path: Path) -> None:
    run = mxsync("import", "files", "--all", cwd=tmp_path)
    assert (run.code, run.out) == (3, "")
    assert "mxsync init" in run.err


def test_a_manifest_with_errors_is_shown_and_stays(folder: Path) -> None:
    (folder / "mxsync.yaml").write_text(HEAD + "sets: {own: [x]}\n")
    run = mxsync("import", "files", "--all", "-o", "mxsync.yaml", cwd=folder)
    assert (run.code, run.out) == (3, "")
    assert "mxsync.yaml:4:14: error MX029" in run.err


def test_no_command_of_a_manifest_runs(folder: Path) -> None:
    (folder / "mxsync.yaml").write_text(
        "mxsync: 1\nproviders:\n  files: {type: zonefile, directory: zones, reload: [touch, ran]}\n"
    )
    assert mxsync("import", "files", "--all", "-o", "new.yaml", cwd=folder).code == 0
    assert not (folder / "ran").exists()
    assert "reload:\n      - touch\n      - ran\n" in (folder / "new.yaml").read_text()


def test_zone_files_stay_as_they_were(folder: Path) -> None:
    before = {path: path.read_bytes() for path in (folder / "zones").iterdir()}
    mxsync("import", "files", "--all", "-o", "mxsync.yaml", cwd=folder)
    assert {path: path.read_bytes() for path in (folder / "zones").iterdir()} == before


def test_a_path_that_cannot_be_written_is_one_message(folder: Path) -> None:
    (folder / "file").write_text("")
    run = mxsync("import", "files", "--all", "-o", "file/mail/", cwd=folder)
    assert (run.code, run.out) == (1, "")
    assert run.err == "mxsync: file/mail/_shared.yaml cannot be written: Not a directory\n"
