# EchoLab in a container: the same set-up as `make setup`, serving on port 8501; exams live in /data.
FROM python:3.11-slim-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends libgl1 libglib2.0-0 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /echolab
COPY requirements.txt pyproject.toml ./
COPY scripts/ scripts/
COPY core/ core/
COPY app/ app/
COPY pages/ pages/
COPY models/ models/
COPY .streamlit/ .streamlit/
RUN bash scripts/setup.sh && rm -rf /root/.cache
ENV ECHOLAB_HOME=/data
VOLUME /data
EXPOSE 8501
# The browser's camera needs HTTPS off localhost: put a TLS proxy before it, or give Streamlit a certificate.
CMD [".venv/bin/echolab", "app", "--host", "0.0.0.0", "--port", "8501"]
