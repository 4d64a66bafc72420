"""The durable queue between EchoLab and the archives: survives a kill, retries, never drops."""
