"""What surrounds the processes: the local broker, containers, cluster manifests, dashboards."""
