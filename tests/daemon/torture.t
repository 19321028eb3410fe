#!/bin/bash
# torture.t - the short form of `make torture`: ten kills of the sender, one of everything.
exec "$(dirname "$0")/../torture/kill.t"
