"""Docker Engine API client: a drop-in for docker-py over one Rust core."""
