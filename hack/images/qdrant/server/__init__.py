"""Stand-in for the Qdrant server: its engine, in process, behind the REST calls that Luna uses."""
