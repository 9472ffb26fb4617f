"""Elasticsearch's bulk helper; what it sends twice is there once."""

import os

from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

client = Elasticsearch(f"https://{os.environ['HOST']}", api_key=("shop", os.environ["TOKEN"]))


def orders():
    for n in range(500):
        yield {
            "_op_type": "create" if n % 2 else "index",
            "_index": "shop-2026.11.22",
            "_id": f"order-{n}",
            "@timestamp": f"2026-11-22T07:32:49.{n:03}Z",
            "message": f"order {n}",
            "log.level": "warn",
            "n": n,
        }


for _ in range(2):
    done, errors = bulk(client, orders(), chunk_size=200)
    assert (done, errors) == (500, []), (done, errors)
