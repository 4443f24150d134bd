"""Teaches a chat model to say whether a passage states the answer to a question, and writes what it learned as an adapter (LoRA).

    train.py MODEL EXAMPLES PROMPT ADAPTER

MODEL is a folder with model.gguf, EXAMPLES what examples.ts wrote, PROMPT what prompt.ts prints. The model is asked exactly as the tenant
API asks a reader, its eight examples included; what it has read of them is kept for some steps, as a server keeps it, and nothing is learned
through it. All questions on one passage share what is read of the passage, each blind to the others. The upper layers learn a change of low
rank to every matrix; the loss is that of yes against no as the first token.
"""

import json
import math
import sys
import time
import warnings
from collections import defaultdict
from itertools import takewhile
from pathlib import Path

import gguf
import torch
from torch import nn
from torch.nn import functional as F
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache

# Of the 28 layers of Qwen 2.5 with 1.5 billion parameters the upper 18: the time is spent going back through what is learned.
FIRST_LAYER, RANK, WEIGHT = 10, 8, 2.0
# A step learns from so many questions at least; what is read of the beginning is renewed after so many steps.
STEP, STEPS_PER_PREFIX, RATE, WARM_UP = 12, 4, 2e-4, 10
QUESTIONS_AT_ONCE = 6
# Log-odds that rounding may change.
MOST_APART = 0.2
PROJECTIONS = {
    "self_attn": {"q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v", "o_proj": "attn_output"},
    "mlp": {"gate_proj": "ffn_gate", "up_proj": "ffn_up", "down_proj": "ffn_down"},
}


class Adapted(nn.Module):
    """A matrix that stays as it is, and a change of low rank that is learned."""

    def __init__(self, matrix):
        super().__init__()
        self.matrix = matrix
        self.down = nn.Parameter(torch.randn(RANK, matrix.in_features) / math.sqrt(matrix.in_features))
        self.up = nn.Parameter(torch.zeros(matrix.out_features, RANK))

    def forward(self, x):
        return self.matrix(x) + F.linear(F.linear(x, self.down.to(x.dtype)), self.up.to(x.dtype)) * WEIGHT


class Reader(nn.Module):
    def __init__(self, folder, prompt):
        super().__init__()
        self.tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file="model.gguf")
        whole = AutoModelForCausalLM.from_pretrained(folder, gguf_file="model.gguf", dtype=torch.bfloat16)
        whole.requires_grad_(False)
        self.model = whole.model
        words = [self.tokenizer(word)["input_ids"] for word in ("yes", "no")]
        self.words = whole.lm_head.weight[[word for (word,) in words]].float()
        for layer in self.model.layers[FIRST_LAYER:]:
            for block, names in PROJECTIONS.items():
                for name in names:
                    setattr(getattr(layer, block), name, Adapted(getattr(getattr(layer, block), name)))
        self.beginning = self.tokenizer(prompt["beginning"], return_tensors="pt")["input_ids"]
        self.question = prompt["question"]

    def learned(self):
        return [one for one in self.parameters() if one.requires_grad]

    @torch.no_grad()
    def prefix(self):
        """What the layers make of the beginning that all questions share: keys and values, a layer each."""
        read = self.model(input_ids=self.beginning, use_cache=True).past_key_values
        return [(layer.keys, layer.values) for layer in read.layers]

    def forward(self, rows, prefix):
        """Log-odds of yes against no, one a row; the rows have one passage."""
        asked = [self.question.replace("{passage}", row["passage"]).replace("{question}", row["question"]) for row in rows]
        tokens = [self.tokenizer(text)["input_ids"] for text in asked]
        # By tokens, since the passage's last letters and what follows them may be one.
        shared = min(sum(1 for _ in takewhile(lambda at: len(set(at)) == 1, zip(*tokens))), min(map(len, tokens)) - 1)
        before = self.beginning.shape[1]
        ids, positions, owners, ends = tokens[0][:shared], list(range(shared)), [-1] * shared, []
        for number, one in enumerate(tokens):
            ids = ids + one[shared:]
            positions += range(shared, len(one))
            owners += [number] * (len(one) - shared)
            ends.append(len(ids) - 1)
        owner, order = torch.tensor(owners), torch.arange(len(ids))
        seen = ((owner[None, :] == owner[:, None]) | (owner[None, :] == -1)) & (order[None, :] <= order[:, None])
        seen = torch.cat([torch.ones(len(ids), before, dtype=torch.bool), seen], 1)
        mask = torch.zeros(seen.shape, dtype=torch.bfloat16).masked_fill(~seen, torch.finfo(torch.bfloat16).min)
        read = DynamicCache()
        for layer, (keys, values) in enumerate(prefix):
            read.update(keys, values, layer)
        hidden = self.model(
            input_ids=torch.tensor([ids]),
            attention_mask=mask[None, None],
            position_ids=torch.tensor([positions]) + before,
            past_key_values=read,
            use_cache=True,
        ).last_hidden_state[0, ends]
        yes, no = (hidden.float() @ self.words.T).unbind(-1)
        return yes - no

    def save(self, path):
        """As llama.cpp reads adapters; what was there is replaced when all is written."""
        written = f"{path}.part"
        writer = gguf.GGUFWriter(written, "qwen2")
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
        Path(written).replace(path)


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def by_passage(rows):
    """The rows of each passage together, a few at a time."""
    passages = defaultdict(list)
    for row in rows:
        passages[row["passage"]].append(row)
    return [
        together[at : at + QUESTIONS_AT_ONCE] for together in passages.values() for at in range(0, len(together), QUESTIONS_AT_ONCE)
    ]


