"""The smallest web app with three logs: its own, the requests', and the server's.

It logs as Flask's documentation says, to standard error, and knows nothing of where logs are kept.
"""

import logging

from flask import Flask

logging.basicConfig(
    level=logging.DEBUG,
    format="%(asctime)s [%(process)d] [%(levelname)s/APPLICATION] %(message)s",
)

app = Flask(__name__)


@app.route("/")
def index():
    app.logger.debug("This is an application log message")
    return "Hello, world!"


@app.route("/fail")
def fail():
    raise ValueError("this route always fails")
