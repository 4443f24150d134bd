import { startServices } from '../services/index.ts';

/** Real TimescaleDB, Qdrant, Tika, Ollama and an S3 server on loopback for the whole tier, in the environment variables that Luna's processes read. */
export async function setup(): Promise<() => Promise<void>> {
  const services = await startServices();
  Object.assign(process.env, services.env);
  return () => services.stop();
}
