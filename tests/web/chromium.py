"""A real headless Chromium for tests: what it shows, logs, fetches, and tells assistive technology."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.servers import skip_or_fail

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
)
PATIENCE_SECONDS = 30
CONTROLS = {"button", "link", "textbox", "combobox", "checkbox", "searchbox", "DisclosureTriangle", "listbox"}
WIDE, PHONE = (1400, 1000), (375, 812)


class Browser:
    """One window with one page, and the ways in which a test looks at it and acts in it."""

    def __init__(self, driver: webdriver.Chrome, downloads: Path) -> None:
        self.driver = driver
        self._downloads = downloads

    def open(self, address: str) -> None:
        """Load a page."""
        self.driver.get(address)

    def resize(self, size: tuple[int, int], *, dark: bool = False) -> None:
        """A window of this size in CSS pixels, and the colours that the person prefers."""
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < WIDE[0] // 2}
        self.cdp("Emulation.setDeviceMetricsOverride", **metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.cdp("Emulation.setEmulatedMedia", features=[scheme, still])

    def cdp(self, command: str, **parameters: Any) -> dict[str, Any]:
        """A command of the DevTools protocol."""
        found: dict[str, Any] = self.driver.execute_cdp_cmd(command, parameters)
        return found

    def run(self, script: str, *arguments: Any) -> Any:
        """The value of a script's `return`."""
        return self.driver.execute_script(script, *arguments)

    def find(self, element_id: str) -> WebElement:
        """An element by its id."""
        return self.driver.find_element(By.ID, element_id)

    def text(self, element_id: str) -> str:
        """The words that an element shows."""
        return self.find(element_id).text

    def all(self, selector: str) -> list[WebElement]:
        """The elements of a CSS selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def until(self, condition: str, *arguments: Any) -> None:
        """Wait until a script's expression is true."""
        WebDriverWait(self.driver, PATIENCE_SECONDS, poll_frequency=0.05).until(
            lambda _driver: self.run(f"return Boolean({condition})", *arguments), condition
        )

    def downloaded(self, name: str) -> str:
        """The text of a file that the browser was told to keep, once it is complete."""
        path = self._downloads / name
        WebDriverWait(self.driver, PATIENCE_SECONDS).until(lambda _driver: path.exists(), str(path))
        return path.read_text(encoding="utf-8")

    def complaints(self) -> list[str]:
        """What the console was told of errors and warnings since the last call."""
        return [each["message"] for each in self._log("browser") if each["level"] != "INFO"]

    def addresses(self) -> set[str]:
        """Every address requested over the network since the last call."""
        messages = (json.loads(each["message"])["message"] for each in self._log("performance"))
        return {
            each["params"]["request"]["url"]
            for each in messages
            if each["method"] == "Network.requestWillBeSent"
        }

    def _log(self, kind: str) -> list[dict[str, Any]]:
        driver: Any = self.driver  # selenium has no types for this method
        found: list[dict[str, Any]] = driver.get_log(kind)
        return found

    def unnamed_controls(self) -> list[str]:
        """The controls that a screen reader would call nothing, by what the accessibility tree says."""
        nodes = self.cdp("Accessibility.getFullAXTree")["nodes"]
        return [
            json.dumps(node["role"])
            for node in nodes
            if not node.get("ignored")
            and node["role"]["value"] in CONTROLS
            and not node.get("name", {}).get("value", "").strip()
        ]

    def roles(self) -> dict[str, list[str]]:
        """The names of the nodes of the accessibility tree by role."""
        found: dict[str, list[str]] = {}
        for node in self.cdp("Accessibility.getFullAXTree")["nodes"]:
            if not node.get("ignored"):
                found.setdefault(node["role"]["value"], []).append(node.get("name", {}).get("value", ""))
        return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with a profile of its own; skips the test, with the reason, where none is installed."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    driver_program = shutil.which("chromedriver")
    if program is None or driver_program is None:
        skip_or_fail("Chromium or its chromedriver is not installed")
    with tempfile.TemporaryDirectory(prefix="restock-chromium-", ignore_cleanup_errors=True) as folder:
        options = webdriver.ChromeOptions()
        options.binary_location = str(program)
        for flag in (*FLAGS, f"--user-data-dir={folder}/profile", f"--window-size={WIDE[0]},{WIDE[1]}"):
            options.add_argument(flag)
        options.add_experimental_option("prefs", {"download.default_directory": f"{folder}/downloads"})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(driver_program))
        try:
            yield Browser(driver, Path(folder) / "downloads")
        finally:
            driver.quit()
