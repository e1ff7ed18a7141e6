"""Texts of a repository and the encoders that turn them into vectors.

Belongs here: what is embedded (`cards`, `units`, `windows`), the encoders behind `model.Encoder` (`onnx_encoder`,
`torch_encoder`, `api_encoder`, opened by `encoders.open_encoder`), vectors as exact integers (`quantise`) and as bytes
(`matrix`). Does not belong here: caches of vectors, search, what is computed from vectors (`docrunch.assembly`).

Read `units` first, then `batching`: it explains why a vector does not depend on its batch-mates.
"""
