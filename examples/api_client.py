"""Ask a running `hairtint web` for a colour. Usage: python examples/api_client.py me.jpg copper out.jpg [ADDRESS]"""

import base64
import json
import sys
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

picture, color, result = sys.argv[1:4]
address = sys.argv[4] if len(sys.argv) > 4 else "http://127.0.0.1:5000"
wanted = {"image": base64.b64encode(Path(picture).read_bytes()).decode(), "color": color, "strength": 0.9}
request = Request(f"{address}/api/v1/recolor", json.dumps(wanted).encode(), {"Content-Type": "application/json"})
try:
    with urlopen(request) as answer:
        Path(result).write_bytes(answer.read())
except HTTPError as error:
    raise SystemExit(json.load(error)["detail"]) from None
except URLError as error:
    raise SystemExit(f"no answer from {address} ({error.reason}): start hairtint web, or name its address") from None
