"""The table that tells a unigram tokenizer what characters to replace before it cuts a text, as SentencePiece and GGUF write it.

A double array over the bytes of what is replaced, followed by the replacements. A unit of it has the byte that leads to it (bits 0 to 7),
whether something ends there (8), and what its index has to be combined with for the base of its children (from 10 on). What ends there
is at the base itself: the place of its replacement.
"""

import struct

END = 0
IS_VALUE = 1 << 31


def trie_of(places):
    """Nested dictionaries by byte; under `END` the place of the replacement."""
    root = {}
    for text, place in places.items():
        node = root
        for byte in text.encode():
            node = node.setdefault(byte, {})
        node[END] = place
    return root


def double_array(root):
    units, taken = [0] * 256, {0}
    waiting = [(0, root)]
    while waiting:
        at, node = waiting.pop()
        base = next(base for base in range(1, len(units) + 1) if not taken & {base ^ byte for byte in node})
        # All that any byte leads to from here lies in one block: the reader looks there whatever the text has.
        units += [0] * (256 * (base // 256 + 1) - len(units))
        units[at] |= (at ^ base) << 10 | (END in node) << 8
        taken |= {base ^ byte for byte in node}
        for byte, child in node.items():
            units[base ^ byte] = IS_VALUE | child if byte == END else byte
            if byte != END:
                waiting.append((base ^ byte, child))
    return units


def charsmap(replacements):
    """The table for a dictionary of characters and what they are replaced with."""
    strings, places = bytearray(), {}
    for text, replacement in replacements.items():
        places[text] = len(strings)
        strings += replacement.encode() + b"\0"
    units = double_array(trie_of(places))
    return struct.pack(f"<I{len(units)}I", 4 * len(units), *units) + bytes(strings)
