#!/bin/bash
# sandbox.t - what each role must not be able to do, tried from inside it by a build that tries (tests/probe/probe.c): all as one user.
. "$(dirname "$0")/probe.sh"

probe_site
probe_start
check_calls
check_files
check_maildir
check_environment
check_locked
check_descriptors
check_pages
done_testing
