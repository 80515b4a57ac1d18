"""Settings are checked by name and value before anything starts."""

import os
import stat
from pathlib import Path

import pytest

from server.media import open_storage
from server.settings import SettingsError, load
from tests.server.tracks.studio import body_of


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"HOULE_TRU_PEAK": "-1"}, "HOULE_TRU_PEAK is not a setting. Did you mean HOULE_TRUE_PEAK"),
        ({"HOULE_LOUDNESS_TARGET": "3"}, "HOULE_LOUDNESS_TARGET"),
        ({"HOULE_SECRET_KEY": "short"}, "HOULE_SECRET_KEY"),
        ({"HOULE_PUBLIC_URL": "houle.example"}, "HOULE_PUBLIC_URL"),
        ({"HOULE_TRUSTED_PROXIES": "10.0.0.0/8, proxy"}, "HOULE_TRUSTED_PROXIES"),
        ({"HOULE_TLS_CERT": "cert.pem"}, "HOULE_TLS_KEY"),
        ({"HOULE_DATABASE_URL": "mysql://x"}, "HOULE_DATABASE_URL"),
        ({"HOULE_STORAGE_URL": "ftp://x"}, "HOULE_STORAGE_URL"),
        ({"HOULE_REDIS_URL": "http://x"}, "HOULE_REDIS_URL: must begin with redis://"),
    ],
)  # fmt: skip
def test_a_wrong_setting_stops_the_start_by_name(
    tmp_path: Path, given: dict[str, str], words: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(given, None, data_dir=tmp_path)

    assert words in str(refusal.value)


def test_a_misspelt_name_in_the_file_stops_the_start_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOULE_PRT=1\nOTHER=x\n")

    with pytest.raises(SettingsError, match="HOULE_PRT"):
        load({}, tmp_path / ".env")


def test_the_environment_wins_over_the_file_and_an_option_over_both(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HOULE_TRUE_PEAK=-3\nHOULE_LOUDNESS_TARGET=-18\n")
    given = {"HOULE_LOUDNESS_TARGET": "-16", "HOULE_DATA_DIR": "/nowhere"}
    settings = load(given, tmp_path / ".env", data_dir=tmp_path)

    assert (settings.true_peak, settings.loudness_target) == (-3, -16)
    assert settings.database_url == f"sqlite:///{tmp_path}/houle.db"
    assert settings.storage_url == f"file://{tmp_path}/media"


async def test_media_lie_in_the_data_folder_whatever_its_name_is(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a#b?c=%20d \xc3\xa9 \xff"))
    settings = load({}, None, data_dir=folder)

    await open_storage(settings.storage_url).put("tracks/t1/original", body_of(b"a song"))

    assert (folder / "media/tracks/t1/original").read_bytes() == b"a song"
    assert load(settings.environment(), None).storage_url == settings.storage_url


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = load({}, None, data_dir=tmp_path)
    second = load({}, None, data_dir=tmp_path)

    assert first.secret_key == second.secret_key
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_a_data_folder_of_ours_is_closed_to_others(tmp_path: Path) -> None:
    load({}, None, data_dir=tmp_path / "data")

    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_secrets_do_not_show(tmp_path: Path) -> None:
    given = {"HOULE_SECRET_KEY": "k" * 32, "HOULE_ADMIN_PASSWORD": "correct horse"}

    shown = repr(load(given, None, data_dir=tmp_path))

    assert "kkk" not in shown
    assert "horse" not in shown


def test_a_password_that_breaks_the_redis_address_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        load({"HOULE_REDIS_URL": "redis://:correct/horse@redis:6379"}, None, data_dir=tmp_path)

    assert "HOULE_REDIS_URL" in str(refusal.value)
    assert "correct" not in str(refusal.value)
    assert "horse" not in str(refusal.value)


def test_a_child_reads_what_its_parent_read(tmp_path: Path) -> None:
    given = {
        "HOULE_TRUSTED_PROXIES": "10.0.0.0/8,::1",
        "HOULE_UPLOAD_LIMIT": "3GiB",
        "HOULE_TRUE_PEAK": "-2",
    }
    parent = load(given, None, data_dir=tmp_path)

    assert load(parent.environment(), None) == parent
    assert parent.upload_limit == 3 * 1024**3


def test_a_data_folder_that_cannot_be_made_is_named() -> None:
    with pytest.raises(SettingsError, match="/proc/houle"):
        load({}, None, data_dir="/proc/houle")


def test_a_socket_path_beyond_the_kernels_limit_is_put_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 90)
    settings = load({}, None, data_dir=deep)

    assert len(str(settings.serve_socket)) < 108
    assert settings.serve_socket != load({}, None, data_dir=tmp_path / ("e" * 90)).serve_socket
