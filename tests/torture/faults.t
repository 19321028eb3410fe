#!/bin/bash
# faults.t - every row of the fault matrix.
ALL=1 exec "$(dirname "$0")/../daemon/faults.t"
