import { behindNote, renderConditions, type TenantObject } from './conditions.ts';
import { sentenceOf } from './errors.ts';
import { isDirect, withSession, type Context } from './session.ts';
import { renderSummary, type Summary } from './summary.ts';

async function showCluster(context: Context): Promise<void> {
  const resource = ['get', 'lunatenants.luna-iems.io', context.tenant];
  context.print((await context.kubectl.run(resource)).trimEnd());
  const tenant = (await context.kubectl.json(resource)) as TenantObject;
  context.print('');
  context.print(renderConditions(tenant, Date.now()));
  const note = behindNote(tenant);
  if (note !== undefined) context.print(note);
  context.print('');
}

/** Prints the tenant as kubectl shows it, its conditions, and the API's summary. Answers the exit code: 1 when the API is silent. */
export async function status(context: Context): Promise<number> {
  if (!isDirect(context)) await showCluster(context);
  try {
    context.print(renderSummary(await withSession(context, (api) => api.json<Summary>('/status/summary')), Date.now()));
    return 0;
  } catch (error) {
    context.print(sentenceOf(error));
    return 1;
  }
}
