"""The app package for Teams: a manifest for one installation, its texts in three languages, and two icons.

Invariant: the same settings make the same package, byte for byte. The app asks for no more than to be written to and to
write: no files, no messages that do not mention it.
"""

from __future__ import annotations

import io
import json
import zipfile
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from assistant.platform.messages import messages
from corpus.text import Language

VERSION = "1.22"
_SCHEMA = "https://developer.microsoft.com/json-schemas/teams/v{version}/MicrosoftTeams{part}.schema.json"
_DEFAULT = Language.NB
_COLOUR = "#0B5D57"
_ICONS = ("color.png", "outline.png")
_COMMANDS = (("help", "home"), ("help",))
"""What is suggested to write, in a chat with the bot and elsewhere; `teams.command.<one>` in the catalogs."""
_SCOPES = (["personal"], ["team", "groupChat"])
_NEWEST = (1980, 1, 1, 0, 0, 0)
"""The day that everything in the package is said to be of, so that it does not change from day to day."""


def manifest(app_id: str, url: str, operator: str | None = None) -> dict[str, Any]:
    """Return the manifest.

    Args:
        app_id: The bot's id.
        url: Where people reach the installation, such as ``https://mellomrom.example.no``.
        operator: The organisation that runs it.
    """
    text = messages(_DEFAULT).text
    base = url.rstrip("/")
    lists = [
        {
            "scopes": scopes,
            "commands": [
                {"title": text(f"teams.command.{command}"), "description": text(f"teams.command.{command}.what")}
                for command in commands
            ],
        }
        for scopes, commands in zip(_SCOPES, _COMMANDS, strict=True)
    ]
    return {
        "$schema": _SCHEMA.format(version=VERSION, part=""),
        "manifestVersion": VERSION,
        "version": "1.0.0",
        "id": app_id,
        "developer": {
            "name": (operator or "Mellomrom")[:32],
            "websiteUrl": base,
            "privacyUrl": f"{base}/privacy",
            "termsOfUseUrl": f"{base}/about",
        },
        "localizationInfo": {
            "defaultLanguageTag": _DEFAULT.value,
            "additionalLanguages": [
                {"languageTag": one.value, "file": f"{one.value}.json"} for one in Language if one is not _DEFAULT
            ],
        },
        "name": {"short": "Mellomrom", "full": text("teams.app.name")},
        "description": {"short": text("teams.app.short"), "full": text("teams.app.full")},
        "icons": {"color": _ICONS[0], "outline": _ICONS[1]},
        "accentColor": _COLOUR,
        "bots": [
            {
                "botId": app_id,
                "scopes": [scope for scopes in _SCOPES for scope in scopes],
                "supportsFiles": False,
                "isNotificationOnly": False,
                "commandLists": lists,
            }
        ],
        "composeExtensions": [
            {
                "botId": app_id,
                "commands": [
                    {
                        "id": "find",
                        "type": "action",
                        "context": ["message", "compose"],
                        "title": text("teams.command.find"),
                        "description": text("teams.command.find.what"),
                        "fetchTask": True,
                    }
                ],
            }
        ],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(base).netloc],
    }


def localised(language: Language) -> dict[str, str]:
    """Return the texts of the manifest in another language."""
    text = messages(language).text
    strings = {
        "$schema": _SCHEMA.format(version=VERSION, part=".Localization"),
        "name.short": "Mellomrom",
        "name.full": text("teams.app.name"),
        "description.short": text("teams.app.short"),
        "description.full": text("teams.app.full"),
    }
    at = "composeExtensions[0].commands[0]"
    strings |= {
        f"{at}.title": text("teams.command.find"),
        f"{at}.description": text("teams.command.find.what"),
    }
    for place, commands in enumerate(_COMMANDS):
        for number, one in enumerate(commands):
            at = f"bots[0].commandLists[{place}].commands[{number}]"
            strings |= {
                f"{at}.title": text(f"teams.command.{one}"),
                f"{at}.description": text(f"teams.command.{one}.what"),
            }
    return strings


def package(made: dict[str, Any]) -> bytes:
    """Return the zip that Teams takes."""
    icons = files(__package__) / "icons"
    parts = {"manifest.json": _to_json(made), **{name: (icons / name).read_bytes() for name in _ICONS}}
    parts |= {f"{one.value}.json": _to_json(localised(one)) for one in Language if one is not _DEFAULT}
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _NEWEST), content)
    return zipped.getvalue()


def _to_json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode()
