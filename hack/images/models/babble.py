"""Writes a tiny llama GGUF with random weights: real tokens from a real server, without meaning. For tests of streaming only.

Its vocabulary is the control tokens, the 256 bytes (so that any prompt can be read) and some words; only words and the end token can be
said, so that what it streams is always valid UTF-8.
"""

import sys

import gguf
import numpy as np

WORDS = (
    "der die das und Strom Zähler Netz Preis Last Wärme Pumpe Kessel Tarif Vertrag Stunde Tag Woche Monat Jahr Anlage Speicher Sonne Wind "
    "Spannung Leistung Verbrauch Einspeisung Messung Ablesung Ausfall Störung Wartung Handbuch the meter grid price load heat pump boiler "
    "tariff contract hour day week month year plant storage solar wind voltage power consumption reading outage maintenance manual is of "
    "for with from to at on per and or not high low more less . , ? !"
).split()
WIDTH, LAYERS, HEADS, FORWARD, CONTEXT, BIAS = 64, 2, 4, 128, 8192, 8.0


def vocabulary():
    """Tokens, their scores and their types, in the order of their ids."""
    control = [("<unk>", gguf.TokenType.UNKNOWN), ("<s>", gguf.TokenType.CONTROL), ("</s>", gguf.TokenType.CONTROL)]
    octets = [(f"<0x{value:02X}>", gguf.TokenType.BYTE) for value in range(256)]
    words = [(word if word in ".,?!" else "▁" + word, gguf.TokenType.NORMAL) for word in WORDS]
    tokens = control + octets + words
    return [t for t, _ in tokens], [-float(i) for i in range(len(tokens))], [int(kind) for _, kind in tokens]


def main(path):
    rng = np.random.default_rng(20240607)
    tokens, scores, kinds = vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("luna-babble")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_key_length(WIDTH // HEADS)
    writer.add_value_length(WIDTH // HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)

    def weights(rows, columns, scale=None):
        return rng.normal(0, scale or columns**-0.5, (rows, columns)).astype(np.float32)

    # The last component of every embedding is large and positive, no layer writes to it, so after the final norm it is a constant: a
    # row's last entry in the output matrix is that token's bias. Words are likely, bytes and control tokens impossible.
    embedding = weights(len(tokens), WIDTH, 1.0)
    embedding[:, -1] = BIAS
    writer.add_tensor("token_embd.weight", embedding)
    def silent_last(matrix):
        matrix[-1] = 0
        return matrix

    ones = np.ones(WIDTH, dtype=np.float32)
    for layer in range(LAYERS):
        name = f"blk.{layer}"
        writer.add_tensor(f"{name}.attn_norm.weight", ones)
        for part in ("q", "k", "v"):
            writer.add_tensor(f"{name}.attn_{part}.weight", weights(WIDTH, WIDTH))
        writer.add_tensor(f"{name}.attn_output.weight", silent_last(weights(WIDTH, WIDTH)))
        writer.add_tensor(f"{name}.ffn_norm.weight", ones)
        writer.add_tensor(f"{name}.ffn_gate.weight", weights(FORWARD, WIDTH))
        writer.add_tensor(f"{name}.ffn_up.weight", weights(FORWARD, WIDTH))
        writer.add_tensor(f"{name}.ffn_down.weight", silent_last(weights(WIDTH, FORWARD)))
    writer.add_tensor("output_norm.weight", ones)
    output = weights(len(tokens), WIDTH, 0.5)
    output[: 3 + 256] = 0
    output[: 3 + 256, -1] = -10
    output[3 + 256 :, -1] = 0
    writer.add_tensor("output.weight", output)

    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1])
