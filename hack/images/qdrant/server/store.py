"""All collections and aliases, on disk. A kill at any point leaves each collection either there or not."""

import json
import os
import shutil
import threading
import urllib.parse

import qdrant_edge as edge

from .collection import Collection, edge_config
from .errors import ApiError, format_error, no_collection, not_found, wrong_input

CONFIG = "luna-collection.json"


class Store:
    def __init__(self, root):
        self._root = os.path.join(root, "collections")
        self._alias_file = os.path.join(root, "aliases.json")
        self._lock = threading.RLock()
        self._collections = {}
        self._aliases = {}
        os.makedirs(self._root, exist_ok=True)
        self._load()

    def _load(self):
        for entry in sorted(os.listdir(self._root)):
            folder = os.path.join(self._root, entry)
            if entry.startswith("."):
                shutil.rmtree(folder, ignore_errors=True)
                continue
            with open(os.path.join(folder, CONFIG), encoding="utf8") as file:
                body = json.load(file)
            name = urllib.parse.unquote(entry)
            self._collections[name] = Collection(name, body, edge.EdgeShard.load(os.path.join(folder, "shard")))
        if os.path.exists(self._alias_file):
            with open(self._alias_file, encoding="utf8") as file:
                self._aliases = json.load(file)

    def _folder(self, name, prefix=""):
        return os.path.join(self._root, prefix + urllib.parse.quote(name, safe=""))

    def names(self):
        with self._lock:
            return sorted(self._collections)

    def all(self):
        with self._lock:
            return list(self._collections.values())

    def find(self, name):
        """A collection by its own name or an alias, or None."""
        with self._lock:
            return self._collections.get(self._aliases.get(name, name))

    def get(self, name):
        found = self.find(name)
        if found is None:
            raise no_collection(name)
        return found

    def create(self, name, body):
        if not name or len(name) > 255 or any(c in name for c in '<>:"/\\|?*\0'):
            raise ApiError(422, f"Validation error in path parameters: [name: collection name cannot contain special characters: {name}]")
        if not body.get("vectors") and not body.get("sparse_vectors"):
            raise format_error("missing field `vectors`")
        config = edge_config(body)
        with self._lock:
            if name in self._collections or name in self._aliases:
                raise ApiError(409, f"Wrong input: Collection `{name}` already exists!")
            fresh, folder = self._folder(name, ".new-"), self._folder(name)
            shutil.rmtree(fresh, ignore_errors=True)
            os.makedirs(os.path.join(fresh, "shard"))
            edge.EdgeShard.create(os.path.join(fresh, "shard"), config).close()
            _write(os.path.join(fresh, CONFIG), {key: body[key] for key in ("vectors", "sparse_vectors", "metadata") if body.get(key)})
            os.rename(fresh, folder)
            self._collections[name] = Collection(name, body, edge.EdgeShard.load(os.path.join(folder, "shard")))
        return True

    def delete(self, name):
        """True if there was one. Takes the name itself or an alias, as the server does; aliases go with it."""
        with self._lock:
            real = self._aliases.get(name, name)
            found = self._collections.pop(real, None)
            if found is None:
                return False
            found.close()
            gone = self._folder(real, ".old-")
            shutil.rmtree(gone, ignore_errors=True)
            os.rename(self._folder(real), gone)
            self._save_aliases({alias: target for alias, target in self._aliases.items() if target != real})
            shutil.rmtree(gone, ignore_errors=True)
            return True

    def aliases(self, name=None):
        with self._lock:
            pairs = sorted(self._aliases.items())
        return [{"alias_name": alias, "collection_name": target} for alias, target in pairs if name in (None, target)]

    def change_aliases(self, actions):
        """All actions or none: the new map is written in one rename."""
        with self._lock:
            changed = dict(self._aliases)
            for action in actions:
                self._change_alias(changed, action)
            self._save_aliases(changed)
        return True

    def _change_alias(self, changed, action):
        if "create_alias" in action:
            alias, target = action["create_alias"]["alias_name"], action["create_alias"]["collection_name"]
            if target not in self._collections:
                raise no_collection(target)
            if alias in self._collections:
                raise ApiError(409, f"Wrong input: Collection `{alias}` already exists!")
            changed[alias] = target
        elif "delete_alias" in action:
            changed.pop(action["delete_alias"]["alias_name"], None)
        elif "rename_alias" in action:
            old, new = action["rename_alias"]["old_alias_name"], action["rename_alias"]["new_alias_name"]
            if old not in changed:
                raise not_found(f"Alias {old} does not exists!")
            if new in self._collections:
                raise wrong_input(f"Collection `{new}` already exists!")
            changed[new] = changed.pop(old)
        else:
            raise format_error("data did not match any variant of untagged enum AliasOperations")

    def _save_aliases(self, changed):
        if changed != self._aliases:
            _write(self._alias_file, changed)
            self._aliases = changed

    def close(self):
        with self._lock:
            for collection in self._collections.values():
                collection.close()
            self._collections = {}


def _write(path, value):
    """Replaces a JSON file in one step and waits until the disk has it."""
    with open(path + ".new", "w", encoding="utf8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)
