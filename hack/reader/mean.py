"""Makes of adapters that were taught apart one that says the mean of what they say: it is right more often than each of them.

    mean.py ADAPTER ADAPTER… MEAN

The change that an adapter makes to a matrix is a product of two factors. The factors beside each other are the sum of the changes, in an
adapter whose rank is the sum of theirs; its weight makes the sum a mean.
"""

import sys

import gguf
import numpy as np


def read(path):
    """Its tensors by name, its rank, and the factor that its changes are multiplied with."""
    reader = gguf.GGUFReader(path)
    tensors = {one.name: one.data for one in reader.tensors}
    alpha = float(reader.fields[gguf.Keys.Adapter.LORA_ALPHA].contents())
    rank = next(tensor.shape[0] for name, tensor in tensors.items() if name.endswith(".lora_a"))
    return tensors, rank, alpha / rank


def main(*paths):
    *sources, target = paths
    adapters = [read(source) for source in sources]
    if len({(weight, *tensors) for tensors, _, weight in adapters}) != 1:
        sys.exit("the adapters change different matrices, or by different weights")
    names, _, weight = adapters[0]
    writer = gguf.GGUFWriter(target, "qwen2")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, weight * sum(rank for _, rank, _ in adapters) / len(adapters))
    for name in names:
        factors = [tensors[name] for tensors, _, _ in adapters]
        writer.add_tensor(name, np.ascontiguousarray(np.concatenate(factors, axis=0 if name.endswith(".lora_a") else 1)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
