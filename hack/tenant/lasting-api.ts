import { createApi, type Api, type Call } from './api.ts';
import type { Forward } from './port-forward.ts';

/** Ways that are opened for one call before it is given up. */
const ways = 5;

/** Whether nothing listened: the request never left, so it may be sent again whatever it was. */
function neverArrived(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ECONNREFUSED') return true;
  }
  return false;
}

/**
 * An API over port-forwards, one after the other: kubectl's ends with the pod behind it, as in a rolling update, and the next call
 * opens another. A call that was under way when its pod went fails as any broken connection does.
 */
export async function createLastingApi(
  open: () => Promise<Forward>,
  key: string,
): Promise<{ api: Api; close: () => Promise<void> }> {
  let current = { forward: await open(), next: undefined as Promise<void> | undefined };
  const via = (): Api => createApi(`http://127.0.0.1:${current.forward.localPort}`, key);

  // Calls that find the way closed at the same moment open one new way between them.
  const reopen = async (broken: typeof current): Promise<void> => {
    if (broken !== current) return;
    broken.next ??= (async () => {
      await broken.forward.close();
      current = { forward: await open(), next: undefined };
    })();
    await broken.next;
  };

  const send = async (path: string, call?: Call): Promise<Response> => {
    for (let tried = 1; ; tried++) {
      const used = current;
      try {
        return await via().send(path, call);
      } catch (error) {
        if (tried === ways || !neverArrived(error)) throw error;
        await reopen(used);
      }
    }
  };
  const api: Api = {
    get baseUrl() {
      return via().baseUrl;
    },
    send,
    json: async <T>(path: string, call?: Call) => (await (await send(path, call)).json()) as T,
  };
  return { api, close: () => current.forward.close() };
}
