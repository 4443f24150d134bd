"""Makes the examples that the reader learns from: a question, a stretch of a text, and whether the stretch states the answer.

A stretch is cut as the tenant API cuts what it gives to a reader (tenant-api/src/ask/stretch.ts). Near misses are what a reader has to
tell apart, so most of the others are made of the very text that answers: with the sentences that answer taken out, what is left speaks of
the same thing and does not say it. The rest are questions that people wrote to be unanswerable, and other paragraphs of the article.

    examples.py FOLDER    reads the sets that README.md names from FOLDER, writes train.jsonl and validation.jsonl there
"""

import json
import random
import re
import sys
from collections import Counter
from pathlib import Path

# Letters that come along on each side of what answers, and what is missing of the sentence they end in.
AROUND = 150
# A text is shorter without what answers. Shorter near misses than this, in letters, would tell by their length what they are.
SHORTEST_NEAR_MISS = 360
END_OF_SENTENCE = re.compile(r'(?<=[.!?])\s+(?=[A-ZÄÖÜ0-9"„(\[])|\n+')
# Articles that nothing is learned from, in no language.
HELD_OUT = {"Warsaw", "Force", "Super_Bowl_50"}

chance = random.Random(7)


def sentences(text):
    """Where the sentences begin and end."""
    spans, start = [], 0
    for end in END_OF_SENTENCE.finditer(text):
        if end.start() > start:
            spans.append((start, end.start()))
        start = end.end()
    return spans + [(start, len(text))] if start < len(text) else spans


def stems(text):
    """What words are compared by: German ends its words in many ways."""
    return {word[:6] for word in re.findall(r"\w+", text.lower()) if len(word) > 3}


class Text:
    """A text and where its sentences begin and end."""

    def __init__(self, text):
        self.text, self.spans = text, sentences(text)

    def parts(self):
        return [self.text[start:end] for start, end in self.spans]

    def sentence_at(self, letter):
        return next((at for at, (start, end) in enumerate(self.spans) if start <= letter < end), None)

    def stretch(self, at):
        """A sentence and those beside it."""
        first = last = at
        while first > 0 and self.spans[at][0] - self.spans[first][0] < AROUND:
            first -= 1
        while last < len(self.spans) - 1 and self.spans[last][1] - self.spans[at][1] < AROUND:
            last += 1
        return self.text[self.spans[first][0] : self.spans[last][1]]

    def most_like(self, question):
        """The sentence that shares most words with the question."""
        wanted, parts = stems(question), self.parts()
        return max(range(len(parts)), key=lambda at: (len(wanted & stems(parts[at])), -at))


class Examples:
    def __init__(self):
        self.rows = []

    def add(self, question, passage, answers, *, source, kind, held_out, title=None):
        if kind == "near miss" and len(passage) < SHORTEST_NEAR_MISS:
            return
        # The API sets title and heading above; not every text has them.
        if title and chance.random() < 0.8:
            passage = f"{title}\n\n{passage}"
        self.rows.append(
            {"question": question.strip(), "passage": passage, "answers": answers, "source": source, "kind": kind, "held_out": held_out}
        )


def without_answer(text, question, asked, where):
    """A near miss: what is left without the sentences that have one of the accepted answers in them, there or where it is most like the question."""
    said = [one["text"].lower() for one in asked["answers"] if len(one["text"]) > 2]
    left = [(at, part) for at, part in enumerate(text.parts()) if at != where and not any(one in part.lower() for one in said)]
    rest = Text(" ".join(part for _, part in left))
    if not rest.spans:
        return ""
    there = min(len(rest.spans) - 1, sum(at < where for at, _ in left))
    return rest.stretch(there if chance.random() < 0.5 else rest.most_like(question))


