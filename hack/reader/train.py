"""Teaches a chat model to say whether a passage states the answer to a question, and writes what it learned as an adapter (LoRA).

    node prompt.ts > PROMPT; train.py MODEL EXAMPLES PROMPT ADAPTER

MODEL is a folder with model.gguf, EXAMPLES what examples.py filled. The model is asked exactly as the tenant API asks a reader, its eight
examples included; what it has read of them is kept for four batches, as a server keeps it, and nothing is learned through it. The upper
layers learn a change of low rank to every matrix; the loss is that of yes against no as the first token.
"""

import json
import math
import random
import sys
import time
import warnings
from pathlib import Path

import gguf
import torch
from torch import nn
from torch.nn import functional as F
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache

# Of the 28 layers of Qwen 2.5 with 1.5 billion parameters the upper 18: the time is spent going back through what is learned.
FIRST_LAYER, RANK, WEIGHT = 10, 8, 2.0
BATCH, BATCHES_PER_PREFIX, RATE, WARM_UP = 8, 4, 2e-4, 10
LONGEST_LETTERS, LONGEST_TOKENS = 680, 420
PROJECTIONS = {
    "self_attn": {"q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v", "o_proj": "attn_output"},
    "mlp": {"gate_proj": "ffn_gate", "up_proj": "ffn_up", "down_proj": "ffn_down"},
}
# Examples of each source and kind.
MIXTURE = {
    "squad": {"answer": 410, "near miss": 120, "unanswerable": 420},
    "xquad-de": {"answer": 270, "near miss": 170, "other paragraph": 70},
    "across": {"answer": 100, "near miss": 80},
}
VALIDATION = {"squad": 48, "xquad-de": 12, "across": 12}


class Adapted(nn.Module):
    """A matrix that stays as it is, and a change of low rank that is learned."""

    def __init__(self, matrix):
        super().__init__()
        self.matrix = matrix
        self.down = nn.Parameter(torch.randn(RANK, matrix.in_features) / math.sqrt(matrix.in_features))
        self.up = nn.Parameter(torch.zeros(matrix.out_features, RANK))

    def forward(self, x):
        return self.matrix(x) + F.linear(F.linear(x, self.down.to(x.dtype)), self.up.to(x.dtype)) * WEIGHT


def chat_ml(messages):
    return "".join(f"<|im_start|>{one['role']}\n{one['content']}<|im_end|>\n" for one in messages)


class Reader(nn.Module):
    def __init__(self, folder, prompt):
        super().__init__()
        self.tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file="model.gguf", padding_side="left")
        whole = AutoModelForCausalLM.from_pretrained(folder, gguf_file="model.gguf", dtype=torch.bfloat16)
        whole.requires_grad_(False)
        self.model = whole.model
        words = [self.tokenizer(word)["input_ids"] for word in ("yes", "no")]
        self.words = whole.lm_head.weight[[word for (word,) in words]].float()
        for layer in self.model.layers[FIRST_LAYER:]:
            for block, names in PROJECTIONS.items():
                for name in names:
                    setattr(getattr(layer, block), name, Adapted(getattr(getattr(layer, block), name)))
        self.beginning = self.tokenizer(chat_ml(prompt[:-1]), return_tensors="pt")["input_ids"]
        self.question = chat_ml(prompt[-1:]) + "<|im_start|>assistant\n"

    def learned(self):
        return [one for one in self.parameters() if one.requires_grad]

    @torch.no_grad()
    def prefix(self):
        """What the layers make of the beginning that all questions share: keys and values, a layer each."""
        read = self.model(input_ids=self.beginning, use_cache=True).past_key_values
        return [(layer.keys, layer.values) for layer in read.layers]

    def forward(self, rows, prefix):
        """Log-odds of yes against no, one a row."""
        asked = [self.question.replace("{passage}", row["passage"]).replace("{question}", row["question"]) for row in rows]
        tokens = self.tokenizer(asked, padding=True, truncation=True, max_length=LONGEST_TOKENS, return_tensors="pt")
        mask = torch.cat([torch.ones(len(rows), self.beginning.shape[1], dtype=torch.long), tokens["attention_mask"]], 1)
        read = DynamicCache()
        for layer, (keys, values) in enumerate(prefix):
            read.update(keys.expand(len(rows), -1, -1, -1), values.expand(len(rows), -1, -1, -1), layer)
        last = self.model(
            input_ids=tokens["input_ids"],
            attention_mask=mask,
            position_ids=(mask.cumsum(1) - 1)[:, self.beginning.shape[1] :].clamp(min=0),
            past_key_values=read,
            use_cache=True,
        ).last_hidden_state[:, -1]
        yes, no = (last.float() @ self.words.T).unbind(-1)
        return yes - no

    def save(self, path):
        """As llama.cpp reads adapters."""
        writer = gguf.GGUFWriter(path, "qwen2")
        writer.add_type(gguf.GGUFType.ADAPTER)
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, WEIGHT * RANK)
        for number, layer in enumerate(self.model.layers):
            for block, names in PROJECTIONS.items() if number >= FIRST_LAYER else ():
                for name, theirs in names.items():
                    adapted = getattr(getattr(layer, block), name)
                    for factor, value in (("lora_a", adapted.down), ("lora_b", adapted.up)):
                        writer.add_tensor(f"blk.{number}.{theirs}.weight.{factor}", value.detach().half().numpy())
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()


