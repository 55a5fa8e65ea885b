"""A client with urllib: each path is fetched. What stands behind a space is sent there, as a form.

python urllib_client.py BASE PATH...
"""

import sys
from urllib.error import HTTPError
from urllib.request import urlopen

base, *paths = sys.argv[1:]
for path in paths:
    path, _, form = path.partition(" ")
    try:
        with urlopen(base + path, data=form.encode() or None) as response:
            print(path, response.status, len(response.read()), "bytes")
    except HTTPError as error:
        print(path, error.code, error.reason, len(error.read()), "bytes")