def squad(examples, articles, source, *, near_misses, titled=True, most=None):
    """A set in SQuAD's format. `most`: questions of a paragraph."""
    for article in articles:
        name = article["title"]
        about = {"source": source, "held_out": name in HELD_OUT, "title": name.replace("_", " ") if titled else None}
        for paragraph in article["paragraphs"]:
            text = Text(paragraph["context"])
            questions = paragraph["qas"]
            if most and len(questions) > most:
                questions = chance.sample(questions, most)
            for asked in questions:
                question = asked["question"]
                if asked.get("is_impossible"):
                    seeming = asked.get("plausible_answers") or []
                    where = text.sentence_at(seeming[0]["answer_start"]) if seeming else None
                    where = text.most_like(question) if where is None else where
                    examples.add(question, text.stretch(where), False, kind="unanswerable", **about)
                    continue
                where = text.sentence_at(asked["answers"][0]["answer_start"])
                if where is None:
                    continue
                examples.add(question, text.stretch(where), True, kind="answer", **about)
                if chance.random() < near_misses:
                    examples.add(question, without_answer(text, question, asked, where), False, kind="near miss", **about)


def other_paragraphs(examples, articles, source, share):
    """The other paragraph that is most like it of the article, for a share of the questions."""
    for article in articles:
        paragraphs = article["paragraphs"]
        for paragraph in paragraphs:
            for asked in paragraph["qas"]:
                others = [one["context"] for one in paragraphs if one is not paragraph]
                if not others or chance.random() > share:
                    continue
                question = asked["question"]
                other = max(others, key=lambda context: len(stems(question) & stems(context)))
                if asked["answers"][0]["text"].lower() in other.lower():
                    continue
                text = Text(other)
                about = {"source": source, "kind": "other paragraph", "held_out": article["title"] in HELD_OUT}
                examples.add(question, text.stretch(text.most_like(question)), False, **about)


def across_languages(examples, german, english, share):
    """German questions beside the English paragraphs that they were translated from."""
    translated = {
        asked["id"]: (paragraph["context"], asked, article["title"])
        for article in english
        for paragraph in article["paragraphs"]
        for asked in paragraph["qas"]
    }
    for question in (asked for article in german for paragraph in article["paragraphs"] for asked in paragraph["qas"]):
        context, asked, title = translated[question["id"]]
        text = Text(context)
        where = text.sentence_at(asked["answers"][0]["answer_start"])
        if where is None or chance.random() > share:
            continue
        about = {"source": "across", "held_out": title in HELD_OUT, "title": title.replace("_", " ")}
        examples.add(question["question"], text.stretch(where), True, kind="answer", **about)
        examples.add(question["question"], without_answer(text, question["question"], asked, where), False, kind="near miss", **about)


def written(examples, path):
    """Our own exercises; a whole passage is about as long as a stretch. Of every eighth nothing is learned."""
    for number, line in enumerate(path.read_text().splitlines()):
        exercise = json.loads(line)
        about = {"source": f"written-{path.stem}", "held_out": number % 8 == 0}
        for kind, answers in (("answered", True), ("open", False)):
            for question in exercise[kind]:
                passage = f"{exercise['title']}\n\n{exercise['passage']}"
                examples.add(question, passage, answers, kind=kind, **about)


def main(folder):
    folder = Path(folder)

    def read(name):
        content = json.loads((folder / name).read_text())
        return content["data"] if isinstance(content, dict) else content

    german, english = read("xquad.de.json"), read("xquad.en.json")
    examples = Examples()
    squad(examples, read("squad-dev.json"), "squad", near_misses=0.5)
    squad(examples, read("squad-train.json"), "squad", near_misses=0.8, most=3)
    squad(examples, german, "xquad-de", near_misses=0.9, titled=False)
    other_paragraphs(examples, german, "xquad-de", 0.35)
    across_languages(examples, german, english, 0.5)
    for path in sorted((Path(__file__).parent / "exercises").glob("*.jsonl")):
        written(examples, path)
    chance.shuffle(examples.rows)
    for name, held_out in (("train", False), ("validation", True)):
        rows = [row for row in examples.rows if row["held_out"] == held_out]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        print(name, len(rows), "of them answered", round(sum(row["answers"] for row in rows) / len(rows), 3))
        for (source, kind), count in sorted(Counter((row["source"], row["kind"]) for row in rows).items()):
            print(f"  {source:14} {kind:16} {count}")


if __name__ == "__main__":
    main(sys.argv[1])
