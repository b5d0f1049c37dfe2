import { Authorizer } from './authorizer.js';
import { findCredentials } from './credentials.js';
import { dockerConfigFile } from './docker-config.js';
import { origins, ownReach } from './endpoint.js';
import { RegistryFault } from './fault.js';
import { Connections } from './fetcher.js';
import { steadyLookup } from './guarded-lookup.js';
import type { Fetcher } from './http.js';
import type { Internals } from './internals.js';
import type { RegistryOptions } from './options.js';
import { Policy } from './policy.js';
import { Session } from './session.js';
import { fetchToken } from './token.js';
import { isNotTls, transportFault } from './transport-fault.js';

const CERTIFICATES_DIR = '/etc/docker/certs.d';
const STALL_MS = 30_000;

export interface SessionContext {
  readonly domain: string;
  readonly options: RegistryOptions;
  readonly internals: Internals;
  readonly signal: AbortSignal;
}

export interface OpenSession {
  readonly session: Session;
  close(): Promise<void>;
}

function connect({ options, internals }: SessionContext, registryHost: string): Connections {
  return new Connections({
    internals,
    registryHost,
    stallMs: options.stallMs ?? STALL_MS,
    certificates: {
      directory: options.certificatesDir ?? CERTIFICATES_DIR,
      extraFile: internals.env.NODE_EXTRA_CA_CERTS,
    },
  });
}

/**
 * Where TLS is not a must, whether it is spoken: it is always tried first, and only a server that does not know it is
 * talked to without. One with a bad certificate is refused.
 */
async function choose(
  candidates: readonly URL[],
  { fetcher, context }: { fetcher: Fetcher; context: SessionContext },
): Promise<URL> {
  const [first, second] = candidates;
  if (first === undefined)
    throw new RegistryFault({ host: context.domain, problem: 'is not the name of a host' });
  if (second === undefined) return first;
  const reach = ownReach(second, context.options.insecure ?? []);
  try {
    const url = new URL('/v2/', first);
    const answer = await fetcher({ method: 'GET', url, headers: {}, reach, signal: context.signal });
    await answer.discard();
    return first;
  } catch (error) {
    context.signal.throwIfAborted();
    const fault = transportFault(error, first.host);
    if (fault instanceof RegistryFault && isNotTls(fault)) return second;
    throw fault;
  }
}

function authorizerFor(
  registry: URL,
  context: SessionContext,
  tools: { fetcher: Fetcher; policy: Policy },
): Authorizer {
  const { domain, options, internals, signal } = context;
  return new Authorizer({
    registry,
    domain,
    clock: internals.clock,
    findCredentials: () => findCredentials(domain, dockerConfigFile(options.dockerConfigDir, internals.env)),
    fetchToken: (question) => fetchToken(question, { ...tools, clock: internals.clock, signal }),
  });
}

/** @throws RegistryFault when the host cannot be reached as it must be */
export async function openSession(given: SessionContext): Promise<OpenSession> {
  const internals = { ...given.internals, lookup: steadyLookup(given.internals.lookup) };
  const context = { ...given, internals };
  const { domain, options, signal } = context;
  const insecure = options.insecure ?? [];
  const candidates = origins(domain, insecure);
  const connections = connect(context, candidates[0]?.host ?? domain);
  const fetcher = internals.fetcher ?? connections.fetch;
  try {
    const registry = await choose(candidates, { fetcher, context });
    const policy = new Policy({ registry, insecure, lookup: internals.lookup });
    const authorizer = authorizerFor(registry, context, { fetcher, policy });
    const session = new Session({ registry, fetcher, policy, authorizer, internals, signal });
    return { session, close: () => connections.close() };
  } catch (error) {
    await connections.close();
    throw error;
  }
}
