"""Python's logging through the OpenTelemetry SDK, within a span."""

import logging
import os

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider

resource = Resource.create({"service.name": "shop", "host.name": "web-1"})
provider = LoggerProvider(resource=resource)
exporter = OTLPLogExporter(
    endpoint=f"https://{os.environ['HOST']}/v1/logs",
    headers={"Authorization": f"Bearer {os.environ['TOKEN']}"},
    compression=Compression.Gzip,
)
provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
log = logging.getLogger("shop.cart")
log.setLevel(logging.INFO)
log.addHandler(LoggingHandler(logger_provider=provider))

log.info("cart saved", extra={"user": 7, "total": 12.5})
with TracerProvider().get_tracer("shop").start_as_current_span("pay"):
    try:
        raise ValueError("card 7")
    except ValueError:
        log.exception("payment refused")
provider.shutdown()
