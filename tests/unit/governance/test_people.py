import pytest

from governance.errors import PeopleError
from governance.people import person_of
from governance.settings import settings
from tests.unit.governance.control_builds import write_people


def test_an_account_is_the_person_that_the_file_names(home):
    write_people(home, jane="Jane@Tieout.Example", omar="omar@tieout.example")
    assert (person_of("jane"), person_of("omar")) == ("jane@tieout.example", "omar@tieout.example")


def test_the_file_may_lie_elsewhere(home, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setenv("TIEOUT_PEOPLE_FILE", str(write_people(elsewhere, jane="jane@tieout.example")))
    settings.cache_clear()
    assert person_of("jane") == "jane@tieout.example"


def test_without_a_file_nobody_is_known(home):
    with pytest.raises(PeopleError, match=r"'jane' has no e-mail in .*adds the line `jane: e-mail`"):
        person_of("jane")


@pytest.mark.parametrize("text", ["", "omar: omar@tieout.example", "jane: 7", "jane: nobody", "jane: [a@b.example]"])
def test_an_account_without_an_e_mail_is_nobody(home, text):
    write_people(home).write_text(text)
    with pytest.raises(PeopleError, match="has no e-mail"):
        person_of("jane")


@pytest.mark.parametrize("text", ["jane: [", "- jane", "jane", "!!python/object:os.system {}", "\udcff"])
def test_a_file_that_is_no_list_of_people_is_refused(home, text):
    write_people(home).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(PeopleError, match="list of people"):
        person_of("jane")


@pytest.mark.parametrize(("mode", "is_safe"), [(0o644, True), (0o664, False), (0o602, False)])
def test_a_file_that_others_can_change_names_nobody(home, mode, is_safe):
    write_people(home, jane="jane@tieout.example").chmod(mode)
    if is_safe:
        assert person_of("jane") == "jane@tieout.example"
    else:
        with pytest.raises(PeopleError, match="can be changed by others"):
            person_of("jane")
