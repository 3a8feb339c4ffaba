"""Whether there is a Slack channel at all."""

from __future__ import annotations

import pytest

from assistant.channels.slack.channel import create_slack
from assistant.platform.settings import Settings, SettingsError
from assistant.service.container import Runtime


def test_without_settings_there_is_no_channel_and_with_too_few_the_installation_is_told(runtime: Runtime) -> None:
    assert create_slack(Settings(), runtime) is None
    with pytest.raises(SettingsError, match="MELLOMROM_SLACK_SIGNING_SECRET"):
        create_slack(Settings(slack_bot_token="xoxb-x"), runtime)
