/** The door of this room. */
export { prepareServices, startServices, type Services, type ServicesOptions } from './start-services.ts';
export { serviceNames, type ServiceEnv, type ServiceName } from './types.ts';
