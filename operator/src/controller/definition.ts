import { builtinKinds, type Client } from '@luna-iems/kube-runtime';
import { lunaTenantKind } from '../tenant.ts';

/** The name of LunaTenant's own CustomResourceDefinition. */
export const DEFINITION_NAME = `${lunaTenantKind.plural}.${lunaTenantKind.apiVersion.split('/')[0] ?? ''}`;

/**
 * True when LunaTenant's own CRD is being deleted, or is gone: then the API server deletes every LunaTenant with it, and no deletion says
 * any more what somebody wanted for one customer. Asked live: the CRD is marked before the first LunaTenant is, so whoever has seen the
 * latter gets the right answer. Throws what the client throws; the answer is unknown then, and nothing may be deleted on it.
 */
export async function isDefinitionLeaving(client: Client, signal: AbortSignal): Promise<boolean> {
  const ref = { name: DEFINITION_NAME };
  const definition = await client.get(builtinKinds.CustomResourceDefinition, ref, { metadataOnly: true, signal });
  return definition?.metadata.deletionTimestamp !== undefined || definition === undefined;
}
