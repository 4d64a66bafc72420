"""GDCM in a process of its own: `python -m core.acquisition.gdcm_worker`.

On some damaged pictures GDCM ends the whole process (an exception thrown where none may be), and
it writes on stderr. Out here it takes nothing down with it. Protocol, both ways, on the standard
streams: a line of JSON, then as many bytes as it says under "bytes".
"""

import json
import sys
from typing import IO, Any

from pydicom.pixels import get_decoder
from pydicom.uid import UID


def send(stream: IO[bytes], head: dict[str, Any], body: bytes) -> None:
    """Writes one message."""
    stream.write(json.dumps({**head, "bytes": len(body)}).encode() + b"\n")
    stream.write(body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Reads one message; None where the other side has gone."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    head = json.loads(line)
    body = stream.read(head["bytes"])
    return (head, body) if len(body) == head["bytes"] else None


def main() -> None:
    """Decodes one frame after the other until its input ends."""
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    while (message := receive(asked)) is not None:
        head, frame = message
        try:
            options = head["options"]
            syntax = options["transfer_syntax_uid"] = UID(options["transfer_syntax_uid"])
            decoder = get_decoder(syntax)
            array, _ = decoder.as_array(frame, index=0, decoding_plugin="gdcm", **options)
        except Exception as error:  # the decoders raise anything on damaged data
            send(answers, {"error": str(error)[:300]}, b"")
            continue
        send(answers, {"shape": array.shape, "dtype": array.dtype.str}, array.tobytes())


if __name__ == "__main__":
    main()
