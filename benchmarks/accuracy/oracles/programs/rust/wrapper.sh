#!/bin/sh
# Cargo calls this instead of rustc for the package itself (RUSTC_WORKSPACE_WRAPPER): the same, and its MIR with spans.
RUSTC_BOOTSTRAP=1 exec "$@" --emit=mir="$ACCURACY_MIR" -Zmir-include-spans=on -Zmir-opt-level=0 --cap-lints allow -Ztrim-diagnostic-paths=no
