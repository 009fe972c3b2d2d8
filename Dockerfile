# Stage 1: the pinned packages, checked by hash, wheels only.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /build
COPY requirements.lock .
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes --only-binary :all: -r requirements.lock

# Stage 2: the portal, run by an account without rights.
FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LANG=C.UTF-8
RUN groupadd --gid 1000 portal \
    && useradd --uid 1000 --gid portal --no-create-home --home-dir /app --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal /app /app/media /app/run /app/backups
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
# Nothing is connected to here; the real values come from the environment of the container.
RUN SECRET_KEY=unused-while-building DATABASE_URL=postgres://unused/unused REDIS_URL=redis://unused/0 \
    python manage.py collectstatic --noinput --verbosity 0
USER 1000:1000
EXPOSE 8000
ENV HOST=0.0.0.0 PORT=8000 MEDIA_ROOT=/app/media
CMD ["gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
