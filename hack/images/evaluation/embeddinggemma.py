"""Writes EmbeddingGemma as a GGUF file, from Google's weights as sentence-transformers lays them out.

What multiplies is quantised to 8 bits with one scale for 32 values (Q8_0), which changes a cosine by less than 0.01; norms stay as they
are. The layers carry the names of Gemma 3, and the kind of pooling tells Ollama that the model embeds.
"""

import json
import sys
from pathlib import Path

import gguf
import numpy as np
import sentencepiece

# Names of a layer's parts in the weights, and GGUF's.
PARTS = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "post_attention_layernorm": "post_attention_norm",
    "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
}


def tensors_of(path):
    """The arrays of a safetensors file by name, read when they are used."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
    header.pop("__metadata__", None)
    whole = np.memmap(path, np.uint8, "r", 8 + length)
    if any(entry["dtype"] != "F32" for entry in header.values()):
        sys.exit(f"{path} has weights that are not 32-bit numbers")
    return {
        name: whole[entry["data_offsets"][0] : entry["data_offsets"][1]].view("<f4").reshape(entry["shape"])
        for name, entry in header.items()
    }


def add_tokenizer(writer, path):
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))
    kinds = (
        (pieces.is_unknown, gguf.TokenType.UNKNOWN),
        (pieces.is_control, gguf.TokenType.CONTROL),
        (pieces.is_byte, gguf.TokenType.BYTE),
        (pieces.is_unused, gguf.TokenType.UNUSED),
    )
    ids = range(pieces.vocab_size())
    writer.add_tokenizer_model("llama")
    writer.add_token_list([pieces.id_to_piece(at) for at in ids])
    writer.add_token_scores([pieces.get_score(at) for at in ids])
    writer.add_token_types([next((kind for applies, kind in kinds if applies(at)), gguf.TokenType.NORMAL) for at in ids])
    writer.add_bos_token_id(pieces.bos_id())
    writer.add_eos_token_id(pieces.eos_id())
    writer.add_pad_token_id(pieces.pad_id())
    writer.add_unk_token_id(pieces.unk_id())
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)
    writer.add_add_space_prefix(False)


def main(source, target):
    source = Path(source)
    config = json.loads((source / "config.json").read_text())
    writer = gguf.GGUFWriter(target, "gemma3")
    writer.add_name("embeddinggemma")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_sliding_window(config["sliding_window"])
    writer.add_array("gemma3.attention.sliding_window_pattern", [kind == "sliding_attention" for kind in config["layer_types"]])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_float32("gemma3.rope.local.freq_base", config["rope_local_base_freq"])
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    add_tokenizer(writer, source / "tokenizer.model")

    packed = gguf.GGMLQuantizationType.Q8_0

    def add(name, tensor):
        if tensor.ndim == 1:
            # Gemma's norms multiply by one more than the weight; GGUF holds what is multiplied with.
            writer.add_tensor(f"{name}.weight", tensor + np.float32(1))
        else:
            writer.add_tensor(f"{name}.weight", gguf.quants.quantize(tensor, packed), raw_dtype=packed)

    weights = tensors_of(source / "model.safetensors")
    add("token_embd", weights["embed_tokens.weight"])
    for layer in range(config["num_hidden_layers"]):
        for part, name in PARTS.items():
            add(f"blk.{layer}.{name}", weights[f"layers.{layer}.{part}.weight"])
    add("output_norm", weights["norm.weight"])
    for at, folder in enumerate(("2_Dense", "3_Dense")):
        add(f"dense.{at}", tensors_of(source / folder / "model.safetensors")["linear.weight"])

    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
