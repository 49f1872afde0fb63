"""Settings: what is wrong is named by its variable, all of it at once, and secrets are not shown."""

from pathlib import Path

import pytest

from tongban.base.config import Settings
from tongban.base.errors import Refused


def test_without_anything_the_demonstration_runs_here():
    settings = Settings.load({})
    assert (settings.port, settings.demo, settings.database_url) == (8000, True, None)
    assert settings.address == "http://127.0.0.1:8000"


def test_the_environment_is_read_and_arguments_win():
    environ = {"TONGBAN_PORT": "9000", "TONGBAN_DEMO": "false", "TONGBAN_DATA_DIR": "/srv/t", "HOME": "/x"}
    settings = Settings.load(environ, port=9100, host=None)
    assert (settings.port, settings.demo, settings.data_dir) == (9100, False, Path("/srv/t"))


def test_groups_are_read_by_their_prefix():
    settings = Settings.load(
        {
            "TONGBAN_OIDC_ISSUER": "https://id.example",
            "TONGBAN_OIDC_CLIENT_ID": "tongban",
            "TONGBAN_OIDC_CLIENT_SECRET": "geheim",
            "TONGBAN_SMTP_HOST": "mail.example",
            "TONGBAN_SMTP_PORT": "25",
            "TONGBAN_SMTP_SENDER": "no-reply@example",
            "TONGBAN_SMTP_PASSWORD": "geheim",
        }
    )
    assert settings.oidc is not None
    assert settings.oidc.client_id == "tongban"
    assert settings.smtp is not None
    assert settings.smtp.port == 25
    assert "geheim" not in repr(settings)


def test_every_bad_setting_is_named_at_once():
    environ = {
        "TONGBAN_PORT": "ninety",
        "TONGBAN_COLOUR": "red",
        "TONGBAN_ZONE": "Mars/Olympus",
        "TONGBAN_SMTP_HOST": "mail.example",
        "TONGBAN_DATABASE_URL": "mysql://x",
    }
    with pytest.raises(Refused) as refused:
        Settings.load(environ)
    assert {p.place for p in refused.value.problems} == {
        "TONGBAN_PORT",
        "TONGBAN_COLOUR",
        "TONGBAN_ZONE",
        "TONGBAN_SMTP",
        "TONGBAN_DATABASE_URL",
    }
    assert {p.code for p in refused.value.problems} == {"bad-setting"}


def test_the_start_script_s_own_variable_is_no_mistake():
    assert Settings.load({"TONGBAN_PYTHON": "python3.13"}) == Settings()
