#!/bin/bash
# hold.t - kill.t with on_unknown=hold: nobody gets a copy.
KILLS=$((${KILLS:-50} / 5)) UNKNOWN=hold exec "$(dirname "$0")/kill.t"
