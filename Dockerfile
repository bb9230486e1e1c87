# Packages first: they change less often than the code.
FROM python:3.13-slim AS packages
COPY requirements.lock /
RUN python -m venv --without-pip /opt/venv \
 && python -m pip --python /opt/venv/bin/python install \
    --no-cache-dir --require-hashes --no-deps --requirement /requirements.lock

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home jejaring \
 && install --directory --owner jejaring /data
ENV PATH="/opt/venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    JEJARING_HOST=0.0.0.0 \
    JEJARING_PORT=8000 \
    JEJARING_DATA_DIR=/data
WORKDIR /srv/jejaring
COPY --from=packages /opt/venv /opt/venv
COPY app app
COPY migrations migrations
RUN python -m compileall -q app migrations && python -m app.cli prepare
USER jejaring
# Holds the SQLite file where no JEJARING_DATABASE_URL is given.
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
ENTRYPOINT ["python", "-m", "app.cli"]
CMD ["serve"]