def steps(rows):
    planned, step = [], []
    for together in by_passage(rows):
        step.append(together)
        if sum(map(len, step)) >= STEP:
            planned.append(step)
            step = []
    return planned + ([step] if step else [])


def often_above(values, others):
    """The area under the curve: how often a value of the first is above one of the others."""
    return sum((a > b) + 0.5 * (a == b) for a in values for b in others) / max(1, len(values) * len(others))


def check_blindness(reader, rows):
    """The questions on a passage must be read together as each is read alone, but for the rounding of 16-bit numbers."""
    prefix, together = reader.prefix(), max(by_passage(rows), key=len)
    with torch.no_grad():
        packed, alone = reader(together, prefix), torch.cat([reader([row], prefix) for row in together])
    apart = (packed - alone).abs().max().item()
    print(f"{len(together)} questions read together and alone: {apart:.3f} apart at most", flush=True)
    if apart > MOST_APART:
        raise SystemExit("the questions on a passage see each other")


def validate(reader, rows):
    prefix, said = reader.prefix(), []
    with torch.no_grad():
        for together in by_passage(rows):
            said += zip(together, reader(together, prefix).tolist(), strict=True)
    for source in ("all", *sorted({row["source"] for row in rows})):
        of = [(row["answers"], value) for row, value in said if source in ("all", row["source"])]
        above = often_above([value for answers, value in of if answers], [value for answers, value in of if not answers])
        print(f"  {source:18} {above:.3f}", flush=True)


def main(model, examples, prompt, adapter):
    warnings.filterwarnings("ignore")
    torch.manual_seed(1)
    planned = steps(read(Path(examples) / "train.jsonl"))
    validation = read(Path(examples) / "validation.jsonl")
    reader = Reader(model, json.loads(Path(prompt).read_text()))
    print(f"{sum(len(together) for step in planned for together in step)} questions in {len(planned)} steps")
    check_blindness(reader, validation)
    print("untaught, area under the curve:")
    validate(reader, validation)
    optimizer = torch.optim.AdamW(reader.learned(), lr=RATE, weight_decay=0.0, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * step / len(planned)))
    )
    start, mean_loss = time.monotonic(), 0.7
    for number, step in enumerate(planned):
        if number % STEPS_PER_PREFIX == 0:
            prefix = reader.prefix()
        count, loss = sum(map(len, step)), 0.0
        for together in step:
            answers = torch.tensor([float(row["answers"]) for row in together])
            part = F.binary_cross_entropy_with_logits(reader(together, prefix), answers, reduction="sum") / count
            part.backward()
            loss += part.item()
        torch.nn.utils.clip_grad_norm_(reader.learned(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        mean_loss += 0.07 * (loss - mean_loss)
        if number % 10 == 9:
            minutes = (time.monotonic() - start) / 60
            print(f"step {number + 1} of {len(planned)}, {minutes:.0f} min, loss {mean_loss:.3f}", flush=True)
            reader.save(adapter)
    reader.save(adapter)
    print("taught:")
    validate(reader, validation)


if __name__ == "__main__":
    main(*sys.argv[1:])
