#!/bin/bash
# faults.t - every row of the fault matrix: through relay.py, and through real servers.
status=0
for half in faults faults_servers; do
	ALL=1 "$(dirname "$0")/../daemon/$half.t" || status=1
done
exit $status
