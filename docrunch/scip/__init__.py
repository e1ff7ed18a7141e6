"""SCIP, the code index format of other tools: our graph written as one, and one read as knowledge from a compiler.

`scip.proto` lists the fields that are read or written here. `scip_pb2.py` and its stub are generated from it, with
``grpcio-tools`` installed, by

    python -m grpc_tools.protoc -I. --python_out=. --pyi_out=. docrunch/scip/scip.proto
"""
