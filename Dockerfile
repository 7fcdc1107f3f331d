# Two targets: `production` (the default) contains nothing of the demo; `demo` adds the simulated services.
FROM python:3.11.15-slim-bookworm AS packages
RUN python -m venv /venv
COPY requirements/production.txt /requirements/
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r /requirements/production.txt

FROM packages AS demo-packages
COPY requirements/run.txt /requirements/
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r /requirements/run.txt

FROM python:3.11.15-slim-bookworm AS application
LABEL org.opencontainers.image.title="reassort" org.opencontainers.image.licenses="EUPL-1.2"
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# Numeric, so that an orchestrator can verify that it is not root.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin reassort
WORKDIR /app
COPY --from=packages /venv /venv
COPY election election
COPY activities activities
COPY workflows workflows
COPY web web
COPY console console
COPY worker.py .
# Compiled here, because the root file system is read-only at run time.
RUN python -m compileall -q election activities workflows web console worker.py
USER 10001:10001
CMD ["python", "worker.py"]

FROM application AS demo
USER root
COPY --from=demo-packages /venv /venv
COPY demo demo
RUN install -d -o 10001 -g 10001 /state && python -m compileall -q demo
USER 10001:10001
VOLUME /state
CMD ["python", "-m", "demo.fake_services", "--state", "/state"]

FROM application AS production
