"""Makes docs/speaker.png: an order on the speaker page in a fresh demo home, by `make screenshot`."""

import base64
import logging
from pathlib import Path
from tempfile import TemporaryDirectory

from skill import bootstrap
from skill.settings import DEVELOPMENT_SKILL_ID, Settings
from tests.web.chromium import WIDE, chromium
from tests.web.speaker_homes import home_studio, served_speaker
from tests.web.speaker_steps import say

PICTURE = Path(__file__).parents[2] / "docs" / "speaker.png"
SENTENCES = (
    "how many points do i have",
    "log a wet diaper for Leo",
    "add oat milk to my list",
    "reorder my usual",
    "yes",
    "order two mac and cheese",
)


def main() -> None:
    """Have the conversation in a real browser and keep the picture."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with TemporaryDirectory(prefix="restock-picture-") as folder:
        demo_file = Path(folder) / "demo.db"
        url = f"sqlite:///{demo_file}"
        bootstrap.prepare(Settings(env="development", skill_id=DEVELOPMENT_SKILL_ID, database_url=url))
        with served_speaker(demo_file, {"home": home_studio}) as speaker, chromium() as browser:
            browser.resize(WIDE)
            browser.open(speaker.url)
            for sentence in SENTENCES:
                say(browser, sentence)
            browser.until("document.getElementById('log').scrollTop > 0")
            picture = browser.cdp("Page.captureScreenshot", format="png")["data"]
    PICTURE.write_bytes(base64.b64decode(picture))


if __name__ == "__main__":
    main()
