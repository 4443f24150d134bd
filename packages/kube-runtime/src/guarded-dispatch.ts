import type { Dispatcher } from 'undici';

/**
 * Asks `guard` once more when the request is written to its connection, and lets nothing out when it throws. Between a call and that
 * moment a connection may have to be made, which takes long enough for a process to be frozen, a lease to run out and another to lead.
 */
export function guardedDispatch(guard: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => dispatch(options, guarded(handler, guard));
}

type Handler = Dispatcher.DispatchHandler;

function guarded(handler: Handler, guard: () => void): Handler {
  return {
    onRequestStart(controller, context) {
      guard();
      handler.onRequestStart?.(controller, context);
    },
    onRequestUpgrade: (...all) => handler.onRequestUpgrade?.(...all),
    onResponseStart: (...all) => handler.onResponseStart?.(...all),
    onResponseData: (...all) => handler.onResponseData?.(...all),
    onResponseEnd: (...all) => handler.onResponseEnd?.(...all),
    onResponseError: (...all) => handler.onResponseError?.(...all),
  };
}