def read(path):
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [row for row in rows if length(row) <= LONGEST_LETTERS]


def length(row):
    return len(row["question"]) + len(row["passage"])


def mixed(rows):
    chosen = []
    for source, kinds in MIXTURE.items():
        for kind, most in kinds.items():
            those = [row for row in rows if (row["source"], row["kind"]) == (source, kind)]
            chosen += random.sample(those, min(most, len(those)))
    return random.sample(chosen, len(chosen))


def batches(rows):
    """Rows of a batch are about as long as each other: what is padded is computed for nothing."""
    planned = []
    for start in range(0, len(rows), BATCH * 8):
        near = sorted(rows[start : start + BATCH * 8], key=length)
        together = [near[at : at + BATCH] for at in range(0, len(near), BATCH)]
        planned += random.sample(together, len(together))
    return planned


def often_above(values, others):
    """The area under the curve: how often a value of the first is above one of the others."""
    return sum((a > b) + 0.5 * (a == b) for a in values for b in others) / max(1, len(values) * len(others))


def validate(reader, rows):
    prefix = reader.prefix()
    with torch.no_grad():
        odds = [value for at in range(0, len(rows), BATCH) for value in reader(rows[at : at + BATCH], prefix).tolist()]
    for source in ("", *VALIDATION):
        said = {kind: [o for o, row in zip(odds, rows) if row["source"].startswith(source) and row["answers"] is kind] for kind in (True, False)}
        print(f"  {source or 'all':9} {often_above(said[True], said[False]):.3f}", flush=True)


def main(model, examples, prompt, adapter):
    warnings.filterwarnings("ignore")
    torch.manual_seed(1)
    random.seed(1)
    planned = batches(mixed(read(Path(examples) / "train.jsonl")))
    others = read(Path(examples) / "validation.jsonl")
    validation = [row for source, most in VALIDATION.items() for row in [one for one in others if one["source"] == source][:most]]
    reader = Reader(model, json.loads(Path(prompt).read_text()))
    print("untrained, area under the curve:")
    validate(reader, validation)
    optimizer = torch.optim.AdamW(reader.learned(), lr=RATE, weight_decay=0.0, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / len(planned)))
    )
    start, mean_loss = time.monotonic(), 0.7
    for step, rows in enumerate(planned):
        if step % BATCHES_PER_PREFIX == 0:
            prefix = reader.prefix()
        answers = torch.tensor([float(row["answers"]) for row in rows])
        loss = F.binary_cross_entropy_with_logits(reader(rows, prefix), answers)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(reader.learned(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        mean_loss += 0.07 * (loss.item() - mean_loss)
        if step % 10 == 9:
            print(f"step {step + 1} of {len(planned)}, {(time.monotonic() - start) / 60:.0f} min, loss {mean_loss:.3f}", flush=True)
            reader.save(adapter)
    reader.save(adapter)
    print("trained:")
    validate(reader, validation)


if __name__ == "__main__":
    main(*sys.argv[1:])
