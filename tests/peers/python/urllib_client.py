"""A client with urllib: PATH is fetched, "METHOD PATH" is asked for by that method.

python urllib_client.py BASE REQUEST...
"""

import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

base, *requests = sys.argv[1:]
for request in requests:
    method, _, path = request.rpartition(" ")
    try:
        with urlopen(Request(base + path, method=method or "GET")) as response:
            print(request, response.status, len(response.read()), "bytes")
    except HTTPError as error:
        print(request, error.code, error.reason, len(error.read()), "bytes")
