"""The bench's peer on Kopf: applies a tenant's children, read from a JSON template, with server-side apply, one after the other.

It repairs no drift, removes nothing and waits for nothing. It watches the tenants only; with BENCH_WATCH set it also hears of every
child, as an operator must that is to notice drift, and does nothing with it.
"""

import asyncio
import base64
import json
import os
import ssl

import aiohttp
import kopf

with open(os.environ["BENCH_TEMPLATE"], encoding="utf-8") as file:
    TEMPLATE = file.read()
with open(os.environ["KUBECONFIG"], encoding="utf-8") as file:
    KUBECONFIG = json.load(file)
SERVER = KUBECONFIG["clusters"][0]["cluster"]
TOKEN = KUBECONFIG["users"][0]["user"]["token"]
PLURALS = {"NetworkPolicy": "networkpolicies", "Ingress": "ingresses"}
WORKERS = asyncio.Semaphore(10)


@kopf.on.startup()
async def start(settings: kopf.OperatorSettings, memo: kopf.Memo, **_):
    settings.posting.enabled = False
    settings.persistence.progress_storage = kopf.AnnotationsProgressStorage()

    authority = base64.b64decode(SERVER["certificate-authority-data"]).decode()
    context = ssl.create_default_context(cadata=authority)
    memo.session = aiohttp.ClientSession(
        base_url=SERVER["server"],
        connector=aiohttp.TCPConnector(ssl=context, limit=100),
        headers={
            "Authorization": f"Bearer {TOKEN}",
            "Content-Type": "application/apply-patch+yaml",
            "User-Agent": "bench-kopf",
        },
    )


@kopf.on.cleanup()
async def stop(memo: kopf.Memo, **_):
    await memo.session.close()


@kopf.on.create("luna-iems.io", "v1alpha1", "lunatenants")
@kopf.on.update("luna-iems.io", "v1alpha1", "lunatenants", field="spec")
@kopf.on.resume("luna-iems.io", "v1alpha1", "lunatenants")
async def reconcile(name, uid, spec, meta, status, patch, memo, **_):
    text = (
        TEMPLATE.replace("__tenant__", name)
        .replace("__uid__", uid)
        .replace("__schedule__", spec["simulation"]["schedule"])
    )
    async with WORKERS:
        for child in json.loads(text):
            await apply(memo.session, child)
    if status.get("observedGeneration") != meta["generation"]:
        patch.status["observedGeneration"] = meta["generation"]
    print("reconciled", name, flush=True)


async def hear(**_):
    pass


if os.environ.get("BENCH_WATCH"):
    for api_version, kind in {(child["apiVersion"], child["kind"]) for child in json.loads(TEMPLATE)}:
        group, _, version = api_version.rpartition("/")
        kopf.on.event(group=group, version=version, kind=kind, labels={"luna-iems.io/tenant": kopf.PRESENT})(hear)


async def apply(session, child):
    query = {"fieldManager": "bench-operator", "force": "true"}
    async with session.patch(path_of(child), params=query, data=json.dumps(child)) as answer:
        if answer.status >= 300:
            raise kopf.TemporaryError(await answer.text(), delay=1)
        await answer.read()


def path_of(child):
    version, kind, meta = child["apiVersion"], child["kind"], child["metadata"]
    root = "/api/v1" if version == "v1" else f"/apis/{version}"
    space = f"/namespaces/{meta['namespace']}" if "namespace" in meta else ""
    return f"{root}{space}/{PLURALS.get(kind, kind.lower() + 's')}/{meta['name']}"
