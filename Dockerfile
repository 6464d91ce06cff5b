# The API and the command line. Neo4j runs beside it (compose.yaml), so no Java is in this image.
#   docker build -t catalograph .
#   docker run --rm -p 8000:8000 -e NEO4J_URI=neo4j://host:7687 -e NEO4J_PASSWORD=... catalograph

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir uv==0.13.9
RUN python -m venv /opt/catalograph
WORKDIR /src
COPY pyproject.toml requirements.lock ./
COPY README.md LICENSE ./
COPY app app
COPY graph graph
COPY ml ml
COPY migrations migrations
# Without torch the image is a tenth as large: rules and counts answer, and nothing can be pretrained:
#   docker build --build-arg EXTRAS= -t catalograph .
ARG EXTRAS=learn
# The lock as a constraint: its versions and hashes, without the packages that only tests use.
RUN /opt/uv/bin/uv pip install --no-cache --python /opt/catalograph/bin/python \
      --constraint requirements.lock ".[${EXTRAS}]"

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 catalograph \
 && install -d -o catalograph -g catalograph /var/lib/catalograph
COPY --from=build /opt/catalograph /opt/catalograph
ENV PATH=/opt/catalograph/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CATALOGRAPH_HOME=/var/lib/catalograph \
    CATALOGRAPH_HOST=0.0.0.0 \
    CATALOGRAPH_PORT=8000
USER catalograph
VOLUME /var/lib/catalograph
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
ENTRYPOINT ["catalograph"]
CMD ["serve"]
