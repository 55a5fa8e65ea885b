"""A client with websockets: a text, a text in three fragments, four bytes and a ping; then close.

python websockets_client.py URL
"""

import asyncio
import sys

from websockets.asyncio.client import connect


async def main(url):
    async with connect(url) as websocket:
        await websocket.send("Hello, wire!")
        print(await websocket.recv())
        await websocket.send(["Hello", ", ", "fragments!"])
        print(await websocket.recv())
        await websocket.send(b"\xde\xad\xbe\xef")
        print(await websocket.recv())
        pong = await websocket.ping(b"are you there?")
        await pong
        await websocket.close(1000, "done")


asyncio.run(main(sys.argv[1]))
