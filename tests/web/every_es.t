#!/bin/bash
# every_es.t - every.t in Spanish.
LANGUAGES=es exec "$(dirname "$0")/every.t"
