"""Make the exports in this folder anew, with a real Label Studio and a real Chromium.

    python tests/golden/labelstudio/make.py [FOLDER]

The texts, configurations and marks are those of tests/support/exports.py. Each file is what the
server's export API answered, indented; dates and the annotations' ids are those of that day.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent


def main(folder: Path) -> None:
    import httpx
    from label_studio_sdk import LabelStudio
    from playwright.sync_api import sync_playwright

    from quotemark.labelstudio.studio import studio
    from support.exports import FORMATS, PROJECTS, annotate, answer_by_api, export, log_in

    with TemporaryDirectory() as data, studio(Path(data)) as server, sync_playwright() as play:
        client = LabelStudio(  # type: ignore[no-untyped-call]
            base_url=server.url,
            api_key=server.token,
            httpx_client=httpx.Client(timeout=60, trust_env=False),
        )
        path = next((p for p in ("/usr/bin/chromium",) if Path(p).exists()), None)
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        log_in(page, server)
        for name, given in PROJECTS.items():
            number = annotate(page, server, client, name)
            if name == "text":
                answer_by_api(server, client, number)
            (folder / f"{name}.xml").write_text(f"{given.config}\n", encoding="utf-8")
            for form, suffix in FORMATS.items():
                made = json.dumps(export(server, number, form), ensure_ascii=False, indent=1)
                (folder / f"{name}{suffix}.json").write_text(f"{made}\n", encoding="utf-8")
        browser.close()


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[1]))  # for the tests' own support
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
