#!/bin/bash
# Each check of each lab is needed: without it some submission gets another score or other words (tests/labs/checks.py). This takes minutes, so it runs
# with LABS=full alone.
set -u
if [ "${LABS-}" != full ]; then
	echo "skip lab checks: LABS=full runs them"
	exit
fi
exec python3 tests/labs/checks.py
