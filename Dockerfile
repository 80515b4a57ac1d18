# Houle in a container: the steps are the Makefile's own, so the image is what `make run` makes.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
COPY . .
# The page first: it is package data, and `INSTALL=.` copies the package into the venv.
RUN make server/page/index.html VENV=/opt/houle \
    && make setup VENV=/opt/houle INSTALL=.

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/houle houle
COPY --from=build /opt/houle /opt/houle
ENV PATH=/opt/houle/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOULE_DATA_DIR=/var/lib/houle
USER 10001
WORKDIR /var/lib/houle
VOLUME /var/lib/houle
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]
ENTRYPOINT ["houle"]
CMD ["serve", "--host", "0.0.0.0"]
