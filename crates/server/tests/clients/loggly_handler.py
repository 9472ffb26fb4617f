"""Python's logging through Loggly's handler."""

import logging
import os

from loggly.handlers import HTTPSHandler, session

host, token = os.environ["HOST"], os.environ["TOKEN"]
handler = HTTPSHandler(f"https://{host}/inputs/{token}/tag/python")
handler.setFormatter(logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s"))
log = logging.getLogger("shop.cart")
log.addHandler(handler)
log.error("payment refused")
# It sends from a thread.
session.executor.shutdown(wait=True)
