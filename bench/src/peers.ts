import { SANDBOX_CLOCK } from "./bench-register.js";
import { type ChildServer, startChildServer } from "./child-server.js";
import { BATCH, batchesOf, type Field, POOL_SIZE, post, statusQuery } from "./contestants.js";
import type { Load } from "./load.js";

const JSON_HEADERS = { "content-type": "application/json" };

/** A server of servers/, told what ours is told. */
export function startPeer(
  { register, single, batch }: Field,
  program: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ChildServer> {
  return startChildServer({
    program: `servers/${program}`,
    environment: {
      NODE_ENV: "production",
      GRAPHILE_ENV: "production",
      DATABASE_URL: register.url,
      POOL_SIZE: String(POOL_SIZE),
      STATEMENTS: JSON.stringify({ single, batch }),
      TODAY: SANDBOX_CLOCK.slice(0, 10),
      ...environment,
    },
  });
}

export function startBare(field: Field, selects: number): Promise<ChildServer> {
  return startPeer(field, "bare.ts", { SELECTS: String(selects) });
}

export function bareSingle({ register }: Field, server: ChildServer): Load {
  return {
    ...server,
    persons: 1,
    requests: register.people.map(({ index }) => ({ method: "GET", path: `/${index}` })),
    isRight: (body) => body.startsWith('[{"anchorMonth":"'),
  };
}

export function bareBatch({ register }: Field, server: ChildServer): Load {
  return {
    origin: server.origin,
    pid: server.pid,
    persons: BATCH,
    requests: batchesOf(register.people).map((people) => ({
      method: "POST",
      path: "/",
      headers: { "content-type": "text/plain" },
      body: people.map(({ index }) => index).join(","),
    })),
    isRight: (body) => body.split('"anchorMonth"').length === BATCH + 1,
  };
}

export function mercuriusSingle({ register }: Field, server: ChildServer): Load {
  return {
    ...server,
    persons: 1,
    requests: register.people.map(({ name, index }) => {
      const subject = { name, document: { type: "RESIDENT_ID", number: index } };
      return post("/graphql", JSON_HEADERS, { query: statusQuery, variables: { subject } });
    }),
    isRight: (body) => body.includes('"inScope":true') && !body.includes('"errors"'),
  };
}

const personQuery = `query Person($bucket: Int!, $id: UUID!) { pensionerByBucketAndRowId(bucket: $bucket, rowId: $id) {
  anchorMonth validThrough lastCertifiedOn benefits { nodes { type approvedMonth } }
  holds { nodes { reason fromMonth resumesMonth } } } }`;

export function postgraphileSingle({ register }: Field, server: ChildServer): Load {
  return {
    ...server,
    persons: 1,
    requests: register.people.map(({ bucket, pensionerId }) =>
      post("/graphql", JSON_HEADERS, { query: personQuery, variables: { bucket, id: pensionerId } }),
    ),
    isRight: (body) => body.includes('"approvedMonth":') && !body.includes('"errors"'),
  };
}
