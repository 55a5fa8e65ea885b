"""Tornado: a page, JSON with a cookie, a form, and a WebSocket that echoes."""

import asyncio

from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler


class Page(RequestHandler):
    def get(self):
        self.write("<!doctype html>\n<title>Tornado</title>\n<h1>Hello, wire!</h1>\n")


class Time(RequestHandler):
    def get(self):
        self.set_cookie("visited", "yes", httponly=True)
        self.write({"seconds": 42})


class Form(RequestHandler):
    def post(self):
        self.set_status(303)
        self.set_header("Location", "/?name=" + self.get_body_argument("name"))


class Echo(WebSocketHandler):
    def on_message(self, message):
        self.write_message(message, binary=isinstance(message, bytes))


async def main():
    application = Application([("/", Page), ("/time.json", Time), ("/form", Form), ("/echo", Echo)])
    application.listen(8080, "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main())
