#!/bin/bash
# every_es.t - every.t in Spanish: in half of the windows, for what differs is words. HALF= shows them all.
LANGUAGES=es HALF=${HALF-1} exec "$(dirname "$0")/every.t"
